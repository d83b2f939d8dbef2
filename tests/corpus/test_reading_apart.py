"""Large files are read in a process of their own, with the same result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import apart, html, mhtml, read
from corpus.reading.extracted import from_plain, to_plain

FIRST = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
SECOND = "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。"
PAGE = (
    "<html><head><meta charset='utf-8'><title>图书展在老火车站开幕_晨报</title>"
    "<meta property='article:published_time' content='2021-05-08'></head>"
    f"<body><ul><li>首页</li><li>新闻</li></ul><h1>图书展在老火车站开幕</h1>"
    f"<p>{FIRST}</p><p>{SECOND} 😀</p><p>责任编辑：王五</p></body></html>"
).encode()
MAIL = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
    + PAGE
    + b"\r\n--b--"
)


def test_what_was_extracted_survives_the_way_through_json() -> None:
    found = html.extract(PAGE, name="a.html", url="https://example.org/a")
    assert found.cleaned is not None and found.published is not None
    assert from_plain(json.loads(json.dumps(to_plain(found)))) == found


@pytest.mark.parametrize(("name", "data"), [("图.html", PAGE), ("图.mhtml", MAIL)])
def test_a_large_page_is_read_elsewhere_with_the_same_result(name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    here = read(data, name=name, url="https://example.org/a")
    monkeypatch.setattr(apart, "LARGE_BYTES", 0)
    monkeypatch.setattr(html, "extract", None)  # not in this process
    monkeypatch.setattr(mhtml, "extract", None)
    assert read(data, name=name, url="https://example.org/a") == here
    assert FIRST in here.text and here.url == "https://example.org/a" and "首页" in here.removed


def test_what_is_wrong_is_told_by_that_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGE_BYTES", 0)
    with pytest.raises(EmptyArticleError, match=r"图\.mhtml"):
        read(MAIL.replace(b"text/html", b"image/png"), name="图.mhtml")


def test_a_page_that_takes_too_long_costs_that_process_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(400_000)) + b">" + FIRST.encode()
    monkeypatch.setattr(apart, "FIRST_S", 0.5)
    with pytest.raises(ReadingError, match=r"slow\.html: this file can't be read \(it takes too long\)"):
        read(slow, name="slow.html")
    monkeypatch.undo()
    monkeypatch.setattr(apart, "LARGE_BYTES", 0)
    assert FIRST in read(PAGE, name="a.html").text


def test_where_no_process_can_be_started_the_file_is_read_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(apart, "LARGE_BYTES", 0)
    monkeypatch.setattr(apart, "PROCESS", apart.Apart())
    monkeypatch.setattr("sys.executable", "")
    assert FIRST in read(PAGE, name="a.html").text
