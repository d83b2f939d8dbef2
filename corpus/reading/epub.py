"""Books (epub): a chapter is an article, since that is what one cites.

The package document lists the chapters in their order (the spine), the table of contents names them: EPUB 3.3, sections 5 and 7,
and the "ncx" of EPUB 2.
"""

from __future__ import annotations

import dataclasses
import functools
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag

from corpus.errors import EmptyArticleError, ReadingError
from corpus.metadata import latin_or_han_names
from corpus.reading import apart
from corpus.reading.extracted import Extracted, printable
from corpus.reading.fields import date_of
from corpus.reading.packed import opened, unpacked
from corpus.reading.parts import Part, Parts, digest

if TYPE_CHECKING:
    import datetime as dt

    from lxml.etree import _Element

_WHAT = "this book"
_CONTAINER = "META-INF/container.xml"
_MOST_XML = 16 * 2**20
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_LEAST_BYTES = 60
"""Of text (20 Chinese characters). A cover, a half title, a picture's page have less; they are part of the book and no articles."""
_TAG = re.compile(rb"<(?:style|script|title)\b.*?</(?:style|script|title)\s*>|<[^>]*>|\s+|&#?\w+;", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Book:
    title: str
    authors: tuple[str, ...]
    published: dt.date | None
    chapters: tuple[tuple[str, str], ...]
    """Of each its path in the archive and its title, in reading order."""


def open_book(data: bytes, *, name: str) -> Parts:
    """The chapters of a book.

    Raises `ReadingError` when it is damaged or protected, `EmptyArticleError` when there is nothing to read in it.
    """
    with opened(data, name=name, what=_WHAT) as archive:
        _check_protection(archive, name)
        book = _book(archive, name)
        chapters = [chapter for chapter in book.chapters if _has_text(_read(archive, chapter[0], name))]
    if not chapters:
        raise EmptyArticleError(f"{name}: there is no text in this book.")

    def each() -> Iterator[Part]:
        with opened(data, name=name, what=_WHAT) as archive:
            for path, title in chapters:
                yield _part(_read(archive, path, name), book, path, title, name)

    return Parts(each=each, count=len(chapters))


def _part(page: bytes, book: _Book, path: str, chapter: str, name: str) -> Part:
    key = f"!{path}"

    def extract() -> Extracted:
        found = apart.page(page, name=name + key)
        title = " – ".join(dict.fromkeys(each for each in (book.title, chapter or found.title) if each))
        return dataclasses.replace(found, title=title or None, authors=book.authors, published=book.published, url=None)

    whole = digest(page, book.title, chapter, *book.authors, str(book.published))
    return Part(key=key, name=posixpath.basename(path), sha256=whole, extract=extract)


def _has_text(page: bytes) -> bool:
    return len(_TAG.sub(b"", page)) >= _LEAST_BYTES


def _read(archive: zipfile.ZipFile, path: str, name: str) -> bytes:
    try:
        member = archive.getinfo(path)
    except KeyError:
        return b""  # listed and not there
    return unpacked(archive, member, name=f"{name}!{path}", most=_MOST_XML)


def _xml(data: bytes) -> _Element | None:
    """Elements by their plain names. Nothing outside of the file is looked at, and no entity is unfolded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    root: Any = etree.fromstring(data, parser) if data.strip() else None
    if root is not None:
        for element in root.iter("*"):
            element.tag = etree.QName(element).localname
    return root


def _check_protection(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `ReadingError` for a book locked to a shop's own readers; scrambled fonts are no lock."""
    root = _xml(_read(archive, "META-INF/encryption.xml", name))
    methods = [] if root is None else [element.get("Algorithm") for element in root.iter("EncryptionMethod")]
    if any(method not in _FONT_SCRAMBLING for method in methods):
        raise ReadingError(f"{name}: this book is protected against copying and can't be read.")


def _book(archive: zipfile.ZipFile, name: str) -> _Book:
    container = _xml(_read(archive, _CONTAINER, name))
    root = None if container is None else next(container.iter("rootfile"), None)
    path = "" if root is None else root.get("full-path") or ""
    package = _xml(_read(archive, path, name))
    if package is None:
        raise ReadingError(f"{name}: this book is damaged (it lists no chapters). Make or download it anew.")
    folder = posixpath.dirname(path)
    items = {item.get("id"): item for item in package.iter("item") if item.get("id") and item.get("href")}
    spine = [items[ref.get("idref")] for ref in package.iter("itemref") if ref.get("idref") in items]
    places = [_place(folder, item.get("href")) for item in spine if item.get("media-type", _PAGES[0]) in _PAGES]
    contents = {_place(folder, item.get("href")) for item in items.values() if "nav" in (item.get("properties") or "").split()}
    names = _contents(archive, package, items, folder, name)
    chapters, title = [], ""
    for place in dict.fromkeys(places):
        if place in contents:
            continue  # the table of contents
        title = names.get(place, title)  # a chapter in several files is named with its first
        chapters.append((place, title))
    said = functools.partial(_said, package)
    return _Book(
        title=next(said("title"), ""),
        authors=tuple(dict.fromkeys(author for written in said("creator") for author in latin_or_han_names(written))),
        published=next((day for written in said("date") if (day := date_of(written)) and day.year > 1), None),
        chapters=tuple(chapters),
    )


def _said(package: _Element, what: str) -> Iterator[str]:
    metadata = next(package.iter("metadata"), package)
    for element in metadata.iter(what):
        if text := _text(element):
            yield text


def _contents(archive: zipfile.ZipFile, package: _Element, items: dict[Any, Any], folder: str, name: str) -> dict[str, str]:
    """The chapters' names in the table of contents, by their places."""
    found: dict[str, str] = {}
    spine = next(package.iter("spine"), None)
    listed = [item for item in items.values() if "nav" in (item.get("properties") or "").split()]
    listed += [items[key] for key in (spine is not None and spine.get("toc"),) if key in items]
    for item in listed:
        place = _place(folder, item.get("href"))
        root = _xml(_read(archive, place, name))
        inside = posixpath.dirname(place)
        for entry in [] if root is None else root.iter("a", "navPoint"):
            target = next((each.get("src") for each in entry.iter("content")), None) if entry.tag == "navPoint" else entry.get("href")
            label = next(entry.iter("text"), None) if entry.tag == "navPoint" else entry
            if target and label is not None and (text := _text(label)):
                found.setdefault(_place(inside, target), text)
    return found


def _place(folder: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(urldefrag(link).url)))


def _text(element: _Element) -> str:
    return " ".join(printable("".join(str(each) for each in element.itertext())).split())
