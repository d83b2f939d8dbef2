"""Saved web pages: the article's text and what the page's markup says of it.

trafilatura finds the article by markup. Where it comes back with less than half of the running text that stands under the
headline in the lines of the whole page, those lines are taken: some pages of today are nothing but ``div`` and ``span``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus import metadata
from corpus.cleaning import Cleaned, clean, words_of
from corpus.errors import EmptyArticleError
from corpus.folding import fold
from corpus.furniture import Kind
from corpus.lines import lines
from corpus.reading.extracted import Extracted, printable
from corpus.reading.text import decode

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_CHARS = 8_000_000
"""Of a page without its scripts, styles and embedded images. A larger one is read by its lines alone, which takes time in proportion."""
_DEEPEST = 200
"""Nesting of elements. Real pages stay below 60; much deeper ones exhaust the stack of the libraries that walk them."""
_FOUND_SHARE = 0.5
"""Of the page's running text, what trafilatura must have found to be believed."""

_BLOCKS = frozenset(
    "address article aside blockquote body br canvas center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary table tbody tfoot thead title tr ul".split()
)
_UNSEEN = frozenset("script style noscript template svg math iframe select object audio video canvas map textarea button".split())
_UNSEEN_STYLE = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_HEAVY = re.compile(r"<(?P<tag>script|style)\b(?![^>]{0,200}ld\+json)|(?<=[\"'(])data:[\w/+.-]{1,80};base64,[\w+/=\s]+", re.IGNORECASE)
_HEAVY_END = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style")}
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE)
_SHARED = 0.4
"""Of a title's words, what stands in the text of its article at least; a section's or a site's name has less."""
_LONGEST_HEADING = 300
"""In characters. A heading that was never closed holds the rest of the page."""
_LEAST_WORDS = 3
"""A heading of fewer words (pairs of characters in Chinese) is a section's name as likely as a title."""
_LIST_MARK = re.compile(r"^[ \t]*(?:-[ \t]+|\|[ \t|]*)|(?<![ \t|])[ \t|]*\|[ \t]*$", re.MULTILINE)
"""The dashes and bars that trafilatura puts around list items and table cells."""


def extract(data: bytes, *, name: str, url: str | None = None) -> Extracted:
    """The article in a page.

    Raises `ReadingError` when the bytes are no text, `EmptyArticleError` when there is nothing in the page.
    """
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what they give up on is read by its lines
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode("ascii", "replace") if match else None
    source = _light(decode(data, name=name, declared=declared))
    tree = _tree(source)
    if tree is None:
        raise EmptyArticleError(f"{name}: there is nothing in this page.")
    # A page nested so deeply that the parser gives up still has its words.
    whole = printable(_visible_text(tree) or _without_tags(source))
    by_lines = clean(lines(whole, wrapped=False), title=_stated_title(tree))
    text = _by_markup(tree, source, url)
    marks = tuple(match.span() for match in _LIST_MARK.finditer(text) if match.end() > match.start())
    by_markup = clean(lines(text, wrapped=False, hidden=marks))
    if not _found_enough(by_markup, by_lines):
        text, marks, by_markup = whole, (), by_lines
    kept = _bare(by_markup.text)
    return Extracted(
        text=text,
        wrapped=False,
        hidden=marks,
        page=by_lines,
        title=_title(tree, by_lines, by_markup),
        published=_published(source, certain=metadata.published(by_lines) is not None),
        authors=_authors(tree),
        url=_address(tree),
        removed=tuple(line.text for line in by_lines.lines if text is not whole and _bare(line.text) not in kept),
    )


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _light(source: str) -> str:
    """The page without scripts, styles and embedded pictures: most of its length, and nothing to read."""
    parts, at = [], 0
    endless: set[str] = set()
    for match in _HEAVY.finditer(source):
        tag = (match["tag"] or "").lower()
        if match.start() < at or tag in endless:
            continue
        end = _HEAVY_END[tag].search(source, match.end()) if tag else match
        if end is None:
            endless.add(tag)
            continue
        parts.append(source[at : match.start()])
        at = end.end()
    return "".join([*parts, source[at:]])


