"""The library as HTML that is safe to put on the page: the list, the chart above it, one article. Pure functions.

Titles, names, addresses and texts go through `rendering.shown`, like everything from outside. Buttons say what they do by ``name`` and
``value``; library.js passes that on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from chat import article_view, charts
from chat.library_view import PER_PAGE, View, listed, matching
from chat.rendering import TITLE_CHARS, clip, file_name, language_tag, said, shown
from chat.wording import Wording
from corpus.article import Article
from corpus.library import ArticleInfo

ADDRESS_CHARS = 200
_NO_ID = re.compile(r"[^0-9a-z.-]")
BAR_SHARE = 90
"""The highest bar's height, in percent of the room for bars; the count stands above it."""


def listing(infos: Sequence[ArticleInfo], view: View, *, words: Wording, waiting: Collection[str] = ()) -> str:
    """The chart, how many articles match, and one page of them.

    Args:
        infos: every article of the library, the latest first.
        view: what the visitor looks for.
        words: the language to say it in.
        waiting: ids of articles that cannot be asked about yet.
    """
    say = words.library
    if not infos:
        return f'<div class="yw">{said(say.empty, "p", words, name="yw-none")}</div>'
    found = matching(infos, view.query)
    chosen = listed(found, view)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(view.page, pages - 1)
    count = say.count_all if len(chosen) == len(infos) else say.count_some
    counted = said(count.format(count=len(chosen), total=len(infos)), "p", words, name="yw-counted")
    rows = chosen[page * PER_PAGE : (page + 1) * PER_PAGE]
    body = _table(rows, view, words, waiting) if rows else said(say.none_match, "p", words, name="yw-none")
    return f'<div class="yw yw-library">{_chart(found, view, words)}{counted}{body}{_pager(page, pages, words)}</div>'


def article(found: Article, info: ArticleInfo, view: View, *, words: Wording) -> str:
    """One article to read: where it came from, its text, and what was left out of it."""
    say = words.library
    facts = [clip(info.url, ADDRESS_CHARS)] if info.url else []
    if others := [file_name(source) for source in info.sources[1:6]]:
        facts.append(say.also_from.format(sources=clip("; ".join(others), ADDRESS_CHARS)))
    facts += [say.characters.format(count=f"{info.chars:,}"), say.kept_since.format(day=info.added_at.date().isoformat())]
    back = _button("back", "list", said(say.back, "span", words), name="yw-focus")
    more = _button("more", info.id, said(say.show_more, "span", words))
    return f'<div class="yw">{article_view.page(found, wording=words, back=back, more=more, facts=facts, chars=view.chars)}</div>'


def gone(words: Wording) -> str:
    """In place of an article that was removed or replaced meanwhile."""
    back = _button("back", "list", said(words.library.back, "span", words), name="yw-focus")
    return f'<div class="yw"><p>{back}</p>{said(words.library.gone, "p", words, name="yw-note")}</div>'


def findings(found: Iterable[tuple[str, Sequence[ArticleInfo]]], *, words: Wording) -> str:
    """What a check of the library found: sentences on what is wrong and what to do, each with buttons for the articles meant."""
    say = words.library
    items = []
    for sentence, infos in found:
        buttons = "".join(f"<li>{_open(info)}</li>" for info in infos)
        items.append(f"<li>{said(sentence, 'p', words)}{f'<ul>{buttons}</ul>' if buttons else ''}</li>")
    if not items:
        return f'<div class="yw">{said(say.healthy, "p", words, name="yw-note")}</div>'
    return f'<div class="yw yw-findings">{said(say.found, "p", words, name="yw-note")}<ul>{"".join(items)}</ul></div>'


def notes(sentences: Sequence[str], *, words: Wording) -> str:
    """What became of what was added: one sentence for each file, in their order."""
    items = "".join(f"<li>{said(sentence, 'span', words)}</li>" for sentence in sentences)
    return f'<div class="yw"><ul class="yw-outcomes">{items}</ul></div>' if items else ""


def _chart(infos: Sequence[ArticleInfo], view: View, words: Wording) -> str:
    say = words.library
    drawn = charts.bars(info.published for info in infos)
    if len(drawn) < 2 and not view.period:
        return ""  # one bar says nothing that the count doesn't
    most = max((bar.count for bar in drawn), default=1)
    items = "".join(f"<li>{_bar(bar, most, view, words)}</li>" for bar in drawn)
    chosen = ""
    if view.period:
        label = say.undated if view.period == charts.UNDATED else charts.period_label(view.period)
        chosen = _button("period", view.period, said(say.clear_period.format(period=label), "span", words), name="yw-chip yw-focus")
    caption = said(say.chart, "figcaption", words)
    return f'<figure class="yw-chart">{caption}<ol class="yw-bars">{items}</ol>{chosen}</figure>'


