"""Files, pasted text and web addresses from outside into the library, for the page and for programs alike.

Whatever happens becomes an `Added`, never an exception: the page says it in the visitor's language, a program gets it in English.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chat import rendering
from chat.wording import Wording
from corpus.errors import LibraryBusyError, LibraryError, ReadingError, ReadOnlyLibraryError
from corpus.intake import Outcome, add_bytes
from corpus.library import ArticleInfo, Change
from corpus.reading import is_readable, read

if TYPE_CHECKING:
    from qa.assistant import Assistant

LOG = logging.getLogger("yuanwen.chat")

Progress = Callable[[int, int], None]

MAX_MEGABYTES = 20
"""Of a file or a text: more than any article has, little enough to be read at once."""

NAME_CHARS = 80
"""Of a file's name, in a sentence about it."""
DETAIL_CHARS = 300

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://\S{1,4000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of one article, or of a whole file that could not be read."""

    name: str
    """Of the file or address it came from, without its folder."""
    change: Change | None
    article_id: str | None = None
    title: str = ""
    published: dt.date | None = None
    trouble: str = ""
    """Which sentence says why nothing was stored: the name of one of `Wording` or its ``library``."""
    detail: str = ""
    """The same in English and at more length, where there is more to say. Holds no path."""

    def sentence(self, words: Wording) -> str:
        """The same for a person."""
        name = rendering.clip(self.name, NAME_CHARS)
        say = words.library
        if self.change is None:
            if self.trouble == "add_failed":
                return words.add_failed.format(name=name)
            if self.detail and words.language == "en":
                return words.refused.format(name=name, reason=rendering.clip(self.detail, DETAIL_CHARS))
            reason: str = getattr(words, self.trouble, None) or getattr(say, self.trouble)
            return words.refused.format(name=name, reason=reason.format(megabytes=MAX_MEGABYTES))
        sentences = {
            Change.ADDED: words.added,
            Change.UPDATED: words.updated,
            Change.UNCHANGED: words.unchanged,
            Change.DUPLICATE: words.duplicate,
            Change.REMOVED: say.part_removed,
        }
        date = self.published.isoformat() if self.published else words.no_date
        return sentences[self.change].format(title=rendering.clip(self.title, rendering.TITLE_CHARS), date=date, name=name)


class _Given(NamedTuple):
    """What was handed in: its bytes, and where they are from."""

    data: bytes
    name: str
    url: str | None = None
    charset: str | None = None


