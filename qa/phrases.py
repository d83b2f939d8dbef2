"""The parts of a question that conversation.py takes out and puts together again: what it asks, its names, its topic.

A language is a table in conversation.toml. Places are half-open offsets into the question as it was typed.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpus.folding import fold
from corpus.scripts import HAN, HAN_RANGES
from qa.question import Kind, Query, understand

Place = tuple[int, int]

_WORDING: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("conversation.toml").read_text(encoding="utf-8"))
_WORD = re.compile(rf"[{HAN_RANGES}]+|[^\W{HAN_RANGES}]+(?:['’.&-][^\W{HAN_RANGES}]+)*")
_NOUN_TAG = re.compile(r"n|eng|j|l|i|vn|x")
_NAME_TAG = re.compile(r"n[rstz]|eng|x")
_GRAMMAR_TAG = re.compile(r"[rpcuyeofqmwhk]")
_SUBJECTLESS = frozenset("由 被 怎么 怎样 如何".split())
MAX_SUBJECTLESS_WORDS = 4
"""A Chinese question without a subject, like 由谁承建, has no more."""
_PASSIVE = re.compile(r"\s*(?:is|are|was|were|has|have|had)\b")
_NOUN_PHRASE = re.compile(r"\s*(?:(?:there )?(?:in|at|on) )?(?:the|an?|this|that|its|[A-Z0-9])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LATIN_PERSON = re.compile(rf"[^\W\d_{HAN_RANGES}]+(?:[ .'’-]+[^\W\d_{HAN_RANGES}]+)+")
_PERSON = re.compile(rf"{_LATIN_PERSON.pattern}|[{HAN_RANGES}]{{2,4}}")
MAX_BARE_NOUN_CHARS = 4
"""Of a noun that is asked about without saying whose it is. A longer one says it."""
MAX_MEASURE_CHARS = 2
"""Of what is counted, as in 海拔多少米."""
EDGE = " \t\n,.;:?!，。；：？！、…"


class Language:
    """One table of conversation.toml: its patterns compiled, its word lists as sets."""

    def __init__(self, name: str) -> None:
        table = _WORDING[name]
        self.name = name
        self.attributes = {word: asks for asks, words in table["attributes"].items() for word in words.split()}
        self.people = frozenset(table["nouns"]["people"].split())
        self.things = frozenset(table["nouns"]["things"].split())
        self.general = frozenset(table["general"]["words"].split())
        self.linking = frozenset(table["general"]["linking"].split())
        self.own = frozenset(table["own"].split("|"))
        plain = {key: value for key, value in table.items() if isinstance(value, str)}
        self._templates: dict[str, str] = table["say"]
        lists = {"people": _any_of(self.people), "things": _any_of(self.things)}
        parts = lists | {key: plain[key] for key in ("years", "measure", "auxiliary") if key in plain}
        self._patterns = {key: re.compile(_filled(value, parts)) for key, value in plain.items()}
        nouns = "" if name == "en" else f"(?:{lists['people']}|{lists['things']})?"
        self.questions = re.compile(f"{plain['why']}|{plain['adverb']}|(?P<asked>(?:{_filled(plain['asked'], parts)}){nouns})")

    def __getitem__(self, key: str) -> re.Pattern[str]:
        return self._patterns[key]

    def say(self, template: str, *values: str, like: str, **named: str) -> str:
        """A template filled, its own words in the script of ``like``."""
        wording = self._templates[template]
        if self.name == "zh" and any(one != other and HAN.match(one) for one, other in zip(like, fold(like), strict=True)):
            wording = _to_traditional(wording)
        return wording.format(*values, **named)

    @property
    def mark(self) -> str:
        """What a question ends in."""
        return self._templates["mark"]

    def joined(self, names: Sequence[str]) -> str:
        """Several names as one."""
        return self._templates["and"].join(names)

    def asks(self, attribute: str) -> str:
        """How an attribute is asked for: 是谁 of a host, 是多少 of a price, "are" of dates."""
        if self.name == "en":
            return "are" if attribute.endswith("s") and not attribute.endswith("ss") else "is"
        return next((asks for known, asks in self.attributes.items() if attribute.endswith(known)), "什么")

    def owner(self, pronoun: re.Match[str], text: str) -> str:
        """What a name needs to stand for a pronoun that says whose something is."""
        word = pronoun.group()
        follows = re.match(r"\s*(\w+)", text[pronoun.end() :])
        owning = word in self.own and (word != "her" or (follows is not None and follows[1] not in self.general))
        return self._templates["possessive"] if owning else ""

    def kind_asked_for(self, noun: str) -> Kind:
        """What sort of thing a noun is, by how a question for it is understood."""
        return understand(f"哪个{noun}" if self.name == "zh" else f"which {noun}").kind

    def counted_noun(self, asked: str, statement: str) -> Place | None:
        """Where a statement counts what is asked for: "two hospitals" for "which hospitals"."""
        if self.name == "zh":
            counted = self["counted"].search(asked)
            at = statement.find(counted.group()) if counted else -1
            return (at, at + len(counted.group())) if counted and at >= 0 else None
        noun = re.escape(self.singular(asked.split()[-1]))
        found = re.search(rf"(?:{self['counted'].pattern}) {noun}\w*", statement)
        return found.span() if found else None

    def singular(self, word: str) -> str:
        """A noun as the lists have it."""
        if self.name != "en":
            return word
        for ending, single in (("ies", "y"), ("ches", "ch"), ("s", "")):
            if word.endswith(ending) and word not in self.attributes and (one := word.removesuffix(ending) + single) in self.nouns:
                return one
        return {"people": "person", "men": "man", "women": "woman"}.get(word, word)

    @functools.cached_property
    def nouns(self) -> frozenset[str]:
        """Everything that may be asked for or taken up by its sort."""
        return self.people | self.things | self.attributes.keys()


def _any_of(words: frozenset[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """A pattern with ``{name}`` replaced by other patterns; other braces stay."""
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", _filled(part, {k: v for k, v in parts.items() if k != name}))
    return pattern


@functools.cache
def language(name: str) -> Language:
    """The table of ``zh`` or ``en``; of English for any other, whose patterns then hardly ever match."""
    return Language(name if name in _WORDING else "en")


def _to_traditional(text: str) -> str:
    return str(_opencc().convert(text))


@functools.cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question with its place and its part of speech (ICTCLAS tags; ``n`` for any English word that isn't a name)."""

    text: str
    start: int
    end: int
    tag: str

    @property
    def is_noun(self) -> bool:
        """Whether it names something; whatever isn't grammar, in English."""
        return bool(_NOUN_TAG.match(self.tag))

    @property
    def is_verb(self) -> bool:
        """Whether it says what is done or how something is; never in English, where that can't be told."""
        return self.tag[0] in "va" and self.tag != "vn"

    @property
    def says_something(self) -> bool:
        """Whether it is more than grammar. The tagger takes unknown names for adverbs and times, so those count unless they are short."""
        return not _GRAMMAR_TAG.match(self.tag) and not self.text.isdigit() and (self.tag[0] not in "dt" or len(self.text) > 1)

    def taken_up(self, earlier: str) -> bool:
        """Whether an earlier question has it, or the verb that it begins with."""
        return self.text in earlier or (self.is_verb and self.text[0] in earlier)

    @property
    def is_name(self) -> bool:
        """Whether it is a proper name, or part of one."""
        return bool(_NAME_TAG.match(self.tag))


