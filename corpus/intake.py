"""Files and folders into a library.

What is new is read and stored, what is known costs no work, what fails is reported and the rest goes on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ReadingError
from corpus.library import Change, Library
from corpus.reading import SUFFIXES, read, read_bytes
from corpus.records import storable

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""

_NOT_ARTICLES = frozenset({"readme.md", "readme.txt", "license.txt", "license.md"})
"""Files that speak of a folder and are not part of what was collected in it. Named one by one, they are still read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a change, or the reason why there was none."""

    path: Path
    change: Change | None
    article_id: str | None = None
    error: str | None = None


def article_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant by some paths: a file is itself, a folder is every readable format below it, hidden ones left out.

    Raises:
        ReadingError: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(_below(path.resolve()))))
        elif path.exists():
            found[path.resolve()] = None
        else:
            raise ReadingError(f"There is no file or folder {path}. Check the spelling, or give its full path.")
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):  # follows no links to folders, so that a circle of them ends
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".") and name.lower() not in _NOT_ARTICLES:
                yield Path(place) / name


def add_file(library: Library, path: Path) -> Outcome:
    """Read and store one file. A file that cannot be read is an outcome, not an exception; trouble with the library is raised.

    Raises:
        LibraryError: the library could not be written.
    """
    source = str(path)
    try:
        data = read_bytes(path)
        if library.has(source, hashlib.sha256(data).hexdigest()):
            return Outcome(path, Change.UNCHANGED)
        article = read(data, name=source)
    except ReadingError as error:
        return Outcome(path, None, error=str(error))
    return Outcome(path, library.add(article), storable(article).id)


def add_files(library: Library, paths: Iterable[Path], *, progress: Progress | None = None) -> list[Outcome]:
    """Read and store files and folders, in batches: interrupted at any moment, what was committed stays, and asking again does the rest.

    Raises:
        ReadingError: a path does not exist (before anything is read).
        LibraryError: the library could not be written.
    """
    files = article_files(paths)
    outcomes = []
    with library.batch():
        for done, path in enumerate(files, 1):
            outcomes.append(add_file(library, path))
            if progress is not None:
                progress(done, len(files))
    return outcomes
