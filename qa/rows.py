"""Things told of in one row: of 甲大学张三教授、乙医院李四和丙公司王五先后致辞 all three spoke, or none did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from corpus.scripts import HAN

_LONGEST_GAP: Final = 60
"""Characters between two in a row: posts and institutions may stand there."""
_AROUND: Final = 20
_CHINESE: Final = re.compile(
    r"[^。；;！？!?，,\n、]*、[^。；;！？!?，,\n]*"
    r"|[^。；;！？!?，,\n、]{0,12}(?:和|与|與|及|以及|暨)[^。；;！？!?，,、\n]{0,24}"
)
_ENGLISH: Final = re.compile(r",? (?:and|&) |, |,(?: \w+){0,4}, (?:and )?")
"""What stands between two in a row."""


def rows(text: str, places: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Part places into rows, in the order of the text; one with no others in its row comes alone.

    Args:
        text: which the places lie in.
        places: half-open, in code points, none overlapping another.

    >>> text = "甲大学张三教授、乙医院李四先后致辞，王五主持"
    >>> [[text[a:b] for a, b in row] for row in rows(text, [(3, 5), (11, 13), (18, 20)])]
    [['张三', '李四'], ['王五']]
    """
    row: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if row and not _tied(text, row[-1][1], start):
            yield row
            row = []
        row.append((start, end))
    if row:
        yield row


def _tied(text: str, end: int, start: int) -> bool:
    """Whether what lies between the end of one place and the start of the next ties them together."""
    if start - end > _LONGEST_GAP:
        return False
    between = _CHINESE if HAN.search(text, max(0, end - _AROUND), start + _AROUND) else _ENGLISH
    return bool(between.fullmatch(text, end, start))
