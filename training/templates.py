"""Questions from names: who spoke, who holds a post, which companies, made from real sentences in which people marked every name.

A question is only asked where the marks settle it. Who speaks in a sentence is told by `speakers`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from corpus.scripts import HAN
from training.blanks import Blank, blanks
from training.data import PERSON_TYPES, Entity, Row, Sentence, Span, grouped, with_heading
from training.speakers import EVENTS, Speech, event_question, event_title, retold, silent, speech, spoke_question
from training.switching import english_name, english_phrase, to_chinese, to_english
from training.wording import WORDING, worded

MAX_CHARACTERS = {"zh": 230, "en": 620}
"""A context longer than this wouldn't fit one window, and its list would be cut."""

# ---- who holds a post ---------------------------------------------------------------------------------------------------------------

ROLES: Final[Mapping[str, str]] = WORDING["roles"]
_ROLE_BEFORE = re.compile(
    r"([^，。；：、“”！？（）《》\s的电讯\d]{0,8}?)(?<![副总代兼任原前])(" + "|".join(sorted(ROLES, key=len, reverse=True)) + r")$"
)


@dataclass(frozen=True, slots=True)
class Post:
    """A person's post as it stands before the name: "北京大学" + "校长" + 陈佳洱."""

    sentence: Sentence
    holder: Span
    place: str
    role: str


def posts(sentence: Sentence) -> list[Post]:
    """Find the posts that stand right before the people of a Chinese sentence, each with its organisation or place.

    >>> [(p.place, p.role) for p in posts(Sentence("北京大学校长陈明来了。", (Entity(0, 4, "ORG"), Entity(6, 8, "PER"))))]
    [('北京大学', '校长')]
    """
    found = []
    for person in sentence.entities:
        if person.type not in PERSON_TYPES or person.end - person.start < 2:
            continue
        before = [e for e in sentence.entities if e.end <= person.start and e.type not in PERSON_TYPES | {"position"}]
        if not before or before[-1].end - before[-1].start < 2:
            continue
        between = _ROLE_BEFORE.fullmatch(sentence.text[before[-1].end : person.start])
        if between:
            place = sentence.text[before[-1].start : before[-1].end] + between.group(1)
            found.append(Post(sentence, (person.start, person.end), place, between.group(2)))
    return found


def role_question(post: Post, rng: random.Random, *, english: bool) -> str:
    """Ask who holds a post."""
    wordings = worded("role", english=english)
    if not english:
        return rng.choice(wordings).format(o=post.place, r=post.role)
    place = post.place if rng.random() < 0.15 else english_phrase(post.place, rng)
    return rng.choice(wordings).format(o=place, r=ROLES[post.role])


# ---- which companies, hospitals, places ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of thing to list: its words in Chinese and English, and which marked names are of it."""

    chinese: tuple[str, ...]
    english: tuple[str, ...]
    types: frozenset[str]
    ending: re.Pattern[str] | None = None
    """Only names that end like this; a text with such an ending outside a marked name can't be asked about."""


SORTS: Final = tuple(
    Sort(tuple(s["zh"]), tuple(s["en"]), frozenset(s["types"]), re.compile(s["ending"]) if "ending" in s else None)
    for s in WORDING["sorts"]
)


def list_question(sort: Sort, rng: random.Random, *, english: bool) -> str:
    """Ask for all things of a sort."""
    return rng.choice(worded("list", english=english)).format(rng.choice(sort.english if english else sort.chinese))


def members(sort: Sort, text: str, entities: Sequence[Entity]) -> list[Span] | None:
    """Return the names of a sort in a text, or None where the marks don't settle which they are."""
    spans = [(e.start, e.end) for e in entities if e.type in sort.types]
    if sort.ending:
        spans = [(s, t) for s, t in spans if any(m.end() == t - s for m in sort.ending.finditer(text[s:t]))]
        if any(not any(s <= m.start() and m.end() <= t for s, t in spans) for m in sort.ending.finditer(text)):
            return None
    if any(t - s < 2 for s, t in spans):  # "中美" marked as two places: nobody would list 中 and 美
        return None
    return spans