def _bar(bar: charts.Bar, most: int, view: View, words: Wording) -> str:
    """Said aloud as “2022, articles: 3”; seen as a bar with 3 above it and 2022 below."""
    label = said(words.library.undated if bar.key == charts.UNDATED else bar.label, "span", words, name="yw-when")
    if not bar.count:
        return f'<span class="yw-bar yw-bar-none">{label}</span>'
    height = max(3, round(bar.count / most * BAR_SHARE))
    column = f'<span class="yw-column" style="height: {height}%"></span>'
    spoken = said(f", {words.library.chart_bar.format(count=bar.count)}", "span", words, name="yw-unseen")
    count = f'<span class="yw-count" style="bottom: {height}%">{bar.count}</span>'
    inner = f'{label}{spoken}<span class="yw-room">{column}{count}</span>'
    return _button("period", bar.key, inner, name="yw-bar yw-chosen" if bar.key == view.period else "yw-bar")


def _table(rows: Sequence[ArticleInfo], view: View, words: Wording, waiting: Collection[str]) -> str:
    say = words.library
    sorts = (("title", say.title, say.a_to_z, view.by_title), ("date", say.published, say.newest, not view.by_title))
    heads = "".join(
        f'<th scope="col">{_button("sort", key, said(head, "span", words), name="yw-sorted" if on else "yw-sort", hint=hint)}</th>'
        for key, head, hint, on in sorts
    )
    heads += "".join(f'<th scope="col">{said(head, "span", words)}</th>' for head in (say.source, say.passages, say.state))
    heads += f'<th scope="col">{said(say.remove, "span", words, name="yw-unseen")}</th>'
    body = "".join(_row(info, view, words, waiting=info.id in waiting) for info in rows)
    caption = said(say.caption, "caption", words, name="yw-unseen")
    return f'<table class="yw-articles">{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _row(info: ArticleInfo, view: View, words: Wording, *, waiting: bool) -> str:
    say = words.library
    date = shown(info.published.isoformat(), "time") if info.published else said(words.no_date, "span", words)
    source = shown(clip(file_name(info.source), 60), "span", name="yw-file")
    state = said(say.waiting if waiting else say.embedded, "span", words, name="yw-waiting" if waiting else "yw-ready")
    passages = said(say.passages, "span", words, name="yw-narrow") + f" {info.passages}"
    title = _open(info, name="yw-open yw-focus" if info.id == view.left else "yw-open")
    cells = f'<th scope="row">{title}</th><td>{date}</td><td>{source}</td><td class="yw-number">{passages}</td><td>{state}</td>'
    if info.id != view.removing:
        return f"<tr>{cells}<td>{_button('remove', info.id, _named(say.remove, info, words))}</td></tr>"
    ask = said(say.remove_question, "p", words)
    yes = _button("remove-now", info.id, _named(say.remove_yes, info, words), name="yw-danger")
    no = _button("keep", info.id, _named(say.remove_no, info, words), name="yw-focus")
    return f'<tr class="yw-removing">{cells}<td></td></tr><tr class="yw-confirm"><td colspan="6">{ask}{no} {yes}</td></tr>'


def _named(verb: str, info: ArticleInfo, words: Wording) -> str:
    """A button's word, and for those who hear it the title it is about: every row has the same word."""
    title = shown(clip(info.title, 80), "span", language=language_tag(info.language, info.script), name="yw-unseen")
    return f"{said(verb, 'span', words)} {title}"


def _open(info: ArticleInfo, name: str = "yw-open") -> str:
    title = clip(info.title, TITLE_CHARS) if info.title.strip() else file_name(info.source)
    return _button("open", info.id, shown(title, "span", language=language_tag(info.language, info.script)), name=name)


def _pager(page: int, pages: int, words: Wording) -> str:
    say = words.library
    if pages < 2:
        return ""
    earlier = _button("page", str(page - 1), said(say.earlier_page, "span", words)) if page else ""
    later = _button("page", str(page + 1), said(say.later_page, "span", words)) if page + 1 < pages else ""
    return f'<p class="yw-pager">{earlier}{said(say.page_of.format(page=page + 1, pages=pages), "span", words)}{later}</p>'


def _button(action: str, value: str, inner: str, *, name: str = "", hint: str = "") -> str:
    """A button around HTML that is safe already; ``action``, ``name`` and ``hint`` are ours, of ``value`` only what an id holds is kept."""
    title = f' title="{hint}"' if hint else ""
    return f'<button type="button" name="{action}" value="{_NO_ID.sub("", value)}" class="yw-button {name}"{title}>{inner}</button>'
