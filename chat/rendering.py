"""An answer as HTML that is safe to put on the page. Pure functions: what to say is `wording`'s, when to say it `replies`'.

Article text, titles, file names and questions are hostile. Each reaches the page through `shown` and nothing else, which escapes it
at the last moment and states its language and direction. The rest of the markup here is fixed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PureWindowsPath

from chat.wording import Wording
from qa.results import Answer, AnswerItem, Citation, Nearest

SIDE_CHARS = 300
"""Of a quote, kept on each side of its mark: longer "sentences" are tables and pages without punctuation."""
EXCERPT_CHARS = 160
"""Of a passage that is only worth a look."""
TITLE_CHARS = 200
QUESTION_CHARS = 600
ANSWER_CHARS = 1000

_ASCII_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ELLIPSIS = "…"


class _Escapes(dict[int, str]):
    """A `str.translate` table: every character that any markup could read a meaning into becomes a numeric character reference.

    Not only the five of HTML: with all ASCII punctuation and line ends written as references there is no Markdown, LaTeX, template or
    bare address left for a renderer to find, whichever comes after us.
    """

    def __missing__(self, code_point: int) -> str:
        char = chr(code_point)
        if char in "\n\r\t":
            escaped = "&#9;" if char == "\t" else "&#10;"
        elif unicodedata.category(char) in ("Cc", "Cs"):  # controls and broken surrogates are no text, and cannot all be sent
            escaped = "\ufffd"
        elif code_point < 0x80 and char not in _ASCII_PLAIN:
            escaped = f"&#{code_point};"
        else:
            escaped = char
        self[code_point] = escaped
        return escaped


_ESCAPES = _Escapes()


def direction(text: str) -> str:
    """``rtl`` when the first strongly directed character is Hebrew, Arabic and the like, else ``ltr`` (Unicode Annex 9, rule P2)."""
    strong = (unicodedata.bidirectional(char) for char in text[:1000])
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def shown(text: str, tag: str, *, language: str | None = None, of: str | None = None, name: str = "") -> str:
    """An element holding untrusted text: the one place where such text becomes HTML.

    The direction is stated on the element, which also isolates it: direction controls in the text end with it.

    Args:
        text: anything at all.
        tag: of the element; ours, never from outside.
        language: BCP 47 tag for ``lang``; left out when unknown or not of that form.
        of: the text whose direction counts, when this is a part of it.
        name: CSS class; ours, never from outside.
    """
    return f"{_opened(tag, text if of is None else of, language, name)}{text.translate(_ESCAPES)}</{tag}>"


def _opened(tag: str, text: str, language: str | None, name: str) -> str:
    """The opening tag of an element around ``text``, with its language and direction."""
    attributes = {"class": name, "dir": direction(text)}
    if language and language != "und" and _LANGUAGE_TAG.fullmatch(language):
        attributes["lang"] = language
    return f"<{tag}" + "".join(f' {key}="{value}"' for key, value in attributes.items() if value) + ">"


def clip(text: str, chars: int) -> str:
    """The beginning of a text, with an ellipsis when more follows."""
    return text if len(text) <= chars else text[: chars - 1].rstrip() + _ELLIPSIS


def file_name(source: str) -> str:
    """The last part of a path or an address: no folder of this machine is shown.

    >>> file_name("/users/li/文章/开幕.txt"), file_name(r"C:\\saved\\page.html")
    ('开幕.txt', 'page.html')
    """
    path = source.split("?")[0] if "://" in source else source
    return PureWindowsPath(path).name or _ELLIPSIS


def _said(sentence: str, tag: str, wording: Wording, *, name: str = "") -> str:
    """One of our own sentences; it may hold a title or a file name, so it goes the same way."""
    return shown(sentence, tag, language=wording.language, name=name)


def note(sentence: str, wording: Wording) -> str:
    """A sentence of the program, such as what became of a file."""
    return f'<div class="yw">{_said(sentence, "p", wording, name="yw-note")}</div>'


def reading(wording: Wording) -> str:
    """What stands in the answer's place while it is being looked for."""
    return f'<div class="yw">{_said(wording.reading, "p", wording, name="yw-reading")}</div>'


def question(text: str) -> str:
    """What was asked, as it was typed, shortened when it is a whole page."""
    return shown(clip(text.strip(), QUESTION_CHARS), "div", name="yw-question")