def _without_tags(source: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[!/a-zA-Z][^<>]{0,5000}>", "\n", source)).strip()


def _tree(source: str) -> HtmlElement | None:
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


def _visible_text(tree: HtmlElement) -> str:
    """What a browser shows, each block of the page on lines of its own."""
    from lxml import etree

    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        hides = tag in _UNSEEN or (tag and _UNSEEN_STYLE.search(element.get("style") or "") is not None)
        if event == "start":
            unseen += bool(hides)
            if not unseen:
                parts.append("\n" if tag in _BLOCKS else "\t" if tag in ("td", "th") else "")
                parts.append((element.text or "") if tag == "pre" else re.sub(r"\s+", " ", element.text or ""))
            continue
        if event == "end":
            unseen -= bool(hides)
            if not unseen and tag in _BLOCKS:
                parts.append("\n")
        if not unseen and element.tail:
            parts.append(re.sub(r"\s+", " ", element.tail))
    return re.sub(r"[ \t]*\n\s*", "\n", "".join(parts)).strip()


def _depth(tree: HtmlElement) -> int:
    from lxml import etree

    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _by_markup(tree: HtmlElement, source: str, url: str | None) -> str:
    """What trafilatura takes for the article; empty when it finds none or can't cope with the page."""
    import trafilatura

    if len(source) > _MOST_CHARS or _depth(tree) > _DEEPEST:
        return ""
    # Any failure inside the library means the same to us: the page has to be read by its lines.
    with contextlib.suppress(Exception):
        document = trafilatura.bare_extraction(source, url=url, include_comments=False, include_images=False)
        return printable(getattr(document, "text", None) or "")
    return ""


def _found_enough(by_markup: Cleaned, by_lines: Cleaned) -> bool:
    """Whether the text found by markup holds most of the running text under the headline of the page's lines."""
    if not by_markup.text:
        return False
    start, end = by_lines.body
    running = [
        word
        for number in range(start, end)
        if by_lines.keeps[number] and by_lines.kinds[number] is Kind.PROSE
        for word in words_of(by_lines.lines[number].folded)
    ]
    words = set(words_of(fold(by_markup.text)))
    found = sum(word in words for word in running)
    # Lines without a headline over them may be a menu; then the longer text is the likelier one.
    doubtful = by_lines.title is None and len(by_markup.text) > len(by_lines.text)
    return doubtful or found >= _FOUND_SHARE * len(running)


def _meta(tree: HtmlElement, *names: str) -> Iterator[str]:
    """What the page's head says under the given names, in their order."""
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = " ".join((element.get("content") or "").split())
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and element.get(attribute):
                said.setdefault(element.get(attribute).strip().lower(), content)
    yield from (said[name] for name in names if name in said)


def _headings(tree: HtmlElement, *tags: str) -> list[str]:
    texts = (re.sub(r"[ \t\r\n\f]+", " ", printable(element.text_content())).strip() for element in tree.iter(*tags))
    return [text for text in texts if 4 <= len(text) <= _LONGEST_HEADING]


def _stated_title(tree: HtmlElement) -> str | None:
    """The title as the head states it, without the site's name."""
    stated = [*_meta(tree, "og:title", "twitter:title", "title"), *_headings(tree, "title")]
    return next((metadata.without_site(printable(text), _headings(tree, "h1", "h2")) for text in stated), None)


def _title(tree: HtmlElement, by_lines: Cleaned, by_markup: Cleaned) -> str | None:
    """The first of the page's titles that speaks of what the text speaks of, the most certain first."""
    vocabulary = set(words_of(fold(by_markup.text)))
    headlines = [cleaned.lines[cleaned.title].text for cleaned in (by_lines, by_markup) if cleaned.title is not None]
    top = _headings(tree, "h1")
    stated = _stated_title(tree) or ""
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


def _published(source: str, *, certain: bool) -> dt.date | None:
    """The date in the page's markup, as htmldate finds it. A date stated in a tag or a script is believed; another one, from anywhere
    on the page, only if there is none by the headline (``certain``) and it stands there in full: two-figure years are not guessed at."""
    import htmldate

    if len(source) > _MOST_CHARS:
        return None
    with contextlib.suppress(Exception):  # as in `_by_markup`
        found = htmldate.find_date(source, extensive_search=False, original_date=True)
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


def _authors(tree: HtmlElement) -> tuple[str, ...]:
    stated = _meta(tree, "author", "article:author", "og:article:author", "byl")
    return tuple(dict.fromkeys(name for said in stated for name in metadata.latin_or_han_names(printable(said))))


def _address(tree: HtmlElement) -> str | None:
    links = [element.get("href") or "" for element in tree.iter("link") if (element.get("rel") or "").lower() == "canonical"]
    addresses: list[Any] = [*links, *_meta(tree, "og:url")]
    return next((address for address in addresses if re.match(r"https?://[^\s/]+", address)), None)
