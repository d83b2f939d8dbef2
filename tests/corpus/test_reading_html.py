"""Saved web pages: the article, its title, date, writers and address, from markup and, where that fails, from lines."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.reading import read

PARAGRAPHS = (
    "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。",
    "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。",
    "开幕当天共有三万名读者入场，比去年增加了四成，其中不少人是乘坐新开通的地铁专线来的，组委会说。",
)
HEAD = """<meta property="og:title" content="图书展在老火车站开幕_晨报网">
<meta property="article:published_time" content="2021-05-08T10:00:00+08:00">
<meta name="author" content="张小满"><link rel="canonical" href="https://news.example/2021/05/08/fair.html">"""


def page(body: str, *, head: str = "", title: str = "图书展在老火车站开幕_文化频道_晨报网") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


ARTICLE = f"<article><h1>图书展在老火车站开幕</h1>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article>"
MENU = "<nav><ul>" + "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in ("首页", "新闻", "财经", "体育")) + "</ul></nav>"
TAIL = (
    "<div class='share'>分享到：</div><div><h3>相关阅读</h3><ul><li><a>海鲜节下周开场</a></li></ul></div><footer>版权所有 晨报网</footer>"
)


def test_a_page_with_plain_markup() -> None:
    article = read(page(MENU + ARTICLE + TAIL, head=HEAD), name="fair.html")
    assert article.title == "图书展在老火车站开幕"
    assert [line for line in article.text.split("\n") if line != article.title] == list(PARAGRAPHS)
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "markup")
    assert article.authors == ("张小满",)
    assert article.url == "https://news.example/2021/05/08/fair.html"
    assert (article.language, article.script) == ("zh", "Hans")
    assert "海鲜节下周开场" in "\n".join(article.removed)
    assert "海鲜节" not in article.text


def test_a_page_of_bare_blocks_is_read_by_its_lines() -> None:
    lines = [
        "首页 &gt; 文化 &gt; 正文",
        "图书展在老火车站开幕",
        "2021-05-08 10:00 来源：晨报 作者：张小满",
        "分享到：",
        *PARAGRAPHS,
        "责任编辑：王五",
    ]
    others = [f"<span><a href='#'>别处的一条新闻标题第{number}号</a></span><br>" for number in range(40)]
    article = read(page("<br>".join(lines) + "<br>相关文章<br>" + "".join(others)), name="fair.html")
    for paragraph in PARAGRAPHS:
        assert paragraph in article.text
    assert "别处" not in article.text
    assert article.title == "图书展在老火车站开幕"
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "text")
    assert article.authors == ("张小满",)


@pytest.mark.parametrize(
    ("stated", "heading", "title"),
    [
        ("图书展在老火车站开幕_文化频道_晨报网", "", "图书展在老火车站开幕"),
        ("图书展在老火车站开幕-晨报", "<h1>图书展在老火车站开幕</h1>", "图书展在老火车站开幕"),
        ("晨报网", "<h1>图书展在老火车站开幕</h1>", "图书展在老火车站开幕"),
        ("晨报网 | 图书展在老火车站开幕", "", "图书展在老火车站开幕"),
        ("图书展“两万种新书”在老火车站开幕", "<h1>晨报</h1>", "图书展“两万种新书”在老火车站开幕"),
    ],
)
def test_the_title_is_the_articles_and_not_the_sites(stated: str, heading: str, title: str) -> None:
    body = MENU + heading + "<div>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "</div>"
    assert read(page(body, title=stated), name="a.html").title == title


def test_a_date_only_found_somewhere_on_the_page_gives_way_to_the_one_by_the_headline() -> None:
    others = "<ul><li>2019-01-02 别的新闻</li><li>2018-03-04 又一条</li></ul>"
    body = f"<h1>图书展在老火车站开幕</h1><p>2021-05-08 10:00 来源：晨报</p>{ARTICLE}{others}"
    article = read(page(body), name="a.html")
    assert article.published == dt.date(2021, 5, 8)
    none = read(page(MENU + ARTICLE), name="a.html")
    assert (none.published, none.published_from) == (None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
@pytest.mark.parametrize("declares", [True, False])
def test_pages_in_every_encoding(encoding: str, declares: bool) -> None:
    text = "圖書展在舊火車站開幕，來自各地的一百二十家出版社帶來了兩萬多種新書，展覽將持續到下週日。"
    charset = {"gb18030": "gb2312"}.get(encoding, encoding) if declares else "iso-8859-1"
    head = f"<meta http-equiv='Content-Type' content='text/html; charset={charset}'><title>圖書展開幕</title>"
    source = f"<html><head>{head}</head><body><p>{text}</p></body></html>"
    article = read(source.encode(encoding), name="a.html")
    assert text in article.text
    assert article.script == "Hant"


def test_hidden_parts_scripts_and_forms_are_no_text() -> None:
    body = (
        "<script>var a = '<p>脚本里的话在这里不算正文，因为没有人看得见。</p>';</script><style>p {}</style>"
        f"<p style='display: none'>看不见的话</p><noscript>请打开脚本</noscript><button>分享</button>{'<br>'.join(PARAGRAPHS)}"
    )
    text = read(page(body), name="a.html").text
    assert "脚本" not in text and "看不见" not in text and "分享" not in text


def test_embedded_pictures_do_not_make_a_page_slow_or_long() -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 400_000
    article = read(page(f"<img src='{picture}'>{ARTICLE}"), name="a.html")
    assert article.title == "图书展在老火车站开幕"
    assert len(article.text) < 1000


def test_an_english_page() -> None:
    texts = (
        "The port of Westhaven switched on its first shore power berth on Tuesday, allowing container ships to turn off their engines.",
        "Harbour master Colin Attwater said the berth would cut noise for the people who live along the quay by more than half.",
    )
    body = "<h1>Port of Westhaven opens its first shore power berth</h1><div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"
    head = "<meta name='author' content='Margaret Oyelaran'><meta property='article:published_time' content='2023-03-14'>"
    article = read(page(body, head=head, title="Port of Westhaven opens its first shore power berth | Harbour Gazette"), name="a.html")
    assert article.title == "Port of Westhaven opens its first shore power berth"
    assert article.authors == ("Margaret Oyelaran",)
    assert article.published == dt.date(2023, 3, 14)
    assert (article.language, article.script) == ("en", "Latn")
    for text in texts:
        assert text in article.text


@pytest.mark.parametrize(
    "name", ["article:published_time", "og:published_time", "datePublished", "pubdate", "weibo:article:create_at", "publish-date"]
)
def test_dates_that_heads_state_under_many_names(name: str) -> None:
    attribute = "itemprop" if name == "datePublished" else "property" if ":" in name else "name"
    head = f"<meta {attribute}='{name.replace('-', '_')}' content='2021-05-08 10:00:12'>"
    article = read(page(ARTICLE, head=head), name="a.html")
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "markup")


def test_a_wechat_article_is_read_though_hidden_and_dated_though_it_says_yesterday() -> None:
    script = '<script>var oriHead = ""; var ct = "1620439200"; var user = "x";</script>'
    head = "<h2 id='activity-name'>图书展在老火车站开幕</h2><em id='publish_time'>昨天</em>"
    body = f"{head}<div id='js_content' style='visibility: hidden;'>"
    article = read(page(body + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + f"</div>{script}"), name="a.html")
    assert all(text in article.text for text in PARAGRAPHS)
    assert (article.published, article.published_from) == (dt.date(2021, 5, 8), "markup")


@pytest.mark.parametrize(
    "stated",
    [
        "【图书展】老火车站开幕 两万种新书 滨海市人民医院官方首页",
        "【图书展】老火车站开幕 两万种新书-SBW 滨海",
        "【图书展】老火车站开幕 两万种新书",
    ],
)
def test_the_line_that_begins_the_stated_title_is_the_title(stated: str) -> None:
    headline = "【图书展】老火车站开幕 两万种新书"
    body = MENU + f"<div>{headline}</div>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert read(page(body, title=stated), name="a.html").title == headline


def test_every_line_of_a_page_is_kept_or_removed() -> None:
    article = read(page(MENU + ARTICLE + TAIL, head=HEAD), name="fair.html")
    everything = "\n".join((article.text, *article.removed))
    for line in ("首页", "体育", "分享到：", "相关阅读", "海鲜节下周开场", "版权所有 晨报网", *PARAGRAPHS):
        assert line in everything


def test_the_source_the_page_names() -> None:
    body = f"<h1>图书展在老火车站开幕</h1><p>2021-05-08 10:00 来源：晨报</p>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}"
    assert read(page(body), name="a.html").publisher == "晨报"
