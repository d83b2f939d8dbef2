"""Questions from a figure, a date or a name in a real Chinese sentence, by putting a question word in its place.

Chinese asks where it answers: "共有19家医院参加" becomes "共有多少家医院参加". Words are left out and moved, so that the question is seldom
the sentence itself, and what is put beside the sentence has figures and dates too: the reader is to tell the right one from its neighbours.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.data import Sentence, Span

_NUMERAL = r"(?:[\d０-９][\d０-９,，.．]*[\d０-９]|[\d０-９]|[一二三四五六七八九十百千两]{1,6})(?:[多余]?[百千万亿]{1,2})?[多余]?"
_MEASURE = (
    r"平方公里|平方米|立方米|公里|公斤|公顷|美元|港元|欧元|英镑|马克|日元|分钟|小时|个月|人次|千米|厘米|毫米|千瓦|"
    r"家|名|位|个|人|件|次|项|种|场|天|岁|元|吨|辆|架|所|座|台|部|张|支|只|本|篇|期|条|户|亩|米|对|队|国|届|周|块|枚|套|间|级|份|倍"
)
FIGURE = re.compile(rf"(?<![第数几至到近\d０-９.．年月—~-])(?P<number>{_NUMERAL})(?P<measure>{_MEASURE}|％|%)")
DATE = re.compile(
    r"(?:[\d０-９]{4}年|[一二○〇零三四五六七八九]{4}年)(?:[\d０-９]{1,2}月(?:[\d０-９]{1,2}[日号])?)?(?!代|来|间|前|后|度|级|期)"
    r"|(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,2})月(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,3})[日号](?:上午|下午|晚上|晚|凌晨|清晨)?"
)
_ENDS = "，。；！？：、“”（）\n"
_TRIVIAL = re.compile(r"[一两]")
_LEAD = re.compile(
    r"^(?:据悉|据介绍|据了解|目前|截至|此外|另外|其中|同时|因此|而且|并且|但是|但|而|并|也|又|还|则|就|于是|随后|至今|现在)+"
)
_YEAR_ONLY = re.compile(r".{4}年")
_WHO = {"PER": ("谁", "哪个人"), "LOC": ("哪里", "什么地方", "哪儿"), "ORG": ("哪个机构", "什么单位", "哪家单位")}
_WHO_ENGLISH = {"PER": "who", "LOC": "where", "ORG": "which organization"}
_AMOUNTS = {
    "美元": "how many dollars",
    "元": "how much money",
    "吨": "how many tons",
    "岁": "how old",
    "天": "how many days",
    "年": "how many years",
}
_AMOUNTS |= {
    "公里": "how many kilometers",
    "个月": "how many months",
    "小时": "how many hours",
    "分钟": "how many minutes",
    "倍": "how many times",
}
_AMOUNTS |= {
    "次": "how many times",
    "人": "how many people",
    "%": "what percentage",
    "％": "what percentage",
    "平方公里": "how many square kilometers",
}


@dataclass(frozen=True, slots=True)
class Blank:
    """A question, and the place in its sentence that was asked about."""

    sentence: Sentence
    question: str
    answer: Span
    kind: str
    """``figure``, ``date`` or ``name``."""
    english: tuple[str, str]
    """The same in two parts: an English question word, and Chinese words that are still to be put into English."""


def _clause(text: str, start: int, end: int) -> Span:
    """The clause around a place, without the marks at its ends."""
    first = max(text.rfind(mark, 0, start) for mark in _ENDS) + 1
    last = min((at for mark in _ENDS if (at := text.find(mark, end)) >= 0), default=len(text))
    return first, last


def _thinned(words: Sequence[str], rng: random.Random, *, keep: str) -> str:
    """Leave out up to two words in five, never those of ``keep``."""
    if rng.random() < 0.35:
        return "".join(words)
    share = rng.uniform(0.1, 0.4)
    return "".join(word for word in words if word in keep or keep in word or rng.random() > share)


def _cut(text: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(text))


def figure_blank(sentence: Sentence, figure: re.Match[str], rng: random.Random) -> Blank | None:
    """Ask how many, or None where the clause says too little.

    >>> text = "昨天共有19家医院参加演练。"
    >>> figure_blank(Sentence(text, ()), FIGURE.search(text), random.Random(2)).answer
    (4, 7)
    """
    text, measure = sentence.text, figure["measure"]
    if _TRIVIAL.fullmatch(figure["number"]):
        return None
    first, last = _clause(text, *figure.span())
    before, after = _LEAD.sub("", text[first : figure.start()]), text[figure.end() : last]
    others = FIGURE.findall(before + " " + after)
    if not 5 <= len(before) + len(after) <= 40 or any(other[1] == measure for other in others):
        return None
    asked = "百分之多少" if measure in "%％" else f"多少{measure}"
    if measure in "人名位个家" and rng.random() < 0.15:
        asked = f"几{measure}" if measure != "人" else "几个人"
    head = _thinned(_cut(before), rng, keep=asked)
    following = _cut(after)
    noun = "".join(following[:1]) if following and len(following[0]) > 1 else ""
    rest = _thinned(following[1 if noun else 0 :], rng, keep=asked)
    question = rng.choice(
        (f"{head}{asked}{noun}{rest}", f"{head}{asked}{noun}{rest}", f"{asked}{noun}{head}{rest}", f"{head}{rest}{asked}{noun}")
    )
    english = (_AMOUNTS.get(measure, "how many"), f"{noun}{rest}{head}" if rng.random() < 0.5 else f"{noun}{head}{rest}")
    return Blank(sentence, question + rng.choice(("？", "", "?")), figure.span(), "figure", english)


def date_blank(sentence: Sentence, date: re.Match[str], rng: random.Random) -> Blank | None:
    """Ask when, or None where too little is said of what happened."""
    text = sentence.text
    if text[date.end() :].startswith(("至", "到", "讯", "电", "—")) or "报道" in text[:40] or "本报" in text[:20]:
        return None
    first, last = _clause(text, *date.span())
    rest = text[first : date.start()] + text[date.end() : last]
    if len(rest) < 6 and last < len(text) and text[last] == "，":  # "11月14日，……举行": the next clause says what happened
        first, last = _clause(text, last + 1, last + 1)
        rest = text[first:last]
    rest = _LEAD.sub("", re.sub(r"(?:[于在从自到至]|截至)$", "", rest))
    if not 6 <= len(rest) <= 40 or DATE.search(rest):
        return None
    rest = _thinned(_cut(rest), rng, keep="的")
    of_year = bool(_YEAR_ONLY.fullmatch(date.group()))
    if of_year and rng.random() < 0.7:
        question = rng.choice((f"{rest}是哪一年？", f"哪一年{rest}？", f"哪年{rest}", f"{rest}是在哪年？"))
    else:
        days = (f"{rest}是哪一天？", f"{rest}在几月几日？") if date.group().endswith(("日", "号")) else ()
        question = rng.choice((f"{rest}是什么时候？", f"什么时候{rest}？", f"{rest}的时间？", f"何时{rest}", *days))
    english = rng.choice(("what year", "in which year", "when") if of_year else ("when", "when did", "on what date", "when was"))
    return Blank(sentence, question, date.span(), "date", (english, rest))


def name_blank(sentence: Sentence, at: int, rng: random.Random) -> Blank | None:
    """Ask for a name where it stands, or None where its sort has no question word or the clause says too little."""
    text, name = sentence.text, sentence.entities[at]
    if name.type not in _WHO or name.end - name.start < 2:
        return None
    first, last = _clause(text, name.start, name.end)
    before, after = _LEAD.sub("", text[first : name.start]), text[name.end : last]
    alike = sum(first <= e.start < last and e.type == name.type for e in sentence.entities)
    if not 6 <= len(before) + len(after) <= 40 or alike > 1:
        return None
    asked = rng.choice(_WHO[name.type])
    head, rest = _thinned(_cut(before), rng, keep=asked), _thinned(_cut(after), rng, keep=asked)
    english = (_WHO_ENGLISH[name.type], head + rest)
    return Blank(sentence, head + asked + rest + rng.choice(("？", "")), (name.start, name.end), "name", english)


def blanks(sentences: Sequence[Sentence], rng: random.Random) -> dict[str, list[Blank]]:
    """All questions that can be asked of some sentences, by kind, at most one of each kind for a sentence."""
    found: dict[str, list[Blank]] = {"figure": [], "date": [], "name": []}
    for sentence in sentences:
        figures, dates = list(FIGURE.finditer(sentence.text)), list(DATE.finditer(sentence.text))
        made = (
            figure_blank(sentence, rng.choice(figures), rng) if figures else None,
            date_blank(sentence, rng.choice(dates), rng) if dates else None,
            name_blank(sentence, rng.randrange(len(sentence.entities)), rng) if sentence.entities else None,
        )
        for blank in made:
            if blank is not None:
                found[blank.kind].append(blank)
    return found
