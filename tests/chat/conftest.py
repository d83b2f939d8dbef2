"""Results made by hand for the rendering tests, and the sample library behind a real assistant for the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from qa.results import Answer, AnswerItem, Citation, Nearest
from tests.chat.browsing import FLAGS, Program, Window, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from qa.assistant import Assistant

DAY = dt.date(2022, 11, 14)


def cite(
    text: str, *, before: str = "", after: str = "", title: str = "Opening", source: str = "/users/li/opening.txt", article: str = "a"
) -> Citation:
    return Citation(
        article_id=article,
        title=title,
        source=source,
        url=None,
        published=DAY,
        text=text,
        start=100 + len(before),
        end=100 + len(before) + len(text),
        quote=before + text + after,
        quote_start=100,
    )


def passage(text: str, *, title: str = "Opening", source: str = "/users/li/opening.txt") -> Nearest:
    return Nearest(article_id="a", title=title, source=source, url=None, published=None, text=text, start=0, end=len(text))


def answered(*items: AnswerItem, question: str = "who?") -> Answer:
    return Answer(question=question, found=True, answers=items, confidence=0.9, elapsed_ms=287.0)


def item(first: Citation, *others: Citation, confidence: float = 0.9, also: tuple[Citation, ...] = ()) -> AnswerItem:
    return AnswerItem(text=first.text, confidence=confidence, citations=(first, *others), also=also)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A real assistant on a fresh copy of the sample library; tests may add articles of their own."""
    from corpus.intake import add_files
    from corpus.library import Library
    from qa.assistant import Assistant
    from qa.places import SAMPLES

    with Library(tmp_path_factory.mktemp("samples")) as library:
        add_files(library, [SAMPLES])
        assistant = Assistant(library)
        assistant.sync()
        yield assistant


@pytest.fixture
def broken(samples: Assistant, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Makes the assistant raise an error at the next question."""

    def breaks(error: Exception) -> None:
        def ask(*_: object, **__: object) -> Answer:
            raise error

        for way in ("ask", "steps"):
            monkeypatch.setattr(samples, way, ask)

    return breaks


# --- in a real browser -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    program = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The program as a user starts it for the first time, on a user folder of its own."""
    chromium()
    program = Program(tmp_path_factory.mktemp("home"))
    program.start()
    yield program.address
    program.stop()


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Window]:
    """A fresh page in English; whatever the test did, nothing ran and nothing was fetched from elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    opened = Window(context.new_page(), address)
    yield opened
    opened.check()
    context.close()
