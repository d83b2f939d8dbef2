"""A question in a conversation: what it leaves out is taken from the turns before it.

Rules over the wording, no model. Each rule knows one way of leaving something out, is tried in order, and says nothing when it isn't sure:
a question that stands by itself must never be changed. The words by which follow-ups are told stand in conversation.toml.

>>> from qa.results import Answer
>>> earlier = Turn("Who spoke at the 2022 opening?", Answer(question="", found=False, answers=(), confidence=0.0))
>>> resolve("and in 2023?", [earlier])
Understood(question='Who spoke at the 2023 opening?', assumed=('Who spoke at the', 'opening'), given=())
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.folding import fold
from qa.phrases import EDGE, Phrase, Place, language
from qa.question import Kind
from qa.results import Answer

LOOK_BACK = 8
"""Turns that are looked at. What was said longer ago is not what "he" means."""
MAX_FOLLOW_UP_CHARS = 120
"""A longer question says what it means."""
MAX_EARLIER_CHARS = 300
"""A longer earlier question is too much to carry over."""
MAX_NAME_CHARS = 60
"""A longer answer is a clause, not something that "it" could mean."""
MAX_NAMES = 5
"""As many answers as "they" may stand for."""
_CHINESE_ENDING = re.compile(r"[呢吗了的么]\W*$")
_ORDINALS = {
    word: at
    for at, words in enumerate(
        (
            "一 1 first 1st former",
            "二 2 second 2nd latter",
            "三 3 third 3rd",
            "四 4 fourth 4th",
            "五 5 fifth 5th",
            "六 6 sixth",
            "七 7 seventh",
            "八 8 eighth",
            "九 9",
            "十",
        )
    )
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of a conversation."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made whole."""

    question: str
    """To be asked in place of what was typed."""
    assumed: tuple[str, ...] = ()
    """The words carried over from earlier turns; empty when the question is asked as it stands."""
    given: tuple[str, ...] = ()
    """Answers that were given already and are not wanted again, as after "who else?"."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An earlier turn as the rules see it."""

    phrase: Phrase
    answers: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the answers that can stand for something in another question."""
        return tuple(answer for answer in self.answers if len(answer) <= MAX_NAME_CHARS)

    @property
    def statement(self) -> str:
        return self.phrase.statement(self.names[0] if len(self.answers) == 1 and self.names else "")


def resolve(question: str, history: Sequence[Turn]) -> Understood:
    """The question as it has to be asked without the conversation around it.

    Args:
        question: as it was typed.
        history: the turns before it, oldest first. Turns whose question was understood with the help of others count as understood.

    Returns:
        The question unchanged when it stands by itself, or when nothing in the history fits what it leaves out.
    """
    asked = question.strip()
    if not history or not asked or len(asked) > MAX_FOLLOW_UP_CHARS:
        return Understood(question)
    earlier = [turn for turn in map(_earlier, reversed(history[-LOOK_BACK:])) if turn is not None]
    follow_up = _FollowUp(asked)
    if not earlier or follow_up.is_chat:
        return Understood(question)
    for rule in _RULES:
        understood = rule(follow_up, earlier)
        if understood is not None and understood.question.strip() and any(word.strip() for word in understood.assumed):
            return replace(understood, assumed=tuple(word.strip() for word in understood.assumed if word.strip()))
    return Understood(question)


def _earlier(turn: Turn) -> _Earlier | None:
    text = (turn.answer.understood or turn.question).strip()
    if not text or len(text) > MAX_EARLIER_CHARS:
        return None
    phrase = Phrase(text)
    if phrase.language["chat"].fullmatch(fold(phrase.bare())):
        return None
    return _Earlier(phrase, tuple(item.text.strip() for item in turn.answer.answers if item.text.strip()))


class _FollowUp:
    """What was typed, without the words that only tie it to the conversation."""

    def __init__(self, text: str) -> None:
        whole = Phrase(text)
        # A name in Latin letters makes no English question of "TSMC呢".
        rules = self.rules = language("zh") if _CHINESE_ENDING.search(whole.folded) else whole.language
        lead, tail = rules["lead"].match(whole.folded), rules["tail"].search(whole.folded)
        core = whole.text[lead.end() if lead else 0 : tail.start() if tail else None]
        self.core = Phrase(core if core.strip() else whole.text, rules)
        self.is_chat = bool(rules["chat"].fullmatch(whole.folded.strip(" ,.!?。")))
        if self.core.asked is None and core.endswith("的"):
            self.core = Phrase(core[:-1], rules)  # 上海的呢
        self.is_fragment = self.core.asked is None and bool(rules["fragment"].search(whole.folded))
        """Whether it only names something, to be put into the question before: "and Pudong?", 那上海呢."""

    @property
    def bare(self) -> str:
        return self.core.bare()


# The rules, in the order in which they are tried.


def _rest(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """还有呢, "who else?": the last question again, without the answers given."""
    match = new.rules["rest"].fullmatch(new.core.folded)
    if match is None:
        return None
    base = _last_useful(earlier)
    asked = Phrase(new.core.text[match.start("asked") :] if match["asked"] else match.groupdict().get("noun") or "", new.rules)
    known = {base.phrase.language.singular(word.text) for word in base.phrase.words} | new.rules.general | {"人"}
    if any(word.is_noun and new.rules.singular(word.text) not in known for word in asked.topical()):
        return None  # 还有哪些城市举办过…: about something else, or about another sort of thing
    given = [answer for turn in earlier if turn.phrase.text == base.phrase.text for answer in turn.answers]
    return Understood(base.phrase.text, (base.phrase.bare(),), tuple(dict.fromkeys(given)))


def _by_number(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """第二个呢, "what did the second one say?": one of several answers."""
    match = new.rules["ordinal"].search(new.core.folded)
    listed = next((turn for turn in earlier if len(turn.answers) > 1), None)
    if match is None or listed is None or new.core.names:
        return None
    at = -1 if match["last"] else _ORDINALS[match["at"]]
    if at >= len(listed.answers) or len(name := listed.answers[at]) > MAX_NAME_CHARS:
        return None
    if new.core.asked is not None:
        return Understood(_replaced(new.core.text, match.span(), name), (name,))
    # "And the third?" after "Who is the first?": that question again, about this one.
    for turn in earlier[: earlier.index(listed)]:
        for other in listed.names:
            if (start := turn.phrase.text.find(other)) >= 0:
                place = (start, start + len(other))
                return Understood(_replaced(turn.phrase.text, place, name), (*_around(turn.phrase.text, place), name))
    template = "is_person" if listed.phrase.kind is Kind.PERSON else "is_thing"
    return Understood(new.rules.say(template, name, like=new.core.text), (name,))


def _other_year(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """那2023年呢, "and the year after?": the question before, of another year."""
    base = next((turn for turn in _until_useful(earlier) if turn.phrase.years()), earlier[0]).phrase
    for name, step in (("year_before", -1), ("year_after", 1)):
        if new.rules[name].fullmatch(new.core.folded):
            return _of_year(base, str(min(base.query.years) + step)) if base.years() and base.query.years else None
    years = new.core.years()
    if len(years) != 1 or not new.rules["year_alone"].fullmatch(new.core.folded):
        return None
    return _of_year(base, new.core.text[slice(*years[0])])


def _other_thing(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """那上海呢, "and the venue?": the question before, of something else or for something else about it."""
    if not new.is_fragment or not new.bare:
        return None
    named = new.rules["article"].sub("", new.bare)
    noun = new.rules.singular(fold(named))
    last = _last_about(earlier)
    if noun not in new.rules.attributes and new.core.is_sort(noun):
        post = noun.endswith(tuple(new.rules.people)) and last.phrase.asked_noun() is None  # 副主席呢, after 谁担任主席
        return _attribute(named, new, last) if post else _other_sort(named, new, last)
    if new.core.is_attribute(noun):
        return _attribute(named, new, last)
    if new.core.names_attribute():
        return None  # "And the theme of the Canton Fair?" says of what
    for turn in _until_useful(earlier):
        if (place := _slot(new, turn.phrase)) is not None:
            name = new.rules["preposition"].sub("", named)
            return Understood(_replaced(turn.phrase.text, place, name), tuple(_around(turn.phrase.text, place)))
    return None


def _pointing(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """他是谁, "when was that?": a word that points at an answer, or at what the question before was about."""
    for sort, find in _REFERENTS.items():
        match = new.rules[sort].search(new.core.folded)
        if match is None or not _points_outside(new.core, match):
            continue
        if (name := find(match, new, earlier)) and len(name) <= MAX_EARLIER_CHARS:
            owned = new.rules.owner(match, new.core.folded)
            return Understood(_replaced(new.core.text, match.span(), name + owned) + new.rules.mark, (name,))
    return None


def _lacking(new: _FollowUp, earlier: list[_Earlier]) -> Understood | None:
    """为什么, "which hospital?", 在哪里举行: a question without anything that it could be about."""
    core, rules, last = new.core, new.rules, _last_about(earlier)
    if core.asked is None or core.names or rules["you"].search(core.folded) or not core.lacks_topic(last.phrase):
        return None
    if core.years():
        same = next((turn.phrase for turn in earlier if turn.phrase.kind is core.kind and turn.phrase.years()), last.phrase)
        if same.kind is core.kind and len(core.years()) == 1:
            return _of_year(same, core.text[slice(*core.years()[0])])
    noun = core.asked_noun()
    if counted := _among_counted(new, last):
        return counted
    alone = core.is_question_alone()
    if noun and alone:
        return _other_sort(core.text[slice(*noun)], new, last)
    statement = last.statement
    if alone and core.asked["asked"] is None:
        base = last.phrase
        if base.asked and base.asked["asked"] is None and not rules["why"].fullmatch(core.asked.group()):
            place = base.asked.span()
            return Understood(_replaced(base.text, place, core.text[slice(*core.asked.span())]), tuple(_around(base.text, place)))
        return Understood(rules.say("before", asked=new.bare, statement=statement, like=core.text), (statement,))
    if alone or core.shares_verb(last.phrase) or rules["reason"].search(core.folded):
        if alone and core.kind is last.phrase.kind:
            return None  # "Who?" after "who …?" asks for nothing new
        return Understood(rules.say("clause", asked=new.bare, statement=statement, like=core.text), (statement,))
    if not (topic := last.phrase.topic()):
        return None
    words = core.words
    template = "of_topic" if words and rules.singular(words[-1].text) in rules.attributes else "topic_first"
    return Understood(rules.say(template, asked=new.bare, topic=topic, like=core.text), (topic,))


# What the rules share.


def _last_useful(earlier: list[_Earlier]) -> _Earlier:
    """The latest turn that was answered; the latest at all when none was."""
    return next((turn for turn in earlier if turn.answers), earlier[0])


def _last_about(earlier: list[_Earlier]) -> _Earlier:
    """The latest turn that tells what it was about, answered or not."""
    return next((turn for turn in earlier if turn.phrase.topic()), earlier[0])


def _until_useful(earlier: list[_Earlier]) -> list[_Earlier]:
    """The turns back to the latest that was answered: what found nothing may still be what is asked again in other words."""
    return earlier[: earlier.index(_last_useful(earlier)) + 1] if any(turn.answers for turn in earlier) else earlier


def _replaced(text: str, place: Place, new: str) -> str:
    return text[: place[0]] + new + text[place[1] :]


def _around(text: str, place: Place) -> list[str]:
    """What stays of a text when a place in it is taken by something else."""
    return [piece for part in (text[: place[0]], text[place[1] :]) if (piece := part.strip(EDGE))]


def _of_year(base: Phrase, year: str) -> Understood:
    if years := base.years():
        a, b = years[0]
        around = _around(base.text, (a, b + base.text[b:].startswith("年")))
        # Every mention of it: "the 2022 opening of the 2022 week".
        return Understood(base.text.replace(base.text[a:b], year), tuple(around))
    in_year = "in_year" if year.isdigit() or base.language.name == "zh" else "this_year"
    return Understood(base.language.say(in_year, like=base.text, year=year.removesuffix("年"), question=base.bare()), (base.bare(),))


def _other_sort(named: str, new: _FollowUp, last: _Earlier) -> Understood | None:
    """Another sort of thing asked for: hospitals where companies were asked for."""
    base = last.phrase
    if (place := base.asked_noun()) is not None and base.kind is not Kind.FREE:
        return Understood(_replaced(base.text, place, named), tuple(_around(base.text, place)))
    if base.kind is Kind.PERSON and len(last.names) == 1:
        return Understood(new.rules.say("noun_of_person", noun=named, name=last.names[0], like=new.core.text), last.names)
    topic = base.topic()
    return Understood(new.rules.say("noun_of_topic", noun=named, topic=topic, like=new.core.text), (topic,)) if topic else None


def _attribute(named: str, new: _FollowUp, last: _Earlier) -> Understood | None:
    topic = last.phrase.topic()
    if not topic:
        return None
    asks = new.rules.asks(fold(named))
    return Understood(new.rules.say("attribute_of", topic=topic, attribute=named, asks=asks, like=new.core.text), (topic,))


def _slot(new: _FollowUp, base: Phrase) -> Place | None:
    """Where in an earlier question a name of the same sort stands."""
    places = list(base.names)
    preposition = new.rules["preposition"].match(new.core.folded)
    if preposition is not None and new.rules.name == base.language.name == "en":
        return base.after(preposition.group().split()[0])
    if base.language.name == "en":
        # "Which companies were fined by the EU" has no place for another company; those without a preposition come first.
        tied = {place: base.preposition_before(place) for place in places}
        free = [place for place in places if tied[place] not in ("in", "at", "on", "to", "by")]
        places = free or [place for place in places if tied[place] != "by"]
    elif not new.core.is_place_name() and (subject := base.subject()):
        places = [subject]
    elif places and not new.core.is_place_name():
        places[0] = base.whole_name(places[0])
    elif not places and (topic := base.topic()):
        places = [(at := base.text.find(topic), at + len(topic))]
    return places[0] if places else None


def _among_counted(new: _FollowUp, last: _Earlier) -> Understood | None:
    """ "Which hospitals?" after "Two hospitals became …"."""
    asked = new.core.asked
    if asked is None:
        return None
    statement = last.statement
    if (place := new.rules.counted_noun(asked.group(), fold(statement))) is None:
        return None
    typed = new.core.text[slice(*asked.span())]
    return Understood(_replaced(statement, place, typed) + new.rules.mark, tuple(_around(statement, place)))


# What a word may point at. Each finder takes the word, the question it stands in, and the turns, latest first.


def _event(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    return _last_about(earlier).statement


def _person(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    for turn in earlier:
        if turn.names and turn.phrase.kind is Kind.PERSON:
            return turn.names[0]
        if name := turn.phrase.person():
            return name
    return None


def _people(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    for turn in earlier:
        if len(turn.names) > 1 and len(turn.names) == len(turn.answers):
            return new.rules.joined(turn.names[:MAX_NAMES])
        if turn.names and turn.phrase.kind in (Kind.PERSON, Kind.ORGANISATION):
            return turn.names[0]
    return None


def _thing(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    noun = match["noun"]
    if noun is None:
        return _unnamed_thing(match, new, earlier)
    kind = new.rules.kind_asked_for(noun)
    for turn in earlier:
        asked = turn.phrase.asked
        if turn.names and (
            (kind is not Kind.FREE and turn.phrase.kind is kind) or noun in fold(turn.names[0]) or (asked and noun in fold(asked.group()))
        ):
            return turn.names[0]
        if noun in turn.phrase.folded:
            return turn.phrase.topic() or None
    return None


def _unnamed_thing(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    for turn in earlier:
        named = turn.phrase.kind is Kind.ORGANISATION or (turn.phrase.kind is Kind.FREE and turn.phrase.asked_noun() is not None)
        if turn.names and (named or (turn.phrase.kind is Kind.PERSON and match.group() == "其")):
            return turn.names[0]
        if topic := turn.phrase.topic():
            return topic
    return None


def _place(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    for turn in earlier:
        if turn.names and turn.phrase.kind is Kind.PLACE:
            return turn.names[0]
        if name := turn.phrase.place_name():
            return name
    return None


def _then(match: re.Match[str], new: _FollowUp, earlier: list[_Earlier]) -> str | None:
    topic = _last_about(earlier).phrase.topic()
    if not topic or any(
        word.text not in match.group() for word in new.core.content()
    ):  # 那年大选谁赢了: of another time, and of something else as well
        return None
    return new.rules.say("at_topic", topic=topic, like=topic)


def _points_outside(core: Phrase, match: re.Match[str]) -> bool:
    """Whether nothing in the question itself can be what the word means: in "What did Tim Cook say about his successor" something is."""
    if match.lastgroup == "noun" and core.folded[match.start() :].startswith("the "):
        return not core.names
    return not core.could_mean(match)


_REFERENTS: dict[str, Callable[[re.Match[str], _FollowUp, list[_Earlier]], str | None]] = {
    "event": _event,
    "people_": _people,
    "person": _person,
    "thing": _thing,
    "place": _place,
    "then": _then,
}
"""By the names of the patterns in conversation.toml."""

_RULES: tuple[Callable[[_FollowUp, list[_Earlier]], Understood | None], ...] = (
    _rest,
    _by_number,
    _other_year,
    _other_thing,
    _pointing,
    _lacking,
)
