"""The years a text speaks of, written in figures or in Chinese numerals."""

from __future__ import annotations

import re
from collections import Counter

_EARLIEST, _LATEST = 1000, 2199
"""Four figures outside this range are hardly ever a year."""

_NUMERALS = {numeral: str(digit) for digit, numeral in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
# Both look behind only after a digit was met: Python's `re` passes over all other characters at once.
_FIGURES = re.compile(
    r"(\d(?<![\d.]\d)(?<!\d[,，]\d)\d{3})(?!\d|,\d{3}(?!\d)|\.\d|-\d{5}|\s*(?:家|人|名|元|万|亿|吨|米|公里|kg|km|m\b|%|多))"
)
_CHINESE = re.compile(rf"([{''.join(_NUMERALS)}]{{4}})年")
_ISO = re.compile(r"(\d(?<!\d\d)\d{3})(?:[-/]\d{1,2}(?:[-/]\d{1,2})?|\.(?:0?[1-9]|1[0-2])\.\d{1,2}|\.(?:0[1-9]|1[0-2]))(?!\d)")


def years_in(text: str) -> Counter[int]:
    """How often each year is named in ``text`` (any script; fold it or not, both work).

    >>> sorted(years_in("2022年11月14日，二〇二三年前后；共3000家，电话2022-1234567").items())
    [(2022, 1), (2023, 1)]
    """
    found: Counter[int] = Counter()
    for match in _ISO.finditer(text):
        found[int(match[1])] += 1
    rest = _ISO.sub(" ", text)
    for match in _FIGURES.finditer(rest):
        found[int(match[1])] += 1
    for match in _CHINESE.finditer(text):
        found[int("".join(_NUMERALS[numeral] for numeral in match[1]))] += 1
    return Counter({year: times for year, times in found.items() if _EARLIEST <= year <= _LATEST})
