"""Folders watched: what is saved into them while the program runs is added to the library."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ReadingError
from corpus.intake import Outcome, add_files, is_article_file
from corpus.library import Library
from corpus.reading import Fields
from corpus.reading.fields import NO_FIELDS


@dataclass(frozen=True, slots=True)
class Noticed:
    """What happened in the folders between two looks."""

    outcomes: tuple[Outcome, ...]
    """Of files that are new or changed."""
    deleted: tuple[Path, ...]
    """Files that are gone, and whose articles stay: a library is what one has read, and a folder is often tidied."""


def watch(
    library: Library, folders: Iterable[Path], *, fields: Fields = NO_FIELDS, stop: threading.Event | None = None
) -> Iterator[Noticed]:
    """Add what is saved into some folders, each time something was, until ``stop`` is set or Ctrl-C is pressed.

    What lies there already is not looked at; `add_files` is for that.

    Raises:
        ReadingError: one of the folders does not exist.
        LibraryError: the library could not be written.
    """
    import watchfiles

    folders = [folder.resolve() for folder in folders]
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise ReadingError(f"{missing[0]} is no folder that can be watched. Name a folder, and add files without --watch.")

    def concerns(_: watchfiles.Change, name: str) -> bool:
        path = Path(name)
        inside = next((path.relative_to(folder) for folder in folders if path.is_relative_to(folder)), path)
        hidden = any(part.startswith(".") for part in inside.parts)
        return not hidden and (is_article_file(path) or path.is_dir())

    for changes in watchfiles.watch(*folders, watch_filter=concerns, stop_event=stop, raise_interrupt=True):
        paths = sorted({Path(name) for _, name in changes})
        there = [path for path in paths if path.exists()]
        gone = [path for path in paths if not path.exists() and library.sources_of(str(path))]
        noticed = Noticed(tuple(_added(library, there, fields)), tuple(gone))
        if noticed.outcomes or noticed.deleted:
            yield noticed


def _added(library: Library, paths: list[Path], fields: Fields) -> list[Outcome]:
    try:
        return add_files(library, paths, fields=fields)
    except ReadingError:  # one of them went in this very moment; its deletion is noticed next
        return [outcome for path in paths if path.exists() for outcome in add_files(library, [path], fields=fields)]
