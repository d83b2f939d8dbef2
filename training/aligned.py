"""Questions from news that people translated: a real English sentence asks the Chinese text what one of its words stands for, and back.

Questions switched word by word (`switching`) keep the order and the particles of their own language. Here the wording is a person's: "The
cosmetics will be tested in how many stores around the country", over the Chinese article that has 在全国 11 家商店试行. Which words
answer each other is told by figures, by names that are spelled or sound alike, and by the dictionary; only what is settled is asked about.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from qa.glossary import translated
from qa.transliteration import ALIKE, likeness
from training.data import Row, Span, held_out, records
from training.switching import HAN

FILE = "ntrex-news-docs.jsonl.gz"

_ENGLISH_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_FIGURE = re.compile(r"(?<![\d.,:£$€-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d:]|[.,]\d|-\d|%|st\b|nd\b|rd\b|th\b|s\b|m\b|bn\b|k\b)")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_CAPITALISED = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+(?: (?:(?:de|van|von|al|bin) )?[A-Z][\w'’-]+)*")
_BY_EAR = re.compile(r"[一-鿿]{1,6}(?:·[一-鿿]{1,6})+")
_MEASURE = re.compile(r"\s?(?:万|亿|千)?(?:多)?(?:名|家|人|位|个|件|次|年|天|岁|座|辆|架|场|种|项|小时|分钟|公里|英里|米|吨|月|周)?")
_ARTICLE = re.compile(r"\b(?:the|a|an|its|their|his|her|this|that|these|those|our|my)\s+$", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:in|at|from|since|of|to)\s+$", re.IGNORECASE)
_STOPS = re.compile(r"[,;:.!?()\[\]\"“”‘—–]| - |\n|[，。；：！？（）《》「」『』]")
_NOUN = re.compile(r"n|j")
_SORTS: Final = {"nr": "person", "ns": "place"}
_PLAIN_WORDS: Final = frozenset("year years people time day days thing things way part lot one two other more new first last".split())
"""Words that answer no question by themselves."""


SPELLED_ALIKE = 0.3
"""Share that is kept of names in Latin letters on both sides: they are found without knowing any word."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands for one thing in a sentence and in its translation."""

    english: Span
    chinese: Span
    sort: str
    """``figure``, ``year``, ``person``, ``place``, ``name`` (spelled alike) or ``word``."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article sentence by sentence, in two languages: ``english[i]`` and ``chinese[i]`` say the same."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


def documents(folder: Path, *, measuring: bool = False) -> list[Document]:
    """Load the translated articles, in both scripts, without the tenth that is kept for measuring (or only that)."""
    return [
        Document(tuple(doc["en"]), tuple(doc[script]))
        for doc in records(folder / "retrieval" / FILE)
        if held_out(doc["id"]) == measuring
        for script in ("zh", "zh_hant")
    ]


def pairs(english: str, chinese: str) -> list[Pair]:
    """Find what answers what in a sentence and its translation; whatever stands twice on a side is left out.

    >>> text = "In 2018, Elin Jones closed 11 hospitals."
    >>> [(p.sort, text[slice(*p.english)]) for p in pairs(text, "2018 年，艾琳·琼斯关闭了 11 家医院。")]
    [('year', '2018'), ('figure', '11'), ('person', 'Elin Jones'), ('word', 'hospitals')]
    """
    found = [*_figures(english, chinese), *_names(english, chinese), *_words(english, chinese)]
    kept: list[Pair] = []
    for pair in found:  # figures and names before words
        if not any(_touch(pair.english, other.english) or _touch(pair.chinese, other.chinese) for other in kept):
            kept.append(pair)
    return kept


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _figures(english: str, chinese: str) -> Iterator[Pair]:
    said = {match.group().replace(",", ""): match for match in _FIGURE.finditer(english)}
    for number, match in said.items():
        there = [m for m in re.finditer(r"(?<![\d.])\d[\d,]*(?:\.\d+)?", chinese) if m.group().replace(",", "") == number]
        if len(there) != 1 or english.count(match.group()) > 1:
            continue
        measure = _MEASURE.match(chinese, there[0].end())
        start, end = there[0].start(), measure.end() if measure else there[0].end()
        if _YEAR.fullmatch(number):
            if chinese[start:end].endswith("年"):
                yield Pair(match.span(), (start, end), "year")
        elif end > there[0].end():
            yield Pair(match.span(), (start, end), "figure")


def _names(english: str, chinese: str) -> Iterator[Pair]:
    by_ear = list(_BY_EAR.finditer(chinese))
    for name in _CAPITALISED.finditer(english):
        text = re.sub(r"['’]s$", "", name.group())
        at = (name.start(), name.start() + len(text))
        if len(text) < 3 or english.count(text) > 1:
            continue
        if chinese.count(text) == 1:
            start = chinese.index(text)
            if re.match(r"[\w+&’'-]| \w", chinese[start + len(text) :], re.ASCII) or re.search(r"[A-Za-z] ?$", chinese[:start]):
                continue  # a part of a longer name
            yield Pair(at, (start, start + len(text)), "name")
        elif " " in text:
            alike = [place for place in (_heard(match, text) for match in by_ear) if place]
            if len(alike) == 1:
                yield Pair(at, alike[0], "person")


def _heard(found: re.Match[str], name: str) -> Span | None:
    """The part of a run of characters around a · that sounds most like a Latin name, without the words beside it; None when none does."""
    text = found.group()
    first, last = text.index("·"), len(text) - text.rindex("·") - 1
    parts = [(a, len(text) - b) for a in range(min(3, first)) for b in range(min(4, last))]
    best = max(parts, key=lambda part: (likeness(text[slice(*part)], name), -part[0], -part[1]))
    return (found.start() + best[0], found.start() + best[1]) if likeness(text[slice(*best)], name) > ALIKE else None


def _words(english: str, chinese: str) -> Iterator[Pair]:
    """Nouns that the dictionary joins, neighbours on both sides taken together ("hospital nurses", 医院护士)."""
    import rjieba

    from corpus.folding import fold
    from corpus.words import query_terms

    places: dict[str, list[Span]] = {}
    tags: dict[str, str] = {}
    at = 0
    for word, tag in rjieba.tag(chinese):
        at = chinese.index(word, at)
        key = fold(word)
        places.setdefault(key, []).append((at, at + len(word)))
        tags[key] = tag
        at += len(word)
    words = [match for match in _ENGLISH_WORD.finditer(english) if match.group().lower() not in _PLAIN_WORDS]
    terms = [query_terms(match.group()) for match in words]
    counts = Counter(term[0] for term in terms if len(term) == 1)
    joined: list[tuple[Span, Span, str]] = []
    for match, term in zip(words, terms, strict=True):
        if len(term) != 1 or counts[term[0]] > 1:
            continue
        there = {key for key in translated(term, "zh") if key in places}
        if len(there) == 1 and len(places[key := there.pop()]) == 1 and len(key) > 1:
            joined.append((match.span(), places[key][0], tags[key]))
    taken: list[tuple[Span, Span, str]] = []
    for source, target, tag in joined:
        if taken and english[taken[-1][0][1] : source[0]] == " " and taken[-1][1][1] == target[0]:
            taken[-1] = ((taken[-1][0][0], source[1]), (taken[-1][1][0], target[1]), tag)
        else:
            taken.append((source, target, tag))
    for source, target, tag in taken:
        if _NOUN.match(tag):
            yield Pair(source, target, _SORTS.get(tag, "word"))


_ENGLISH_ASKED: Final[Mapping[str, Sequence[str]]] = {
    "figure": ("how many", "how many", "what number of"),
    "year": ("when", "in what year", "what year"),
    "place": ("where", "which place", "which country"),
    "person": ("who", "who", "which person"),
    "name": ("what", "which", "what"),
    "word": ("what", "what", "which"),
}
_CHINESE_ASKED: Final[Mapping[str, Sequence[str]]] = {
    "figure": ("多少", "几"),
    "year": ("什么时候", "哪一年", "哪年"),
    "place": ("哪里", "什么地方", "哪个国家"),
    "person": ("谁", "哪个人"),
    "name": ("什么", "哪个"),
    "word": ("什么", "什么"),
}


def _clause(text: str, span: Span, *, most: int) -> Span:
    """The stretch around a place up to the nearest marks, further ones where that leaves little, at most ``most`` characters a side."""
    edges = [0, *(match.end() for match in _STOPS.finditer(text)), len(text)]
    before = [edge for edge in edges if edge <= span[0]]
    after = [edge for edge in edges if edge >= span[1]]
    first, last = before[-1], after[0]
    if last - first < most // 2 and len(before) > 1:
        first = before[-2]
    if last - first < most // 2 and len(after) > 1:
        last = after[1]
    return max(first, span[0] - most), min(last, span[1] + most)


def ask_in_english(text: str, pair: Pair, rng: random.Random) -> str:
    """Ask for a pair's English words, by a question word in their place or in front.

    >>> text = "The cosmetics will be tested in 11 stores."
    >>> ask_in_english(text, Pair((32, 34), (0, 0), "figure"), random.Random(1))
    'How many stores The cosmetics will be tested in'
    """
    start, end = pair.english
    first, last = _clause(text, pair.english, most=70)
    before, after = text[first:start], text[end:last]
    before = before if first == 0 or not text[first - 1].isalnum() else before.partition(" ")[2]
    after = after if last == len(text) or not text[last : last + 1].isalnum() else after.rpartition(" ")[0]
    before = _ARTICLE.sub("", before.strip(' "“,;:.-–—') + " ")
    if pair.sort in ("year", "place"):
        before = _PREPOSITION.sub("", before)
    after = after.strip(' "”,;:.-–—')
    asked = rng.choice(_ENGLISH_ASKED[pair.sort])
    if pair.sort == "figure" and after:  # the counted thing goes along: how many stores
        noun, _, after = after.partition(" ")
        asked = f"{asked} {noun}"
    before, after = (_thinned(part.split(), rng) for part in (before, after))
    shape = rng.random()
    if shape < 0.4:
        question = f"{before} {asked} {after}"
    elif shape < 0.8:
        question = f"{asked} {rng.choice(('', '', 'did ', 'was ', 'is '))}{before} {after}"
    else:
        question = f"{asked} {after} {before}"
    question = re.sub(r"\s+", " ", question).strip()
    return (question[:1].upper() + question[1:] if rng.random() < 0.5 else question) + rng.choice(("?", "?", ""))


def ask_in_chinese(text: str, pair: Pair, rng: random.Random) -> str:
    """Ask for a pair's Chinese words, by a question word in their place."""
    import rjieba

    start, end = pair.chinese
    first, last = _clause(text, pair.chinese, most=24)
    before, after = text[first:start].strip(" ，。“”"), text[end:last].strip(" ，。“”")
    asked = rng.choice(_CHINESE_ASKED[pair.sort])
    if pair.sort == "figure":
        asked += re.sub(r"[\d.,，\s]", "", text[start:end])
    question = f"{_thinned(list(rjieba.cut(before)), rng, blank='')}{asked}{_thinned(list(rjieba.cut(after)), rng, blank='')}"
    return question.strip() + rng.choice(("？", "", "?"))


