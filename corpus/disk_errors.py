"""What SQLite and the operating system say of a file, as errors that tell a person what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import LibraryBusyError, LibraryError, ReadOnlyLibraryError

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


def code(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code; None for what Python's own layer raised."""
    extended: int | None = getattr(error, "sqlite_errorcode", None)
    return None if extended is None else extended & 0xFF


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Every failure of SQLite or of the disk leaves as a `LibraryError` from it."""
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite_error(path, error) from error
    except UnicodeDecodeError as error:  # Python could not even read what SQLite said is wrong
        raise damage_error(path, str(error)) from error
    except OSError as error:
        raise file_error(path, error) from error


def sqlite_error(path: Path, error: sqlite3.Error) -> LibraryError:
    """What SQLite said of its file ``path``."""
    number = code(error)
    if number in BUSY:
        return busy_error(path)
    if number in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return ReadOnlyLibraryError(
            f"{path} cannot be written. Allow writing to the file and to its folder, or choose another library folder."
        )
    if number == sqlite3.SQLITE_FULL:
        return LibraryError(f"The disk that holds {path} is full. Free some space and add again what is missing; the rest is safe.")
    undecodable = number is None and isinstance(error, sqlite3.OperationalError)  # Python's word for a text that is no UTF-8
    if number in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or undecodable or isinstance(error, sqlite3.DataError):
        return damage_error(path, str(error))
    if number == sqlite3.SQLITE_CANTOPEN:
        return LibraryError(f"{path} cannot be opened. Check that it is a file, and that you may read it and its folder.")
    return LibraryError(f"{path} could not be used ({error}). Try again; if it stays so, check the disk and the file.")


def damage_error(path: Path, what: str) -> LibraryError:
    """The file is not what it should be, and nothing here can mend it."""
    return LibraryError(
        f"{path} is damaged or is no library ({what}). Put it back from a backup, or move it elsewhere and add the articles again. "
        "Nothing in it was changed."
    )


def busy_error(path: Path) -> LibraryBusyError:
    """Somebody else writes, and did not come to an end in time."""
    return LibraryBusyError(f"Another program is writing to {path} and is not done yet. Wait until it is, or close it, and try again.")


def file_error(path: Path, error: OSError | ValueError) -> LibraryError:
    """What the operating system said of a folder or file."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EEXIST, errno.ENOTDIR):
        return LibraryError(f"{path} cannot be a library folder: it, or a part of its path, is a file. Choose another folder.")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnlyLibraryError(f"{path} cannot be made or read: permission denied. Allow it, or choose another folder.")
    if number == errno.ENOSPC:
        return LibraryError(f"The disk that should hold {path} is full. Free some space and try again.")
    return LibraryError(f"{str(path)!r} cannot be used: {os.strerror(number) if number else error}. Choose another folder.")
