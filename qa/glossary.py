"""Words of a question in the other language, so that what an English question asks is found in Chinese articles and read there, and back.

No translation: the articles say which of a word's meanings is meant. All words that a dictionary gives for a term are looked up as one
(Pirkola 1998: else rare ones, which no one means, weigh most); the embedder gets the likeliest of each; and the reader is shown, in the
question, those that stand in the very text it reads. The words come from CC-CEDICT (CC BY-SA 4.0); `training.glossary` makes the file.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from corpus.folding import fold
from corpus.scripts import HAN_RANGES
from corpus.words import pinyin, query_terms

GLOSSARY = Path(__file__).parent / "model" / "glossary.tsv.gz"

_HAN: Final = re.compile(f"[{HAN_RANGES}]+")
_LATIN_WORDS: Final = re.compile(r"[A-Za-zÀ-ɏ][\w'’]*")
_NAME_SIZES: Final = (4, 3, 2)
"""Characters of a Chinese name that is looked for by its pinyin."""


@functools.cache
def _glossary() -> Mapping[str, str]:
    """Terms to what they are in the other language, parted by blanks; English terms are one or two stems.

    Chinese ones are words; what they are in English are words and phrases, the parts of a phrase held together by ``_``.
    """
    return dict(line.split("\t") for line in gzip.decompress(GLOSSARY.read_bytes()).decode().splitlines())


@functools.lru_cache(maxsize=4096)
def _as_terms(word: str) -> tuple[str, ...]:
    return tuple(query_terms(word.replace("_", " ")))


@functools.lru_cache(maxsize=256)
def meanings(terms: tuple[str, ...], language: str) -> tuple[frozenset[str], ...]:
    """For each term of a question all terms of the word index that may stand for it in a language: itself, and what the dictionary has.

    A pair of neighbours that is one word in the dictionary ("opening ceremony") counts for both. Of languages other than Chinese and
    English nothing is known.

    Args:
        terms: as `corpus.words.query_terms` gives them, in their order.
        language: of the articles, ISO 639-1.

    Returns:
        As many sets as there are terms, in their order.

    >>> [sorted(word for word in words if "开幕" in word) for words in meanings(("2022", "open", "ceremoni"), "zh")]
    [[], ['开幕', '开幕典礼', '开幕式'], ['开幕典礼', '开幕式']]
    """
    ways = [{term, *_translations(term, language)} for term in terms]
    for at, pair in enumerate(itertools.pairwise(terms)):
        together = _translations(" ".join(pair), language)
        ways[at] |= together
        ways[at + 1] |= together
    return tuple(map(frozenset, ways))


def _translations(term: str, language: str) -> set[str]:
    """A term's words in a language, as terms of the word index; none when it is of this language."""
    if language not in ("zh", "en") or term.isascii() != (language == "zh"):
        return set()
    words = _glossary().get(term, "").split()
    return {fold(word) for word in words} if language == "zh" else {term for word in words for term in _as_terms(word)}


def rendered(terms: Sequence[str], language: str) -> str:
    """What a question's terms most likely are in a language, one after another, for the embedder; empty where it knows none of them.

    A pair of neighbours that the dictionary has goes before each alone. What it doesn't have stays as it is, unless it is Chinese: most
    Chinese terms are parts of words.

    >>> rendered(["open", "ceremoni", "2022"], "zh"), rendered(["医院", "院修", "修建"], "en")
    ('开幕式 2022', 'hospital build')
    """
    if language not in ("zh", "en"):
        return ""
    known, said = False, []
    together = ""
    for one, following in itertools.zip_longest(terms, terms[1:], fillvalue=""):
        if together:  # with the one before
            together = ""
            continue
        together = _likeliest(f"{one} {following}", language)
        found = together or _likeliest(one, language)
        known = known or bool(found)
        said.append(found or (one if one.isascii() else ""))
    return " ".join(filter(None, said)) if known else ""


def _likeliest(term: str, language: str) -> str:
    """The first translation of a term, or of a pair, into a language; empty when it is of this language, or not in the dictionary."""
    if term.isascii() != (language == "zh"):
        return ""
    return _glossary().get(term, "").partition(" ")[0].replace("_", " ")


