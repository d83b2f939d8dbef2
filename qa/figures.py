"""Figures with what they count, as they are written in Chinese and English, so that 两家 and "two" are known for the same."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from typing import Final

from corpus.folding import fold

_DIGITS: Final = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS: Final = {
    **{word: value for value, word in enumerate(f"zero one two three four five six seven eight nine {_TEENS}".split())},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), 2)},
}
_TIMES: Final = {
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "亿": 100_000_000,
    "万亿": 1_000_000_000_000,
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_FIGURE: Final = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<tens>[一二三四五六七八九]?)十(?P<ones>[一二三四五六七八九]?)"
    r"|(?P<numeral>[零〇一二三四五六七八九两])"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
)
_MULTIPLE: Final = re.compile(r"\s?(万亿|[百千万亿]|(?:hundred|thousand|million|billion|trillion)\b)")
_UNIT: Final = re.compile(r"[^\d零一二三四五六七八九十百千万亿]{0,24}")
"""Whatever follows, if no other figure does."""


@functools.lru_cache(maxsize=4096)
def figure_of(text: str) -> tuple[Decimal, str] | None:
    """Return the value and the unit of a text that is one figure and what it counts; None for any other.

    >>> figure_of("两家"), figure_of("3.5万人"), figure_of("42 square kilometres"), figure_of("十一、十二月")
    ((Decimal('2'), '家'), (Decimal('35000.0'), '人'), (Decimal('42'), 'square kilometres'), None)
    """
    folded = fold(text).strip()
    if (found := _FIGURE.match(folded)) is None:
        return None
    if found["digits"]:
        value = Decimal(found["digits"].replace(",", ""))
    elif found["numeral"]:
        value = Decimal(_DIGITS[found["numeral"]])
    elif found["word"]:
        value = Decimal(_WORDS[found["word"]])
    else:
        value = Decimal(10 * (_DIGITS[found["tens"]] if found["tens"] else 1) + (_DIGITS[found["ones"]] if found["ones"] else 0))
    at = found.end()
    if times := _MULTIPLE.match(folded, at):
        value, at = value * _TIMES[times[1]], times.end()
    unit = _UNIT.fullmatch(folded, at)
    return (value, unit[0].strip()) if unit else None


def same_figure(one: str, other: str) -> bool:
    """Say whether both texts are of one value and count the same, as far as can be told.

    One may leave out the unit (26, 26家), but no per cent, and in another script it reads otherwise (42平方公里, "42 square kilometres").

    >>> same_figure("26", "26家"), same_figure("两家", "two"), same_figure("19家", "19人"), same_figure("30%", "30")
    (True, True, False, False)
    """
    a, b = figure_of(one), figure_of(other)
    if a is None or b is None or a[0] != b[0] or ("%" in a[1]) != ("%" in b[1]):
        return False
    return a[1] == b[1] or not (a[1] and b[1]) or a[1].isascii() != b[1].isascii()
