"""Libraries that older versions of the program wrote, each opened by this one.

``tests/data/library.v1.db.gz`` is a file that version 1 itself wrote: two articles, one of them from two sources, vectors of eight
dimensions, a setting, and a row of feedback.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
from pathlib import Path

import pytest

from corpus import library as library_module
from corpus.feedback import Verdict
from corpus.library import Library

DATA = Path(__file__).parents[1] / "data"
NEWEST = 1 + len(library_module.MIGRATIONS)


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    folder = tmp_path / "version-1"
    folder.mkdir()
    (folder / "library.db").write_bytes(gzip.decompress((DATA / "library.v1.db.gz").read_bytes()))
    return folder


def tables(folder: Path) -> dict[str, str]:
    """The statements that made what is in the file, without comments, however they are laid out."""
    db = sqlite3.connect(folder / "library.db")
    try:
        rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    finally:
        db.close()
    return {name: re.sub(r"\s*([(),])\s*", r"\1", " ".join(re.sub(r"--[^\n]*", "", sql).split())) for name, sql in rows}


def dump(path: Path) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def version(folder: Path) -> int:
    db = sqlite3.connect(folder / "library.db")
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def test_a_version_1_library_gets_the_tables_of_a_new_one(version_1: Path, tmp_path: Path) -> None:
    assert version(version_1) == 1
    Library(version_1).close()
    Library(tmp_path / "new").close()
    assert version(version_1) == version(tmp_path / "new") == NEWEST
    assert tables(version_1) == tables(tmp_path / "new")


def test_a_version_1_library_keeps_all_that_was_in_it(version_1: Path) -> None:
    with Library(version_1) as library:
        assert library.verify() == []
        by_language = {info.language: info for info in library.articles()}
        assert by_language["zh"].sources == ("/articles/2024-04-18-forum.txt", "/articles/copy.txt")
        assert by_language["zh"].authors == ("王小明",)
        assert library.setting("greeting") == {"你好": [1, 2]}
        ids, vectors = library.vectors("embedder-1")
        assert vectors.shape == (len(library.passage_ids([info.id for info in by_language.values()])), 8) and len(ids) == len(vectors)
        assert library.search(["hangzhou"], limit=5)
        (kept,) = library.feedback()
        assert (kept.verdict, kept.question, kept.answer_text) == (Verdict.RIGHT, "Where did the tea forum open?", "Longwu")
        assert kept.article_id == by_language["en"].id and kept.quote.startswith("The third tea forum opened")
        assert library.article(by_language["en"].id).text[kept.start : kept.end] == "Longwu"
        library.remove_feedback(kept.id)
        library.add_turn(None, "谁致辞？", {"found": False})
        assert library.verify() == []


def test_the_version_1_file_stays_beside_the_new_one(version_1: Path) -> None:
    before = dump(version_1 / "library.db")
    Library(version_1).close()
    assert dump(version_1 / "library.v1.db") == before


def test_feedback_that_reaches_beyond_its_text_is_left_behind(version_1: Path) -> None:
    db = sqlite3.connect(version_1 / "library.db")
    (article_id,) = db.execute("SELECT article_id FROM feedback").fetchone()
    rows = [(article_id, 5, 10_000, "right"), (article_id, 8, 8, "right"), (article_id, 0, 3, "splendid")]
    db.executemany("INSERT INTO feedback (article_id, start, \"end\", question, verdict, created) VALUES (?, ?, ?, 'q', ?, 'x')", rows)
    db.commit()
    db.close()
    with Library(version_1) as library:
        assert [one.answer_text for one in library.feedback()] == ["Longwu"]
        assert library.verify() == []


def test_articles_of_an_older_library_are_known_by_their_likeness(version_1: Path) -> None:
    with Library(version_1) as library:
        listed = library.articles()
        assert len(listed) == 2 and library.duplicates_apart() == []
        db = sqlite3.connect(version_1 / "library.db")
        assert {row[0] for row in db.execute("SELECT article_id FROM signature")} == {info.id for info in listed}
        assert db.execute("SELECT count(*) FROM band").fetchone()[0] == len(listed) * 64
        db.close()
