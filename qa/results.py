"""What an answer is made of. Plain data: everything a chat window, a command line or a program needs to show and to check it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from corpus.errors import AnswerFormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A place in an article: ``library.article(article_id).text[start:end] == text``, always."""

    article_id: str
    title: str
    source: str
    url: str | None
    published: dt.date | None
    text: str
    start: int
    end: int
    quote: str
    """The sentence around the place, verbatim."""
    quote_start: int
    """Where the quote begins in the article, so that the answer is marked at ``quote[start - quote_start : end - quote_start]``."""

    def marked(self) -> tuple[str, str, str]:
        """The quote in three parts: before the answer, the answer, after it."""
        a, b = self.start - self.quote_start, self.end - self.quote_start
        return self.quote[:a], self.quote[a:b], self.quote[b:]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """One thing that answers the question, and every place that says so."""

    text: str
    confidence: float
    """0–1: how often an item of such a score is right."""
    citations: tuple[Citation, ...]
    """Places that say it in these very words, the strongest first; never empty."""
    also: tuple[Citation, ...] = ()
    """Places that say it in other words: Traditional for Simplified, another language, a longer or shorter form of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A passage worth a look when nothing answers the question. It is not an answer."""

    article_id: str
    title: str
    source: str
    url: str | None
    published: dt.date | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question, or an honest "not in your articles" (``found`` is false and ``answers`` empty)."""

    question: str
    found: bool
    answers: tuple[AnswerItem, ...]
    confidence: float
    """0–1: how often an answer of such a score is right; of the likeliest thing seen when nothing was found."""
    nearest: tuple[Nearest, ...] = ()
    elapsed_ms: float = 0.0
    retrieval_ms: float = 0.0
    reading_ms: float = 0.0
    understood: str = ""
    """The question as it was put to the library: with what was carried over from earlier turns, else as it was asked."""
    assumed: tuple[str, ...] = ()
    """The words carried over from earlier turns; empty when the question was taken as it stands."""

    @property
    def text(self) -> str:
        """The answers in one line, the surest first; empty when nothing was found."""
        return "; ".join(item.text for item in self.answers)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types: dates as ISO 8601, figures to four decimals, ``text`` included."""
        plain: dict[str, Any] = {"question": self.question, "found": self.found, "text": self.text}
        plain |= {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name not in plain}
        plain["answers"] = [dataclasses.asdict(item) for item in self.answers]
        plain["nearest"] = [dataclasses.asdict(passage) for passage in self.nearest]
        plain["assumed"] = list(self.assumed)
        for item in plain["answers"]:
            item["confidence"] = round(item["confidence"], _DECIMALS)
            item["citations"], item["also"] = list(item["citations"]), list(item["also"])
        for place in (*plain["nearest"], *(c for item in plain["answers"] for c in (*item["citations"], *item["also"]))):
            place["published"] = place["published"].isoformat() if place["published"] else None
        for name in ("confidence", "elapsed_ms", "retrieval_ms", "reading_ms"):
            plain[name] = round(plain[name], _DECIMALS)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The answer that `to_dict` was called on, as after a way through JSON. Fields it doesn't know are left aside.

        Raises:
            AnswerFormatError: it is not what `to_dict` gives.
        """
        try:
            given = _known(cls, plain)
            given["answers"] = tuple(_item(item) for item in plain["answers"])
            given["nearest"] = tuple(Nearest(**_dated(Nearest, place)) for place in plain.get("nearest", ()))
            given["assumed"] = tuple(plain.get("assumed", ()))
            return cls(**given)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AnswerFormatError(f"This is no stored answer ({error!r}): pass what Answer.to_dict() gave.") from error


_DECIMALS = 4


def _known(kind: type[Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in plain.items() if name in names}


def _dated(kind: type[Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    published = plain["published"]
    return _known(kind, plain) | {"published": dt.date.fromisoformat(published) if published else None}


def _item(plain: Mapping[str, Any]) -> AnswerItem:
    places = {name: tuple(Citation(**_dated(Citation, place)) for place in plain[name]) for name in ("citations", "also")}
    return AnswerItem(**(_known(AnswerItem, plain) | places))
