"""Roll calls: "甲大学校长张明、乙公司总裁李华先后致辞，会议由王芳主持", and who of them spoke, chaired, came or won.

A report of an event names its people in such rows, each with a post, several rows in a sentence; which row answers a question is told by
its verb, or by what the verb is about: one prize's winners stand beside another's, this year's beside last year's. Names and posts are
those that people marked in real sentences, dealt out anew; the rows are put together here, so which names belong to which act is known.
Bodies are named in rows too: who organised, which companies signed. Of one name in a row its post, its body or its place is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from corpus.scripts import HAN, HAN_RANGES
from training.data import PERSON_TYPES, Row, Sentence, Span, grouped
from training.speakers import spoke_question
from training.switching import english_name, english_phrase, to_chinese
from training.templates import MAX_CHARACTERS, ROLES, Templates, joined
from training.wording import WORDING, worded

ACTS: Final[Mapping[str, Mapping[str, Any]]] = WORDING["acts"]
_YEARS: Final = tuple((f"{year}年", str(year)) for year in range(2005, 2027))
WHICH: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "years": _YEARS,
    **{name: tuple(zip(words["zh"], words["en"], strict=True)) for name, words in WORDING["which"].items()},
}
"""What the same act may be about, in Chinese and English: the prize that is won, the session that is chaired."""
Asked = tuple[str, tuple[str, str] | None]
"""An act, and which of those in `WHICH` it is about."""
_SIZES: Final = {"people": (1, 8), "few": (1, 3), "winners": (1, 4), "one body": (1, 3), "bodies": (2, 6)}
"""The fewest and the most names in a row, by who acts."""
_OF_BODIES: Final = ("one body", "bodies")
_SORTS: Final = (
    (re.compile(r"(?:公司|集团|厂|企业|银行)$"), ("公司", "企业"), ("companies", "firms")),
    (re.compile(r"(?:大学|学院)$"), ("大学", "高校"), ("universities", "schools")),
    (re.compile(r"医院$"), ("医院",), ("hospitals",)),
    (re.compile(r"(?:协会|学会|委员会|研究所|研究院|局|部|中心|联合会)$"), ("单位", "机构"), ("organisations", "institutions")),
)
_PLAIN_NAME = re.compile(rf"[{HAN_RANGES}]{{2,4}}|[A-Z][\w'’-]+(?: [A-Z][\w'’-]*\.?)* [A-Z][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """One name in a row, with what stands before and behind it: its post, an honour, its place."""

    name: str
    before: str = ""
    behind: str = ""
    body: str = ""
    """Whom a person is of, or where a body is, as it stands before or behind the name."""
    post: str = ""
    """A person's post with its body, as it stands there."""
    role: str = ""
    """The word for the post alone."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A name of a row with its places in the text that tells of it; ``body`` and ``post`` are None where it has none."""

    named: Named
    name: Span
    body: Span | None = None
    post: Span | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A row of names with the words that tell what they did, and what it was about."""

    act: str
    text: str
    names: tuple[Placed, ...]
    about: tuple[str, str] | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the names are."""
        return tuple(one.name for one in self.names)

    def answers(self, asked: Asked) -> bool:
        """Whether the row is of those that answer a question: about the very same, or about the act whatever it was about."""
        act, about = asked
        return (act == self.act and about in (None, self.about)) or (about is None and act in ACTS[self.act].get("also", ()))


def tell(act: str, words: str, names: Sequence[Named], *, commas: Sequence[str], last: str, about: tuple[str, str] | None = None) -> Told:
    """Put a row of names into the words for an act, the commas in turn, ``last`` before the last name.

    >>> told = tell("spoke", "{}先后致辞", [Named("张明", "校长"), Named("李华", behind="教授")], commas="、", last="和")
    >>> told.text, [told.text[a:b] for a, b in told.spans]
    ('校长张明和李华教授先后致辞', ['张明', '李华'])
    """
    text, rest = words.split("{}")
    placed = []
    for number, one in enumerate(names):
        if number:
            text += last if number == len(names) - 1 else commas[number % len(commas)]
        begin = len(text)
        text += one.before
        name = (len(text), len(text) + len(one.name))
        text += one.name + one.behind
        body, post = (_beside(text, begin, name, wanted) for wanted in (one.body, one.post))
        placed.append(Placed(one, name, body, post))
    return Told(act, text + rest, tuple(placed), about)


