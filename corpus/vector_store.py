"""The vectors in the library's file: one per passage and embedder, kept apart by the embedder's fingerprint."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from corpus.errors import LibraryError

_STORED = np.dtype("<f4")


def put(db: sqlite3.Connection, fingerprint: str, ids: Iterable[int], vectors: NDArray[np.float32]) -> None:
    """Stores or replaces vectors. A passage that is gone by now (deleted while it was being embedded) is passed over.

    Args:
        vectors: (n, dim) float32, a row for each of the ``ids``.

    Raises:
        LibraryError: the shape does not fit the ids or the vectors already there, or a value is not finite.
    """
    ids = [int(passage_id) for passage_id in ids]
    rows = np.asarray(vectors, dtype=_STORED)
    if rows.ndim != 2 or len(rows) != len(ids) or (ids and not rows.shape[1]):
        raise LibraryError(f"Vectors of shape {rows.shape} do not fit {len(ids)} passages: one row for each is needed.")
    if not np.isfinite(rows).all():
        raise LibraryError("A vector holds a value that is no number. Nothing of this batch was stored; check the embedder.")
    if not ids:
        return
    dimension = rows.shape[1]
    db.execute("INSERT INTO embedder (fingerprint, dimension) VALUES (?, ?) ON CONFLICT DO NOTHING", (fingerprint, dimension))
    embedder_id, stored = db.execute("SELECT id, dimension FROM embedder WHERE fingerprint = ?", (fingerprint,)).fetchone()
    if stored != dimension:
        raise LibraryError(f"Vectors of {dimension} dimensions do not fit the {stored} of those already stored for {fingerprint!r}.")
    db.executemany(
        "INSERT OR REPLACE INTO vector (passage_id, embedder_id, vector) SELECT id, ?, ? FROM passage WHERE id = ?",
        ((embedder_id, row.tobytes(), passage_id) for passage_id, row in zip(ids, rows, strict=True)),
    )


def load(db: sqlite3.Connection, fingerprint: str, ids: list[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Vectors of one embedder, all or those of the passages ``ids``: passage ids (n,) int64, ascending, and vectors (n, dim) float32."""
    embedder = db.execute("SELECT id, dimension FROM embedder WHERE fingerprint = ?", (fingerprint,)).fetchone()
    if embedder is None:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    embedder_id, dimension = embedder
    only = "" if ids is None else "AND passage_id IN (SELECT value FROM json_each(?))"
    rows = db.execute(
        f"SELECT passage_id, vector FROM vector WHERE embedder_id = ? {only} ORDER BY passage_id",  # noqa: S608 (no text from outside)
        (embedder_id,) if ids is None else (embedder_id, json.dumps(ids)),
    ).fetchall()
    found = np.fromiter((passage_id for passage_id, _ in rows), np.int64, len(rows))
    joined = bytearray().join(blob for _, blob in rows)
    if len(joined) != len(rows) * dimension * _STORED.itemsize:
        raise LibraryError(f"The vectors of {fingerprint!r} are damaged. Drop them, and they will be made again.")
    return found, np.frombuffer(joined, _STORED).astype(np.float32, copy=False).reshape(len(rows), dimension)


def present(db: sqlite3.Connection, fingerprint: str) -> NDArray[np.int64]:
    """Ids of the passages that have a vector of this embedder, (n,) int64, ascending."""
    rows = db.execute(
        "SELECT passage_id FROM vector WHERE embedder_id = (SELECT id FROM embedder WHERE fingerprint = ?) ORDER BY passage_id",
        (fingerprint,),
    ).fetchall()
    return np.fromiter((passage_id for (passage_id,) in rows), np.int64, len(rows))


def count(db: sqlite3.Connection, fingerprint: str) -> int:
    """How many passages have a vector of this embedder."""
    return int(
        db.execute(
            "SELECT count(*) FROM vector WHERE embedder_id = (SELECT id FROM embedder WHERE fingerprint = ?)", (fingerprint,)
        ).fetchone()[0]
    )


def missing(db: sqlite3.Connection, fingerprint: str, limit: int) -> list[int]:
    """Ids of the first passages that have no vector of this embedder, ascending."""
    rows = db.execute(
        """
        SELECT id FROM passage
        WHERE NOT EXISTS (
            SELECT 1 FROM vector
            WHERE passage_id = passage.id AND embedder_id = (SELECT id FROM embedder WHERE fingerprint = ?)
        )
        ORDER BY id LIMIT ?
        """,
        (fingerprint, max(limit, 0)),
    ).fetchall()
    return [passage_id for (passage_id,) in rows]


_ORPHANS = "passage_id NOT IN (SELECT id FROM passage) OR embedder_id NOT IN (SELECT id FROM embedder)"


def count_orphans(db: sqlite3.Connection) -> int:
    """How many vectors are of a passage or an embedder that is not there."""
    return int(db.execute(f"SELECT count(*) FROM vector WHERE {_ORPHANS}").fetchone()[0])  # noqa: S608 (no text from outside)


def drop_orphans(db: sqlite3.Connection) -> int:
    """Deletes them; returns how many."""
    return db.execute(f"DELETE FROM vector WHERE {_ORPHANS}").rowcount  # noqa: S608 (no text from outside)
