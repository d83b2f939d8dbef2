"""Articles into sentences, and sentences into passages, with exact offsets.

A passage is what is embedded and what the reader sees at once: whole sentences up to a budget, the last sentence repeated at
the start of the next passage, so that an answer that leans on the sentence before it is found in one piece.
"""

from __future__ import annotations

import re

from corpus.article import Article, Passage

PASSAGE_WIDTH = 260
"""Budget of a passage in Chinese characters, a letter of an alphabet counting as `LETTER_WIDTH`: about 170 tokens in either
language, so that question, title and passage fit the reader's 320-token window together."""
LETTER_WIDTH = 0.4
OVERLAP_WIDTH = 90
"""The longest sentence that is repeated in the next passage."""

_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f000-\U0003ffff]")
_ENDS = "。！？!?…；;"
_CLOSERS = "”’」』】）》〉\"')]"
_OPENERS = {"“": "”", "「": "」", "『": "』", "（": "）", "《": "》", "【": "】"}
_OPENER = re.compile(f"[{''.join(_OPENERS)}]")
_SENTENCE_END = re.compile(rf"\n+|[{_ENDS}]+[{re.escape(_CLOSERS)}]*|\.+[{re.escape(_CLOSERS)}]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Inc|Ltd|Co|Corp|Gov|Gen|Sen|Rep|Fig|approx|etc|e\.g|i\.e)|\b[A-Z])\.$"
)
_LONGEST_QUOTE = 400
"""A quotation mark that finds no partner within so many characters is taken for a slip."""


def width(text: str) -> float:
    """How much of a passage's budget a text takes: 1 for a wide character, `LETTER_WIDTH` for any other."""
    wide = len(_WIDE.findall(text))
    return wide + (len(text) - wide) * LETTER_WIDTH


def _quotations(text: str) -> list[tuple[int, int]]:
    """Outermost quotations and brackets, marks included, that close again within the paragraph."""
    found: list[tuple[int, int]] = []
    at = 0
    while match := _OPENER.search(text, at):
        at, closer = match.start(), _OPENERS[match[0]]
        limit = text.find("\n", at, at + _LONGEST_QUOTE)
        end = text.find(closer, at + 1, limit if limit >= 0 else at + _LONGEST_QUOTE)
        if end < 0:
            at += 1
        else:
            found.append((at, end + 1))
            at = end + 1
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open places of the sentences of ``text``, in order, without the white space between them.

    A stop inside quotation marks does not end a sentence, unless the quotation itself ends there.

    >>> [text[a:b] for text in ["他说：“好。很好。”然后走了。Dr. Wu agreed."] for a, b in sentences(text)]
    ['他说：“好。很好。”', '然后走了。', 'Dr. Wu agreed.']
    """
    quoted = iter(_quotations(text))
    quote = next(quoted, None)
    found: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        while quote is not None and quote[1] <= match.start():
            quote = next(quoted, None)
        if quote is not None and quote[0] < match.start() and end < quote[1]:
            continue
        if match[0].startswith(".") and _ABBREVIATION.search(text, max(0, end - 12), end):
            continue
        found.append((start, end))
        start = end
    found.append((start, len(text)))
    return [trimmed for a, b in found if (trimmed := trim(text, a, b))[0] < trimmed[1]]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The half-open place without the white space at its edges; ``start == end`` where nothing else is there."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence in pieces that fit a passage: at the last comma or blank before the limit, else at the limit itself."""
    pieces = []
    too_long = int(PASSAGE_WIDTH / LETTER_WIDTH) + 1  # in characters, whatever they are; a line may have millions
    while width(text[start : min(end, start + too_long)]) > PASSAGE_WIDTH:
        # The limit in characters lies between the budget (all wide) and budget / LETTER_WIDTH (all narrow).
        low, high = int(PASSAGE_WIDTH), min(end - start, int(PASSAGE_WIDTH / LETTER_WIDTH))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if width(text[start : start + middle]) <= PASSAGE_WIDTH else (low, middle - 1)
        limit = start + low
        soft = max(text.rfind(mark, start + low // 2, limit) for mark in "，,、：:） \n")
        at = soft + 1 if soft > 0 else limit
        pieces.append((start, at))
        start = at
    return [trimmed for a, b in [*pieces, (start, end)] if (trimmed := trim(text, a, b))[0] < trimmed[1]]


def split(article: Article) -> list[Passage]:
    """The passages of an article, in order. Every character that is not white space stands in at least one of them."""
    text = article.text
    units = [piece for start, end in sentences(text) for piece in _cut(text, start, end)]
    passages: list[Passage] = []
    at = 0
    while at < len(units):
        last = at
        while last + 1 < len(units) and width(text[units[at][0] : units[last + 1][1]]) <= PASSAGE_WIDTH:
            last += 1
        start, end = units[at][0], units[last][1]
        passages.append(Passage(article.id, start, end, text[start:end]))
        if last + 1 == len(units):
            break
        repeat = last > at and width(text[slice(*units[last])]) <= OVERLAP_WIDTH
        at = last if repeat else last + 1
    return passages
