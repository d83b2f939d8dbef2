"""Zip archives: every readable file in them, also those of one archive within another."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading.extracted import Extracted
from corpus.reading.packed import name_of, opened, unpacked
from corpus.reading.parts import Part, Parts, digest

Opener = Callable[[bytes, str], Parts]
"""Given a member's bytes and the name to call it by."""

_WHAT = "this zip archive"


def open_archive(data: bytes, *, name: str, wanted: Callable[[str], bool], opener: Opener) -> Parts:
    """The articles in an archive, each file read when its turn comes.

    Args:
        name: the archive's.
        wanted: whether a file of this name is worth reading.
        opener: opens one of its files.

    Raises:
        ReadingError: the archive is damaged, or unpacks to more than is sensible.
        EmptyArticleError: there is nothing readable in it.
    """
    with opened(data, name=name, what=_WHAT) as archive:
        count = sum(1 for _ in _members(archive, wanted))
    if not count:
        raise EmptyArticleError(f"{name}: no file in this zip archive can be read.")

    def each() -> Iterator[Part]:
        with opened(data, name=name, what=_WHAT) as archive:
            for member, inner in _members(archive, wanted):
                yield from _parts(archive, member, f"!{inner}", name, opener)

    return Parts(each=each, count=count)


def _members(archive: zipfile.ZipFile, wanted: Callable[[str], bool]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Those worth reading, each name once: the last of a name is the one that other programs unpack too."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        inner = name_of(member).replace("\\", "/")
        path = PurePosixPath(inner)
        hidden = any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in path.parts)
        if not member.is_dir() and not hidden and wanted(path.name):
            found[inner] = member
    yield from ((member, inner) for inner, member in found.items())


def _parts(archive: zipfile.ZipFile, member: zipfile.ZipInfo, key: str, name: str, opener: Opener) -> Iterator[Part]:
    try:
        inner = opener(unpacked(archive, member, name=name + key), name + key)
    except ReadingError as error:
        yield _failed(key, name, error)
        return
    for part in inner.each():
        yield dataclasses.replace(part, key=key + part.key)


def _failed(key: str, name: str, error: ReadingError) -> Part:
    def extract() -> Extracted:
        raise error

    return Part(key=key, name=name + key, sha256=digest("failed", str(error)), extract=extract)
