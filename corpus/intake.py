"""Files, folders, bytes, texts and web addresses into a library.

What is new is read and stored, what is known costs no work, what fails is reported and the rest goes on.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.errors import EmptyArticleError, ReadingError
from corpus.library import Change, Library
from corpus.reading import Fields, is_readable, read_bytes, read_part
from corpus.reading.fields import NO_FIELDS, check_given
from corpus.reading.formats import open_file
from corpus.reading.parts import Part, Parts
from corpus.reading_ahead import ReadingAhead
from corpus.records import source_key, storable
from corpus.sources import is_entry

if TYPE_CHECKING:
    from corpus.fetching import Fetcher

Progress = Callable[[int, int], None]
"""Called with how many articles are done and how many there are, as far as is known: a file that holds several tells when it is opened."""

_NOT_ARTICLES = frozenset({"readme.md", "readme.txt", "license.txt", "license.md"})
"""Files that speak of a folder and are not part of what was collected in it. Named one by one, they are still read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article, or of a file that could not be read: a change, or the reason why there was none."""

    source: str
    """The file or address, and for one of several articles its place there: ``file.csv#12``, ``file.zip!page.html``."""
    change: Change | None
    article_id: str | None = None
    error: str | None = None
    empty: bool = False
    """With ``error``: there was no article text in it, and nothing else is wrong."""


def tally(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many outcomes there are of each kind: every `Change` by its value, and ``failed``.

    >>> tally([Outcome("a", Change.ADDED), Outcome("b", None, error="b: empty")])["failed"]
    1
    """
    counts = dict.fromkeys([*(change.value for change in Change), "failed"], 0)
    for outcome in outcomes:
        counts["failed" if outcome.change is None else outcome.change.value] += 1
    return counts


# --- files and folders -------------------------------------------------------------------------------------------------------


def article_files(paths: Iterable[Path], *, unreadable: Callable[[Path, OSError], None] | None = None) -> list[Path]:
    """The files meant by some paths: a file is itself, a folder is every readable format below it, hidden ones left out.

    Links to files are followed, links to folders are not, so that a circle of them ends; a link named outright is.

    Args:
        paths: files and folders.
        unreadable: called with each folder below that may not be looked into.

    Raises:
        ReadingError: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(_below(path.resolve(), unreadable))))
        elif path.exists() or path.is_symlink():
            found[path.parent.resolve() / path.name if path.is_symlink() else path.resolve()] = None
        else:
            raise ReadingError(f"There is no file or folder {path}. Check the spelling, or give its full path.")
    return list(found)


def is_article_file(path: Path) -> bool:
    """Whether a file found in a folder is worth reading."""
    return is_readable(path.name) and not path.name.startswith((".", "~$")) and path.name.lower() not in _NOT_ARTICLES


