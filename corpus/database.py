"""How the library's SQLite file is opened, shared between threads and processes, kept whole, and explained when it fails.

Knows SQLite and nothing of articles. Reads go through a small pool of connections, each read seeing one moment of the library
and never waiting for a writer (write-ahead log). Writes go through one connection that a single thread holds at a time.
"""

from __future__ import annotations

import collections
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.database_file import Handle, Migration, bring_up_to_date, open_file
from corpus.disk_errors import BUSY, busy_error, code, damage_error, translated
from corpus.errors import LibraryError

MAX_IDLE_READERS = 8
WRITER_CACHE_KB = 16 * 1024
"""Pages of the file that the writing connection keeps, where SQLite's own 2 MB hold the places that one more article touches (a hundred,
all over the file) up to a thousand articles only: with 4,000 in, it makes adding a fifth quicker."""


class _Batch:
    """What one thread has written since its last commit."""

    def __init__(self, every: int, seconds: float) -> None:
        self._every = every
        self._seconds = seconds
        self._writes = 0
        self._since = 0.0

    def began(self) -> None:
        self._writes = 0
        self._since = time.monotonic()

    def wrote(self) -> bool:
        """Counts a write; True when it is time to commit."""
        self._writes += 1
        return self._writes >= self._every or time.monotonic() - self._since >= self._seconds


class _OfThread(threading.local):
    """What a thread is at."""

    batch: _Batch | None = None
    writes: bool = False
    """Whether it holds the write lock."""


