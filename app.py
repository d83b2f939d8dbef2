"""Starts the chat: ``python app.py``, or `serve` for the command line. Opens a library, makes it ready, shows the page until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import YuanwenError

if TYPE_CHECKING:
    from corpus.library import Library
    from qa.assistant import Assistant

LOOPBACK = "127.0.0.1"


def serve(
    *,
    library: Path | None,
    samples: bool,
    host: str = LOOPBACK,
    port: int | None = None,
    auth: str | None = None,
    auth_file: Path | None = None,
    mcp: bool = False,
) -> None:
    """Show the chat until Ctrl-C. Indexes what is not indexed yet, then prints one line with the address.

    Args:
        library: folder to open; when omitted the user's own library if it holds articles, else the sample articles.
        samples: open the sample articles in any case.
        host: address to listen on; any other than this machine's own lets others in.
        port: the first free one from 7860 on when omitted.
        auth: name of the one person who may use it; the password is in ``YUANWEN_PASSWORD`` or is asked for.
        auth_file: lines of the people who may use it, see `chat.access`.
        mcp: serve the endpoints as tools of the Model Context Protocol too.

    Raises:
        YuanwenError: the library cannot be used, the port is taken, or nobody's password is known; the message says what to do.
    """
    # Read when Gradio and the model libraries are imported: nothing is reported, nothing is looked up elsewhere.
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    from chat.access import accounts as accounts_of

    accounts = accounts_of(auth, auth_file)  # a question on the terminal comes before anything that takes time
    opened, are_samples = choose_library(library, samples=samples)
    with opened:
        from qa.assistant import Assistant

        assistant = Assistant(opened)
        with progress_bar("embedding") as progress:
            assistant.sync(progress=progress)

        from chat.replies import Replies
        from chat.window import served

        articles = len(opened.articles())
        replies = Replies(assistant)
        with served(replies, samples=are_samples, empty=not articles, host=host, port=port, accounts=accounts, mcp=mcp) as address:
            what = "the sample library" if are_samples else str(opened.folder)
            _say(f"Yuanwen is ready at {address} with {articles} articles ({what}). Stop it with Ctrl-C.")
            if host not in (LOOPBACK, "localhost", "::1"):
                who = "anyone" if accounts is None else "anyone with a password"
                _say(f"It listens on {host}: {who} who can reach this machine there can read, add to and remove from the library.")
            warming = threading.Thread(target=_warm_up, args=(assistant,))
            warming.start()
            _wait()
            warming.join()


def choose_library(folder: Path | None, *, samples: bool) -> tuple[Library, bool]:
    """The library to show, and whether it is the sample library."""
    from corpus.library import Library
    from qa.places import default_library, sample_library

    if folder is not None and samples:
        raise YuanwenError("--library and --samples exclude each other: name a folder or ask for the sample articles.")
    if folder is not None:
        return Library(folder), False
    if not samples and default_library().is_dir():
        own = Library(default_library())
        if own.articles():
            return own, False
        own.close()
    with progress_bar("reading") as progress:
        return sample_library(progress=progress), True


def _warm_up(assistant: Assistant) -> None:
    """Open the models while the first question is being typed. Trouble shows, and is told, when that question is asked."""
    with contextlib.suppress(Exception):
        assistant.ask("who spoke?")


def _wait() -> None:
    """Until Ctrl-C or a request to end; both let the caller clear up."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on the error stream; it appears at the first report of something to do, and goes when done.

    Yields what to report to: how many are done, and how many there are.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, visible=False, rate="")

        def report(done: int, total: int) -> None:
            speed = progress.tasks[0].speed
            progress.update(task, completed=done, total=total, visible=total > 0, rate=f"{speed:.1f}/s" if speed else "")

        yield report


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Entry point of ``python app.py``."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Ask your articles in a chat window in the browser.")
    parser.add_argument("--library", type=Path, metavar="DIR", help="library to open (default: your own, or the samples while it is empty)")
    parser.add_argument("--samples", action="store_true", help="open the sample articles that come with the program")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, help="port (default: the first free one from 7860 on)")
    parser.add_argument("--auth", metavar="USER", help="ask for this name and a password (YUANWEN_PASSWORD, or typed when it starts)")
    parser.add_argument("--auth-file", type=Path, metavar="FILE", help="ask for one of several names; python -m chat.access prints lines")
    parser.add_argument("--mcp", action="store_true", help="serve the endpoints as tools for other programs too (MCP)")
    given = parser.parse_args()
    try:
        serve(**vars(given))
    except YuanwenError as error:
        sys.exit(f"yuanwen: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped. What was finished is kept; the next start does the rest.")


if __name__ == "__main__":
    main()
