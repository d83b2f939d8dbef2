"""Rows to train and to measure on: what a row is, and how the published files become rows. What goes into a training is in `mixture`."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Span = tuple[int, int]
"""Half-open ``[start, end)`` in code points of a row's context."""

PERSON_TYPES = frozenset({"PER", "name"})
"""What the sources call a person's name."""
MAX_TITLE = 60
"""Characters of an article's title that the reader gets to see; the product cuts at the same place."""
HELD_OUT_TENTH = 0
"""The last digit (of ten) of a context's hash whose rows are never trained on."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question over a context. ``answers`` is a tuple of groups: every group is part of the answer, inside a group any span will do.

    No group at all means "not here". The first ``prefix`` characters of the context are an article's title and date, where no answer
    may lie.
    """

    question: str
    context: str
    answers: tuple[tuple[Span, ...], ...]
    kind: str
    prefix: int = 0
    title: str = ""
    texts: tuple[str, ...] = ()
    """Further accepted wordings, for scoring only."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a sentence, ``text[start:end]``, with its type as its source calls it."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A real sentence with every name in it marked by people."""

    text: str
    entities: tuple[Entity, ...]


def held_out(text: str) -> bool:
    """Say whether this context belongs to the fixed tenth that is kept for measuring (by its SHA-1, so the same everywhere)."""
    return int(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == HELD_OUT_TENTH


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def questions(path: Path, *, without_overlaps: bool = False) -> list[Row]:
    """Load a question file; rows that are answered yes or no have no span and are left out.

    Args:
        path: one of ``data/qa/*.jsonl.gz``.
        without_overlaps: leave out the rows whose context is partly in another file.
    """
    kind = path.name.removesuffix(".jsonl.gz")
    rows = []
    for record in records(path):
        impossible = record.get("is_impossible", False)
        if record.get("yesno") or (without_overlaps and record.get("overlaps")) or not (impossible or record["answers"]):
            continue
        spans = sorted({(a["start"], a["start"] + len(a["text"])) for a in record["answers"]})
        rows.append(
            Row(
                record["question"].strip(),
                record["context"],
                grouped(record["context"], spans, every=record.get("mode") == "all"),
                kind,
                title=record.get("title", "").replace("_", " "),
                texts=tuple(record.get("alt_texts", ())),
            )
        )
    return rows


def grouped(context: str, spans: list[Span], *, every: bool) -> tuple[tuple[Span, ...], ...]:
    """Group spans: all in one group (alternatives), or with ``every`` one group for each different wording.

    >>> grouped("甲和乙，甲", [(0, 1), (2, 3), (4, 5)], every=True)
    (((0, 1), (4, 5)), ((2, 3),))
    """
    if not spans:
        return ()
    if not every:
        return (tuple(spans),)
    groups: dict[str, list[Span]] = {}
    for start, end in spans:
        groups.setdefault(context[start:end], []).append((start, end))
    return tuple(tuple(group) for group in groups.values())


def sentences(path: Path) -> list[Sentence]:
    """Load a file of sentences with names, in its own order (neighbours in a newspaper stay neighbours)."""
    return [Sentence(r["text"], tuple(Entity(e["start"], e["end"], e["type"]) for e in r["entities"])) for r in records(path)]


def with_heading(row: Row, *, title: str, date: str = "") -> Row:
    """Put an article's title and date before the context, as the product does: ``f"{title} {date}\\n{passage}"``.

    >>> with_heading(Row("谁？", "甲说。", (((0, 1),),), "x"), title="开幕", date="2022-11-16")
    Row(question='谁？', context='开幕 2022-11-16\\n甲说。', answers=(((14, 15),),), kind='x', prefix=14, title='', texts=())
    """
    heading = " ".join(part for part in (title[:MAX_TITLE].strip(), date) if part) + "\n"
    shift = len(heading)
    answers = tuple(tuple((start + shift, end + shift) for start, end in group) for group in row.answers)
    return replace(row, context=heading + row.context, answers=answers, prefix=shift)
