"""Forty hostile articles, names and questions of `tests/data/hostile.jsonl` at once: nothing runs, nothing is fetched, all is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.wording import EXAMPLES
from tests.chat import visiting
from tests.chat.visiting import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from qa.assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning"),
]

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).resolve().parents[1] / "data" / "hostile.jsonl").read_text("utf-8").splitlines()
]
ASKED = (CASES[0], CASES[15], CASES[20], CASES[39])
"""Questions put on the page; the texts of all are in what is found."""
INERT = "img, script, svg:not(button svg):not(label svg), iframe, object, embed, form, base, meta, link, style, input, math"


@pytest.fixture(scope="module")
def hostile(samples: Assistant) -> Assistant:
    """The sample library and every hostile article: as a person would add it, or where that is refused, as another program would."""
    from chat.adding import Adding
    from corpus.article import Article
    from corpus.library import Change

    adding = Adding(samples)
    before = len(samples.library.articles())
    for case in CASES:
        text = case["text"] + case["text"].split(". ")[-1].strip() * case.get("times", 0)
        if [one.change for one in adding.text(text, name=case["name"])] != [Change.ADDED]:
            samples.library.add(Article(title=text.split("\n")[0], text=text, source=case["name"], sha256=case["kind"]))
    samples.sync()
    assert len(samples.library.articles()) == before + len(CASES)
    return samples


@pytest.fixture
def visitor(hostile: Assistant) -> Iterator[Visitor]:
    with visiting.chat(hostile, samples=True) as address, visiting.browser() as browser:
        yield Visitor(_context(browser).new_page(), address)


def _context(browser: Browser) -> Any:
    return browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")


def test_the_set_is_whole() -> None:
    assert len(CASES) == len({case["kind"] for case in CASES}) == len({case["name"] for case in CASES}) == 40


def test_nothing_runs_and_nothing_is_fetched(visitor: Visitor, hostile: Assistant) -> None:
    page = visitor.page
    for case in ASKED:
        visitor.ask(case["question"])
    log = page.locator('[role="log"]')
    assert log.locator(INERT).count() == 0
    for folded in log.locator("details").all():
        folded.locator("summary").first.click()
    log.locator("button.yw-open").last.click()
    page.locator(".yw-panel").wait_for()
    assert page.locator(".yw-panel").locator(INERT).count() == 0

    visitor.to_articles()
    assert visitor.page.locator("#articles").locator(INERT).count() == 0
    for case in CASES[1::13]:
        visitor.search(f"notice {CASES.index(case) + 1}" if "notice" in case["text"][:60] else case["text"].split("\n")[0][:40])
        if visitor.titles():
            visitor.press("open")
            assert page.locator(".yw-opened").locator(INERT).count() == 0
            visitor.press("back")
    visitor.search("")
    said = visitor.drop(
        {"name": CASES[26]["name"].replace("/", ""), "mimeType": "text/plain", "buffer": b"Another\n\nThe last warden is Wen Last."}
    )
    assert "onerror" in said or said.startswith("Added: ")
    visitor.shot("library-hostile")
    page.locator("#examine").click()
    page.locator("#findings .yw").wait_for()
    visitor.to_questions()
    assert visitor.ask(EXAMPLES[0]).locator("mark").count()
    visitor.shot("conversation-hostile")

    assert page.evaluate("window.pwned") is None
    assert page.title() == "Yuanwen 原文"
    assert page.url.rstrip("/").count("/") == 2
    assert visitor.foreign == [] and visitor.troubles == []
    shown = page.content()
    for folder in (str(hostile.library.folder), "/etc/", "secret"):
        assert folder not in shown