# ---- who did what -------------------------------------------------------------------------------------------------------------------

_CLAUSE = re.compile(
    r"(?:等(?:\d+|[一二三四五六七八九十]+)?(?:位|名|家|个)?(?:人|同志|领导|公司|企业|单位|国家)?)?(?:同志|先生|女士|小姐|教授|博士|老师|院士)?"
    r"(?!官员|队员|球员|选手|代表|业|人|总统|主席|记者|方面|政府|队|股|版|地区|市|省|内|上|中|时|后|前|本人|夫妇|之|们|杯|总|副|董|主任|一行|式|主|这)"
    r"(?P<rest>[^，。；！？：、“”（）的等和与][^，。；！？：“”（）]{4,24})(?=[，。；！？]|$)"
)
_ASK: Final[Mapping[str, Sequence[str]]] = WORDING["subject"]


def clause_question(sentence: Sentence, at: int) -> tuple[str, list[Span]] | None:
    """Ask for the subject of a clause: from "甲、乙出席了会议" make "哪些人出席了会议？" with both names.

    Args:
        sentence: in either language.
        at: which of its names to begin with.

    Returns:
        the question and all names that answer it, or None where the name isn't a clause's subject.
    """
    first = sentence.entities[at]
    text = sentence.text
    if first.type not in _ASK or (first.start and text[first.start - 1] not in "，。；！？"):
        return None
    if not HAN.search(text):
        told = text[first.end : first.end + 90].split(" , ")[0].split(" . ")[0].rstrip(" .")
        if first.type != "PER" or not re.match(r" (?:was|is|\w+ed|began|became|won|led|made|took|wrote|ran) ", told):
            return None
        return f"Who{told}?", [(first.start, first.end)]
    chain = [first]
    for other in sentence.entities[at + 1 :]:
        if other.type != first.type or text[chain[-1].end : other.start] not in {"、", "和", "与", "及", "以及"}:
            break
        chain.append(other)
    rest = _CLAUSE.match(text, chain[-1].end)
    if not rest or (len(chain) == 1 and first.end - first.start < 2):
        return None
    ask = _ASK[first.type][len(chain) > 1]
    return f"{ask}{rest.group('rest')}？", [(e.start, e.end) for e in chain]


# ---- rows ---------------------------------------------------------------------------------------------------------------------------


def joined(parts: Sequence[Sentence]) -> tuple[str, tuple[Entity, ...], list[int]]:
    """Join sentences to one context; return it, all names at their new places, and where each sentence begins."""
    glue = "" if HAN.search(parts[0].text) else " "
    text, names, starts = "", [], []
    for part in parts:
        text += glue if text else ""
        starts.append(len(text))
        names += [replace(e, start=e.start + len(text), end=e.end + len(text)) for e in part.entities]
        text += part.text
    return text, tuple(names), starts


