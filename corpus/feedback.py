"""What the user said of answers: verdicts on places in articles, kept with the words so that they outlive the article.

A label of exact words, the sentence around them and their place is what the Web Annotation model calls a quote and a position
selector (https://www.w3.org/TR/annotation-model/#selectors): the place is where to look while the article is as it was, the
quote finds the words again in a changed one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.errors import ArticleNotFoundError, FeedbackNotFoundError, LibraryError, QuestionError
from corpus.folding import fold
from corpus.splitting import sentences

if TYPE_CHECKING:
    from corpus.library import Library

MAX_QUESTION_CHARS = 2000
"""Of a question so many are kept; no more of one is ever asked."""
MAX_ANSWER_CHARS = 2000
"""The longest place that a verdict can be of: a label is of an answer, not of a chapter."""
_SENTENCE_WITHIN = 400
"""Characters before and after the words in which the ends of their sentence are looked for."""
_LAST_MARKS = " ?？!！.。"


class Verdict(enum.Enum):
    """What the user said."""

    RIGHT = "right"
    """The answer at this place is right."""
    WRONG = "wrong"
    """The answer at this place is wrong; of no place: finding nothing was wrong."""
    CORRECTED = "corrected"
    """The right words stand at this place, whatever was answered."""
    ABSENT = "absent"
    """No article answers the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One verdict. While its article is in the library, ``article.text[start:end] == answer_text``."""

    id: int
    question: str
    verdict: Verdict
    answer_text: str
    """Empty where the verdict is of no place."""
    article_id: str | None
    """None, as ``start`` and ``end`` are, where the verdict is of no place or its article is not in the library (any more)."""
    start: int | None
    end: int | None
    confidence: float | None
    """0–1, of the answer that was judged, as it was shown."""
    created: dt.datetime
    """UTC."""
    quote: str
    """The sentence around the words, as it was when the verdict was given; it stays when the article goes."""
    offset: int
    """Of the words in the quote: ``quote[offset : offset + len(answer_text)] == answer_text``."""
    title: str
    """Of the article, as it was then."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types: the verdict as its value, the moment as ISO 8601."""
        return {**dataclasses.asdict(self), "verdict": self.verdict.value, "created": self.created.isoformat()}


def question_key(question: str) -> str:
    """The same for a question in other letters, widths and blanks, with its last mark or without.

    >>> question_key("誰  主持？") == question_key("谁 主持")
    True
    """
    return " ".join(fold(question).split()).rstrip(_LAST_MARKS)


def quote_around(text: str, start: int, end: int) -> tuple[str, int]:
    """The sentences around ``text[start:end]``, no more than `_SENTENCE_WITHIN` characters off, and where in them the words begin.

    >>> quote_around("他来了。张文宏主持。散会。", 4, 7)
    ('张文宏主持。', 0)
    """
    left = max(0, start - _SENTENCE_WITHIN)
    places = sentences(text[left : end + _SENTENCE_WITHIN])
    first = max((left + a for a, _ in places if left + a <= start), default=start)
    last = min((left + b for _, b in places if left + b >= end), default=end)
    return text[first:last], start - first


