"""Encodings are told from real bytes, short and long; wrong ones are not guessed into words."""

from __future__ import annotations

import codecs

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.reading import read
from corpus.reading.text import decode, mended

HANS = (
    "图书展在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书。市长在致辞中表示，展览将持续到下周日，"
    "开幕当天共有三万名读者入场，比去年增加了四成。组委会负责人说，今年首次设立了盲文展区，读者可以在志愿者的陪同下试读。"
)
HANT = (
    "圖書展在舊火車站開幕，來自各地的一百二十家出版社帶來了兩萬多種新書。市長在致辭中表示，展覽將持續到下週日，"
    "開幕當天共有三萬名讀者入場，比去年增加了四成。主辦單位負責人說，今年首次設立了點字展區，讀者可以在志工的陪同下試讀。"
)


@pytest.mark.parametrize("length", [6, 8, 12, 20, 40, len(HANS)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_simplified_chinese_of_any_length(encoding: str, length: int) -> None:
    assert decode(HANS[:length].encode(encoding), name="a.txt") == HANS[:length]


@pytest.mark.parametrize("length", [6, 8, 12, 20, 40, len(HANT)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5", "cp950", "big5hkscs"])
def test_traditional_chinese_of_any_length(encoding: str, length: int) -> None:
    assert decode(HANT[:length].encode(encoding), name="a.txt") == HANT[:length]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE], ids=["little", "big"])
def test_byte_order_marks_of_either_end(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(mark + HANS.encode(encoding), name="a.txt") == HANS


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café était fermé, où êtes-vous allés cet été ? L'élève a reçu sa leçon.", "cp1252"),
        ("Die Größe der Straße für Fußgänger: “schön” – sagt er.", "cp1252"),
        ("Сегодня в Москве прошла конференция, посвящённая искусственному интеллекту.", "cp1251"),
        ("日本の新聞記事は昨日、東京で発表されたと伝えた。会議は三日間続く予定です。", "shift_jis"),
        ("日本の新聞記事は昨日、東京で発表されたと伝えた。会議は三日間続く予定です。", "euc_jp"),
        ("한국의 신문 기사는 어제 서울에서 발표되었다고 전했다. 회의는 사흘 동안 계속된다.", "euc_kr"),
    ],
)
def test_other_languages_are_not_taken_for_chinese(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="a.txt") == text


def test_one_damaged_byte_does_not_change_the_encoding() -> None:
    for encoding in ("utf-8", "gb18030"):
        data = HANS.encode(encoding)
        assert decode(data[:-1], name="a.txt").startswith(HANS[:-2])
        middle = HANS[:50].encode(encoding) + b"\xff\n" + HANS[50:].encode(encoding)
        assert decode(middle, name="a.txt").startswith(HANS[:40])


def test_what_a_page_declares_is_believed_only_if_the_bytes_agree() -> None:
    assert decode("囍".encode("big5") + b" a", name="a", declared="big5") == "囍 a"
    assert decode(HANS.encode("gb18030"), name="a", declared="iso-8859-1") == HANS
    assert decode(HANS.encode("utf-8"), name="a", declared="gb2312") == HANS
    assert decode("Größe, Straße".encode("cp1252"), name="a", declared="ISO-8859-1") == "Größe, Straße"
    assert decode(HANS.encode("gb18030"), name="a", declared="no-such-encoding") == HANS


def test_text_once_decoded_wrongly_is_mended_and_other_text_never_touched() -> None:
    broken = HANS.encode("utf-8").decode("cp1252", "replace").replace("\ufffd", "")
    assert decode("cafÃ© de la gare, Ã cÃ´tÃ©".encode(), name="a") == "café de la gare, à côté"
    assert decode(broken.encode(), name="a") != ""
    for text in ("ﬁne “quotes” … ½ ①Ｆｕｌｌ\u3000ｗｉｄｔｈ", "l\u2019\u00e9t\u00e9", "e\u0301", "a\u00a0b &amp; &lt;", "¼ Ã ß"):
        assert decode(text.encode(), name="a") == text


def test_control_characters_go_and_words_stay() -> None:
    text = f"图书展\x00在\x1b老火车站开幕\n{HANS * 20}\x07\n"
    assert read(text.encode(), name="a.txt").text == f"图书展在老火车站开幕\n{HANS * 20}"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ReadingError, match="no text"):
        decode(bytes(range(256)) * 4, name="a.bin")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=200))
def test_any_utf8_text_with_a_mark_comes_out_as_it_went_in(text: str) -> None:
    import ftfy

    assert decode(codecs.BOM_UTF8 + text.encode(), name="a") == ftfy.fix_encoding(text)


@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_markdown_marks_go_from_md_files_only(suffix: str) -> None:
    text = "# 图书展**开幕**\n\n第三届图书展在[老火车站](https://fair.example)开幕。\n"
    article = read(text.encode(), name=f"a.{suffix}")
    assert article.text == (text.strip().replace("\n\n", "\n") if suffix == "txt" else "图书展开幕\n第三届图书展在老火车站开幕。")


MARKDOWN = """---
title: "图书展在老火车站开幕"
date: 2021-05-08
author: 张小满
source: https://news.example/fair
tags: [书, 展览]
---

<!-- 由剪藏工具保存 -->
![门口](door.jpg)

## 一百二十家出版社 ##

> “读者比去年多四成。”**组委会**说，*snake_case_name* 不变，`code_x` 也不变。

- 盲文展区
- [x] [地铁专线](https://metro.example/a_b_c) 与 \\*星号\\*

| 日期 | 人数 |
|------|-----:|
| 8日 | 三万 |

```python
def f(a_b): return "**a_b**"  # [x](y)
```
***
1. 第一天<br>开幕
"""


def test_markdown_is_read_without_its_marks() -> None:
    article = read(MARKDOWN.encode(), name="a.md")
    assert article.title == "图书展在老火车站开幕"
    assert str(article.published) == "2021-05-08"
    assert article.published_from == "markup"
    assert article.authors == ("张小满",)
    assert article.url == "https://news.example/fair"
    assert article.text.split("\n") == [
        "一百二十家出版社",
        "“读者比去年多四成。”组委会说，snake_case_name 不变，code_x 也不变。",
        "盲文展区",
        "地铁专线 与 *星号*",
        "日期 | 人数",
        "8日 | 三万",
        'def f(a_b): return "**a_b**"  # [x](y)',
        "1. 第一天开幕",
    ]
    for run in article.origin:
        assert article.text[run.start : run.start + run.length] == MARKDOWN[run.origin : run.origin + run.length]
    assert "tags: [书, 展览]" in article.removed


@pytest.mark.parametrize(
    "text", ["# 图书展开幕 #\n\n正文在这里。", "图书展开幕\n====\n\n正文在这里。", "前言。\n\n# **图书展**开幕\n正文在这里。"]
)
def test_the_first_heading_is_a_markdown_files_title(text: str) -> None:
    assert read(text.encode(), name="a.md").title == "图书展开幕"


PIECES = st.sampled_from(["Ã©", "â€™", "Ã ", " Â", "ГўВЂВ", "à²", "°", "“a” b", "café", "老火车站", "x" * 20, " ", "\n", "œ", "x"])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_looking_for_damage_only_around_foreign_letters_misses_none(text: str) -> None:
    assert mended(text) == ftfy.fix_encoding(text)
