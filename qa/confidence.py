"""How often an answer of such evidence is right: a small logistic model, fitted by ``python -m training.confidence``, kept as JSON.

The reader's score alone is over-sure and knows nothing of how its passage was found, nor whether a question for a date got one.
"""

from __future__ import annotations

import functools
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ModelError
from corpus.folding import fold
from corpus.scripts import HAN
from corpus.splitting import sentences
from corpus.words import index_terms
from qa.countries import names_a_country
from qa.glossary import meanings
from qa.names import ends_like_a_body, names_a_body, names_a_person
from qa.question import Kind, Query
from qa.reader import Span, shares_scores
from qa.retrieval import BEST_SCORE, Hit

DEFAULT_WEIGHTS = Path(__file__).parent / "model" / "confidence.json"
FORMAT = 1

_LOOKS_LIKE = {
    Kind.TIME: re.compile(
        r"\d|[一二三四五六七八九十〇两]+[年月日天点周]|今年|去年|明年|今天|昨天|明天|上午|下午|周[一二三四五六日末]|星期"
        r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|"
        r"thursday|friday|saturday|sunday|today|yesterday|tomorrow|century|morning|afternoon|evening|spring|summer|autumn|winter)\b"
    ),
    Kind.NUMBER: re.compile(
        r"\d|[一二三四五六七八九十百千万亿两半数几]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
        r"thousands?|millions?|billions?|half|twice|several|many)\b"
    ),
}
_ASKS_FOR_COUNTRY = re.compile(r"(?i)哪[个個]?(?:国|國)|什[么麼](?:国|國)|\b(?:which|what) (?:\w+ ){0,2}(?:country|countries)\b")
_NAME = re.compile(r"^[^\d，。；：！？,;:!?]{2,30}$")
_WHAT_BODIES_DO = re.compile(
    r"[主承协合举]办|组织|建[造设成]|修建|开发|研发|生产|制造|收购|投资|出版|发行|拥有|赞助"
    r"|\b(?:organi[sz]|host|develop|manufactur|produc|publish|own|acquir|sponsor|buil|make|sell|sold|run|operat|fund|invest)"
)

_PRONOUN = re.compile(r"[他她我你您它牠咱]|(?i:\b(?:he|she|i|me|him|her|his|my|you|your)\b)")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_HAN_IN_A_WORD = 1.6
"""Characters of a Chinese word in running text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a span being right. Each value is near 0–1, so that the weights compare."""

    margin: float
    """The reader's score, how far it beats "not here", in units of 10 logits, -1 to 1.5."""
    inside: float
    """How surely its tokens belong to an answer, each judged alone (`Span.inside`), in units of 5 logits, -1.5 to 1.5: the margin is shared
    among all answers and grows where there are few others; this isn't and doesn't."""
    inside_listed: float
    """``inside`` where a list is asked for, else 0: there it tells more. With it the log loss of lists' items is .253 instead of .263, the
    calibration error across languages .048 instead of .060 (five folds)."""
    beside: float
    """``inside`` of the token before it or behind it: where it is high, the answer goes on there."""
    shared: float
    """1 where spans that overlap speak for one another (`qa.reader.shares_scores`), and their margins are higher for it …"""
    margin_shared: float
    """… and ``margin`` there, else 0."""
    length: float
    """Of the span in characters, in units of 60, at most 1."""
    first: float
    """1 in the passage ranked first, 1/2 in the second, and so on; where a list is asked for, by the article's rank."""
    retrieved: float
    """Score of the passage in retrieval, as a share of the best there can be (first by words and by vectors), 0–1; 1 where a list is asked
    for, as its articles are read whole. (The cosine tells a little more, but hangs on the embedder, which may be another.)"""
    choice: float
    """1 − 1/n, when the passage was chosen from n of its language (counted up to `qa.retrieval.CANDIDATES`): an only one is ranked first
    by words and by vectors whatever is asked."""
    behind: float
    """How far the score lies under the best of all passages read, in units of 8 logits, at most 1."""
    share: float
    """Of the reader's belief in all different wordings marked for the question (softmax of the best score of each), 0–1."""
    fits_kind: float
    """1 when it looks like the kind asked for, 0 when it doesn't, 1/2 when the kind has no looks, a figure counts something else, or
    a person or body is told of without a name."""
    wrong_year: float
    """1 when the question names a year that neither passage nor article is of, 1/2 when only the passage is."""
    many: float
    """1 when a list is asked for: a list shares the reader's certainty among its items."""
    overlap: float
    """Share of the question's terms in the sentence that the span begins in and the one before it; by the dictionary where the article is
    in another language."""
    across: float
    """1 when question and article are in different languages."""
    margin_across: float
    """``margin`` there, else 0: across languages the reader's score says less …"""
    overlap_across: float
    """… and so does ``overlap``, as a dictionary misses many words and knows too much of others."""
    margin_pronouns: float
    """``margin`` times how much of the passage is he, she, I and you (1 for one word in ten and more, as in a story): who is meant is hard
    to tell, and the reader is often sure of the wrong one. With it the calibration error across languages, where most of what is
    measured are novels, is .067 instead of .088 (five folds)."""
    chinese: float
    """1 when the article is Chinese: the reader is not as sure of itself in one language as in another."""
    titled: float
    """1 when the article has a title, which the reader is shown over each passage: a paragraph by itself tells less of what it is about.
    With it the calibration error is .026 instead of .040 in Chinese, .034 instead of .052 across languages, .055 instead of .061 on the
    tuning questions, and .031 instead of .027 in English (five folds)."""

    @classmethod
    def of(cls, query: Query, hit: Hit, span: Span, *, rank: int, best_score: float, share: float) -> Evidence:
        """The evidence for a span of a hit of a rank, from 0 (see `first`), where the best span of all scored ``best_score``."""
        across = float(query.language != hit.article.language)
        margin = max(-1.0, min(1.5, span.score / 10))
        inside = _in_fives(span.inside)
        overlap = _overlap(query, hit, span)
        shared = float(shares_scores(query))
        return cls(
            margin=margin,
            inside=inside,
            inside_listed=inside * query.many,
            beside=_in_fives(span.beside),
            shared=shared,
            margin_shared=margin * shared,
            length=min(1.0, (span.end - span.start) / 60),
            first=1 / (1 + rank),
            retrieved=1.0 if query.many else hit.score / BEST_SCORE,
            choice=1 - 1 / hit.among,
            behind=min(1.0, (best_score - span.score) / 8),
            share=share,
            fits_kind=_fits(query, hit.passage.text[span.start : span.end]),
            wrong_year=1 - hit.year_fit,
            many=float(query.many),
            overlap=overlap,
            across=across,
            margin_across=margin * across,
            overlap_across=overlap * across,
            margin_pronouns=margin * _pronouns(hit.passage.text),
            chinese=float(hit.article.language == "zh"),
            titled=float(bool(hit.article.title)),
        )


