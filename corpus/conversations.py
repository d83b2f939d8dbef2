"""What was asked and answered, kept turn by turn. An answer is stored as it was given: it stays when the articles it quotes go."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from corpus.errors import ConversationNotFoundError, LibraryError, QuestionError
from corpus.records import clean, from_json, parse_time

MAX_QUESTION_CHARS = 2000
"""Of a question so many are kept; no more of one is ever asked."""
MAX_ANSWER_CHARS = 200_000
"""Of an answer as JSON: a list of a hundred items with a citation each takes about a third of it."""
TITLE_CHARS = 80
SHORTEST_PREFIX = 4
"""Of a conversation's id, so many characters name it, where no other begins with the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationInfo:
    """What there is to say about a conversation without reading it."""

    id: str
    title: str
    """Its first question, in one line of `TITLE_CHARS` characters at most."""
    started: dt.datetime
    """UTC, as ``last`` is."""
    last: dt.datetime
    """When its latest turn was added."""
    turns: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types: moments as ISO 8601."""
        moments = {"started": self.started.isoformat(), "last": self.last.isoformat()}
        return {"id": self.id, "title": self.title, **moments, "turns": self.turns}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """A question and the answer it got, as ``Answer.to_dict()`` gave it."""

    question: str
    answer: dict[str, Any]
    asked_at: dt.datetime
    """UTC."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types: the moment as ISO 8601."""
        return {"question": self.question, "asked_at": self.asked_at.isoformat(), "answer": self.answer}


def add_turn(db: sqlite3.Connection, conversation_id: str | None, question: str, answer: dict[str, Any]) -> str:
    """Stores a turn; see `corpus.library.Library.add_turn`."""
    question = clean(question).strip()[:MAX_QUESTION_CHARS]
    if not question:
        raise QuestionError("The question is empty, so there is no turn to keep.")
    stored = _bounded(answer)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    if conversation_id is None or not db.execute("UPDATE conversation SET last = ? WHERE id = ?", (now, conversation_id)).rowcount:
        conversation_id = uuid.uuid4().hex
        title = " ".join(question.split())
        title = title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"
        db.execute("INSERT INTO conversation (id, title, started, last) VALUES (?, ?, ?, ?)", (conversation_id, title, now, now))
    db.execute(
        "INSERT INTO turn (conversation_id, question, asked_at, answer) VALUES (?, ?, ?, ?)", (conversation_id, question, now, stored)
    )
    return conversation_id


def _bounded(answer: dict[str, Any]) -> str:
    """The answer as JSON of at most `MAX_ANSWER_CHARS`: where it is longer, every list in it keeps only its first entries."""
    try:
        for size in (None, *(2**power for power in range(8, -1, -1))):
            stored = clean(json.dumps(_first(answer, size), ensure_ascii=False, allow_nan=False))
            if len(stored) <= MAX_ANSWER_CHARS:
                return stored
    except (TypeError, ValueError, RecursionError) as error:
        raise LibraryError(f"The answer cannot be kept: {error}.") from error
    raise LibraryError(f"The answer cannot be kept: it is {len(stored)} characters of JSON, and {MAX_ANSWER_CHARS} are the limit.")


def _first(value: Any, size: int | None) -> Any:
    """A JSON value with at most ``size`` entries in each list."""
    if isinstance(value, dict):
        return {key: _first(each, size) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_first(each, size) for each in value[:size]]
    return value


def infos(db: sqlite3.Connection, *, limit: int | None, offset: int) -> list[ConversationInfo]:
    """The conversations, the latest first."""
    rows = db.execute(
        """
        SELECT id, title, started, last, (SELECT count(*) FROM turn WHERE conversation_id = conversation.id)
        FROM conversation ORDER BY last DESC, id LIMIT ? OFFSET ?
        """,
        (-1 if limit is None else limit, offset),
    ).fetchall()
    return [_info(row) for row in rows]


def find(db: sqlite3.Connection, text: str) -> ConversationInfo:
    """The conversation of this id, or the one whose id begins so.

    Raises:
        ConversationNotFoundError: there is none, or there are several.
    """
    wanted = clean(text).strip().lower()
    rows = db.execute(
        """
        SELECT id, title, started, last, (SELECT count(*) FROM turn WHERE conversation_id = conversation.id)
        FROM conversation WHERE id = ? OR (length(?) >= ? AND substr(id, 1, length(?)) = ?) LIMIT 2
        """,
        (wanted, wanted, SHORTEST_PREFIX, wanted, wanted),
    ).fetchall()
    if len(rows) != 1:
        raise ConversationNotFoundError(
            f"{text!r} could be any of several conversations. Give more of the id."
            if rows
            else f"There is no conversation {text!r}. Give its id, or at least the first {SHORTEST_PREFIX} characters of it."
        )
    return _info(rows[0])


def _info(row: tuple[str, str, str, str, int]) -> ConversationInfo:
    conversation_id, title, started, last, turns = row
    return ConversationInfo(id=conversation_id, title=title, started=parse_time(started), last=parse_time(last), turns=turns)


def turns(db: sqlite3.Connection, conversation_id: str, *, limit: int | None, offset: int) -> list[StoredTurn]:
    """The turns of a conversation in the order they were added.

    Raises:
        ConversationNotFoundError: there is none of this id.
    """
    rows = db.execute(
        "SELECT question, answer, asked_at FROM turn WHERE conversation_id = ? ORDER BY id LIMIT ? OFFSET ?",
        (conversation_id, -1 if limit is None else limit, offset),
    ).fetchall()
    if not rows and db.execute("SELECT 1 FROM conversation WHERE id = ?", (conversation_id,)).fetchone() is None:
        raise _unknown(conversation_id)
    return [StoredTurn(question=question, answer=from_json(answer), asked_at=parse_time(asked_at)) for question, answer, asked_at in rows]


def remove(db: sqlite3.Connection, conversation_id: str) -> None:
    """Forgets a conversation; raises `ConversationNotFoundError` when there is none of this id."""
    if not db.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,)).rowcount:
        raise _unknown(conversation_id)


def remove_last_turn(db: sqlite3.Connection, conversation_id: str) -> None:
    """Forgets the latest turn, and with the only one the conversation.

    Raises:
        ConversationNotFoundError: there is none of this id.
    """
    db.execute("DELETE FROM turn WHERE id = (SELECT max(id) FROM turn WHERE conversation_id = ?)", (conversation_id,))
    (left,) = db.execute("SELECT count(*) FROM turn WHERE conversation_id = ?", (conversation_id,)).fetchone()
    if not left:
        remove(db, conversation_id)


def _unknown(conversation_id: str) -> ConversationNotFoundError:
    return ConversationNotFoundError(f"There is no conversation {conversation_id!r} any more. It may have been removed; begin a new one.")
