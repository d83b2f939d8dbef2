"""How many articles there are of each time, as bars that are buttons: a plain list of HTML that needs no script and reads well aloud.

Gradio's own charts are drawn by Vega, which makes functions of strings, and the page's Content-Security-Policy forbids that.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_BARS = 36
"""That can be told apart, and hit with a finger, across a narrow screen that scrolls a little."""
UNDATED = "undated"
_LENGTHS = (7, 4, 3, 2, 1)
"""Of the beginning of an ISO date that names a month, a year, a decade, a century, a millennium."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time and how many articles are of it."""

    key: str
    """The beginning of the ISO dates in it, such as ``2022-11``, ``2022`` or ``202``; ``undated`` for articles without a date."""
    count: int

    @property
    def label(self) -> str:
        """What stands below the bar, in figures alone; of the undated ones it is said in words elsewhere."""
        return period_label(self.key)


def period_label(key: str) -> str:
    """A key as a person would write it.

    >>> period_label("2022-11"), period_label("2022"), period_label("202"), period_label("20")
    ('2022-11', '2022', '2020–2029', '2000–2099')
    """
    missing = 4 - len(key)
    return key if missing <= 0 or key == UNDATED else f"{key}{'0' * missing}–{key}{'9' * missing}"


def matches(published: dt.date | None, key: str) -> bool:
    """Whether an article of that date belongs to that bar."""
    return key == UNDATED if published is None else published.isoformat().startswith(key)


def bars(dates: Iterable[dt.date | None]) -> list[Bar]:
    """Bars from the earliest to the latest date without a gap, in months, years, decades or more, whichever first gives few enough;
    then the undated articles, if any."""
    given = list(dates)
    known = sorted(date.isoformat() for date in given if date is not None)
    undated = len(given) - len(known)
    drawn = [Bar(UNDATED, undated)] if undated else []
    if not known:
        return drawn
    for length in _LENGTHS:
        keys = _between(known[0][:length], known[-1][:length])
        if len(keys) <= MOST_BARS:
            break
    counts = Counter(date[:length] for date in known)
    return [Bar(key, counts[key]) for key in keys] + drawn


def _between(first: str, last: str) -> list[str]:
    """Every key from ``first`` to ``last``, both included; no more than one too many for a chart."""
    keys = [first]
    while keys[-1] < last and len(keys) <= MOST_BARS:
        keys.append(_next(keys[-1]))
    return keys


def _next(key: str) -> str:
    if len(key) == 7:
        year, month = int(key[:4]), int(key[5:])
        return f"{year:04}-{month + 1:02}" if month < 12 else f"{year + 1:04}-01"
    return str(int(key) + 1).zfill(len(key))