class Phrase:
    """A question, or a piece of one, taken apart as far as it is looked at."""

    def __init__(self, text: str, rules: Language | None = None) -> None:
        self.text = text.strip()
        self.folded = fold(self.text)
        if rules is not None:
            self.language = rules

    @functools.cached_property
    def query(self) -> Query:
        """What can be told of it as a question."""
        return understand(self.text)

    @property
    def kind(self) -> Kind:
        """The kind of thing it asks for."""
        return self.query.kind

    @functools.cached_property
    def language(self) -> Language:
        """The wording it is read by."""
        return language(self.query.language)

    @functools.cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words in order, marks included in Chinese."""
        return tuple(_chinese_words(self.folded) if self.language.name == "zh" else _english_words(self.text, self.language))

    @functools.cached_property
    def asked(self) -> re.Match[str] | None:
        """Its first question word, with the noun that goes with it (``which companies``)."""
        return self.language.questions.search(self.folded)

    @functools.cached_property
    def names(self) -> tuple[Place, ...]:
        """The proper names, as far as they can be told."""
        places: list[Place] = []
        for word in self.words:
            if word.is_name and word.text not in self.language.nouns and not self._in_question(word):
                if places and self.text[places[-1][1] : word.start] in (" ", " of ", "·"):
                    places[-1] = (places[-1][0], word.end)
                else:
                    places.append((word.start, word.end))
        return tuple(places)

    def _in_question(self, word: Word) -> bool:
        return any(found.start() < word.end and word.start < found.end() for found in self.language.questions.finditer(self.folded))

    def _auxiliary_after(self, asked: re.Match[str] | None) -> re.Match[str] | None:
        """The "did" of "which companies did": in English, what is asked for does nothing then, and something is done to it."""
        if asked is None or self.language.name != "en":
            return None
        return re.compile(rf"\s*(?:{self.language['auxiliary'].pattern})\b").match(self.folded, asked.end())

    def topical(self) -> tuple[Word, ...]:
        """Its words that are neither question words, nor figures, nor mere grammar."""
        return tuple(word for word in self.words if word.says_something and not self._in_question(word))

    def content(self) -> tuple[Word, ...]:
        """The words that carry its topic: not such as go with any topic."""
        rules = self.language
        known = rules.general | rules.nouns
        return tuple(word for word in self.topical() if word.is_name or rules.singular(word.text) not in known)

    def lacks_topic(self, earlier: Phrase) -> bool:
        """Whether it says nothing of its own that it could be about."""
        rules = self.language
        if self.asks_of_what():
            return True
        if any(rules.singular(word.text) in rules.people | rules.things - rules.attributes.keys() for word in self.topical()):
            return False  # "Which politicians made a deal?" is about a deal
        content = self.content()
        taken_up = all(word.taken_up(earlier.folded) for word in content)
        if rules.name == "en":
            return taken_up and len(content) <= 1
        # A noun is named to be asked about; a verb may go on with the one before. 由谁承建 and 花了多少钱 don't say what.
        begins = self.words[0].is_verb or self.words[0].text in _SUBJECTLESS
        subjectless = begins and len(self.words) <= MAX_SUBJECTLESS_WORDS and "的是" not in self.folded
        return all(word.is_verb for word in content) and (taken_up or subjectless)

    def shares_verb(self, earlier: Phrase) -> bool:
        """Whether it takes up a word of an earlier question that isn't said of everything: 捐给谁 after 谁捐了这幅画."""
        return any(word.taken_up(earlier.folded) for word in self.content())

    def could_mean(self, pronoun: re.Match[str]) -> bool:
        """Whether it holds, before a pronoun, something that this may mean."""
        before = pronoun.start()
        if any(place[1] <= before for place in self.names):
            return True
        # "Which companies praised their products?"
        if pronoun.group() in self.language.own and self.asked_noun() and not self._auxiliary_after(self.asked):
            return True
        content = [word for word in self.content() if word.end <= before]
        if self.language.name == "en":
            # "how many people won the prize in its first years"
            return len(content) > 1 or bool(re.search(r"\bthe (?!(?:first|last|most)\b)[a-z]+\b", self.folded[:before]))
        return any(not word.is_verb for word in content)

    def years(self) -> list[Place]:
        """Where years are named."""
        return [found.span() for found in self.language["years"].finditer(self.folded)]

    def asked_noun(self) -> Place | None:
        """The noun that its question word goes with: ``companies`` of ``which companies``."""
        if self.asked is None or self.asked["asked"] is None:
            return None
        sorts = self.language.people | self.language.things
        if self.language.name == "en":
            found = re.search(r"(?<= )[a-z]+$", self.asked.group())
            return (
                (self.asked.start() + found.start(), self.asked.end()) if found and self.language.singular(found.group()) in sorts else None
            )
        if found := re.search(f"(?:{_any_of(sorts)})$", self.asked.group()):
            return self.asked.start() + found.start(), self.asked.end()
        # 多少家上市公司: the noun with what comes before it
        for word in self.words:
            if word.start >= self.asked.end():
                if word.text.endswith(tuple(sorts)):
                    return self.asked.end(), word.end
                if not word.is_noun or word.is_name:
                    break
        return None

    def is_question_alone(self) -> bool:
        """Whether nothing but its question word says anything."""
        return not any(word.text not in self.language.linking for word in self.topical())

    def is_attribute(self, noun: str) -> bool:
        """Whether it is something that an event, a firm or a person has one of; ``noun`` is its singular."""
        if noun in self.language.attributes:
            return True
        if self.language.name == "en":
            return self.folded.startswith("the ") and not self.names
        return not self.names and noun.endswith(tuple(self.language.attributes))

    def asks_of_what(self) -> bool:
        """Whether it asks who or how many of a bare Chinese noun that is always of something: 导演是谁, 票房多少."""
        if self.asked is None or self.language.name != "zh" or not re.search("谁|多少|几", self.asked.group()):
            return False
        if len(self.text) - self.asked.end() > MAX_MEASURE_CHARS:
            return False
        nouns = [word for word in self.words if word.end <= self.asked.start() and word.text != "是"]
        length = sum(len(word.text) for word in nouns)
        return 0 < length <= MAX_BARE_NOUN_CHARS and nouns[-1].is_noun and not self.names and all(w.is_noun or w.is_verb for w in nouns)

    def is_sort(self, noun: str) -> bool:
        """Whether it is a sort of thing or people, ``noun`` its singular: 企业, 上市企业, "hospitals", but not 瑞金医院."""
        sorts = self.language.people | self.language.things
        return noun in sorts or (self.language.name == "zh" and not self.names and noun.endswith(tuple(sorts)))

    def names_attribute(self) -> bool:
        """Whether it holds the name of something that events, firms or people have one of."""
        return any(self.language.singular(word.text) in self.language.attributes for word in self.words)

    def is_place_name(self) -> bool:
        """Whether it is one word, and that a place's name."""
        return len(self.words) == 1 and self.words[0].tag == "ns"

    def person(self) -> str | None:
        """The person it names, if it can be told."""
        for word in self.words:
            if word.tag in ("nr", "nrt", "nrfg") and len(word.text) > 1:
                return self.text[word.start : word.end]
        names = [self.text[a:b] for a, b in self.names if not self.preposition_before((a, b))]
        return next((name for name in names if (_LATIN_PERSON if self.language.name == "zh" else _PERSON).fullmatch(name)), None)

    def place_name(self) -> str | None:
        """The place it names, if it can be told."""
        if self.language.name == "zh":
            return next((self.text[word.start : word.end] for word in self.words if word.tag == "ns"), None)
        return next((self.text[a:b] for a, b in self.names if self.preposition_before((a, b)) in ("in", "at")), None)

    def subject(self) -> Place | None:
        """What a Chinese question begins with and says something of: 鸿海 of 鸿海在墨西哥盖了几座工厂."""
        end = 0
        for word in self.words:
            if word.is_noun and word.text not in self.language.nouns | self.language.general:
                end = word.end
            elif end and (word.tag[0] in "vpdt" or word.text == "的"):
                return 0, end
            else:
                return None
        return None

    def whole_name(self, place: Place) -> Place:
        """A name with the nouns that belong to it: 宁德时代 of 宁德."""
        end = place[1]
        for word in self.words:
            if word.start == end and word.tag == "n" and word.text not in self.language.nouns | self.language.general:
                end = word.end
        return place[0], end

    def preposition_before(self, place: Place) -> str:
        """The English preposition that ties a name to what comes before it, or nothing."""
        found = re.search(r"\b(in|at|by|on|to|from|for|of|with|about)\s+(?:the\s+)?$", self.folded[: place[0]])
        return found[1] if found else ""

    def after(self, preposition: str) -> Place | None:
        """What follows a preposition, up to the next."""
        found = re.search(rf"\b{preposition} (?:the )?(?!\d)((?:(?!{self.language['preposition'].pattern})[\w'’-]+ ?)+)", self.folded)
        return (found.start(1), found.start(1) + len(found[1].rstrip())) if found else None

    def bare(self) -> str:
        """Without the marks around it."""
        return self.text.strip(EDGE)

    def topic(self) -> str:
        """What it is about, for another question on the same: 昌平论坛 of 昌平论坛什么时候举行; empty when that can't be told."""
        if any(self.language[pointing].search(self.folded) for pointing in ("person", "people_")):
            return ""
        return (self._chinese_topic() if self.language.name == "zh" else self._english_topic()).strip(EDGE)

    def _chinese_topic(self) -> str:
        asked = self.asked.span() if self.asked else (len(self.text), len(self.text))
        kept: list[Word] = []
        noun = False
        begun = [word for word in self.words if word.start >= asked[1]] if asked[0] == 0 else [w for w in self.words if w.end <= asked[0]]
        stopped = ""
        for word in begun:
            verb = word.tag[0] == "v" and word.tag != "vn"
            if noun and (verb or word.tag[0] in "pcdr") and word.text not in self.language.attributes:
                stopped = word.text
                break
            if kept or noun or word.is_noun or word.tag[0] in "mtarb" or (verb and asked[0] > 0 and word.text not in "是有在由"):
                kept.append(word)
                noun = noun or word.is_noun
        if stopped in ("是", "叫", "为", "") and (of := max((i for i, word in enumerate(kept) if word.text == "的"), default=0)):
            kept = kept[:of]
        if stopped in ("是", "") and len(kept) > 1 and kept[-1].text in self.language.attributes:
            kept.pop()  # 该片导演是谁 is about the film
        while kept and (kept[-1].tag[0] in "fupytd" or kept[-1].text in self.language.general):
            kept.pop()
        return self.text[kept[0].start : kept[-1].end] if kept else ""

    def _english_topic(self) -> str:
        rules = self.language
        rest, auxiliary = self.text, self._auxiliary_after(self.asked)
        if self.asked:
            before = self.text[: self.asked.start()]
            rest = before if before.strip() else self.text[auxiliary.end() if auxiliary else self.asked.end() :]
        if found := re.match(rf"\s*(?:the )?(?:\w+ )?(?:{_any_of(frozenset(rules.attributes))}) (?:of|for|at) ", fold(rest)):
            rest = rest[found.end() :]
        elif self.asked and auxiliary and self.asked["asked"] and _PASSIVE.match(auxiliary.group()) and not _NOUN_PHRASE.match(rest):
            return ""  # "Which companies were fined …": what is asked for is what it is about
        elif self.asked and not auxiliary and (found := re.search(r"\b(?:the|an?|this|that)\b|\b[A-Z0-9]", rest)):
            rest = rest[found.start() :]
        rest = re.split(rf"\b(?:{rules['auxiliary'].pattern})\b", rest, maxsplit=1)[0]
        words = list(_WORD.finditer(rest))
        while words and words[-1].group() in rules.general:
            words.pop()
        return rest[: words[-1].end()] if words else ""

    def statement(self, answer: str) -> str:
        """It as a statement: with the answer in place of what is asked where that makes one, else without what is asked."""
        if self.asked is None:
            return self.bare()
        end = self.asked.end()
        if self.language.name == "zh" and self.asked.group().startswith("什么") and (noun := self.asked_noun()):
            end = noun[0]  # 挂上了什么牌子 becomes 挂上了……牌子
        before, after = self.text[: self.asked.start()], self.text[end:]
        if auxiliary := self._auxiliary_after(self.asked):
            before, answer, after = "", "", self.text[auxiliary.end() :]
        elif self.asked["asked"] is None:
            answer = ""
        return re.sub(r"\s{2,}", " ", before + answer + after).strip(EDGE)


def _chinese_words(folded: str) -> Iterator[Word]:
    import rjieba

    at = 0
    for text, tag in rjieba.tag(_SURROGATE.sub("\ufffd", folded)):
        mark = not any(char.isalnum() for char in text)
        yield Word(text, at, at + len(text), "w" if mark else "eng" if text.isascii() and text.isalpha() else tag)
        at += len(text)


def _english_words(text: str, rules: Language) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        word, low = match.group(), fold(match.group())
        known = low in rules.general or low == "i" or rules["auxiliary"].fullmatch(low) or rules.questions.match(low) or low in rules.nouns
        han = HAN.match(word)
        capital = word[0].isupper() and not (known and match.start() == 0)
        yield Word(low, match.start(), match.end(), "eng" if han or (capital and low != "i") else "n")
