"""What one training is made of: how many rows of which file or template, and what is done to them on the way.

The same settings and seed always give the same rows in the same order.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.metadata import language_and_script
from corpus.scripts import HAN
from qa.glossary import glossed
from qa.lists import enumeration
from qa.question import understand
from training.data import Row, Sentence, held_out, questions, records, sentences, with_heading
from training.keywords import keywords
from training.negatives import hard_negatives, without_answer
from training.rolls import Rolls
from training.speakers import english_speech
from training.switching import to_chinese, to_english, with_mixed_context
from training.templates import Templates

if TYPE_CHECKING:
    from opencc import OpenCC

NAMES = {"msra.train": 6.0, "cluener.train": 5.0, "uner-zh-gsdsimp.train": 2.0, "wikigold.all": 2.0}
"""Files of ``data/ner`` that questions are made from, and how often lists are taken from each."""
_SEVERAL = frozenset({"cmqa.dev"})
"""Files whose rows have several answers as they are; those of others that `itemised` parts are few and all taken once more."""
NEGATIVES_FROM = ("cmrc2018.train", "antiterror-news.train", "drcd.dev", "squadshifts.new_wiki")


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureSettings:
    """Counts are rows; shares are between 0 and 1."""

    replay: Mapping[str, int]
    """Rows of each file of ``data/qa``."""
    templates: Mapping[str, int]
    """Rows of each template: ``speaker``, ``roll``, ``role``, ``listing``, ``clause``, ``figure``, ``date``, ``name``."""
    longest_answer: int
    """Characters of a Chinese answer, three times as many for others: longer ones are whole sentences, and teach to run on."""
    translated: int
    """Further rows of the same files whose question a language model has put into the other language (`training.translations`)."""
    asked: int
    """Rows whose question a language model has asked about marked names and lists (`training.asking`)."""
    impossible: int
    """Rows of cjrc2019.dev whose question has no answer in the text."""
    hard_negatives: int
    left_out: int
    """Rows of which the sentence that answers was taken out."""
    to_english: float
    """Share of Chinese replayed questions put into English word by word."""
    to_chinese: float
    """Share of English replayed questions put into Chinese word by word."""
    mixed_contexts: float
    """Share of all replayed rows of which half the context's words are put into the other language."""
    keywords: float
    """Share of all replayed rows whose question is left as it would be typed into a search box (`training.keywords`)."""
    glosses: float
    """Share of the rows across languages whose question shows the words of the text that translate it, as the product shows them."""
    headings: float
    """Share of rows that get an article's title (and mostly a date) before the context."""
    traditional: float
    """Share of Simplified rows turned Traditional; half of DRCD's are turned Simplified."""


