"""A whole article as safe HTML, beside the conversation and in the library's tab: its text, the place that was cited marked, what was
removed, how to quote it.

The article's text stands in one element, character for character, so that a selection in it can be counted back to the article:
`place_of` turns what the page reports into a place, and never trusts it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence

from chat import references
from chat.rendering import TITLE_CHARS, button, clip, escaped, file_name, language_tag, opened, said, shown
from chat.text_fragment import fragment_address
from chat.wording import Wording
from corpus.article import Article

SHOWN_CHARS = 150_000
"""Of a longer article, so much around the place is shown: about a book of 300 pages in Chinese is the point where browsers get slow."""
REMOVED_LINES = 500
"""Shown, of what cleaning took away."""

_LINE = re.compile(r"[^\n]*\n?")

Span = tuple[int, int]
"""Half-open, in code points of the article's text."""


def panel(
    article: Article,
    *,
    wording: Wording,
    number: int,
    accessed: dt.date,
    here: Span | None = None,
    sentence: Span | None = None,
    others: Sequence[Span] = (),
    marking: bool = False,
) -> str:
    """The article beside the conversation.

    Args:
        article: all of it.
        wording: in the language of the interface.
        number: of this opening; the page scrolls to the mark once for each.
        accessed: when the article came into the library.
        here: the words to mark and to scroll to.
        sentence: the sentence they stand in, or a passage to look at, marked faintly; it is what is quoted.
        others: further answers, marked lightly.
        marking: whether the visitor is asked to select the right words.
    """
    quoted = sentence or here
    parts = [
        f'<div class="yw-panel-head">{title(article)}{button(wording.panel_close, "close", wording, name="yw-close")}</div>',
        about(article, wording),
        _live_page(article, quoted, wording),
        said(wording.marking_hint, "p", wording, name="yw-marking-hint") if marking else "",
        said(wording.marked_lightly, "p", wording, name="yw-light-hint") if others else "",
        _text(article, wording, here=here, sentence=sentence, others=others),
        _quotations(article, quoted, accessed, wording) if quoted else "",
        _removed(article, wording),
    ]
    name = "yw-panel yw-marking" if marking else "yw-panel"
    return f'<section class="{name}" id="yw-panel-{number}">{"".join(parts)}</section>'


def page(article: Article, *, wording: Wording, back: str, more: str, facts: Sequence[str], chars: int) -> str:
    """The article by itself, to read.

    Args:
        article: all of it.
        wording: in the language of the interface.
        back: the button that leads away from it, as HTML.
        more: the button that shows more of its text, as HTML; shown while there is more.
        facts: what else to say about it, in the language of the interface.
        chars: of its text, shown.
    """
    parts = [
        f"<p>{back}</p>{title(article)}",
        about(article, wording, facts),
        _live_page(article, None, wording),
        _text(article, wording, chars=chars),
        more if chars < len(article.text) else "",
        _removed(article, wording),
    ]
    return f'<section class="yw-panel yw-page">{"".join(parts)}</section>'


def title(article: Article) -> str:
    """The article's title as a heading."""
    named = article.title if article.title.strip() else file_name(article.source)
    return shown(clip(named, TITLE_CHARS), "h2", language=_language(article))


def about(article: Article, wording: Wording, facts: Sequence[str] = ()) -> str:
    """Who wrote it and when, the file it came from, and ``facts``."""
    authors = shown(clip(wording.comma.join(article.authors), TITLE_CHARS), "span") if article.authors else ""
    date = shown(article.published.isoformat(), "time") if article.published else said(wording.no_date, "span", wording)
    file = shown(clip(file_name(article.source), TITLE_CHARS), "span", name="yw-file")
    return f'<p class="yw-source">{authors}{date}{file}{"".join(said(fact, "span", wording) for fact in facts)}</p>'


def _language(article: Article) -> str:
    return language_tag(article.language, article.script)


def _live_page(article: Article, quoted: Span | None, wording: Wording) -> str:
    """A link that a person may follow, with the place in it; nothing is fetched before."""
    address = fragment_address(article.url or "", article.text, *(quoted or (0, 0)))
    if address is None:
        return ""
    name = said(wording.live_place if quoted else wording.live_page, "span", wording)
    link = f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{name}</a>'
    return f'<p class="yw-live">{link}</p>'


