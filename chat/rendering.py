"""An answer as HTML that is safe to put on the page. Pure functions: what to say is `wording`'s, when to say it `replies`'.

Article text, titles, file names and questions are hostile. Each reaches the page through `shown` and nothing else, which escapes it
at the last moment and states its language and direction. The rest of the markup here is fixed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PureWindowsPath

from chat.limits import Limits
from chat.visit import Exchange, Given, places
from chat.wording import Wording, for_question
from corpus.feedback import Verdict
from qa.results import Answer, AnswerItem, Citation, Nearest

SIDE_CHARS = 300
"""Of a quote, kept on each side of its mark: longer "sentences" are tables and pages without punctuation."""
EXCERPT_CHARS = 160
"""Of a passage that is only worth a look."""
NEAREST_WHILE_READING = 3
"""Passages shown while the others are being read too."""
TITLE_CHARS = 200
QUESTION_CHARS = 600
ANSWER_CHARS = 1000
NAMES_IN_NOTE = 2
"""Of chosen articles and sources; of more it says only how many."""
NAME_CHARS = 60

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


def escaped(text: str) -> str:
    """Untrusted text as it may stand between tags or in a quoted attribute."""
    return text.translate(_ESCAPES)


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
    return f"{opened(tag, text if of is None else of, language=language, name=name)}{escaped(text)}</{tag}>"


def opened(tag: str, text: str, *, language: str | None = None, name: str = "", identity: str = "") -> str:
    """The opening tag of an element around ``text``, with its language and direction; ``identity`` is its id, ours too."""
    attributes = {"id": identity, "class": name, "dir": direction(text)}
    if language and language != "und" and _LANGUAGE_TAG.fullmatch(language):
        attributes["lang"] = language
    return f"<{tag}" + "".join(f' {key}="{value}"' for key, value in attributes.items() if value) + ">"


def language_tag(language: str, script: str) -> str:
    """ISO 639 and ISO 15924 as one BCP 47 tag; the script is named only for Chinese, where it isn't implied."""
    return f"{language}-{script}" if language == "zh" and script in ("Hans", "Hant") else language


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


def said(sentence: str, tag: str, wording: Wording, *, name: str = "") -> str:
    """One of our own sentences; it may hold a title or a file name, so it goes the same way."""
    return shown(sentence, tag, language=wording.language, name=name)


def button(sentence: str, does: str, wording: Wording, *, name: str = "") -> str:
    """A button that tells the page what to do; `page.js` sends ``does``, which is ours, to the server."""
    return f'<button type="button" class="yw-do {name}" value="{escaped(does)}">{said(sentence, "span", wording)}</button>'


def note(sentence: str, wording: Wording) -> str:
    """A sentence of the program, such as what became of a file."""
    return f'<div class="yw">{said(sentence, "p", wording, name="yw-note")}</div>'


def question(text: str) -> str:
    """What was asked, as it was typed, shortened when it is a whole page."""
    return shown(clip(text.strip(), QUESTION_CHARS), "div", name="yw-question")


def exchange(given: Exchange, number: int, *, wording: Wording) -> str:
    """What came of a question so far, with everything needed to check it.

    Args:
        given: the question and what came of it.
        number: of the exchange on this page; the buttons name it.
        wording: in the language of the interface.
    """
    return _Reply(given, number, wording).html()


