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
from corpus.splitting import sentences
from corpus.words import index_terms
from qa.question import Kind, Query
from qa.reader import Span
from qa.retrieval import Hit

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
_NAME = re.compile(r"^[^\d，。；：！？,;:!?]{2,30}$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a span being right. Each value is near 0–1, so that the weights compare."""

    score: float
    """The reader's score through a logistic curve of width 4: 0.5 where it is as likely here as not here."""
    cosine: float
    """Of question and passage, 0.75–0.95 stretched to 0–1."""
    first: float
    """1 in the passage ranked first, 1/2 in the second, and so on."""
    behind: float
    """How far the score lies under the best of all passages read, in units of 8 logits, at most 1."""
    fits_kind: float
    """1 when it looks like the kind asked for, 0 when it doesn't, 1/2 when the kind has no looks."""
    wrong_year: float
    """1 when the question names a year that neither passage nor article is of, 1/2 when only the passage is."""
    crosses: float
    """1 when question and article are in different languages."""
    overlap: float
    """Share of the question's terms in the sentence that the span begins in and the one before it."""

    @classmethod
    def of(cls, query: Query, hit: Hit, span: Span, *, rank: int, best_score: float) -> Evidence:
        """The evidence for a span of a hit that was read as number ``rank``, from 0, where the best span scored ``best_score``."""
        return cls(
            score=1 / (1 + math.exp(-max(-60.0, min(60.0, span.score)) / 4)),
            cosine=max(0.0, min(1.0, (hit.cosine - 0.75) / 0.2)),
            first=1 / (1 + rank),
            behind=min(1.0, (best_score - span.score) / 8),
            fits_kind=_fits(query.kind, hit.passage.text[span.start : span.end]),
            wrong_year=1 - hit.year_fit,
            crosses=float(query.language != hit.article.language),
            overlap=_overlap(query, hit.passage.text, span),
        )


def _overlap(query: Query, text: str, span: Span) -> float:
    if not query.terms:
        return 0.0
    told = _told(text)
    at = next((i for i, (_, end, _) in enumerate(told) if end > span.start), len(told) - 1)
    around = frozenset[str]().union(*(terms for _, _, terms in told[max(0, at - 1) : at + 1]))
    return sum(term in around for term in query.terms) / len(query.terms)


@functools.lru_cache(maxsize=1024)
def _told(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """The sentences of a passage, each with its terms; remembered, as every span of a passage asks for them."""
    return tuple((a, b, frozenset(index_terms(text[a:b]).split())) for a, b in sentences(text))


def _fits(kind: Kind, text: str) -> float:
    if kind is Kind.PERSON:
        return float(bool(_NAME.match(text)))
    looks = _LOOKS_LIKE.get(kind)
    return 0.5 if looks is None else float(bool(looks.search(fold(text))))


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: a bias, a weight for each field of `Evidence`, and the confidences from which on an answer is given."""

    bias: float
    weights: dict[str, float]
    threshold: float
    """The first answer must be this sure, or nothing was found."""
    list_threshold: float
    """Each further item of a list must be this sure."""

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
