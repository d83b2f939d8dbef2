"""Which format a file is in, and the articles that it holds.

What a file is, its bytes say first and its name only after them, as saved pages often carry the wrong ending.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading.extracted import Extracted
from corpus.reading.fields import NO_FIELDS, Fields, check_given
from corpus.reading.parts import Parts, single
from corpus.reading.text import as_utf8

MOST_BYTES = 200 * 2**20
"""Larger files are refused unread."""
MOST_TEXT_BYTES = 64 * 2**20
"""The same for formats that are taken into memory several times over: no article is so long."""

_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_TEXT_SUFFIXES = frozenset({".txt", ".text"})
_PAGE_SUFFIXES = frozenset({".mhtml", ".mht"})
_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
_TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
_FEED_SUFFIXES = frozenset({".rss", ".atom", ".xml"})
_BINARY_SUFFIXES = frozenset({".pdf", ".docx", ".epub", ".zip"})
SUFFIXES = frozenset().union(
    _TEXT_SUFFIXES, _MARKDOWN_SUFFIXES, _HTML_SUFFIXES, _PAGE_SUFFIXES, {".json"}, _LINES_SUFFIXES, _TABLE_SUFFIXES, _FEED_SUFFIXES,
    _BINARY_SUFFIXES,
)  # fmt: skip
"""Endings of the files worth reading in a folder. `read` itself goes by content: any text is read, whatever it is called."""
_WORKING = "txt, md, html, mhtml, pdf, docx, epub, csv, json, feed and zip files can be read"

_ZIP = b"PK\x03\x04"
_UNREADABLE = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture, a sound or a film"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or PowerPoint file"),
    (b"{\\rtf", "an RTF file"),
    (b"Rar!", "a rar archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"ID3", "a sound"),
)
# A comment ends at its first end, come what may (an atomic group): a hundred of them could be parted in 2¹⁰⁰ ways.
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(rb"<\0?[a-zA-Z!/?]")
_HTML_PART = re.compile(rb"\s*<(?:article|section|main|div|table|center|p|h[1-6]|span|font)\b[^<]*>.*</", re.IGNORECASE | re.DOTALL)


def is_readable(name: str) -> bool:
    """Whether a file of this name is worth reading.

    >>> is_readable("a.HTML"), is_readable("a.png"), is_readable("README")
    (True, False, False)
    """
    return PurePath(name).suffix.casefold() in SUFFIXES


def open_file(
    data: bytes, *, name: str, url: str | None = None, charset: str | None = None, fields: Fields = NO_FIELDS, within: int = 0
) -> Parts:
    """The articles in a file's bytes.

    Args:
        name: the file's name or path; it stands in every error message.
        url: where the bytes came from, if that is known better than the file says it.
        charset: the encoding that a server named.
        fields: which field of a record is what, believed before the usual names.
        within: in how many archives the file lies.

    Raises:
        ReadingError: the file can't be read (it says why).
        EmptyArticleError: there is no article in it.
    """
    check_given(fields)
    check_size(len(data), name, MOST_BYTES)
    if not data.strip():
        raise EmptyArticleError(f"{name}: this file is empty.")
    suffix = PurePath(name).suffix.casefold()
    if b"%PDF-" in data[:1024]:
        from corpus.reading import pdf

        return single(data, name, lambda: pdf.extract(data, name=name))
    if data.startswith(_ZIP):
        return _open_zip(data, name, suffix, fields, within)
    for start, what in _UNREADABLE:
        if data.startswith(start):
            raise ReadingError(f"{name}: this is {what}; {_WORKING}.")
    if suffix in _BINARY_SUFFIXES:
        raise ReadingError(f"{name}: this is no {suffix[1:]} file, whatever its name says; {_WORKING}.")
    text = as_utf8(data, name=name, charset=charset)
    return _open_records(text, name, suffix, fields) or single(data, name, _page_or_text(text, name, suffix, url))


def check_size(size: int, name: str, most: int) -> None:
    """Raise `ReadingError` for a file of too many bytes."""
    if size > most:
        raise ReadingError(
            f"{name}: this file has {size / 2**20:,.0f} MB, more than the {most // 2**20} MB that are read. Split it and add the parts."
        )


def _open_zip(data: bytes, name: str, suffix: str, fields: Fields, within: int) -> Parts:
    """Word files, books and archives: all are zip files, told apart by what is in them."""
    from corpus.reading import archives, docx, epub

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = set(archive.namelist())
    except Exception:  # damaged: the format's module says so
        members = {".docx": {"word/document.xml"}, ".epub": {"META-INF/container.xml"}}.get(suffix, set())
    if "word/document.xml" in members:
        return single(data, name, lambda: docx.extract(data, name=name))
    if "META-INF/container.xml" in members:
        return epub.open_book(data, name=name)
    if "[Content_Types].xml" in members or any(member.startswith(("xl/", "ppt/", "META-INF/manifest")) for member in members):
        raise ReadingError(f"{name}: this is an Office file other than docx; {_WORKING}.")
    if within > 1:
        raise ReadingError(f"{name}: this is an archive in an archive in an archive. Unpack the outer one and add what is in it.")
    try:
        return archives.open_archive(
            data,
            name=name,
            wanted=is_readable,
            opener=lambda inner, inner_name: open_file(inner, name=inner_name, fields=fields, within=within + 1),
        )
    except EmptyArticleError as error:
        raise EmptyArticleError(f"{error} {_WORKING[0].upper()}{_WORKING[1:]}.") from error
    except ReadingError as error:
        raise ReadingError(f"{error} {_WORKING[0].upper()}{_WORKING[1:]}.") from error


def _open_records(data: bytes, name: str, suffix: str, fields: Fields) -> Parts | None:
    """Tables, JSON and feeds; None for anything else."""
    from corpus.reading import feeds, json_records, tables

    if suffix in _TABLE_SUFFIXES:
        return tables.open_table(data, name=name, fields=fields)
    if suffix in _LINES_SUFFIXES:
        found = json_records.open_lines(data, name=name, fields=fields)
        if found is None:
            raise ReadingError(f"{name}: these lines are no JSON objects, whatever the file's name says.")
        return found
    check_size(len(data), name, MOST_TEXT_BYTES)
    of_unknown_name = suffix not in SUFFIXES and data.lstrip()[:1] in (b"{", b"[")
    if suffix == ".json" or of_unknown_name:
        found = json_records.open_json(data, name=name, fields=fields) or json_records.open_lines(data, name=name, fields=fields)
        if found is None and suffix == ".json":
            raise ReadingError(f"{name}: this is no JSON, whatever its name says. Mend it, or save its text as txt.")
        return found
    if feeds.is_feed(data) and suffix not in _MARKDOWN_SUFFIXES:
        return feeds.open_feed(data, name=name)
    if suffix in _FEED_SUFFIXES and not _is_html(data, suffix):
        raise ReadingError(f"{name}: this XML is neither a feed nor a page; {_WORKING}.")
    return None


def _page_or_text(data: bytes, name: str, suffix: str, url: str | None) -> Callable[[], Extracted]:
    from corpus.reading import apart, markdown, mhtml, text

    if mhtml.is_mhtml(data):
        if len(data) > apart.LARGE_BYTES:
            return lambda: apart.extract("mhtml", data, name=name, url=url)
        return lambda: mhtml.extract(data, name=name, url=url)
    if _is_html(data, suffix):
        return lambda: apart.page(data, name=name, url=url)
    return lambda: markdown.extract(data, name=name) if suffix in _MARKDOWN_SUFFIXES else text.extract(data, name=name)


def _is_html(data: bytes, suffix: str) -> bool:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")  # UTF-16: its ASCII letters, near enough
    head = re.sub(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", head)
    if _HTML.match(head) or (suffix in _HTML_SUFFIXES and _TAG.search(data)):
        return True
    return suffix not in _MARKDOWN_SUFFIXES and _HTML_PART.match(head) is not None
