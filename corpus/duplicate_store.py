"""Which articles of the library stand back for another, and the band hashes by which those that stand are found.

An article that stands back keeps its text and its sources, and has no passages: nothing is found in it, so that one fact reposted five
times counts once, and when the article it stands back for goes, it can take its place whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence

from corpus.duplicates import LEAST_BANDS, least_bands

MOST_ALIKE = 32
"""A band that more articles share says of none of them that it is the one: so do a site's set phrases, or those of every month's report. It
counts only among articles that share as many rarer ones, and of its articles the latest so many are looked at. Of 250 reposts among 4,000
market reports that differ in five figures and a name, all are found by the rarer bands, as they are by all; so they are with 16."""
MOST_CANDIDATES = 24
"""Of the articles that share bands, so many may be compared, those that share most first."""


def sign(db: sqlite3.Connection, article_id: str, bands: Sequence[int]) -> None:
    """Enters an article that stands for itself."""
    signature = db.execute("INSERT INTO signature (article_id) VALUES (?)", (article_id,)).lastrowid
    db.executemany("INSERT INTO band (hash, signature_id) VALUES (?, ?)", ((each, signature) for each in bands))


def unsign(db: sqlite3.Connection, article_id: str) -> None:
    """Takes an article out that no longer stands for itself."""
    db.execute("DELETE FROM signature WHERE article_id = ?", (article_id,))


def candidates(db: sqlite3.Connection, bands: Sequence[int], *, chars: int, but: str = "") -> list[str]:
    """The standing articles, ``but`` this one, that may be like a text, those that share most bands first.

    Takes no longer in a library of 10,000 articles made from one template than in one of a hundred: see `MOST_ALIKE`.

    Args:
        bands: of the text.
        chars: its letters and digits.
    """
    rare, common = Counter[int](), Counter[int]()
    for (found,) in db.execute(
        """
        SELECT (
            SELECT json_group_array(signature_id)
            FROM (SELECT signature_id FROM band WHERE hash = value ORDER BY signature_id DESC LIMIT ?)
        ) FROM json_each(?)
        """,
        (MOST_ALIKE + 1, json.dumps(list(bands))),
    ):
        signatures = json.loads(found)
        (rare if len(signatures) <= MOST_ALIKE else common).update(signatures[:MOST_ALIKE])
    likely = sorted({*rare, *common}, key=lambda each: (-rare[each], -common[each], each))[: MOST_CANDIDATES + 1]  # `but` may be among them
    rows = db.execute(
        """
        SELECT article_id, chars, shared FROM (
            SELECT signature_id, count(*) AS shared FROM json_each(?) CROSS JOIN band ON signature_id = value
            WHERE hash IN (SELECT value FROM json_each(?)) GROUP BY signature_id
        ) JOIN signature ON signature.id = signature_id JOIN article ON article.id = article_id
        WHERE article_id <> ? ORDER BY shared DESC, article_id LIMIT ?
        """,
        (json.dumps(likely), json.dumps(list(bands)), but, MOST_CANDIDATES),
    ).fetchall()
    return [
        article_id
        for number, (article_id, other_chars, shared) in enumerate(rows)
        if shared >= least_bands(chars, other_chars) and (shared >= LEAST_BANDS or number == 0)
    ]


def stand_back(db: sqlite3.Connection, article_id: str, of_id: str) -> None:
    """Notes that the first article stands back for the second, which stands."""
    db.execute("INSERT INTO duplicate (article_id, of_id) VALUES (?, ?)", (article_id, of_id))


def standing(db: sqlite3.Connection, article_id: str) -> str | None:
    """The article that this one stands back for; None when it stands for itself, or is not there."""
    row = db.execute("SELECT of_id FROM duplicate WHERE article_id = ?", (article_id,)).fetchone()
    return None if row is None else str(row[0])


def behind(db: sqlite3.Connection, article_id: str) -> list[str]:
    """The articles that stand back for this one, in the order of their first sources."""
    rows = db.execute(
        """
        SELECT duplicate.article_id FROM duplicate JOIN source ON source.article_id = duplicate.article_id
        WHERE of_id = ? GROUP BY duplicate.article_id ORDER BY min(source.id)
        """,
        (article_id,),
    ).fetchall()
    return [each for (each,) in rows]


def release(db: sqlite3.Connection, of_id: str) -> list[str]:
    """Lets the articles go that stand back for this one; they are to be settled anew. Returns them, as `behind` does."""
    freed = behind(db, of_id)
    db.execute("DELETE FROM duplicate WHERE of_id = ?", (of_id,))
    return freed
