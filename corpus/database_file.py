"""Opening the library's SQLite file by the best way its folder allows, and bringing it to the newest schema version."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.disk_errors import BUSY, UNWRITABLE, code, damage_error
from corpus.errors import LibraryError, LibraryVersionError, ReadOnlyLibraryError

APPLICATION_ID = 0x7975616E
"""Written into the file's header ("yuan"), so that another program's library.db is not taken for ours."""
PAGE_BYTES = 8192
"""Five vectors of 384 float32 fill a page nearly; at SQLite's usual 4096 a quarter of every page would stay empty."""

Migration = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Handle:
    """An open connection and the file it was opened on, to notice when another file has taken its place."""

    connection: sqlite3.Connection
    path: Path
    stamp: tuple[int, ...]
    immutable: bool

    @property
    def is_current(self) -> bool:
        """Whether the path still leads to the file that is open.

        Raises:
            LibraryError: there is no file any more.
        """
        return self.stamp == _stamp(self.path, immutable=self.immutable)


def _stamp(path: Path, *, immutable: bool) -> tuple[int, ...]:
    """What tells this file from another that has taken its place; of one opened as immutable, its content too."""
    try:
        stat = path.stat()
    except FileNotFoundError as error:
        raise _missing(path) from error
    return (stat.st_dev, stat.st_ino, *((stat.st_mtime_ns, stat.st_size) if immutable else ()))


def _missing(path: Path) -> LibraryError:
    return LibraryError(f"{path} is not there: it was moved or deleted. Put it back, or open the library anew.")


def open_file(path: Path, *, create: bool, timeout_s: float) -> Handle:
    """A connection for reading and writing, or where that is not allowed, for reading.

    Raises:
        LibraryError: only a write-ahead log is there, or it cannot be finished.
        sqlite3.Error: anything else that stands in the way.
    """
    uri = path.absolute().as_uri()
    log, unfinished = _log(path), _log_bytes(path) > 0
    if unfinished and not (path.exists() and path.stat().st_size):
        # SQLite would delete the log; what is in it may be all that is left of the library.
        raise LibraryError(
            f"{path} is missing or empty, but {log.name} beside it holds changes that belong to it. Put {path.name} back from a "
            f"backup, or move {log.name} elsewhere to begin a new library. Nothing was changed."
        )
    if not create and not path.exists():
        raise _missing(path)
    if path.exists() and not path.is_file():
        raise LibraryError(f"{path} is not a file. Move it elsewhere, or choose another folder for the library.")
    try:
        return _connect(path, f"{uri}?mode={'rwc' if create else 'rw'}", timeout_s)
    except sqlite3.OperationalError as error:
        if code(error) not in UNWRITABLE:
            raise
        if not path.exists():
            raise ReadOnlyLibraryError(f"{path} cannot be made. Allow writing to its folder, or choose another library folder.") from error
    try:
        return _connect(path, f"{uri}?mode=ro", timeout_s)
    except sqlite3.OperationalError as error:
        if code(error) not in UNWRITABLE:
            raise
        if unfinished:
            raise ReadOnlyLibraryError(
                f"{path} was not closed properly, and its folder cannot be written to finish what is in {log.name}. Copy the whole "
                "folder to a place that can be written, and open that."
            ) from error
    # A cleanly closed library on a read-only disk: SQLite would want its lock file beside it, unless told that nobody writes.
    return _connect(path, f"{uri}?mode=ro&immutable=1", timeout_s, immutable=True)


def _connect(path: Path, uri: str, timeout_s: float, *, immutable: bool = False) -> Handle:
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # heeded only while the file is empty
        connection.execute("PRAGMA foreign_keys = ON")
        # Safe against crashes of the program; a power cut may cost the last commits, and never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        is_empty(connection)  # reads the header and opens the log: the first thing that can fail
        return Handle(connection, path, _stamp(path, immutable=immutable), immutable)
    except BaseException:
        connection.close()
        raise


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether the file holds no table at all, as one just made does, and one that a crash left with no bytes in it."""
    return not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]


def bring_up_to_date(handle: Handle, schema: str, migrations: Sequence[Migration], *, timeout_s: float) -> None:
    """Makes the schema in an empty file, or migrates an older one; see `corpus.database.Database`."""
    connection, path, newest = handle.connection, handle.path, 1 + len(migrations)
    _check_length(connection, path)
    if is_empty(connection):
        _use_log(connection)
        _make(connection, schema, newest)
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise LibraryError(f"{path} belongs to another program. Choose another folder for the library.")
    version = _pragma(connection, "user_version")
    if version > newest:
        raise LibraryVersionError(
            f"{path} was written by a newer version of this program (its format is {version}, the newest known here is {newest}). "
            "Update the program; the library was not changed."
        )
    if version < newest:
        _migrate(handle, migrations, timeout_s)
    _use_log(connection)


def _check_length(connection: sqlite3.Connection, path: Path) -> None:
    """SQLite itself notices when whole pages are missing at the end, and would fill up half a page with zeros."""
    needed = _pragma(connection, "page_count") * _pragma(connection, "page_size")
    if path.stat().st_size < needed and not _log_bytes(path):  # pages may still be in the log
        raise damage_error(path, f"it was cut off after {path.stat().st_size} of {needed} bytes")


def _log_bytes(path: Path) -> int:
    try:
        return _log(path).stat().st_size
    except FileNotFoundError:
        return 0


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _use_log(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Some network disks refuse: then a reader may have to wait for a writer, and all else is the same.
            if code(error) in BUSY:
                raise


def _make(connection: sqlite3.Connection, schema: str, version: int) -> None:
    with _transaction(connection):
        if is_empty(connection):  # still: another process may have been quicker
            for statement in _statements(schema):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version}")


def _migrate(handle: Handle, migrations: Sequence[Migration], timeout_s: float) -> None:
    """In one transaction, after a copy of the file was laid beside it."""
    connection, path = handle.connection, handle.path
    connection.execute("PRAGMA foreign_keys = OFF")  # a table that is replaced must not take its dependants with it
    with _transaction(connection):
        old = _pragma(connection, "user_version")
        if old <= len(migrations):  # still: another process may have been quicker
            connection.execute(f"PRAGMA user_version = {1 + len(migrations)}")  # first, as it fails where nothing can be written
            _back_up(path, old, timeout_s)
            for step in migrations[old - 1 :]:
                step(connection)
            if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
                raise LibraryError(
                    f"{path} could not be brought from format {old} to {1 + len(migrations)}: in {broken[0][0]}, row {broken[0][1]} "
                    "refers to nothing. It was left as it was; please report this."
                )
    connection.execute("PRAGMA foreign_keys = ON")


def _back_up(path: Path, version: int, timeout_s: float) -> None:
    """Copies the file as it is to ``library.v1.db`` (``library.v1-2.db`` if that is taken, and so on)."""
    number, target = 1, path.with_name(f"{path.stem}.v{version}.db")
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.v{version}-{number}.db")
    part = target.with_suffix(".part")
    # Through a second connection, as SQLite copies nothing through one that is writing.
    source = open_file(path, create=False, timeout_s=timeout_s).connection
    with contextlib.closing(source), contextlib.closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    part.replace(target)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script one by one: `executescript` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
