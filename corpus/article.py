"""The two things everything else speaks of: an article, and a passage of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of an article's text that stands, letter for letter, in the text it was cleaned from.

    ``article.text[start : start + length]`` came from ``extracted[origin : origin + length]``, where *extracted* is the
    decoded file (txt, md) or what the format's library took out of it (html, pdf, docx).
    """

    start: int
    origin: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned article. ``text`` is what citations point into and is never altered after storing."""

    title: str
    text: str
    source: str
    """Where it came from, as a person would say it: a file's path or name, or an address."""
    sha256: str
    """Of the original bytes, hexadecimal."""
    url: str | None = None
    published: dt.date | None = None
    published_from: str | None = None
    """How ``published`` was found, most trusted first: ``markup``, ``text`` or ``name`` (the file's)."""
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    """The paper, agency or site that the file names as its source, as it is printed there ("来源:光明日报")."""
    language: str = "und"
    """ISO 639-1 code (``zh``, ``en``), ``und`` when it can't be told."""
    script: str = "Zyyy"
    """ISO 15924 code: ``Hans``, ``Hant``, ``Latn`` and so on, ``Zyyy`` when it can't be told."""
    origin: tuple[Run, ...] = ()
    removed: tuple[str, ...] = ()
    """Lines taken out as page furniture, in their order, so that nothing is lost."""

    @property
    def id(self) -> str:
        """Content hash: the same title and text have the same id, wherever they were saved."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article short enough to embed and to read at once: ``article.text[start:end] == text``."""

    article_id: str
    start: int
    end: int
    text: str