class _Reply:
    """One exchange on its way to HTML; holds what every part of it needs."""

    def __init__(self, given: Exchange, number: int, wording: Wording) -> None:
        self._given = given
        self._number = number
        self._words = wording
        self._asked_in = for_question(given.question, otherwise=wording)
        listed = places(given.answer) if given.answer else places(given.sought) if given.sought else []
        self._places = {place: at for at, place in reversed(list(enumerate(listed)))}

    def html(self) -> str:
        if self._given.note is not None:
            return note(self._given.note, self._words)
        answer = self._given.answer
        if answer is None:
            return f'<div class="yw">{self._understood()}{self._reading()}</div>'
        if answer.found:
            parts = [self._item(at, item) for at, item in enumerate(answer.answers)]
            body = self._short(answer.answers) + _list("ol", "yw-answers", parts) if len(parts) > 1 else parts[0]
        else:
            body = self._nothing(answer)
        return f'<div class="yw">{self._understood()}{body}{self._verdicts(answer)}{self._foot(answer)}</div>'

    def _language(self, place: Citation | Nearest) -> str | None:
        return self._given.languages.get(place.article_id)

    def _understood(self) -> str:
        """What was taken over from earlier questions, and the way back."""
        step = self._given.answer or self._given.sought
        if step is None or not step.assumed:
            return ""
        understood = self._words.understood.format(question=clip(step.understood, TITLE_CHARS))
        undo = button(self._words.ask_as_it_stands, f"again {self._number}", self._words, name="yw-again") if self._given.answer else ""
        return f'<p class="yw-understood">{said(understood, "span", self._words)}{undo}</p>'

    def _reading(self) -> str:
        """What stands in the answer's place while it is being looked for."""
        sought = self._given.sought
        passages = sought.passages[:NEAREST_WHILE_READING] if sought else ()
        waiting = (
            f'<p class="yw-reading">{said(self._words.reading, "span", self._words)}{button(self._words.stop, "stop", self._words)}</p>'
        )
        return waiting + self._passages(passages, self._words)

    def _short(self, items: Sequence[AnswerItem]) -> str:
        """All answers in one line, before the list that proves them."""
        texts = (shown(clip(item.text, TITLE_CHARS), "span", language=self._language(item.citations[0])) for item in items)
        return f'<p class="yw-short">{" · ".join(texts)}</p>'

    def _item(self, at: int, item: AnswerItem) -> str:
        first, *others = item.citations
        text = shown(clip(item.text, ANSWER_CHARS), "strong", language=self._language(first), name="yw-text")
        head = f'<div class="yw-answer">{text} {self._sure(item.confidence)}</div>'
        return head + self._quoted(first) + self._also([*others, *item.also]) + self._judge(at)

    def _sure(self, confidence: float) -> str:
        words = self._words
        percent = min(99, max(1, round(confidence * 100)))  # nothing read off a page is certain, or out of the question
        meaning = escaped(words.confidence_hint.format(percent=percent))
        return f'<span class="yw-sure" title="{meaning}">{said(f"{words.sure(confidence)} · {percent}%", "span", words)}</span>'

    def _quoted(self, citation: Citation) -> str:
        before, marked, after = citation.marked()
        marked = clip(marked, ANSWER_CHARS)
        if len(before) > SIDE_CHARS:
            before = _ELLIPSIS + before[len(before) - SIDE_CHARS :]
        after = clip(after, SIDE_CHARS)
        parts = (shown(part, tag, of=citation.quote) for part, tag in ((before, "span"), (marked, "mark"), (after, "span")) if part)
        words = f"{opened('p', citation.quote, language=self._language(citation), name='yw-words')}{''.join(parts)}</p>"
        return f'<blockquote class="yw-quote">{words}{self._source(citation)}</blockquote>'

    def _source(self, place: Citation | Nearest) -> str:
        date = shown(place.published.isoformat(), "time") if place.published else said(self._words.no_date, "span", self._words)
        title = shown(clip(place.title, TITLE_CHARS), "cite", language=self._language(place))
        does, hint = f"open {self._number} {self._places[place]}", escaped(self._words.open_article)
        opens = f'<button type="button" class="yw-do yw-open" title="{hint}" value="{does}">{title}</button>'
        return f'<p class="yw-source">{opens}{date}{shown(clip(file_name(place.source), TITLE_CHARS), "span", name="yw-file")}</p>'

    def _also(self, citations: Sequence[Citation]) -> str:
        if not citations:
            return ""
        words = self._words
        titles = dict.fromkeys(f"{clip(c.title, 60)} ({c.published.isoformat() if c.published else words.no_date})" for c in citations)
        summary = said(words.also_in.format(places="; ".join(titles)), "summary", words)
        return f'<details class="yw-also">{summary}{"".join(map(self._quoted, citations))}</details>'

    def _nothing(self, answer: Answer) -> str:
        words = self._asked_in
        said_so = said(words.not_found, "p", words, name="yw-none")
        if self._given.unknown:
            named = words.comma.join(words.quoted.format(text=clip(word, 60)) for word in self._given.unknown)
            said_so += said(words.unknown_words.format(words=named), "p", words, name="yw-look")
        if self._given.limits:
            everywhere = button(self._words.ask_everywhere, f"everywhere {self._number}", self._words, name="yw-again")
            note = said(limits_note(self._given.limits, words), "span", words)
            said_so += f'<p class="yw-look yw-limited">{note}{everywhere}</p>'
        if not answer.nearest:
            return said_so
        return said_so + said(words.nearest, "p", words, name="yw-look") + self._passages(answer.nearest, words)

    def _passages(self, passages: Sequence[Nearest], words: Wording) -> str:
        if not passages:
            return ""
        shown_passages = []
        for passage in passages:
            excerpt = clip(" ".join(passage.text.split()), EXCERPT_CHARS)
            shown_passages.append(shown(excerpt, "p", language=self._language(passage), name="yw-words") + self._source(passage))
        return _list("ul", "yw-nearest", shown_passages)

    def _judge(self, at: int) -> str:
        """Buttons to say of one answer whether it is right, or what was said of it."""
        given = next((given for given in self._given.given if given.item == at), None)
        if given is not None:
            return self._thanks(given)
        words, number = self._words, self._number
        buttons = (
            button(words.is_right, f"right {number} {at}", words),
            button(words.is_wrong, f"wrong {number} {at}", words),
            button(words.is_elsewhere, f"elsewhere {number} {at}", words),
        )
        return f'<p class="yw-judge">{"".join(buttons)}</p>'

    def _verdicts(self, answer: Answer) -> str:
        """What was said of the question as a whole, and the button to say that no article answers it."""
        whole = [given for given in self._given.given if given.item is None]
        thanks = "".join(map(self._thanks, whole))
        words, number = self._words, self._number
        buttons = []
        if not any(given.verdict is Verdict.ABSENT for given in whole):
            buttons.append(button(words.is_absent, f"absent {number}", words))
        if not answer.found:
            buttons.append(button(words.is_there, f"elsewhere {number}", words))
        return thanks + (f'<p class="yw-judge yw-whole">{"".join(buttons)}</p>' if buttons else "")

    def _thanks(self, given: Given) -> str:
        words = self._words
        sentences = {
            Verdict.RIGHT: words.noted_right,
            Verdict.WRONG: words.noted_wrong,
            Verdict.CORRECTED: words.noted_corrected,
            Verdict.ABSENT: words.noted_absent,
        }
        thanks = said(sentences[given.verdict].format(text=clip(given.text, TITLE_CHARS)), "span", words)
        return f'<p class="yw-thanks">{thanks}{button(words.undo, f"undo {self._number} {given.id}", words)}</p>'

    def _foot(self, answer: Answer) -> str:
        words = self._words
        parts = [words.seconds.format(seconds=f"{answer.elapsed_ms / 1000:.2f}")]
        if answer.found and self._given.limits:  # otherwise it was said above
            parts.append(limits_note(self._given.limits, words))
        return said(" · ".join(parts), "p", words, name="yw-time")


def limits_note(limits: Limits, wording: Wording) -> str:
    """What a question is limited to, in words; empty when it is not."""
    parts = []
    if len(limits.names) > NAMES_IN_NOTE:
        parts.append(wording.only_several.format(count=len(limits.names)))
    elif limits.names:
        parts.append(wording.comma.join(wording.quoted.format(text=clip(name, NAME_CHARS)) for name in limits.names))
    first, last = limits.since and limits.since.isoformat(), limits.until and limits.until.isoformat()
    if first and last:
        parts.append(wording.only_between.format(first=first, last=last))
    elif first or last:
        parts.append(wording.only_since.format(first=first) if first else wording.only_until.format(last=last))
    return wording.only.format(limits=wording.comma.join(parts)) if parts else ""


def _list(tag: str, name: str, parts: Sequence[str]) -> str:
    return f'<{tag} class="{name}">' + "".join(f"<li>{part}</li>" for part in parts) + f"</{tag}>"
