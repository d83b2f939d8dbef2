"""Into the library: what is found in folders, what a second time changes, and what is told of it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus.errors import ReadingError
from corpus.intake import Outcome, add_bytes, add_files, add_text, article_files, tally
from corpus.library import Change, Library
from corpus.removing import remove_named

TOPICS = ("港口", "图书", "茶业", "地铁", "机场", "水库", "桥梁", "学校", "医院", "森林")


def text(number: int) -> str:
    """A short article that is like no other."""
    topic = TOPICS[number % len(TOPICS)]
    return f"第{number}次{topic}会议在{topic}大厦开幕，代表{37 * number + 5}人到会。{topic}协会介绍了{number + 3}项{topic}工程的进展。"


def table(numbers: list[int], *, changed: int | None = None) -> bytes:
    rows = [f"第{n}号{TOPICS[n % 10]}通知,{text(n)}{'会议延期一天。' if n == changed else ''}" for n in numbers]
    return "\n".join(["标题,正文", *rows]).encode()


def packed(files: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def changes(outcomes: list[Outcome]) -> dict[str, str]:
    """By the part of the source after the file's name."""
    return {o.source.partition(".")[2].partition("#")[2] or o.source: o.change.value if o.change else "failed" for o in outcomes}


def stored(library: Library) -> dict[str, str]:
    """Every source, and the text that it stands for."""
    return {source: library.article(info.id).text for info in library.articles() for source in info.sources}


# --- files of several articles ---------------------------------------------------------------------------------------------------


def test_rows_are_added_once_each_and_told_of(library: Library) -> None:
    told: list[tuple[int, int]] = []
    outcomes = add_bytes(library, table([1, 2, 3]), name="t.csv", progress=lambda done, total: told.append((done, total)))
    assert changes(outcomes) == {"1": "added", "2": "added", "3": "added"}
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert stored(library) == {f"t.csv#{n}": text(n) for n in (1, 2, 3)}
    generation = library.generation
    assert set(changes(add_bytes(library, table([1, 2, 3]), name="t.csv")).values()) == {"unchanged"}
    assert library.generation == generation


def test_a_changed_row_replaces_its_old_version_and_one_that_is_gone_is_forgotten(library: Library) -> None:
    add_bytes(library, table([1, 2, 3]), name="t.csv")
    assert changes(add_bytes(library, table([1, 2], changed=2), name="t.csv")) == {"1": "unchanged", "2": "updated", "3": "removed"}
    assert stored(library) == {"t.csv#1": text(1), "t.csv#2": text(2) + "会议延期一天。"}
    assert library.verify() == []


def test_rows_that_moved_keep_their_passages_and_vectors(library: Library) -> None:
    add_bytes(library, table([1, 2, 3, 4]), name="t.csv")
    passages = {info.title: library.passages(info.id)[0].id for info in library.articles()}
    outcomes = add_bytes(library, table([7, 4, 2, 1]), name="t.csv")  # one new at the top, one gone, two have changed places
    assert changes(outcomes) == {"1": "added", "2": "unchanged", "3": "unchanged", "4": "unchanged"}
    assert stored(library) == {f"t.csv#{row}": text(n) for row, n in enumerate([7, 4, 2, 1], 1)}
    for info in library.articles():
        if info.title in passages:
            assert library.passages(info.id)[0].id == passages[info.title]
    assert library.verify() == []


def test_the_rows_of_another_table_stay(library: Library) -> None:
    add_bytes(library, table([1, 2]), name="t.csv")
    add_bytes(library, table([3, 4]), name="t.csv.csv")
    add_bytes(library, table([5]), name="t")
    add_bytes(library, table([1]), name="t.csv")
    assert len(stored(library)) == 4


def test_an_archive_is_brought_up_to_date_by_names(library: Library) -> None:
    add_bytes(library, packed({"a.txt": text(1), "b.txt": text(2), "t.csv": table([3, 4]).decode()}), name="x.zip")
    outcomes = add_bytes(library, packed({"c.txt": text(2), "a.txt": text(1), "t.csv": table([3, 6]).decode()}), name="x.zip")
    assert {o.source: o.change for o in outcomes} == {
        "x.zip!a.txt": Change.UNCHANGED,
        "x.zip!c.txt": Change.DUPLICATE,
        "x.zip!t.csv#1": Change.UNCHANGED,
        "x.zip!t.csv#2": Change.UPDATED,
        "x.zip!b.txt": Change.REMOVED,
    }
    assert sorted(stored(library)) == ["x.zip!a.txt", "x.zip!c.txt", "x.zip!t.csv#1", "x.zip!t.csv#2"]


