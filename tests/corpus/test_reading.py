"""What a file is, what comes out of it whatever its format, and what is said when nothing can."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import MOST_BYTES, SUFFIXES, read, read_bytes, read_file
from corpus.reading.extracted import MOST_CHARS
from corpus.reading.formats import MOST_TEXT_BYTES

DATA = Path(__file__).parent.parent / "data"
ZH = (
    "图书展在老火车站开幕\n2021-05-08 10:00 来源：晨报 作者：张小满\n"
    "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。\n"
    "开幕当天共有三万名读者入场，比去年增加了四成，其中不少人是乘坐新开通的地铁专线来的，组委会说。\n"
)


def test_a_saved_page_becomes_an_article() -> None:
    data = (DATA / "saved-page.zh.txt").read_bytes()
    article = read(data, name="saved/saved-page.zh.txt")
    assert article.title == "第六届临港港口大会在滨海会展中心开幕"
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "text")
    assert article.authors == ("李明浩", "周晓雯")
    assert (article.language, article.script) == ("zh", "Hans")
    assert article.source == "saved/saved-page.zh.txt"
    assert article.sha256 == hashlib.sha256(data).hexdigest()
    assert "（责任编辑：钱小满）" in article.removed
    assert article.text.startswith(article.title)


def test_an_english_page_becomes_an_article() -> None:
    article = read((DATA / "saved-page.en.txt").read_bytes(), name="saved-page.en.txt")
    assert article.title == "Port of Westhaven opens its first shore power berth"
    assert article.published == dt.date(2023, 3, 14)
    assert article.authors == ("Margaret Oyelaran",)
    assert (article.language, article.script) == ("en", "Latn")


@pytest.mark.parametrize("name", ["page.txt", "page.html", "page", "page.csv", "第一页.文本"])
def test_text_is_read_whatever_its_file_is_called(name: str) -> None:
    assert read(ZH.encode(), name=name).title == "图书展在老火车站开幕"


def test_the_contents_decide_before_the_name() -> None:
    body = "<p>" + "</p><p>".join(ZH.split("\n")) + "</p>"
    page = f"<!DOCTYPE html><html><head><title>图书展在老火车站开幕</title></head><body>{body}</body></html>"
    assert "<p>" not in read(page.encode(), name="page.txt").text
    assert "<p>" not in read(body.encode(), name="page").text


def test_the_date_comes_from_the_file_name_only_when_the_text_has_none() -> None:
    undated = "\n".join(line for line in ZH.split("\n") if "来源" not in line)
    article = read(undated.encode(), name="/a/2019-12-31/图书展-20210509.txt")
    assert (article.published, article.published_from) == (dt.date(2021, 5, 9), "name")
    article = read(ZH.encode(), name="图书展-20210509.txt")
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "text")
    article = read(undated.encode(), name="图书展.txt")
    assert (article.published, article.published_from) == (None, None)


def test_the_callers_address_is_believed_before_the_files() -> None:
    text = f"{ZH}本文链接：https://news.example/2021/05/08/fair.html，转载请注明\n"
    assert read(text.encode(), name="a.txt").url == "https://news.example/2021/05/08/fair.html"
    assert read(text.encode(), name="a.txt", url="https://elsewhere.example/1").url == "https://elsewhere.example/1"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Word"),
        (b"PK\x03\x04" + bytes(60), "zip"),
        (b"{\\rtf1\\ansi text}", "RTF"),
        (b"\x00\x01\x02\x03" * 500, "no text"),
        ("text".encode("utf-16-le") * 50, "no text"),
        (bytes(range(128, 256)) * 20, "no text"),
    ],
)
def test_other_formats_are_refused_by_name_and_with_advice(data: bytes, what: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read(data, name="holiday.txt")
    message = str(caught.value)
    assert message.startswith("holiday.txt: ")
    assert what in message
    assert "docx" in message and "pdf" in message
    assert not isinstance(caught.value, EmptyArticleError)


@pytest.mark.parametrize(
    "data",
    [b"", b" \n\t\r\n", "\ufeff\u3000\n".encode(), b"\xff\xfe", "分享到：\n朋友圈\n相关文章\n首页 > 正文\n".encode(), b"<html></html>"],
)
def test_files_without_an_article_are_empty(data: bytes) -> None:
    with pytest.raises(EmptyArticleError, match=r"^empty\.txt: "):
        read(data, name="empty.txt")


def test_a_name_that_promises_another_format_is_not_believed() -> None:
    with pytest.raises(ReadingError, match="no pdf file"):
        read(ZH.encode(), name="a.pdf")


def test_files_too_large_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # takes no room on the disk
    with pytest.raises(ReadingError, match="has 200 MB"):
        read_file(path)
    with pytest.raises(ReadingError, match="has 64 MB"):
        read(b"a" * (MOST_TEXT_BYTES + 1), name="huge.txt")
    with pytest.raises(ReadingError, match="million characters"):
        read(b"a " * (MOST_CHARS // 2 + 1), name="long.txt")


def test_a_file_that_vanished_or_is_none_is_a_reading_error(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"gone\.txt") as caught:
        read_file(tmp_path / "gone.txt")
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    with pytest.raises(ReadingError):
        read_bytes(tmp_path)


def test_a_file_is_read_with_its_path_as_source(tmp_path: Path) -> None:
    path = tmp_path / "展览.txt"
    path.write_text(ZH, encoding="utf-8")
    assert read_file(path) == read(ZH.encode(), name=str(path))


def test_the_suffixes_name_every_format() -> None:
    assert {".txt", ".md", ".html", ".htm", ".pdf", ".docx"} <= SUFFIXES


def check_runs(article: Article, extracted: str) -> None:
    for run in article.origin:
        assert article.text[run.start : run.start + run.length] == extracted[run.origin : run.origin + run.length]


def test_runs_point_into_the_decoded_file() -> None:
    text = (DATA / "saved-page.zh.txt").read_text(encoding="utf-8")
    article = read(text.encode("gb18030"), name="a.txt")
    check_runs(article, text)
    assert sum(run.length for run in article.origin) + article.text.count("\n") == len(article.text)


STARTS = [
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"<html><body>",
    b"<p>",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"---\ntitle: a\n---\n",
    b"# ",
    b"\xd6\xd0\xb9\xfa",
    b"",
]


@settings(max_examples=300)
@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a", ""]))
def test_no_bytes_whatever_raise_anything_but_a_reading_error(start: bytes, data: bytes, name: str) -> None:
    try:
        article = read(start + data, name=name)
    except ReadingError as error:
        assert str(error).startswith(f"{name}: ")
    else:
        assert article.text.strip() and article.title
        article.text.encode("utf-8")  # no half surrogates: it can be stored


@settings(max_examples=150)
@given(st.text(max_size=300), st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_no_text_whatever_raises_anything_but_a_reading_error(text: str, name: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        article = read(data, name=name)
    except ReadingError:
        return
    assert article.text == article.text.strip("\n")


HOSTILE = {
    "deeply nested": "<div>" * 50_000 + "<p>大会今天上午开幕，来自各地的代表参加了开幕式。</p>",
    "never closed": "<html><body>" + "<script>" * 30_000 + "<p>大会今天上午开幕，来自各地的代表参加了开幕式。</p>",
    "attributes only": "<html><body>" + '<a href="' * 20_000 + "<p>大会今天上午开幕，来自各地的代表参加了开幕式。</p>",
    "brackets": "[" * 200_000,
    "links": "[a](b" * 100_000,
    "marks": "**_[`" * 100_000,
    "comments": "<!--" * 100_000,
    "rules": "---\n" * 100_000,
    "blanks": "x" + " " * 500_000 + "#",
    "bars": "| " * 200_000 + "x",
    "buttons": ("分享微信朋友圈复制链接打印关闭" * 5 + "某\n") * 5_000,
    "stops": "。”" * 200_000,
    "ellipses": ("." * 90 + "\n") * 5_000,
}


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_read_or_refused_in_a_short_time(what: str, name: str) -> None:
    started = dt.datetime.now(tz=dt.UTC)
    with contextlib.suppress(ReadingError):
        read(HOSTILE[what].encode(), name=name)
    assert (dt.datetime.now(tz=dt.UTC) - started).total_seconds() < 20  # about one where nothing else runs
