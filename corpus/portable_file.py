"""A zip of named members with a manifest that says what each must be: written whole or not at all, and checked whole before use.

A zip of plain lines rather than a copy of the database: nothing in it is ever run (a database brings triggers and views of its own), any
program can read it, and merging goes through the same door as every other article. Nothing is unpacked to disk, so a member's name leads
nowhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from corpus.errors import LibraryVersionError, TransferError

FORMAT, VERSION = "yuanwen-library", 1
MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1_000_000
_LARGEST_LINE = 100_000_000
"""In bytes: an article with all that is known of it is one line."""
_LARGEST_GROWTH, _ALWAYS_ALLOWED = 250, 100_000_000
"""Unpacked, a file may be so many times as large, or so many bytes. Text packs to a fourth; what packs better is meant to fill a disk."""
_CHUNK = 1 << 20

Progress = Callable[[int, int], None]


class Writer:
    """Members are written one after the other; the manifest comes last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members: dict[str, dict[str, Any]] = {}

    @contextlib.contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """What takes the bytes of one member."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if name.endswith(".f32") else zipfile.ZIP_DEFLATED  # floats hardly pack
        with self._archive.open(info, "w", force_zip64=True) as file:

            def write(data: bytes) -> None:
                nonlocal size
                file.write(data)
                digest.update(data)
                size += len(data)

            yield write
        self._members[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def lines(self, name: str, values: Iterator[Any]) -> int:
        """Writes a member of JSON lines; returns how many."""
        count = 0
        with self.member(name) as write:
            for value in values:
                write(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n")
                count += 1
        return count

    def finish(self, about: dict[str, Any]) -> None:
        """Writes the manifest with what there is to say ``about`` the whole."""
        manifest = {"format": FORMAT, "version": VERSION, **about, "members": self._members}
        self._archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new file at ``path``, which is there only when all of it is.

    Raises:
        TransferError: something is there already, or it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if path.exists():
            raise TransferError(f"{path} is there already. Move it elsewhere, or choose another name.")
        with zipfile.ZipFile(part, "w", allowZip64=True) as archive:
            yield Writer(archive)
        part.replace(path)
    except OSError as error:
        raise TransferError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


class Reader:
    """The members of a file whose manifest and sizes are in order. `check` says whether their content is."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, manifest: dict[str, Any]) -> None:
        self._archive = archive
        self._path = path
        self.manifest = manifest
        self._members: dict[str, dict[str, Any]] = manifest["members"]

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """In bytes, unpacked."""
        return int(self._members[name]["bytes"])

    def check(self, progress: Progress | None = None) -> None:
        """Reads everything once.

        Raises:
            TransferError: a member is not what was written.
        """
        total, done = sum(self.size(name) for name in self._members), 0
        for name, expected in self._members.items():
            digest = hashlib.sha256()
            for chunk in self.chunks(name, _CHUNK):
                digest.update(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
            if digest.hexdigest() != expected["sha256"]:
                raise damaged(self._path, f"the checksum of {name} does not fit")

    def chunks(self, name: str, size: int) -> Iterator[bytes]:
        """A member in pieces of ``size`` bytes, the last one shorter."""
        left = self.size(name)
        with self._open(name) as file:
            while left > 0:
                chunk = _whole(file, min(size, left))
                if not chunk:
                    raise damaged(self._path, f"{name} ends early")
                left -= len(chunk)
                yield chunk
            if file.read(1):
                raise damaged(self._path, f"{name} is longer than it says")

    def lines(self, name: str) -> Iterator[Any]:
        """The values of a member of JSON lines."""
        with self._open(name) as file:
            number = 0
            while line := file.readline(_LARGEST_LINE):
                number += 1
                try:
                    if not line.endswith(b"\n"):
                        raise ValueError("the line does not end")
                    yield json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise damaged(self._path, f"line {number} of {name} is not JSON") from error

    @contextlib.contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        with _explained(self._path), self._archive.open(name) as file:
            yield file


def _whole(file: IO[bytes], size: int) -> bytes:
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A file opened for reading, its manifest and its sizes checked.

    Raises:
        LibraryVersionError: a newer version of the program wrote it.
        TransferError: it is missing, damaged, something else, or meant to do harm.
    """
    with _explained(path):
        archive = zipfile.ZipFile(path)
    with archive:
        with _explained(path):
            reader = Reader(archive, path, _manifest(archive, path))
        yield reader


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise TransferError(f"There is no file {path}. Check the spelling, or give its full path.") from error
    except zipfile.BadZipFile as error:
        raise TransferError(f"{path} is no exported library, or it is damaged ({error}). Export it again; nothing was imported.") from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, RecursionError):
            raise
        raise damaged(path, str(error)) from error
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror or error}.") from error


def damaged(path: Path, why: str) -> TransferError:
    """The error for a file that is not as it was written."""
    return TransferError(f"{path} is damaged: {why}. Copy or export it again; nothing was imported.")


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names:
        raise TransferError(f"{path} is a zip, but no exported library. Files of articles are added with: yuanwen add {path.name}")
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise damaged(path, "its manifest is far too long")
    try:
        with archive.open(MANIFEST) as file:
            manifest = json.loads(file.read(_LARGEST_MANIFEST + 1))
        if manifest["format"] != FORMAT:
            raise TransferError(f"{path} is no exported library: it says it is {str(manifest['format'])[:40]!r}.")
        version = manifest["version"]
        if not isinstance(version, int) or version < 1:
            raise ValueError("version")
        if version > VERSION:
            raise LibraryVersionError(
                f"{path} was exported by a newer version of this program (its format is {version}, the newest known here is {VERSION}). "
                "Update the program; nothing was imported."
            )
        members = manifest["members"]
        expected = {str(name): int(member["bytes"]) for name, member in members.items() if isinstance(member["sha256"], str)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, "its manifest is not in order") from error
    found = {info.filename: info.file_size for info in infos if info.filename != MANIFEST}
    if len(names) != len(set(names)) or found != expected or len(expected) != len(members):
        raise damaged(path, "what it holds is not what its manifest names")
    if sum(found.values()) > max(_ALWAYS_ALLOWED, _LARGEST_GROWTH * path.stat().st_size):
        raise TransferError(f"{path} would unpack to {sum(found.values())} bytes, far more than articles do. It was left alone.")
    return dict(manifest)
