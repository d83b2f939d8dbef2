"""Forty hostile articles, names and questions of `tests/data/hostile.jsonl` at once: nothing runs, nothing is fetched, all is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.rendering import file_name
from chat.wording import EXAMPLES
from qa.question import Query
from qa.reader import Context, Span
from tests.chat import visiting
from tests.chat.visiting import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from qa.assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning"),
]

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).resolve().parents[1] / "data" / "hostile.jsonl").read_text("utf-8").splitlines()
]
AT_ONCE = 10
"""Questions in one conversation: what is on the page is sent again with each reply."""
PRESS = """([field, value]) => {  // as page.js does it for a button
    const box = document.querySelector(`${field} textarea, ${field} input`);
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
}"""
INERT = "img, script, svg:not(button svg):not(label svg), iframe, object, embed, form, base, meta, link, style, input, math"


@pytest.fixture(scope="module")
def hostile_ids(samples: Assistant) -> list[str]:
    """The ids of the hostile articles, which are now in the sample library: as a person would add them, or where that is refused, as
    another program would."""
    from chat.adding import Adding
    from corpus.article import Article
    from corpus.library import Change

    adding, ids = Adding(samples), []
    before = len(samples.library.articles())
    for case in CASES:
        text = case["text"] + case["text"].split(". ")[-1].strip() * case.get("times", 0)
        added = adding.text(text, name=case["name"])
        if [one.change for one in added] == [Change.ADDED]:
            ids.append(added[0].article_id or "")
        else:
            article = Article(title=text.split("\n")[0], text=text, source=case["name"], sha256=case["kind"])
            samples.library.add(article)
            ids.append(article.id)
    samples.sync()
    assert len(samples.library.articles()) == before + len(CASES) == before + len(set(ids))
    return ids


class Marking:
    """A reader that takes the end of every passage for an answer: the real one declines most of these questions, and shows little."""

    def read(self, query: Query, contexts: Sequence[Context]) -> list[tuple[Span, ...]]:
        return [(Span(max(0, len(one.text) - 300), len(one.text), 9.0),) for one in contexts]


@pytest.fixture
def visitor(samples: Assistant, hostile_ids: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setattr(samples, "_reader", Marking())
    with visiting.chat(samples, samples=True) as address, visiting.browser() as browser:
        yield Visitor(_context(browser).new_page(), address)


def _context(browser: Browser) -> Any:
    return browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")


def test_the_set_is_whole() -> None:
    assert len(CASES) == len({case["kind"] for case in CASES}) == len({case["name"] for case in CASES}) == 40


def test_nothing_runs_and_nothing_is_fetched(visitor: Visitor, samples: Assistant, hostile_ids: list[str]) -> None:
    page = visitor.page
    # Every hostile text as a question, and whatever of the hostile articles answers it.
    log, shown = page.locator('[role="log"]'), set()
    for number, case in enumerate(CASES):
        if number and number % AT_ONCE == 0:
            page.locator("#new").click()
            log.locator(".message-row").first.wait_for(state="detached")
        reply = visitor.ask(f"{case['question']}\n{case['text'][-400:]}")
        shown |= set(reply.locator(".yw-file").all_text_contents())
        _unfold(log)
        assert log.locator(INERT).count() == 0, case["kind"]
    # Which of them are found differs a little from one kind of CPU to another; here they must only be many.
    assert sum(file_name(case["name"]) in shown for case in CASES) > len(CASES) / 4
    visitor.shot("conversation-hostile")

    # Every hostile article beside the conversation, with all that is folded away there.
    for number, (case, article_id) in enumerate(zip(CASES, hostile_ids, strict=True), 1):
        page.evaluate(PRESS, ["#action", f"{10_000 + number} read {article_id}"])
        page.locator(f"#yw-panel-{number}").wait_for()
        _unfold(page.locator("#panel"))
        assert page.locator("#panel").locator(INERT).count() == 0, case["kind"]
        assert "warden of lock" in (page.locator("#panel .yw-article").text_content() or ""), case["kind"]
    visitor.shot("article-hostile")

    # Every hostile article on the library's tab, and some of their titles as something to search for.
    visitor.to_articles()
    for case, article_id in zip(CASES, hostile_ids, strict=True):
        page.locator(f'#articles button[name="open"][value="{article_id}"]').click()
        page.locator("#articles .yw-page").wait_for()
        _unfold(page.locator("#articles"))
        assert page.locator("#articles").locator(INERT).count() == 0, case["kind"]
        visitor.press("back")
    assert page.locator("#articles").locator(INERT).count() == 0
    for case in CASES[1::13]:
        visitor.search(case["text"].split("\n")[0][:40])
    visitor.search("")
    said = visitor.drop(
        {"name": CASES[26]["name"].replace("/", ""), "mimeType": "text/plain", "buffer": b"Another\n\nThe last warden is Wen Last."}
    )
    assert "onerror" in said or said.startswith("Added: ")
    page.locator("#examine").click()
    page.locator("#findings .yw").wait_for()
    visitor.shot("library-hostile")

    # The page works as before.
    visitor.to_questions()
    assert visitor.ask(EXAMPLES[0]).locator("mark").count()
    assert page.evaluate("window.pwned") is None
    assert page.title() == "Yuanwen 原文"
    assert page.url.rstrip("/").count("/") == 2
    assert visitor.foreign == [] and visitor.troubles == []
    source = page.content()
    for folder in (str(samples.library.folder), "/etc/", "secret"):
        assert folder not in source


def _unfold(place: Locator) -> None:
    place.evaluate("place => place.querySelectorAll('details').forEach(one => (one.open = true))")
