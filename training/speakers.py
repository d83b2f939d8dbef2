"""Who speaks in a sentence in which people marked every name, and how to ask who spoke.

A sentence counts as one where somebody spoke only if each of its reporting verbs belongs to a marked person, and as silent only if it has
no word of speech at all; whatever the marks don't settle is not used.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from corpus.scripts import HAN
from training.data import PERSON_TYPES, Row, Sentence, Span
from training.wording import WORDING, worded

_VERBS = "说|表示|指出|认为|强调|介绍|声称|宣称|称|透露|告诉|宣布|呼吁|谈到|坦言|解释|讲话|致辞|致词|发言|回答|补充道|感叹道"
_SPEECH_VERB = re.compile(rf"(?:{_VERBS})+")
_NOT_SPEECH = re.compile(
    r"(?:小|听|学|传|据|所|再|没|难|论|劝|评|解|胡|可|可以|应该|人|名|号|俗|简|自|堪|职|统|并|相|对|匀|著|戏|通|别|尊|昵|民|全|改|代|名)(?:说|称)|说明|说服|说法|说唱|称赞|称号|称为|称得|称呼|称霸"
    r"|称职|称作|称心|表示式|介绍信|发言权|发言人|认为是个"
)
_GAP = re.compile(r"[^，。；：、“”‘’！？（）()《》\s的被时后前把对向让使请]{0,9}")
_OBJECT_BEFORE = re.compile(r"(?:对|向|给|为|被|把|与|跟|同|经|由|让|请|使|令|听|见|访|告诉|陪|替)$")
_ANY_SPEECH = re.compile(
    rf"{_VERBS}|[讲谈话问答叫喊道：:“”「」\"]|回顾|回忆|提到|阐述|分享|总结|提醒|祝愿|感谢|祝贺|寄语|报告|批评|建议|主张|声明|演讲|提出|提议|承认|否认|重申|警告|要求|希望|相信|称赞|评论|赞扬|抱怨"
)
_ENGLISH_SPEECH = re.compile(
    r"\b(?:said|says?|saying|told|tells?|spoke|speaks?|stat(?:ed|es?|ing)|announc|comment|claim|argu|add(?:ed|s)|ask|quot|remark|reply|replied"
    r"|explain|describ|warn|insist|admit|declar|report|call|believ|think|thought|suggest|confirm|agree|testif|wr[io]te|not(?:ed|es)|accord)|[\"“”]",
    re.I,
)

EVENTS: Final[Mapping[str, str]] = WORDING["events"]


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence with the people who speak in it, and for each where the reporting verb ends."""

    sentence: Sentence
    speakers: tuple[tuple[Span, int], ...]


def speech(sentence: Sentence) -> Speech | None:
    """Find who speaks in a Chinese sentence; None where the marks don't settle it.

    >>> from training.data import Entity
    >>> speech(Sentence("李明说，王刚没有来。", (Entity(0, 2, "PER"), Entity(5, 7, "PER")))).speakers
    (((0, 2), 3),)
    """
    text = sentence.text
    people = [e for e in sentence.entities if e.type in PERSON_TYPES and e.end - e.start > 1]
    false_verbs = [m.span() for m in _NOT_SPEECH.finditer(text)]
    found: list[tuple[Span, int]] = []
    for verb in _SPEECH_VERB.finditer(text):
        if any(start < verb.end() and verb.start() < end for start, end in false_verbs):
            return None
        before = [e for e in people if e.end <= verb.start()]
        if not before:
            return None
        speaker = before[-1]
        gap = text[speaker.end : verb.start()]
        crossed = any(
            e.start < verb.start() and e.end > speaker.end
            for e in sentence.entities
            if e is not speaker and e.type not in {"LOC", "address", "position"}
        )
        if not _GAP.fullmatch(gap) or crossed or _OBJECT_BEFORE.search(text[: speaker.start]):
            return None
        found.append(((speaker.start, speaker.end), verb.end()))
        for other in reversed(before[:-1]):  # "甲、乙和丙说"
            if text[other.end : found[-1][0][0]] not in {"、", "和", "及", "以及"}:
                break
            found.append(((other.start, other.end), verb.end()))
    return Speech(sentence, tuple(sorted(found))) if found else None


