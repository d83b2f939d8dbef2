"""A chat on a library of the test's choosing in a real browser, watched for every request and for everything that runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.chat.browsing import FLAGS, chromium

ARTEFACTS = Path(__file__).resolve().parents[1] / "artefacts"
PATIENCE_MS = 60_000

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from qa.assistant import Assistant


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@contextlib.contextmanager
def chat(assistant: Assistant, **options: Any) -> Iterator[str]:
    """The page on loopback; yields its address."""
    from chat.replies import Replies
    from chat.window import served

    with served(Replies(assistant), host="127.0.0.1", port=None, **options) as address:
        yield address


class Visitor:
    """A page and what a person does with it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.troubles: list[str] = []
        page.on("request", self._watch)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self.troubles.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        page.goto(address)
        self.box = page.locator("#question textarea")
        self.box.wait_for(timeout=PATIENCE_MS)

    def _watch(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def to_articles(self) -> None:
        """Open the library's tab."""
        self.page.get_by_role("tab").nth(1).click()
        self.page.locator("#articles .yw").wait_for(timeout=PATIENCE_MS)

    def to_questions(self) -> None:
        """Open the conversation's tab."""
        self.page.get_by_role("tab").nth(0).click()
        self.box.wait_for(timeout=PATIENCE_MS)

    def ask(self, question: str) -> Locator:
        """Ask, and wait for the reply to be finished."""
        done = self.page.locator('[data-testid="bot"] .yw:has(.yw-time, .yw-note)')
        before = done.count()
        self.box.fill(question)
        self.box.press("Enter")
        done.nth(before).wait_for(timeout=PATIENCE_MS)
        return done.nth(before)

    def drop(self, *files: Path | dict[str, Any]) -> str:
        """Add files, and wait for what is said of them."""
        return self._told(lambda: self.page.locator("#files input[type=file]").set_input_files(list(files)))  # type: ignore[arg-type]

    def paste(self, text: str) -> str:
        """Paste a text or an address, and wait for what is said of it."""
        self.page.locator("#pasted textarea").fill(text)
        return self._told(self.page.locator("#add-pasted").click)

    def _told(self, do: Any) -> str:
        told = self.page.locator("#added .yw")
        before = told.inner_html() if told.count() else ""
        do()
        self.page.wait_for_function(
            "before => (document.querySelector('#added .yw')?.innerHTML ?? '') !== before", arg=before, timeout=PATIENCE_MS
        )
        return str(told.inner_text())

    def titles(self) -> list[str]:
        """Of the articles listed."""
        return [str(text) for text in self.page.locator("#articles tbody .yw-open").all_inner_texts()]

    def press(self, name: str, nth: int = 0) -> None:
        """Press one of the list's buttons, and wait until the list is another."""
        before = self.page.locator("#articles .yw").inner_html()
        self.page.locator(f'#articles button[name="{name}"]').nth(nth).click()
        self.changed(before)

    def search(self, query: str) -> None:
        """Type into the search box, and wait until the list is another."""
        before = self.page.locator("#articles .yw").inner_html()
        self.page.locator("#search input, #search textarea").fill(query)
        self.changed(before)

    def changed(self, before: str) -> None:
        self.page.wait_for_function(
            "before => document.querySelector('#articles .yw')?.innerHTML !== before", arg=before, timeout=PATIENCE_MS
        )

    def shot(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
