"""One text written in several ways made one, for searching and comparing: never for display.

Every code point is replaced by exactly one code point, so an offset into the folded text is the same offset into the original.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable

_NOT_WORD = re.compile(r"[\W_]+")


class _FoldTable(dict[int, str]):
    """A `str.translate` table that works out a character the first time it is met and remembers it."""

    def __init__(self, to_simplified: Callable[[str], str]) -> None:
        super().__init__()
        self._to_simplified = to_simplified

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = self._fold_char(chr(code_point))
        return folded

    def _fold_char(self, char: str) -> str:
        if unicodedata.category(char) == "Cs":  # half of a broken surrogate pair: nothing else can be said of it
            return char
        digit = unicodedata.digit(char, None)
        if digit is not None:
            return str(digit)
        # Each step is kept only when it leaves one code point, as offsets must survive: "ﬁ" stays, "Ａ" becomes "a".
        for step in (_nfkc, str.casefold, self._to_simplified):
            stepped = step(char)
            if len(stepped) == 1:
                char = stepped
        return char


def _nfkc(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


@functools.cache
def _table() -> _FoldTable:
    import opencc

    return _FoldTable(opencc.OpenCC("t2s").convert)


def fold(text: str) -> str:
    """Compatibility forms, case, Traditional characters and digit forms folded; the length stays the same.

    >>> fold("２０２２年ＡＩ產業週")
    '2022年ai产业周'
    """
    return text.lower() if text.isascii() else text.translate(_table())


@functools.lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """A text as wordings are compared: folded, its letters and digits alone.

    >>> bare("“Harbour” Ｎｏ. 3")
    'harbourno3'
    """
    return _NOT_WORD.sub("", fold(text))
