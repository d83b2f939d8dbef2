"""Labelled questions asked of a library, and how right its answers are. The scores themselves are `qa.scoring`'s."""

from __future__ import annotations

import enum
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import QuestionFileError
from corpus.feedback import question_key
from corpus.scripts import HAN
from qa.question import understand
from qa.results import Answer
from qa.scoring import Gold, calibration_error, exact, matches, score, word_f1

if TYPE_CHECKING:
    from qa.assistant import Assistant


class Outcome(enum.Enum):
    """What became of a question."""

    RIGHT = "right"
    PARTLY = "partly right"
    """Of a list, some; or all, and something else."""
    WRONG = "wrong"
    DECLINED_RIGHTLY = "rightly declined"
    DECLINED_WRONGLY = "wrongly declined"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was answered."""

    gold: Gold
    answer: Answer

    @property
    def texts(self) -> list[str]:
        """What was said, in its order."""
        return [item.text for item in self.answer.answers]

    @property
    def score(self) -> float:
        """`qa.scoring.score`, 0–1."""
        return score(self.gold, self.texts)

    @property
    def outcome(self) -> Outcome:
        """The score in a word."""
        if not self.answer.found:
            return Outcome.DECLINED_RIGHTLY if self.gold.kind == "unanswerable" else Outcome.DECLINED_WRONGLY
        return Outcome.RIGHT if self.score == 1 else Outcome.PARTLY if self.score else Outcome.WRONG

    @property
    def claims(self) -> list[tuple[float, bool]]:
        """Each confidence that was shown, and whether its text is right: of a list's items, else of the first answer."""
        items = self.answer.answers if self.gold.kind == "list" else self.answer.answers[:1]
        known = self.gold.answers + self.gold.optional
        return [(item.confidence, any(matches(item.text, aliases) for aliases in known)) for item in items]


@dataclass(frozen=True)
class Evaluation:
    """All that was asked, and what it comes to. Nothing divides by zero: a figure of no questions is 0."""

    asked: tuple[Asked, ...]
    left_out: int = 0
    """Questions of which only wrong answers are known, and which got none of those: nobody can say whether they were answered rightly."""

    @cached_property
    def outcomes(self) -> dict[Outcome, int]:
        """How many questions came out in which way; every way is there."""
        counts = dict.fromkeys(Outcome, 0)
        for one in self.asked:
            counts[one.outcome] += 1
        return counts

    @property
    def score(self) -> float:
        """Mean score, 0–1."""
        return _mean(one.score for one in self.asked)

    @property
    def exact(self) -> float:
        """Share of the questions answered in exactly the words of the labels, or rightly declined."""
        return _mean(exact(one.gold, one.texts) for one in self.asked)

    @property
    def f1(self) -> float:
        """Mean F1 of the words, 0–1; a rightly declined question counts 1."""
        return _mean(word_f1(one.gold, one.texts) for one in self.asked)

    @property
    def coverage(self) -> float:
        """Share of the questions that got an answer at all."""
        return _mean(float(one.answer.found) for one in self.asked)

    @property
    def precision(self) -> float:
        """Mean score of the questions that got an answer."""
        return _mean(one.score for one in self.asked if one.answer.found)

    @property
    def claims(self) -> list[tuple[float, bool]]:
        """Every confidence shown, and whether it was of something right."""
        return [claim for one in self.asked for claim in one.claims]

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the confidences shown, 0–1, smaller is better."""
        claims = self.claims
        return calibration_error([shown for shown, _ in claims], [right for _, right in claims])

    def groups(self) -> dict[str, Evaluation]:
        """The same for the questions of each kind and each language."""
        parts: dict[str, list[Asked]] = defaultdict(list)
        for one in self.asked:
            parts[f"kind {one.gold.kind}"].append(one)
            parts[f"lang {one.gold.language}"].append(one)
        return {name: Evaluation(tuple(part)) for name, part in sorted(parts.items())}

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, each question included."""
        return {
            "questions": len(self.asked),
            "left_out": self.left_out,
            "outcomes": {outcome.value: count for outcome, count in self.outcomes.items()},
            **{name: round(getattr(self, name), 4) for name in FIGURES},
            "confidences": len(self.claims),
            "groups": {name: {"questions": len(part.asked), "score": round(part.score, 4)} for name, part in self.groups().items()},
            "results": [
                {
                    "id": one.gold.id,
                    "question": one.gold.question,
                    "outcome": one.outcome.value,
                    "score": round(one.score, 4),
                    "said": one.texts,
                    "wanted": [list(aliases) for aliases in one.gold.answers],
                    "confidence": round(one.answer.confidence, 4),
                }
                for one in self.asked
            ],
        }


FIGURES = ("score", "exact", "f1", "coverage", "precision", "calibration_error")
"""The figures of an `Evaluation`, each 0–1."""


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def evaluate(
    assistant: Assistant, questions: Sequence[Gold], *, limit: int = 5, progress: Callable[[int, int], None] | None = None
) -> Evaluation:
    """Asks every question by itself, over the whole library.

    Args:
        assistant: its passages must be embedded.
        questions: with their labels.
        limit: of different answers to a question for one thing.
        progress: called with how many questions are done and how many there are.
    """
    asked: list[Asked] = []
    left_out = 0
    for done, gold in enumerate(questions, 1):
        one = Asked(gold, assistant.ask(gold.question, limit=limit))
        if gold.answers or gold.kind == "unanswerable" or any(matches(text, gold.wrong) for text in one.texts[:1]):
            asked.append(one)
        else:
            left_out += 1
        if progress is not None:
            progress(done, len(questions))
    return Evaluation(tuple(asked), left_out)


