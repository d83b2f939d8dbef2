"""A question in a conversation: what it leaves out is taken from the turns before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.results import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of a conversation."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made whole."""

    question: str
    """To be asked in place of what was typed."""
    assumed: tuple[str, ...] = ()
    """The words carried over from earlier turns; empty when the question is asked as it stands."""
    given: tuple[str, ...] = ()
    """Answers that were given already and are not wanted again, as after "who else?"."""


def resolve(question: str, history: Sequence[Turn]) -> Understood:
    """The question as it has to be asked without the conversation around it."""
    return Understood(question)
