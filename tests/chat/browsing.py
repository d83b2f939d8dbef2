"""The whole program in a real browser: started as a user starts it, used by mouse and keyboard, watched for every request.

Screenshots go to the folder that YUANWEN_SCREENSHOTS names, else to tests/artefacts/, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from chat.wording import EXAMPLES, WORDINGS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(os.environ.get("YUANWEN_SCREENSHOTS") or ROOT / "tests" / "artefacts")
WORDS = WORDINGS["en"]
FLAGSHIP = EXAMPLES[0]
UNANSWERABLE = EXAMPLES[-1]
PATIENCE_MS = 60_000
FLAGS = ("--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run").split()


def chromium() -> str:
    """The browser's program; without one the tests are skipped, but in CI that is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        message = "No chromium here: install it (Debian: apt-get install chromium) to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


class Program:
    """``python app.py`` on a user folder of its own; started again, it finds what it kept."""

    def __init__(self, home: Path, *options: str) -> None:
        """``options``: of the command line."""
        self._home, self._options = home, options
        home.mkdir(exist_ok=True)
        self.address = ""
        self._server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "YUANWEN_HOME": str(self._home),
            "HTTP_PROXY": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
        }
        with (self._home / "errors.txt").open("a") as errors:
            server = subprocess.Popen(
                [sys.executable, "app.py", *self._options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._server = server
        assert server.stdout
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if not found:
            server.kill()
            pytest.fail(f"The server did not start: {line}{self.errors()}")
        self.address = found[0]

    def stop(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        if server.stdout:
            server.stdout.close()
        assert "Traceback" not in self.errors()

    def errors(self) -> str:
        return (self._home / "errors.txt").read_text()


class Window:
    """A page and what a person does with it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", self._watch)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self.troubles.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(address)
        self.box = page.locator("#question textarea")
        self.box.wait_for()

    def _watch(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def check(self) -> None:
        """Whatever was done: nothing ran that isn't ours, and nothing was fetched from elsewhere."""
        assert self.page.title() == "Yuanwen 原文"
        assert self.foreign == []
        assert self.troubles == []

    def answers(self) -> Locator:
        """The replies so far, those still being worked on left out."""
        return self.page.locator('[data-testid="bot"] .yw:not(:has(.yw-reading))')

    def reply(self, before: int) -> Locator:
        """The reply that follows the first ``before`` ones."""
        reply = self.answers().nth(before)
        reply.wait_for()
        return reply

    def ask(self, question: str) -> Locator:
        before = self.answers().count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.reply(before)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def add(self, *files: Path | dict[str, Any]) -> str:
        """Add files in the library's tab, come back, and say what became of them."""
        self.tab(WORDS.library_tab)
        said = self.page.locator("#added")
        before = said.inner_text()
        self.page.locator("#files input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]
        self.page.wait_for_function("before => document.querySelector('#added').innerText.trim() !== before.trim()", arg=before)
        told = said.inner_text().strip()
        self.tab(WORDS.conversation_tab)
        return told

    def panel(self) -> Locator:
        """The article beside the conversation."""
        return self.page.locator("#panel .yw-panel")

    def shot(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True, parents=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")
