"""A process that reads pdf files, and large Word files, web pages and feeds: one made to take for ever, or all memory, costs itself only.

It is started for the first such file (a quarter of a second), serves one after the other, and ends with the program. Where no process can
be started, the files are read within the program. What runs in it is `corpus.reading.apart_process`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading.apart_process import LENGTH_BYTES, Message, messages
from corpus.reading.extracted import Extracted, from_plain

FIRST_S = 60.0
"""A file may take so long …"""
PAGE_S = 2.0
"""… and for every page that has come out of it so much longer. Pages of print take some hundredths of a second."""


LARGE_BYTES = 2 * 2**20
"""Files of other formats than pdf are read apart from so many bytes on. Below this, what takes time in proportion to the square of a file's
length takes seconds."""


class ApartError(Exception):
    """The process ended, or had to be ended, over a file; the text says why."""


class Apart:
    """Reads one file at a time; safe from several threads."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, kind: str, data: bytes, receive: Callable[[Message], None], *, name: str, url: str | None = None) -> None:
        """Hand each message on a file to ``receive``, as `corpus.reading.apart_process` makes them.

        Args:
            kind: ``pdf``, ``docx``, ``html``, ``mhtml`` or ``feed``.
            data: the file.
            receive: called with each message but the last, which only says that it is.
            name, url: the file's.

        Raises `ApartError` when the file takes too long or too much; and whatever ``receive`` raises, which ends the reading.
        """
        with self._lock:
            process = self._running()
            if process is None:
                for message in messages(data, kind=kind, name=name, url=url):
                    receive(message)
                return
            watch = _Watch(process)
            known = {"kind": kind, "name": name, "url": url}
            try:
                assert process.stdin is not None and process.stdout is not None  # noqa: S101  # both were asked for
                _exchange(process.stdin, process.stdout, (json.dumps(known).encode(), data), receive, watch)
            except BaseException:
                self._end()  # whatever it still says belongs to this file
                raise
            finally:
                watch.stop()

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if not sys.executable:
            return None
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}  # noqa: PTH109
        try:
            self._process = subprocess.Popen(  # this very Python and a module of ours
                [sys.executable, "-m", "corpus.reading.apart_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the program, which ends this process in its own time
            )
        except OSError:
            return None
        atexit.register(self._end)
        return self._process

    def _end(self) -> None:
        atexit.unregister(self._end)
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what could not be sent is of no interest any more
                    if pipe is not None:
                        pipe.close()
            process.wait()


class _Watch:
    """Ends the process when its time is up. Pages that come out of it give it more."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._granted_s = FIRST_S
        self._seconds_s = FIRST_S
        self.too_late = False
        self._timer = self._started(FIRST_S)

    def page(self) -> None:
        self._granted_s += PAGE_S

    def stop(self) -> None:
        self._timer.cancel()

    def _started(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._over)
        timer.daemon = True
        timer.start()
        return timer

    def _over(self) -> None:
        more = self._granted_s - self._seconds_s
        if more > 0:
            self._seconds_s = self._granted_s
            self._timer = self._started(more)
            return
        self.too_late = True
        self._process.kill()


def _exchange(to: IO[bytes], back: IO[bytes], parts: Sequence[bytes], receive: Callable[[Message], None], watch: _Watch) -> None:
    try:
        for part in parts:
            to.write(len(part).to_bytes(LENGTH_BYTES) + part)
        to.flush()
        while line := back.readline():
            message: Message = json.loads(line)
            if "done" in message:
                return
            receive(message)
            if "page" in message:
                watch.page()
    except (OSError, ValueError):
        pass  # it ended in the midst of a sentence
    raise ApartError("it takes too long" if watch.too_late else "it is too much for the memory, or for the library that reads it")


PROCESS = Apart()
"""The one that all share."""


def extract(kind: str, data: bytes, *, name: str, url: str | None = None) -> Extracted:
    """What a format's own ``extract`` finds, by that process.

    Raises what that raises; `ReadingError` too when the file takes too long, or more than 3 GB of memory.
    """
    return from_plain(_said(kind, data, name=name, url=url)["extracted"])


def entries(data: bytes, *, name: str) -> list[dict[str, str]]:
    """`corpus.reading.feeds.entries_here`, by that process; raises as `extract` does."""
    found: list[dict[str, str]] = _said("feed", data, name=name)["entries"]
    return found


def _said(kind: str, data: bytes, *, name: str, url: str | None = None) -> Message:
    said: Message = {}
    try:
        PROCESS.read(kind, data, said.update, name=name, url=url)
    except ApartError as error:
        raise ReadingError(f"{name}: this file can't be read ({error}). Save its text as txt, or split it and add the parts.") from error
    if "refused" in said:
        raise (EmptyArticleError if said["empty"] else ReadingError)(said["refused"])
    return said


def page(data: bytes, *, name: str, url: str | None = None) -> Extracted:
    """`corpus.reading.html.extract`, apart where the page is large."""
    if len(data) > LARGE_BYTES:
        return extract("html", data, name=name, url=url)
    from corpus.reading import html

    return html.extract(data, name=name, url=url)