def _in_fives(logit: float) -> float:
    return max(-1.5, min(1.5, logit / 5))


def _overlap(query: Query, hit: Hit, span: Span) -> float:
    if not query.terms:
        return 0.0
    told = _told(hit.passage.text)
    at = next((i for i, (_, end, _) in enumerate(told) if end > span.start), len(told) - 1)
    around = frozenset[str]().union(*(terms for _, _, terms in told[max(0, at - 1) : at + 1]))
    return sum(not ways.isdisjoint(around) for ways in meanings(query.terms, hit.article.language)) / len(query.terms)


@functools.lru_cache(maxsize=1024)
def _pronouns(text: str) -> float:
    words = len(_LATIN_WORD.findall(text)) + len(HAN.findall(text)) / _HAN_IN_A_WORD
    return min(1.0, 10 * len(_PRONOUN.findall(text)) / words) if words else 0.0


@functools.lru_cache(maxsize=1024)
def _told(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """The sentences of a passage, each with its terms; remembered, as every span of a passage asks for them."""
    return tuple((a, b, frozenset(index_terms(text[a:b]).split())) for a, b in sentences(text))


def _fits(query: Query, text: str) -> float:
    if query.kind is Kind.PLACE and _ASKS_FOR_COUNTRY.search(query.text):
        return float(names_a_country(text))
    if query.kind is Kind.PERSON:
        if not _NAME.match(text):
            return 0.0
        if ends_like_a_body(text):
            return float(bool(_WHAT_BODIES_DO.search(fold(query.text))))
        return 1.0 if names_a_person(text) else 0.5
    if query.kind is Kind.ORGANISATION:
        return 1.0 if names_a_body(text) else 0.5
    looks = _LOOKS_LIKE.get(query.kind)
    if looks is None:
        return 0.5
    folded = fold(text)
    if not looks.search(folded):
        return 0.0
    return 1.0 if query.measure is None or re.search(query.measure, folded) else 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: a bias, a weight for each field of `Evidence`, and the confidences from which on an answer is given."""

    bias: float
    weights: dict[str, float]
    threshold: float
    """An answer must be this sure, or nothing was found."""
    list_threshold: float
    """How many of a list's items must be right by their confidences, added up: sure of none, the reader may be sure of the list."""

    def confidence(self, evidence: Evidence) -> float:
        """0–1."""
        z = self.bias + sum(weight * getattr(evidence, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-z))


def load_weights(path: Path = DEFAULT_WEIGHTS) -> Weights:
    """Raises ModelError when the file is missing or of another format."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("format") != FORMAT:
            raise ModelError(f"{path} is not of format {FORMAT}. Reinstall yuanwen, or fit it again: python -m training.confidence")
        return Weights(plain["bias"], plain["weights"], plain["threshold"], plain["list_threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The confidence weights {path} are missing or damaged ({error}). Reinstall yuanwen.") from error


@functools.cache
def default_weights() -> Weights:
    """The weights that come with the package."""
    return load_weights()
