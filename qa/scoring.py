"""How right an answer is, list-aware: what was found of what had to be, and how much of what was said belongs there.

A returned text counts for an item when, folded and without punctuation, it contains one of the item's aliases and is not much longer, or is
most of it. A list scores the F1 of items found and texts returned; any other question is scored on its first answer alone; one without an
answer scores 1 when nothing was said to be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from corpus.folding import bare, fold

_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with what must be found: each of ``answers`` is one thing, under any of its aliases; ``optional`` ones may be."""

    id: str
    question: str
    kind: str
    """``list``, ``unanswerable``, or any other name for one thing."""
    language: str
    answers: tuple[tuple[str, ...], ...]
    optional: tuple[tuple[str, ...], ...] = ()
    library: str | None = None
    article: str | None = None
    wrong: tuple[str, ...] = ()
    """Texts known to be wrong."""


def matches(returned: str, aliases: Iterable[str]) -> bool:
    """Whether a returned text is one of these aliases, give or take a few words."""
    text = bare(returned)
    for alias in map(bare, aliases):
        if text and alias and (len(text) <= 2.5 * len(alias) + 10 if alias in text else text in alias and len(text) >= 0.6 * len(alias)):
            return True
    return False


def score(gold: Gold, texts: Sequence[str]) -> float:
    """0–1, for the texts of an answer in their order; no texts is "not found"."""
    if gold.kind == "unanswerable":
        return float(not texts)
    if not texts:
        return 0.0
    if gold.kind != "list":
        return float(any(matches(texts[0], aliases) for aliases in gold.answers))
    recall = sum(any(matches(text, aliases) for text in texts) for aliases in gold.answers) / len(gold.answers)
    precision = sum(any(matches(text, aliases) for aliases in gold.answers + gold.optional) for text in texts) / len(texts)
    return _harmonic(precision, recall)


def exact(gold: Gold, texts: Sequence[str]) -> float:
    """1 when the words are exactly one of the aliases, of a list those of every item and nothing else; compared as `bare` has them."""
    if gold.kind == "unanswerable" or not texts:
        return float(gold.kind == "unanswerable" and not texts)
    required = [set(map(bare, aliases)) for aliases in gold.answers]
    if gold.kind != "list":
        return float(any(bare(texts[0]) in aliases for aliases in required))
    said = set(map(bare, texts))
    allowed = required + [set(map(bare, aliases)) for aliases in gold.optional]
    return float(all(said & aliases for aliases in required) and all(any(text in aliases for aliases in allowed) for text in said))


def word_f1(gold: Gold, texts: Sequence[str]) -> float:
    """0–1: `overlap` of the words with the most similar alias; of a list, its mean over the texts and over the items, made one."""
    if gold.kind == "unanswerable" or not texts:
        return float(gold.kind == "unanswerable" and not texts)

    def closest(text: str, items: Iterable[Iterable[str]]) -> float:
        return max((overlap(text, alias) for aliases in items for alias in aliases), default=0.0)

    if gold.kind != "list":
        return closest(texts[0], gold.answers)
    precision = sum(closest(text, gold.answers + gold.optional) for text in texts) / len(texts)
    recall = sum(max(closest(text, [aliases]) for text in texts) for aliases in gold.answers) / len(gold.answers)
    return _harmonic(precision, recall)


def _harmonic(precision: float, recall: float) -> float:
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def overlap(said: str, wanted: str) -> float:
    """F1 of two texts over their `units`, each counted as often as it occurs, 0–1: Chinese by characters (Cui et al. 2019,
    arXiv:1810.07366), the rest by words without articles and punctuation (Rajpurkar et al. 2016, arXiv:1606.05250).

    >>> round(overlap("在北京", "北京"), 2)
    0.8
    """
    left, right = Counter(units(said)), Counter(units(wanted))
    shared = (left & right).total()
    return 2 * shared / (left.total() + right.total()) if shared else 0.0


def units(text: str) -> list[str]:
    """A text cut for comparing: Chinese into characters, the rest into words without articles and punctuation; folded."""
    text = fold(text)
    if not _HAN.search(text):
        text = re.sub(r"\b(?:a|an|the)\b", " ", text)
    text = "".join(" " if unicodedata.category(char)[0] in "PSZC" else char for char in text)
    return [unit for word in text.split() for unit in re.findall(r"[\u3400-\u9fff]|[^\u3400-\u9fff]+", word)]


def calibration_error(confidences: ArrayLike, right: ArrayLike, *, bins: int = 15) -> float:
    """Expected calibration error (Guo et al. 2017, arXiv:1706.04599) over bins of equally many answers (Roelofs et al. 2022,
    arXiv:2012.08668): how far the mean confidence of a bin lies from its share of right answers, on average. 0–1, smaller is better.

    Args:
        confidences: (n,), 0–1.
        right: (n,), 0 or 1.
        bins: of which there are no more than answers.
    """
    shown, true = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    parts = [part for part in np.array_split(np.argsort(shown, kind="stable"), bins) if len(part)]
    return float(sum(abs(shown[part].mean() - true[part].mean()) * len(part) for part in parts) / max(1, len(shown)))
