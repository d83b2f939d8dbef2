"""What a question is limited to, as a visitor said it: articles, sources, days. Plain data that is kept with the question."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from chat.origins import origins
from corpus.conversations import StoredTurn
from corpus.errors import AnswerFormatError
from corpus.library import ArticleInfo
from qa.retrieval import Scope

KEY = "limits"
"""Beside those of the answer, in what is kept of a turn."""

_ORIGIN = "from:"
"""Begins a choice that means all articles of an origin; no article's id begins so."""
_DAY = re.compile(r"(\d{4})(?:(?:[-./]|年)(\d{1,2})(?:(?:[-./]|月)(\d{1,2})日?|月)?|年)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of articles from several sources or chosen ones by themselves, those published in a time. False when nothing is limited."""

    since: dt.date | None = None
    until: dt.date | None = None
    origins: tuple[str, ...] = ()
    """Sites, folders and files, as `chat.origins` names them: whatever comes from there when it is asked."""
    articles: tuple[tuple[str, str], ...] = ()
    """Ids, each with what the article was called then: it may be gone when the question is looked at again."""

    def __bool__(self) -> bool:
        return self != Limits()

    @property
    def names(self) -> tuple[str, ...]:
        """Of all sources and articles."""
        return (*self.origins, *(name for _, name in self.articles))

    @property
    def picks(self) -> list[str]:
        """The same as values of `choices`."""
        return [*(_ORIGIN + name for name in self.origins), *(article_id for article_id, _ in self.articles)]

    def scope(self, infos: Sequence[ArticleInfo]) -> Scope:
        """The same for the library, whose articles ``infos`` are."""
        if not self.names:
            return Scope(self.since, self.until)
        known = origins(infos) if self.origins else {}
        of_origins = itertools.chain.from_iterable(known.get(name, ()) for name in self.origins)
        return Scope(self.since, self.until, frozenset(of_origins) | {article_id for article_id, _ in self.articles})

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types: days as ISO 8601."""
        days = {"since": self.since and self.since.isoformat(), "until": self.until and self.until.isoformat()}
        return {**days, "sources": list(self.origins), "articles": [{"id": one, "title": name} for one, name in self.articles]}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The limits that `to_dict` was called on, as after a way through JSON.

        Raises:
            AnswerFormatError: it is not what `to_dict` gives.
        """
        try:
            first, last = (plain[name] and dt.date.fromisoformat(plain[name]) for name in ("since", "until"))
            articles = tuple((str(one["id"]), str(one["title"])) for one in plain["articles"])
            return cls(since=first, until=last, origins=tuple(map(str, plain["sources"])), articles=articles)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AnswerFormatError(f"These are no stored limits ({error!r}): pass what Limits.to_dict() gave.") from error


def of_turn(turn: StoredTurn) -> Limits:
    """What a question that was kept was limited to.

    Raises:
        AnswerFormatError: what was kept is none of ours.
    """
    kept = turn.answer.get(KEY)
    return Limits() if kept is None else Limits.from_dict(kept)


def limits(picked: Collection[str], since: str, until: str, infos: Sequence[ArticleInfo]) -> Limits:
    """What a question is limited to, from what was picked and typed.

    Args:
        picked: values of `choices`.
        since: the first day, as ``2022-11-14``, ``2022-11`` or ``2022``, or with 年月日; none when blank.
        until: the last day, likewise.
        infos: the articles of the library.

    Raises:
        ValueError: a date is none, or the last day is before the first; its argument is what was typed.
    """
    first, last = _day(since, last=False), _day(until, last=True)
    if first and last and last < first:
        raise ValueError(f"{since.strip()} – {until.strip()}")
    names = {info.id: name(info) for info in infos}
    return Limits(
        since=first,
        until=last,
        origins=tuple(each.removeprefix(_ORIGIN) for each in picked if each.startswith(_ORIGIN)),
        articles=tuple((each, names.get(each, each[:8])) for each in picked if not each.startswith(_ORIGIN)),
    )


def choices(infos: Sequence[ArticleInfo], origin: str, held: Limits) -> list[tuple[str, str]]:
    """What can be picked, as (name, value): origins of several articles, then each article, then what ``held`` has that is gone.

    Args:
        infos: the articles of the library.
        origin: a sentence with ``name`` and ``count`` of an origin.
        held: the limits at present.
    """
    found = [(origin.format(name=_clipped(name, 60), count=len(ids)), _ORIGIN + name) for name, ids in origins(infos).items()]
    found += [(name(info), info.id) for info in infos]
    known = {value for _, value in found}
    return found + [pair for pair in zip(held.names, held.picks, strict=True) if pair[1] not in known]


def name(info: ArticleInfo) -> str:
    """An article's title with its date."""
    title = _clipped(info.title, 80)
    return f"{title} ({info.published})" if info.published else title


def _clipped(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"


def _day(typed: str, *, last: bool) -> dt.date | None:
    """The first or last day of the year, month or day that was typed."""
    typed = "".join(typed.split())
    if not typed:
        return None
    match = _DAY.fullmatch(typed)
    if not match:
        raise ValueError(typed)
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if month is None:
            month = 12 if last else 1
        if day is None:
            day = calendar.monthrange(int(year or 0), month)[1] if last else 1
        return dt.date(int(year or 0), month, day)
    except ValueError as error:
        raise ValueError(typed) from error
