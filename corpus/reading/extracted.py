"""What every format's module hands over: the text taken out of a file, and what the file itself says about it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """Text as it stands in a file, not yet cleaned."""

    text: str
    wrapped: bool | None = None
    """Whether line ends are only where a page broke the paragraph; None where that has to be found out."""
    hidden: tuple[tuple[int, int], ...] = ()
    """Half-open places in ``text`` that are markup: sorted and apart."""
    page: bool = True
    """Whether it may be a saved web page, with furniture around the article."""
    title: str | None = None
    published: dt.date | None = None
    authors: tuple[str, ...] = ()
    url: str | None = None
    removed: tuple[str, ...] = ()
    """Lines that the format's own rules took out: a page's running heads."""


def printable(text: str) -> str:
    """``text`` without control characters and halves of broken surrogate pairs, which no database or screen takes."""
    return _UNPRINTABLE.sub("", text)