def test_a_feed_keeps_what_is_no_longer_in_it(library: Library) -> None:
    def feed(numbers: list[int]) -> bytes:
        items = "".join(f"<item><guid>g{n}</guid><title>{n}</title><description>{text(n)}</description></item>" for n in numbers)
        return f"<rss><channel>{items}</channel></rss>".encode()

    add_bytes(library, feed([1, 2]), name="f.rss")
    assert tally(add_bytes(library, feed([2, 3]), name="f.rss")) == tally([]) | {"added": 1, "unchanged": 1}
    assert sorted(stored(library)) == ["f.rss#g1", "f.rss#g2", "f.rss#g3"]


def test_a_table_that_cannot_be_read_any_more_keeps_its_articles(library: Library) -> None:
    add_bytes(library, table([1, 2]), name="t.csv")
    (outcome,) = add_bytes(library, b"\x00\x01\x02" * 100, name="t.csv")
    assert outcome.change is None and len(stored(library)) == 2


def test_a_table_that_breaks_off_keeps_the_rows_below(library: Library) -> None:
    add_bytes(library, table([1, 2, 3]), name="t.csv")
    broken = table([1, 2]) + b'\nopen,"' + b"x" * 10_000_001
    outcomes = add_bytes(library, broken, name="t.csv")
    assert [(o.source, o.change) for o in outcomes] == [("t.csv#1", Change.UNCHANGED), ("t.csv#2", Change.UNCHANGED), ("t.csv", None)]
    assert len(stored(library)) == 3


def test_a_list_that_becomes_one_object_is_one_article(library: Library) -> None:
    records = [{"title": str(n), "text": text(n)} for n in (1, 2)]
    add_bytes(library, json.dumps(records).encode(), name="a.json")
    add_bytes(library, json.dumps(records[0]).encode(), name="a.json")
    assert stored(library) == {"a.json": text(1)}


def test_a_field_named_otherwise_is_another_article(library: Library) -> None:
    data = json.dumps([{"a": text(1), "b": text(2)}]).encode()
    add_bytes(library, data, name="a.json", fields={"text": "a"})
    (outcome,) = add_bytes(library, data, name="a.json", fields={"text": "b"})
    assert outcome.change is Change.UPDATED and stored(library) == {"a.json#1": text(2)}


def test_interrupted_in_the_midst_the_rest_is_done_the_next_time(library: Library) -> None:
    def stop(done: int, total: int) -> None:
        if done == 150:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_bytes(library, table(list(range(1, 201))), name="t.csv", progress=stop)
    kept = len(stored(library))
    assert 100 <= kept < 200
    assert tally(add_bytes(library, table(list(range(1, 201))), name="t.csv"))["unchanged"] == kept
    assert len({source for info in library.articles() for source in info.sources}) == 200


# --- folders -----------------------------------------------------------------------------------------------------------------


