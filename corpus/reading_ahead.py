"""Web pages of a large folder read by several processes, while the library stores the ones before: reading is four fifths of the work.

Nothing depends on it: a page that was not read ahead, or that has changed since, is read in its turn.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from itertools import islice
from pathlib import Path
from types import TracebackType

from corpus.article import Article
from corpus.errors import ReadingError
from corpus.reading import read_bytes, read_part
from corpus.reading.formats import open_file
from corpus.reading.parts import Part

LEAST = 40
"""Pages from which on it pays to start processes: each takes about a second to be ready."""
_PAGES = (".html", ".htm", ".xhtml", ".shtml")
_WAITING = 4
"""Pages read ahead for each process: more would only fill the memory."""

_Read = tuple[str, Article | ReadingError]
"""The SHA-256 of a page, and its article or why it has none."""


class ReadingAhead:
    """Reads pages ahead of their turn, as many at a time as there are processors; a context manager, which ends its processes."""

    def __init__(self, files: Iterable[Path], is_new: Callable[[Path], bool]) -> None:
        """Look which files are worth it.

        Args:
            files: in the order in which their articles will be asked for.
            is_new: whether the library has nothing of a file; what it has is mostly unchanged, and needs no reading.
        """
        self._processes = os.cpu_count() or 1
        pages = [path for path in files if path.suffix.lower() in _PAGES and is_new(path)] if self._processes > 1 else []
        self._waiting = deque(pages if len(pages) >= LEAST else ())
        self._begun: dict[Path, Future[_Read | None]] = {}
        self._executor: Executor | None = None

    def __enter__(self) -> ReadingAhead:
        if self._waiting:
            from loky import ProcessPoolExecutor  # unlike the standard library's, it asks nothing of the program that starts it

            self._executor = ProcessPoolExecutor(max_workers=self._processes)  # type: ignore[no-untyped-call]
            self._begin(_WAITING * self._processes)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]  # loky's own

    def article(self, path: Path, part: Part) -> Article:
        """The article of a file's part, read ahead or now.

        Raises:
            ReadingError: it can't be read; the text says why.
        """
        read = self._taken(path)
        if read is None or part.key or read[0] != part.sha256:
            return read_part(part, name=str(path))
        if isinstance(read[1], ReadingError):
            raise read[1]
        return read[1]

    def _begin(self, pages: int) -> None:
        while pages and self._waiting and self._executor is not None:
            path = self._waiting.popleft()
            self._begun[path] = self._executor.submit(_read, path)
            pages -= 1

    def _taken(self, path: Path) -> _Read | None:
        future = self._begun.pop(path, None)
        if future is None:
            return None
        try:
            self._begin(1)
            return future.result()
        except Exception:  # whatever became of that process: the page is read here, and says for itself what is wrong
            self._waiting.clear()
            return None


def _read(path: Path) -> _Read | None:
    """Read a file's only part; None when it has several or can't be opened, which is found out again in its turn."""
    try:
        parts = list(islice(open_file(read_bytes(path), name=str(path)).each(), 2))
        if len(parts) != 1:
            return None
        try:
            return parts[0].sha256, read_part(parts[0], name=str(path))
        except ReadingError as error:
            return parts[0].sha256, error
    except ReadingError:
        return None