def retold(talk: Speech, rng: random.Random) -> Speech:
    """Put other words for a Chinese sentence's reporting verb: not everybody who is heard in a report "said" something.

    A sentence with several reporting verbs, or without its verb's end marked by a comma or colon, stays as it is.

    >>> from training.data import Entity
    >>> said = Speech(Sentence("李明说，今年不同。", (Entity(0, 2, "PER"),)), (((0, 2), 3),))
    >>> text = retold(said, random.Random(1)).sentence.text
    >>> text.startswith("李明") and text.endswith("今年不同。") and text != said.sentence.text
    True
    """
    text, ends = talk.sentence.text, {end for _, end in talk.speakers}
    end = min(ends)
    verb = next((m for m in _SPEECH_VERB.finditer(text) if m.end() == end), None)
    if len(ends) > 1 or verb is None or text[end : end + 1] not in {"，", "：", ":"}:
        return talk
    words = rng.choice(worded("retold", english=False))
    rest = end + 1 + (text[end + 1 : end + 2] == "“" and "”" not in text[end:])
    shift = verb.start() + len(words) - rest
    names = tuple(
        replace(e, start=e.start + shift, end=e.end + shift) if e.start >= rest else e
        for e in talk.sentence.entities
        if e.end <= verb.start() or e.start >= rest
    )
    changed = Sentence(text[: verb.start()] + words + text[rest:], names)
    return Speech(changed, tuple((span, verb.start() + len(words)) for span, _ in talk.speakers))


def english_speech(rows: Iterable[Row]) -> list[Speech]:
    """Take English sentences whose speaker people have named, from questions that begin with "Who said" (QAMR)."""
    asked: dict[str, dict[Span, None]] = {}
    for row in rows:
        if re.match(r"(?i)who (?:said|stated|told|commented|claimed|announced|spoke|is quoted|was quoted)\b", row.question) and row.answers:
            longest = max(row.answers[0], key=lambda span: span[1] - span[0])
            if re.match(r"[A-Z]", row.context[longest[0] :]) and longest[1] - longest[0] > 3:
                asked.setdefault(row.context, {})[longest] = None
    out = []
    for context, spans in asked.items():
        apart = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
        if len(apart) <= 2:
            out.append(Speech(Sentence(context, ()), tuple((span, span[1]) for span in sorted(apart))))
    return out


def silent(sentence: Sentence) -> bool:
    """Say whether nobody speaks in a sentence: it has no word of speech and no quotation mark."""
    pattern = _ANY_SPEECH if HAN.search(sentence.text) else _ENGLISH_SPEECH
    cut_short = any(e.type in PERSON_TYPES and e.end >= len(sentence.text) - 1 for e in sentence.entities)  # a line may end in mid-sentence
    return not (pattern.search(sentence.text) or cut_short)


def spoke_question(rng: random.Random, *, english: bool) -> str:
    """Ask who spoke, in one of many wordings."""
    return rng.choice(worded("spoke", english=english))


def event_question(event: str, year: int | None, rng: random.Random, *, english: bool) -> str:
    """Ask who spoke at an event (of a year)."""
    if english:
        name = f"the {year} {EVENTS[event]}" if year else f"the {EVENTS[event]}"
        ending = rng.choice(("?", ""))
    else:
        name, ending = f"{year}年{event}" if year else event, ""
    return rng.choice(worded("spoke_at", english=english)).format(name) + ending


def event_title(event: str, year: int | None, rng: random.Random, names: Sequence[str]) -> str:
    """Write the headline of a report about an event."""
    name = rng.choice(names)
    when = f"{year}年" if year else ""
    return rng.choice(worded("event_title", english=False)).format(n=name, y=when, e=event)
