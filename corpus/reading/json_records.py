"""JSON files: an object is an article, a list of objects (or one object a line) several."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from corpus.errors import ReadingError
from corpus.reading.extracted import Extracted
from corpus.reading.fields import NO_FIELDS, Fields, extracted, fields_of, no_text_field, value
from corpus.reading.parts import Part, Parts, digest, single
from corpus.reading.text import decode_as_is

_LISTS = ("items", "articles", "data", "results", "entries", "posts", "documents", "docs", "records", "rows", "pages")
"""Where an object keeps its articles, as JSON Feed and the interfaces of news sites do; any other list of objects counts after them."""
_MOST_FIRST_LINES = 20


def open_json(data: bytes, *, name: str, fields: Fields = NO_FIELDS) -> Parts | None:
    """The articles in a JSON file; None when it is no JSON at all.

    Raises `ReadingError` when it is, and no field is known to hold the text.
    """
    try:
        whole = _loads(decode_as_is(data, name=name)[0].removeprefix("\ufeff"))
    except ValueError:
        return None
    records = _records(whole, fields)
    if not records:
        raise no_text_field(_keys(whole), name)
    if records == [whole]:
        return single(data, name, lambda: _extracted(whole, fields, name))
    return Parts(
        each=lambda: (_part(name, number, record, fields) for number, record in enumerate(records, 1)), count=len(records), numbered=True
    )


def open_lines(data: bytes, *, name: str, fields: Fields = NO_FIELDS) -> Parts | None:
    """The articles in a file of one JSON object a line; None when its first lines are no objects.

    Raises `ReadingError` when they are, and no field is known to hold the text.
    """
    first, known = None, False
    for number, line in enumerate(_lines(data)):
        if number >= _MOST_FIRST_LINES or known:
            break
        try:
            record = _object(line, name)
        except ValueError:
            continue
        first = record if first is None else first
        known = "text" in _roles(record, fields)
    if first is None:
        return None
    if not known:
        raise no_text_field(first, name)

    def each() -> Iterator[Part]:
        for number, line in enumerate(_lines(data), 1):
            yield _line_part(name, number, line, fields)

    return Parts(each=each, count=sum(1 for _ in _lines(data)), numbered=True)


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines that are not blank. UTF-16, whose line ends are no single bytes, is taken as UTF-8 first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return (line for line in io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")) if line.strip())


def _object(line: bytes, name: str) -> dict[str, Any]:
    found = _loads(decode_as_is(line, name=name)[0])
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:  # brackets within brackets within …
        raise ValueError("it is nested too deeply") from error


def _line_part(name: str, number: int, line: bytes, fields: Fields) -> Part:
    def extract() -> Extracted:
        try:
            record = _object(line, name)
        except ValueError as error:
            raise ReadingError(f"{name}: line {number} is not a JSON object ({error}). Mend it or leave it out.") from error
        return _extracted(record, fields, f"{name}#{number}")

    return Part(key=f"#{number}", name=f"{name} {number}", sha256=_digest(line.strip(), fields), extract=extract)


def _part(name: str, number: int, record: dict[str, Any], fields: Fields) -> Part:
    def extract() -> Extracted:
        return _extracted(record, fields, f"{name}#{number}")

    written = json.dumps(record, sort_keys=True).encode("utf-8", "replace")
    return Part(key=f"#{number}", name=f"{name} {number}", sha256=_digest(written, fields), extract=extract)


def _digest(written: bytes, fields: Fields) -> str:
    """Other fields named make another article of the same record."""
    return digest(written, *(f"{role}={given}" for role, given in sorted(fields.items())))


def _extracted(record: dict[str, Any], fields: Fields, name: str) -> Extracted:
    roles = _roles(record, fields)
    if "text" not in roles:
        raise no_text_field(record, name)
    return extracted({role: value(record, path) for role, path in roles.items()}, name=name)


def _roles(record: dict[str, Any], fields: Fields) -> dict[str, str]:
    roles = fields_of(record, given=fields)
    # Of several fields that may hold the text, the first that does: JSON Feed has content_text or content_html.
    if "text" in roles and "text" not in fields and not value(record, roles["text"]).strip():
        rest = _roles({key: each for key, each in record.items() if key != roles["text"]}, fields)
        roles["text"] = rest.get("text", roles["text"])
    return roles


def _records(whole: Any, fields: Fields) -> list[dict[str, Any]]:
    """The objects that are articles."""
    if isinstance(whole, dict):
        named: Callable[[str], int] = lambda key: _LISTS.index(key) if key in _LISTS else len(_LISTS)  # noqa: E731
        for key in sorted(whole, key=named):
            if isinstance(whole[key], list) and (found := _records(whole[key], fields)):
                return found
        return [whole] if "text" in _roles(whole, fields) else []
    if not isinstance(whole, list):
        return []
    objects = [each for each in whole if isinstance(each, dict)]
    return objects if any("text" in _roles(each, fields) for each in objects[:_MOST_FIRST_LINES]) else []


def _keys(whole: Any) -> list[str]:
    first = next((each for each in whole if isinstance(each, dict)), {}) if isinstance(whole, list) else whole
    return list(first) if isinstance(first, dict) else []
