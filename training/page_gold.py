"""Pages whose article was marked by hand: what is article in them, and which of them may be learned from.

Rows of ``pages/*.jsonl.gz`` hold a page and its article as text. The marks of ``tests/data/pages/`` hold no text of the pages, which are
their publishers': only the hashes of lines, to be found again in a copy of the page.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.lines import columns
from corpus.reading.judging import bare
from corpus.reading.page import Block

MARKS = Path(__file__).resolve().parents[1] / "tests" / "data" / "pages"
"""Marks made by hand: ``zh-news.gold.jsonl`` for 40 Chinese news pages, ``seeds.gold.jsonl`` for five texts of saved pages."""
_LONG = 24
"""In columns. A line so long is the article's if its words are; a shorter one must also stand in the right place."""
_SHINGLE = 4
"""In tokens."""
_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_BLOCKS = frozenset(
    "address article aside blockquote body br canvas center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary table tbody td tfoot th thead title tr ul".split()
)
_UNSEEN = frozenset("script style noscript template svg iframe select textarea".split())


def tokens(text: str) -> list[str]:
    """Words of letters and figures, and each Chinese character by itself; small letters.

    >>> tokens("2022 Expo开幕!")
    ['2022', 'expo', '开', '幕']
    """
    return _TOKEN.findall(text.casefold())


def to_learn(page_id: str) -> bool:
    """Whether a page belongs to the half that is learned from and tuned on; the other half is only for measuring."""
    return int(hashlib.sha256(page_id.encode()).hexdigest(), 16) % 2 == 0


@dataclass(frozen=True, slots=True)
class Marks:
    """What was marked in one page or text."""

    id: str
    body: tuple[str, ...]
    """Hashes of the article's lines, in their order."""
    either: frozenset[str]
    """Of lines that may be kept or not: dates, by-lines, captions, the headline once more."""
    titles: tuple[str, ...]
    published: tuple[str | None, ...]
    """ISO dates any of which is right; None where it is right to say none."""
    publishers: tuple[str | None, ...]


def read_marks(path: Path) -> dict[str, Marks]:
    """All marks of a file, by the page's id."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        row["id"]: Marks(
            row["id"], tuple(row["body"]), frozenset(row["either"]), tuple(row["titles"]), tuple(row["published"]), tuple(row["publishers"])
        )
        for row in rows
    }


def line_hash(line: str) -> str:
    """What a line is called in the marks: white space, signs and widths make no difference."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", line) if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()[:10]


def marked_lines(page: str) -> list[str]:
    """The lines of an html page that the marks speak of. Not the reader's own lines: what it loses must show."""
    from lxml import etree, html

    untyped: Any = html
    tree = untyped.document_fromstring(page.encode("utf-8", "surrogatepass"), parser=untyped.HTMLParser(encoding="utf-8"))
    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unseen += tag in _UNSEEN
        elif event == "end":
            unseen -= tag in _UNSEEN
        if tag in _BLOCKS:
            parts.append("\n")
        if not unseen:
            parts.append(re.sub(r"\s+", " ", (element.text if event == "start" else element.tail) or ""))
    return [" ".join(line.split()) for line in "".join(parts).split("\n") if line.strip()]


def labels(blocks: Sequence[Block], gold: str) -> npt.NDArray[np.float32]:
    """Which part of each line is in the article's text, from 0 to 1."""
    whole = bare(gold)
    own = {bare(line) for line in gold.split("\n")}
    shingles = Counter(_shingles(gold))
    bares = [bare(block.text) for block in blocks]
    found = np.zeros(len(blocks), dtype=np.float32)
    places: list[tuple[int, int] | None] = [None] * len(blocks)
    for number, (block, line) in enumerate(zip(blocks, bares, strict=True)):
        if columns(line) < _LONG:
            continue
        at = whole.find(line)
        if at >= 0:
            places[number] = (at, at + len(line))
            found[number] = 1
        else:
            of_line = _shingles(block.text)
            found[number] = sum(shingle in shingles for shingle in of_line) / max(1, len(of_line))
    held = np.flatnonzero(found >= 0.5)
    first, last = (int(held[0]), int(held[-1])) if len(held) else (0, len(blocks))
    after, before = _borders(places, len(whole))
    for number, line in enumerate(bares):
        if not line or columns(line) >= _LONG or not first - 3 <= number <= last + 4:
            continue
        start, end = after[number], before[number]
        near = first < number < last and start < end and end - start < 6 * len(line) + 60 and line in whole[start:end]
        found[number] = float(line in own or near)
    return found


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = tokens(text)
    return [tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))]


def _borders(places: Sequence[tuple[int, int] | None], length: int) -> tuple[list[int], list[int]]:
    """For each line, where in the article's text the long lines above it end and those below it begin."""
    after, before = [0] * len(places), [length] * len(places)
    end, start = 0, length
    for number, place in enumerate(places):
        after[number] = end
        end = max(end, place[1]) if place else end
    for number in range(len(places) - 1, -1, -1):
        before[number] = start
        place = places[number]
        start = min(start, place[0]) if place else start
    return after, before
