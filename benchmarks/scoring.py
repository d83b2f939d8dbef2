"""How right an answer is, list-aware: what was found of what had to be, and how much of what was said belongs there.

A returned text counts for an item when, folded and without punctuation, it contains one of the item's aliases and is not much longer, or is
most of it. A list scores the F1 of items found and texts returned; any other question is scored on its first answer alone; one without an
answer scores 1 when nothing was said to be found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.folding import fold


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with what must be found: each of ``answers`` is one thing, under any of its aliases; ``optional`` ones may be."""

    id: str
    question: str
    kind: str
    language: str
    answers: tuple[tuple[str, ...], ...]
    optional: tuple[tuple[str, ...], ...]
    library: str | None
    article: str | None

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Gold:
        """From a row of a question file."""
        items = [tuple(tuple(aliases) for aliases in row.get(name) or ()) for name in ("answers", "optional")]
        return cls(row["id"], row["question"], row["kind"], row["lang"], items[0], items[1], row.get("library"), row.get("article"))


def bare(text: str) -> str:
    """A text as it is compared: folded, letters and digits alone."""
    return "".join(char for char in fold(text) if unicodedata.category(char)[0] in "LN")


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
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0
