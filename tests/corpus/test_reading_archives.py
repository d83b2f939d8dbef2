"""Zip archives: what is in them is read as if it lay in a folder, under names that say where it stands."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import read_all

FAIR = "图书展开幕\n\n第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
PORT = (
    "<html><head><title>Shore power</title></head><body><p>The port of Westhaven switched on its first shore power berth.</p></body></html>"
)
TABLE = "标题,正文\n一,第三届茶业论坛在杭州龙坞开幕。\n二,论坛主题是“一叶知春”。\n"


def packed(files: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def named(data: bytes, *, written: str, encoding: str) -> bytes:
    """An archive whose one name was written by a program that knew nothing of UTF-8."""
    inner = packed({"?" * len(written.encode(encoding)): data})
    return inner.replace(b"?" * len(written.encode(encoding)), written.encode(encoding))


def sources(data: bytes, name: str = "a.zip") -> list[str]:
    return [article.source.removeprefix(name) for article in read_all(data, name=name)]


def test_every_readable_file_is_an_article() -> None:
    files = {"2021/fair.txt": FAIR, "port.html": PORT, "logo.png": b"\x89PNG", "empty/": "", "table.csv": TABLE}
    articles = list(read_all(packed(files), name="/home/li/a.zip"))
    assert [article.source for article in articles] == [
        "/home/li/a.zip!2021/fair.txt",
        "/home/li/a.zip!port.html",
        "/home/li/a.zip!table.csv#1",
        "/home/li/a.zip!table.csv#2",
    ]
    assert [article.title for article in articles] == ["图书展开幕", "Shore power", "一", "二"]
    assert len({article.sha256 for article in articles}) == 4


def test_what_systems_put_beside_files_is_left_out() -> None:
    files = {"a.txt": FAIR, "__MACOSX/._a.txt": "x", ".hidden.txt": FAIR, ".git/b.txt": FAIR, "c/.d/e.txt": FAIR}
    assert sources(packed(files)) == ["!a.txt"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "cp437"])
def test_names_in_any_encoding_come_out_as_they_were(encoding: str) -> None:
    written = "é.txt" if encoding == "cp437" else "开幕式报道.txt"
    assert sources(named(FAIR.encode(), written=written, encoding=encoding)) == [f"!{written}"]


def test_an_archive_in_an_archive_is_opened_once() -> None:
    inner = packed({"a.txt": FAIR})
    assert sources(packed({"inner.zip": inner})) == ["!inner.zip!a.txt"]
    failed: list[ReadingError] = []
    twice = packed({"b.txt": FAIR, "middle.zip": packed({"inner.zip": inner})})
    found = [article.source for article in read_all(twice, name="a.zip", failed=failed.append)]
    assert found == ["a.zip!b.txt"]
    assert len(failed) == 1 and "a.zip!middle.zip!inner.zip: this is an archive in an archive" in str(failed[0])


def test_a_file_that_fails_does_so_alone() -> None:
    failed: list[ReadingError] = []
    files = {"a.txt": "", "b.pdf": b"%PDF-1.4 broken", "c.txt": FAIR, "d.json": json.dumps({"x": 1})}
    assert [article.source for article in read_all(packed(files), name="a.zip", failed=failed.append)] == ["a.zip!c.txt"]
    assert [str(error).split(":")[0] for error in failed] == ["a.zip!a.txt", "a.zip!b.pdf", "a.zip!d.json"]


def test_an_archive_without_anything_readable_says_what_can_be_read() -> None:
    with pytest.raises(EmptyArticleError, match=r"a\.zip: no file .* docx"):
        list(read_all(packed({"logo.png": b"\x89PNG"}), name="a.zip"))


def test_a_file_named_twice_counts_once_as_other_programs_unpack_it() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", "旧的稿子在这里，写得不太好。")
        archive.writestr("a.txt", FAIR)
    (article,) = read_all(file.getvalue(), name="a.zip")
    assert article.title == "图书展开幕"
