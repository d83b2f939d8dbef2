"""Days as they are written in Chinese and English, so that 11月18日 and 18 November are known for the same."""

from __future__ import annotations

import functools
import re
from typing import Final

from corpus.folding import fold

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH: Final = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
"""An English month, whole or short, folded."""
_NAMED: Final = f"(?P<name>{MONTH})"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY_BEFORE: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:the )?"
_WEEKDAY_BEHIND: Final = r"(?:\s*\(?(?:周|星期)[一二三四五六日天]\)?)?"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?:(?P<year>\d{{4}})年)?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})[日号]{_WEEKDAY_BEHIND}",
        rf"{_WEEKDAY_BEFORE}{_DAY} (?:of )?{_NAMED}(?:,? (?P<year>\d{{4}}))?",
        rf"{_WEEKDAY_BEFORE}{_NAMED} {_DAY}(?:,? (?P<year>\d{{4}}))?",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    )
)


@functools.lru_cache(maxsize=4096)
def day_of(text: str) -> tuple[int | None, int, int] | None:
    """Return year (None where it isn't said), month and day of a text that is one date and nothing else; None for any other.

    >>> day_of("2023年11月18日"), day_of("Saturday, 18 November"), day_of("Nov. 18th, 2023"), day_of("11月")
    ((2023, 11, 18), (None, 11, 18), (2023, 11, 18), None)
    """
    folded = fold(text).strip()
    for form in _FORMS:
        if found := form.fullmatch(folded):
            parts = found.groupdict()
            month = 1 + _MONTHS.index(parts["name"][:3]) if "name" in parts else int(parts["month"])
            year = parts["year"]
            return (int(year) if year else None), month, int(parts["day"])
    return None


def same_day(one: str, other: str) -> bool:
    """Say whether both texts are dates and can be of one day: a year that only one of them names may be the other's too.

    >>> same_day("11月18日", "18 November 2023"), same_day("2022年11月18日", "18 November 2023"), same_day("18", "18")
    (True, False, False)
    """
    a, b = day_of(one), day_of(other)
    if a is None or b is None:
        return False
    return a[1:] == b[1:] and (None in (a[0], b[0]) or a[0] == b[0])
