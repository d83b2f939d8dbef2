"""The library's tab as a person uses it. Screenshots go to tests/artefacts/, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.wording import WORDINGS
from tests.chat import visiting
from tests.chat.visiting import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from qa.assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning"),
]

SAY = WORDINGS["en"].library
WORDS = WORDINGS["en"]


@pytest.fixture(scope="module")
def address(samples: Assistant) -> Iterator[str]:
    with visiting.chat(samples, samples=True) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with visiting.browser() as opened:
        yield opened


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    opened = Visitor(context.new_page(), address)
    opened.to_articles()
    yield opened
    assert opened.foreign == [] and opened.troubles == []
    context.close()


def test_a_file_is_added_and_asked_about(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "渡轮“复航”：第1号.txt"
    file.write_text("Ferry to Langya sails again\n\n1 March 2021\n\nCaptain Ouyang Ping welcomed 212 passengers on the first crossing.\n")
    assert visitor.drop(file) == "Added: Ferry to Langya sails again (2021-03-01)"
    assert "Ferry to Langya sails again" in visitor.titles()
    assert visitor.drop(file) == WORDS.unchanged.format(name=file.name)
    visitor.to_questions()
    reply = visitor.ask("Who is the captain of the ferry to Langya?")
    assert "Ouyang Ping" in " ".join(reply.locator("mark").all_text_contents())


def test_text_is_pasted_and_an_address_without_a_network_is_said_so(visitor: Visitor) -> None:
    assert visitor.paste("Mill restored\n\n2 May 2021\n\nThe miller Xu Lan ground flour.") == "Added: Mill restored (2021-05-02)"
    assert visitor.page.locator("#pasted textarea").input_value() == ""
    assert "private network" in visitor.paste("http://127.0.0.1:9/page")
    assert visitor.page.locator("#pasted textarea").input_value() == "http://127.0.0.1:9/page"
    visitor.paste(" ")
    assert visitor.page.locator("#added").inner_text().strip() == SAY.nothing_pasted


def test_several_files_are_told_one_by_one(visitor: Visitor) -> None:
    said = visitor.drop(
        {"name": "weir.txt", "mimeType": "text/plain", "buffer": b"Weir opened\n\nThe weir was opened by the engineer Tan Bo."},
        {"name": "binary.txt", "mimeType": "text/plain", "buffer": bytes(range(256)) * 40},
    )
    assert said.splitlines()[0] == SAY.summary.format(added=1, updated=0, known=0, failed=1)
    assert "Added: Weir opened" in said and "binary.txt was not added: " in said


def test_the_list_is_searched_and_filtered_by_the_chart(visitor: Visitor) -> None:
    everything = visitor.titles()
    visitor.search("2022-11-14")
    assert 0 < len(visitor.titles()) < len(everything)
    visitor.search("no such article")
    assert visitor.titles() == [] and SAY.none_match in visitor.page.locator("#articles").inner_text()
    visitor.search("")
    assert visitor.titles() == everything
    bar = visitor.page.locator('#articles button[name="period"][value="2023"]')
    before = visitor.page.locator("#articles .yw").inner_html()
    bar.click()
    visitor.changed(before)
    dates = visitor.page.locator("#articles tbody time").all_inner_texts()
    assert dates and all(date.startswith("2023") for date in dates)
    visitor.page.locator(".yw-chip").click()
    visitor.page.wait_for_function("count => document.querySelectorAll('#articles tbody .yw-open').length === count", arg=len(everything))


def test_an_article_is_opened_by_the_keyboard_and_left_again(visitor: Visitor) -> None:
    page = visitor.page
    title = visitor.titles()[0]
    page.locator("#articles tbody .yw-open").first.focus()
    page.keyboard.press("Enter")
    page.locator(".yw-page h2").wait_for()
    assert page.locator(".yw-page h2").inner_text() == title
    assert len(page.locator(".yw-page .yw-article").inner_text()) > 200
    assert not page.locator("#search").is_visible(), "an article is read by itself"
    page.wait_for_function("document.activeElement?.name === 'back'")
    page.keyboard.press("Enter")
    page.locator("#articles tbody .yw-open").first.wait_for()
    assert visitor.titles()[0] == title
    page.wait_for_function("document.activeElement?.matches('#articles tbody .yw-open')")


def test_removing_takes_two_presses_and_can_be_thought_better_of(visitor: Visitor) -> None:
    visitor.paste("Bell cast again\n\nThe bell of the north tower was cast by Gu Ming.")
    visitor.search("Bell cast")
    visitor.press("remove")
    visitor.page.wait_for_function("document.activeElement?.name === 'keep'")
    assert SAY.remove_question in visitor.page.locator("#articles").inner_text()
    visitor.press("keep")
    assert visitor.titles() == ["Bell cast again"]
    visitor.press("remove")
    visitor.press("remove-now")
    assert visitor.titles() == []
    visitor.page.get_by_text(SAY.removed.format(title="Bell cast again")).wait_for()
    visitor.to_questions()
    assert "Gu Ming" not in visitor.ask("Who cast the bell of the north tower?").inner_text()


def test_the_library_is_checked(visitor: Visitor) -> None:
    visitor.page.locator("#examine").click()
    visitor.page.locator("#findings .yw").wait_for()
    assert visitor.page.locator("#findings").inner_text().strip()


def test_what_another_visitor_added_is_there_when_the_tab_is_opened_again(visitor: Visitor, samples: Assistant) -> None:
    from corpus.intake import add_text

    add_text(samples.library, "Orchard planted\n\nMei Ruo planted four hundred pear trees.", name="orchard.txt")
    visitor.to_questions()
    visitor.page.get_by_role("tab").nth(1).click()
    visitor.page.get_by_role("button", name="Orchard planted", exact=True).wait_for()
    waiting = visitor.page.locator("#articles tr:has-text('Orchard planted') .yw-waiting")
    assert waiting.inner_text() == SAY.waiting
    samples.sync()


@pytest.mark.parametrize(
    ("width", "locale", "language", "scheme"),
    [
        (390, "zh-CN", "zh-Hans", "light"),
        (390, "zh-HK", "zh-Hant", "dark"),
        (1280, "en-GB", "en", "light"),
        (1280, "zh-TW", "zh-Hant", "dark"),
    ],
)
def test_wide_and_narrow_light_and_dark(browser: Browser, address: str, width: int, locale: str, language: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme)
    visitor, say = Visitor(context.new_page(), address), WORDINGS[language].library
    visitor.to_articles()
    visitor.page.get_by_label(say.search_label).wait_for()
    visitor.shot(f"library-{width}-{scheme}")
    visitor.press("remove", 1)
    visitor.shot(f"library-removing-{width}-{scheme}")
    visitor.press("keep")
    visitor.press("open", 1)
    visitor.shot(f"library-article-{width}-{scheme}")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.foreign == [] and visitor.troubles == []
    context.close()
