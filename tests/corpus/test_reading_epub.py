"""Books, made here: chapters in their order, named by the table of contents of either kind."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import read, read_all

FIRST = "老火车站建成于一九〇八年，由城里的商会出资，站房用的是从海边运来的花岗石，钟楼高二十二米。"
SECOND = "一九五四年起车站改作仓库，直到图书展的组织者找到这里，花了三年时间把它修好。"
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>老火车站</dc:title><dc:creator>张小满</dc:creator><dc:date>2019-06-01</dc:date></metadata>
<manifest><item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/%E4%B8%80.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="more" href="text/more.xhtml" media-type="application/xhtml+xml"/>{contents}</manifest>
<spine toc="ncx"><itemref idref="cover"/><itemref idref="two"/><itemref idref="more"/><itemref idref="one"/></spine></package>"""
NAV = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
NCX = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
NAV_FILE = """<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>
<li><a href="text/一.xhtml">仓库</a></li><li><a href="text/two.xhtml#x">建站</a></li></ol></nav></body></html>"""
NCX_FILE = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint><navLabel><text>仓库</text></navLabel><content src="text/%E4%B8%80.xhtml"/></navPoint>
<navPoint><navLabel><text>建站</text></navLabel><content src="text/two.xhtml"/></navPoint></navMap></ncx>"""


def page(text: str) -> str:
    return f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>{text}</p></body></html>'


def book(contents: str = NAV, **more: str) -> bytes:
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE.format(contents=contents),
        "OEBPS/nav.xhtml": NAV_FILE,
        "OEBPS/toc.ncx": NCX_FILE,
        "OEBPS/cover.xhtml": page('<img src="cover.jpg" alt=""/>'),
        "OEBPS/text/two.xhtml": page(FIRST),
        "OEBPS/text/more.xhtml": page(FIRST.replace("二十二", "三十三")),
        "OEBPS/text/一.xhtml": page(SECOND),
    }
    return packed({**files, **{name.replace("__", "/").replace("_", "."): text for name, text in more.items()}})


def packed(files: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("contents", [NAV, NCX], ids=["EPUB 3", "EPUB 2"])
def test_chapters_are_articles_in_reading_order(contents: str) -> None:
    articles = list(read_all(book(contents), name="station.epub"))
    assert [article.source for article in articles] == [f"station.epub!OEBPS/text/{name}.xhtml" for name in ("two", "more", "一")]
    # a chapter in two files has one name
    assert [article.title for article in articles] == ["老火车站 – 建站", "老火车站 – 建站", "老火车站 – 仓库"]
    assert [article.text for article in articles][::2] == [FIRST, SECOND]
    assert {(article.published, article.authors) for article in articles} == {(dt.date(2019, 6, 1), ("张小满",))}


def test_a_protected_book_says_so_and_scrambled_fonts_do_no_harm() -> None:
    lock = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    with pytest.raises(ReadingError, match="protected"):
        list(read_all(book(**{"META-INF__encryption_xml": lock.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}), name="a.epub"))
    fonts = book(**{"META-INF__encryption_xml": lock.format("http://www.idpf.org/2008/embedding")})
    assert len(list(read_all(fonts, name="a.epub"))) == 3


def test_a_book_of_pictures_or_without_a_package_is_refused() -> None:
    with pytest.raises(EmptyArticleError, match="no text in this book"):
        read(packed({"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": PACKAGE.format(contents="")}), name="a.epub")
    with pytest.raises(ReadingError, match="lists no chapters"):
        read(packed({"META-INF/container.xml": CONTAINER}), name="a.epub")
    with pytest.raises(ReadingError, match=r"no epub file"):
        read(b"plain text", name="a.epub")


def test_external_entities_of_a_package_are_not_unfolded(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("机密", encoding="utf-8")
    entity = f'<!DOCTYPE package [<!ENTITY f SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    package = entity + PACKAGE.format(contents=NAV).replace("老火车站", "老火车站&f;")
    articles = list(read_all(book(OEBPS__book_opf=package), name="a.epub"))
    assert len(articles) == 3 and not any("机密" in article.title for article in articles)