class Adding:
    """Stores what comes from outside, one thing at a time, and makes it ready to be asked about. Safe from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()

    def file(self, path: Path, name: str, *, progress: Progress | None = None) -> list[Added]:
        """Store the articles of a file: one, or each of several in a feed, a table or an archive.

        Args:
            path: where the file's bytes are for now.
            name: the file's own name, kept as its articles' source.
            progress: called with how many articles are read and how many there are, then with how many passages are embedded.
        """
        name = rendering.file_name(name)

        def given() -> _Given | Added:
            if not is_readable(name):
                return Added(name=name, change=None, trouble="format_unknown")
            if path.stat().st_size > MAX_MEGABYTES * 2**20:
                return Added(name=name, change=None, trouble="too_large")
            data = path.read_bytes()
            return _Given(data, self._own_name(data, name))

        return self._settled(name, given, progress)

    def text(self, text: str, *, name: str, progress: Progress | None = None) -> list[Added]:
        """Store a text as an article; its first line is the title.

        Args:
            text: of one article.
            name: what to call the place it came from.
            progress: as for `file`.
        """
        name = rendering.file_name(name)
        name = name if Path(name).suffix == ".txt" else f"{name}.txt"

        def given() -> _Given | Added:
            data = text.encode("utf-8", "replace")
            if len(data) > MAX_MEGABYTES * 2**20:
                return Added(name=name, change=None, trouble="too_large")
            return _Given(data, self._own_name(data, name))

        return self._settled(name, given, progress)

    def address(self, address: str, *, progress: Progress | None = None) -> list[Added]:
        """Store what is found at a web address; `corpus.fetching` says what it will not ask for."""
        if not address.lower().startswith(("http://", "https://")):
            return [Added(name=rendering.clip(address, NAME_CHARS), change=None, trouble="not_web")]

        def given() -> _Given | Added:
            from corpus.fetching import shared_fetcher

            try:
                fetched = shared_fetcher().fetch(address)
            except ReadingError as error:
                LOG.info("an address was not added: %s", error)
                return Added(name=address, change=None, trouble="unreachable", detail=_reason(str(error), address))
            return _Given(fetched.data, fetched.asked, fetched.url, fetched.charset)

        return self._settled(address, given, progress)

    def _settled(self, name: str, given: Callable[[], _Given | Added], progress: Progress | None) -> list[Added]:
        """What came of it, whatever comes of it."""
        try:
            found = given()
            return [found] if isinstance(found, Added) else self._stored(found, progress)
        except LibraryError as error:
            LOG.warning("%s was not added: %s", name, error)
            return [Added(name=name, change=None, trouble=library_trouble(error))]
        except Exception:
            LOG.exception("adding %s failed", name)
            return [Added(name=name, change=None, trouble="add_failed")]

    def _stored(self, given: _Given, progress: Progress | None) -> list[Added]:
        library = self._assistant.library
        with self._lock:
            outcomes = add_bytes(library, given.data, name=given.name, url=given.url, charset=given.charset, progress=progress)
            self._assistant.sync(progress=progress)
        infos = {source: info for info in library.articles() for source in info.sources}
        return [_added(outcome, infos.get(outcome.source)) for outcome in outcomes]

    def _own_name(self, data: bytes, name: str) -> str:
        """The name to keep a file under: another article's ``index.html`` must not be taken for an old version of this one.

        A file of the same name whose article has the same title, or that holds several, is a new version.
        """
        library = self._assistant.library
        stem, suffix = Path(name).stem, Path(name).suffix
        for candidate in itertools.chain([name], (f"{stem} ({number}){suffix}" for number in itertools.count(2))):
            known = library.sources_of(candidate)
            if not known or set(known) != {candidate} or hashlib.sha256(data).hexdigest() in known.values():
                return candidate
            try:
                title = read(data, name=candidate).title
            except ReadingError:  # said when it is stored
                return candidate
            if library.article(library.find(candidate)).title == title:
                return candidate
        raise AssertionError("the numbers do not end")


def _added(outcome: Outcome, info: ArticleInfo | None) -> Added:
    name = rendering.file_name(outcome.source)
    if outcome.error is not None:
        LOG.info("%s was not added: %s", name, outcome.error)
        trouble = "nothing_readable" if outcome.empty else "damaged"
        return Added(name=name, change=None, trouble=trouble, detail=_reason(outcome.error, outcome.source))
    if info is None:
        return Added(name=name, change=outcome.change, article_id=outcome.article_id)
    return Added(name=name, change=outcome.change, article_id=info.id, title=info.title, published=info.published)


def _reason(error: str, source: str) -> str:
    """The sentence of an error without the name it begins with, which is said anyway."""
    return error.removeprefix(f"{source}: ")


def is_address(text: str) -> bool:
    """Whether a pasted text is one address, of the web or any other kind, and nothing else.

    >>> is_address(" https://example.org/a?b=1 "), is_address("See https://example.org/")
    (True, False)
    """
    return bool(_ADDRESS.fullmatch(text.strip()))


def library_trouble(error: LibraryError) -> str:
    """Which sentence of `Wording` says what is wrong with the library."""
    if isinstance(error, ReadOnlyLibraryError):
        return "library_read_only"
    return "library_busy" if isinstance(error, LibraryBusyError) else "library_trouble"
