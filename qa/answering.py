"""Marked spans of many passages made one answer: merged by place and by wording, weighed, and declined when too weak."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.folding import fold
from corpus.library import Library
from corpus.splitting import sentences
from corpus.words import pinyin
from corpus.years import years_in
from qa.confidence import Evidence, Weights
from qa.lists import enumeration
from qa.question import Kind, Query
from qa.reader import Span
from qa.results import AnswerItem, Citation, Nearest
from qa.retrieval import Hit
from qa.transliteration import ALIKE, likeness

_ASKS_FOR_BYLINE = re.compile(
    r"(?i)记者|記者|作者|[撰采採編编]写?[稿者写寫]|报道|報導|\b(?:reporters?|authors?|journalists?|wrote|written|byline|reported)\b"
)
_COUNT = re.compile(
    r"(?:\d+|[一二三四五六七八九十两百千万几多数]+)[多余]?[位名家个所人]"
    r"(?:$|嘉宾|专家|学者|院士|代表|领导|负责人|企业|公司|机构|单位|医院|大学|高校|媒体|成员|科学家|教授|医生|记者)"
    r"|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many|some|dozens|hundreds|thousands)\b"
)
_COUNT_OF_ITEMS = re.compile(
    r"(?P<this>[这這那该該]|以下|上述)?(?:\d+|[二三四五六七八九十两兩几幾多]+|[数數](?!位))[多余餘]?"
    r"(?:[类類种種项項条條款部本位名家所]|大(?![学學连連理庆慶同阪使會会众眾陆陸厦廈桥橋豆米])|[个個](?=$|方面|部分|阶段|领域|环节|项目|国家|城市|地区))"
    r"(?:.{0,3}|(?(this).{0,16}|(?!)))"
    r"|(?:[Tt]h(?:e|ese) )?(?:two|three|four|five|six|seven|eight|nine|ten|several|many|various)(?: [a-z]+){1,4}"
)
"""Says how many there are where they themselves are asked for: 五类, 这两大算法, "three cities". None of 8 on the tuning sets was right."""
_ASKS_WHO_SPOKE = re.compile(
    r"(?i)发言|發言|讲话|講話|讲了话|致[辞词辭詞]|演讲|演講|说了|說了|\b(?:spoke|speak|speaks|speakers?|speech(?:es)?|remarks|addressed)\b"
)
_ASKS_WHO_LED = re.compile(r"(?i)主持|\b(?:moderat|chair|host|presid)")
_CHAIRS = re.compile(r"等?(?:[的\s]|共同|在会上|应邀)*主持|(?i:(?:,[^.;]{1,100},)?\s+(?:moderat|chair|host|presid)(?:ed|es|ing)\b)")
"""Follows the name of somebody who leads the talks of others …"""
_CHAIRED_BY = re.compile(r"(?i)(?:主持人(?:是|为|為)?[:：]?\s*|\b(?:moderated|chaired|hosted|presided over) by (?:[^.,;]{0,40} )?)$")
"""… and this comes before it."""
_POINTS_ELSEWHERE = re.compile(
    r"(?:他|她|它|我|咱|你|您|这|那|该)们?|自己|大家|对方|本人"
    r"|he|she|they|it|we|i|you|him|her|them|us|me|this|that|these|those|his|their|its|my|our|who|which"
)
"""A pronoun names nothing to whoever has not read the text."""
_ABBREVIATION = re.compile(r"[A-Z]{2,6}")
_ATTRIBUTION_CHARS = 30
"""A sentence no longer than this, right after a quotation, says whose words those were."""
NEAREST = 3
"""Passages offered for a look when nothing is found."""
LIST_SHARE = 0.3
"""Of the surest item's confidence that another item of a list must have. On the tuning questions that have lists (23 over their own pages,
17 over others) .2 to .5 score alike (.68 to .71, with the standard error near .07)."""
LIST_LEAST = 0.1
"""An item less sure than that is none."""
_MAX_GROUPS = 40
"""Different answers kept; no list that a person wants to read is longer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span in its article's own coordinates, and what speaks for it."""

    hit: Hit
    start: int
    end: int
    text: str
    evidence: Evidence
    confidence: float
    """0–1."""


