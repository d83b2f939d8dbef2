"""Word files, made here: paragraphs and tables in their order, titles, damage."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import docx as docx_reading
from corpus.reading import read

FIRST = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
SECOND = "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。"


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_paragraphs_and_tables_come_in_their_order() -> None:
    document = docx.Document()
    document.add_heading("图书展在老火车站开幕", level=1)
    document.add_paragraph("2021年5月8日　来源：晨报")
    document.add_paragraph(FIRST)
    table = document.add_table(rows=2, cols=3)
    for number, text in enumerate(("日期", "人数", "说明", "5月8日", "三万", "开幕")):
        table.cell(number // 3, number % 3).text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    document.add_paragraph(SECOND)
    article = read(saved(document), name="fair.docx")
    assert article.text.split("\n") == [
        "图书展在老火车站开幕",
        "2021年5月8日　来源：晨报",
        FIRST,
        "日期\t人数\t说明",
        "5月8日\t三万 开幕",
        SECOND,
    ]
    assert article.title == "图书展在老火车站开幕"
    assert str(article.published) == "2021-05-08"


@pytest.mark.parametrize(
    ("stated", "title"), [("图书展开幕通稿", "图书展开幕通稿"), ("Word Document", "图书展在老火车站开幕"), ("", "图书展在老火车站开幕")]
)
def test_the_stated_title_counts_if_it_is_one(stated: str, title: str) -> None:
    document = docx.Document()
    document.core_properties.title = stated
    document.add_paragraph("图书展在老火车站开幕")
    document.add_paragraph(FIRST)
    assert read(saved(document), name="a.docx").title == title


def test_the_contents_decide_whatever_the_name() -> None:
    document = docx.Document()
    document.add_paragraph(FIRST)
    assert read(saved(document), name="a.bin").text == FIRST


def test_an_empty_file_has_no_article() -> None:
    with pytest.raises(EmptyArticleError, match=r"a\.docx"):
        read(saved(docx.Document()), name="a.docx")


def test_a_damaged_file_says_so_and_why() -> None:
    document = docx.Document()
    document.add_paragraph(FIRST)
    data = saved(document)
    with pytest.raises(ReadingError, match=r"a\.docx: this Word file is damaged") as caught:
        read(data[: len(data) // 2], name="a.docx")
    assert caught.value.__cause__ is not None


def test_another_office_file_is_no_word_file() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(ReadingError, match="other than docx"):
        read(file.getvalue(), name="a.xlsx")


def test_a_file_that_unpacks_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = docx.Document()
    document.add_paragraph(FIRST * 1000)
    monkeypatch.setattr(docx_reading, "_MOST_BYTES", 50_000)
    with pytest.raises(ReadingError, match="unpacks to"):
        read(saved(document), name="a.docx")


def test_a_large_file_is_read_in_a_process_of_its_own_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    document = docx.Document()
    document.add_heading("图书展开幕", 1)
    document.add_paragraph("第三届图书展昨天在老火车站开幕。\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "出版社", "120"
    file = io.BytesIO()
    document.save(file)
    here = docx_reading.extract(file.getvalue(), name="a.docx")
    monkeypatch.setattr(docx_reading, "_LARGE_BYTES", 0)
    monkeypatch.setattr(docx_reading, "extract_here", None)  # not in this process
    assert docx_reading.extract(file.getvalue(), name="a.docx") == here
    assert "出版社\t120" in here.text and here.title == "图书展开幕"


def test_what_is_wrong_with_a_large_file_is_told_by_that_process(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<never closed")
    monkeypatch.setattr(docx_reading, "_LARGE_BYTES", 0)
    with pytest.raises(ReadingError, match=r"图\.docx: this Word file is damaged"):
        docx_reading.extract(file.getvalue(), name="图.docx")