def give(
    db: sqlite3.Connection,
    question: str,
    verdict: Verdict,
    *,
    article_id: str | None,
    start: int | None,
    end: int | None,
    confidence: float | None,
) -> int:
    """Stores a verdict in place of the earlier one on the same question and place; see `corpus.library.Library.give_feedback`."""
    question = question.strip()[:MAX_QUESTION_CHARS]
    if not question:
        raise QuestionError("The question is empty, so nothing can be said of its answer.")
    if confidence is not None and not (math.isfinite(confidence) and 0 <= confidence <= 1):
        raise ValueError(f"confidence is {confidence}; it lies between 0 and 1")
    answer = quote = title = ""
    offset = 0
    if article_id is not None and start is not None and end is not None:
        if verdict is Verdict.ABSENT:
            raise ValueError("ABSENT is said of a question, not of a place")
        title, text = _article(db, article_id)
        if not 0 <= start < end <= len(text) or end - start > MAX_ANSWER_CHARS:
            raise LibraryError(
                f"{start}–{end} is no place of an answer in article {article_id}, which has {len(text)} characters. "
                f"Mark 1 to {MAX_ANSWER_CHARS} of them."
            )
        answer = text[start:end]
        quote, offset = quote_around(text, start, end)
    elif (article_id, start, end) != (None, None, None):
        raise ValueError("article_id, start and end make a place together: give all of them or none")
    elif verdict in (Verdict.RIGHT, Verdict.CORRECTED):
        raise ValueError(f"{verdict.name} is said of a place: give article_id, start and end")
    key = question_key(question)
    db.execute(
        'DELETE FROM feedback WHERE asked = ? AND article_id IS ? AND start IS ? AND "end" IS ?',
        (key, article_id, start, end),
    )
    cursor = db.execute(
        """
        INSERT INTO feedback (question, asked, verdict, article_id, start, "end", answer, quote, "offset", title, confidence, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (question, key, verdict.value, article_id, start, end, answer, quote, offset, title, confidence, _now()),
    )
    return int(cursor.lastrowid or 0)


def _article(db: sqlite3.Connection, article_id: str) -> tuple[str, str]:
    row = db.execute("SELECT title, text FROM article WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        raise ArticleNotFoundError(f"No article {article_id!r} is in the library any more, so nothing can be said of a place in it.")
    return str(row[0]), str(row[1])


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def load(db: sqlite3.Connection) -> list[Feedback]:
    """All verdicts, in the order they were given."""
    rows = db.execute(
        """
        SELECT feedback.id, question, verdict, article.id, start, "end", answer, quote, "offset", feedback.title, confidence, created
        FROM feedback LEFT JOIN article ON article.id = article_id ORDER BY feedback.id
        """
    ).fetchall()
    try:
        return [
            Feedback(
                id=feedback_id,
                question=question,
                verdict=Verdict(verdict),
                answer_text=answer,
                article_id=article_id,
                start=None if article_id is None else start,
                end=None if article_id is None else end,
                confidence=confidence,
                created=dt.datetime.fromisoformat(created),
                quote=quote,
                offset=offset,
                title=title,
            )
            for feedback_id, question, verdict, article_id, start, end, answer, quote, offset, title, confidence, created in rows
        ]
    except ValueError as error:
        raise sqlite3.DataError(f"a verdict was stored otherwise than it reads: {error}") from error


def remove(db: sqlite3.Connection, feedback_id: int) -> None:
    """Forgets a verdict; raises `FeedbackNotFoundError` when there is none of this id."""
    if not db.execute("DELETE FROM feedback WHERE id = ?", (feedback_id,)).rowcount:
        raise FeedbackNotFoundError(f"There is no feedback {feedback_id}. `yuanwen feedback list` shows the ids.")


def follow(db: sqlite3.Connection, old_id: str, new_id: str, text: str) -> None:
    """Takes the verdicts on an article that was replaced to the new one, where the sentence they quote still stands in its ``text``.

    Of several such sentences it is the one nearest to where it was. A verdict whose sentence is gone stays with the old content.
    """
    rows = db.execute('SELECT id, asked, quote, "offset", start, "end" FROM feedback WHERE article_id = ?', (old_id,)).fetchall()
    for feedback_id, asked, quote, offset, start, end in rows:
        at = _nearest(text, quote, start - offset)
        if at is None:
            continue
        place = (new_id, at + offset, at + offset + end - start)
        db.execute('DELETE FROM feedback WHERE asked = ? AND article_id = ? AND start = ? AND "end" = ?', (asked, *place))
        db.execute('UPDATE feedback SET article_id = ?, start = ?, "end" = ? WHERE id = ?', (*place, feedback_id))


def _nearest(text: str, quote: str, place: int) -> int | None:
    """Where ``quote`` begins in ``text``, nearest to ``place``."""
    before = text.rfind(quote, 0, place + len(quote))
    after = text.find(quote, place)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - place), default=None)


# --- as a question set -------------------------------------------------------------------------------------------------------


def as_squad(library: Library) -> dict[str, Any]:
    """The verdicts as a question set in SQuAD 2.0's form (Rajpurkar et al. 2018, arXiv:1806.03822), to evaluate or to train on.

    Each article with verdicts is one entry, its whole text one paragraph; what was said of an article that is gone comes with the
    quoted sentence as its paragraph. Right and corrected places are ``answers``; wrong ones are ``wrong_answers``, of the same
    form. A question that no article answers ``is_impossible``, beside each wrong answer that it was given, or with an empty
    context where it was given none; when right places and "absent" contradict each other, the later one counts. Of a question
    known by wrong answers alone nobody knows what is right, so it stands apart from the paragraph's ``qas``, in ``wrong_only``.
    Always ``context[answer_start:][:len(text)] == text``.
    """
    given = library.feedback()
    absent = _absent(given)
    contexts: dict[str, list[Feedback]] = {}  # by article, or by quote where there is none any more
    for one in given:
        if one.answer_text:
            contexts.setdefault(one.article_id or one.quote, []).append(one)
    data: list[dict[str, Any]] = []
    for labels in contexts.values():
        paragraph = _paragraph(library, labels, absent)
        data.append({"title": labels[-1].title, "article_id": labels[-1].article_id, "paragraphs": [paragraph]})
    shown = {question_key(qa["question"]) for entry in data for qa in entry["paragraphs"][0]["qas"]}
    nowhere = [_qa(question, "", is_impossible=True) for key, question in absent.items() if key not in shown]
    if nowhere:
        data.append({"title": "", "article_id": None, "paragraphs": [{"context": "", "qas": nowhere}]})
    return {"version": "v2.0", "data": data}


def _absent(given: Iterable[Feedback]) -> dict[str, str]:
    """The questions, by their key, that were last said to be answered by no article."""
    found: dict[str, str] = {}
    for one in given:
        if one.verdict is Verdict.ABSENT:
            found[question_key(one.question)] = one.question
        elif one.verdict is not Verdict.WRONG:
            found.pop(question_key(one.question), None)
    return found


def _paragraph(library: Library, labels: list[Feedback], absent: dict[str, str]) -> dict[str, Any]:
    """The questions with verdicts on one article, or on one sentence of an article that is gone."""
    article_id = labels[0].article_id
    context = library.article(article_id).text if article_id else labels[0].quote
    questions: dict[str, list[Feedback]] = {}
    for one in labels:
        questions.setdefault(question_key(one.question), []).append(one)
    qas, wrong_only = [], []
    for key, group in questions.items():
        right = [] if key in absent else [one for one in group if one.verdict is not Verdict.WRONG]
        wrong = [one for one in group if one.verdict is Verdict.WRONG]
        qa = _qa(group[-1].question, article_id or context, right=right, wrong=wrong, is_impossible=key in absent)
        if right or key in absent:
            qas.append(qa)
        else:
            wrong_only.append(qa)
    return {"context": context, "qas": qas, "wrong_only": wrong_only}


def _qa(
    question: str, place: str, *, right: Iterable[Feedback] = (), wrong: Iterable[Feedback] = (), is_impossible: bool
) -> dict[str, Any]:
    """One question about one paragraph; its id is the same in every export."""

    def answers(labels: Iterable[Feedback]) -> list[dict[str, Any]]:
        return [{"text": one.answer_text, "answer_start": one.offset if one.start is None else one.start} for one in labels]

    return {
        "id": hashlib.sha256(f"{question_key(question)}\n{place}".encode()).hexdigest()[:16],
        "question": question,
        "answers": answers(right),
        "wrong_answers": answers(wrong),
        "is_impossible": is_impossible,
    }
