-- The library's tables, as of the newest schema version. An older library.db is brought here by the migrations in library.py.

-- What belongs to the content: the same title and text are one article, wherever they were saved.
CREATE TABLE article (
    id       TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    script   TEXT NOT NULL,
    chars    INTEGER NOT NULL,
    added_at TEXT NOT NULL, -- ISO 8601, UTC
    title    TEXT NOT NULL,
    text     TEXT NOT NULL  -- last, as SQLite reads a row only as far as it must
) STRICT;

-- What belongs to one file or address that the article was read from; the first one that is left speaks for the article.
CREATE TABLE source (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id     TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    source         TEXT NOT NULL UNIQUE,
    sha256         TEXT NOT NULL,
    url            TEXT,
    published      TEXT, -- ISO 8601 date
    published_from TEXT,
    authors        TEXT NOT NULL, -- JSON: [name, …]
    origin         TEXT NOT NULL, -- JSON: [[start, origin, length], …]
    removed        TEXT NOT NULL, -- JSON: [line, …]
    publisher      TEXT
) STRICT;
CREATE INDEX source_of_article ON source (article_id);

-- Articles that are nearly another one (see corpus/duplicates.py) stand back for it: they keep text and sources, and have no passages.
CREATE TABLE duplicate (
    article_id TEXT NOT NULL PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    of_id      TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE -- of one that stands for itself
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_of_article ON duplicate (of_id);

-- One for each article that stands for itself, and its band hashes: articles alike share some.
CREATE TABLE signature (
    id         INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL UNIQUE REFERENCES article (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE band (
    hash         INTEGER NOT NULL,
    signature_id INTEGER NOT NULL REFERENCES signature (id) ON DELETE CASCADE,
    PRIMARY KEY (hash, signature_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX band_of_signature ON band (signature_id);

-- Only the place: the text is cut from the article's, so that the two cannot part ways.
CREATE TABLE passage (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, as caches outside refer to it
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    CHECK (0 <= start AND start < "end")
) STRICT;
CREATE INDEX passage_of_article ON passage (article_id);

-- The word index, rowid = passage.id. The terms come ready, parted by blanks, so the plainest tokenizer will do. The table keeps
-- the terms it indexed (about 2 kB a passage), since only with them can it forget a passage again whatever became of the words
-- module meanwhile; a contentless table that can delete needs SQLite 3.43, newer than many Pythons bring.
CREATE VIRTUAL TABLE passage_fts USING fts5 (title, body, tokenize = 'ascii');
CREATE TRIGGER passage_forgotten AFTER DELETE ON passage BEGIN
    DELETE FROM passage_fts WHERE rowid = old.id;
END;

CREATE TABLE article_year (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    year       INTEGER NOT NULL,
    times      INTEGER NOT NULL,
    PRIMARY KEY (article_id, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE passage_year (
    passage_id INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    year       INTEGER NOT NULL,
    PRIMARY KEY (passage_id, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE embedder (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    dimension   INTEGER NOT NULL
) STRICT;

-- With a rowid: SQLite keeps rows this long inside a table's own pages, but would spill them out of a WITHOUT ROWID one.
CREATE TABLE vector (
    passage_id  INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    embedder_id INTEGER NOT NULL REFERENCES embedder (id) ON DELETE CASCADE,
    vector      BLOB NOT NULL, -- float32, little-endian: what comes out is what went in, bit for bit
    UNIQUE (embedder_id, passage_id)
) STRICT;
CREATE INDEX vector_of_passage ON vector (passage_id);

-- What the user said of answers. It outlives its article, with the words and the sentence around them: article_id is that of a
-- content, no reference, and means something again when the same content is added again.
CREATE TABLE feedback (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    question   TEXT NOT NULL,
    asked      TEXT NOT NULL, -- the question folded: whoever asks it in other letters asks the same
    verdict    TEXT NOT NULL,
    article_id TEXT,          -- NULL with start and "end" where the verdict is of no place
    start      INTEGER,
    "end"      INTEGER,
    answer     TEXT NOT NULL, -- the article's text[start:end]
    quote      TEXT NOT NULL, -- the sentence around it
    "offset"   INTEGER NOT NULL, -- of the answer in the quote
    title      TEXT NOT NULL, -- of the article
    confidence REAL,          -- 0–1, as it was shown
    created    TEXT NOT NULL, -- ISO 8601, UTC
    CHECK ((article_id IS NULL) = (start IS NULL) AND (start IS NULL) = ("end" IS NULL) AND 0 <= start AND start < "end")
) STRICT;
CREATE INDEX feedback_of_question ON feedback (asked);
CREATE INDEX feedback_of_article ON feedback (article_id);

-- What was asked and answered, as it was then: conversations stay when the articles they quote go.
CREATE TABLE conversation (
    id      TEXT NOT NULL PRIMARY KEY,
    title   TEXT NOT NULL,
    started TEXT NOT NULL, -- ISO 8601, UTC
    last    TEXT NOT NULL  -- when its latest turn was added
) STRICT;
CREATE INDEX conversation_by_last ON conversation (last);

CREATE TABLE turn (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question        TEXT NOT NULL,
    asked_at        TEXT NOT NULL, -- ISO 8601, UTC
    answer          TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX turn_of_conversation ON turn (conversation_id);

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- One row: how many times the passages changed, and a random number that is new after every change of what is said of the articles.
CREATE TABLE state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    revision   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO state (id, generation, revision) VALUES (1, 0, random());
CREATE TRIGGER source_added AFTER INSERT ON source BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER source_changed AFTER UPDATE ON source BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER source_removed AFTER DELETE ON source BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER article_changed AFTER UPDATE ON article BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER article_removed AFTER DELETE ON article BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER duplicate_added AFTER INSERT ON duplicate BEGIN UPDATE state SET revision = random(); END;
CREATE TRIGGER duplicate_removed AFTER DELETE ON duplicate BEGIN UPDATE state SET revision = random(); END;
