"""The question sets: where they lie, which of their rows are asked, what counts as an answer.

A row that is answered yes or no has no span and is never asked. ``alt_texts`` count as answers. A sample is drawn with a fixed seed.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.rows import read_rows
from training.data import held_out

DEFAULT_DATA = Path(__file__).parents[3] / "shared" / "data"
SPEAKERS = Path(__file__).parent.parent / "questions" / "speakers.jsonl"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Question:
    """A question over a text. Every one of ``answers`` is a thing to find, under any of its wordings; none at all: nothing answers."""

    text: str
    context: str
    answers: tuple[tuple[str, ...], ...]
    language: str = ""
    """Of the question: ``zh`` or ``en``."""
    context_language: str = ""

    @property
    def accepted(self) -> tuple[str, ...]:
        """All wordings of all answers."""
        return tuple(text for item in self.answers for text in item)


def load(data: Path, name: str, *, without_overlaps: bool = False) -> list[Question]:
    """All questions of ``data/qa/NAME.jsonl.gz``.

    Args:
        data: the data folder.
        name: of the set.
        without_overlaps: leave out the rows whose context is partly in another file.

    Raises:
        SystemExit: the file is not there.
    """
    return [
        question(row)
        for row in _rows(data / "qa" / f"{name}.jsonl.gz")
        if not row.get("yesno") and not (without_overlaps and row.get("overlaps"))
    ]


def question(row: dict[str, Any]) -> Question:
    """A row as a question: its answers are alternatives, unless its ``mode`` is ``all``."""
    texts = tuple(dict.fromkeys(answer["text"] for answer in row["answers"]))
    if row.get("mode") == "all":
        answers = tuple((text,) for text in texts)
    elif row.get("is_impossible") or not texts:
        answers = ()
    else:
        answers = ((*texts, *(row.get("alt_texts") or ())),)
    return Question(row["question"].strip(), row["context"], answers, row["lang_q"][:2], row["lang_c"][:2])


def kept_out(questions: Iterable[Question]) -> list[Question]:
    """Those over the tenth of contexts that no training uses."""
    return [question for question in questions if held_out(question.context)]


def bipar_crossed(data: Path) -> list[Question]:
    """BiPaR's English test questions over the Chinese paragraphs that they were translated with: the same ids but for the language."""
    english = {row["id"].removesuffix("_EN"): row["question"].strip() for row in _rows(data / "qa" / "bipar.en.test.jsonl.gz")}
    chinese = {row["id"].removesuffix("_ZH"): question(row) for row in _rows(data / "qa" / "bipar.zh.test.jsonl.gz")}
    return [Question(english[id_], found.context, found.answers, "en", "zh") for id_, found in chinese.items() if id_ in english]


def sample(items: Sequence[Item], count: int | None) -> list[Item]:
    """So many of them, always the same ones and in their order; all of them without a count."""
    if count is None or count >= len(items):
        return list(items)
    return [items[at] for at in sorted(random.Random(0).sample(range(len(items)), count))]


def speakers(data: Path, path: Path = SPEAKERS) -> list[Question]:
    """The questions about speakers, posts and names. A row without ``context`` takes it from the data folder, by its ``article``
    (``FILE:ID``, of ``data/ner``); where that file isn't there, the row is left out.

    Raises:
        SystemExit: a sentence is not the one that was annotated.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    needed = {row["article"].split(":", 1)[0] for row in rows if "context" not in row}
    files = {name: data / "ner" / f"{name}.jsonl.gz" for name in needed}
    texts = {f"{name}:{row['id']}": row["text"] for name, file in files.items() if file.is_file() for row in read_rows(file)}
    found = []
    for row in rows:
        context = row.get("context") or texts.get(row["article"])
        if context is None:
            continue
        if hashlib.sha256(context.encode()).hexdigest() != row["sha256"]:
            raise SystemExit(f"{row['id']}: the sentence {row['article']} has changed since it was annotated.")
        found.append(Question(row["question"], context, tuple(map(tuple, row["answers"])), row["lang"], row["lang_c"]))
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise SystemExit(f"{path} is missing: say with --data where the folder lies that holds qa/ and ner/.")
    return read_rows(path)
