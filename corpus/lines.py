"""A text as the lines a person sees: parted at line ends, and put together again where a paragraph was only wrapped.

Every line knows where its pieces stand in the text it was taken from, so whatever is kept can be traced back letter by letter.
"""

from __future__ import annotations

import bisect
import itertools
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus.folding import fold


class Piece(NamedTuple):
    """``extracted[start:end]``, and what stands before it in its line: nothing, or the blank that a line end stood for."""

    start: int
    end: int
    gap: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line or unwrapped paragraph: never empty, no white space at its edges."""

    text: str
    folded: str
    """``text`` in the form in which phrases are compared, see `corpus.folding.fold`."""
    pieces: tuple[Piece, ...]


LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_EDGES = " \t\x1f\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
TRIMMED = re.compile(rf"[^{_EDGES}](?:.*[^{_EDGES}])?", re.DOTALL)

_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U00020000-\U0003ffff]")
_SENTENCE_END = re.compile(r"""[。！？!?…；;：:.][”’」』）)】》"']*$""")
LIST_ITEM = re.compile(
    r"[-*•·●■◆★▲]|[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）.、．]|第[一二三四五六七八九十百\d]{1,4}[章节条]"
)
"""How an item of a list or a numbered heading begins."""
_HYPHENATED = re.compile(r"(?<![\w-])[^\W\d_]+-$")

_WRAP_COLUMNS = (30, 130)
"""Text wrapped by a program or a page is so many columns wide; longer lines are paragraphs."""
_WRAPPED_SHARE = 0.6
"""Of the lines with a line right below, so many must be full before a plain text is taken for wrapped."""
_RAGGED_WIDE, _RAGGED_WORDS = 3, 14
"""How many columns a full line may stay behind the widest: Chinese breaks anywhere, a long word goes to the next line whole."""
_RAGGED_PAGE = 0.2
"""The same for printed pages, as a share of the widest line: their letters differ in width."""


MOST_LINES = 20_000
"""Longer texts are books or logs, not pages: they come back as one line, line ends and all."""
_MEASURED = 10_000
"""The width of a longer text is reckoned from its first so many characters."""


def columns(text: str) -> int:
    """Width on a screen of fixed cells: 2 for a Chinese character, 1 for a letter."""
    if text.isascii():
        return len(text)
    wide = len(_WIDE.findall(text, 0, _MEASURED))
    return len(text) + (wide if len(text) <= _MEASURED else wide * len(text) // _MEASURED)


def lines(text: str, *, wrapped: bool | None = None, hidden: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """The lines of ``text`` that are not blank, in order.

    ``wrapped``: whether line ends are only where a page or a program broke the paragraph (True for pdf pages); None finds out.
    ``hidden``: half-open places, sorted and apart, that are markup rather than text and stand in no line.

    >>> [line.text for line in lines("  开幕 \\n\\n第二行")]
    ['开幕', '第二行']
    """
    if len(LINE_END.findall(text)) >= MOST_LINES:
        whole = TRIMMED.search(text)
        return [_line(text, fold(text), [Piece(*whole.span(), "")])] if whole else []
    spans = _spans(text)
    widths = [columns(text[start:end]) for start, end in spans if start < end]
    if not widths:
        return []
    measure = statistics.quantiles(widths, n=20)[-1] if len(widths) > 1 else float(widths[0])
    ragged = measure * _RAGGED_PAGE if wrapped else None
    if wrapped is None:
        wrapped = _is_wrapped(text, spans, measure)
    folded = fold(text)
    found: list[Line] = []
    pieces: list[Piece] = []
    gap = ""
    for span, below in zip(spans, [*spans[1:], (0, 0)], strict=True):
        if span[0] == span[1]:
            continue
        joint = None
        if wrapped and below[0] < below[1]:
            joint = _joint(text, span, below, full=_is_full(text, span, measure, ragged))
        for start, end in _visible((span[0], joint[0] if joint else span[1]), hidden):
            pieces.append(Piece(start, end, gap))
            gap = ""
        if joint:
            gap = joint[1] if pieces else ""
            continue
        gap = ""
        if pieces := _trim(text, pieces):
            found.append(_line(text, folded, pieces))
        pieces = []
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    """Places of all lines, trimmed; blank ones as empty places."""
    found = []
    start = 0
    for match in [*LINE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        trimmed = TRIMMED.search(text, start, end)
        found.append(trimmed.span() if trimmed else (start, start))
        start = match.end() if match else end
    return found


def _ends_sentence(text: str, span: tuple[int, int]) -> bool:
    return _SENTENCE_END.search(text, max(span[0], span[1] - 8), span[1]) is not None


def _is_full(text: str, span: tuple[int, int], measure: float, ragged: float | None = None) -> bool:
    if ragged is None:
        ragged = _RAGGED_WIDE if _WIDE.match(text[span[1] - 1]) else _RAGGED_WORDS
    return columns(text[span[0] : span[1]]) >= measure - ragged


def _is_wrapped(text: str, spans: Sequence[tuple[int, int]], measure: float) -> bool:
    """Whether a plain text's line ends are the work of a program: most lines are full and stop in the middle of a sentence."""
    if not _WRAP_COLUMNS[0] <= measure <= _WRAP_COLUMNS[1]:
        return False
    upper = [above for above, below in itertools.pairwise(spans) if above[0] < above[1] and below[0] < below[1]]
    full = [span for span in upper if _is_full(text, span, measure)]
    broken = [span for span in full if not _ends_sentence(text, span)]
    return len(broken) >= 3 and len(full) >= _WRAPPED_SHARE * len(upper)


def _joint(text: str, above: tuple[int, int], below: tuple[int, int], *, full: bool) -> tuple[int, str] | None:
    """Where the upper of two lines ends and what its line end stood for, if they are one wrapped sentence; None if they aren't."""
    last, first = text[above[1] - 1], text[below[0]]
    if _ends_sentence(text, above) or LIST_ITEM.match(text, below[0], below[1]):
        return None
    if not full and not (first.islower() and last.islower()):
        return None
    if last == "-" and first.islower() and _HYPHENATED.search(text, max(above[0], above[1] - 30), above[1]):
        return above[1] - 1, ""
    return above[1], "" if last == "-" or _WIDE.match(last) or _WIDE.match(first) else " "


def _visible(span: tuple[int, int], hidden: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of a line outside the hidden places."""
    start, end = span
    first = bisect.bisect_right(hidden, start, key=lambda place: place[1])
    for number in range(first, len(hidden)):
        left, right = hidden[number]
        if left >= end:
            break
        if start < left:
            yield start, left
        start = right
    if start < end:
        yield start, end


def _trim(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without the white space that came to the line's edges when markup was taken away."""
    trimmed = [TRIMMED.search(text, start, end) for start, end, _ in pieces]
    filled = [number for number, match in enumerate(trimmed) if match]
    if not filled:
        return []
    kept = list(pieces[filled[0] : filled[-1] + 1])
    first, last = trimmed[filled[0]], trimmed[filled[-1]]
    kept[0] = kept[0]._replace(start=first.start() if first else kept[0].start, gap="")
    kept[-1] = kept[-1]._replace(end=last.end() if last else kept[-1].end)
    return kept


def _line(text: str, folded: str, pieces: Sequence[Piece]) -> Line:
    return Line(
        "".join(gap + text[start:end] for start, end, gap in pieces),
        "".join(gap + folded[start:end] for start, end, gap in pieces),
        tuple(pieces),
    )
