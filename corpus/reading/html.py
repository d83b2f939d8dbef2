"""Saved web pages: the article's text and what the page's markup says of it.

The page is taken apart into the lines that a reader of it sees. Which of them are the article is judged from what trafilatura and
Readability find by markup and what `corpus.cleaning` finds by the lines themselves (`corpus.reading.judging`). Every line
that is left out stays among the article's removed ones.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime as dt
import functools
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import metadata
from corpus.cleaning import Cleaned, clean, words_of
from corpus.errors import EmptyArticleError
from corpus.folding import fold
from corpus.furniture import Kind
from corpus.lines import lines
from corpus.reading.extracted import Extracted, printable
from corpus.reading.judging import LIKELY, Evidence, judge
from corpus.reading.page import Block, bare_text_of, blocks_of, lines_of, text_of
from corpus.reading.text import decode_as_is, mended

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_CHARS = 8_000_000
"""Of a page without its scripts, styles and embedded images. A larger one is read by its lines alone, which takes time in proportion."""
_DEEPEST = 200
"""Nesting of elements. Real pages stay below 60; much deeper ones exhaust the stack of the libraries that walk them."""
_HEAVY = re.compile(
    r"<(?P<tag>[sS](?:[cC][rR][iI][pP][tT]|[tT][yY][lL][eE]))\b(?![^>]{0,200}(?i:ld\+json))"
    r"|[\"'(](?P<data>(?i:data:[\w/+.-]{1,80};base64,)[\w+/=\s]+)"
)
_HEAVY_END = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style")}
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE)
_SHARED = 0.4
"""Of a title's words, what stands in the text of its article at least; a section's or a site's name has less."""
_LONGEST_HEADING = 300
"""In characters. A heading that was never closed holds the rest of the page."""
_LEAST_WORDS = 3
"""A heading of fewer words (pairs of characters in Chinese) is a section's name as likely as a title."""
_TELLING_WORDS = 4
"""A line of so many words that begins the stated title is the title, whatever follows: a site's name in one of many forms."""
_TITLE_REACH = 25
"""In lines: how far above the article's text its title may stand."""
_DATE_NAMES = tuple(
    "article:published_time og:published_time datepublished date.published og:article:published_time article.published publishdate "
    "publish_date publishtime publish_time pubdate pubtime apub:time weibo:article:create_at bytedance:published_time _pubtime "
    "sailthru.date parsely-pub-date dcterms.created dcterms.issued dc.date.issued dc.date.created dateupdate".split()
)
"""Names under which heads state when an article was published, the most certain first."""
_WECHAT_SECONDS = re.compile(r"""\bct\s*=\s*["'](1\d{9})["']""")
_CHINA = dt.timezone(dt.timedelta(hours=8))
_NEVER = frozenset({Kind.WIDGET, Kind.PATH, Kind.RELATED, Kind.COMMENTS})
"""What lines of these kinds are, their words settle, whatever the extractors make of them."""
_MARKS = " -|\t"
"""What trafilatura puts around list items and table cells."""


def extract(data: bytes, *, name: str, url: str | None = None) -> Extracted:
    """The article in a page.

    Raises `ReadingError` when the bytes are no text, `EmptyArticleError` when there is nothing in the page.
    """
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what they give up on is read by its lines
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode("ascii", "replace") if match else None
    whole, _ = decode_as_is(data, name=name, declared=declared)
    source = mended(light(whole))  # scripts aside: they are half of the page, and nobody reads them
    tree = tree_of(source)
    if tree is None:
        raise EmptyArticleError(f"{name}: there is nothing in this page.")
    found = evidence(tree, source, url=url)
    # A page nested so deeply that the parser gives up still has its words.
    text = text_of(found.blocks) or printable(_without_tags(source))
    by_lines = found.rules if found.blocks else clean(lines(text, wrapped=False), title=found.title)
    cleaned = _judged(found, by_lines)
    head = _head(tree)
    return Extracted(
        text=text,
        wrapped=False,
        cleaned=cleaned,
        title=_title(tree, found, cleaned),
        published=_stated_date(head, whole) or _published(tree, source, certain=metadata.published(by_lines) is not None),
        authors=_authors(head),
        url=_address(tree, head),
    )


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)


def light(source: str) -> str:
    """The page without scripts, styles and embedded pictures: most of its length, and nothing to read."""
    parts, at = [], 0
    endless: set[str] = set()
    for match in _HEAVY.finditer(source):
        tag = (match["tag"] or "").lower()
        start = match.start() if tag else match.start("data")
        if start < at or tag in endless:
            continue
        end = _HEAVY_END[tag].search(source, match.end()) if tag else match
        if end is None:
            endless.add(tag)
            continue
        parts.append(source[at:start])
        at = end.end()
    return "".join([*parts, source[at:]])


