"""Titles, dates, writers, addresses and languages, and what must not be taken for them."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus import metadata
from corpus.cleaning import Cleaned, clean
from corpus.lines import lines

FIRST = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到2021年5月16日。"
SECOND = "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。"
TODAY = dt.date(2024, 6, 1)


def cleaned(*texts: str) -> Cleaned:
    return clean(lines("\n".join(texts)))


DATES = {
    "2021-05-08": dt.date(2021, 5, 8),
    "2021-5-8 09:30:12 来源：晨报": dt.date(2021, 5, 8),
    "来源：晨报 2021/05/08": dt.date(2021, 5, 8),
    "2021.05.08": dt.date(2021, 5, 8),
    "2021年5月8日": dt.date(2021, 5, 8),
    "2021年05月08日08:18 来源：晨报": dt.date(2021, 5, 8),
    "２０２１年５月８日": dt.date(2021, 5, 8),
    "2021-05-0810:31": dt.date(2021, 5, 8),
    "二〇二一年五月八日": dt.date(2021, 5, 8),
    "二○二一年十二月三十一日": dt.date(2021, 12, 31),
    "二零二一年十月二十日": dt.date(2021, 10, 20),
    "May 8, 2021": dt.date(2021, 5, 8),
    "Published: Sept. 8th, 2021 at 9 AM": dt.date(2021, 9, 8),
    "8 May 2021": dt.date(2021, 5, 8),
    "8th of December 2021": dt.date(2021, 12, 8),
}
NO_DATES = [
    "",
    "5月8日",
    "2021年5月",
    "2021-13-08",
    "2021-02-30",
    "1889-05-08",
    "2099-01-01",
    "12021-05-08",
    "2021-05-08123",
    "May 2021",
    "Mayday 8, 2021x",
]


@pytest.mark.parametrize("text", DATES)
def test_dates_in_every_way_of_writing(text: str) -> None:
    assert metadata.date_in(text, today=TODAY) == DATES[text]


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_whole_or_possible_date(text: str) -> None:
    assert metadata.date_in(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2021-05-08-fair.txt", dt.date(2021, 5, 8)),
        ("fair_20210508.html", dt.date(2021, 5, 8)),
        ("2021.5.8 图书展.md", dt.date(2021, 5, 8)),
        ("图书展（2021年5月8日）.docx", dt.date(2021, 5, 8)),
        ("20211399.txt", None),
        ("13800138000.txt", None),
        ("001_627624e1bffb3f92.txt", None),
        ("2021.txt", None),
    ],
)
def test_dates_in_file_names(name: str, day: dt.date | None) -> None:
    assert metadata.date_in_name(name, today=TODAY) == day


@pytest.mark.parametrize(
    "texts",
    [
        ("图书展开幕", "2021-05-08 10:00 来源：晨报", FIRST, SECOND),
        ("首页 > 文化 > 正文", "图书展开幕", "来源：晨报", "作者：张小满", "分享到：", "2021年5月8日 10:00", FIRST),
        ("图书展开幕", FIRST, SECOND, "发布日期：2021-05-08 责任编辑：王五", "相关文章", "2020-01-01"),
        ("关于举办图书展的通知", FIRST, SECOND, "图书展组委会", "2021年5月8日"),
        ("关于举办图书展的通知", FIRST, SECOND, "图书展组委会", "二〇二一年五月八日"),
        ("图书展开幕", "更新时间：2022-01-01", "发布时间：2021-05-08", FIRST),
        (
            "Book fair opens",
            "By Jane Doe",
            "May 8, 2021",
            "The third book fair opened on Sunday at the old railway station with a hundred publishers.",
        ),
    ],
)
def test_the_published_date_stands_by_the_headline_or_under_the_text(texts: tuple[str, ...]) -> None:
    assert metadata.published(cleaned(*texts), today=TODAY) == dt.date(2021, 5, 8)


@pytest.mark.parametrize(
    "texts",
    [
        ("图书展开幕", FIRST, SECOND),  # in running text
        ("图书展开幕", FIRST, SECOND, "相关文章", "海鲜节开场", "2021-05-08"),  # another article's
        ("图书展开幕", FIRST, SECOND, "最新评论", "匿名网友", "2021-05-08 12:00"),  # a reader's
        ("图书展开幕", "5月8日 10:00", FIRST),  # of which year?
        ("图书展开幕", FIRST, "© 2021 晨报网"),
    ],
)
def test_other_dates_are_not_the_published_one(texts: tuple[str, ...]) -> None:
    assert metadata.published(cleaned(*texts), today=TODAY) is None


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (("图书展开幕", "作者：张小满", FIRST), ("张小满",)),
        (("图书展开幕", "2021-05-08 来源：晨报网作者：张小满", FIRST), ("张小满",)),
        (("图书展开幕", "晨报记者 张小满 李想", FIRST), ("张小满", "李想")),
        (("图书展开幕", "文/记者 宋小江 图/王五", FIRST), ("宋小江",)),
        (("图书展开幕", f"晨报讯（记者 张小满 通讯员 李想）{FIRST}"), ("张小满", "李想")),
        (("图书展开幕", FIRST, f"{SECOND}（记者张小满）"), ("张小满",)),
        (("图书展开幕", FIRST, "（本报记者 张小满、李想 文/图）"), ("张小满", "李想")),
        (("图书展开幕", FIRST, "采写：晨报记者 欧阳小满 阿卜杜拉·买买提"), ("欧阳小满", "阿卜杜拉·买买提")),
        (
            ("Book fair opens", "By Jane Doe and John O'Neill", "The third book fair opened on Sunday at the old railway station."),
            ("Jane Doe", "John O'Neill"),
        ),
        (("图书展开幕", "作者：未知", FIRST), ()),
        (("图书展开幕", "作者：本站原创", FIRST, "责任编辑：王五"), ()),
        (("图书展开幕", FIRST, "编辑：王五 校对：赵六"), ()),
        (("图书展开幕", FIRST, "记者从组委会获悉，展览将延长两天，票价不变，欢迎读者前来。"), ()),
    ],
)
def test_writers_are_named_and_editors_are_not(texts: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert metadata.authors(cleaned(*texts)) == names


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (("图书展在老火车站开幕", FIRST), "图书展在老火车站开幕"),
        (("天天好运彩票网_开奖_投注", "首页 > 文化 > 正文", "图书展在老火车站开幕", "2021-05-08", FIRST), "图书展在老火车站开幕"),
        (("图书展在老火车站开幕_晨报网", "登录", "图书展在老火车站开幕", FIRST), "图书展在老火车站开幕"),
        (("海鲜节一票难求", "登录", "图书展在老火车站开幕", "来源：晨报 2021-05-08", FIRST), "图书展在老火车站开幕"),
        (("正在阅读：图书展在老火车站开幕", "分享到：", FIRST), "图书展在老火车站开幕"),
        (("标题：图书展在老火车站开幕", FIRST), "图书展在老火车站开幕"),
        (("图书展在老火车站开幕 - 晨报网", FIRST, SECOND), "图书展在老火车站开幕"),
        (("第一行诗", "第二行诗"), "第一行诗"),
        ((FIRST, SECOND), "第三届图书展昨天在老火车站开幕"),
    ],
)
def test_the_title_is_the_articles_headline(texts: tuple[str, ...], title: str) -> None:
    assert metadata.title(cleaned(*texts), fallback="fair") == title


def test_without_any_line_the_title_is_the_fallback() -> None:
    assert metadata.title(cleaned(), fallback="fair") == "fair"


def test_an_address_counts_only_where_it_is_called_the_articles() -> None:
    def found(text: str) -> str | None:
        return metadata.address(lines(text))

    assert found("本文链接：https://news.example/a?b=1#c，转载请注明") == "https://news.example/a?b=1#c"
    assert found("Source: http://news.example/Path") == "http://news.example/Path"
    assert found("主页网址：http://www.example") is None
    assert found("详见 https://news.example/a") is None


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("图书展在老火车站开幕", "zh", "Hans"),
        ("圖書展在舊火車站開幕", "zh", "Hant"),
        ("人大山水", "zh", "Hani"),
        ("苹果发布 iPhone 11 与 Apple Watch Series 5，Mac Pro 明年上市", "zh", "Hans"),
        ("The book fair opened at the old station and it will last for a week.", "en", "Latn"),
        ("La feria del libro se inauguró en la antigua estación y durará una semana.", "und", "Latn"),
        ("Book fair", "und", "Latn"),
        ("図書展が古い駅で始まりました。", "ja", "Jpan"),
        ("도서전이 옛 역에서 열렸다.", "ko", "Kore"),
        ("Книжная ярмарка открылась на старом вокзале, объявили вчера.", "ru", "Cyrl"),
        ("Книжковий ярмарок відкрився на старому вокзалі.", "und", "Cyrl"),
        ("افتتح معرض الكتاب في المحطة القديمة", "ar", "Arab"),
        ("نمایشگاه کتاب در ایستگاه قدیمی گشایش یافت", "und", "Arab"),
        ("Η έκθεση βιβλίου άνοιξε", "el", "Grek"),
        ("งานหนังสือเปิดแล้ว", "th", "Thai"),
        ("पुस्तक मेला शुरू हुआ", "und", "Deva"),
        ("😀 12:30 —", "und", "Zyyy"),
        ("", "und", "Zyyy"),
    ],
)
def test_languages_and_scripts(text: str, language: str, script: str) -> None:
    assert metadata.language_and_script(text) == (language, script)


HEADLINE = "第三届图书展在老火车站开幕"


@pytest.mark.parametrize(
    ("lines_by_the_date", "publisher"),
    [
        (("2021-05-08 10:00 来源：晨报客户端 作者：张小满",), "晨报客户端"),
        (("2021-05-08 10:00", "來源:澎湃新聞"), "澎湃新聞"),
        (("来源：晨报2021-05-08 10:00",), "晨报"),
        (("2021-05-08 10:00:12 证券时报网",), "证券时报网"),
        (("北京青年报客户端 2021-05-08 16:20",), "北京青年报客户端"),
        (("新华社", "2021-05-08 16:20"), "新华社"),
        (("2021-05-08 10:00 Source: Harbour Gazette",), "Harbour Gazette"),
        (("Source: The Harbour & Bay Gazette | 2021-05-08",), "The Harbour & Bay Gazette"),
        (("Source: Gazette of the North By Jane Doe 2021-05-08",), "Gazette of the North"),
        (("Source: Harbour Gazette Editor: Jane Doe 2021-05-08",), "Harbour Gazette"),
        (("source: harbourgazette.com 2021-05-08",), "harbourgazette.com"),
        (("Source: U.S. Harbour News. All rights reserved. 2021-05-08",), "U.S. Harbour News"),
        (("来源：Harbour Daily 作者：张小满 2021-05-08",), "Harbour Daily"),
        (("来源：HG中文网 2021-05-08",), "HG中文网"),
        (("Source: Internet 2021-05-08",), None),
        (("2021-05-08 10:00 来源：网络",), None),
        (("2021-05-08 10:00 张小满",), None),
        (("2021-05-08 10:00",), None),
    ],
)
def test_the_source_is_as_the_page_prints_it(lines_by_the_date: tuple[str, ...], publisher: str | None) -> None:
    assert metadata.publisher(cleaned(HEADLINE, *lines_by_the_date, FIRST, SECOND)) == publisher


def test_the_source_may_stand_under_the_text_and_not_in_it() -> None:
    assert metadata.publisher(cleaned(HEADLINE, FIRST, SECOND, "本文来源：晨报 责任编辑：王五")) == "晨报"
    assert metadata.publisher(cleaned(HEADLINE, FIRST, SECOND + "数据来源：晨报，2020年。")) is None