class Database:
    """One SQLite file with a schema version.

    Args:
        path: the file; its folder must exist.
        schema: SQL that makes the newest version in an empty file.
        migrations: the n-th brings version n + 1 to n + 2; the newest version is thus ``1 + len(migrations)``.
        create: make the file where there is none.
        timeout_s: how long a write waits for another writer, in seconds.

    Raises:
        LibraryError: the file is missing, damaged, another program's, or cannot be opened.
        LibraryVersionError: it has a newer version.
        LibraryBusyError: another process held it locked for all of ``timeout_s``.
        ReadOnlyLibraryError: it would have to be made or migrated, and cannot be written.
    """

    def __init__(self, path: Path, *, schema: str, migrations: Sequence[Migration] = (), create: bool, timeout_s: float) -> None:
        self.path = path
        self._timeout_s = timeout_s
        self._closed = False
        self._idle: collections.deque[Handle] = collections.deque()  # readers; its own methods are safe between threads
        self._writer: Handle | None = None
        self._write_lock = threading.RLock()
        self._thread = _OfThread()
        with translated(path):
            self._prepare(schema, migrations, create=create)

    def _prepare(self, schema: str, migrations: Sequence[Migration], *, create: bool) -> None:
        """Makes or migrates the schema, waiting while another process is at the same."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            handle: Handle | None = None
            try:
                handle = open_file(self.path, create=create, timeout_s=self._timeout_s)
                bring_up_to_date(handle, schema, migrations, timeout_s=self._timeout_s)
                self._idle.append(handle)
                return
            except BaseException as error:
                if handle is not None:
                    handle.connection.close()
                # Switching to the write-ahead log fails at once, without SQLite's own waiting, while others are opening the file.
                if not isinstance(error, sqlite3.Error) or code(error) not in BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.02)

    def _fresh(self, handle: Handle | None) -> Handle:
        """The handle, or a new one when there is none or its file has been replaced."""
        if handle is not None:
            try:
                if handle.is_current:
                    return handle
            except BaseException:
                handle.connection.close()
                raise
            handle.connection.close()
        return open_file(self.path, create=False, timeout_s=self._timeout_s)

    @contextlib.contextmanager
    def reading(self, *, committed: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment of the library: what is committed, and for a thread with a batch open its own writes.

        Args:
            committed: leave this thread's own uncommitted writes out as well.
        """
        with translated(self.path):
            if self._thread.writes and not committed and self._writer is not None:
                with self._damage_told(self._writer.connection):
                    yield self._writer.connection
                return
            handle = self._take()
            try:
                handle.connection.execute("BEGIN")
                with self._damage_told(handle.connection):
                    yield handle.connection
                handle.connection.rollback()
            except BaseException:
                handle.connection.close()
                raise
            self._give_back(handle)

    @contextlib.contextmanager
    def _damage_told(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Damage that SQLite reads over (a number where a text was) surfaces as any kind of exception; so SQLite is asked to look."""
        try:
            yield
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise damage_error(self.path, found) from error
            raise

    def _take(self) -> Handle:
        self._check_open()
        try:
            handle = self._idle.pop()
        except IndexError:
            return self._fresh(None)
        return self._fresh(handle)

    def _give_back(self, handle: Handle) -> None:
        self._idle.append(handle)
        self._close_idle(keep=0 if self._closed else MAX_IDLE_READERS)

    def _close_idle(self, *, keep: int) -> None:
        while len(self._idle) > keep:
            with contextlib.suppress(IndexError):  # another thread was quicker
                self._idle.popleft().connection.close()

    @property
    def is_writing(self) -> bool:
        """Whether this thread has written what is not committed yet."""
        return self._thread.writes

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction: committed at the end, or when this thread's batch says so; undone on any exception."""
        with translated(self.path):
            batch = self._thread.batch
            try:
                connection = self._begin(batch)
                connection.execute("SAVEPOINT write")
                with self._damage_told(connection):
                    yield connection
                connection.execute("RELEASE write")
                if batch is None or batch.wrote():
                    self._commit()
            except BaseException:
                self._undo(batch)
                raise

    def _begin(self, batch: _Batch | None) -> sqlite3.Connection:
        if not self._thread.writes:
            self._check_open()
            if not self._write_lock.acquire(timeout=self._timeout_s):
                raise busy_error(self.path)
            self._thread.writes = True
            self._check_open()
        elif self._writer is not None and self._writer.connection.in_transaction:
            return self._writer.connection
        writer, self._writer = self._writer, None
        self._writer = self._fresh(writer)
        connection = self._writer.connection
        connection.rollback()  # an interrupt between two statements may have left something
        connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KB}")
        connection.execute("BEGIN IMMEDIATE")
        if batch is not None:
            batch.began()
        return connection

    def _undo(self, batch: _Batch | None) -> None:
        """Of a batch, the write at hand; otherwise all. SQLite may have undone all by itself, as it does when the disk is full."""
        if not self._thread.writes:
            return
        if batch is not None and self._writer is not None and self._writer.connection.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):  # interrupted before the savepoint: nothing was written
                self._writer.connection.execute("ROLLBACK TO write")
                self._writer.connection.execute("RELEASE write")
        else:
            self._roll_back()

    def _commit(self) -> None:
        if self._writer is not None:
            self._writer.connection.commit()
        self._release()

    def _roll_back(self) -> None:
        try:
            if self._writer is not None:
                self._writer.connection.rollback()
        except sqlite3.Error:  # closing rolls back too, and the failure that led here is the one to hear of
            self._close_writer()
        finally:
            self._release()

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.connection.close()

    def _release(self) -> None:
        self._thread.writes = False
        with contextlib.suppress(RuntimeError):  # says that it is released; more than once, if an interrupt came upon acquiring it
            while True:
                self._write_lock.release()

    @contextlib.contextmanager
    def batch(self, *, every: int, seconds: float) -> Iterator[None]:
        """Joins this thread's writes into transactions of ``every`` writes or ``seconds``, whichever is first.

        Other writers get their turn between two transactions. When an exception leaves the block, the last transaction is
        undone and the earlier ones stay. A batch inside a batch is part of the outer one.
        """
        if self._thread.batch is not None:
            yield
            return
        try:
            self._thread.batch = _Batch(every, seconds)
            yield
            self._thread.batch = None
            self.commit()
        except BaseException:
            self._thread.batch = None
            if self._thread.writes:
                self._roll_back()
            raise

    def commit(self) -> None:
        """Commits what this thread's batch has written so far; nothing to do outside of one."""
        if self._thread.writes:
            with translated(self.path):
                try:
                    self._commit()
                except BaseException:
                    self._roll_back()
                    raise

    def compact(self) -> None:
        """Gives the room of what was deleted back to the disk. Others may read meanwhile, and wait to write.

        Raises:
            LibraryBusyError: another process was writing for all of ``timeout_s``.
        """
        with translated(self.path):
            try:
                connection = self._begin(None)
                connection.commit()  # SQLite compacts outside of a transaction only
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._roll_back()

    def close(self) -> None:
        """Closes every connection. A read at work in another thread finishes first; an unfinished batch of this thread is undone."""
        if self._thread.writes:
            self._roll_back()
        self._closed = True
        with translated(self.path):
            self._close_idle(keep=0)
            if not self._write_lock.acquire(timeout=self._timeout_s):
                raise busy_error(self.path)
            try:
                self._close_writer()
            finally:
                self._release()

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryError(f"The library {self.path.parent} has been closed. Open it again.")
