"""From a file's bytes to clean articles: text, pages, documents, books, tables, feeds, and archives of all these."""

from __future__ import annotations

import itertools
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from corpus import metadata
from corpus.article import Article
from corpus.cleaning import clean
from corpus.errors import EmptyArticleError, ReadingError
from corpus.furniture import Kind
from corpus.lines import lines
from corpus.reading.extracted import check_length
from corpus.reading.fields import NO_FIELDS, Fields
from corpus.reading.formats import MOST_BYTES, SUFFIXES, check_size, is_readable, open_file
from corpus.reading.parts import Part

__all__ = ["MOST_BYTES", "SUFFIXES", "Fields", "is_readable", "read", "read_all", "read_bytes", "read_file", "read_part"]


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
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would keep the reader waiting, a device has no end
            raise ReadingError(f"{path}: this is no file but a {'folder' if path.is_dir() else 'pipe or device'}. Name the file itself.")
        check_size(status.st_size, str(path), MOST_BYTES)  # before it fills the memory
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ReadingError(f"{path}: this file can't be read ({error}). Is it still there, and are you allowed to read it?") from error
    check_size(len(data), str(path), MOST_BYTES)
    return data


def read(data: bytes, *, name: str, url: str | None = None, charset: str | None = None, fields: Fields = NO_FIELDS) -> Article:
    """The article in a file's bytes.

    Args:
        name: the file's name or path; it becomes the ``source`` and stands in every error message.
        url: where the bytes came from, if that is known better than the file says it.
        charset: the encoding that a server named for them.
        fields: in tables and JSON, which field is what; roles and names, such as ``{"text": "body"}``.

    Raises:
        ReadingError: the file can't be read (it says why), or holds several articles.
        EmptyArticleError: there is no article in it.
    """
    parts = open_file(data, name=name, url=url, charset=charset, fields=fields)
    found = list(itertools.islice(parts.each(), 2))
    if len(found) != 1:
        raise ReadingError(f"{name}: this file holds {parts.count or 'no'} articles, not one. Add it to a library, or use read_all.")
    return read_part(found[0], name=name, url=url)


def read_all(
    data: bytes,
    *,
    name: str,
    url: str | None = None,
    charset: str | None = None,
    fields: Fields = NO_FIELDS,
    failed: Callable[[ReadingError], None] | None = None,
) -> Iterator[Article]:
    """The articles in a file's bytes, one after the other; of most formats there is one.

    Their sources begin with the name and say where in the file they stand: ``file.csv#12`` is its twelfth record,
    ``file.zip!inner/page.html`` a file in an archive, ``book.epub!OEBPS/ch2.xhtml`` a chapter.

    Args:
        name, url, charset, fields: as for `read`.
        failed: called with the error of each part that can't be read, and the rest goes on; when omitted, it is raised.

    Raises:
        ReadingError: the file can't be read, or a part of it and ``failed`` is None.
    """
    for part in open_file(data, name=name, url=url, charset=charset, fields=fields).each():
        try:
            article = read_part(part, name=name, url=url)
        except ReadingError as error:
            if failed is None:
                raise
            failed(error)
        else:
            yield article


def read_part(part: Part, *, name: str, url: str | None = None) -> Article:
    """The article of one part of a file.

    ``name``, ``url``: of the file.
    Raises `ReadingError` when it can't be read (it says why), `EmptyArticleError` when there is no article in it.
    """
    source = name + part.key
    extracted = part.extract()
    check_length(len(extracted.text), source)
    cleaned = extracted.cleaned or clean(lines(extracted.text, wrapped=extracted.wrapped, hidden=extracted.hidden), title=extracted.title)
    if extracted.dump:
        from corpus.reading.second_look import second_look

        cleaned = second_look(cleaned)
    if not any(keep and kind in (Kind.PROSE, Kind.PLAIN, Kind.CONTACT) for keep, kind in zip(cleaned.keeps, cleaned.kinds, strict=True)):
        raise EmptyArticleError(f"{source}: there is no article text in this file, only {'page furniture' if cleaned.lines else 'blanks'}.")
    text = cleaned.text
    if re.search(r"\w", text) is None:
        raise EmptyArticleError(f"{source}: there is not one word in this file.")
    language, script = metadata.language_and_script(text)
    found = {
        "markup": extracted.published,
        "text": metadata.published(cleaned),
        "name": metadata.date_in_name(PurePath(part.name).name),
    }
    trusted = next((how for how, day in found.items() if day), None)
    # An address is that of a whole file; of an article in it, its own is the better one.
    addresses = (extracted.url, url) if part.key else (url, extracted.url)
    return Article(
        title=extracted.title or metadata.title(cleaned, fallback=PurePath(part.name).stem or part.name),
        text=text,
        source=source,
        sha256=part.sha256,
        url=next((address for address in addresses if address), None) or metadata.address(cleaned.lines),
        published=found[trusted] if trusted else None,
        published_from=trusted,
        authors=extracted.authors or metadata.authors(cleaned),
        publisher=extracted.publisher or metadata.publisher(cleaned),
        language=language,
        script=script,
        origin=cleaned.origin,
        removed=(*extracted.removed, *cleaned.removed),
    )
