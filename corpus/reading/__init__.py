"""From a file's bytes to a clean article: text, Markdown, html, pdf and Word files.

What a file is, its bytes say first and its name only after them, as saved pages often carry the wrong ending.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from pathlib import Path, PurePath

from corpus import metadata
from corpus.article import Article
from corpus.cleaning import clean
from corpus.errors import EmptyArticleError, ReadingError
from corpus.furniture import Kind
from corpus.lines import lines
from corpus.reading.extracted import Extracted, check_length

__all__ = ["MOST_BYTES", "SUFFIXES", "read", "read_bytes", "read_file"]

MOST_BYTES = 64 * 2**20
"""Larger files are refused: no article is so long, and reading one takes several times its size in memory."""
SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".shtml", ".pdf", ".docx"})
"""Endings of the files worth reading in a folder. `read` itself goes by content: any text is read, whatever it is called."""
_WORKING = "txt, md, html, pdf and docx files can be read"

_UNREADABLE = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture, a sound or a film"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or PowerPoint file"),
    (b"{\\rtf", "an RTF file"),
    (b"PK\x03\x04", "a zip archive or an Office file other than docx"),
    (b"Rar!", "a rar archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"ID3", "a sound"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<\0?[a-zA-Z!/?]")
_HTML_PART = re.compile(rb"\s*<(?:article|section|main|div|table|center|p|h[1-6]|span|font)\b[^<]*>.*</", re.IGNORECASE | re.DOTALL)


def read_file(path: Path) -> Article:
    """The article in a file; its ``source`` is the path.

    Raises `ReadingError` when the file can't be read (it says why), `EmptyArticleError` when there is no article in it.
    """
    return read(read_bytes(path), name=str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises `ReadingError` when it is not there (any more), may not be read, is no file, or is larger than `MOST_BYTES`.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""  # a large one is refused before it fills the memory
    except (OSError, ValueError) as error:
        raise ReadingError(f"{path}: this file can't be read ({error}). Is it still there, and are you allowed to read it?") from error
    if size > MOST_BYTES:
        raise _too_large(str(path), size)
    return data


def read(data: bytes, *, name: str, url: str | None = None) -> Article:
    """The article in a file's bytes.

    ``name``: the file's name or path; it becomes the ``source`` and stands in every error message.
    ``url``: where the bytes came from, if that is known better than the file says it.
    Raises `ReadingError` when they can't be read (it says why), `EmptyArticleError` when there is no article in them.
    """
    if len(data) > MOST_BYTES:
        raise _too_large(name, len(data))
    if not data.strip():
        raise EmptyArticleError(f"{name}: this file is empty.")
    extracted = _extract(data, name, url)
    check_length(len(extracted.text), name)
    cleaned = clean(lines(extracted.text, wrapped=extracted.wrapped, hidden=extracted.hidden), title=extracted.title)
    if not any(keep and kind in (Kind.PROSE, Kind.PLAIN, Kind.CONTACT) for keep, kind in zip(cleaned.keeps, cleaned.kinds, strict=True)):
        raise EmptyArticleError(f"{name}: there is no article text in this file, only {'page furniture' if cleaned.lines else 'blanks'}.")
    page = extracted.page or cleaned
    text = cleaned.text
    language, script = metadata.language_and_script(text)
    found = {
        "markup": extracted.published,
        "text": metadata.published(page),
        "name": metadata.date_in_name(PurePath(name).name),
    }
    trusted = next((how for how, day in found.items() if day), None)
    return Article(
        title=extracted.title or metadata.title(cleaned, fallback=PurePath(name).stem or name),
        text=text,
        source=name,
        sha256=hashlib.sha256(data).hexdigest(),
        url=url or extracted.url or metadata.address(page.lines),
        published=found[trusted] if trusted else None,
        published_from=trusted,
        authors=extracted.authors or metadata.authors(page),
        language=language,
        script=script,
        origin=cleaned.origin,
        removed=(*extracted.removed, *cleaned.removed),
    )


def _too_large(name: str, size: int) -> ReadingError:
    most = MOST_BYTES // 2**20
    return ReadingError(f"{name}: this file has {size / 2**20:.0f} MB, more than the {most} MB that are read. Split it and add the parts.")


def _extract(data: bytes, name: str, url: str | None) -> Extracted:
    """The text of whichever format the bytes are in."""
    from corpus.reading import docx, html, markdown, pdf, text

    suffix = PurePath(name).suffix.casefold()
    if b"%PDF-" in data[:1024]:
        return pdf.extract(data, name=name)
    if data.startswith(b"PK\x03\x04") and _is_docx(data, suffix):
        return docx.extract(data, name=name)
    for start, what in _UNREADABLE:
        if data.startswith(start):
            raise ReadingError(f"{name}: this is {what}; {_WORKING}.")
    if suffix in (".pdf", ".docx"):
        raise ReadingError(f"{name}: this is no {suffix[1:]} file, whatever its name says; {_WORKING}.")
    if _is_html(data, suffix):
        return html.extract(data, name=name, url=url)
    return markdown.extract(data, name=name) if suffix in (".md", ".markdown") else text.extract(data, name=name)


def _is_docx(data: bytes, suffix: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return suffix == ".docx"  # damaged: the format's module says so


def _is_html(data: bytes, suffix: str) -> bool:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")  # UTF-16: its ASCII letters, near enough
    head = re.sub(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", head)
    if _HTML.match(head) or (suffix in (".html", ".htm", ".xhtml", ".shtml") and _TAG.search(data)):
        return True
    return suffix not in (".md", ".markdown") and _HTML_PART.match(head) is not None
