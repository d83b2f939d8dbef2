"""A web page as the lines a reader of it sees, and what its markup says of each line.

The lines are judged in `corpus.reading.judging`; here they are only described.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.folding import fold
from corpus.furniture import is_prose
from corpus.lines import LINE_END, TRIMMED
from corpus.reading.extracted import printable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS = frozenset(
    "address article aside blockquote body br canvas center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary table tbody tfoot thead title tr ul".split()
)
"""Elements that begin and end a line."""
_UNSEEN = frozenset("script style noscript template svg math iframe select object audio video canvas map textarea button".split())
_UNSEEN_STYLE = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_NAMES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
"""The words in the name of a class, as in ``article-body``, ``articleBody`` and ``article_body``."""
_NEAREST, _FARTHEST = 8, 60
"""So many elements around a line have their names looked at, and so many their tags: pages made to waste time nest thousands."""
_LONGEST_NAME = 300
"""In characters: of the classes of an element, what is looked at."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a page a line stands."""

    tag: str
    """Of the block that holds it."""
    above: frozenset[str]
    """Tags of all elements around it."""
    names: frozenset[str]
    """Words of the classes and ids of the nearest elements around it."""
    path: str
    """Tags and classes of the block and the three blocks around it: the same for lines that the site's template sets alike."""
    parents: tuple[int, int, int]
    """Numbers of the block's element, of its parent and of that one's parent."""
    hidden: bool
    """Whether a style hides it: a script may show it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a page."""

    text: str
    folded: str
    """``text`` in the form in which phrases are compared, see `corpus.folding.fold`."""
    place: Place
    linked: int
    """Of its characters, so many stand in links."""


def text_of(blocks: Sequence[Block]) -> str:
    """The lines, one under the other."""
    return "\n".join(block.text for block in blocks)


def blocks_of(tree: HtmlElement) -> list[Block]:
    """The lines of a page, from top to bottom; never empty, no white space at their edges.

    What a style hides is left out, unless it is most of the page's running text: then a script shows it.
    """
    found = _all_blocks(tree)
    running = Counter[bool]()
    for block in found:
        running[block.place.hidden] += len(block.text) if is_prose(block.folded) else 0
    return found if running[True] > running[False] else [block for block in found if not block.place.hidden]


def _all_blocks(tree: HtmlElement) -> list[Block]:
    found: list[Block] = []
    for pieces, place in _pieces(tree):
        linked = sum(len(text.strip()) for text, in_link in pieces if in_link)
        whole = printable("".join(text for text, _ in pieces))
        for line in LINE_END.split(whole):
            if trimmed := TRIMMED.search(line):
                found.append(Block(trimmed[0], fold(trimmed[0]), place, min(linked, len(trimmed[0]))))
    return found


def _pieces(tree: HtmlElement) -> Iterator[tuple[list[tuple[str, bool]], Place]]:
    """Runs of text between the borders of blocks, each piece with whether it is in a link."""
    from lxml import etree

    pieces: list[tuple[str, bool]] = []
    stack: list[HtmlElement] = []
    numbers: list[int] = []
    unseen = links = hidden = count = 0
    place: Place | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        border = tag in BLOCKS and event in ("start", "end")
        if (border or tag in ("td", "th")) and pieces:
            if border:
                if place is not None and any(text.strip() for text, _ in pieces):
                    yield pieces, place
                pieces, place = [], None
            elif event == "start":
                pieces.append(("\t", False))
        text = ""
        if event == "start":
            count += 1
            stack.append(element)
            numbers.append(count)
            unseen += tag in _UNSEEN
            links += tag == "a"
            hidden += _is_hidden(element)
            text = element.text or ""
            if tag != "pre":
                text = re.sub(r"\s+", " ", text)
        else:
            if event == "end":
                stack.pop()
                numbers.pop()
                unseen -= tag in _UNSEEN
                links -= tag == "a"
                hidden -= _is_hidden(element)
            text = re.sub(r"\s+", " ", element.tail or "")
        if text and not unseen:
            if place is None and text.strip() and stack:
                place = _place(stack, numbers, hidden > 0)
            pieces.append((text, links > 0))
    if place is not None:
        yield pieces, place


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    return bool(style) and _UNSEEN_STYLE.search(style) is not None


def _place(stack: list[HtmlElement], numbers: list[int], hidden: bool) -> Place:
    """Of the text that comes next; ``stack`` ends with the element it stands in."""
    stack, numbers = stack[-_FARTHEST:], numbers[-_FARTHEST:]
    at = next((at for at in range(len(stack) - 1, 0, -1) if stack[at].tag in BLOCKS or stack[at].tag in ("td", "th")), 0)
    names = {
        word.lower()
        for element in stack[-_NEAREST:]
        for attribute in ("class", "id", "itemprop", "role")
        for word in _NAMES.findall((element.get(attribute) or "")[:_LONGEST_NAME])
    }
    path = "/".join(f"{element.tag}.{(element.get('class') or '')[:_LONGEST_NAME].strip()}" for element in stack[max(0, at - 3) : at + 1])
    parents = (numbers[at], numbers[max(0, at - 1)], numbers[max(0, at - 2)])
    return Place(str(stack[at].tag), frozenset(str(element.tag) for element in stack), frozenset(names), path, parents, hidden)
