"""Questions as they are typed into a search box: "hall open date" for "When did the hall open?", "地铁 站数" for "地铁有几站？"."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

from corpus.scripts import HAN
from training.wording import WORDING

ASKING: Final[Mapping[str, Sequence[str]]] = WORDING["asking"]
"""Question words, folded, and what is typed in their place: a noun, or nothing."""
DROPPED: Final = frozenset(WORDING["dropped"]["words"])
_ENGLISH_ASKING = re.compile(r"\b(?:" + "|".join(sorted((w for w in ASKING if w.isascii()), key=len, reverse=True)) + r")\b", re.IGNORECASE)
_CHINESE_ASKING = re.compile("|".join(sorted((w for w in ASKING if not w.isascii()), key=len, reverse=True)))
_FEWEST_WORDS, _MOST_WORDS = 2, 10


def keywords(question: str, rng: random.Random) -> str:
    """Leave of a question what a search box would get: no question word, or a noun for it, and no words that only hold a sentence together.

    A question of which fewer than two words would stay, or more than ten, is returned as it was.

    >>> keywords("When did the Grand Hall in Leeds open?", random.Random(0))
    'Grand Hall Leeds open time'
    >>> keywords("iPhone 11有哪些颜色？", random.Random(1))
    'iPhone 11 颜色'
    """
    chinese = bool(HAN.search(question))
    found = (_CHINESE_ASKING if chinese else _ENGLISH_ASKING).search(question)
    asked = rng.choice(ASKING[found[0].lower()]) if found else ""
    rest = question[: found.start()] + " " + question[found.end() :] if found else question
    words = list(_words(rest, chinese=chinese))
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return question
    if asked:
        first = found is not None and not chinese and rng.random() < 0.4
        words = [asked, *words] if first else [*words, asked]
    typed = " ".join(words)
    # Between Chinese words some people leave blanks and some don't; Latin words keep theirs.
    return re.sub(rf"(?<={HAN.pattern}) (?={HAN.pattern})", "", typed) if chinese and rng.random() < 0.5 else typed


def _words(text: str, *, chinese: bool) -> Sequence[str]:
    if not chinese:
        return [word for word in re.findall(r"[^\s,.;:?!\"“”()]+", text) if word.lower() not in DROPPED]
    import rjieba

    return [word.strip() for word in rjieba.cut(text) if word.strip(" ，。、；：？！?!,.“”（）()《》「」『』") and word not in DROPPED]