class Templates:
    """Makes rows from pools of sentences with names; every choice comes from the one generator it is given."""

    def __init__(self, pools: Sequence[tuple[Sequence[Sentence], float]], english: Sequence[Speech], rng: random.Random) -> None:
        """Sort the sentences.

        Args:
            pools: sentences of one source each (their types differ), in their own order, and how often to take lists from them
                (0 where the names aren't marked).
            english: English sentences with their speakers.
            rng: the only source of chance.
        """
        self.rng = rng
        self.pools = [list(pool) for pool, _ in pools]
        self.weights = [weight for _, weight in pools]
        chinese = [s for pool in self.pools for s in pool if HAN.search(s.text)]
        self.speeches = {"zh": [found for s in chinese if (found := speech(s))], "en": list(english)}
        self.silent = {
            "zh": [s for s in chinese if len(s.text) > 12 and silent(s)],
            "en": [s for pool in self.pools for s in pool if not HAN.search(s.text) and len(s.text) > 40 and silent(s)],
        }
        self.silent_people = {
            lang: [s for s in found if any(e.type in PERSON_TYPES for e in s.entities)] for lang, found in self.silent.items()
        }
        self.posts = [post for s in chinese for post in posts(s)]
        self.people = {
            "zh": [p.place + p.role + p.sentence.text[slice(*p.holder)] for p in self.posts],
            "en": [
                s.text[e.start : e.end]
                for s in self.silent_people["en"]
                for e in s.entities
                if e.type in PERSON_TYPES and " " in s.text[e.start : e.end]
            ],
        }
        self.clauses = [
            (s, *asked) for pool in self.pools for s in pool for at in range(len(s.entities)) if (asked := clause_question(s, at))
        ]
        self.blanks = blanks(chinese, rng)
        self.names = sorted(
            {
                s.text[e.start : e.end]
                for s in chinese
                for e in s.entities
                if e.type in {"ORG", "company", "LOC"} and 2 < e.end - e.start < 12
            }
        )

    def _fill(self, parts: list[Sentence], more: Callable[[], Sentence], *, language: str, sentences: int) -> list[Sentence]:
        """Add sentences up to a number or to a window's length, and put them in random order."""
        for _ in range(sentences):
            extra = more()
            if parts and sum(len(s.text) for s in parts) + len(extra.text) > MAX_CHARACTERS[language]:
                break
            parts.append(extra)
        self.rng.shuffle(parts)
        return parts

    def _present(self, language: str) -> Sentence:
        """Write a sentence in which people are there and don't speak: who chairs, who attends."""
        people = self.rng.sample(self.people[language], self.rng.choice((1, 1, 1, 2)))
        named = ("、" if language == "zh" else " and ").join(people)
        return Sentence(self.rng.choice(worded("present", english=language == "en")).format(named), ())

    def speaker(self) -> Row:
        """Ask who spoke, over sentences where none to three people do among others where nobody does."""
        rng = self.rng
        language = "en" if rng.random() < 0.15 else "zh"
        english = rng.random() < (0.5 if language == "zh" else 0.4)
        wanted = rng.choices((0, 1, 2, 3), (26, 32, 26, 16))[0]
        talks = rng.sample(self.speeches[language], min(wanted, len(self.speeches[language])))
        if language == "zh":
            talks = [retold(talk, rng) if rng.random() < 0.3 else talk for talk in talks]
        while len(talks) > 1 and sum(len(t.sentence.text) for t in talks) > MAX_CHARACTERS[language]:
            talks.pop()
        quiet = self.silent_people[language] if not talks or rng.random() < 0.7 else self.silent[language]
        parts = [t.sentence for t in talks]
        if rng.random() < 0.3:
            parts.append(self._present(language))
        parts = self._fill(parts, lambda: rng.choice(quiet), language=language, sentences=rng.randint(0 if parts else 1, 4))
        text, _, starts = joined(parts)
        spans = []
        for talk in talks:
            begin = next(at for part, at in zip(parts, starts, strict=True) if part is talk.sentence)
            spans += [(s + begin, t + begin) for (s, t), _ in talk.speakers]
        row = Row(spoke_question(rng, english=english), text, grouped(text, sorted(set(spans)), every=True), f"speaker-{language}")
        if language == "zh" and rng.random() < 0.4:
            row = self.at_event(row, english=english)
        elif talks and rng.random() < 0.3:
            row = self._who_said(row, rng.choice(talks), parts, starts, english=english)
        return row

    def at_event(self, row: Row, *, english: bool) -> Row:
        """Ask about an event (of a year) that the heading names, or that it leaves open; or "not here": about another event or year."""
        rng = self.rng
        event, year = rng.choice(sorted(EVENTS)), rng.randint(2008, 2025)
        year_in_title = rng.random() < 0.4
        date = f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}" if not year_in_title or rng.random() < 0.7 else ""
        alike = [e for e in sorted(EVENTS) if EVENTS[e].split()[0] == EVENTS[event].split()[0]]
        asked, asked_year, here = rng.choice(alike), year if rng.random() < 0.55 else None, True
        if rng.random() < 0.35:  # headlines seldom say what kind of event it was
            title = rng.choice(row.context.split("。"))[: rng.randint(8, 30)]
        else:
            title = event_title(event, year if year_in_title else None, rng, self.names)
            if rng.random() < 0.09:
                asked, here = (
                    rng.choice([e for e in sorted(EVENTS) if not set(EVENTS[e].split()) & set(EVENTS[event].split())]),
                    False,
                )
        if asked_year and (date or str(year) in title) and rng.random() < 0.17:
            asked_year, here = asked_year + rng.choice((-3, -2, -1, 1, 2)), False
        row = replace(row, question=event_question(asked, asked_year, rng, english=english), answers=row.answers if here else ())
        return with_heading(row, title=title, date=date)

    def _who_said(self, row: Row, talk: Speech, parts: Sequence[Sentence], starts: Sequence[int], *, english: bool) -> Row:
        """Ask instead who said one thing, or what one person said."""
        rng = self.rng
        text = talk.sentence.text
        begin = next(at for part, at in zip(parts, starts, strict=True) if part is talk.sentence)
        (start, end), verb_end = rng.choice(talk.speakers)
        said = re.match(r"[，,：:道“]*(?P<said>[^，。；！？“”]{6,40})", text[verb_end:])
        if not said or not HAN.search(text):
            return row
        if rng.random() < 0.7:
            same = tuple((s + begin, t + begin) for (s, t), stop in talk.speakers if stop == verb_end)
            asked = f"谁说{said.group('said')[:24]}？"
            return replace(row, question=to_english(asked, rng) if english else asked, answers=grouped(row.context, list(same), every=True))
        whole = re.match(r"[，,：:道“]*(?P<said>.{6,}?)[。”！？…]*$", text[verb_end:])
        if not whole or whole.group("said").count("“") != whole.group("said").count("”"):
            return row
        person = text[start:end]
        name = english_name(person, person=True) if english else person
        question = rng.choice(worded("said", english=english)).format(name)
        return replace(row, question=question, answers=(((begin + verb_end + whole.start("said"), begin + verb_end + whole.end("said")),),))

    def role(self) -> Row:
        """Ask who holds a post, among other sentences with names; now and then for a post that nobody there holds."""
        rng = self.rng
        post = rng.choice(self.posts)
        pool = self.silent_people["zh"]
        parts = self._fill(
            [post.sentence],
            lambda: rng.choice(pool) if rng.random() < 0.5 else rng.choice(self.posts).sentence,
            language="zh",
            sentences=rng.randint(0, 4),
        )
        text, names, starts = joined(parts)
        begin = starts[next(i for i, part in enumerate(parts) if part is post.sentence)]
        holder = post.sentence.text[slice(*post.holder)]
        spans = [(e.start, e.end) for e in names if text[e.start : e.end] == holder]
        same = [p for part in parts for p in posts(part) if (p.place, p.role) == (post.place, post.role)]
        english = rng.random() < 0.5
        asked = post
        if rng.random() < 0.22:
            held = {role for role in ROLES if role in text}
            alike = {ROLES[role] for role in held}  # the head of a bureau and of a school are both a director in English
            absent = [r for r in sorted(ROLES) if ROLES[r] not in alike and not any(r in role or role in r for role in held)]
            asked = replace(post, role=rng.choice(absent)) if rng.random() < 0.5 else rng.choice(self.posts)
            if asked.place in text and ROLES[asked.role] in alike:
                asked = post
        if asked is not post:
            return Row(role_question(asked, rng, english=english), text, (), "role")
        extra = [(p.holder[0] + at, p.holder[1] + at) for part, at in zip(parts, starts, strict=True) for p in posts(part) if p in same]
        everyone = sorted(set(spans) | set(extra) | {(post.holder[0] + begin, post.holder[1] + begin)})
        return Row(role_question(post, rng, english=english), text, grouped(text, everyone, every=True), "role")

    def listing(self) -> Row:
        """Ask for all companies, hospitals, places … of some neighbouring or random sentences, or for a sort that isn't there."""
        rng = self.rng
        wanted = rng.random() > 0.2
        for _ in range(400):
            pool = rng.choices(self.pools, self.weights)[0]
            at, size = rng.randrange(len(pool)), rng.randint(1, 5)
            parts = pool[at : at + size] if rng.random() < 0.6 else rng.sample(pool, min(size, len(pool)))
            text, names, _ = joined(parts)
            language = "zh" if HAN.search(text) else "en"
            if not 20 < len(text) < MAX_CHARACTERS[language] or not names:
                continue
            known = {e.type for s in pool[:400] for e in s.entities}
            sort = rng.choice([s for s in SORTS if s.types & known])
            spans = members(sort, text, names)
            if spans is None or bool(spans) != wanted or (sort.ending is None and not sort.types <= known | PERSON_TYPES):
                continue
            groups = grouped(text, spans, every=True)
            if wanted and (len(groups) > 10 or (len(groups) == 1 and rng.random() < 0.6)):
                continue
            return Row(list_question(sort, rng, english=rng.random() < 0.5), text, groups, f"list-{language}")
        return self.clause()

    def clause(self) -> Row:
        """Ask for the subject of a clause among other sentences; one time in five its sentence is left out."""
        rng = self.rng
        sentence, question, spans = rng.choice(self.clauses)
        language = "zh" if HAN.search(sentence.text) else "en"
        here = rng.random() > 0.2
        parts = self._fill(
            [sentence] if here else [],
            lambda: rng.choice(self.silent_people[language]),
            language=language,
            sentences=rng.randint(1, 5),
        )
        parts = parts or [rng.choice(self.silent_people[language])]
        text, _, starts = joined(parts)
        if rng.random() < 0.45:
            question = to_english(question, rng) if language == "zh" else to_chinese(question, rng)
        if not here:
            return Row(question, text, (), f"clause-{language}")
        begin = starts[next(i for i, part in enumerate(parts) if part is sentence)]
        return Row(question, text, grouped(text, [(s + begin, t + begin) for s, t in spans], every=True), f"clause-{language}")

    def blank(self, kind: str) -> Row:
        """Ask for a ``figure``, a ``date`` or a ``name`` among sentences that have some too; one time in five its sentence is left out."""
        rng = self.rng
        blank = rng.choice(self.blanks[kind])
        here = rng.random() > 0.2

        def neighbour() -> Sentence:
            other: Blank = rng.choice(self.blanks[kind])
            return other.sentence if rng.random() < 0.75 else rng.choice(self.silent["zh"])

        parts = self._fill([blank.sentence] if here else [], neighbour, language="zh", sentences=rng.randint(1, 5)) or [neighbour()]
        text, _, starts = joined(parts)
        question = blank.question
        if rng.random() < 0.55:
            word, rest = blank.english
            question = f"{word} {english_phrase(rest, rng)}" + rng.choice(("?", ""))
            question = question[0].upper() + question[1:] if rng.random() < 0.5 else question
        if not here:
            return Row(question, text, (), f"blank-{kind}")
        begin = starts[next(i for i, part in enumerate(parts) if part is blank.sentence)]
        asked = text[begin + blank.answer[0] : begin + blank.answer[1]]
        # The very same figure elsewhere answers nothing, but where it stands in the same sentence again either place will do.
        again = [m.start() for m in re.finditer(re.escape(asked), blank.sentence.text)]
        places = tuple((begin + at, begin + at + len(asked)) for at in again)
        return Row(question, text, (places,), f"blank-{kind}")
