"""PDF files, made here: wrapped lines, running heads, passwords, pictures of pages."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import read

TITLE = "图书展在老火车站开幕"
FIRST = "晨报讯（记者 张小满）第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
SECOND = "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。"


def pdf(pages: Sequence[Sequence[str]], *, title: str = "", font: str = "STSong-Light") -> bytes:
    """One page for every list of lines."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setTitle(title)
    for lines in pages:
        canvas.setFont(font, 12)
        for number, line in enumerate(lines):
            canvas.drawString(72, 780 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def wrap(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def encrypted(data: bytes, *, user: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_wrapped_chinese_lines_are_joined_without_blanks() -> None:
    article = read(pdf([[TITLE, *wrap(FIRST, 24), *wrap(SECOND, 24)]]), name="fair.pdf")
    assert article.text.split("\n") == [TITLE, FIRST, SECOND]
    assert article.title == TITLE
    assert article.authors == ("张小满",)


def test_wrapped_english_lines_are_joined_with_blanks_and_hyphenated_words_without() -> None:
    lines = [
        "Port opens its first shore power berth",
        "The port of Westhaven switched on its first shore power berth on Tuesday, which al-",
        "lows container ships to turn off their diesel engines for as long as they lie at the",
        "quay and unload.",
        "Two more berths will follow.",
    ]
    assert read(pdf([lines], font="Helvetica"), name="a.pdf").text.split("\n") == [
        "Port opens its first shore power berth",
        "The port of Westhaven switched on its first shore power berth on Tuesday, which allows container ships to turn off "
        "their diesel engines for as long as they lie at the quay and unload.",
        "Two more berths will follow.",
    ]


def test_sentences_go_on_across_pages_and_running_heads_are_left_out() -> None:
    pieces = wrap(FIRST + SECOND, 24)
    pages = [["晨报 2021年5月8日", *pieces[at : at + 2], f"第 {number} 页 共 4 页"] for number, at in enumerate(range(0, 8, 2), 1)]
    article = read(pdf(pages), name="a.pdf")
    assert FIRST in article.text.replace("\n", "")
    assert article.text.count("晨报 2021") == 1
    assert "共 4 页" not in article.text
    assert "第 3 页 共 4 页" in article.removed


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(TITLE, TITLE), ("Microsoft Word - 稿件v2.docx", "图书展开幕了"), ("untitled", "图书展开幕了"), ("", "图书展开幕了")],
)
def test_the_stated_title_counts_if_it_is_one(stated: str, expected: str) -> None:
    assert read(pdf([["图书展开幕了", *wrap(FIRST, 24)]], title=stated), name="a.pdf").title == expected


def test_spaced_out_characters_are_brought_together() -> None:
    spaced = "　".join("图书展开幕").replace("　", " ")
    article = read(pdf([[spaced, *wrap(FIRST, 24)]]), name="a.pdf")
    assert article.text.startswith("图书展开幕\n")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_encrypted_files_open_when_no_password_is_needed_to_read(algorithm: str) -> None:
    data = pdf([[TITLE, *wrap(FIRST, 24)]])
    assert read(encrypted(data, user="", algorithm=algorithm), name="a.pdf").title == TITLE
    with pytest.raises(ReadingError, match=r"a\.pdf: this pdf is encrypted"):
        read(encrypted(data, user="secret", algorithm=algorithm), name="a.pdf")


def test_pictures_of_pages_look_scanned() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for _ in range(3):
        canvas.rect(72, 72, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    with pytest.raises(EmptyArticleError, match="scanned"):
        read(file.getvalue(), name="scan.pdf")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_cut_off_files_are_damaged_or_still_read(keep: float) -> None:
    data = pdf([[TITLE, *wrap(FIRST, 24)]] * 3)
    with pytest.raises(ReadingError, match=r"a\.pdf: ") as caught:
        read(data[: int(len(data) * keep)], name="a.pdf")
    assert caught.value.__cause__ is not None or isinstance(caught.value, EmptyArticleError)


def test_a_damaged_file_says_so_and_why() -> None:
    with pytest.raises(ReadingError, match="damaged") as caught:
        read(b"%PDF-1.7\nnothing else", name="a.pdf")
    assert caught.value.__cause__ is not None
