"""Lists inside an article: "甲公司、乙公司和丙公司等3家企业" holds three answers to "which companies", not one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.folding import fold
from corpus.scripts import HAN
from qa.boundaries import tidy

MAX_ITEM_CHARS = 40
"""A longer stretch between two 、 is a clause, not an item. (The longest official names run to about 30 characters.)"""
_SHORT_ITEM_CHARS = 10
_NAME_CHARS = 4
"""Of most people's names and places."""
_COMMA = "、"
_JOINERS = frozenset({"和", "与", "與", "及", "以及", "暨"})
_TIE = re.compile(r"、|以及|[和与與及暨]|(?<=、)")
_NOT_IN_ITEM = re.compile(r"[，。；：！？\n,;:!?“”「」（）()]")
_AND_MORE = re.compile(r"(?:等等?(?:(?:[\d一二两三四五六七八九十百余多]+[余多]?)?[^、，。；]{0,16})?)$")
_LEAD_IN = re.compile(r"(?:其中)?(?:分[别別](?:是|为|為)|主要(?:包括|有|是)|(?<!不)包括了?|包含了?)[:：]?|即[:：]")
_ENGLISH_ITEM = re.compile(r",\s+(?!(?:Inc|Ltd|LLC|Co|Corp|Jr|Sr)\b)(?:and\s+|or\s+)?|;\s+(?:and\s+)?|\s+(?:and|as well as|&)\s+")
_LINE = re.compile(r"[^\n]+")
_COMMA_IN_LINE = re.compile(r"[,，]")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*")
_DIGIT = re.compile(r"\d")
_NOUN = re.compile(r"n|j|eng|x|zg|g")
_IN_NOUN_PHRASE = re.compile(r"n|j|eng|x|zg|g|vn|an|m|q|f|s|l|i|k")
"""Part-of-speech tags of the dictionary (ICTCLAS set): what a name may end in, and what it may hold."""


def enumeration(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The items of the list that a span marks or stands in, each as a half-open place; the span alone when there is none.

    >>> text = "现场，联影医疗、微创机器人和君实生物等3家企业获奖。"
    >>> [text[a:b] for a, b in enumeration(text, 3, 7)]
    ['联影医疗', '微创机器人', '君实生物']
    """
    low, high = _whole_list(text, start, end)
    items = list(_items(text, low, high))
    return items if len(items) > 1 else [(start, end)]


def _whole_list(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, extended over the items that 、 ties to it. The outermost item is cut where its noun begins or ends."""
    while (comma := _previous_comma(text, start)) is not None:
        begin = max((match.end() for match in _NOT_IN_ITEM.finditer(text, max(0, comma - MAX_ITEM_CHARS), comma)), default=None)
        earlier = text.rfind(_COMMA, max(0, comma - MAX_ITEM_CHARS), comma)
        if earlier >= (begin or 0):
            start = earlier + 1
            continue
        if begin is None and comma > MAX_ITEM_CHARS:
            break
        start = comma - _noun_length(text[begin or 0 : comma], from_end=True)
        break
    while tie := _TIE.match(text, end) if _COMMA in text[max(0, start - 1) : end + 1] else None:
        begin = tie.end()
        later = text.find(_COMMA, begin, begin + MAX_ITEM_CHARS)
        stop = _NOT_IN_ITEM.search(text, begin, begin + MAX_ITEM_CHARS)
        limit = stop.start() if stop else min(len(text), begin + MAX_ITEM_CHARS)
        if 0 <= later < limit:
            end = later
            continue
        more = text.find("等", begin, limit)
        end = more if more > begin else begin + _noun_length(text[begin:limit], from_end=False)
        break
    return start, end


def _previous_comma(text: str, start: int) -> int | None:
    """The 、 right before the span, or None."""
    return start - 1 if start > 0 and text[start - 1] == _COMMA else None


def _noun_length(text: str, *, from_end: bool) -> int:
    """Characters of the noun phrase at one end of a stretch of Chinese, joiners included; 0 when there is none."""
    import rjieba

    tagged = rjieba.tag(fold(text))  # its dictionary is Simplified
    length = whole = 0
    for word, tag in reversed(tagged) if from_end else tagged:
        if not (_IN_NOUN_PHRASE.match(tag) or (word in _JOINERS and not from_end)):
            break
        length += len(word)
        if _NOUN.match(tag):
            whole = length
    return whole


def _items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The items of a span that is a whole list, without joiners, "and others" and what leads in to it."""
    if (lead_in := _LEAD_IN.search(text, start, end)) and _COMMA not in text[start : lead_in.start()]:
        start = lead_in.end()
    if more := _AND_MORE.search(text, start, end):
        end = more.start() if more.start() > start else end
    for line in _lines(text, start, end):
        for a, b in _cut(text, *line):
            a, b = tidy(text, a, b)
            if a < b:
                yield a, b


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a span. Where each goes on behind a comma (a company, its town), an item is what stands before that."""
    lines = [match.span() for match in _LINE.finditer(text, start, end)]
    heads = [match.start() if (match := _COMMA_IN_LINE.search(text, a, b)) else b for a, b in lines]
    if len(lines) > 1 and all(head < b for head, (_, b) in zip(heads[:-1], lines, strict=False)):
        return [(a, head) for (a, _), head in zip(lines, heads, strict=True)]
    return lines


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    import rjieba

    span = text[start:end]
    if not HAN.search(span):
        at = start
        for match in _ENGLISH_ITEM.finditer(text, start, end):
            yield at, match.start()
            at = match.end()
        yield at, end
        return
    cuts = [start]
    listed = _COMMA in span
    comma = _COMMA if listed or not _short_items(span) else "，"
    listed = listed or comma == "，"
    at = start
    for folded in rjieba.cut(fold(span)):
        place = at - start, at - start + len(folded)
        word = span[slice(*place)]
        if word == comma or (word in _JOINERS and ((listed and _ties(span, comma, *place)) or _parallel(span, *place))):
            cuts += [at, at + len(word)]
        at += len(word)
    cuts.append(end)
    # A comma in quotation marks, brackets or a title belongs to the item.
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    held: int | None = None
    for a, b in pairs:
        a = a if held is None else held
        held = None
        if b < end and _open_mark(text[a:b]):
            held = a
        else:
            yield a, b
    if held is not None:
        yield held, end


def _short_items(span: str) -> bool:
    """Whether full commas part this span into three or more words rather than clauses: 紫色，白色，绿色和红色."""
    pieces = span.split("，")
    return len(pieces) >= 3 and max(map(len, pieces)) <= _SHORT_ITEM_CHARS


def _open_mark(text: str) -> bool:
    return any(text.count(opener) > text.count(closer) for opener, closer in ("“”", "《》", "「」", "（）", "()", "‘’"))


def _ties(span: str, comma: str, start: int, end: int) -> bool:
    """Whether a joiner in a list ties two items: before the last one, or between names. 地理与资源研究所, with more behind it, is one."""
    begin, stop = span.rfind(comma, 0, start) + 1, span.find(comma, end)
    return stop < 0 or max(start - begin, stop - end) <= _NAME_CHARS


def _parallel(span: str, start: int, end: int) -> bool:
    """Whether a joiner stands between two things of one sort: 甲医院和乙医院 does, 2004年和2005年 and MD5和SHA-1, 生物医药和健康产业 need
    not."""
    left, right = (_DIGIT.sub("0", side) for side in (span[:start], span[end:]))
    names = _LATIN_NAME.fullmatch(left) and _LATIN_NAME.fullmatch(right)
    return bool(names) or (len(left) >= 2 and len(right) >= 2 and left[-2:] == right[-2:])