def candidates(query: Query, hits: Sequence[Hit], marked: Sequence[Sequence[Span]], weights: Weights) -> list[Candidate]:
    """All marked spans as candidates, the surest first; the same place read twice is one."""
    best: dict[tuple[str, int, int], Candidate] = {}
    asked = _bare(query.text)
    bylines = {hit.article.id: {_bare(author) for author in hit.article.authors} for hit in hits}
    # Two names in a row are two answers even to "who is …"; a list of words may be the one thing that a free question asks for.
    lists = query.many or query.kind in (Kind.PERSON, Kind.ORGANISATION)
    best_score = max((span.score for spans in marked for span in spans), default=0.0)
    shares = _shares(
        (_bare(hit.passage.text[span.start : span.end]), span.score) for hit, spans in zip(hits, marked, strict=True) for span in spans
    )
    # The items of a list stand all over the articles that are read whole for it: there an article's rank counts, not a passage's.
    ranks = {article_id: rank for rank, article_id in enumerate(dict.fromkeys(hit.article.id for hit in hits))}
    for number, (hit, spans) in enumerate(zip(hits, marked, strict=True)):
        rank = ranks[hit.article.id] if query.many else number
        for span in spans:
            text = hit.passage.text[span.start : span.end]
            byline = _bare(text) in bylines[hit.article.id] and not _ASKS_FOR_BYLINE.search(query.text)
            if _bare(text) in asked or byline or _beside_the_point(query, text) or _did_not_speak(query, hit.passage.text, span):
                continue
            evidence = Evidence.of(query, hit, span, rank=rank, best_score=best_score, share=shares[_bare(text)])
            confidence = weights.confidence(evidence)
            for a, b in enumeration(hit.passage.text, span.start, span.end) if lists else [(span.start, span.end)]:
                place = (hit.article.id, hit.passage.start + a, hit.passage.start + b)
                if place not in best or best[place].confidence < confidence:
                    best[place] = Candidate(hit, place[1], place[2], hit.passage.text[a:b], evidence, confidence)
    return sorted(best.values(), key=lambda c: (-c.confidence, c.hit.article.id, c.start))


def _shares(scored: Iterable[tuple[str, float]]) -> dict[str, float]:
    """How the reader's belief is divided among different wordings: softmax over the best score of each."""
    best: dict[str, float] = {}
    for wording, score in scored:
        best[wording] = max(score, best.get(wording, score))
    top = max(best.values(), default=0.0)
    odds = {wording: math.exp(score - top) for wording, score in best.items()}
    whole = sum(odds.values())
    return {wording: one / whole for wording, one in odds.items()}


def _beside_the_point(query: Query, text: str) -> bool:
    """Whether a text cannot answer the question, whatever the reader thinks: a pronoun, a count for a name, a day of another year."""
    if _POINTS_ELSEWHERE.fullmatch(fold(text)) and text not in ("US", "IT", "WHO"):
        return True
    if query.kind in (Kind.PERSON, Kind.ORGANISATION):
        return bool(_COUNT.match(fold(text)))
    if query.many and query.kind not in (Kind.NUMBER, Kind.TIME) and _COUNT_OF_ITEMS.fullmatch(text):
        return True
    years = set(years_in(text))
    return query.kind is Kind.TIME and bool(query.years and years) and not years & set(query.years)


def _did_not_speak(query: Query, text: str, span: Span) -> bool:
    """Whether who spoke is asked, and a span is the abbreviation of a body's name, or somebody who leads others' talks at this place."""
    if query.kind is not Kind.PERSON or not _ASKS_WHO_SPOKE.search(query.text) or _ASKS_WHO_LED.search(query.text):
        return False
    if _ABBREVIATION.fullmatch(text, span.start, span.end):
        return True
    return bool(_CHAIRS.match(text, span.end) or _CHAIRED_BY.search(text[max(0, span.start - 80) : span.start]))


