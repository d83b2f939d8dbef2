"""The word index: which passages hold a term, in themselves or in their article's title."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from corpus.words import index_terms

TITLE_WEIGHT, BODY_WEIGHT = 0.5, 1.0
"""A passage is found by its article's title too, or "the 2022 opening" would miss the passages that take it for granted. The title
counts for less than the passage's own words, as it says the same of every passage of the article."""
MAX_TITLE_CHARS = 300
"""Of a title, so much is indexed with each passage; a longer one is a paragraph that was taken for a title."""
MAX_TERMS = 256
"""The first so many distinct terms are looked up: a whole page pasted as a question shall not read the whole index."""


def put(db: sqlite3.Connection, title: str, bodies: Sequence[tuple[int, str]]) -> None:
    """Indexes the passages (id, text) of one article. They are forgotten by themselves when the passage is deleted."""
    title_terms = index_terms(title[:MAX_TITLE_CHARS])
    db.executemany(
        "INSERT INTO passage_fts (rowid, title, body) VALUES (?, ?, ?)",
        ((passage_id, title_terms, index_terms(text)) for passage_id, text in bodies),
    )


def search(
    db: sqlite3.Connection,
    terms: Sequence[str],
    *,
    limit: int,
    languages: Collection[str] | None,
    article_ids: Collection[str] | None,
) -> list[tuple[int, float]]:
    """The best passages as (id, BM25, larger is better); see `Library.search`. Texts must be storable."""
    wanted = [term for term in dict.fromkeys(term.replace("\0", " ").strip() for term in terms) if term][:MAX_TERMS]
    if not wanted or limit <= 0:
        return []
    # Within quotation marks FTS5 takes everything for a word to look up, and a doubled quotation mark for one.
    match = " OR ".join('"' + term.replace('"', '""') + '"' for term in wanted)
    if languages is None and article_ids is None:
        found = db.execute(
            """
            SELECT rowid, -bm25(passage_fts, ?, ?) AS score FROM passage_fts
            WHERE passage_fts MATCH ? ORDER BY score DESC, rowid LIMIT ?
            """,
            (TITLE_WEIGHT, BODY_WEIGHT, match, limit),
        )
    else:
        # CROSS JOIN keeps this order: the index is read once, and not once for each passage that the filters let through.
        found = db.execute(
            """
            SELECT passage_fts.rowid, -bm25(passage_fts, ?1, ?2) AS score
            FROM passage_fts
            CROSS JOIN passage ON passage.id = passage_fts.rowid
            CROSS JOIN article ON article.id = passage.article_id
            WHERE passage_fts MATCH ?3
              AND (?4 IS NULL OR article.language IN (SELECT value FROM json_each(?4)))
              AND (?5 IS NULL OR article.id IN (SELECT value FROM json_each(?5)))
            ORDER BY score DESC, passage_fts.rowid LIMIT ?6
            """,
            (TITLE_WEIGHT, BODY_WEIGHT, match, _json(languages), _json(article_ids), limit),
        )
    return found.fetchall()


def _json(texts: Collection[str] | None) -> str | None:
    return None if texts is None else json.dumps(list(texts))