def _text(
    article: Article,
    wording: Wording,
    *,
    here: Span | None = None,
    sentence: Span | None = None,
    others: Sequence[Span] = (),
    chars: int = SHOWN_CHARS,
) -> str:
    text = article.text
    middle = (here or sentence or (0, 0))[0]
    first = max(0, min(middle - chars // 2, len(text) - chars))
    last = min(len(text), first + chars)
    spans = [span for span in (here, sentence, *others) if span]
    cuts = {place for span in spans for place in span}

    def piece(start: int, end: int) -> str:
        def within(span: Span | None) -> bool:
            return span is not None and span[0] <= start and end <= span[1]

        if within(here):
            tag, name = "mark", "yw-here"
        elif any(map(within, others)):
            tag, name = "mark", "yw-other"
        else:
            tag, name = "span", "yw-sentence" if within(sentence) else ""
        return shown(text[start:end], tag, of=text, name=name)

    lines = []
    for line in _LINE.finditer(text, first, last):
        if line.end() == line.start():
            continue
        ends = [line.start(), *sorted(cut for cut in cuts if line.start() < cut < line.end()), line.end()]
        lines.append(f'<span class="yw-line">{"".join(itertools.starmap(piece, itertools.pairwise(ends)))}</span>')
    part = said(wording.part_shown.format(first=first + 1, last=last, chars=len(text)), "p", wording) if last - first < len(text) else ""
    # What the page counts by is in the id; the element holds the text and nothing else.
    whole = opened("div", text, language=_language(article), name="yw-article", identity=f"yw-text-{first}")
    return f"{part}{whole}{''.join(lines)}</div>"


def _quotations(article: Article, quoted: Span, accessed: dt.date, wording: Wording) -> str:
    styles = (
        ("GB/T 7714", references.quoted_gbt(article, *quoted, accessed=accessed)),
        ("APA", references.quoted_apa(article, *quoted, accessed=accessed)),
        ("Markdown", references.quoted_markdown(article, *quoted)),
    )
    rows = "".join(
        f'<div class="yw-quotation"><h3>{style}</h3>'
        f'<button type="button" class="yw-copy" value="{escaped(wording.copied)}">{said(wording.copy, "span", wording)}</button>'
        f"{shown(text, 'p', name='yw-reference')}</div>"
        for style, text in styles
    )
    return f'<details class="yw-quotations"><summary>{said(wording.quote_it, "span", wording)}</summary>{rows}</details>'


def _removed(article: Article, wording: Wording) -> str:
    if not article.removed:
        return ""
    lines = [shown(clip(line, TITLE_CHARS), "li", language=_language(article)) for line in article.removed[:REMOVED_LINES]]
    if len(article.removed) > REMOVED_LINES:
        lines.append("<li>…</li>")
    summary = said(wording.removed_lines.format(count=len(article.removed)), "span", wording)
    hint = said(wording.removed_hint, "p", wording)
    return f'<details class="yw-removed"><summary>{summary}</summary>{hint}<ul>{"".join(lines)}</ul></details>'


def place_of(text: str, words: str, *, start: int | None, end: int | None, near: int = 0) -> Span | None:
    """Where in an article's text the words are that a visitor selected or typed.

    Args:
        text: the article's.
        words: as selected or typed; blanks around them are left off.
        start: of the selection, as the page counted it; None when the words were typed.
        end: of the selection.
        near: of several places that hold the words, the one nearest to here is meant.

    Returns:
        The place, or None when the article does not hold these words.

    >>> place_of("他来了。他走了。", " 他 ", start=None, end=None, near=4)
    (4, 5)
    """
    wanted = words.strip()
    if not wanted:
        return None
    if start is not None and end is not None and 0 <= start < end <= len(text):
        selected = text[start:end]
        if " ".join(selected.split()) == " ".join(words.split()):
            start += len(selected) - len(selected.lstrip())
            return start, start + len(selected.strip())
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    if not found:
        return None
    best = min(found, key=lambda place: abs(place - near))
    return best, best + len(wanted)
