"""A file as the articles in it: one for most formats, several for tables, feeds, books and archives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.reading.extracted import Extracted


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One article in a file, not read yet."""

    key: str
    """What follows the file's name in the article's source: nothing for the only one, ``#12``, ``!folder/page.html``."""
    name: str
    """What a title and a date may be told from in place of the file's own name."""
    sha256: str
    """Of the part's own bytes, hexadecimal: an unchanged part of a changed file is not read again."""
    extract: Callable[[], Extracted]
    """Raises `ReadingError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a file holds."""

    each: Callable[[], Iterator[Part]]
    """The parts in their order, one after the other, so that a large file is never held in memory twice. May be called again."""
    count: int
    """How many are expected; an archive within may hold more."""
    numbered: bool = False
    """The keys are mere positions: a row added at the top moves all others by one."""
    passing: bool = False
    """A feed holds its latest articles only: one that is no longer in it is not gone."""


def digest(*data: str | bytes | None) -> str:
    """The SHA-256 of some bytes or texts, hexadecimal; where they part counts.

    >>> digest("a", "b") == digest("ab", "")
    False
    """
    found = hashlib.sha256()
    for each in data:
        encoded = each if isinstance(each, bytes) else (each or "").encode("utf-8", "surrogatepass")
        found.update(encoded if len(data) == 1 else b"%d:%s" % (len(encoded), encoded))
    return found.hexdigest()


def single(data: bytes, name: str, extract: Callable[[], Extracted]) -> Parts:
    """A file that is one article."""
    part = Part(key="", name=name, sha256=digest(data), extract=extract)
    return Parts(each=lambda: iter((part,)), count=1)
