"""What is wrong with a library's file, in plain sentences: nothing, if all is well."""

from __future__ import annotations

import sqlite3

from corpus.article import Article
from corpus.disk_errors import code

_ORPHANS = (
    ("passages are missing from the word index", "SELECT count(*) FROM passage WHERE id NOT IN (SELECT rowid FROM passage_fts)"),
    ("entries of the word index belong to no passage", "SELECT count(*) FROM passage_fts WHERE rowid NOT IN (SELECT id FROM passage)"),
    ("articles have no source", "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM source)"),
    (
        "passages reach beyond their article's text",
        'SELECT count(*) FROM passage JOIN article ON article.id = article_id WHERE "end" > chars',
    ),
    (
        "vectors are not as long as their embedder makes them",
        "SELECT count(*) FROM vector JOIN embedder ON embedder.id = embedder_id WHERE length(vector) <> 4 * dimension",
    ),
    (
        "articles stand for themselves and have no signature, or the other way round",
        """
        SELECT count(*) FROM article
        WHERE (id IN (SELECT article_id FROM signature)) = (id IN (SELECT article_id FROM duplicate))
        """,
    ),
    (
        "articles stand back for one that stands back itself",
        "SELECT count(*) FROM duplicate WHERE of_id IN (SELECT article_id FROM duplicate)",
    ),
    (
        "articles that stand back have passages",
        "SELECT count(DISTINCT article_id) FROM passage WHERE article_id IN (SELECT article_id FROM duplicate)",
    ),
    ("conversations have no turn", "SELECT count(*) FROM conversation WHERE id NOT IN (SELECT conversation_id FROM turn)"),
)


def problems(db: sqlite3.Connection) -> list[str]:
    """Reads the whole file, about 100 MB a second."""
    found = [f"The file: {line}" for (line,) in db.execute("PRAGMA integrity_check").fetchall() if line != "ok"]
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    found += [f"{table}: row {rowid} refers to a missing {parent}" for table, rowid, parent, _ in broken[:20]]
    for sentence, count in _ORPHANS:
        if number := db.execute(count).fetchone()[0]:
            found.append(f"{number} {sentence}")
    for article_id, chars, title, text in db.execute("SELECT id, chars, title, text FROM article"):
        if len(text) != chars or Article(title=title, text=text, source="", sha256="").id != article_id:
            found.append(f"The text of article {article_id} is not the one that was stored")
    moved = sum(
        text[start:end] != answer
        for start, end, answer, text in db.execute(
            'SELECT start, "end", answer, text FROM feedback JOIN article ON article.id = article_id'
        )
    )
    if moved:
        found.append(f"{moved} verdicts are of other words than stand at their place")
    return found


def word_index_problems(db: sqlite3.Connection) -> list[str]:
    """FTS5's own check of the index against the terms it keeps. SQLite counts it as a write, so it needs a library that allows that."""
    try:
        db.execute("INSERT INTO passage_fts (passage_fts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if code(error) != sqlite3.SQLITE_CORRUPT:
            raise
        return ["The word index is damaged"]
    return []
