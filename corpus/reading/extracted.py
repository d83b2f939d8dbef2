"""What every format's module hands over: the text taken out of a file, and what the file itself says about it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from corpus.cleaning import Cleaned
from corpus.errors import ReadingError

MOST_CHARS = 10_000_000
"""Of text in one file: several times the longest novels, and a bound for files made to fill the memory."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """Text as it stands in a file, not yet cleaned."""

    text: str
    wrapped: bool | None = None
    """Whether line ends are only where a page broke the paragraph; None where that has to be found out."""
    hidden: tuple[tuple[int, int], ...] = ()
    """Half-open places in ``text`` that are markup: sorted and apart."""
    dump: bool = False
    """Whether it may be all the text of a page, copied with what stands around the article."""
    cleaned: Cleaned | None = None
    """The lines of ``text``, already judged, where the format says more of them than `corpus.cleaning` can tell from the text alone."""
    title: str | None = None
    published: dt.date | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    url: str | None = None
    removed: tuple[str, ...] = ()
    """Lines that the format's own rules took out: a page's running heads."""


def printable(text: str) -> str:
    """``text`` without control characters and halves of broken surrogate pairs, which no database or screen takes."""
    return _UNPRINTABLE.sub("", text)


def check_length(chars: int, name: str) -> None:
    """Raise `ReadingError` when a file holds more text than `MOST_CHARS`."""
    if chars > MOST_CHARS:
        raise ReadingError(f"{name}: this file holds more than {MOST_CHARS // 10**6} million characters. Split it and add the parts.")
