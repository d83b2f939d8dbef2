"""Stop, pressed in a real browser while a question is being read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from chat.replies import Replies
from chat.wording import EXAMPLES, WORDINGS
from qa.question import Query
from qa.reader import Context, Span, default_reader
from tests.chat import visiting
from tests.chat.visiting import Visitor

if TYPE_CHECKING:
    from qa.assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning"),
]
WORDS = WORDINGS["en"]
FLAGSHIP, UNANSWERABLE = EXAMPLES[0], EXAMPLES[-1]


class Held:
    """The real reader, which reads on only when it is let: time enough for a person to press a button."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.batches = 0

    def read(self, query: Query, contexts: Sequence[Context]) -> list[tuple[Span, ...]]:
        self.batches += 1
        assert self.let.wait(timeout=60)
        return default_reader().read(query, contexts)


@pytest.fixture
def held(samples: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """A reader that is let on once the press of the button has arrived."""
    reader, act = Held(), Replies.act

    def acted(self: Replies, visit: Any, command: str, **options: Any) -> str | None:
        notice = act(self, visit, command, **options)
        if command == "stop":
            reader.let.set()
        return notice

    monkeypatch.setattr(samples, "_reader", reader)
    monkeypatch.setattr(Replies, "act", acted)
    yield reader
    reader.let.set()


@pytest.fixture
def visitor(samples: Assistant, held: Held) -> Iterator[Visitor]:
    with visiting.chat(samples, samples=True) as address, visiting.browser() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
        visitor = Visitor(page, address)
        yield visitor
        assert visitor.foreign == [] and visitor.troubles == []


def test_stop_ends_the_reading_and_the_next_question_is_answered(visitor: Visitor, held: Held, samples: Assistant) -> None:
    page, log = visitor.page, visitor.page.locator('[role="log"]')
    visitor.box.fill(UNANSWERABLE)
    visitor.box.press("Enter")
    stop = log.get_by_role("button", name=WORDS.stop)
    stop.wait_for()
    log.locator(".yw-nearest li").first.wait_for()
    assert log.locator(".yw-text, mark, .yw-time").count() == 0, "passages are shown, and no answer yet"
    visitor.shot("reading-light")
    stop.click()
    log.get_by_text(WORDS.stopped).wait_for()
    assert held.batches == 1, "the passages that were not begun were left unread"
    assert log.locator(".yw-reading, .yw-nearest, .yw-text, mark").count() == 0
    page.wait_for_function("() => document.activeElement?.closest('#question')")
    visitor.shot("stopped-light")

    assert visitor.box.is_editable() and visitor.box.input_value() == ""
    page.keyboard.type(FLAGSHIP)
    page.keyboard.press("Enter")
    answered = page.locator('[data-testid="bot"] .yw:has(.yw-time)')
    answered.wait_for()
    assert answered.locator("blockquote mark").count()
    assert log.get_by_text(WORDS.stopped).count() == 1

    (kept,) = samples.library.conversations()
    assert [turn.question for turn in samples.library.conversation(kept.id)] == [FLAGSHIP], "what was stopped is no answer to keep"
    page.reload()
    page.locator("#history button").first.click()
    page.locator("#past .yw-past").click()
    answered.wait_for()
    assert page.locator('[data-testid="bot"] .yw').count() == 1 and log.get_by_text(WORDS.stopped).count() == 0
