"""Tables and JSON: a record is an article, its fields known by their names."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import read, read_all

FAIR = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
TEA = "第三届茶业论坛在杭州龙坞开幕。中国茶叶学会理事长江用文致辞，论坛主题是“一叶知春”。"
PORT = "The port of Westhaven switched on its first shore power berth on Tuesday, the harbour master said."


def table(rows: Sequence[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def all_of(data: bytes, name: str, **options: Any) -> list[Article]:
    return list(read_all(data, name=name, **options))


ROWS = [
    ["标题", "正文", "日期", "链接", "作者", "来源"],
    ["图书展开幕", FAIR, "2021年5月8日", "https://news.example/fair", "张小满", "晨报"],
    ["茶业论坛开幕", TEA, "2024-04-18 09:30", "", "李明浩、周晓雯", "https://tea.example/forum"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_row_is_an_article_whatever_the_encoding(encoding: str, delimiter: str) -> None:
    rows = (
        ROWS
        if encoding != "big5hkscs"
        else [["標題", "內容", "日期"], ["圖書展開幕", "第三屆圖書展昨天在老火車站開幕，展覽將持續到下週日。", "2021-05-08"]]
    )
    articles = all_of(table(rows, delimiter=delimiter, encoding=encoding), "news.csv")
    assert [article.source for article in articles] == [f"news.csv#{number}" for number in range(1, len(rows))]
    assert [article.title for article in articles] == [row[0] for row in rows[1:]]
    assert [article.text for article in articles] == [row[1] for row in rows[1:]]
    assert articles[0].published == dt.date(2021, 5, 8) and articles[0].published_from == "markup"


def test_the_other_fields_are_kept() -> None:
    fair, tea = all_of(table(ROWS), "news.csv")
    assert (fair.url, fair.authors) == ("https://news.example/fair", ("张小满",))
    assert "晨报" in fair.removed
    assert (tea.url, tea.authors) == ("https://tea.example/forum", ("李明浩", "周晓雯"))
    assert tea.published == dt.date(2024, 4, 18)
    assert fair.sha256 != tea.sha256 and len(fair.sha256) == 64


@pytest.mark.parametrize(
    "names", [("headline", "body"), ("Title", "Article Body"), ("title", "content_text"), ("題目", "內文"), ("新闻标题", "新闻内容")]
)
def test_usual_names_are_known(names: tuple[str, str]) -> None:
    (article,) = all_of(table([names, ("图书展开幕", FAIR)]), "a.csv")
    assert (article.title, article.text) == ("图书展开幕", FAIR)


def test_the_caller_names_fields_before_the_usual_names() -> None:
    rows = [["title", "text", "kicker", "story_html"], ["wrong", "wrong", "图书展开幕", f"<p>{FAIR}</p><p>{TEA}</p>"]]
    (article,) = all_of(table(rows), "a.csv", fields={"text": "story_html", "title": "kicker"})
    assert (article.title, article.text) == ("图书展开幕", f"{FAIR}\n{TEA}")
    with pytest.raises(ReadingError, match=r"no field 'body'.*text=body"):
        all_of(table(rows), "a.csv", fields={"body": "story_html"})


def test_a_table_without_a_known_text_says_which_fields_there_are() -> None:
    with pytest.raises(ReadingError, match=r"a\.csv: .*kicker, story_html.*--field text="):
        all_of(table([["kicker", "story_html"], ["图书展", FAIR], ["茶", TEA]]), "a.csv")


def test_plain_text_in_a_csv_file_is_plain_text() -> None:
    assert read(f"图书展开幕\n\n{FAIR}\n".encode(), name="a.csv").text.endswith(FAIR)


def test_rows_without_text_fail_alone() -> None:
    failed: list[ReadingError] = []
    rows = [["title", "text"], ["a", ""], [], ["图书展开幕", FAIR], ["short"]]
    articles = all_of(table(rows), "a.csv", failed=failed.append)
    assert [article.source for article in articles] == ["a.csv#2"]
    assert [str(error).split(":")[0] for error in failed] == ["a.csv#1", "a.csv#3"]
    with pytest.raises(EmptyArticleError, match=r"a\.csv#1"):
        all_of(table(rows), "a.csv")


def test_long_cells_with_line_ends_and_quotes_are_whole() -> None:
    text = "\n".join(f"第{number}段：他说：“{FAIR}”" for number in range(3000))
    assert len(text) > 150_000
    (article,) = all_of(table([["title", "text"], ["长文", text]]), "a.csv")
    assert article.text.count("第三届图书展") == 3000


def test_read_wants_one_article() -> None:
    with pytest.raises(ReadingError, match="holds 2 articles"):
        read(table(ROWS), name="news.csv")
    assert read(table(ROWS[:2]), name="news.csv").source == "news.csv#1"


# --- JSON --------------------------------------------------------------------------------------------------------------------


RECORDS: list[dict[str, Any]] = [
    {"id": 1, "title": "图书展开幕", "content": FAIR, "date": "2021-05-08", "url": "https://news.example/fair"},
    {"id": 2, "title": {"rendered": "Port &amp; power"}, "content": {"rendered": f"<p>{PORT}</p>"}, "date": 1678752000},
]


@pytest.mark.parametrize(
    "whole",
    [RECORDS, {"count": 2, "items": RECORDS}, {"meta": [1, 2], "anything": RECORDS}, {"data": {"x": 1}, "results": RECORDS}],
    ids=["list", "items", "another list", "results"],
)
def test_the_objects_of_a_json_file_are_articles(whole: Any) -> None:
    fair, port = all_of(json.dumps(whole).encode(), "export.json")
    assert (fair.source, fair.title, fair.text, fair.published) == ("export.json#1", "图书展开幕", FAIR, dt.date(2021, 5, 8))
    assert (port.source, port.title, port.text, port.published) == ("export.json#2", "Port & power", PORT, dt.date(2023, 3, 14))


def test_one_object_is_one_article_named_by_its_file() -> None:
    article = read(json.dumps(RECORDS[0], ensure_ascii=False, indent=1).encode("gb18030"), name="fair.json")
    assert (article.source, article.text, article.url) == ("fair.json", FAIR, "https://news.example/fair")


def test_lines_of_json_are_articles_and_a_bad_line_fails_alone() -> None:
    lines = [json.dumps(RECORDS[0], ensure_ascii=False).encode(), b"{broken", b"", b"[1]", json.dumps(RECORDS[1]).encode("utf-8-sig")]
    failed: list[ReadingError] = []
    articles = all_of(b"\r\n".join(lines), "news.jsonl", failed=failed.append)
    assert [article.source for article in articles] == ["news.jsonl#1", "news.jsonl#4"]
    assert ["line 2" in str(failed[0]), "line 3" in str(failed[1]), len(failed)] == [True, True, 2]


def test_json_is_known_by_its_content_where_the_name_says_nothing() -> None:
    assert len(all_of(json.dumps(RECORDS).encode(), "https://news.example/api/latest")) == 2
    assert read(b"{curly} " + PORT.encode(), name="note").text.endswith(PORT)


def test_nested_and_alternative_fields() -> None:
    record = {"page": {"body": FAIR, "head": "图书展"}, "content_text": "", "content_html": f"<p>{TEA}</p>"}
    assert read(json.dumps(record).encode(), name="a.json").text == TEA
    article = read(json.dumps(record).encode(), name="a.json", fields={"text": "page.body", "title": "page.head"})
    assert (article.title, article.text) == ("图书展", FAIR)


@pytest.mark.parametrize("data", [b"{", b"nonsense", b'{"a": 1}', b"[]", b"[1, 2]", b'"text"', b"[" * 100_000])
def test_json_without_articles_is_a_reading_error(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"^a\.json"):
        all_of(data, "a.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["text", "title", "date", "url", "items", "x"]), inner),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["a.json", "a.jsonl", "a"]))
def test_no_json_whatever_raises_anything_but_a_reading_error(whole: Any, name: str) -> None:
    failed: list[ReadingError] = []
    try:
        articles = all_of(json.dumps(whole).encode(), name, failed=failed.append)
    except ReadingError:
        return
    for article in articles:
        assert article.text.strip() and article.source.startswith(name)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=30)


@given(st.lists(st.lists(TEXT, max_size=4), max_size=6))
def test_whatever_a_writer_of_tables_writes_is_read(cells: list[list[str]]) -> None:
    data = table([["title", "text"], *cells]).decode().encode("utf-8", "replace")
    failed: list[ReadingError] = []
    articles = all_of(data, "a.csv", failed=failed.append)
    assert all(article.text.strip() for article in articles)
