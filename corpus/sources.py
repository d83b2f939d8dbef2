"""The sources that belong to one file: itself, and the places in it where its articles stand (``file.csv#12``, ``file.zip!a.html``)."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Mapping

from corpus import records

MARKS = ("!", "#")
"""What parts a file's name from a place in it."""
_ROW = re.compile(r"#\d+")


def is_entry(place: str) -> bool:
    """Whether a place in a file, as it follows the file's name, is a feed's entry: those have names, rows have numbers.

    >>> is_entry("#tag:news.example,2021:1"), is_entry("#12"), is_entry("!feed.xml#1")
    (True, False, False)
    """
    return place.startswith("#") and not _ROW.fullmatch(place)


def of_file(db: sqlite3.Connection, name: str) -> dict[str, str]:
    """Every source of a file and the SHA-256 it was stored with.

    A file beside it may be called as a place in it would be, ``a.txt#2.txt``: what is there as a file is none, and one article alone has
    no entries.
    """
    found = dict(db.execute("SELECT source, sha256 FROM source WHERE source = ?", (name,)).fetchall())
    for mark in MARKS:  # a range of the unique index: all that begin so, and nothing else
        bounds = (name + mark, name + chr(ord(mark) + 1))
        found.update(db.execute("SELECT source, sha256 FROM source WHERE source >= ? AND source < ?", bounds).fetchall())
    return {
        source: sha256
        for source, sha256 in found.items()
        if source == name or not ((name in found and is_entry(source[len(name) :])) or _is_file(source))
    }


def _is_file(source: str) -> bool:
    return os.path.isfile(source)  # noqa: PTH113  # False, and no exception, for whatever is no path at all


def of_file_name(db: sqlite3.Connection, name: str, *, spelling: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """The sources of every file of this name, in whatever folder or archive: by the file's path, as ``spelling`` writes it."""
    pattern = re.compile(rf"(?:^|[/\\!])({re.escape(name)})(?:[{re.escape(''.join(MARKS))}]|$)")
    found: dict[str, tuple[str, ...]] = {}
    for (source,) in db.execute("SELECT source FROM source ORDER BY id") if name else ():
        spelt = spelling(source)
        match = pattern.search(spelt)
        if match and (match.end(1) == len(spelt) or not _is_file(source)):
            file = spelt[: match.end(1)]
            found[file] = (*found.get(file, ()), source)
    return found


def rename(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Moves sources to their new names all at once; what stands in a new one's place, and isn't itself moved, is forgotten.

    ``names``: from old to new, no two to the same.
    """
    for new in set(names.values()) - set(names):
        records.remove_source(db, new)
    # Two steps, as one may move to where another still stands. Every name has its own in between: no file's holds a NUL.
    db.executemany("UPDATE source SET source = ? WHERE source = ?", [(f"\0{old}", old) for old in names])
    db.executemany("UPDATE source SET source = ? WHERE source = ?", [(new, f"\0{old}") for old, new in names.items()])
    records.passages_changed(db)  # nothing of them did, but of what is listed
