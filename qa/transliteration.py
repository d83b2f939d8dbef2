"""Whether a Chinese name and a Latin one may be the same foreign name: 多米尼克·乔丹 and Dominique Jordan.

Both are brought down to classes of consonants and aligned (Needleman & Wunsch 1970). Vowels say little: 托 stands for "To" and "Tho".
Pinyin joins Chinese names; this joins those that were written by ear.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from corpus.scripts import HAN
from corpus.words import pinyin
from qa.names import ends_like_a_body

_APART = re.compile(r"[·•・‧∙．.\-‐‑–—\s]+")
_PINYIN = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?([aeiouv]+)(ng|n(?![aeiouv])|r(?![aeiouv]))?")
_INITIALS: Final = {
    initial: kind
    for kind, initials in {"P": "b p", "F": "f", "M": "m", "T": "d t", "N": "n", "L": "l r", "K": "g k", "H": "h", "J": "j q zh ch",
                           "S": "x sh s z c", "W": "w", "Y": "y"}.items()
    for initial in initials.split()
}  # fmt: skip
_LETTERS: Final = (  # the first that fits is taken; what fits none is a vowel
    (r"sch|sh|ss", "S"), (r"tch|dj|dg(?=[eiy])", "J"), (r"ch", "J"), (r"ph", "F"), (r"th", "T"), (r"ck|cc|kh|q|k", "K"),
    (r"gh(?![aeiou])", ""), (r"x", "KS"), (r"c(?=[eiy])", "S"), (r"c", "K"), (r"g(?=[eiy])", "J"), (r"g", "K"),
    (r"ng?(?![aeiouy])", "N"), (r"mm?", "M"), (r"nn?", "N"), (r"[bp]+", "P"), (r"f+|v", "F"), (r"[dt]+", "T"), (r"ll?|rr?", "L"),
    (r"[sz]+", "S"), (r"j", "J"), (r"h", "H"), (r"w", "W"), (r"y(?=[aeiou])", "Y"),
)  # fmt: skip
_LETTER = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (pattern, _) in enumerate(_LETTERS)))

_NEAR: Final = {
    frozenset(pair): cost
    for pair, cost in {"PF": 0.4, "FW": 0.2, "FH": 0.4, "HK": 0.4, "JS": 0.3, "JT": 0.4, "JK": 0.3, "ST": 0.4, "NM": 0.4, "JY": 0.3,
                       "HY": 0.4, "HW": 0.4, "SK": 0.5, "WK": 0.6, "PW": 0.4, "LN": 0.7, "HJ": 0.5}.items()
}  # fmt: skip
"""What it costs to take one class for another; 1 for all others."""
_LEAST_HAN = 3
"""Characters of a name written by ear; of two, most are Chinese names, and sound like too much else."""
_LOST: Final = {"L": 0.3, "H": 0.3, "W": 0.2, "Y": 0.2, "N": 0.5, "T": 0.6, "K": 0.6, "S": 0.6, "P": 0.6}
"""What it costs to leave one out: an r is mostly left out in Chinese, an m never."""
ALIKE: Final = 0.8
"""Names at least this much alike are taken for one. Of CC-CEDICT's foreign names 93 % of one part and 87 % of several are so alike to
their own Latin form, and 1 % and 0.1 % of random pairs."""


def likeness(one: str, other: str) -> float:
    """How alike a Chinese and a Latin name sound, 0 to 1; 0 where they aren't one of each, too short to tell, or a body's (国际药学联合会
    is not Chen Kaixian). A Latin name begins with a capital.

    Names of as many parts are compared part by part, a name of one part with the other's last (the surname), others as a whole.

    >>> likeness("多米尼克·乔丹", "Dominique Jordan") > ALIKE > likeness("多米尼克·乔丹", "Thomas Südhof")
    True
    """
    chinese, latin = (one, other) if HAN.search(one) else (other, one)
    if len(HAN.findall(chinese)) < _LEAST_HAN or HAN.search(latin) or not latin[:1].isupper() or ends_like_a_body(chinese):
        return 0.0
    spoken, written = _spoken(chinese), _written(latin)
    if 1 in (len(spoken), len(written)):
        spoken, written = spoken[-1:], written[-1:]
    if min(sum(map(len, spoken)), sum(map(len, written))) < 3:
        return 0.0
    if len(spoken) != len(written):
        spoken, written = ("".join(spoken),), ("".join(written),)
    costs = [_distance(a, b) for a, b in zip(spoken, written, strict=True)]
    sizes = [max(len(a), len(b), 1) for a, b in zip(spoken, written, strict=True)]
    whole = 1 - sum(costs) / sum(sizes)
    return max(0.0, min(whole, 1 - costs[-1] / sizes[-1]))  # Michael Johnson is not 迈克尔·乔丹: the surname must be alike too


@functools.lru_cache(maxsize=1024)
def _spoken(chinese: str) -> tuple[str, ...]:
    return tuple("".join(_classes(pinyin(part))) for part in _APART.split(chinese) if part)


def _classes(syllables: str) -> list[str]:
    out: list[str] = []
    for initial, final, coda in _PINYIN.findall(syllables):
        out += [_INITIALS[initial]] if initial else []
        out += ["N"] * coda.startswith("n") + ["L"] * (coda == "r" or (final, coda) == ("e", "r"))
    return out


@functools.lru_cache(maxsize=1024)
def _written(latin: str) -> tuple[str, ...]:
    plain = "".join(c for c in unicodedata.normalize("NFD", latin.lower().replace("ß", "ss")) if not unicodedata.combining(c))
    return tuple(_consonants(part) for part in _APART.split(plain) if part)


def _consonants(word: str) -> str:
    return "".join(_LETTERS[int((match.lastgroup or "k0")[1:])][1] for match in _LETTER.finditer(word))


@functools.lru_cache(maxsize=4096)
def _distance(one: str, other: str) -> float:
    row: Sequence[float] = [sum(_LOST.get(c, 1.0) for c in other[:n]) for n in range(len(other) + 1)]
    for a in one:
        lost = _LOST.get(a, 1.0)
        following = [row[0] + lost]
        for n, b in enumerate(other):
            change = 0.0 if a == b else _NEAR.get(frozenset((a, b)), 1.0)
            following.append(min(row[n] + change, row[n + 1] + lost, following[n] + _LOST.get(b, 1.0)))
        row = following
    return row[-1]