@functools.cache
def _converter(direction: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(direction)


def rewritten(row: Row, direction: str) -> Row:
    """Convert a row between Simplified (``t2s``) and Traditional (``s2t``); as it was, where that would shift its spans.

    >>> rewritten(Row("谁来了？", "韩国队", (((0, 2),),), "x"), "s2t").context
    '韓國隊'
    """
    convert = _converter(direction).convert
    context = convert(row.context)
    return replace(row, context=context, question=convert(row.question)) if len(context) == len(row.context) else row


def switched(row: Row, rng: random.Random, settings: MixtureSettings) -> Row:
    """Put a row's question into the other language for the settings' share of rows."""
    chinese = bool(HAN.search(row.question))
    if rng.random() >= (settings.to_english if chinese else settings.to_chinese):
        return row
    share = 1.0 if rng.random() < 0.75 else 0.5
    return replace(row, question=to_english(row.question, rng, share=share) if chinese else to_chinese(row.question, rng, share=share))


def glossed_row(row: Row) -> Row:
    """Show in a row's question the words of its text that translate it, as the product does; a row in one language stays as it is.

    >>> glossed_row(Row("When was the hospital built?", "这家医院于2019年修建。", (), "x")).question
    'When was the hospital 医院 built 修建?'
    """
    language, _ = language_and_script(row.context)
    same = bool(HAN.search(row.question)) == (language == "zh")
    return row if same else replace(row, question=glossed(row.question, row.context[row.prefix :], language))


def itemised(row: Row, *, longest_item: int = 50) -> Row:
    """Make one group of each item of an answer that is a list, where the question asks for several; Chinese rows stay as they are.

    (Chinese answers that are lists are one span in the files that are measured, and the product parts them by their commas.)

    >>> row = Row("What are the metals?", "Copper, lead and zinc were found.", (((0, 21),),), "x")
    >>> [row.context[a:b] for group in itemised(row).answers for a, b in group]
    ['Copper', 'lead', 'zinc']
    """
    if len(row.answers) != 1 or HAN.search(row.context) or not understand(row.question).many:
        return row
    whole = max(row.answers[0], key=lambda span: span[1] - span[0])
    items = enumeration(row.context, *whole)
    if not 2 <= len(items) <= 12 or any(end - start > longest_item for start, end in items):
        return row
    return replace(row, answers=tuple((item,) for item in items))


def trainable(folder: Path, name: str) -> list[Row]:
    """Load a question file without the tenth of contexts that is kept for measuring."""
    rows = questions(folder / "qa" / f"{name}.jsonl.gz", without_overlaps=True)
    return [row for row in rows if not held_out(row.context)]


def concise(row: Row, *, longest: int) -> bool:
    """Say whether a row has an answer of at most so many characters (three times as many outside Chinese) in each of its groups."""
    most = longest if HAN.search(row.context) else 3 * longest
    return all(min(end - start for start, end in group) <= most for group in row.answers)


def titles(folder: Path) -> dict[str, str]:
    """Return the headlines of the news articles that questions are asked about, by the beginning of their text."""
    docs = records(folder / "retrieval" / "antiterror-news.docs.jsonl.gz")
    return {doc["text"][:60]: doc["title"] for doc in docs if doc["split"] == "train"}


def templates(folder: Path, rng: random.Random, *, measuring: bool = False) -> Templates:
    """Gather the sentences for question templates: nine tenths of them, or the tenth kept for measuring."""
    qamr = [
        row
        for name in ("qamr.dev", "qamr.test")
        for row in questions(folder / "qa" / f"{name}.jsonl.gz")
        if held_out(row.context) == measuring
    ]
    pools = [
        ([s for s in sentences(folder / "ner" / f"{name}.jsonl.gz") if held_out(s.text) == measuring], weight)
        for name, weight in NAMES.items()
    ]
    unmarked = [Sentence(context, ()) for context in sorted({row.context for row in qamr})]
    return Templates([*pools, (unmarked, 0.0)], english_speech(qamr), rng)


def headed(row: Row, rng: random.Random, news: Mapping[str, str], others: list[str]) -> Row:
    """Give a row a heading: its article's own title where known, a sentence of its own text, or another article's title."""
    own = row.title or news.get(row.context[:60], "")
    if not own and rng.random() < 0.5:
        clauses = [c for c in row.context.replace("，", "。").replace(". ", "。").split("。") if 5 < len(c) < 60]
        own = rng.choice(clauses).strip() if clauses else ""
    date = f"{rng.randint(1996, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}" if rng.random() < 0.75 else ""
    return with_heading(row, title=own or rng.choice(others), date=date)


def mixture(
    folder: Path,
    settings: MixtureSettings,
    *,
    seed: int,
    translations: Mapping[str, str] | None = None,
    asked: Sequence[Row] = (),
) -> list[Row]:
    """Build all rows of a training, in the order in which they are trained on.

    Args:
        folder: the data folder, with ``qa``, ``ner`` and ``retrieval`` in it.
        settings: counts and shares.
        seed: of every random choice.
        translations: questions in the other language, by the question as the files have it.
        asked: rows that `training.asking` wrote.
    """
    rng = random.Random(seed)
    loaded = {name: trainable(folder, name) for name in sorted({*settings.replay, *NEGATIVES_FROM, "cjrc2019.dev"})}
    rows: list[Row] = []
    other = translations or {}
    crossing: list[Row] = []
    parted: list[Row] = []
    for name, count in settings.replay.items():
        answerable = [itemised(row) for row in loaded[name] if row.answers and concise(row, longest=settings.longest_answer)]
        crossing += [replace(row, question=other[row.question]) for row in answerable if row.question in other]
        picked = rng.sample(answerable, min(count, len(answerable)))
        if name.startswith("drcd"):
            picked = [rewritten(row, "t2s") if rng.random() < 0.5 else row for row in picked]
        rows += [switched(row, rng, settings) for row in picked]
        parted += [row for row in answerable if len(row.answers) > 1 and name not in _SEVERAL]
    rows += rng.sample(crossing, min(settings.translated, len(crossing)))
    rows += rng.sample(list(asked), min(settings.asked, len(asked)))
    rows += [switched(row, rng, settings) for row in parted]
    impossible = [row for row in loaded["cjrc2019.dev"] if not row.answers]
    rows += rng.sample(impossible, min(settings.impossible, len(impossible)))
    negatives = hard_negatives([row for name in NEGATIVES_FROM for row in loaded[name]], rng, count=settings.hard_negatives)
    able = [row for name in NEGATIVES_FROM for row in loaded[name] if row.answers]
    left_out = (without_answer(row) for row in rng.sample(able, len(able)))
    negatives += itertools.islice((row for row in left_out if row is not None), settings.left_out)
    rows += [
        replace(row, question=other[row.question]) if row.question in other and rng.random() < 0.5 else switched(row, rng, settings)
        for row in negatives
    ]

    made = templates(folder, rng)
    makers = {
        "speaker": made.speaker,
        "roll": Rolls(made).row,
        "role": made.role,
        "listing": made.listing,
        "clause": made.clause,
    }
    for name, count in settings.templates.items():
        make = makers.get(name, functools.partial(made.blank, name))
        rows += [make() for _ in range(count)]

    simplified = [i for i, row in enumerate(rows) if HAN.search(row.context) and not row.kind.startswith("drcd")]
    for i in rng.sample(simplified, int(settings.traditional * len(simplified))):
        rows[i] = rewritten(rows[i], "s2t")
    replayed = [i for i, row in enumerate(rows) if row.kind in settings.replay]
    for i in rng.sample(replayed, int(settings.mixed_contexts * len(replayed))):
        rows[i] = with_mixed_context(rows[i], rng, share=0.5)
    for i in rng.sample(replayed, int(settings.keywords * len(replayed))):
        rows[i] = replace(rows[i], question=keywords(rows[i].question, rng))
    news = titles(folder)
    others = sorted(news.values())
    share = settings.headings
    rows = [headed(row, rng, news, others) if not row.prefix and rng.random() < share else row for row in rows]
    rows = [glossed_row(row) if rng.random() < settings.glosses else row for row in rows]
    rng.shuffle(rows)
    return rows