def glossed(question: str, text: str, language: str) -> str:
    """A question as the reader is to see it over one text: behind its words those of the text that translate them.

    Of a word's translations the first in the dictionary that the text has is taken, a pair of words together before each alone; where there
    is none, what is read in pinyin like the word. A question in the text's own language stays as it is.

    Read so, English questions over Chinese paragraphs (the 436 of bipar.enq-zhc.valid) score 40.7 F1 and 27.3 EM instead of 37.4 and 25.0,
    Chinese ones over English paragraphs (bipar.zhq-enc.valid) 38.0 and 29.1 instead of 34.2 and 26.4. Putting the translations in place of
    the words, or all of them at the end, is no better.

    Args:
        question: as typed.
        text: what will be read.
        language: of the text, ISO 639-1.

    >>> glossed("When was the hospital built?", "这家医院于2019年修建。", "zh")
    'When was the hospital 医院 built 修建?'
    >>> glossed("医院是什么时候修建的？", "The hospital was built in 2019.", "en")
    '医院(hospital)是什么时候修建(built)的？'
    """
    if language == "zh":
        return _with_chinese(question, text)
    return _with_english(question, text) if language == "en" and _HAN.search(question) else question


def _with_chinese(question: str, text: str) -> str:
    said = _ChineseText(text)
    words = list(_LATIN_WORDS.finditer(question))
    terms = [query_terms(word[0]) for word in words]
    wanted = [at for at, found in enumerate(terms) if len(found) == 1 and found[0].isascii()]
    out, done, skip = [], 0, -1
    for at, following in itertools.zip_longest(wanted, wanted[1:]):
        if at == skip:
            continue
        [term] = terms[at]
        found, end = "", words[at].end()
        if following is not None and (together := said.first(f"{term} {terms[following][0]}")):
            found, end, skip = together, words[following].end(), following
        found = found or said.first(term) or said.named(words[at][0], term)
        if found:
            out += [question[done:end], f" {found}"]
            done = end
    return "".join(out) + question[done:]


class _ChineseText:
    """What is looked for in one text."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)
        self._words: frozenset[str] | None = None

    def first(self, term: str) -> str:
        """The first translation of a term, of one stem or two, that the text has; empty when it has none."""
        return next((word for word in _glossary().get(term, "").split() if self._has(word)), "")

    def _has(self, word: str) -> bool:
        if word not in self.folded or word.isascii():
            return False
        if len(word) > 1:
            return True
        if self._words is None:
            import rjieba

            self._words = frozenset(part for run in _HAN.findall(self.folded) for part in rjieba.cut(run))
        return word in self._words  # a character inside of a longer word means something else

    def named(self, word: str, term: str) -> str:
        """What is read like a word, if that may be a name: it has a capital, or the dictionary doesn't have it."""
        sound = fold(word).replace("'", "").replace("’", "")
        if not (word[0].isupper() or term not in _glossary()) or len(sound) < len(_NAME_SIZES) + 1:
            return ""
        for run in _HAN.findall(self.folded):
            for size in _NAME_SIZES:
                for at in range(len(run) - size + 1):
                    name: str = run[at : at + size]
                    if pinyin(name) == sound:
                        return name
        return ""


def _with_english(question: str, text: str) -> str:
    import rjieba

    said = _english_words(text)
    out, done = [], 0
    for run in _HAN.finditer(question):
        at = run.start()
        for word in rjieba.cut(run[0]):
            at += len(word)
            found = next((said[term] for term in _ways_to_say(word) if term in said), "")
            if found and query_terms(word):  # else it is a question word, or says nothing by itself
                out += [question[done:at], f"({found})"]
                done = at
    return "".join(out) + question[done:]


def _english_words(text: str) -> dict[str, str]:
    """Terms of a text to the word that each was first."""
    out: dict[str, str] = {}
    for match in _LATIN_WORDS.finditer(text):
        for term in query_terms(match[0]):
            out.setdefault(term, match[0])
    return out


def _ways_to_say(word: str) -> Iterator[str]:
    """English terms for a Chinese word, and the one for how it is read."""
    folded = fold(word)
    for gloss in _glossary().get(folded, "").split():
        yield from _as_terms(gloss)
    if len(folded) > 1:
        yield from _as_terms(pinyin(folded))
