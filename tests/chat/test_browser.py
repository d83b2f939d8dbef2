"""The page as a whole in a real browser: keyboard, languages, narrow screens, files, and hostile articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.wording import EXAMPLES, WORDINGS
from tests.chat.browsing import FLAGSHIP, UNANSWERABLE, WORDS, Window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

HOSTILE_NAME = "<img src=x onerror=document.title='PWNED'>.txt"
HOSTILE_ARTICLE = """Lighthouse <script>document.title="PWNED"</script> ![x](http://evil.example/title.png) reopens

3 April 2021

The lighthouse keeper is <img src=http://evil.example/a.png onerror="document.title='PWNED'"> Fang Hao since April 2021.
$$\\href{javascript:alert(1)}{x}$$
<svg/onload="document.title='PWNED'">
![i](http://evil.example/b.png) <a href="javascript:document.title='PWNED'">Fang Hao</a> \u202e keeps the light.
"""


def test_an_example_is_asked_by_a_click(window: Window) -> None:
    window.shot("start-light")
    window.page.get_by_text(EXAMPLES[2]).click()
    assert window.reply(0).locator(".yw-text, .yw-none").count()


def test_the_keyboard_is_enough(window: Window) -> None:
    page = window.page
    page.wait_for_function("() => document.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.type(FLAGSHIP)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    window.reply(0)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("x")
    assert window.box.input_value() == "x"


def test_an_added_file_answers_questions(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "渡轮“复航”：第1号.txt"
    file.write_text(
        "Ferry to Langya island sails again\n\n1 March 2021\n\nCaptain Ouyang Ping welcomed 212 passengers on the first crossing.\n"
    )
    assert window.add(file).startswith("Added: Ferry to Langya island sails again (2021-03-01)")
    reply = window.ask("Who is the captain of the ferry to Langya island?")
    assert "Ouyang Ping" in " ".join(reply.locator("mark").all_text_contents())
    assert file.name in reply.locator(".yw-file").all_text_contents()
    assert window.add(file) == WORDS.unchanged.format(name=file.name)
    window.shot("added-light")


def test_a_file_that_cannot_be_added_is_refused_calmly_and_the_page_goes_on(window: Window) -> None:
    said = window.add({"name": "binary.txt", "mimeType": "text/plain", "buffer": bytes(range(256)) * 40})
    assert said.startswith(WORDS.refused.format(name="binary.txt", reason=""))
    assert window.ask(FLAGSHIP).locator("mark").count()


def test_the_fields_have_names_for_screen_readers(window: Window) -> None:
    window.page.get_by_label(WORDS.question_label).wait_for()
    assert window.page.get_by_role("button", name=WORDS.send).is_visible()
    assert window.page.locator('[role="log"]').get_attribute("aria-live") == "polite"


def test_an_empty_question_and_a_whole_page_as_one_leave_the_box_usable(window: Window) -> None:
    assert window.ask("   ").inner_text() == WORDS.empty_question
    window.ask("who spoke? " * 9_000)
    assert window.box.is_enabled() and window.box.input_value() == ""
    assert window.ask(FLAGSHIP).locator("mark").count()


def test_a_hostile_article_file_name_and_question_run_nothing(window: Window) -> None:
    window.add({"name": HOSTILE_NAME, "mimeType": "text/plain", "buffer": HOSTILE_ARTICLE.encode()})
    window.ask("Since when is Fang Hao the keeper of the lighthouse?")
    window.shot("hostile-light")
    window.ask(f"lighthouse? {HOSTILE_ARTICLE}")
    page = window.page
    log = page.locator('[role="log"]')
    for folded in log.locator("details").all():
        folded.locator("summary").first.click()
    assert log.locator("img, script, svg:not(button svg), iframe, a").count() == 0
    assert "<script>" in log.inner_text()
    log.locator(".yw-open").first.click()
    window.panel().wait_for()
    for folded in window.panel().locator("details").all():
        folded.locator("summary").first.click()
    assert window.panel().locator("img, script, svg, iframe, a").count() == 0
    assert '<svg/onload="document.title=' in window.panel().inner_text()
    window.shot("hostile-article")


def test_messages_are_read_out_by_their_text_and_the_quotes_name_their_language(window: Window) -> None:
    reply = window.ask("谁在开幕活动上发言？")
    assert window.page.locator('[role="log"] [data-testid][aria-label]').count() == 0
    assert set(reply.locator("blockquote > p:first-child").evaluate_all("all => all.map(one => one.lang)")) <= {"zh-Hans", "zh-Hant", "en"}


def test_the_newest_question_is_in_sight_after_a_long_conversation(window: Window) -> None:
    for _ in range(3):
        window.ask(FLAGSHIP)
    window.page.wait_for_function(
        """() => {
            const log = document.querySelector('[role="log"]').getBoundingClientRect();
            const asked = [...document.querySelectorAll('[data-testid="user"]')].at(-1).getBoundingClientRect();
            return log.top <= asked.top && asked.top < log.top + log.height / 2;
        }"""
    )


@pytest.mark.parametrize(
    ("locale", "language", "scheme"), [("zh-CN", "zh-Hans", "light"), ("zh-HK", "zh-Hant", "dark"), ("fr-FR", "en", "dark")]
)
def test_a_narrow_screen_in_the_readers_language(browser: Browser, address: str, locale: str, language: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=locale, color_scheme=scheme)
    window, words = Window(context.new_page(), address), WORDINGS[language]
    page = window.page
    page.get_by_text(words.promise).wait_for()
    page.get_by_placeholder(words.question_hint).wait_for()
    window.shot(f"start-{locale}-{scheme}-390")
    assert words.empty_question in window.ask(" ").inner_text()
    window.ask(FLAGSHIP)
    window.shot(f"answer-{locale}-{scheme}-390")
    window.ask(UNANSWERABLE)
    window.shot(f"declined-{locale}-{scheme}-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator('[role="log"]').evaluate("log => log.scrollWidth <= log.clientWidth")
    page.locator(".yw-open").first.click()
    page.wait_for_function("() => document.querySelector('#panel .yw-panel')?.getBoundingClientRect().top < innerHeight / 2")
    window.shot(f"article-{locale}-{scheme}-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    window.check()
    context.close()
