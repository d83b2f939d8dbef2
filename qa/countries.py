"""Names of countries and territories of today in English and Chinese (Unicode's CLDR, by way of `babel`)."""

from __future__ import annotations

import functools
import re

from corpus.folding import fold

_LOCALES = ("en", "zh_Hans", "zh_Hant")
_NO_PLACES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of two letters that stand for a union, for the rest of the world, or for tests."""


@functools.cache
def _names() -> re.Pattern[str]:
    from babel import Locale

    known = {
        fold(name)
        for locale in _LOCALES
        for code, name in Locale.parse(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_PLACES
    }
    longest_first = sorted(known, key=lambda name: (-len(name), name))
    latin, han = ([re.escape(name) for name in longest_first if name.isascii() == ascii_] for ascii_ in (True, False))
    return re.compile(rf"\b(?:{'|'.join(latin)})\b|{'|'.join(han)}")


def names_a_country(text: str) -> bool:
    """Say whether a country or territory is named in the text, in either script.

    >>> [names_a_country(text) for text in ("吉爾吉斯斯坦", "in Kyrgyzstan", "上海", "Romans")]
    [True, True, False, False]
    """
    return bool(_names().search(fold(text)))
