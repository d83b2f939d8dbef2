"""Files that are damaged, foreign, older, newer, read-only or cut off: the library heals, or says what to do and touches nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import library as library_module
from corpus.database_file import Migration
from corpus.errors import LibraryError, LibraryVersionError
from corpus.library import Change, Library

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 40


@pytest.fixture
def folder(tmp_path, make_article) -> Path:
    """A closed library of `ARTICLES` articles, about 300 kB."""
    with Library(tmp_path / "library") as library, library.batch():
        for number in range(ARTICLES):
            library.add(make_article(f"第{number}篇文章，讲2022年的事。" * 20, title=f"题目{number}", source=f"/{number}.txt"))
    return tmp_path / "library"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def use(folder: Path) -> list[str]:
    """Reads all there is; what is wrong comes as sentences, or as the one error that anything wrong may be raised as."""
    with Library(folder) as library:
        for info in library.articles():
            assert library.article(info.id).title
            library.passages(info.id)
        library.search(["文章", "2022"], limit=100)
        return library.verify()


# --- damaged files


def test_an_empty_file_is_a_new_library(tmp_path, make_article):
    (tmp_path / "library.db").touch()
    with Library(tmp_path, create=False) as library:
        assert library.add(make_article()) is Change.ADDED
        assert library.verify() == []


@pytest.mark.parametrize(
    "content", [b"\0" * 8192, b"not a database at all" * 500, random.Random(1).randbytes(50_000), b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path, content):
    (tmp_path / "library.db").write_bytes(content)
    with pytest.raises(LibraryError) as caught:
        Library(tmp_path)
    assert str(tmp_path / "library.db") in str(caught.value)
    assert isinstance(caught.value.__cause__, sqlite3.Error)
    assert contents(tmp_path) == {"library.db": content}


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_named_and_left_alone(folder, keep):
    path = folder / "library.db"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    before = contents(folder)
    with pytest.raises(LibraryError, match=r"library\.db is damaged.*backup"):
        Library(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_within_the_file_never_raise_anything_but_a_library_error(folder, seed):
    chance = random.Random(seed)
    path = folder / "library.db"
    data = bytearray(path.read_bytes())
    for _ in range(20):
        at = chance.randrange(len(data) - 200)
        data[at : at + 200] = chance.randbytes(200)
    path.write_bytes(data)
    try:
        found = use(folder)
    except LibraryError:
        return
    assert found


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "library.db") as other:
        other.execute("CREATE TABLE book (title)")
    other.close()
    before = contents(tmp_path)
    with pytest.raises(LibraryError, match="another program"):
        Library(tmp_path)
    assert contents(tmp_path) == before


def test_a_log_without_its_database_is_not_thrown_away(folder, make_article):
    library = Library(folder)
    library.add(make_article("只在日志里。"))
    saved = contents(folder)
    library.close()
    for path in folder.iterdir():
        path.unlink()
    (folder / "library.db-wal").write_bytes(saved["library.db-wal"])
    for empty_database in (False, True):
        if empty_database:
            (folder / "library.db").touch()
        with pytest.raises(LibraryError, match=r"library\.db-wal"):
            Library(folder)
        assert contents(folder)["library.db-wal"] == saved["library.db-wal"]
    (folder / "library.db").write_bytes(saved["library.db"])
    with Library(folder) as library:
        assert len(library.articles()) == ARTICLES + 1
        assert library.verify() == []


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.7, 0.99])
def test_a_log_that_was_cut_off_costs_the_last_commits_only(folder, make_article, keep):
    library = Library(folder)
    for number in range(10):
        library.add(make_article(f"日志里的第{number}篇。"))
    saved = contents(folder)
    library.close()
    (folder / "library.db").write_bytes(saved["library.db"])
    log = saved["library.db-wal"]
    (folder / "library.db-wal").write_bytes(log[: int(len(log) * keep)])
    with Library(folder) as library:
        assert ARTICLES <= len(library.articles()) < ARTICLES + 10
        assert library.verify() == []


# --- versions


def make_old(folder: Path) -> None:
    """A library as a version before the next one left it; the next renames a setting and adds a table."""
    with Library(folder) as library:
        library.set_setting("old name", 5)


KNOWN = library_module.MIGRATIONS
NEWEST = 1 + len(KNOWN)


def then(*steps: Migration) -> tuple[Migration, ...]:
    """The migrations of a version of the program that is still to come."""
    return (*KNOWN, *steps)


def migrate(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE setting SET key = 'new name' WHERE key = 'old name'")
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY) STRICT")


def test_an_older_library_is_migrated_after_a_copy_was_laid_beside_it(folder, monkeypatch):
    make_old(folder)
    monkeypatch.setattr(library_module, "MIGRATIONS", then(migrate))
    for _ in range(2):  # the second time there is nothing to do
        with Library(folder) as library:
            assert library.setting("new name") == 5
            assert len(library.articles()) == ARTICLES
            assert library.verify() == []
    assert sorted(path.name for path in folder.iterdir()) == ["library.db", f"library.v{NEWEST}.db"]
    monkeypatch.undo()
    (folder / "library.db").unlink()
    (folder / f"library.v{NEWEST}.db").rename(folder / "library.db")
    with Library(folder) as library:
        assert library.setting("old name") == 5
        assert len(library.articles()) == ARTICLES
        assert library.verify() == []


def test_a_migration_that_fails_changes_nothing(folder, monkeypatch):
    make_old(folder)

    def fail(connection: sqlite3.Connection) -> None:
        migrate(connection)
        connection.execute("DELETE FROM article WHERE title = '题目3'")

    def crash(connection: sqlite3.Connection) -> None:
        migrate(connection)
        raise KeyboardInterrupt

    for steps, error in (((migrate, fail), LibraryError), ((crash,), KeyboardInterrupt)):
        monkeypatch.setattr(library_module, "MIGRATIONS", then(*steps))
        with pytest.raises(error):
            Library(folder)
    monkeypatch.undo()
    with Library(folder) as library:
        assert library.setting("old name") == 5
        assert len(library.articles()) == ARTICLES
        assert library.verify() == []
    assert sorted(path.name for path in folder.iterdir()) == ["library.db", f"library.v{NEWEST}-2.db", f"library.v{NEWEST}.db"]


def test_a_migration_takes_in_what_a_crash_left_in_the_log(folder, make_article, monkeypatch):
    library = Library(folder)
    library.add(make_article("只在日志里。"))
    saved = contents(folder)
    library.close()
    for name in ("library.db", "library.db-wal"):
        (folder / name).write_bytes(saved[name])
    monkeypatch.setattr(library_module, "MIGRATIONS", then(migrate))
    with Library(folder) as library:
        assert len(library.articles()) == ARTICLES + 1
    with sqlite3.connect(folder / f"library.v{NEWEST}.db") as copy:
        assert copy.execute("SELECT count(*) FROM article").fetchone() == (ARTICLES + 1,)
    copy.close()


def test_a_newer_library_asks_for_a_newer_program_and_is_left_alone(folder, monkeypatch):
    monkeypatch.setattr(library_module, "MIGRATIONS", then(migrate))
    Library(folder).close()
    monkeypatch.undo()
    before = contents(folder)
    with pytest.raises(LibraryVersionError, match=rf"format is {NEWEST + 1}.*here is {NEWEST}.*Update the program"):
        Library(folder)
    assert contents(folder) == before


# --- folders and disks


def test_a_file_in_the_folders_place_is_named(tmp_path):
    (tmp_path / "file").write_text("text")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        for create in (True, False):
            with pytest.raises(LibraryError, match="file"):
                Library(folder, create=create)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, name):
    for create in (True, False):
        with pytest.raises(LibraryError):
            Library(tmp_path / name, create=create)


def test_a_folder_in_the_files_place_is_named(tmp_path):
    (tmp_path / "library.db").mkdir()
    with pytest.raises(LibraryError, match=r"library\.db is not a file"):
        Library(tmp_path)


def test_a_full_disk_undoes_the_article_at_hand_and_keeps_the_rest(tmp_path, make_article):
    with Library(tmp_path) as library:
        library.add(make_article("已有的一篇。"))
        with library._database.writing() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LibraryError, match="full"):
            library.add(make_article("放不下的一篇。" * 20_000))
        with pytest.raises(LibraryError, match="full"), library.batch(every=1000, seconds=1000):
            library.add(make_article("放得下的一篇。"))
            library.add(make_article("放不下的一篇。" * 20_000))
        assert [info.title for info in library.articles()] == ["已有的一篇。"]
        assert library.verify() == []
        with library._database.writing() as db:
            db.execute("PRAGMA max_page_count = 1000000")
        assert library.add(make_article("放不下的一篇。" * 20_000)) is Change.ADDED


# --- reading where nothing may be written


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that any user may enter, unlike pytest's own."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    for path in [place, *place.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(place)


AS_NOBODY = """
import os, sys
from corpus.errors import ReadOnlyLibraryError
from corpus.article import Article
from corpus.library import Library
import encodings.idna, json
if os.getuid() == 0:  # whom no permission stops
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
article = Article(title="new", text="new", source="new", sha256="0")
try:
    with Library(sys.argv[1], create=sys.argv[2] == "create", timeout_s=1) as library:
        found = [len(library.articles()), len(library.search(["文章"], limit=3)), len(library.verify())]
        found.append(len(library.article(library.articles()[0].id).text))
        for write in (
            lambda: library.add(article),
            lambda: library.remove(library.articles()[0].id),
            lambda: library.set_setting("a", 1),
            lambda: library.drop_vectors(None),
        ):
            try:
                write()
                found.append("written")
            except ReadOnlyLibraryError as error:
                assert "cannot be written" in str(error), error
        with library.batch():
            found.append(len(library.articles()))
        print(*found)