def _without_tags(source: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[!/a-zA-Z][^<>]{0,5000}>", "\n", source)).strip()


def tree_of(source: str) -> HtmlElement | None:
    """The page's elements; None if there are none."""
    from lxml import etree, html

    # As bytes: of text, lxml refuses what still declares an encoding.
    encoded = source.encode("utf-8", "replace")
    untyped: Any = html
    try:
        tree: HtmlElement = untyped.document_fromstring(encoded, parser=untyped.HTMLParser(encoding="utf-8", recover=True))
    except (etree.LxmlError, ValueError):
        return None
    return tree


def evidence(tree: HtmlElement, source: str, *, url: str | None = None) -> Evidence:
    """What there is to judge a page's lines by. ``source`` is its text, ``tree`` its elements."""
    blocks = blocks_of(tree)
    title = _stated_title(tree, blocks)
    rules = clean(lines_of(blocks), title=title)
    said = {}
    if len(source) <= _MOST_CHARS and not _is_deep(tree):
        said = {"trafilatura": _by_trafilatura(tree, url), "readability": _by_readability(tree)}
    return Evidence(blocks, said, rules, title)


def _judged(found: Evidence, by_lines: Cleaned) -> Cleaned:
    """The page's lines with what the network keeps of them; the judgement by the lines alone where it can't tell or keeps nothing."""
    # Of more lines than `corpus.lines.MOST_LINES`, `lines` makes one.
    if not found.said or not found.blocks or len(found.blocks) != len(by_lines.lines):
        return by_lines
    shown = [block.place.tag != "title" for block in found.blocks]  # the head's title is on no page
    settled = [kind in _NEVER and not kept for kind, kept in zip(by_lines.kinds, by_lines.keeps, strict=True)]
    likely = judge(found) >= LIKELY
    judged = tuple(bool(each) and on and not out for each, on, out in zip(likely, shown, settled, strict=True))
    by_rules = tuple(kept and on for kept, on in zip(by_lines.keeps, shown, strict=True))
    keeps = next((each for each in (judged, by_rules) if any(each)), by_lines.keeps)
    return dataclasses.replace(by_lines, keeps=keeps)


@functools.cache
def _deeper() -> Callable[[HtmlElement], bool]:
    from lxml import etree

    deeper: Callable[[HtmlElement], bool] = etree.XPath(f"boolean({'/*' * (_DEEPEST + 1)})")
    return deeper


def _is_deep(tree: HtmlElement) -> bool:
    """Whether elements are nested more than `_DEEPEST` deep."""
    return bool(_deeper()(tree))


def _by_trafilatura(tree: HtmlElement, url: str | None) -> str:
    """What trafilatura takes for the article; empty when it finds none or can't cope with the page."""
    import trafilatura
    from lxml import etree

    # Any failure inside the library means the same to us: there is one opinion less.
    with contextlib.suppress(Exception):
        own = copy.copy(tree)  # as it would have parsed it itself
        etree.strip_tags(own, etree.Comment, etree.ProcessingInstruction)
        document = trafilatura.bare_extraction(own, url=url, include_comments=False, include_images=False)
        text = getattr(document, "text", None) or ""
        return "\n".join(line.strip(_MARKS) for line in text.split("\n"))
    return ""


def _by_readability(tree: HtmlElement) -> str:
    """The same for Readability's rules, as trafilatura has them built in."""
    from trafilatura.readability_lxml import Document

    with contextlib.suppress(Exception):  # as above
        summary = tree_of(Document(copy.copy(tree)).summary())  # a copy: it is cut to pieces
        return bare_text_of(summary) if summary is not None else ""
    return ""


def _head(tree: HtmlElement) -> dict[str, str]:
    """What the page's head says, by the names under which it does."""
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = " ".join((element.get("content") or "").split())
        for attribute in ("property", "name", "itemprop", "http-equiv") if content else ():
            if name := element.get(attribute):
                said.setdefault(name.strip().lower(), content)
    return said


def _meta(head: Mapping[str, str], *names: str) -> Iterator[str]:
    """What the page's head says under the given names, in their order."""
    yield from (head[name] for name in names if name in head)


def _headings(tree: HtmlElement, *tags: str) -> list[str]:
    texts = (re.sub(r"[ \t\r\n\f]+", " ", printable(element.text_content())).strip() for element in tree.iter(*tags))
    return [text for text in texts if 4 <= len(text) <= _LONGEST_HEADING]


def _stated_title(tree: HtmlElement, blocks: Sequence[Block]) -> str | None:
    """The title as the head states it, without the site's name: where a line of the page begins it, that line."""
    stated = [printable(text) for text in (*_meta(_head(tree), "og:title", "twitter:title", "title"), *_headings(tree, "title"))]
    whole = [_bare(text) for text in stated]
    shown = [block.text for block in blocks if block.place.tag != "title" and len(block.text) <= _LONGEST_HEADING]
    begun = [line for line in shown if any(text.startswith(_bare(line)) for text in whole) and _is_telling(line)]
    if begun:
        return max(begun, key=lambda line: len(_bare(line)))
    return next((metadata.without_site(text, _headings(tree, "h1", "h2")) for text in stated), None)


def _is_telling(line: str) -> bool:
    """Whether a line says more than a section or a site is called."""
    return len(list(words_of(fold(line)))) >= _TELLING_WORDS


def _title(tree: HtmlElement, found: Evidence, cleaned: Cleaned) -> str | None:
    """The first of the page's titles that speaks of what the text speaks of, the most certain first."""
    vocabulary = set(words_of(fold(cleaned.text)))
    by_lines, stated = found.rules, found.title or ""
    first = next((number for number, keep in enumerate(cleaned.keeps) if keep), 0)
    above = found.blocks[max(0, first - _TITLE_REACH) : first + 1]
    if stated and _is_telling(stated) and any(block.text == stated and block.place.tag != "title" for block in above):
        return stated
    headlines = [by_lines.lines[by_lines.title].text] if by_lines.title is not None else []
    top = _headings(tree, "h1")
    raw = {_bare(title) for title in _headings(tree, "title")}  # the lines of the page begin with it, site and all
    shown = [heading for heading in (*top, *(line for line in headlines if _bare(line) not in raw)) if _bare(heading) in _bare(stated)]
    if stated:
        shown += [_own_part(stated, vocabulary)]
    titles = [*(title for title in shown if len(list(words_of(fold(title)))) >= _LEAST_WORDS), *headlines, *top]
    return next((title for title in titles if _shared(title, vocabulary) >= _SHARED), None) or next(iter((*titles, stated)), None) or None


def _shared(title: str, vocabulary: set[str]) -> float:
    words = list(words_of(fold(title)))
    return sum(word in vocabulary for word in words) / len(words) if words else 0.0


def _own_part(stated: str, vocabulary: set[str]) -> str:
    """A stated title without the parts at its ends that the text knows nothing of: the names of sections and sites."""
    parts = [*re.finditer(r"(?:(?!\s*[|_｜丨»]\s*|\s+[-–—:]+\s+|--+).)+", stated)]
    own = [part for part in parts if _shared(part[0], vocabulary) >= _SHARED and len(list(words_of(fold(part[0])))) >= _LEAST_WORDS]
    return stated[own[0].start() : own[-1].end()].strip() if own else stated


def _stated_date(head: Mapping[str, str], whole: str) -> dt.date | None:
    """The date that a tag made for it states, or the script of a WeChat article, whose page shows "yesterday"."""
    for said in _meta(head, *_DATE_NAMES):
        if day := metadata.date_in(said):
            return day
    if "js_content" in whole and (seconds := _WECHAT_SECONDS.search(whole)):
        return dt.datetime.fromtimestamp(int(seconds[1]), _CHINA).date()
    return None


def _published(tree: HtmlElement, source: str, *, certain: bool) -> dt.date | None:
    """The date in the page's markup, as htmldate finds it. A date stated in a tag or a script is believed; another one, from anywhere
    on the page, only if there is none by the headline (``certain``) and it stands there in full: two-figure years are not guessed at."""
    import htmldate

    if len(source) > _MOST_CHARS:
        return None
    with contextlib.suppress(Exception):  # as in `_by_trafilatura`
        found = htmldate.find_date(tree, extensive_search=False, original_date=True)
        day = dt.date.fromisoformat(found) if found else None
        if day and dt.date(1990, 1, 1) <= day <= dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=366):
            figures = rf"{day.year}\s?(?:[-/._]|年)?\s?0?{day.month}\s?(?:[-/._]|月)?\s?0?{day.day}(?!\d)"
            spelt = rf"(?:{day:%b}\w*\.?\s+0?{day.day}\w*,?|0?{day.day}\w*\s+(?:of\s+)?{day:%b}\w*\.?,?)\s+{day.year}"
            written = rf"(?:{figures}|{spelt})"
            in_tag = rf"""<(?:meta|time)\b[^>]*["']\s*[^"'>]{{0,20}}{written}"""
            stated = rf"""{in_tag}|(?:datePublished|pubdate|publish_?(?:ed_?)?(?:time|date))["']?\s*[:=]\s*["']{written}"""
            if re.search(stated if certain else written, source, re.IGNORECASE):
                return day
    return None


def _authors(head: Mapping[str, str]) -> tuple[str, ...]:
    stated = _meta(head, "author", "article:author", "og:article:author", "byl")
    return tuple(dict.fromkeys(name for said in stated for name in metadata.latin_or_han_names(printable(said))))


def _address(tree: HtmlElement, head: Mapping[str, str]) -> str | None:
    links = [element.get("href") or "" for element in tree.iter("link") if (element.get("rel") or "").lower() == "canonical"]
    addresses: list[Any] = [*links, *_meta(head, "og:url")]
    return next((address for address in addresses if re.match(r"https?://[^\s/]+", address)), None)