def test_a_folder_is_everything_readable_below_it(tmp_path: Path) -> None:
    folder = tmp_path / "文章 العربية ελληνικά"
    for name in ("a.txt", "深/更深/b.HTML", "c.png", ".hidden/d.txt", ".e.txt", "README.md", "~$f.docx", "naïve\n.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text(1), encoding="utf-8")
    assert [path.relative_to(folder).as_posix() for path in article_files([folder])] == ["a.txt", "naïve\n.md", "深/更深/b.HTML"]
    assert article_files([folder / "README.md", folder / "a.txt", folder / "a.txt"]) == [folder / "README.md", folder / "a.txt"]
    with pytest.raises(ReadingError, match="nowhere"):
        article_files([tmp_path / "nowhere"])


@pytest.mark.skipif(os.name == "nt", reason="POSIX links")
def test_circles_of_links_end_and_links_to_files_are_followed(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "b.txt").write_text(text(1), encoding="utf-8")
    (folder / "again").symlink_to(folder)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "nowhere.txt").symlink_to(tmp_path / "gone.txt")
    (folder / "other.txt").symlink_to(tmp_path / "c.txt")
    (tmp_path / "c.txt").write_text(text(2), encoding="utf-8")
    found = {Path(o.source).name: o for o in add_files(library, [folder])}
    assert {name: o.change for name, o in found.items()} == {
        "b.txt": Change.ADDED,
        "other.txt": Change.ADDED,
        "loop.txt": None,
        "nowhere.txt": None,
    }
    assert all(name in (found[name].error or "") for name in ("loop.txt", "nowhere.txt"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions that do not bind this user")
def test_what_may_not_be_read_is_told(tmp_path: Path, library: Library) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "locked.txt").write_text(text(1), encoding="utf-8")
    (tmp_path / "a" / "open.txt").write_text(text(2), encoding="utf-8")
    (tmp_path / "a" / "shut").mkdir()
    (tmp_path / "a" / "locked.txt").chmod(0)
    (tmp_path / "a" / "shut").chmod(0)
    outcomes = add_files(library, [tmp_path / "a"])
    (tmp_path / "a" / "shut").chmod(0o700)
    assert {Path(o.source).name: o.change for o in outcomes} == {"shut": None, "locked.txt": None, "open.txt": Change.ADDED}


@pytest.mark.skipif(os.name == "nt", reason="names of bytes")
def test_a_name_that_is_no_text_is_kept_apart_from_others(tmp_path: Path, library: Library) -> None:
    for number, raw in enumerate((b"\xd6\xd0.txt", b"\xd6\xd1.txt")):
        (tmp_path / os.fsdecode(raw)).write_text(text(number), encoding="utf-8")
    assert [o.change for o in add_files(library, [tmp_path])] == [Change.ADDED, Change.ADDED]
    assert [o.change for o in add_files(library, [tmp_path])] == [Change.UNCHANGED, Change.UNCHANGED]


def test_progress_counts_articles_as_files_are_opened(tmp_path: Path, library: Library) -> None:
    (tmp_path / "a.txt").write_text(text(1), encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(table([2, 3, 4]))
    (tmp_path / "c.txt").write_bytes(b"")
    told: list[tuple[int, int]] = []
    outcomes = add_files(library, [tmp_path], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert tally(outcomes) == tally([]) | {"added": 4, "failed": 1}


# --- what is not a file --------------------------------------------------------------------------------------------------------


def test_a_pasted_text_is_an_article_and_pasted_anew_it_is_replaced(library: Library) -> None:
    (first,) = add_text(library, f"通知\n\n{text(1)}", name="pasted")
    assert first.change is Change.ADDED and first.article_id == library.articles()[0].id
    assert [o.change for o in add_text(library, f"通知\n\n{text(2)}", name="pasted")] == [Change.UPDATED]
    assert [o.error is not None for o in add_text(library, "", name="pasted")] == [True]


def test_a_server_s_word_on_the_encoding_is_heard(library: Library) -> None:
    page = "<html><body><p>Le café où l'été a commencé, d'après le maire.</p></body></html>"
    (outcome,) = add_bytes(library, page.encode("iso-8859-15"), name="a.html", charset="iso-8859-15")
    assert outcome.article_id and "où l'été" in library.article(outcome.article_id).text


@pytest.mark.parametrize("other", ["a.txt#2.txt", "a.txt!b.txt", "a.txt#old/b.txt", "a.txt#2"])
def test_a_file_whose_name_begins_as_another_files_places_do_is_a_file_of_its_own(library: Library, tmp_path: Path, other: str) -> None:
    (tmp_path / other).parent.mkdir(exist_ok=True)
    for name, number in ((other, 1), ("a.txt", 2)):
        (tmp_path / name).write_text(text(number), encoding="utf-8")
        add_files(library, [tmp_path / name])
    mine, others = str(tmp_path / "a.txt"), str(tmp_path / other)
    assert set(library.sources_of(mine)) == {mine}
    (tmp_path / "a.txt").write_text(text(3), encoding="utf-8")
    assert [(o.source, o.change) for o in add_files(library, [tmp_path / "a.txt"])] == [(mine, Change.UPDATED)]
    assert stored(library) == {mine: text(3), others: text(1)}
    assert library.find_sources("a.txt") == library.find_sources(mine) == (mine,)
    remove_named(library, [mine])
    assert stored(library) == {others: text(1)}
    assert library.find_sources("a.txt") == ()


def test_a_file_that_holds_one_article_has_no_entries(library: Library) -> None:
    """However its neighbour is called, of which there is no telling any more whether it was a file."""
    for name, number in (("a.txt#2.txt", 1), ("a.txt", 2), ("a.txt", 3)):
        add_text(library, text(number), name=name)
    assert stored(library) == {"a.txt": text(3), "a.txt#2.txt": text(1)}