def _below(folder: Path, unreadable: Callable[[Path, OSError], None] | None) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        if unreadable is not None:
            unreadable(Path(error.filename or folder), error)

    for place, folders, names in os.walk(folder, onerror=failed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (path for name in names if is_article_file(path := Path(place) / name))


def add_files(library: Library, paths: Iterable[Path], *, fields: Fields = NO_FIELDS, progress: Progress | None = None) -> list[Outcome]:
    """Read and store files and folders, in batches: interrupted at any moment, what was committed stays, and asking again does the rest.

    Args:
        library: where to.
        paths: files and folders.
        fields: in tables and JSON, which field is what; roles and names, such as ``{"text": "body"}``.
        progress: told after each article.

    Raises:
        ReadingError: a path does not exist, or a role in ``fields`` (before anything is read).
        LibraryError: the library could not be written.
    """
    check_given(fields)
    outcomes: list[Outcome] = []

    def unreadable(folder: Path, error: OSError) -> None:
        outcomes.append(Outcome(str(folder), None, error=f"{folder}: this folder can't be looked into ({error.strerror or error})."))

    files = article_files(paths, unreadable=unreadable)
    count = _Count(len(files), progress)
    with library.batch(), ReadingAhead(files, lambda path: not library.sources_of(str(path))) as ahead:
        for path in files:
            outcomes += _add(
                library,
                functools.partial(read_bytes, path),
                name=str(path),
                fields=fields,
                count=count,
                read=functools.partial(ahead.article, path),
            )
    return outcomes


def add_file(library: Library, path: Path, *, fields: Fields = NO_FIELDS) -> list[Outcome]:
    """Read and store one file. A file that can't be read is an outcome, not an exception; trouble with the library is raised.

    Raises:
        LibraryError: the library could not be written.
    """
    with library.batch():
        return _add(library, lambda: read_bytes(path), name=str(path), fields=fields)


# --- what is not a file ------------------------------------------------------------------------------------------------------


def add_bytes(
    library: Library,
    data: bytes,
    *,
    name: str,
    url: str | None = None,
    charset: str | None = None,
    fields: Fields = NO_FIELDS,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Read and store what is in some bytes, as if they were a file of this name.

    Args:
        library: where to.
        data: a file's content, in any of the formats.
        name: becomes the source; bytes given later under the same name replace these.
        url: where they came from.
        charset: the encoding that a server named for them.
        fields, progress: as for `add_files`.

    Raises:
        LibraryError: the library could not be written.
    """
    with library.batch():
        return _add(library, lambda: data, name=name, url=url, charset=charset, fields=fields, count=_Count(1, progress))


def add_text(library: Library, text: str, *, name: str) -> list[Outcome]:
    """Store a text that someone typed or pasted, as if it were a text file of this name.

    Raises:
        LibraryError: the library could not be written.
    """
    return add_bytes(library, text.encode("utf-8", "replace"), name=name)


def is_address(text: str) -> bool:
    """Whether a text is meant as an address of the web, and not as a file's path."""
    return text.strip().lower().startswith(("http://", "https://"))


def add_url(
    library: Library, url: str, *, fetcher: Fetcher | None = None, fields: Fields = NO_FIELDS, progress: Progress | None = None
) -> list[Outcome]:
    """Fetch a page or a file from the web and store what is in it; its source is the address.

    Args:
        library: where to.
        url: an address beginning with ``http://`` or ``https://``.
        fetcher: one that several addresses share, so that it keeps its pauses and what it knows of sites; a new one when omitted.
        fields, progress: as for `add_files`.

    Raises:
        LibraryError: the library could not be written.
    """
    from corpus.fetching import shared_fetcher

    try:
        fetched = (fetcher or shared_fetcher()).fetch(url)
    except ReadingError as error:
        return [_failed(url, error)]
    return add_bytes(library, fetched.data, name=fetched.asked, url=fetched.url, charset=fetched.charset, fields=fields, progress=progress)


# --- storing -----------------------------------------------------------------------------------------------------------------


class _Count:
    """How far the work has come."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def more(self, articles: int) -> None:
        """A file holds so many articles more than the one it was counted as."""
        self._total += articles

    def one(self) -> None:
        """An article is done."""
        self._done += 1
        self._total = max(self._total, self._done)
        if self._progress is not None:
            self._progress(self._done, self._total)


def _add(
    library: Library,
    data: Callable[[], bytes],
    *,
    name: str,
    url: str | None = None,
    charset: str | None = None,
    fields: Fields = NO_FIELDS,
    count: _Count | None = None,
    read: Callable[[Part], Article] | None = None,
) -> list[Outcome]:
    """Bring the library to what a file holds now; ``read`` gives the article of a part."""
    read = read or functools.partial(read_part, name=name, url=url)
    count = count or _Count(1, None)
    try:
        parts = open_file(data(), name=name, url=url, charset=charset, fields=fields)
    except ReadingError as error:
        count.one()
        return [_failed(name, error)]
    count.more(parts.count - 1)
    known = library.sources_of(name)
    if not parts.passing:  # what a feed of this name has left stays, and what is only called like it
        known = {source: sha256 for source, sha256 in known.items() if not is_entry(source[len(source_key(name)) :])}
    if known and parts.numbered:
        _follow_rows(library, parts, name, known)
    seen: set[str] = set()
    outcomes = []
    for outcome in _stored(library, parts, name, read, known):
        seen.add(source_key(outcome.source))
        outcomes.append(outcome)
        count.one()
    # What only could not be read this time is not gone: a failure of the whole file goes by its name.
    whole = not any(outcome.error and outcome.source == name for outcome in outcomes)
    if whole and not parts.passing:
        for source in sorted(known.keys() - seen):
            library.remove_source(source)
            outcomes.append(Outcome(source, Change.REMOVED))
    return outcomes


def _stored(library: Library, parts: Parts, name: str, read: Callable[[Part], Article], known: dict[str, str]) -> Iterator[Outcome]:
    try:
        for part in parts.each():
            source = name + part.key
            if known.get(source_key(source)) == part.sha256:
                yield Outcome(source, Change.UNCHANGED)
                continue
            try:
                article = storable(read(part))
            except ReadingError as error:
                yield _failed(source, error)
                continue
            yield Outcome(source, library.add(article), article.id)
    except ReadingError as error:  # an archive that turns out damaged on the way
        yield _failed(name, error)


def _failed(source: str, error: ReadingError) -> Outcome:
    return Outcome(source, None, error=str(error), empty=isinstance(error, EmptyArticleError))


def _follow_rows(library: Library, parts: Parts, name: str, known: dict[str, str]) -> None:
    """Let each article keep its row where rows have moved: one put in at the top would otherwise have all below it read anew."""
    now = {source_key(name + part.key): part.sha256 for part in parts.each()}
    movable: dict[str, list[str]] = {}
    for source, sha256 in known.items():
        if now.get(source) != sha256:
            movable.setdefault(sha256, []).append(source)
    names = {movable[sha256].pop(): source for source, sha256 in now.items() if known.get(source) != sha256 and movable.get(sha256)}
    if names:
        library.rename_sources(names)
        kept = {new: known[old] for old, new in names.items()}
        for source in {*names, *names.values()}:
            known.pop(source, None)
        known.update(kept)