def _beside(text: str, begin: int, name: Span, wanted: str) -> Span | None:
    """Where a post or body stands right before a name, from ``begin`` on, or behind it."""
    if not wanted:
        return None
    at = text.rfind(wanted, begin, name[0])
    at = text.find(wanted, name[1]) if at < 0 else at
    return (at, at + len(wanted))


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
        places = {name: chinese for name, type_, chinese in everyone if type_ == "LOC" and 1 < len(name) < 20}
        self._places = {"zh": [n for n, chinese in places.items() if chinese and HAN.search(n)], "en": [n for n in places if n.isascii()]}
        bodies = sorted({name for name, type_, chinese in everyone if chinese and type_ in {"ORG", "company", "organization"}})
        self._sorts = [
            ([name for name in bodies if len(name) > 3 and ending.search(name)], chinese, english) for ending, chinese, english in _SORTS
        ]
        self._english_bodies = sorted({name for name, type_, chinese in everyone if type_ == "ORG" and not chinese and " " in name})

    def row(self) -> Row:
        """Ask for the names of one act, over two or three acts (or one) among other sentences; one time in seven for an act not there."""
        rng = self.rng
        language = "en" if rng.random() < 0.25 else "zh"
        of_bodies = rng.random() < 0.25
        kinds = [act for act, about in ACTS.items() if (about["who"] in _OF_BODIES) == of_bodies]
        acts = rng.sample(kinds, rng.choice((1, 2, 2, 3, 3)))
        if "spoke_there" in acts:  # one event, one row of those who spoke
            acts = [act for act in acts if act not in ("spoke", "attended")]
        elif not of_bodies and not {"spoke"} & set(acts) and rng.random() < 0.4:
            acts[0] = "spoke"
        varied = [act for act in acts if "which" in ACTS[act]]
        acts = [act for act in acts if act not in varied[1:]]
        parts: list[Asked] = []
        for act in acts:
            if "which" in ACTS[act]:
                choices = WHICH[ACTS[act]["which"]]
                at, many = rng.randrange(len(choices)), rng.choice((1, 2, 2, 3))
                near = rng.random() < 0.5  # one year and the next, one prize and any other
                parts += [(act, about) for about in ([*choices, *choices][at : at + many] if near else rng.sample(choices, many))]
            else:
                parts.append((act, None))
        rng.shuffle(parts)
        told, sort = self._told(parts, language)
        english = rng.random() < (0.5 if language == "zh" else 0.6)
        if rng.random() < 0.25 and (row := self._about_one(told, language, english=english)):
            return row
        named = {*parts, *((other, None) for act, _ in parts for other in ACTS[act].get("also", ()))}
        asked = rng.choice(sorted(named - {("spoke_there", None)}, key=str))
        if rng.random() < 0.22:
            absent = [act for act in kinds if (act, None) not in named and act != "spoke_there"]
            act = asked[0] if asked[1] and rng.random() < 0.7 else rng.choice(absent)
            if "which" not in ACTS[act]:
                asked = (act, None)
            elif others := [about for about in WHICH[ACTS[act]["which"]] if (act, about) not in named]:
                asked = (act, rng.choice(others))
        if asked[0] == "attended" and any(one.answers(("spoke", None)) and one.act != "spoke_there" for one in told):
            asked = ("spoke", None)  # whether speakers count among those who came is anybody's guess
        return self._asked(asked, told, sort, language=language, english=english)

    def _told(self, parts: Sequence[Asked], language: str) -> tuple[list[Told], tuple[str, str]]:
        """Tell of each act with names of its own; with bodies, of one sort in Chinese and English words."""
        rng = self.rng
        bodies, chinese, english = rng.choice(self._sorts)
        if language == "en":
            bodies, chinese, english = self._english_bodies, ("机构", "组织"), ("organisations", "bodies")
        of_bodies = ACTS[parts[0][0]]["who"] in _OF_BODIES
        known = bodies if of_bodies else self._people[language]
        sizes = [min(rng.randint(*_SIZES[ACTS[act]["who"]]), len(known) // len(parts)) for act, _ in parts]
        names = iter(rng.sample(known, sum(sizes)))
        styles = (0.2, 0.8) if rng.random() < 0.7 else (1.0, 1.0)
        at_places = of_bodies and rng.random() < 0.3 and not any(act == "chosen" for act, _ in parts)
        told = []
        for (act, about), size in zip(parts, sizes, strict=True):
            who = ACTS[act]["who"]
            words = rng.choice(ACTS[act][language]).replace("{w}", about[language == "en"] if about else "")
            if not of_bodies and rng.random() < 0.06:
                told.append(Told(act, words.replace("{}", rng.choice(WORDING["unnamed"][language])), (), about))
                continue
            plain = who == "winners" or rng.random() < 0.15
            if of_bodies:
                row = [self._body(next(names), language) if at_places else Named(next(names)) for _ in range(size)]
            else:
                row = [self._person(next(names), language, plain=plain, styles=styles) for _ in range(size)]
                if rng.random() < 0.1:
                    row[0] = self._led_in(row[0], language)
            if language == "zh":
                commas: Sequence[str] = rng.choice(("、", "、", "、", "，", "、、，"))
                told.append(tell(act, words, row, commas=commas, last=rng.choice(("、", "、", "和", "以及", "，")), about=about))
            else:
                long = any(one.behind for one in row)
                comma = ("; ", ", ")[rng.random() < 0.4] if long else ", "
                told.append(tell(act, words, row, commas=(comma,), last=rng.choice((f"{comma}and ", " and ")), about=about))
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
            if rng.random() < 0.7:
                return Named(name, behind=f", {role} of {body}", body=body, post=f"{role} of {body}", role=role)
            return Named(name, behind=f" ({body})", body=body)
        place, role = rng.choice(self._posts)
        if rng.random() < 0.1:
            bodies, _, _ = rng.choice(self._sorts)
            place, role = rng.choice(bodies), ""
        behind = rng.choice(WORDING["honours"]["zh"]) if rng.random() > styles[1] else ""
        if rng.random() < 0.05:
            return Named(name, behind=behind)
        return Named(name, place + role, behind, body=place, post=place + role if role else "", role=role)

    def _body(self, name: str, language: str) -> Named:
        """Say of a body where it is."""
        place = self.rng.choice(self._places[language])
        if language == "en":
            return Named(name, behind=self.rng.choice((", {}", " ({})", " of {}")).format(place), body=place)
        before, behind = self.rng.choice((("{}的", ""), ("", "（{}）"), ("位于{}的", "")))
        return Named(name, before.format(place), behind.format(place), body=place)

    def _led_in(self, first: Named, language: str) -> Named:
        """Name the bodies that a row's people come from before the first of them: they did nothing themselves."""
        rng = self.rng
        bodies = rng.choice(self._sorts)[0] if language == "zh" else self._english_bodies
        some = rng.sample(bodies, min(len(bodies), rng.randint(2, 4)))
        if language == "zh":
            lead = "来自" + "、".join(some) + rng.choice(("等单位的", "的", "等机构的")) + rng.choice(WORDING["people"]["zh"])
        else:
            lead = f"{rng.choice(WORDING['people']['en'])} from {', '.join(some[:-1])} and {some[-1]}, among them "
        return replace(first, before=lead + first.before)

    def _about_one(self, told: Sequence[Told], language: str, *, english: bool) -> Row | None:
        """Ask for one name's post, body or place, or who of a row holds a post; None where none of the names has any."""
        rng = self.rng
        of_bodies = bool(told) and ACTS[told[0].act]["who"] in _OF_BODIES
        parts = self._sentences(told, "spoke", language)
        text, _, starts = joined([Sentence(part, ()) for part, _ in parts])
        known = [
            (one, shift + begin)
            for (_, inside), begin in zip(parts, starts, strict=True)
            for row, shift in inside
            for one in row.names
            if one.body and text.count(one.named.name) == 1
        ]
        if not known:
            return None
        one, shift = rng.choice(known)
        named = one.named
        foreign = english and language == "zh"
        if of_bodies:
            name = english_phrase(named.name, rng) if foreign else named.name
        else:
            name = english_name(named.name, person=True) if foreign and rng.random() < 0.85 else named.name
        if of_bodies:
            asked, span = rng.choice(worded("based", english=english)).format(n=name), one.body
        elif one.post and rng.random() < 0.4 and sum(other.named.post == named.post for other, _ in known) == 1:
            body = english_phrase(named.body, rng) if foreign else named.body
            role = ROLES.get(named.role, named.role) if english else named.role
            asked, span = rng.choice(worded("role", english=english or language == "en")).format(o=body, r=role), one.name
            if language == "en" and not english:
                asked = to_chinese(asked, rng)
        elif one.post and rng.random() < 0.6:
            asked, span = rng.choice(worded("post_of", english=english)).format(n=name), one.post
        elif language == "en" or any(ending.search(named.body) for ending, _, _ in _SORTS):
            asked, span = rng.choice(worded("body_of", english=english)).format(n=name), one.body
        else:
            return None
        assert span is not None
        return Row(asked, text, (((span[0] + shift, span[1] + shift),),), f"roll-{language}")

    def _asked(self, asked: Asked, told: Sequence[Told], sort: tuple[str, str], *, language: str, english: bool) -> Row:
        rng = self.rng
        act, about = asked
        parts = self._sentences(told, act, language)
        text, _, starts = joined([Sentence(part, ()) for part, _ in parts])
        spans = [
            (a + shift + begin, b + shift + begin)
            for (_, inside), begin in zip(parts, starts, strict=True)
            for one, shift in inside
            if one.answers(asked)
            for a, b in one.spans
        ]
        if act == "spoke":
            question = spoke_question(rng, english=english)
        else:
            question = rng.choice(ACTS[act]["asked_en" if english else "asked_zh"]).replace("{s}", sort[english])
            question = question.replace("{w}", about[english] if about else "")
        row = Row(question, text, grouped(text, sorted(spans), every=True), f"roll-{language}")
        if act != "spoke" or language != "zh" or any(one.act == "session_spoke" for one in told) or rng.random() < 0.5:
            return row
        return self.templates.at_event(row, english=english)

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
            text = one.text[0].upper() + one.text[1:] if language == "en" else one.text
            if whole and language == "zh" and rng.random() < 0.4:
                before, inside = whole[-1]
                whole[-1] = (before[:-1] + comma + text + stop, [*inside, (one, len(before) - 1 + len(comma))])
            else:
                whole.append((text + stop, [(one, 0)]))
        trace = ACTS[act]["trace"]
        quiet = self.templates.silent_people[language] if rng.random() < 0.5 else self.templates.silent[language]
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            other = rng.choice(quiet).text
            if (not trace or not re.search(trace, other)) and sum(len(text) for text, _ in whole) + len(other) < most:
                whole.insert(rng.randint(0, len(whole)), (other, []))
        return whole
