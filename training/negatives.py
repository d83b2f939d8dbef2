"""Passages that look like they answer a question and don't: what retrieval will put before the reader most of the time."""

from __future__ import annotations

import functools
import math
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.scripts import HAN, HAN_RANGES
from corpus.splitting import sentences
from training.data import Row

if TYPE_CHECKING:
    from opencc import OpenCC

_WORDS = re.compile(f"[a-z0-9]+|[{HAN_RANGES}]+")


@functools.cache
def _simplify() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def folded(text: str) -> str:
    """Fold width, case and script, so that the same words compare equal."""
    return str(_simplify().convert(unicodedata.normalize("NFKC", text).lower()))


def terms(text: str) -> list[str]:
    """Cut folded text into Latin words and overlapping pairs of Chinese characters.

    >>> terms("GDP增长率")
    ['gdp', '增长', '长率']
    """
    out: list[str] = []
    for word in _WORDS.findall(folded(text)):
        if word.isascii() or len(word) == 1:
            out.append(word)
        else:
            out.extend(word[i : i + 2] for i in range(len(word) - 1))
    return out


class OverlapIndex:
    """Ranks texts by BM25 (k1 = 1.2, b = 0.75; Robertson & Zaragoza 2009) over `terms`."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        counts = [Counter(terms(text)) for text in self.texts]
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        mean = sum(c.total() for c in counts) / max(1, len(counts))
        for number, count in enumerate(counts):
            length = 1.2 * (0.25 + 0.75 * count.total() / mean)
            for term, n in count.items():
                self._postings[term].append((number, n * 2.2 / (n + length)))

    def ranked(self, question: str, *, limit: int = 10) -> list[int]:
        """Return the numbers of the best texts, best first."""
        scores: dict[int, float] = defaultdict(float)
        for term in sorted(set(terms(question))):
            found = self._postings.get(term, ())
            weight = math.log(1 + (len(self.texts) - len(found) + 0.5) / (len(found) + 0.5))
            for number, score in found:
                scores[number] += weight * score
        return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def hard_negatives(rows: Sequence[Row], rng: random.Random, *, count: int, among: int = 8) -> list[Row]:
    """Pair questions with one of the best-ranked other contexts that holds none of their answers; such a row's answer is "not here".

    Args:
        rows: rows without heading; their contexts are what is searched.
        rng: the only source of chance.
        count: how many rows to make.
        among: how deep in the ranking to choose from.
    """
    index = OverlapIndex(sorted({row.context for row in rows}))
    made: list[Row] = []
    answerable = [row for row in rows if row.answers]
    for row in rng.sample(answerable, min(len(answerable), 2 * count)):
        if len(made) == count:
            break
        wanted = {folded(row.context[start:end]) for group in row.answers for start, end in group}
        others = [index.texts[n] for n in index.ranked(row.question, limit=among) if index.texts[n] != row.context]
        others = [text for text in others if not any(answer in folded(text) for answer in wanted)]
        if others:
            made.append(replace(row, context=rng.choice(others), answers=(), title="", kind=f"{row.kind}/hard-negative"))
    return made


def without_answer(row: Row) -> Row | None:
    """Take the sentences out that hold an answer, which leaves a text about the right thing that doesn't tell what was asked; such a row's
    answer is "not here". None where the answer stands elsewhere too, or fewer than two sentences are left.

    Args:
        row: without heading, with an answer.

    >>> left = without_answer(Row("何时开幕？", "会议在上海召开。它于5月开幕。来宾众多。", (((10, 12),),), "x"))
    >>> left.context, left.answers
    ('会议在上海召开。来宾众多。', ())
    """
    spans = [span for group in row.answers for span in group]
    kept = [(a, b) for a, b in sentences(row.context) if not any(a < end and start < b for start, end in spans)]
    between = "" if HAN.search(row.context) else " "
    context = between.join(row.context[a:b].strip() for a, b in kept)
    there = folded(context)
    if len(kept) < 2 or any(folded(row.context[start:end]) in there for start, end in spans):
        return None
    return replace(row, context=context, answers=(), texts=(), kind=f"{row.kind}/left-out")
