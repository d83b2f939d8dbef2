"""Markdown files: the words without the marks, each word still where it stands in the file."""

from __future__ import annotations

import re

from corpus.lines import lines
from corpus.metadata import date_in, latin_or_han_names
from corpus.reading.extracted import Extracted, printable
from corpus.reading.text import decode

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_-]+):[ \t]*(?P<value>.*?)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#[ \t]+(?P<text>.+?)[ \t#]*$|^(?P<over>[^\s#>*+|-].*)\r?\n=+[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^(?P<fence>```+|~~~+)[^\n]*\n(?P<code>.*?)(?:^(?P=fence)[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_MARKS = re.compile(
    r"""
    <!--.{0,1000}?-->                            # a comment
  | !\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)         # an image, with its description
  | (?<!\\)\[(?=[^\[\]\n]{1,300}\]\([^()\n]{0,1000}\))   # a link's opening bracket …
  | (?<=[^\\\n])\]\([^()\n]{0,1000}\)             # … and its target
  | ^[ ]{0,3}\#{1,6}[ \t]+ | (?<![ \t])[ \t]+\#+[ \t]*$   # headings
  | ^[ ]{0,3}(?:=+|-{2,}|\*{3,}|_{3,}|(?:\*[ ]){3,})[ \t]*$   # lines
  | ^[ \t]*(?:>[ \t]?)+                          # quotations
  | ^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?       # bullets and boxes to tick
  | ^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?)?[ \t]*$   # the rule under a table's head
  | ^[ \t]*\|[ \t]* | (?<![ \t])[ \t]*\|[ \t]*$   # a table's edges
  | (?<!\\)(?:\*{1,3}(?=[^\s*]) | (?<=[^\s*])\*{1,3})       # emphasis
  | (?<![\w\\])_{1,3}(?=[^\s_]) | (?<=[^\s_\\])_{1,3}(?!\w)
  | (?<!\\)(?:~~ | `+)
  | </?[a-zA-Z][^<>\n]{0,300}>                   # HTML
  | \\(?=[\\`*_{}\[\]()\#+.!|>-])                # the mark that says: no mark
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


_MOST_MARKED = 1_000_000
"""In characters. A longer file is data rather than an article, and taken as it is."""


def extract(data: bytes, *, name: str) -> Extracted:
    """A Markdown file, its marks and front matter hidden.

    Raises `ReadingError` when the bytes are no text in any encoding.
    """
    text = printable(decode(data, name=name))
    if len(text) > _MOST_MARKED:
        return Extracted(text=text)
    front = _FRONT_MATTER.match(text)
    fields = {match["key"].lower(): match["value"].strip("\"'") for match in _FIELD.finditer(front["fields"])} if front else {}
    start = front.end() if front else 0
    hidden = [(0, start)] if start else []
    for fence in [*_FENCE.finditer(text, start), None]:
        hidden += [match.span() for match in _MARKS.finditer(text, start, fence.start() if fence else len(text))]
        if fence:
            hidden += [(fence.start(), fence.start("code")), (fence.end("code"), fence.end())]
            start = fence.end()
    heading = _HEADING.search(text, front.end() if front else 0)
    written = (heading["text"] or heading["over"]) if heading else ""
    dates = (date_in(fields.get(key, "")) for key in ("date", "published", "created", "pubdate"))
    addresses = (fields.get(key, "") for key in ("url", "source", "link", "canonical"))
    return Extracted(
        text=text,
        hidden=tuple(span for span in hidden if span[0] < span[1]),
        title=fields.get("title") or _MARKS.sub("", written).strip() or None,
        published=next((day for day in dates if day), None),
        authors=tuple(latin_or_han_names(fields.get("author", "") or fields.get("authors", "").strip("[]"))),
        url=next((address for address in addresses if address.startswith(("http://", "https://"))), None),
        removed=tuple(line.text for line in lines(front["fields"], wrapped=False)) if front else (),
    )
