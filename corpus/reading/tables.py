"""Tables (csv, tsv): a row is an article, its columns named in the first row."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

from corpus.errors import ReadingError
from corpus.reading.extracted import MOST_CHARS, Extracted
from corpus.reading.fields import NO_FIELDS, Fields, extracted, fields_of, no_text_field
from corpus.reading.parts import Part, Parts, digest
from corpus.reading.text import decode_as_is

_DELIMITERS = ",\t;|，"
_MOST_COLUMNS = 2000
_SAMPLE = 1_000_000
"""Of bytes that are not ASCII, as many tell the encoding."""


def open_table(data: bytes, *, name: str, fields: Fields = NO_FIELDS) -> Parts | None:
    """The rows of a table; None when it is none but plain text.

    Raises `ReadingError` when it is a table and no column is known to hold the text.
    """
    encoding = _encoding(data, name)
    head = list(itertools.islice(_lines(data, encoding), 50))
    delimiter = max(_DELIMITERS, key=lambda each: (len(_header(head, each)), -_DELIMITERS.index(each)))
    header = _header(head, delimiter)
    columns = fields_of(header, given=fields)
    if "text" not in columns:
        rows = list(itertools.islice(csv.reader(head, delimiter=delimiter), 4))[1:]
        if len(header) < 2 or len(header) > _MOST_COLUMNS or not rows or any(len(row) != len(header) for row in rows[:2]):
            return None
        raise no_text_field(header, name)
    places = {role: header.index(column) for role, column in columns.items()}

    def each() -> Iterator[Part]:
        # A cell may be as long as an article; the module's own limit is for the whole program, and only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), MOST_CHARS))
        rows = csv.reader(_lines(data, encoding), delimiter=delimiter)
        next(rows)  # their names
        number = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield _broken(name, rows.line_num, error)
                return
            if not any(cell.strip() for cell in row):
                continue
            number += 1
            yield _part(name, number, {role: row[at] for role, at in places.items() if at < len(row)})

    return Parts(each=each, count=sum(1 for _ in each()), numbered=True)


def _part(name: str, number: int, values: dict[str, str]) -> Part:
    def extract() -> Extracted:
        return extracted(values, name=f"{name}#{number}")

    flat = [each for role, said in sorted(values.items()) for each in (role, said)]
    return Part(key=f"#{number}", name=f"{name} {number}", sha256=digest(*flat), extract=extract)


def _broken(name: str, line: int, error: csv.Error) -> Part:
    """Speaks for the whole table: what stands below is unknown, and not gone."""

    def extract() -> Extracted:
        raise ReadingError(f"{name}: line {line} and all below can't be read ({error}). Save the table anew as UTF-8 csv.") from error

    return Part(key="", name=name, sha256=digest(f"broken at {line}"), extract=extract)


def _header(head: list[str], delimiter: str) -> list[str]:
    try:
        return [cell.strip().removeprefix("\ufeff").strip() for cell in next(csv.reader(head, delimiter=delimiter), [])]
    except csv.Error:
        return []


def _encoding(data: bytes, name: str) -> str:
    """Found from the lines that are not ASCII, wherever they begin, so that a large file need not be decoded as a whole."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return decode_as_is(data[:_SAMPLE], name=name)[1]
    sample: list[bytes] = []
    size = 0
    for line in io.BytesIO(data):
        if not line.isascii() or not sample:
            sample.append(line)
            size += len(line)
            if size > _SAMPLE:
                break
    return decode_as_is(b"".join(sample), name=name)[1]


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    # NUL is nothing that a table holds, and older versions of the csv module stop at it.
    return (line.replace("\0", "") for line in io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline=""))