def _thinned(words: Sequence[str], rng: random.Random, *, blank: str = " ") -> str:
    """Leave out up to a third of the words, or none."""
    share = rng.choice((0.0, 0.0, 0.0, 0.2))
    return blank.join(word for word in words if rng.random() >= share)


def rows(found: Sequence[Document], rng: random.Random, *, count: int, absent: float = 0.12) -> list[Row]:
    """Make rows, English over Chinese and Chinese over English in turn; in a share of them the sentence that answers is left out.

    Args:
        found: the articles.
        rng: of every choice.
        count: so many rows at most; every pair is asked about once in each direction.
        absent: share of rows without their answer.
    """
    asked = [
        (document, number, pair)
        for document in found
        for number, (english, chinese) in enumerate(zip(document.english, document.chinese, strict=True))
        for pair in pairs(english, chinese)
        if pair.sort != "name" or rng.random() < SPELLED_ALIKE
    ]
    made: list[Row] = []
    for document, number, pair in rng.sample(asked, len(asked)):
        for over_chinese in (True, False):
            source, target = (document.english, document.chinese) if over_chinese else (document.chinese, document.english)
            ask, answer = (ask_in_english, pair.chinese) if over_chinese else (ask_in_chinese, pair.english)
            if not over_chinese and pair.sort == "word" and " " not in document.english[number][slice(*pair.english)]:
                continue  # a single English noun is seldom all of an answer
            question = ask(source[number], pair, rng)
            if len(question) >= (20 if over_chinese else 6):
                made.append(_row(question, target, number, answer, rng, absent=rng.random() < absent))
    return made[:count]


def _row(question: str, sentences: Sequence[str], number: int, answer: Span, rng: random.Random, *, absent: bool) -> Row:
    """Put the question over some neighbouring sentences."""
    first = max(0, number - rng.randint(0, 5))
    last = min(len(sentences), number + 1 + rng.randint(0, 5))
    if last - first == 1:
        absent = False
    blank = "" if HAN.search(sentences[number]) else " "
    shown = [at for at in range(first, last) if not (absent and at == number)]
    context = blank.join(sentences[at].strip() for at in shown)
    row = Row(question, context, (), "aligned", title="" if 0 in shown else sentences[0].strip())
    if absent:
        return row
    leading = len(sentences[number]) - len(sentences[number].lstrip())
    shift = sum(len(sentences[at].strip()) + len(blank) for at in range(first, number)) - leading
    wanted = sentences[number][slice(*answer)]
    start = answer[0] + shift + len(wanted) - len(wanted.lstrip())
    spans = [(start, start + len(wanted.strip()))]
    return replace(row, answers=(tuple(spans),))
