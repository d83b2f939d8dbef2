"""Libraries that older versions of the program wrote, each opened by this one.

``tests/data/library.v1.db.gz`` is a file that version 1 itself wrote: two articles, one of them from two sources, vectors of eight
dimensions, a setting, and a row of feedback. ``library.v3.db.gz`` is of version 3: two articles, one with a copy and a repost, vectors,
a verdict and a conversation.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import library as library_module
from corpus.feedback import Verdict
from corpus.library import Change, Library

DATA = Path(__file__).parents[1] / "data"
NEWEST = 1 + len(library_module.MIGRATIONS)


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    return unpacked(tmp_path, 1)


@pytest.fixture
def version_3(tmp_path: Path) -> Path:
    return unpacked(tmp_path, 3)


def unpacked(place: Path, version: int) -> Path:
    folder = place / f"version-{version}"
    folder.mkdir()
    (folder / "library.db").write_bytes(gzip.decompress((DATA / f"library.v{version}.db.gz").read_bytes()))
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


@pytest.mark.parametrize("old", [1, 3])
def test_an_older_library_gets_the_tables_of_a_new_one(tmp_path: Path, old: int) -> None:
    folder = unpacked(tmp_path, old)
    assert version(folder) == old
    Library(folder).close()
    Library(tmp_path / "new").close()
    assert version(folder) == version(tmp_path / "new") == NEWEST
    assert tables(folder) == tables(tmp_path / "new")


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


def test_a_version_3_library_keeps_all_that_was_in_it_and_has_room_for_publishers(version_3: Path) -> None:
    before = {statement for statement in dump(version_3 / "library.db") if statement.startswith('INSERT INTO "article"')}
    with Library(version_3) as library:
        assert library.verify() == []
        listed = {info.language: info for info in library.articles()}
        assert listed["zh"].sources == ("/articles/2024-04-18-forum.txt", "/articles/copy.txt", "/articles/repost.txt")
        assert [info.publisher for info in listed.values()] == [None, None]
        article = library.article(listed["zh"].id)
        assert (article.authors, article.removed, article.publisher) == (("王小明",), ("来源：每日茶讯",), None)
        assert library.count_vectors("embedder-1") == 2 and library.setting("greeting") == {"你好": [1, 2]}
        assert [one.verdict for one in library.feedback()] == [Verdict.RIGHT] and len(library.conversations()) == 1
        assert library.add(replace(article, publisher="每日茶讯")) is Change.UNCHANGED  # the same text, of which more is known
        assert library.article(article.id).publisher == "每日茶讯"
        assert {info.publisher for info in library.articles()} == {"每日茶讯", None}
        assert library.verify() == []
    assert before <= set(dump(version_3 / "library.db"))
    assert version(version_3) == NEWEST and (version_3 / "library.v3.db").exists()
