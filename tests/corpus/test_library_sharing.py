"""Several threads, several processes, batches, and interrupts."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.database import Database
from corpus.errors import LibraryBusyError, LibraryError
from corpus.library import Change, Library

ROOT = Path(__file__).resolve().parents[2]


def in_another_process(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Runs a Python script; it says on its output how far it is, and waits for a line where it reads one."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def in_another_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


# --- batches


def test_a_batch_commits_every_so_many_and_at_its_end(library, make_article):
    def committed():
        return in_another_thread(lambda: len(library.articles()))

    with library.batch(every=3, seconds=1000):
        for number in range(1, 8):
            library.add(make_article(f"文章{number}"))
            assert len(library.articles()) == number  # a thread sees what it wrote itself
            assert committed() == number // 3 * 3
    assert committed() == 7


def test_a_batch_commits_after_so_many_seconds(library, make_article):
    with library.batch(every=1000, seconds=0):
        library.add(make_article())
        assert in_another_thread(lambda: len(library.articles())) == 1


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_keeps_what_was_committed_and_undoes_the_rest(tmp_path, make_article, error):
    with Library(tmp_path) as library:
        with pytest.raises(error), library.batch(every=3, seconds=1000):
            for number in range(5):
                library.add(make_article(f"文章{number}"))
            raise error
        assert len(library.articles()) == 3
        assert library.verify() == []
        assert library.add(make_article("文章4")) is Change.ADDED
    with Library(tmp_path) as library:
        assert len(library.articles()) == 4


def test_an_add_that_fails_within_a_batch_undoes_only_itself(library, make_article, monkeypatch):
    with library.batch(every=1000, seconds=1000):
        library.add(make_article("第一篇"))
        with monkeypatch.context() as patch:
            patch.setattr("corpus.records.years_in", lambda text: 1 / 0)  # after its passages and words were stored
            with pytest.raises(ZeroDivisionError):
                library.add(make_article("第二篇"))
        library.add(make_article("第三篇"))
    assert sorted(info.title for info in library.articles()) == ["第一篇", "第三篇"]
    assert library.verify() == []


def test_an_update_that_fails_keeps_the_old_version(library, make_article, monkeypatch):
    old = make_article("旧的版本。")
    library.add(old)
    before = library.generation
    with monkeypatch.context() as patch:
        patch.setattr("corpus.records.years_in", lambda text: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            library.add(make_article("新的版本。", source=old.source))
    assert library.article(old.id) == old
    assert library.generation == before
    assert library.verify() == []


def test_a_batch_within_a_batch_is_part_of_it(library, make_article):
    with library.batch(every=1000, seconds=1000):
        with library.batch(every=1, seconds=0):
            library.add(make_article())
        assert in_another_thread(library.articles) == []
    assert len(library.articles()) == 1


def test_other_threads_write_between_the_commits_of_a_batch(library, make_article):
    with library.batch(every=2, seconds=1000):
        library.add(make_article("甲"))
        library.add(make_article("乙"))
        assert in_another_thread(lambda: library.add(make_article("丙"))) is Change.ADDED
        library.add(make_article("丁"))
    assert len(library.articles()) == 4


def test_an_interrupt_at_any_statement_leaves_a_library_that_works(tmp_path, make_article):
    """Ctrl-C arrives between two lines of Python: here at each line of adding, in turn."""
    source = make_article("旧的版本。").source
    interrupted = 0
    for stop_at in range(0, 440, 13):
        with Library(tmp_path / str(stop_at), timeout_s=0.5) as library:  # closing says so if the write lock was left locked
            library.add(make_article("旧的版本。"))
            lines = 0

            def count(frame, event, argument, stop_at=stop_at):
                nonlocal lines
                if "/corpus/" not in frame.f_code.co_filename.replace("\\", "/"):
                    return None
                if event == "line":
                    lines += 1
                    if lines == stop_at:
                        raise KeyboardInterrupt
                return count

            tracing = sys.gettrace()
            sys.settrace(count)
            try:
                library.add(make_article("新的版本。2022年。", source=source))
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                sys.settrace(tracing)
        with Library(tmp_path / str(stop_at)) as library:
            assert library.verify() == []
            assert len(library.articles()) == 1
            assert library.add(make_article("新的版本。2022年。", source=source)) in (Change.UPDATED, Change.UNCHANGED)
    assert interrupted > 10


# --- threads


def test_threads_read_and_write_at_once(library, make_article):
    def work(worker: int) -> None:
        for number in range(10):
            article = make_article(f"第{worker}号的第{number}篇文章，2022年。")
            assert library.add(article) is Change.ADDED
            assert library.article(article.id) == article
            assert library.search(["文章"], limit=3)
            if number % 3 == 0:
                library.remove(article.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(library.articles()) == 8 * 6
    assert library.generation == 8 * 14
    assert library.verify() == []


def test_many_threads_that_come_and_go_leave_no_files_open(library, make_article):
    library.add(make_article())
    for _ in range(50):
        in_another_thread(library.articles)
    descriptors = Path("/proc/self/fd")
    if descriptors.exists():
        open_here = [path for path in descriptors.iterdir() if str(path.resolve()).startswith(str(library.folder))]
        assert len(open_here) < 20


def test_a_read_sees_one_moment_while_others_write(tmp_path):
    database = Database(tmp_path / "any.db", schema="CREATE TABLE number (n);", create=True, timeout_s=1)

    def write() -> None:
        with database.writing() as db:
            db.execute("INSERT INTO number VALUES (1)")

    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM number").fetchone() == (0,)
        in_another_thread(write)
        assert db.execute("SELECT count(*) FROM number").fetchone() == (0,)
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM number").fetchone() == (1,)
    database.close()


def test_a_writer_that_waits_too_long_for_another_thread_says_so(tmp_path, make_article):
    with Library(tmp_path, timeout_s=0.05) as library, library.batch(every=1000, seconds=1000):
        library.add(make_article("甲"))
        with pytest.raises(LibraryBusyError):
            in_another_thread(lambda: library.add(make_article("乙")))
        assert in_another_thread(library.articles) == []


# --- processes

HOLD = """
import sys
from corpus.article import Article
from corpus.library import Library
with Library(sys.argv[1]) as library, library.batch(every=1000, seconds=1000):
    library.add(Article(title="held", text="held", source="held", sha256="0"))
    print("holding", flush=True)
    sys.stdin.readline()
