"""How likely each line of a web page is the article's.

A small network looks at what the line says, how the page's markup sets it, what stands around it, and what two extractors
(trafilatura, Readability) and our own rules (`corpus.cleaning`) make of it. Where these agree there is little to decide; where they
don't, it has learned whom to believe on which kind of page. ``training/pages.py`` fits it and writes ``judging.json``.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from corpus.cleaning import Cleaned
from corpus.furniture import FURNITURE, Kind
from corpus.lines import columns
from corpus.reading.page import Block

Floats = npt.NDArray[np.float32]
_Column = npt.NDArray[np.float64]
_Key = TypeVar("_Key", bound=Hashable)

EXTRACTORS = ("trafilatura", "readability")
"""Whose texts the network was trained with."""
LIKELY = 0.5
"""From this probability on, a line is the article's."""
FORMAT = 1
"""Of ``judging.json``."""

_TAGS = tuple("p li td div h1 h2 h3 h4 figcaption blockquote pre dd section article".split())
_ABOVE = (
    "article",
    "main",
    "nav",
    "footer",
    "aside",
    "header",
    "form",
    "figure",
    "ul",
    "ol",
    "table",
    "p",
    "blockquote",
    "section",
    "center",
)
_NAMED = tuple(
    frozenset(words.split())
    for words in (
        "comment comments commentlist reply replies disqus respond livefyre pinglun review reviews",
        "related relate recommend recommended recommendations more also similar recirc trending popular most latest list lists hot rank "
        "tuijian xiangguan teaser teasers promo promos outbrain taboola readnext next prev suggested",
        "share sharing social socials sns bdshare addthis twitter facebook follow tools toolbar actions action buttons button print email",
        "nav navigation menu breadcrumb breadcrumbs crumb crumbs topbar navbar tabs tab pagination pager",
        "sidebar side aside rail right left widget widgets bottom footer foot copyright legal disclaimer",
        "ad ads advert advertisement sponsor sponsored sponsors banner subscribe subscription newsletter signup paywall login register "
        "modal popup cookie overlay gdpr app download qrcode qr",
        "caption captions credit credits photo photos image images img gallery slideshow figure video player media picture pic",
        "byline author authors bio date time timestamp dateline published pubtime pubdate updated meta info source editor writer profile",
        "tag tags keyword keywords topics topic category categories filed labels",
        "title headline heading hed subtitle subhead dek standfirst summary excerpt abstract kicker deck",
        "articlebody body content contents entry post story text main article maincontent copy rich paragraph detail zhengwen neirong",
        "box inset pullquote quote infobox factbox note notice message alert hidden hide tooltip",
    )
)
"""What the words in the names of elements say of what stands in them: one feature for each line of words."""
_NUMBERS = {kind: number for number, kind in enumerate(Kind)}
_ENDS = (Kind.RELATED, Kind.COMMENTS, Kind.CREDIT, Kind.NOTICE, Kind.DATELINE)
_FINISHED = re.compile(r"[。.!?！？…”\"’」』)）]$")
_COMMAS = re.compile(r"[,，、;；]")
_CAPITAL = re.compile(r"\b[A-Z]")
_FIGURE = re.compile(r"\d")
_SIGNS = re.compile(r"[\W_]+")
_LONG = 24
"""In columns. A line so long is an extractor's wherever it stands in its text; a shorter one must be a line of it."""
_MOST_COMPARED = 200_000_000
"""Lines times characters. In the text of a larger page (a book, a log) lines are looked up as lines only, which takes no time."""
_REACHES = (1, 3, 8)
"""In lines: how far the neighbours above and below are looked at."""
_CLIPPED = 5.0
"""In standard deviations: features further out are no more telling."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a page before its lines are judged."""

    blocks: Sequence[Block]
    said: Mapping[str, str]
    """The texts that the `EXTRACTORS` found, by their names; empty where one found none."""
    rules: Cleaned
    """The same lines as `corpus.cleaning` judges them."""
    title: str | None
    """As the page's head states it."""


