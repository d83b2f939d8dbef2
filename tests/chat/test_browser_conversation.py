"""The conversation in a real browser: answers, the article beside them, follow-ups, limits, verdicts, and what is there after a restart."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chat.wording import WORDINGS
from tests.chat.browsing import FLAGSHIP, UNANSWERABLE, WORDS, Program, Window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

IN_VIEW = """() => {
    const mark = document.querySelector("#panel mark.yw-here")?.getBoundingClientRect();
    const article = document.querySelector("#panel .yw-article")?.getBoundingClientRect();
    return mark && article.top <= mark.top && mark.bottom <= article.bottom && mark.top >= 0 && mark.bottom <= innerHeight;
}"""
SELECT = """words => {
    const article = document.querySelector("#panel .yw-article");
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const at = texts.currentNode.data.indexOf(words);
        if (at >= 0) return getSelection().setBaseAndExtent(texts.currentNode, at, texts.currentNode, at + words.length);
    }
    throw new Error("not in the article: " + words);
}"""


def test_the_speakers_are_named_and_a_citation_opens_its_article_at_the_mark(window: Window) -> None:
    page = window.page
    reply = window.ask(FLAGSHIP)
    said = set(reply.locator(".yw-text").all_inner_texts())
    assert {"薛敏", "Xue Min"} & said
    assert not {"张文宏", "Zhang Wenhong"} & said, "who leads a talk has not spoken"
    assert "2022-11-14" in reply.locator("time").all_text_contents()
    assert re.search(r"· \d{1,2}%", reply.inner_text())
    assert reply.locator("blockquote mark").first.is_visible()
    window.shot("answer-light")
    cited = reply.locator(".yw-answers > li", has_text="Jordan").first
    cited.locator("blockquote .yw-open").first.click()
    page.wait_for_function(IN_VIEW)
    assert window.panel().locator("mark.yw-here").inner_text() == cited.locator("blockquote mark").first.inner_text()
    assert window.panel().locator("mark.yw-other").count() >= 1
    assert page.evaluate("document.activeElement.tagName") == "H2"
    window.shot("article-light")
    page.keyboard.press("Escape")
    window.panel().wait_for(state="detached")
    page.wait_for_function("() => document.activeElement?.classList.contains('yw-open')")


def test_on_real_pages_exactly_the_three_who_spoke_are_named(
    browser: Browser, shared: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from corpus.intake import add_files
    from corpus.library import Library

    with Library(tmp_path / "library") as library:
        add_files(library, [shared / "seeds"])
    program = Program(tmp_path / "home", "--library", str(tmp_path / "library"))
    program.start()
    request.addfinalizer(program.stop)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    window = Window(context.new_page(), program.address)
    reply = window.ask("who spoke at the 2022 opening")
    assert sorted(reply.locator(".yw-text").all_inner_texts()) == sorted(["多米尼克·乔丹", "薛敏", "托马斯·苏德霍夫"])
    assert {text[:4] for text in reply.locator("time").all_text_contents()} == {"2022"}
    for number in range(3):
        cited = reply.locator(".yw-answers > li").nth(number)
        cited.locator("blockquote .yw-open").first.click()
        window.panel().locator("mark.yw-here", has_text=cited.locator("blockquote mark").first.inner_text()).wait_for()
        window.page.wait_for_function(IN_VIEW)
    window.shot("three-speakers")
    window.check()
    context.close()


def test_a_sentence_is_copied_with_its_reference_by_the_keyboard(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", permissions=["clipboard-read", "clipboard-write"]
    )
    window = Window(context.new_page(), address)
    page, words = window.page, WORDINGS["zh-Hans"]
    window.ask(FLAGSHIP).locator(".yw-open").first.click()
    window.panel().locator(".yw-quotations summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text(words.copied).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    sentence = window.panel().locator("mark.yw-here").inner_text()
    assert sentence in copied and "[1]" in copied and "2022-11-14" in copied
    window.shot("quotations-zh")
    window.check()
    context.close()


def test_a_follow_up_says_how_it_was_understood_and_is_taken_back_by_a_click(window: Window) -> None:
    window.ask("2022年产业周的主题是什么？")
    followed = window.ask("2023年呢？")
    assert "2023" in followed.locator(".yw-understood").inner_text()
    window.shot("follow-up-light")
    followed.locator(".yw-again").click()
    assert window.reply(2).locator(".yw-understood").count() == 0


def test_what_is_not_there_is_declined_and_the_visitor_shows_where_it_is_or_that_it_is_not(window: Window) -> None:
    page = window.page
    reply = window.ask(UNANSWERABLE)
    assert WORDS.not_found in reply.inner_text() and "“Cup”" in reply.inner_text()
    assert reply.locator("mark, strong").count() == 0
    window.shot("declined-light")
    reply.get_by_role("button", name=WORDS.is_there).click()
    page.locator("#panel .yw-marking").wait_for()
    words = "".join(window.panel().locator(".yw-article").inner_text().split("\n")[-1:])[-12:]
    page.evaluate(SELECT, words)
    page.wait_for_function("words => document.querySelector('#right-words textarea, #right-words input').value === words", arg=words)
    window.shot("marking-light")
    page.get_by_role("button", name=WORDS.right_words_send).click()
    thanks = reply.locator(".yw-thanks")
    thanks.get_by_text(WORDS.noted_corrected.format(text=words.strip())).wait_for()
    thanks.get_by_role("button", name=WORDS.undo).click()
    thanks.wait_for(state="detached")
    reply.get_by_role("button", name=WORDS.is_absent).click()
    thanks.get_by_text(WORDS.noted_absent).wait_for()
    thanks.get_by_role("button", name=WORDS.undo).click()
    thanks.wait_for(state="detached")


def test_a_question_is_limited_to_days_and_articles_and_says_so(window: Window) -> None:
    page = window.page
    page.locator("#scope button").first.click()
    since, note = page.get_by_label(WORDS.scope_since), page.locator("#limits")
    since.fill("yesterday")
    window.box.fill(FLAGSHIP)
    window.box.press("Enter")
    page.get_by_text(WORDS.bad_day.format(day="yesterday")).first.wait_for()
    assert window.box.input_value() == FLAGSHIP, "what was typed is not lost"
    note.get_by_text(WORDS.bad_day.format(day="yesterday")).wait_for()
    since.fill("2023")
    since.press("Enter")
    note.get_by_text(WORDS.only_since.format(first="2023-01-01")).wait_for()
    page.get_by_label(WORDS.scope_articles).click()
    chosen = page.get_by_role("option").first.inner_text().strip()
    page.get_by_role("option").first.click()
    note.get_by_text(chosen[:20]).wait_for()
    window.shot("limits-light")
    reply = window.ask("谁发言？")
    assert chosen[:20] in reply.inner_text() and "2023-01-01" in reply.inner_text()
    assert not [day for day in reply.locator("time").all_text_contents() if day.strip() < "2023"]
    page.get_by_role("button", name=WORDS.scope_clear).click()
    note.get_by_text(chosen[:20]).wait_for(state="detached")


def test_limits_come_back_with_their_conversation_and_a_click_asks_without_them(window: Window) -> None:
    page = window.page
    note, since = page.locator("#limits"), page.get_by_label(WORDS.scope_since)
    page.locator("#scope button").first.click()
    since.fill("1999")
    page.get_by_label(WORDS.scope_until).fill("1999")
    page.get_by_label(WORDS.scope_until).press("Enter")
    said = WORDS.only.format(limits=WORDS.only_between.format(first="1999-01-01", last="1999-12-31"))
    note.get_by_text(said).wait_for()
    assert said in window.ask(FLAGSHIP).inner_text()
    page.locator("#new").click()
    note.get_by_text(said).wait_for(state="detached")
    assert since.input_value() == ""
    page.locator("#history button").first.click()
    page.locator("#past .yw-past").first.click()
    note.get_by_text(said).wait_for()
    assert since.input_value() == "1999-01-01"
    reply = window.reply(0)
    assert said in reply.inner_text(), "what the question was limited to is shown again"
    assert said in window.ask("and in 2023?").inner_text(), "a follow-up stays within the limits"
    window.shot("limits-reopened-light")
    reply.get_by_role("button", name=WORDS.ask_everywhere).click()
    assert window.reply(2).locator("blockquote mark").count()
    note.get_by_text(said).wait_for(state="detached")
    assert since.input_value() == ""


def test_verdicts_and_conversations_are_there_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.start()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", color_scheme="dark", accept_downloads=True)
    window = Window(context.new_page(), program.address)
    reply = window.ask(FLAGSHIP)
    reply.get_by_role("button", name=WORDS.is_right, exact=True).first.click()
    reply.get_by_text(WORDS.noted_right).wait_for()
    answered = reply.locator(".yw-short").inner_text()
    program.stop()

    program.start()
    window = Window(context.new_page(), program.address)
    page = window.page
    page.locator("#history button").first.click()
    page.locator("#past .yw-past").click()
    reopened = window.reply(0)
    assert reopened.locator(".yw-short").inner_text() == answered
    assert WORDS.noted_right in reopened.inner_text()
    window.shot("history-dark")
    with page.expect_download() as download:
        page.locator("#past").get_by_role("link", name="JSON").click()
    assert json.loads(Path(download.value.path()).read_text("utf-8"))["turns"][0]["question"] == FLAGSHIP
    page.locator("#new").click()
    reopened.wait_for(state="detached")
    page.locator("#past").get_by_role("button", name=WORDS.delete, exact=True).click()
    page.locator("#past").get_by_role("button", name=WORDS.delete_yes).click()
    page.locator("#past").get_by_text(WORDS.no_conversations).wait_for()
    window.check()
    context.close()
    program.stop()
