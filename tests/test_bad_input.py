"""Whatever goes in, the product says calmly what is the matter, heals what it can, and loses nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import qa
from corpus.article import Article
from corpus.errors import EmbedderMismatchError, LibraryError, LibraryVersionError, QuestionError
from corpus.intake import add_file, add_files
from corpus.library import Library
from embeddings.encoder import default_embedder
from embeddings.vectors import INDEX_FILE, PassageVectors
from qa.assistant import Assistant

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，理事长江用文致辞。论坛主题是“一叶知春”。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with one article, embedded."""
    place = tmp_path / "tea"
    with Library(place) as library:
        library.add(Article(title="茶业论坛开幕", text=TEXT, source="tea.txt", sha256="1", language="zh"))
        Assistant(library).sync()
    return place


def theme(folder: Path) -> str:
    return qa.answer("论坛的主题是什么？", library=folder).text


@pytest.mark.parametrize("question", ["", "  \n\t\u3000"])
def test_a_blank_question_is_refused_with_what_to_do(folder: Path, question: str) -> None:
    with pytest.raises(QuestionError, match="type a few words"):
        qa.answer(question, library=folder)


@pytest.mark.parametrize(
    "question",
    [
        "论坛的主题是什么？" + "很长" * 50_000,
        "ሰላም ማን ተናገረ",
        "🤔🤔🤔",
        "\x00\x01",
        "\ud83d",
        "'; DROP TABLE article; --",
        '"" OR NEAR(*)',
        "<script>",
    ],
    ids=["100,000 characters", "unknown script", "emoji", "control", "half an emoji", "sql", "fts", "html"],
)
def test_an_odd_question_is_answered_or_declined(folder: Path, question: str) -> None:
    answer = qa.answer(question, library=folder)
    assert answer.question == question and answer.found == bool(answer.answers)
    assert theme(folder)


def test_a_library_without_articles_has_no_answer(tmp_path: Path) -> None:
    answer = qa.answer("who?", library=tmp_path / "new")
    assert not answer.found and answer.nearest == ()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, None], ids=["empty", "garbage", "missing"])
@pytest.mark.parametrize("name", [INDEX_FILE, "vectors.json"])
def test_a_missing_or_damaged_index_is_made_anew(folder: Path, name: str, content: bytes | None) -> None:
    before = theme(folder)
    qa._assistant.cache_clear()
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    assert theme(folder) == before
    assert (folder / name).stat().st_size > 20


def test_an_index_cut_short_is_made_anew(folder: Path) -> None:
    theme(folder)
    qa._assistant.cache_clear()
    data = (folder / INDEX_FILE).read_bytes()
    (folder / INDEX_FILE).write_bytes(data[: len(data) // 2])
    assert theme(folder)


def test_a_newer_library_says_to_update(folder: Path) -> None:
    with sqlite3.connect(folder / "library.db") as database:
        database.execute("PRAGMA user_version = 9999")
    with pytest.raises(LibraryVersionError, match=r"(?i)update|newer"):
        Library(folder)


def test_a_damaged_database_is_named_and_left_as_it_is(folder: Path) -> None:
    damaged = b"SQLite format 3\0" + os.urandom(5000)
    (folder / "library.db").write_bytes(damaged)
    for leftover in folder.glob("library.db-*"):
        leftover.unlink()
    with pytest.raises(LibraryError, match=r"library\.db"), Library(folder) as library:
        library.articles()
    assert (folder / "library.db").read_bytes() == damaged


class OtherEmbedder:
    """Another model, as far as a library can tell."""

    dimension = 384
    fingerprint = "another/model"

    def __getattr__(self, name: str) -> object:
        return getattr(default_embedder(), name)


def test_vectors_of_two_models_are_never_mixed(folder: Path) -> None:
    with Library(folder) as library:
        other = PassageVectors(library, OtherEmbedder())  # type: ignore[arg-type]
        with pytest.raises(EmbedderMismatchError, match="--reembed"):
            other.sync()
        other.sync(reembed=True)
        assert library.fingerprints() == ["another/model"]


def test_a_file_that_vanishes_is_an_outcome(folder: Path, tmp_path: Path) -> None:
    with Library(folder) as library:
        (outcome,) = add_file(library, tmp_path / "gone.txt")
        assert outcome.change is None and outcome.error is not None and "gone.txt" in outcome.error
        assert len(library.articles()) == 1


def test_what_cannot_be_read_does_not_stop_the_rest(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_bytes(b"")
    (articles / "b.txt").write_bytes(bytes(range(256)) * 40)
    (articles / "c.pdf").write_bytes(b"%PDF-1.4 broken")
    (articles / "d.docx").write_bytes(b"PK\x03\x04 broken")
    (articles / "e.txt").write_text(f"茶业论坛开幕\n\n{TEXT}", encoding="gb18030")
    with Library(tmp_path / "library") as library:
        outcomes = add_files(library, [articles])
        assert [Path(outcome.source).name for outcome in outcomes if outcome.error is None] == ["e.txt"]
        assert all(Path(outcome.source).name in (outcome.error or "") for outcome in outcomes if outcome.change is None)
        assert "一叶知春" in library.article(library.articles()[0].id).text


def test_two_processes_on_one_library(folder: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    for number in range(5):
        (more / f"{number}.txt").write_text(
            f"第{number}号通知\n\n第{number}次会议的地点是第{number}会议室，欢迎大家参加。", encoding="utf-8"
        )
    command = [sys.executable, "-m", "yuanwen", "add", str(more), "--library", str(folder)]
    adding = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while adding.poll() is None:
        assert "一叶知春" in theme(folder)
    assert adding.returncode == 0, adding.communicate()
    assert "第3会议室" in qa.answer("第3次会议的地点在哪里？", library=folder).text


def test_questions_from_many_threads(folder: Path) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(theme(folder))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 6 and len(set(said)) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_a_read_only_library_answers_and_refuses_to_change(folder: Path, tmp_path: Path) -> None:
    theme(folder)
    qa._assistant.cache_clear()
    article = tmp_path / "new.txt"
    article.write_text(f"新的文章\n\n{TEXT.replace('一叶知春', '万里茶香')}", encoding="utf-8")
    for path in (folder, *folder.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    # A superuser may write anywhere; without capabilities, permissions count for him as well.
    bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*bound, sys.executable, "-m", "yuanwen", *arguments, "--library", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    try:
        asked, added = run("ask", "论坛的主题是什么？"), run("add", str(article))
    finally:
        folder.chmod(0o755)
    assert asked.returncode == 0 and "一叶知春" in asked.stdout, asked.stderr
    assert added.returncode == 1 and str(folder) in added.stderr and "Traceback" not in added.stderr
