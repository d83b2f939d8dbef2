"""How a library of an older schema version becomes one of the next. The SQL here is of its time: `schema.sql` alone is the newest.

Each function brings a library one version further, within a transaction that `corpus.database_file` holds; `MIGRATIONS` in
`corpus.library` lists them in order.
"""

from __future__ import annotations

import sqlite3

from corpus import duplicate_store
from corpus.duplicates import bands, outline
from corpus.feedback import Verdict, question_key, quote_around

_FEEDBACK_AND_CONVERSATIONS = (
    """
    CREATE TABLE feedback (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        question   TEXT NOT NULL,
        asked      TEXT NOT NULL,
        verdict    TEXT NOT NULL,
        article_id TEXT,
        start      INTEGER,
        "end"      INTEGER,
        answer     TEXT NOT NULL,
        quote      TEXT NOT NULL,
        "offset"   INTEGER NOT NULL,
        title      TEXT NOT NULL,
        confidence REAL,
        created    TEXT NOT NULL,
        CHECK ((article_id IS NULL) = (start IS NULL) AND (start IS NULL) = ("end" IS NULL) AND 0 <= start AND start < "end")
    ) STRICT
    """,
    "CREATE INDEX feedback_of_question ON feedback (asked)",
    "CREATE INDEX feedback_of_article ON feedback (article_id)",
    """
    CREATE TABLE conversation (
        id      TEXT NOT NULL PRIMARY KEY,
        title   TEXT NOT NULL,
        started TEXT NOT NULL,
        last    TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX conversation_by_last ON conversation (last)",
    """
    CREATE TABLE turn (
        id              INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        question        TEXT NOT NULL,
        asked_at        TEXT NOT NULL,
        answer          TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX turn_of_conversation ON turn (conversation_id)",
)


def feedback_and_conversations(db: sqlite3.Connection) -> None:
    """1 → 2: feedback outlives its article and keeps the words it is about; conversations are kept."""
    rows = db.execute(
        """
        SELECT feedback.id, question, verdict, article_id, start, "end", created, title, text
        FROM feedback JOIN article ON article.id = article_id ORDER BY feedback.id
        """
    ).fetchall()
    db.execute("DROP TABLE feedback")  # its index goes with it
    for statement in _FEEDBACK_AND_CONVERSATIONS:
        db.execute(statement)
    known = {verdict.value for verdict in Verdict}
    for feedback_id, question, verdict, *place, created, title, text in rows:
        _, start, end = place
        if verdict not in known or not 0 <= start < end <= len(text):
            continue  # no program wrote such a row
        quote, offset = quote_around(text, start, end)
        values = (question, question_key(question), verdict, *place, text[start:end], quote, offset, title, created)
        db.execute(
            """
            INSERT INTO feedback (id, question, asked, verdict, article_id, start, "end", answer, quote, "offset", title, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (feedback_id, *values),
        )


_DUPLICATES = (
    """
    CREATE TABLE duplicate (
        article_id TEXT NOT NULL PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
        of_id      TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX duplicate_of_article ON duplicate (of_id)",
    """
    CREATE TABLE signature (
        id         INTEGER PRIMARY KEY,
        article_id TEXT NOT NULL UNIQUE REFERENCES article (id) ON DELETE CASCADE
    ) STRICT
    """,
    """
    CREATE TABLE band (
        hash         INTEGER NOT NULL,
        signature_id INTEGER NOT NULL REFERENCES signature (id) ON DELETE CASCADE,
        PRIMARY KEY (hash, signature_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX band_of_signature ON band (signature_id)",
    "ALTER TABLE state ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "UPDATE state SET revision = random()",
    "CREATE TRIGGER source_added AFTER INSERT ON source BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER source_changed AFTER UPDATE ON source BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER source_removed AFTER DELETE ON source BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER article_changed AFTER UPDATE ON article BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER article_removed AFTER DELETE ON article BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER duplicate_added AFTER INSERT ON duplicate BEGIN UPDATE state SET revision = random(); END",
    "CREATE TRIGGER duplicate_removed AFTER DELETE ON duplicate BEGIN UPDATE state SET revision = random(); END",
)


def near_duplicates(db: sqlite3.Connection) -> None:
    """2 → 3: articles can be found by their likeness, about a millisecond each. None is joined: `yuanwen doctor` tells of those."""
    for statement in _DUPLICATES:
        db.execute(statement)
    for article_id, title, text, script in db.execute("SELECT id, title, text, script FROM article"):
        duplicate_store.sign(db, article_id, bands(outline(title, text, script=script)))


def publishers(db: sqlite3.Connection) -> None:
    """3 → 4: the publisher that a file names is kept. What is there has none until its file is read again: the file is not here."""
    db.execute("ALTER TABLE source ADD COLUMN publisher TEXT")