"""


def test_reading_never_waits_for_another_process_and_writing_waits_until_it_is_done(tmp_path, make_article):
    with Library(tmp_path, timeout_s=0.05) as impatient, Library(tmp_path, timeout_s=60) as patient:
        impatient.add(make_article("已有的一篇"))
        before = impatient.generation
        other = in_another_process(HOLD, tmp_path)
        assert other.stdout.readline() == "holding\n"
        began = time.monotonic()
        assert len(impatient.articles()) == 1
        assert impatient.search(["已有"], limit=1)
        assert impatient.generation == before
        assert time.monotonic() - began < 5
        with pytest.raises(LibraryBusyError, match="Wait"):
            impatient.add(make_article("等不及的一篇"))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(patient.add, make_article("等到了的一篇"))
            other.communicate("go on\n")
            assert waiting.result() is Change.ADDED
        assert other.returncode == 0
        assert len(impatient.articles()) == 3
        assert impatient.generation == before + 2
        assert impatient.verify() == []


ADD_MANY = """
import sys
from corpus.article import Article
from corpus.library import Library
print("ready", flush=True)
sys.stdin.readline()
with Library(sys.argv[1], timeout_s=60) as library:
    for number in range(20):
        name = f"{sys.argv[2]}/{number}"
        library.add(Article(title=name, text=f"文章 {name}", source=name, sha256="0"))
"""


def test_processes_that_begin_a_library_at_once_make_one(tmp_path):
    processes = [in_another_process(ADD_MANY, tmp_path / "new", number) for number in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0] * 4
    with Library(tmp_path / "new", create=False) as library:
        assert len(library.articles()) == 80
        assert library.generation == 80
        assert library.verify() == []


def test_a_library_whose_file_was_replaced_is_read_anew(tmp_path, make_article):
    with Library(tmp_path / "new") as library:
        library.add(make_article("替换后的一篇"))
    with Library(tmp_path / "old") as library:
        library.add(make_article("替换前的一篇"))
        for path in sorted((tmp_path / "old").iterdir()):
            path.unlink()
        with pytest.raises(LibraryError, match="moved or deleted"):
            library.articles()
        with pytest.raises(LibraryError, match="moved or deleted"):
            library.add(make_article("无处可放的一篇"))
        (tmp_path / "new" / "library.db").rename(tmp_path / "old" / "library.db")
        assert [info.title for info in library.articles()] == ["替换后的一篇"]
        assert library.add(make_article("再加一篇")) is Change.ADDED
        assert library.verify() == []
