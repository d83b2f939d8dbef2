"""Feeds: their entries are articles, known by their ids."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import apart, feeds, read_all

FAIR = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
PORT = "The port of Westhaven switched on its first shore power berth on Tuesday, the harbour master said."

RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>晨报</title><link>https://news.example/</link>
<item><title>图书展开幕</title><link>https://news.example/fair</link><guid isPermaLink="false">fair-1</guid>
<pubDate>Sat, 08 May 2021 10:00:00 +0800</pubDate><description>摘要</description>
<content:encoded><![CDATA[<p>{FAIR}</p>]]></content:encoded></item>
<item><title>Shore power</title><link>https://news.example/port</link><description>{PORT}</description></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0" encoding="gb18030"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>晨报</title><id>tag:news.example,2021:feed</id>
<entry><title>图书展开幕</title><id>tag:news.example,2021:1</id><link href="https://news.example/fair"/><updated>2021-05-08T10:00:00+08:00</updated>
<author><name>张小满</name></author><content type="html">&lt;p&gt;{FAIR}&lt;/p&gt;</content></entry></feed>"""


@pytest.mark.parametrize("name", ["feed.xml", "feed.rss", "https://news.example/feed"])
def test_the_items_of_an_rss_feed_are_articles(name: str) -> None:
    fair, port = read_all(RSS.encode(), name=name)
    assert (fair.source, fair.title, fair.text) == (f"{name}#fair-1", "图书展开幕", FAIR)
    assert (fair.url, fair.published) == ("https://news.example/fair", dt.date(2021, 5, 8))
    assert (port.source, port.text, port.published) == (f"{name}#https://news.example/port", PORT, None)


def test_the_entries_of_an_atom_feed_are_articles_in_any_encoding() -> None:
    (article,) = read_all(ATOM.encode("gb18030"), name="feed.atom")
    assert (article.source, article.title, article.text) == ("feed.atom#tag:news.example,2021:1", "图书展开幕", FAIR)
    assert (article.authors, article.published) == (("张小满",), dt.date(2021, 5, 8))


def test_an_entrys_address_is_its_own_and_not_the_feeds() -> None:
    article = next(read_all(RSS.encode(), name="https://news.example/feed", url="https://news.example/feed"))
    assert article.url == "https://news.example/fair"


def test_other_xml_is_refused_and_a_page_in_xml_read() -> None:
    with pytest.raises(ReadingError, match="neither a feed nor a page"):
        list(read_all(b'<?xml version="1.0"?><project><name>x</name></project>', name="pom.xml"))
    page = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>{PORT}</p></body></html>'
    assert [article.text for article in read_all(page.encode(), name="page.xml")] == [PORT]


def test_a_feed_without_entries_is_empty() -> None:
    with pytest.raises(EmptyArticleError, match="no entries"):
        list(read_all(b"<rss><channel><title>x</title></channel></rss>", name="a.rss"))


def test_a_large_feed_is_read_in_a_process_of_its_own_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [(RSS.encode(), "feed.xml"), (ATOM.encode("gb18030"), "feed.atom")]
    here = [list(read_all(data, name=name)) for data, name in given]
    monkeypatch.setattr(feeds, "_LARGE_BYTES", 0)
    monkeypatch.setattr(feeds, "entries_here", None)  # not in this process
    assert [list(read_all(data, name=name)) for data, name in given] == here
    with pytest.raises(EmptyArticleError, match=r"a\.rss: this feed holds no entries"):
        list(read_all(b"<rss><channel><title>x</title></channel></rss>", name="a.rss"))


def test_a_feed_that_takes_too_long_costs_that_process_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = b"<rss><channel><item><title>t</title><description>" + b"&lt;p " * 300_000 + b"</description></item></channel></rss>"
    monkeypatch.setattr(apart, "FIRST_S", 0.5)
    with pytest.raises(ReadingError, match=r"slow\.rss: this file can't be read \(it takes too long\)"):
        list(read_all(slow, name="slow.rss"))
    monkeypatch.undo()
    monkeypatch.setattr(feeds, "_LARGE_BYTES", 0)
    assert [article.title for article in read_all(RSS.encode(), name="feed.xml")][:1] == ["图书展开幕"]


def test_what_begins_with_many_comments_is_told_from_a_feed_and_a_page_at_once() -> None:
    comments = b"<!-- one more -->\n" * 100
    assert [article.text for article in read_all(comments + RSS.encode().split(b"?>")[-1], name="feed.xml")][1:] == [PORT]
    with pytest.raises(ReadingError, match="neither a feed nor a page"):  # each comment used to double the time that this took
        list(read_all(comments + b"<project><name>x</name></project>", name="pom.xml"))
