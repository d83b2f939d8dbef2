"""Feeds (RSS, Atom): an entry is an article, known by the id that its feed gives it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import apart
from corpus.reading.extracted import Extracted
from corpus.reading.fields import extracted
from corpus.reading.parts import Part, Parts, digest

_MOST_BYTES = 16 * 2**20
"""A feed holds its latest articles, so that even the longest have a few megabytes."""
_LARGE_BYTES = 64 * 2**10
"""From so many bytes on, a feed is read in a process of its own: the time that markup in damaged markup takes grows with the square of its
length, and comes to half a second here."""
_LONGEST_ID = 300
# A comment ends at its first end, come what may (an atomic group): a hundred of them could be parted in 2¹⁰⁰ ways.
_FEED = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<\?[^>]*>\s*|(?><!--.*?-->)\s*|<!DOCTYPE[^>]*>\s*)*<(?:rss|feed|(?:\w+:)?RDF)\b", re.DOTALL)


def is_feed(data: bytes) -> bool:
    """Whether some bytes begin as a feed does."""
    return _FEED.match(data[:8192].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")) is not None


def open_feed(data: bytes, *, name: str) -> Parts:
    """The entries of a feed. One that is no longer in it remains an article: feeds hold the latest only.

    Raises `ReadingError` when it is too large or takes too long, `EmptyArticleError` when there are none.
    """
    if len(data) > _MOST_BYTES:
        raise ReadingError(f"{name}: this feed has {len(data) // 2**20} MB, more than the {_MOST_BYTES // 2**20} MB that are read.")
    entries = entries_here(data, name=name) if len(data) <= _LARGE_BYTES else apart.entries(data, name=name)
    parts = {part.key: part for part in (_part(values, name) for values in entries)}
    return Parts(each=lambda: iter(parts.values()), count=len(parts), passing=True)


def entries_here(data: bytes, *, name: str) -> list[dict[str, str]]:
    """What the entries of a feed say, by role, and their ``id``; within this process, whatever its size.

    Raises `ReadingError` when it is damaged, `EmptyArticleError` when there are none.
    """
    import feedparser

    untyped: Any = feedparser
    try:
        entries = untyped.parse(io.BytesIO(data)).entries  # of plain bytes it would try whether they name a file
    except Exception as error:  # a damaged feed makes the library fail in any way
        raise ReadingError(f"{name}: this feed is damaged ({error}). Fetch it again.") from error
    if not entries:
        raise EmptyArticleError(f"{name}: this feed holds no entries.")
    return [dict(_values(entry)) for entry in entries]


def _part(said: dict[str, str], name: str) -> Part:
    values = {role: text for role, text in said.items() if role != "id"}
    flat = [each for role, text in sorted(values.items()) for each in (role, text)]
    sha256 = digest(*flat)
    key = said["id"] or said["url"]
    key = key if 0 < len(key) <= _LONGEST_ID else digest(key or sha256)[:16]

    def extract() -> Extracted:
        return extracted(values, name=f"{name}#{key}")

    return Part(key=f"#{key}", name=name, sha256=sha256, extract=extract)


def _values(entry: Any) -> Iterator[tuple[str, str]]:
    yield "id", str(entry.get("id") or "")
    contents = [str(each.get("value") or "") for each in entry.get("content") or ()]
    yield "text", max((*contents, str(entry.get("summary") or "")), key=len)
    yield "title", str(entry.get("title") or "")
    yield "url", str(entry.get("link") or "")
    yield "date", str(entry.get("published") or entry.get("updated") or entry.get("created") or "")
    yield "author", "\n".join(str(each.get("name") or "") for each in entry.get("authors") or ())
