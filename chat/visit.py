"""What one visitor's page holds: the conversation so far, with what each question was limited to, and which article is open. Plain data."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from chat.limits import Limits
from corpus.feedback import Verdict
from qa.assistant import Sought
from qa.results import Answer, AnswerItem, Citation, Nearest


@dataclass(frozen=True, slots=True)
class Given:
    """What the visitor said of an answer, and the library keeps."""

    id: int
    verdict: Verdict
    item: int | None
    """Which of the answers; None when it was said of the question, or of other words."""
    text: str
    """The words it was said of; empty when it was said of none."""


@dataclass(slots=True)
class Exchange:
    """A question and what came of it: nothing yet, passages, an answer, or a sentence of the program."""

    question: str
    sought: Sought | None = None
    answer: Answer | None = None
    note: str | None = None
    """Instead of an answer."""
    limits: Limits = field(default_factory=Limits)
    """What it was limited to."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Article id → BCP 47 tag of the articles cited."""
    unknown: tuple[str, ...] = ()
    """Words of the question that stand nowhere in the library."""
    given: list[Given] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """The question as it was put to the library."""
        return (self.answer and self.answer.understood) or self.question


@dataclass(frozen=True, slots=True)
class Opened:
    """The article open in the source panel, and why."""

    exchange: int
    """Which question it was opened from."""
    article_id: str
    place: Citation | Nearest | None
    marking: bool
    """Whether the visitor is about to mark the right words."""


@dataclass(slots=True)
class Visit:
    """One visitor's page, changed in place."""

    exchanges: list[Exchange] = field(default_factory=list)
    conversation_id: str | None = None
    """In the library; none before the first answer."""
    opened: Opened | None = None
    panels: int = 0
    """How many articles were opened: each time the page is to look at the panel anew."""
    asked_about: str | None = None
    """The conversation whose removal is to be confirmed."""
    stop: threading.Event | None = None
    """Ends the reading at hand."""

    @property
    def limits(self) -> Limits:
        """What the latest question was limited to, and the next one is unless the visitor says otherwise."""
        return self.exchanges[-1].limits if self.exchanges else Limits()

    def begin_anew(self) -> None:
        """Leave the conversation; the library keeps it."""
        if self.stop:
            self.stop.set()
        self.exchanges, self.conversation_id, self.opened, self.asked_about = [], None, None, None


def cited(items: Collection[AnswerItem]) -> list[Citation]:
    """All places of some answers, in their order on the page."""
    return [place for item in items for place in (*item.citations, *item.also)]


def places(answer: Answer | Sought) -> list[Citation | Nearest]:
    """Every place that is shown with an answer: buttons on the page name them by their number in this list."""
    if isinstance(answer, Sought):
        return list(answer.passages)
    return [*cited(answer.answers), *answer.nearest]