except ReadOnlyLibraryError as error:
    print("refused:", error)
"""


def as_nobody(folder: Path, *, create: bool = True) -> str:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, folder, "create" if create else ""], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


needs_users = pytest.mark.skipif(not hasattr(os, "setuid"), reason="no users to become on this system")


@needs_users
@pytest.mark.parametrize("create", [True, False])
def test_a_library_on_a_read_only_disk_can_be_read_and_says_that_it_cannot_be_written(folder, open_place, create):
    (open_place / "library").mkdir()
    shutil.copy(folder / "library.db", open_place / "library")
    (open_place / "library" / "library.db").chmod(0o444)
    (open_place / "library").chmod(0o555)
    before = contents(open_place / "library")
    assert as_nobody(open_place / "library", create=create) == f"{ARTICLES} 3 0 {len('第0篇文章，讲2022年的事。' * 20)} {ARTICLES}"
    assert contents(open_place / "library") == before


@needs_users
def test_a_read_only_file_in_a_folder_that_can_be_written_can_be_read(folder, open_place):
    shutil.copy(folder / "library.db", open_place)
    (open_place / "library.db").chmod(0o444)
    open_place.chmod(0o777)
    assert as_nobody(open_place).split()[:2] == [str(ARTICLES), "3"]


@needs_users
def test_a_library_can_be_read_while_its_owner_writes_to_it(open_place, make_article):
    with Library(open_place / "library") as library:
        library.add(make_article("文章一"))
        with library.batch(every=1000, seconds=1000):
            library.add(make_article("文章二"))
            assert as_nobody(open_place / "library").split()[:2] == ["1", "1"]
        assert as_nobody(open_place / "library").split()[:2] == ["2", "2"]


@needs_users
def test_an_unfinished_log_on_a_read_only_disk_is_neither_lost_nor_passed_over(folder, open_place, make_article):
    library = Library(folder)
    library.add(make_article("只在日志里。"))
    saved = contents(folder)
    library.close()
    (open_place / "library").mkdir()
    for name in ("library.db", "library.db-wal"):
        (open_place / "library" / name).write_bytes(saved[name])
    (open_place / "library").chmod(0o555)
    answer = as_nobody(open_place / "library")
    assert "library.db-wal" in answer
    assert "Copy the whole folder" in answer
    assert contents(open_place / "library") == {name: saved[name] for name in ("library.db", "library.db-wal")}


@needs_users
def test_a_library_cannot_be_begun_on_a_read_only_disk(open_place):
    (open_place / "library").mkdir()
    (open_place / "library").chmod(0o555)
    assert as_nobody(open_place / "library" / "new").startswith("refused:")
    assert as_nobody(open_place / "library").startswith("refused:")
    (open_place / "library" / "library.db").touch()
    assert as_nobody(open_place / "library").startswith("refused:")
    open_place.chmod(0o700)
    assert as_nobody(open_place / "library").startswith("refused:")


@needs_users
def test_an_older_library_on_a_read_only_disk_is_not_migrated(folder, open_place):
    shutil.copy(folder / "library.db", open_place)
    with sqlite3.connect(open_place / "library.db") as database:
        database.execute("PRAGMA user_version = 0")
    database.close()
    (open_place / "library.db").chmod(0o444)
    open_place.chmod(0o555)
    assert as_nobody(open_place).startswith("refused:")


def test_an_immutable_reader_notices_a_new_file(folder, monkeypatch, make_article):
    """On a read-only disk the connection trusts that nobody writes; when somebody has (from elsewhere), it is opened anew."""
    from corpus import database_file

    connect = database_file._connect

    def only_immutable(path, uri, timeout_s, *, immutable=False):
        if not immutable:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return connect(path, uri, timeout_s, immutable=True)

    with monkeypatch.context() as patch:
        patch.setattr(database_file, "_connect", only_immutable)
        library = Library(folder)
        assert len(library.articles()) == ARTICLES
    with Library(folder) as writer:
        writer.add(make_article("从别处加的一篇。"))
    with monkeypatch.context() as patch:
        patch.setattr(database_file, "_connect", only_immutable)
        assert len(library.articles()) == ARTICLES + 1
        library.close()


# --- killed

ADD_GENERATED = """
import random, sys
from corpus.article import Article
from corpus.library import Library
import numpy as np
print("ready", flush=True)
with Library(sys.argv[1]) as library:
    with library.batch(every=7, seconds=1000):
        for number in range(int(sys.argv[2])):
            chance = random.Random(number)
            text = "".join(chance.choices("上海开幕式致辞2021年。，\\n", k=chance.randrange(10, 900)))
            library.add(Article(title=f"题目{number}", text=text, source=f"/{number % 50}.txt", sha256=str(number)))
            if number % 10 == 0:
                missing = library.missing_vectors("model", limit=5)
                library.put_vectors("model", [passage.id for passage in missing], np.ones((len(missing), 32), np.float32))
    print("done", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_library_killed_at_any_moment_opens_whole_and_can_be_finished(tmp_path):
    """One library, its writer killed again and again: what it holds is always whole, and grows to what it should be."""
    chance = random.Random(5)
    killed = 0
    for _ in range(15):
        writer = subprocess.Popen([sys.executable, "-c", ADD_GENERATED, tmp_path, "400"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.35))
        writer.kill()
        killed += writer.communicate()[0] == ""
        with Library(tmp_path) as library:
            assert library.verify() == []
            for info in library.articles():
                text = library.article(info.id).text
                assert all(text[passage.start : passage.end] == passage.text for passage in library.passages(info.id))
    assert killed > 3
    subprocess.run([sys.executable, "-c", ADD_GENERATED, tmp_path, "400"], cwd=ROOT, check=True, capture_output=True)
    with Library(tmp_path) as library:
        assert sorted(info.title for info in library.articles()) == sorted(f"题目{number}" for number in range(350, 400))
        assert library.verify() == []


def test_a_program_that_ends_within_a_batch_leaves_its_last_commit(tmp_path):
    script = (
        "import os, sys\nfrom corpus.article import Article\nfrom corpus.library import Library\n"
        "library = Library(sys.argv[1])\n"
        "with library.batch(every=3, seconds=1000):\n"
        "    for n in range(5):\n"
        "        library.add(Article(title=str(n), text=str(n), source=str(n), sha256=str(n)))\n"
        "    os._exit(3)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT).returncode == 3
    with Library(tmp_path) as library:
        assert sorted(info.title for info in library.articles()) == ["0", "1", "2"]
        assert library.verify() == []