# --- reading question sets ---------------------------------------------------------------------------------------------------


def load_questions(path: Path) -> list[Gold]:
    """The questions of a file: SQuAD 2.0's JSON, as `corpus.feedback.as_squad` makes it, or one JSON object a line.

    A line has ``question`` and ``answers``: a list of things to be found, each a text or a list of its aliases; none for a question
    without an answer. ``id``, ``kind``, ``lang`` and ``optional`` may be given, else they follow from the question.

    Raises:
        QuestionFileError: it cannot be read, holds no question, or a row is not of this form; the message names the row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"The question file {path} cannot be read: {error}.") from error
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    found = from_squad(whole, name=str(path)) if isinstance(whole, dict) and "data" in whole else list(_rows(text, path))
    if not found:
        raise QuestionFileError(f"{path} holds no question. Give SQuAD's JSON, or one line {_ROW} for each question.")
    return found


_ROW = '{"question": "who spoke?", "answers": [["Jane Doe"]]}'


def _rows(text: str, path: Path) -> Iterator[Gold]:
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: U+2028 may stand inside a JSON string
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QuestionFileError(f"Line {number} of {path} is not JSON: {error}.") from error
        try:
            yield _gold(row, number)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise QuestionFileError(f"Line {number} of {path} is no question with its answers, such as {_ROW}.") from error


def _gold(row: dict[str, Any], number: int) -> Gold:
    question = row["question"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("an empty question")
    answers = _items(row["answers"])
    return Gold(
        id=str(row.get("id", number)),
        question=question,
        kind=str(row.get("kind") or _kind(question, answers)),
        language=str(row.get("lang") or _language(question)),
        answers=answers,
        optional=_items(row.get("optional") or []),
        library=row.get("library"),
        article=row.get("article"),
    )


def _items(given: Any) -> tuple[tuple[str, ...], ...]:
    """Things to be found. Answers as SQuAD has them, with their places, are several ways to say one thing."""
    if isinstance(given, dict):  # its columns, as in tables made of it
        given = [{"text": text} for text in given["text"]]
    if not isinstance(given, list):
        raise TypeError("answers are a list")
    if given and all(isinstance(item, dict) for item in given):
        given = [[item["text"] for item in given]]
    items = []
    for item in given:
        aliases = tuple(item) if isinstance(item, list) else (item,)
        if not aliases or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
            raise ValueError("an answer is a text")
        items.append(aliases)
    return tuple(items)


def _kind(question: str, answers: Sequence[Sequence[str]]) -> str:
    if not answers:
        return "unanswerable"
    return "list" if len(answers) > 1 or _asks_for_several(question) else "fact"


def _asks_for_several(question: str) -> bool:
    """Whether it asks for a list, or for two things at once ("when and where")."""
    query = understand(question)
    return query.many or bool(query.facets)


def _language(question: str) -> str:
    return "zh" if HAN.search(question) else "en"


def from_squad(squad: dict[str, Any], *, name: str = "The question set") -> list[Gold]:
    """The questions of a set in SQuAD 2.0's form, to be asked over a whole library.

    A question that stands under several paragraphs is one: its answers are those of all of them, and it has none only when it is
    impossible everywhere. To a question for many things each different answer is one thing to be found; to any other, all of them
    are ways to say the same.

    Raises:
        QuestionFileError: it is not of this form.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    try:
        for entry in squad["data"]:
            for paragraph in entry["paragraphs"]:
                for qa in (*paragraph["qas"], *paragraph.get("wrong_only", ())):
                    if qa["question"].strip():
                        found.setdefault(question_key(qa["question"]), []).append(qa)
        return [_from_qas(qas) for qas in found.values()]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise QuestionFileError(f"{name} is not in SQuAD's form: {error!r}.") from error


def _from_qas(qas: Sequence[dict[str, Any]]) -> Gold:
    question = str(qas[0]["question"])
    texts = list(dict.fromkeys(answer["text"] for qa in qas for answer in qa["answers"] if answer["text"].strip()))
    things = _things(texts) if _asks_for_several(question) else [texts] if texts else []
    answers = tuple(tuple(aliases) for aliases in things)
    wrong = tuple(answer["text"] for qa in qas for answer in qa.get("wrong_answers", ()))
    # Of a question with wrong answers alone, nobody said that it has none.
    impossible = not answers and any(qa.get("is_impossible", not wrong) for qa in qas)
    kind = "unanswerable" if impossible else _kind(question, answers) if answers else "fact"
    return Gold(str(qas[0].get("id", question)), question, kind, _language(question), answers, wrong=wrong)


def _things(texts: Iterable[str]) -> list[list[str]]:
    """The texts, those that match each other together."""
    things: list[list[str]] = []
    for text in texts:
        thing = next((thing for thing in things if matches(text, thing)), None)
        if thing is None:
            things.append([text])
        else:
            thing.append(text)
    return things
