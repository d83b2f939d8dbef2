"""What every format's module hands over: the text taken out of a file, and what the file itself says about it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from corpus.cleaning import Cleaned
from corpus.errors import ReadingError
from corpus.furniture import Kind
from corpus.lines import Line, Piece

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


def to_plain(found: Extracted) -> dict[str, Any]:
    """The same in types that JSON has."""
    plain = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    cleaned = found.cleaned
    return plain | {
        "published": found.published and found.published.isoformat(),
        "cleaned": cleaned
        and {
            "lines": [(line.text, line.folded, line.pieces) for line in cleaned.lines],
            "kinds": [kind.name for kind in cleaned.kinds],
            "keeps": cleaned.keeps,
            "body": cleaned.body,
            "title": cleaned.title,
        },
    }


def from_plain(plain: dict[str, Any]) -> Extracted:
    """What `to_plain` was called on, as after a way through JSON."""
    cleaned = plain["cleaned"] and Cleaned(
        lines=tuple(Line(text, folded, tuple(Piece(*piece) for piece in pieces)) for text, folded, pieces in plain["cleaned"]["lines"]),
        kinds=tuple(Kind[name] for name in plain["cleaned"]["kinds"]),
        keeps=tuple(plain["cleaned"]["keeps"]),
        body=(plain["cleaned"]["body"][0], plain["cleaned"]["body"][1]),
        title=plain["cleaned"]["title"],
    )
    published = plain["published"] and dt.date.fromisoformat(plain["published"])
    hidden = tuple((start, end) for start, end in plain["hidden"])
    several = {name: tuple(plain[name]) for name in ("authors", "removed")}
    return Extracted(**(plain | several | {"cleaned": cleaned, "published": published, "hidden": hidden}))


def printable(text: str) -> str:
    """``text`` without control characters and halves of broken surrogate pairs, which no database or screen takes."""
    return _UNPRINTABLE.sub("", text)


def check_length(chars: int, name: str) -> None:
    """Raise `ReadingError` when a file holds more text than `MOST_CHARS`."""
    if chars > MOST_CHARS:
        raise ReadingError(f"{name}: this file holds more than {MOST_CHARS // 10**6} million characters. Split it and add the parts.")
