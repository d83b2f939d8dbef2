"""Roll calls: "甲大学校长张明、乙公司总裁李华先后致辞，会议由王芳主持", and who of them spoke, chaired, came or won.

A report of an event names its people in such rows, each with a post, several rows in a sentence; which row answers a question is told by
its verb alone. Names and posts are those that people marked in real sentences, dealt out anew; the rows are put together here, so which
names belong to which act is known. Bodies are named in rows too: who organised, which companies signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from training.data import PERSON_TYPES, Row, Sentence, Span, grouped
from training.speakers import spoke_question
from training.switching import HAN
from training.templates import MAX_CHARACTERS, ROLES, Templates, joined
from training.wording import WORDING

ACTS: Final[Mapping[str, Mapping[str, Any]]] = WORDING["acts"]
_SIZES: Final = {"people": (1, 8), "few": (1, 3), "winners": (1, 4), "one body": (1, 3), "bodies": (2, 6)}
"""The fewest and the most names in a row, by who acts."""
_OF_BODIES: Final = ("one body", "bodies")
_SORTS: Final = (
    (re.compile(r"(?:公司|集团|厂|企业|银行)$"), ("公司", "企业"), ("companies", "firms")),
    (re.compile(r"(?:大学|学院)$"), ("大学", "高校"), ("universities", "schools")),
    (re.compile(r"医院$"), ("医院",), ("hospitals",)),
    (re.compile(r"(?:协会|学会|委员会|研究所|研究院|局|部|中心|联合会)$"), ("单位", "机构"), ("organisations", "institutions")),
)
_PLAIN_NAME = re.compile(r"[㐀-鿿]{2,4}|[A-Z][\w'’-]+(?: [A-Z][\w'’-]*\.?)* [A-Z][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """One name in a row, with what stands before and behind it: its post, an honour."""

    name: str
    before: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of names with the words that tell what they did."""

    act: str
    text: str
    spans: tuple[Span, ...]


def tell(act: str, words: str, names: Sequence[Named], *, commas: Sequence[str], last: str) -> Told:
    """Put a row of names into the words for an act, the commas in turn, ``last`` before the last name.

    >>> told = tell("spoke", "{}先后致辞", [Named("张明", "校长"), Named("李华", behind="教授")], commas="、", last="和")
    >>> told.text, [told.text[a:b] for a, b in told.spans]
    ('校长张明和李华教授先后致辞', ['张明', '李华'])
    """
    text, rest = words.split("{}")
    spans = []
    for number, one in enumerate(names):
        if number:
            text += last if number == len(names) - 1 else commas[number % len(commas)]
        text += one.before
        spans.append((len(text), len(text) + len(one.name)))
        text += one.name + one.behind
    return Told(act, text + rest, tuple(spans))


