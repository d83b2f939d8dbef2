"""Word files (docx): paragraphs and tables, in their order."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.reading import apart
from corpus.reading.extracted import Extracted, printable
from corpus.reading.packed import opened

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_WHAT = "this Word file"
_MOST_BYTES = 256 * 2**20
"""Unpacked. A few kilobytes can be packed so that they unpack to gigabytes."""
_LARGE_BYTES = 4 * 2**20
"""Of markup, unpacked: a few hundred pages, read in a second or two. Ordinary files have a tenth of it."""
_NO_TITLES = frozenset({"word document", "document", "untitled", "powerpoint presentation", "无标题", "文档"})
_TITLE_STYLES = ("Title", "Heading 1")


def extract(data: bytes, *, name: str) -> Extracted:
    """The text of a Word file; a table's row is a line, its cells parted by tabs. One with much text is read in a process of its own.

    Raises `ReadingError` when it is damaged, takes too long, or unpacks to more than is sensible.
    """
    with opened(data, name=name, what=_WHAT, most=_MOST_BYTES) as archive:
        size = sum(entry.file_size for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels")))
    if size <= _LARGE_BYTES:
        return extract_here(data, name=name)
    return apart.extract("docx", data, name=name)


def extract_here(data: bytes, *, name: str) -> Extracted:
    """The same within this process, whatever its size.

    Raises `ReadingError` when it is damaged.
    """
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
        text = printable("\n".join(_blocks(document)))
        title = _title(document)
    except Exception as error:  # a damaged file makes the library fail in any way
        raise ReadingError(f"{name}: this Word file is damaged ({error}). Open it in Word and save it anew as docx.") from error
    return Extracted(text=text, wrapped=False, title=printable(title).strip() or None)


def _blocks(document: Document) -> list[str]:
    from docx.text.paragraph import Paragraph

    found: list[str] = []
    for block in document.iter_inner_content():
        found += [block.text] if isinstance(block, Paragraph) else _rows(block)
    return found


def _rows(table: Table) -> list[str]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        seen = None
        for cell in row.cells:  # merged cells come once for every column they span
            if cell._tc is not seen:
                cells.append(" ".join(cell.text.split()))
            seen = cell._tc
        rows.append("\t".join(cells))
    return rows


def _title(document: Document) -> str:
    stated = (document.core_properties.title or "").strip()
    if stated and stated.casefold() not in _NO_TITLES:
        return stated
    headings = (paragraph.text for paragraph in document.paragraphs if paragraph.style and paragraph.style.name in _TITLE_STYLES)
    return next((heading for heading in headings if heading.strip()), "")