def merge(found: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates that say the same thing together, the surest first in each group and among the groups.

    The same thing is the same wording after folding, one place inside another, or a shorter form of a longer name.
    """
    groups: list[list[Candidate]] = []
    for candidate in found:
        group = next((group for group in groups if _same(group[0], candidate)), None)
        if group is not None:
            group.append(candidate)
        elif len(groups) < _MAX_GROUPS:
            groups.append([candidate])
    return groups


_NOT_WORD = re.compile(r"[\W_]+")


@functools.lru_cache(maxsize=8192)
def _bare(text: str) -> str:
    return _NOT_WORD.sub("", fold(text))


def _sound(bare: str) -> str:
    """The same for 张文宏 and Zhang Wenhong."""
    return bare if bare.isascii() else pinyin(bare)


def _same(one: Candidate, other: Candidate) -> bool:
    return _overlaps(one, other) or say_the_same(one.text, other.text)


def say_the_same(one: str, other: str) -> bool:
    """Whether two answers are one: the same wording after folding, the same name in two scripts, or a shorter form of the longer."""
    a, b = sorted((_bare(one), _bare(other)), key=len)
    if a == b or (a.isascii() != b.isascii() and _sound(a) == _sound(b)) or likeness(one, other) >= ALIKE:
        return True
    # "瑞金医院" for "上海交通大学医学院附属瑞金医院"; figures never, as 19 is no short form of 119.
    return len(a) >= 2 and not a[0].isdigit() and not a[-1].isdigit() and (b.endswith(a) or b.startswith(a)) and len(b) <= 5 * len(a)


def item(group: Sequence[Candidate], library: Library) -> AnswerItem:
    """One answer with all the places that say it."""
    best = group[0]
    places: list[Candidate] = []
    for candidate in group:
        if not any(_overlaps(place, candidate) for place in places):
            places.append(candidate)
    cited = [_citation(place, library) for place in places]
    return AnswerItem(
        text=best.text,
        confidence=best.confidence,
        citations=tuple(citation for citation in cited if citation.text == best.text),
        also=tuple(citation for citation in cited if citation.text != best.text),
    )


def _overlaps(one: Candidate, other: Candidate) -> bool:
    return one.hit.article.id == other.hit.article.id and one.start < other.end and other.start < one.end


def _citation(candidate: Candidate, library: Library) -> Citation:
    article = candidate.hit.article
    text = library.article(article.id).text
    # Sentences are told apart within the passage, which begins and ends with one.
    passage = candidate.hit.passage
    places = [(a + passage.start, b + passage.start) for a, b in sentences(passage.text)]
    at = max((i for i, (a, _) in enumerate(places) if a <= candidate.start), default=None)
    first = candidate.start if at is None else places[at][0]
    if at and places[at][1] - first <= _ATTRIBUTION_CHARS and text[places[at - 1][1] - 1] in "”’」』":
        first = places[at - 1][0]  # "……。”某某说。": the words that were said belong to the quote
    last = min((b for _, b in places if b >= candidate.end), default=candidate.end)
    return Citation(
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        text=text[candidate.start : candidate.end],
        start=candidate.start,
        end=candidate.end,
        quote=text[first:last],
        quote_start=first,
    )


def select(query: Query, groups: Sequence[list[Candidate]], weights: Weights) -> list[list[Candidate]]:
    """The groups that are sure enough to be answers; none is the honest "not in your articles".

    Args:
        query: what is asked.
        groups: as `merge` gives them, the surest first.
        weights: hold the least confidence of one answer, and the least sum of a list's.
    """
    if not query.many:
        return [group for group in groups if group[0].confidence >= weights.threshold]
    least = max(LIST_LEAST, LIST_SHARE * groups[0][0].confidence) if groups else 0.0
    items = [group for group in groups if group[0].confidence >= least]
    return items if sum(group[0].confidence for group in items) >= weights.list_threshold else []


def nearest(hits: Sequence[Hit], *, limit: int | None = NEAREST) -> tuple[Nearest, ...]:
    """The best passages, for a look; all of them when ``limit`` is None."""
    return tuple(
        Nearest(
            article_id=hit.article.id,
            title=hit.article.title,
            source=hit.article.source,
            url=hit.article.url,
            published=hit.article.published,
            text=hit.passage.text,
            start=hit.passage.start,
            end=hit.passage.end,
        )
        for hit in hits[:limit]
    )