class Rolls:
    """Makes rows of roll calls from the names of `Templates`, with its generator."""

    def __init__(self, templates: Templates) -> None:
        """Gather names and posts."""
        self.templates, self.rng = templates, templates.rng
        everyone = [
            (sentence.text[e.start : e.end], e.type, bool(HAN.search(sentence.text)))
            for pool in templates.pools
            for sentence in pool
            for e in sentence.entities
        ]
        people = {name: chinese for name, type_, chinese in everyone if type_ in PERSON_TYPES and _PLAIN_NAME.fullmatch(name)}
        self._people = {"zh": [n for n, chinese in people.items() if chinese and HAN.search(n)], "en": [n for n in people if n.isascii()]}
        self._posts = sorted({(post.place, post.role) for post in templates.posts})
        bodies = sorted({name for name, type_, chinese in everyone if chinese and type_ in {"ORG", "company", "organization"}})
        self._sorts = [
            ([name for name in bodies if len(name) > 3 and ending.search(name)], chinese, english) for ending, chinese, english in _SORTS
        ]
        self._english_bodies = sorted({name for name, type_, chinese in everyone if type_ == "ORG" and not chinese and " " in name})

    def row(self) -> Row:
        """Ask for the names of one act, over two or three acts (or one) among other sentences; one time in seven for an act not there."""
        rng = self.rng
        language = "en" if rng.random() < 0.2 else "zh"
        of_bodies = rng.random() < 0.25
        kinds = [act for act, about in ACTS.items() if (about["who"] in _OF_BODIES) == of_bodies]
        acts = rng.sample(kinds, rng.choice((1, 2, 2, 3, 3)))
        if "spoke_there" in acts:  # one event, one row of those who spoke
            acts = [act for act in acts if act not in ("spoke", "attended")]
        elif not of_bodies and not {"spoke"} & set(acts) and rng.random() < 0.5:
            acts[0] = "spoke"
        told, sort = self._told(acts, language)
        named = {other for one in told for other in (one.act, *ACTS[one.act].get("also", ()))}
        asked = rng.choice(sorted(named - {"spoke_there"}))
        if rng.random() < 0.15:
            absent = [act for act in kinds if act not in named and act != "spoke_there"]
            asked = rng.choice(absent) if absent else asked
        if asked == "attended" and "spoke" in named and "spoke_there" not in acts:
            asked = "spoke"  # whether speakers count among those who came is anybody's guess
        english = rng.random() < (0.5 if language == "zh" else 0.6)
        return self._asked(asked, told, sort, language=language, english=english)

    def _told(self, acts: Sequence[str], language: str) -> tuple[list[Told], tuple[str, str]]:
        """Tell of each act with names of its own; with bodies, of one sort in Chinese and English words."""
        rng = self.rng
        bodies, chinese, english = rng.choice(self._sorts)
        if language == "en":
            bodies, chinese, english = self._english_bodies, ("机构", "组织"), ("organisations", "bodies")
        of_bodies = ACTS[acts[0]]["who"] in _OF_BODIES
        known = bodies if of_bodies else self._people[language]
        sizes = {act: min(rng.randint(*_SIZES[ACTS[act]["who"]]), len(known) // len(acts)) for act in acts}
        names = iter(rng.sample(known, sum(sizes.values())))
        styles = (0.2, 0.8) if rng.random() < 0.7 else (1.0, 1.0)
        told = []
        for act, size in sizes.items():
            who = ACTS[act]["who"]
            plain = who == "winners" or rng.random() < 0.15
            row = [
                Named(next(names)) if of_bodies else self._person(next(names), language, plain=plain, styles=styles) for _ in range(size)
            ]
            words = rng.choice(ACTS[act][language])
            if language == "zh":
                commas: Sequence[str] = rng.choice(("、", "、", "、", "，", "、、，"))
                told.append(tell(act, words, row, commas=commas, last=rng.choice(("、", "、", "和", "以及", "，"))))
            else:
                long = any(one.behind for one in row)
                comma = ("; ", ", ")[rng.random() < 0.4] if long else ", "
                told.append(tell(act, words, row, commas=(comma,), last=rng.choice((f"{comma}and ", " and "))))
        return told, (rng.choice(chinese), rng.choice(english))

    def _person(self, name: str, language: str, *, plain: bool, styles: tuple[float, float]) -> Named:
        """Give a person a post before the name (in English behind it) or an honour; ``styles`` are how often each is left out."""
        rng = self.rng
        if plain:
            return Named(name)
        if language == "en":
            if rng.random() < styles[0]:
                return Named(name)
            role, body = rng.choice(sorted(set(ROLES.values()))), rng.choice(self._english_bodies)
            return Named(name, behind=f", {role} of {body}" if rng.random() < 0.7 else f" ({body})")
        place, role = rng.choice(self._posts)
        if rng.random() < 0.1:
            bodies, _, _ = rng.choice(self._sorts)
            place, role = rng.choice(bodies), ""
        behind = rng.choice(WORDING["honours"]["zh"]) if rng.random() > styles[1] else ""
        return Named(name, "" if rng.random() < 0.05 else place + role, behind)

    def _asked(self, act: str, told: Sequence[Told], sort: tuple[str, str], *, language: str, english: bool) -> Row:
        rng = self.rng
        parts = self._sentences(told, act, language)
        text, _, starts = joined([Sentence(part, ()) for part, _ in parts])
        spans = [
            (a + shift + begin, b + shift + begin)
            for (_, inside), begin in zip(parts, starts, strict=True)
            for one, shift in inside
            if act in (one.act, *ACTS[one.act].get("also", ()))
            for a, b in one.spans
        ]
        if act == "spoke":
            question = spoke_question(rng, english=english)
        else:
            question = rng.choice(ACTS[act]["asked_en" if english else "asked_zh"]).replace("{s}", sort[english])
        row = Row(question, text, grouped(text, sorted(spans), every=True), f"roll-{language}")
        return self.templates.at_event(row, english=english) if act == "spoke" and language == "zh" and rng.random() < 0.5 else row

    def _sentences(self, told: Sequence[Told], act: str, language: str) -> list[tuple[str, list[tuple[Told, int]]]]:
        """The rows in one sentence or several, among real ones without a trace of the act; each with the rows in it and where they begin.

        What doesn't fit a window is left out, the rows last.
        """
        rng = self.rng
        stop, comma = ("。", "，") if language == "zh" else (".", ", and ")
        most = MAX_CHARACTERS[language]
        whole: list[tuple[str, list[tuple[Told, int]]]] = []
        for one in told:
            if whole and sum(len(text) for text, _ in whole) + len(one.text) > most:
                break
            if whole and language == "zh" and rng.random() < 0.4:
                text, inside = whole[-1]
                whole[-1] = (text[:-1] + comma + one.text + stop, [*inside, (one, len(text) - 1 + len(comma))])
            else:
                whole.append((one.text + stop, [(one, 0)]))
        trace = ACTS[act]["trace"]
        quiet = self.templates.silent_people[language] if rng.random() < 0.5 else self.templates.silent[language]
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            other = rng.choice(quiet).text
            if (not trace or not re.search(trace, other)) and sum(len(text) for text, _ in whole) + len(other) < most:
                whole.insert(rng.randint(0, len(whole)), (other, []))
        return whole
