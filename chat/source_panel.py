"""A whole article beside the conversation, as safe HTML: the place that was cited marked, what was removed, how to quote it.

The article's text stands in one element, character for character, so that a selection in it can be counted back to the article:
`place_of` turns what the page reports into a place, and never trusts it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from chat import references
from chat.rendering import TITLE_CHARS, clip, escaped, file_name, language_tag, opened, said, shown
from chat.text_fragment import fragment_address
from chat.wording import Wording
from corpus.article import Article

SHOWN_CHARS = 150_000
"""Of a longer article, so much around the place is shown: about a book of 300 pages in Chinese is the point where browsers get slow."""
REMOVED_LINES = 500
"""Shown, of what cleaning took away."""

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
    """The panel.

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
    language = language_tag(article.language, article.script)
    parts = [
        f'<div class="yw-panel-head">{shown(clip(article.title, TITLE_CHARS), "h2", language=language)}'
        f'<button type="button" class="yw-do yw-close" value="close">{said(wording.panel_close, "span", wording)}</button></div>',
        _about(article, wording),
        _links(article, quoted, wording),
        said(wording.marking_hint, "p", wording, name="yw-marking-hint") if marking else "",
        said(wording.marked_lightly, "p", wording, name="yw-light-hint") if others else "",
        _text(article, here, sentence, others, language, wording),
        _quotations(article, quoted, accessed, wording) if quoted else "",
        _removed(article, language, wording),
    ]
    name = "yw-panel yw-marking" if marking else "yw-panel"
    return f'<section class="{name}" id="yw-panel-{number}">{"".join(parts)}</section>'


def _about(article: Article, wording: Wording) -> str:
    date = shown(article.published.isoformat(), "time") if article.published else said(wording.no_date, "span", wording)
    authors = shown(clip(", ".join(article.authors), TITLE_CHARS), "span") if article.authors else ""
    return f'<p class="yw-source">{authors}{date}{shown(clip(file_name(article.source), TITLE_CHARS), "span", name="yw-file")}</p>'


def _links(article: Article, quoted: Span | None, wording: Wording) -> str:
    """A link that a person may follow, with the place in it; nothing is fetched before."""
    address = fragment_address(article.url or "", article.text, *(quoted or (0, 0)))
    if address is None:
        return ""
    link = f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{said(wording.live_page, "span", wording)}</a>'
    return f'<p class="yw-live">{link}</p>'


def _text(article: Article, here: Span | None, sentence: Span | None, others: Sequence[Span], language: str, wording: Wording) -> str:
    text = article.text
    middle = (here or sentence or (0, 0))[0]
    first = max(0, min(middle - SHOWN_CHARS // 2, len(text) - SHOWN_CHARS))
    last = min(len(text), first + SHOWN_CHARS)
    spans = [span for span in (here, sentence, *others) if span]
    cuts = sorted({first, last, *(place for span in spans for place in span if first < place < last)})
    pieces = []
    for start, end in itertools.pairwise(cuts):

        def within(span: Span | None, start: int = start, end: int = end) -> bool:
            return span is not None and span[0] <= start and end <= span[1]

        if within(here):
            tag, name = "mark", "yw-here"
        elif any(map(within, others)):
            tag, name = "mark", "yw-other"
        else:
            tag, name = "span", "yw-sentence" if within(sentence) else ""
        pieces.append(shown(text[start:end], tag, of=text, name=name))
    part = said(wording.part_shown.format(first=first + 1, last=last, chars=len(text)), "p", wording) if last - first < len(text) else ""
    # What the page counts by is in the id; the element holds the text and nothing else.
    return f"{part}{opened('div', text, language=language, name='yw-article', identity=f'yw-text-{first}')}{''.join(pieces)}</div>"


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


def _removed(article: Article, language: str, wording: Wording) -> str:
    if not article.removed:
        return ""
    lines = [shown(clip(line, TITLE_CHARS), "li", language=language) for line in article.removed[:REMOVED_LINES]]
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
