"""Zip files, opened with care: what unpacks beyond measure is refused before it does, and nothing is ever written to the disk.

Of the names within, nothing is made but a part of an article's source: one that would lead out of a folder leads nowhere here.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Iterator

from corpus.errors import ReadingError
from corpus.reading.text import decode_name

MOST_BYTES = 2 * 2**30
"""Unpacked, all together; one after the other is read and let go."""
MOST_MEMBER_BYTES = 200 * 2**20
MOST_MEMBERS = 50_000
MOST_RATIO = 200
"""Texts shrink to a tenth, repetitive tables to a fiftieth. What shrinks more than this was made to fill a memory."""
_RATIO_FROM = 2**20
"""In bytes unpacked: little files may be as empty as they like."""
_UTF8 = 0x800
_ENCRYPTED = 0x1


@contextlib.contextmanager
def opened(data: bytes, *, name: str, what: str, most: int = MOST_BYTES) -> Iterator[zipfile.ZipFile]:
    """A zip file whose sizes have been looked at.

    Args:
        name: the file's.
        what: what a reader knows such a file as, for messages: "this zip archive".
        most: bytes it may unpack to.

    Raises:
        ReadingError: it is damaged, or unpacks to more than is sensible; also when anything goes wrong within the block.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_sizes(archive.infolist(), name=name, what=what, most=most)
            yield archive
    except ReadingError:
        raise
    except Exception as error:  # a damaged file makes the libraries that read it fail in any way
        raise ReadingError(f"{name}: {what} is damaged ({error}). Make or download it anew.") from error


def check_sizes(members: list[zipfile.ZipInfo], *, name: str, what: str, most: int = MOST_BYTES) -> None:
    """Raise `ReadingError` when an archive says of itself that it holds more than is sensible. More than it says never comes out of it."""
    size = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise ReadingError(f"{name}: {what} holds {len(members):,} files, more than {MOST_MEMBERS:,}. Unpack it and add the folder.")
    if size > most:
        raise ReadingError(f"{name}: {what} unpacks to {size / 2**20:,.0f} MB, more than {most // 2**20:,}. Split it and add the parts.")
    packed = sum(member.compress_size for member in members)
    if size > _RATIO_FROM and size > MOST_RATIO * max(1, packed):
        raise ReadingError(f"{name}: {what} unpacks to {size // max(1, packed):,} times its size, as only files made to do harm do.")


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, name: str, most: int = MOST_MEMBER_BYTES) -> bytes:
    """One file of an archive.

    Raises:
        ReadingError: it needs a password, is too large, or is damaged.
    """
    if member.flag_bits & _ENCRYPTED:
        raise ReadingError(f"{name}: this file needs a password. Unpack the archive and add what is in it.")
    if member.file_size > most:
        raise ReadingError(f"{name}: this file unpacks to {member.file_size / 2**20:,.0f} MB, more than {most // 2**20}.")
    if member.file_size > _RATIO_FROM and member.file_size > MOST_RATIO * max(1, member.compress_size):
        raise ReadingError(f"{name}: this file unpacks to {member.file_size // max(1, member.compress_size):,} times its size.")
    try:
        with archive.open(member) as file:
            return file.read(member.file_size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise ReadingError(f"{name}: this file can't be unpacked ({error}). Make or download the archive anew.") from error


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name. Where it is not marked as UTF-8, programs write it in any encoding and readers take it for code page 437."""
    if member.flag_bits & _UTF8 or member.filename.isascii():
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    return decode_name(raw) or member.filename