def judge(evidence: Evidence) -> Floats:
    """The probability of each line, from 0 to 1, that it is the article's."""
    mean, scale, inner, inner_bias, outer, outer_bias = _network()
    hidden = np.tanh(np.clip((features(evidence) - mean) / scale, -_CLIPPED, _CLIPPED) @ inner + inner_bias)
    return np.asarray(1 / (1 + np.exp(-(hidden @ outer + outer_bias))), dtype=np.float32)


@functools.cache
def _network() -> tuple[Floats, Floats, Floats, Floats, Floats, float]:
    stored = json.loads(files("corpus.reading").joinpath("judging.json").read_text(encoding="utf-8"))
    if stored["format"] != FORMAT or stored["extractors"] != list(EXTRACTORS):
        raise ValueError(f"judging.json has format {stored['format']}, not {FORMAT}. Fit it anew with python -m training.pages.")
    mean, scale, inner, inner_bias, outer = (
        np.array(stored[name], dtype=np.float32) for name in ("mean", "scale", "inner", "inner_bias", "outer")
    )
    return mean, scale, inner, inner_bias, outer, float(stored["outer_bias"])


def bare(text: str) -> str:
    """Letters and figures only: what extractors do to white space and signs makes no difference.

    >>> bare("2022 开幕, Day 1.")
    '2022开幕Day1'
    """
    return _SIGNS.sub("", text)


def features(evidence: Evidence) -> Floats:
    """What is known of each line, ``(lines, features)``."""
    blocks, rules = evidence.blocks, evidence.rules
    bares = [bare(block.text) for block in blocks]
    widths = [columns(block.text) for block in blocks]
    sizes = np.maximum(1.0, np.array(widths, dtype=np.float64))
    votes = [_held(evidence.said.get(name, ""), bares, widths) for name in EXTRACTORS]
    start, end = rules.body
    votes += [_flags(rules.keeps), _flags(start <= number < end for number in range(len(blocks)))]
    kinds = np.array([_NUMBERS[kind] for kind in rules.kinds])
    linked = np.array([min(1.0, block.linked / len(block.text)) for block in blocks])
    signals = [*votes, _of_kind(kinds, Kind.PROSE), linked]
    found = [
        *_of_lines(blocks, kinds, bares, sizes, linked, evidence.title),
        *_of_places(blocks),
        *votes,
        *_of_page(votes, sizes, rules, blocks),
        *_of_groups(blocks, signals, sizes),
        *_of_neighbours([*signals, _of_kind(kinds, *FURNITURE)], sizes),
        *(gap for vote in votes for gap in (_nearness(vote), _nearness(vote[::-1])[::-1])),
        *(_nearness(_of_kind(kinds, which)) for which in _ENDS),
    ]
    return np.stack(found, axis=1).astype(np.float32)


def _flags(values: Iterable[bool]) -> _Column:
    return np.array([*values], dtype=np.float64)


def _held(text: str, bares: Sequence[str], widths: Sequence[int]) -> _Column:
    """Which lines stand in another extractor's text."""
    of_text = [bare(line) for line in text.split("\n")]
    own = frozenset(of_text)
    whole = "".join(of_text) if len(text) * len(bares) <= _MOST_COMPARED else ""
    return _flags([bool(line) and (line in own or (width >= _LONG and line in whole)) for line, width in zip(bares, widths, strict=True)])


def _of_kind(kinds: npt.NDArray[np.intp], *wanted: Kind) -> _Column:
    flags = np.zeros(len(_NUMBERS))
    flags[[_NUMBERS[kind] for kind in wanted]] = 1
    return flags[kinds]


def _of_lines(
    blocks: Sequence[Block], kinds: npt.NDArray[np.intp], bares: Sequence[str], sizes: _Column, linked: _Column, title: str | None
) -> list[_Column]:
    texts = [block.text for block in blocks]
    times = Counter(bares)
    wanted = bare(title or "")
    return [
        np.log1p(sizes) / 5,
        linked,
        _flags([part >= 0.9 for part in linked]),
        _flags([bool(_FINISHED.search(text)) for text in texts]),
        np.array([min(1.0, len(_COMMAS.findall(text)) / 4) for text in texts]),
        np.array([len(_CAPITAL.findall(text)) / (text.count(" ") + 1) for text in texts]),
        np.array([len(_FIGURE.findall(text)) / len(text) for text in texts]),
        _flags([times[line] > 1 for line in bares]),
        _flags([bool(line) and line == wanted for line in bares]),
        *(_of_kind(kinds, which) for which in Kind),
    ]


