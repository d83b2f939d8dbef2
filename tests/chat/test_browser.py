"""The whole program in a real browser: started as a user starts it, used by mouse and keyboard, watched for every request.

Screenshots go to tests/artefacts/, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from chat.wording import EXAMPLES, WORDINGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
WORDS = WORDINGS["en"]
FLAGSHIP = EXAMPLES[0]
UNANSWERABLE = EXAMPLES[-1]
PATIENCE_MS = 60_000
FLAGS = ("--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run").split()

HOSTILE_NAME = "<img src=x onerror=document.title='PWNED'>.txt"
HOSTILE_ARTICLE = """Lighthouse <script>document.title="PWNED"</script> ![x](http://evil.example/title.png) reopens

3 April 2021

The lighthouse keeper is <img src=http://evil.example/a.png onerror="document.title='PWNED'"> Fang Hao since April 2021.
$$\\href{javascript:alert(1)}{x}$$
<svg/onload="document.title='PWNED'">
![i](http://evil.example/b.png) <a href="javascript:document.title='PWNED'">Fang Hao</a> \u202e keeps the light.
"""


def chromium() -> str:
    """The browser's program; without one the tests are skipped, but in CI that is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        message = "No chromium here: install it (Debian: apt-get install chromium) to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


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
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "YUANWEN_HOME": str(home), "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    with (home / "errors.txt").open("w+") as errors:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert server.stdout
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if not found:
            server.kill()
            pytest.fail(f"The server did not start: {line}{(home / 'errors.txt').read_text()}")
        yield found[0]
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        errors.seek(0)
        assert "Traceback" not in errors.read()


class Window:
    """A page and what a person does with it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.troubles: list[str] = []
        page.on("request", self._watch)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self.troubles.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(address)
        self.box = page.locator("#question textarea")
        self.box.wait_for(timeout=PATIENCE_MS)

    def _watch(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def answers(self) -> Any:
        """The replies so far, those still being worked on left out."""
        return self.page.locator('[data-testid="bot"] .yw:not(:has(.yw-reading))')

    def reply(self, before: int) -> Any:
        """The reply that follows the first ``before`` ones."""
        reply = self.answers().nth(before)
        reply.wait_for(timeout=PATIENCE_MS)
        return reply

    def ask(self, question: str) -> Any:
        before = self.answers().count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.reply(before)

    def add(self, *files: Path | dict[str, Any]) -> Any:
        before = self.answers().count()
        self.page.locator("#files input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]
        return self.reply(before)

    def shot(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Window]:
    """A fresh page in English; whatever the test did, nothing ran and nothing was fetched from elsewhere."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, locale="en-GB")
    opened = Window(context.new_page(), address)
    yield opened
    assert opened.page.title() == "Yuanwen 原文"
    assert opened.foreign == []
    assert opened.troubles == []
    context.close()


def test_the_flagship_question_is_answered_with_marked_quotes_from_2022(window: Window) -> None:
    reply = window.ask(FLAGSHIP)
    assert reply.locator("mark").count() >= 1
    assert "2022-11-14" in reply.locator("time").all_text_contents()
    assert any(name.startswith("2022-") for name in reply.locator(".yw-file").all_text_contents())
    assert re.search(r"· \d{1,2}%", reply.inner_text())
    assert reply.locator("blockquote mark").first.is_visible()
    window.shot("answer-light")


def test_an_example_is_asked_by_a_click(window: Window) -> None:
    window.shot("start-light")
    window.page.get_by_text(EXAMPLES[2]).click()
    assert window.reply(0).locator(".yw-text, .yw-none").count()


def test_the_keyboard_is_enough(window: Window) -> None:
    page = window.page
    page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.type(FLAGSHIP)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    window.reply(0)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("x")
    assert window.box.input_value() == "x"


def test_what_the_articles_do_not_say_is_declined_and_marks_nothing(window: Window) -> None:
    reply = window.ask(UNANSWERABLE)
    assert WORDS.not_found in reply.inner_text()
    assert reply.locator("mark, strong").count() == 0
    window.shot("declined-light")


def test_an_added_file_answers_questions(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "渡轮“复航”：第1号.txt"
    file.write_text(
        "Ferry to Langya island sails again\n\n1 March 2021\n\nCaptain Ouyang Ping welcomed 212 passengers on the first crossing.\n"
    )
    assert window.add(file).inner_text().startswith("Added: Ferry to Langya island sails again (2021-03-01)")
    reply = window.ask("Who is the captain of the ferry to Langya island?")
    assert "Ouyang Ping" in " ".join(reply.locator("mark").all_text_contents())
    assert file.name in reply.locator(".yw-file").all_text_contents()
    assert window.add(file).inner_text() == WORDS.unchanged.format(name=file.name)
    window.shot("added-light")


def test_a_file_that_cannot_be_added_is_refused_calmly_and_the_page_goes_on(window: Window) -> None:
    said = window.add({"name": "binary.txt", "mimeType": "text/plain", "buffer": bytes(range(256)) * 40}).inner_text()
    assert said == WORDS.refused.format(name="binary.txt", reason=WORDS.damaged)
    assert window.ask(FLAGSHIP).locator("mark").count()


def test_a_question_asked_while_files_are_being_added_is_not_forgotten(window: Window) -> None:
    names = [f"island{number}.txt" for number in range(6)]
    files: list[Any] = [
        {"name": name, "mimeType": "text/plain", "buffer": f"Ferry to {name} sails\n\n1 March 2021\n\nIt was calm near {name}.".encode()}
        for name in names
    ]
    window.page.locator("#files input[type=file]").set_input_files(files)
    window.box.fill(FLAGSHIP)
    window.box.press("Enter")
    window.answers().nth(len(names)).wait_for(timeout=PATIENCE_MS)
    window.page.wait_for_timeout(1000)
    said = window.answers().all_inner_texts()
    assert sum(text.startswith("Added: ") for text in said) == len(names)
    assert window.page.locator('[data-testid="user"]').all_inner_texts() == [FLAGSHIP]
    assert window.answers().locator("mark").count()


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
    for folded in page.locator("details").all():
        folded.locator("summary").first.click()
    assert page.locator('[role="log"]').locator("img, script, svg:not(button svg), iframe, a").count() == 0
    assert "<script>" in page.locator('[role="log"]').inner_text()
    page.wait_for_timeout(500)


def test_messages_are_read_out_by_their_text_and_the_quotes_name_their_language(window: Window) -> None:
    reply = window.ask("谁在开幕活动上发言？")
    assert window.page.locator('[role="log"] [data-testid][aria-label]').count() == 0
    assert set(reply.locator("blockquote > p:first-child").evaluate_all("all => all.map(one => one.lang)")) <= {"zh-Hans", "zh-Hant", "en"}


def test_the_newest_question_is_in_sight_after_a_long_conversation(window: Window) -> None:
    for _ in range(3):
        window.ask(FLAGSHIP)
    window.page.wait_for_timeout(300)
    log = window.page.locator('[role="log"]').bounding_box()
    asked = window.page.locator('[data-testid="user"]').last.bounding_box()
    assert log and asked and log["y"] <= asked["y"] < log["y"] + log["height"] / 2


def test_clearing_the_conversation_forgets_it(window: Window) -> None:
    window.ask(FLAGSHIP)
    window.page.get_by_role("button", name="Clear").click()
    window.page.get_by_text(EXAMPLES[2]).wait_for()
    window.box.fill(UNANSWERABLE)
    window.box.press("Enter")
    window.page.get_by_text(WORDS.not_found).wait_for(timeout=PATIENCE_MS)
    assert window.answers().count() == 1


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
    assert window.foreign == [] and window.troubles == []
    context.close()


def test_dark_on_a_wide_screen(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1100, "height": 900}, locale="zh-TW", color_scheme="dark")
    window = Window(context.new_page(), address)
    window.ask(FLAGSHIP)
    window.shot("answer-dark")
    assert window.foreign == [] and window.troubles == []
    context.close()
