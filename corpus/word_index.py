"""The word index: which passages hold a term, in themselves or in their article's title."""

from __future__ import annotations

import json
import math
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
MAX_WORDS = 1024
"""Of terms of several words, so many words in all."""
_K1, _LEAST = 1.2, 1e-6
"""As FTS5 has them: how soon more of a term stops counting, and the weight of a term that most passages have."""


def put(db: sqlite3.Connection, title: str, bodies: Sequence[tuple[int, str]]) -> None:
    """Indexes the passages (id, text) of one article. They are forgotten by themselves when the passage is deleted."""
    title_terms = index_terms(title[:MAX_TITLE_CHARS])
    db.executemany(
        "INSERT INTO passage_fts (rowid, title, body) VALUES (?, ?, ?)",
        ((passage_id, title_terms, index_terms(text)) for passage_id, text in bodies),
    )


def search(
    db: sqlite3.Connection,
    terms: Sequence[Collection[str]],
    *,
    limit: int,
    languages: Collection[str] | None,
    article_ids: Collection[str] | None,
) -> list[tuple[int, float]]:
    """The best passages as (id, BM25, larger is better); see `Library.search`. Texts must be storable."""
    plain = (frozenset(filter(None, (way.replace("\0", " ").strip() for way in ways))) for ways in terms)
    wanted = [ways for ways in dict.fromkeys(plain) if ways][:MAX_TERMS]
    if not wanted or limit <= 0:
        return []
    only = _json(languages), _json(article_ids)
    if all(len(ways) == 1 for ways in wanted):
        return _ranked_by_words(db, [way for ways in wanted for way in ways], limit, *only)
    return _ranked_by_meanings(db, wanted, limit, *only)


def _ranked_by_words(
    db: sqlite3.Connection, words: Sequence[str], limit: int, languages: str | None, article_ids: str | None
) -> list[tuple[int, float]]:
    """By FTS5's own BM25."""
    # Within quotation marks FTS5 takes everything for a word to look up, and a doubled quotation mark for one.
    match = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
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
            SELECT passage_fts.rowid, -bm25(passage_fts, :title, :body) AS score
            FROM passage_fts
            CROSS JOIN passage ON passage.id = passage_fts.rowid
            CROSS JOIN article ON article.id = passage.article_id
            WHERE passage_fts MATCH :match
              AND (:languages IS NULL OR article.language IN (SELECT value FROM json_each(:languages)))
              AND (:ids IS NULL OR article.id IN (SELECT value FROM json_each(:ids)))
            ORDER BY score DESC, passage_fts.rowid LIMIT :limit
            """,
            {"title": TITLE_WEIGHT, "body": BODY_WEIGHT, "match": match, "limit": limit, "languages": languages, "ids": article_ids},
        )
    return found.fetchall()


def _ranked_by_meanings(
    db: sqlite3.Connection, terms: Sequence[Collection[str]], limit: int, languages: str | None, article_ids: str | None
) -> list[tuple[int, float]]:
    """By BM25 over terms of several words each: a term stands in every passage that has one of its words, as often as all of them.

    Pirkola 1998, "The effects of query structure and dictionary setups in dictionary-based cross-language information retrieval". FTS5
    weighs each word by itself, so that of all translations the rarest would count most. Passages are of a size, so that their length is
    left out (b = 0).
    """
    count = db.execute("SELECT count(*) FROM passage").fetchone()[0]
    db.create_function("rarity", 1, lambda held: max(_LEAST, math.log((count - held + 0.5) / (held + 0.5))), deterministic=True)
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.passage_term USING fts5vocab('main', 'passage_fts', 'instance')")
    words = json.dumps([(number, word) for number, ways in enumerate(terms) for word in sorted(ways)][:MAX_WORDS])
    found = db.execute(
        """
        WITH held AS MATERIALIZED (
            SELECT json_extract(wanted.value, '$[0]') AS term, doc, sum(CASE col WHEN 'title' THEN :title ELSE :body END) AS times
            FROM json_each(:words) AS wanted
            CROSS JOIN temp.passage_term ON passage_term.term = json_extract(wanted.value, '$[1]')
            GROUP BY 1, 2
        ),
        weighed AS MATERIALIZED (SELECT term, rarity(count(*)) AS weight FROM held GROUP BY term)
        SELECT held.doc, sum(weight * times * (:k1 + 1) / (times + :k1)) AS score
        FROM held
        JOIN weighed USING (term)
        CROSS JOIN passage ON passage.id = held.doc
        CROSS JOIN article ON article.id = passage.article_id
        WHERE (:languages IS NULL OR article.language IN (SELECT value FROM json_each(:languages)))
          AND (:ids IS NULL OR article.id IN (SELECT value FROM json_each(:ids)))
        GROUP BY held.doc ORDER BY score DESC, held.doc LIMIT :limit
        """,
        {"k1": _K1, "title": TITLE_WEIGHT, "body": BODY_WEIGHT, "words": words, "limit": limit, "languages": languages, "ids": article_ids},
    )
    return found.fetchall()


def _json(texts: Collection[str] | None) -> str | None:
    return None if texts is None else json.dumps(list(texts))
