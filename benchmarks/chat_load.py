"""How the chat holds up: twenty programs asking at once, and how long a person at the page waits.

    python -m benchmarks.chat_load                         # the sample library, 20 at once, 3 questions each
    python -m benchmarks.chat_load --people 5 --questions 10 --no-browser

Starts the chat as a user does, on a user folder of its own. The page is measured in Chromium, from the key that sends the question to
the moment the passages, or the whole answer, stand on the page.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.machine import machine
from chat.wording import EXAMPLES

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 120_000
WARM_QUESTIONS = 12

# Times in milliseconds since the Enter key: when the passages are on the page, and when the answer is finished.
_WATCH = """() => {
  const finished = () => document.querySelectorAll('[role="log"] .yw-time, [role="log"] .yw-note').length;
  const before = finished();
  const times = (window.times = {});
  let start;
  addEventListener("keydown", () => { start = performance.now(); }, { once: true, capture: true });
  const look = () => {
    const last = [...document.querySelectorAll('[role="log"] [data-testid="bot"]')].at(-1);
    const now = performance.now() - start;
    if (start && last?.querySelector(".yw-reading") && last.querySelector(".yw-words")) times.passages ??= now;
    if (start && finished() > before) { times.answer = now; times.passages ??= now; } else requestAnimationFrame(look);
  };
  look();
}"""


@contextlib.contextmanager
def running(home: Path) -> Iterator[tuple[str, float]]:
    """The chat on the sample articles; yields its address and how many seconds it took to be ready."""
    began = time.perf_counter()
    environment = {**os.environ, "YUANWEN_HOME": str(home)}
    server = subprocess.Popen([sys.executable, "app.py", "--samples"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        if found is None:
            raise SystemExit("The chat did not start.")
        yield found[0], time.perf_counter() - began
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def asked_at_once(address: str, people: int, questions: int) -> None:
    """Every one of ``people`` asks ``questions`` in turn, the next as soon as the last is answered."""
    from gradio_client import Client

    clients = [Client(address, verbose=False, analytics_enabled=False) for _ in range(people)]

    def person(number: int) -> list[float | None]:
        times: list[float | None] = []
        for turn in range(questions):
            question = EXAMPLES[(number + turn) % len(EXAMPLES)]
            began = time.perf_counter()
            try:
                given = clients[number].predict(question, api_name="/ask")
                times.append(time.perf_counter() - began if given["question"] == question else None)
            except Exception as error:  # counted: what a benchmark of load is for
                print(f"  {type(error).__name__}: {error}", file=sys.stderr)
                times.append(None)
        return times

    began = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        times = [one for several in pool.map(person, range(people)) for one in several]
    wall = time.perf_counter() - began
    good = [one for one in times if one is not None]
    errors, rate = len(times) - len(good), len(good) / wall
    print(f"{people} at once, {questions} questions each: {len(times)} asked, {errors} errors, {rate:.1f} answers/s")
    if good:
        p50, p95 = np.percentile(good, [50, 95])
        print(f"  waited p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(good):.2f} s")


def on_the_page(address: str) -> None:
    """A person at the page: the first answer after the start, then warm ones."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("No chromium here: the page was not measured.")
        return
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"]).new_page()
        page.goto(address)
        page.locator("#question textarea").wait_for(timeout=PATIENCE_MS)
        first = _timed(page, EXAMPLES[0])
        warm = [_timed(page, EXAMPLES[turn % len(EXAMPLES)]) for turn in range(WARM_QUESTIONS)]
    print(f"the page, first question after the start: passages {first[0]:.2f} s, answer {first[1]:.2f} s")
    passages, answers = (np.percentile([one[at] for one in warm], [50, 95]) for at in (0, 1))
    print(f"the page, warm ({len(warm)} questions): passages p50 {passages[0]:.2f} s, p95 {passages[1]:.2f} s; ", end="")
    print(f"answer p50 {answers[0]:.2f} s, p95 {answers[1]:.2f} s")


def _timed(page: Page, question: str) -> tuple[float, float]:
    """Seconds until passages stand on the page, and until the answer does."""
    box = page.locator("#question textarea")
    box.fill(question)
    page.evaluate(_WATCH)
    box.press("Enter")
    page.wait_for_function("() => window.times.answer", timeout=PATIENCE_MS)
    times = page.evaluate("() => window.times")
    return times["passages"] / 1000, times["answer"] / 1000


def main() -> None:
    """Entry point of ``python -m benchmarks.chat_load``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20, help="programs that ask at once (default: 20)")
    parser.add_argument("--questions", type=int, default=3, help="questions of each (default: 3)")
    parser.add_argument("--no-browser", action="store_true", help="leave out the page")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as (address, ready):
        print(f"ready {ready:.1f} s after the start, with indexing the samples")
        if not given.no_browser:
            on_the_page(address)
        asked_at_once(address, given.people, given.questions)


if __name__ == "__main__":
    main()