def _of_places(blocks: Sequence[Block]) -> list[_Column]:
    places = [block.place for block in blocks]
    return [
        *_of_each([place.tag for place in places], lambda tag: [tag == each for each in _TAGS]),
        *_of_each([place.above for place in places], lambda above: [tag in above for tag in _ABOVE]),
        *_of_each([place.names for place in places], lambda names: [not words.isdisjoint(names) for words in _NAMED]),
        _flags(place.hidden for place in places),
    ]


def _of_each(keys: Sequence[_Key], describe: Callable[[_Key], list[bool]]) -> list[_Column]:
    """What is said of each line's key: worked out once for the many lines that have the same."""
    numbers: dict[_Key, int] = {}
    rows = [numbers.setdefault(key, len(numbers)) for key in keys]
    return [*np.array([describe(key) for key in numbers], dtype=np.float64)[rows].T]


def _of_page(votes: Sequence[_Column], sizes: _Column, rules: Cleaned, blocks: Sequence[Block]) -> list[_Column]:
    """Where in the page and in what each extractor kept of it a line stands, and what kind of page it is."""
    count = len(sizes)
    numbers = np.arange(count)
    headline = rules.title if rules.title is not None else -1
    headings = np.cumsum([block.place.tag == "h1" for block in blocks])
    wide = sum(len(block.text) for block in blocks)
    found = [
        (np.cumsum(sizes) - sizes / 2) / sizes.sum(),
        (numbers <= headline).astype(np.float64),
        (numbers == headline).astype(np.float64),
        np.minimum(headings, 4) / 4,
        np.full(count, sizes.sum() / max(1, wide) - 1),  # 1 where all is Chinese, 0 where nothing is
    ]
    for vote in votes:
        kept = np.flatnonzero(vote)
        first, last = (int(kept[0]), int(kept[-1])) if len(kept) else (count, -1)
        mass = float((vote * sizes).sum())
        found += [(numbers < first).astype(np.float64), (numbers > last).astype(np.float64)]
        found += [np.full(count, mass / float(sizes.sum())), np.full(count, math.log1p(mass) / 10)]
    return found


def _of_groups(blocks: Sequence[Block], signals: Sequence[_Column], sizes: _Column) -> list[_Column]:
    """What is said of the lines that the page sets alike, and of those in the same elements."""
    places = [block.place for block in blocks]
    groups: list[list[Hashable]] = [
        [place.path for place in places],
        [place.parents[0] for place in places],
        [place.parents[1] for place in places],
        [place.parents[2] for place in places],
        [(place.path, place.parents[1]) for place in places],
    ]
    parts = [signal * sizes for signal in signals]
    found = []
    for keys in groups:
        numbers: dict[Hashable, int] = {}
        group = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
        total = np.bincount(group, weights=sizes)[group]
        found += [np.log1p(total) / 8, sizes / total]
        found += [np.bincount(group, weights=part)[group] / total for part in parts]
    return found


def _of_neighbours(signals: Sequence[_Column], sizes: _Column) -> list[_Column]:
    parts = np.stack([sizes, *(signal * sizes for signal in signals)])
    found: list[_Column] = []
    for reach in _REACHES:
        above = _before(parts, reach)
        below = _before(parts[:, ::-1], reach)[:, ::-1]
        for sums in (above, below):
            found += [*(sums[1:] / np.maximum(1.0, sums[0]))]
    return found


def _before(values: _Column, reach: int) -> _Column:
    """Sums of the ``reach`` values before each, by rows."""
    sums = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    earlier = np.maximum(0, np.arange(values.shape[1]) - reach)
    return np.asarray(sums[:, :-1] - sums[:, earlier])


def _nearness(flags: _Column) -> _Column:
    """How near the last flagged line above is: 1 for the one right above, 1/2 for the one over it, 0 for none."""
    numbers = np.arange(len(flags))
    flagged = np.maximum.accumulate(np.where(flags > 0, numbers, -1))
    above = np.concatenate([[-1], flagged[:-1]]) if len(flags) else flagged
    return np.where(above >= 0, 1 / (numbers - above), 0.0)