def answer(given: Answer, *, wording: Wording, asked_in: Wording, languages: Mapping[str, str]) -> str:
    """An answer with everything needed to check it, or the honest lack of one.

    Args:
        given: what was found.
        wording: in the language of the interface.
        asked_in: in the language of the question; says that nothing was found.
        languages: article id → BCP 47 tag; articles may be missing.
    """
    parts = [_item(item, wording, languages) for item in given.answers] if given.found else [_nothing(given, asked_in, languages)]
    body = _short(given.answers, languages) + _list("ol", "yw-answers", parts) if len(parts) > 1 else parts[0]
    seconds = wording.seconds.format(seconds=f"{given.elapsed_ms / 1000:.2f}")
    return f'<div class="yw">{body}{_said(seconds, "p", wording, name="yw-time")}</div>'


def _short(items: Sequence[AnswerItem], languages: Mapping[str, str]) -> str:
    """All answers in one line, before the list that proves them."""
    texts = (shown(clip(item.text, TITLE_CHARS), "span", language=languages.get(item.citations[0].article_id)) for item in items)
    return f'<p class="yw-short">{" · ".join(texts)}</p>'


def _list(tag: str, name: str, parts: Sequence[str]) -> str:
    return f'<{tag} class="{name}">' + "".join(f"<li>{part}</li>" for part in parts) + f"</{tag}>"


def _item(item: AnswerItem, wording: Wording, languages: Mapping[str, str]) -> str:
    first, *others = item.citations
    text = shown(clip(item.text, ANSWER_CHARS), "strong", language=languages.get(first.article_id), name="yw-text")
    said = f'<div class="yw-answer">{text} {_sure(item.confidence, wording)}</div>'
    return said + _quoted(first, wording, languages) + _also([*others, *item.also], wording, languages)


def _sure(confidence: float, wording: Wording) -> str:
    percent = min(99, max(1, round(confidence * 100)))  # nothing read off a page is certain, or out of the question
    meaning = wording.confidence_hint.format(percent=percent).translate(_ESCAPES)
    return f'<span class="yw-sure" title="{meaning}">{_said(f"{wording.sure(confidence)} · {percent}%", "span", wording)}</span>'


def _quoted(citation: Citation, wording: Wording, languages: Mapping[str, str]) -> str:
    before, marked, after = citation.marked()
    marked = clip(marked, ANSWER_CHARS)
    if len(before) > SIDE_CHARS:
        before = _ELLIPSIS + before[len(before) - SIDE_CHARS :]
    after = clip(after, SIDE_CHARS)
    language = languages.get(citation.article_id)
    parts = (shown(part, tag, of=citation.quote) for part, tag in ((before, "span"), (marked, "mark"), (after, "span")) if part)
    words = f"{_opened('p', citation.quote, language, 'yw-words')}{''.join(parts)}</p>"
    return f'<blockquote class="yw-quote">{words}{_source(citation, wording, language)}</blockquote>'


def _source(place: Citation | Nearest, wording: Wording, language: str | None) -> str:
    date = shown(place.published.isoformat(), "time") if place.published else _said(wording.no_date, "span", wording)
    title = shown(clip(place.title, TITLE_CHARS), "cite", language=language)
    return f'<p class="yw-source">{title}{date}{shown(clip(file_name(place.source), TITLE_CHARS), "span", name="yw-file")}</p>'


def _also(citations: Sequence[Citation], wording: Wording, languages: Mapping[str, str]) -> str:
    if not citations:
        return ""
    titles = dict.fromkeys(f"{clip(c.title, 60)} ({c.published.isoformat() if c.published else wording.no_date})" for c in citations)
    summary = _said(wording.also_in.format(places="; ".join(titles)), "summary", wording)
    return f'<details class="yw-also">{summary}{"".join(_quoted(c, wording, languages) for c in citations)}</details>'


def _nothing(given: Answer, asked_in: Wording, languages: Mapping[str, str]) -> str:
    said = _said(asked_in.not_found, "p", asked_in, name="yw-none")
    if not given.nearest:
        return said
    passages = []
    for passage in given.nearest:
        language = languages.get(passage.article_id)
        excerpt = shown(clip(" ".join(passage.text.split()), EXCERPT_CHARS), "p", language=language, name="yw-words")
        passages.append(excerpt + _source(passage, asked_in, language))
    return said + _said(asked_in.nearest, "p", asked_in, name="yw-look") + _list("ul", "yw-nearest", passages)
