"""A web page as the lines a reader of it sees, and what its markup says of each line.

The lines are judged in `corpus.reading.judging`; here they are only described.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import not_
from typing import TYPE_CHECKING, NamedTuple

from corpus.folding import fold
from corpus.furniture import is_prose
from corpus.lines import LINE_END, MOST_LINES, TRIMMED, Line, Piece, lines
from corpus.reading.extracted import printable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS = frozenset(
    "address article aside blockquote body br canvas center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary table tbody tfoot thead title tr ul".split()
)
"""Elements that begin and end a line."""
_CELLS = frozenset(("td", "th"))
_BLANKS = re.compile(r"\s+")
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


def lines_of(blocks: Sequence[Block]) -> list[Line]:
    """What `corpus.lines.lines` makes of `text_of` the blocks, without looking for their ends and folding them again."""
    if len(blocks) > MOST_LINES:
        return lines(text_of(blocks), wrapped=False)
    found = []
    at = 0
    for block in blocks:
        end = at + len(block.text)
        found.append(Line(block.text, block.folded, (Piece(at, end, ""),)))
        at = end + 1
    return found


def blocks_of(tree: HtmlElement) -> list[Block]:
    """The lines of a page, from top to bottom; never empty, no white space at their edges.

    What a style hides is left out, unless it is most of the page's running text: then a script shows it.
    """
    found = [
        Block(line, fold(line), run.place, min(run.linked, len(line))) for run in _runs(tree) if run.place for line in _lines(run.text)
    ]
    hidden = [block.place.hidden for block in found]
    return found if _shows_hidden((block.folded for block in found), hidden) else list(itertools.compress(found, map(not_, hidden)))


def bare_text_of(tree: HtmlElement) -> str:
    """`text_of` the `blocks_of` a tree, where nobody asks how its lines are set."""
    found = [(line, run.hidden) for run in _runs(tree, placed=False) for line in _lines(run.text)]
    texts, hidden = [line for line, _ in found], [unseen for _, unseen in found]
    return "\n".join(texts if _shows_hidden(map(fold, texts), hidden) else itertools.compress(texts, map(not_, hidden)))


def _lines(whole: str) -> Iterator[str]:
    for line in LINE_END.split(whole):
        if trimmed := TRIMMED.search(line):
            yield trimmed[0]


def _shows_hidden(folded: Iterable[str], hidden: Sequence[bool]) -> bool:
    """Whether the hidden lines are to be shown: there are none, or they hold most of the running text."""
    if not any(hidden):
        return True
    running = [0, 0]
    for line, unseen in zip(folded, hidden, strict=True):
        running[unseen] += len(line) if is_prose(line) else 0
    return running[True] > running[False]


class _Run(NamedTuple):
    """Text between two borders of blocks."""

    text: str
    linked: int
    hidden: bool
    place: Place | None


class _Around:
    """An element while the walk is inside it. What is said of it is worked out once, and only if text stands below it."""

    __slots__ = ("_label", "_names", "element", "hides", "number", "tag")

    def __init__(self, element: HtmlElement, tag: str, number: int) -> None:
        style = element.get("style")
        self.element, self.tag, self.number = element, tag, number
        self.hides = style is not None and _UNSEEN_STYLE.search(style) is not None
        self._names: frozenset[str] | None = None
        self._label: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Words of its class and the like."""
        if self._names is None:
            said = map(self.element.get, ("class", "id", "itemprop", "role"))
            self._names = frozenset().union(*(_words_in(each[:_LONGEST_NAME]) for each in said if each))
        return self._names

    @property
    def label(self) -> str:
        """Its tag and class."""
        if self._label is None:
            self._label = f"{self.tag}.{(self.element.get('class') or '')[:_LONGEST_NAME].strip()}"
        return self._label


@functools.lru_cache(maxsize=4096)
def _words_in(name: str) -> frozenset[str]:
    """Pages of one site say the same of all their elements."""
    return frozenset(map(str.lower, _NAMES.findall(name)))


def _runs(tree: HtmlElement, *, placed: bool = True) -> Iterator[_Run]:
    """Runs of text between the borders of blocks. Without ``placed``, nothing is said of where they stand."""
    from lxml import etree

    texts: list[str] = []
    stack: list[_Around] = []
    unseen = links = hides = count = linked = 0
    begun = hidden = False
    place: Place | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        text: str | None
        if event == "start" or event == "end":
            tag = element.tag if isinstance(element.tag, str) else ""
            if texts and (tag in BLOCKS or tag in _CELLS):
                if tag in BLOCKS:
                    if begun:
                        yield _Run(printable("".join(texts)), linked, hidden, place)
                    texts, linked, begun, place = [], 0, False, None
                elif event == "start":
                    texts.append("\t")
            if event == "start":
                count += 1
                around = _Around(element, tag, count)
                stack.append(around)
                unseen += tag in _UNSEEN
                links += tag == "a"
                hides += around.hides
                text = element.text
                if text and tag != "pre":
                    text = _BLANKS.sub(" ", text)
            else:
                around = stack.pop()
                unseen -= tag in _UNSEEN
                links -= tag == "a"
                hides -= around.hides
                text = element.tail
                if text:
                    text = _BLANKS.sub(" ", text)
        else:
            text = _BLANKS.sub(" ", element.tail or "")
        if text and not unseen:
            if not begun and stack and not text.isspace():
                begun, hidden = True, hides > 0
                place = _place(stack, hidden) if placed else None
            texts.append(text)
            if links:
                linked += len(text.strip())
    if begun:
        yield _Run(printable("".join(texts)), linked, hidden, place)


def _place(stack: list[_Around], hidden: bool) -> Place:
    """Of the text that comes next; ``stack`` ends with the element it stands in."""
    stack = stack[-_FARTHEST:]
    at = next((at for at in range(len(stack) - 1, 0, -1) if stack[at].tag in BLOCKS or stack[at].tag in _CELLS), 0)
    names = frozenset().union(*[around.names for around in stack[-_NEAREST:]])
    path = "/".join([around.label for around in stack[max(0, at - 3) : at + 1]])
    parents = (stack[at].number, stack[max(0, at - 1)].number, stack[max(0, at - 2)].number)
    return Place(stack[at].tag, frozenset([around.tag for around in stack]), names, path, parents, hidden)
