"""Have a language model ask about marked names and lists: ``python -m training.asking --data DATA --model FOLDER --out FILE``.

The model sees a real sentence with some of its names ("甲公司、乙公司和丙公司") and writes the question that they answer together, in
either language. Only questions are written by it, never texts or answers. A question is kept if it names none of its answers, doesn't
speak of "the text", and the reader in the package, asked over the sentence among its neighbours, marks one of its answers too: a question
that missed the answer altogether is told by that, and those kept still teach to mark all of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

from corpus.scripts import HAN
from qa.lists import enumeration
from qa.reader import Context, Reader, default_reader
from training.data import PERSON_TYPES, Entity, Row, Sentence, Span, grouped, held_out, sentences
from training.mixture import NAMES, trainable
from training.templates import MAX_CHARACTERS, joined
from training.writer import Shown, Task, Writer, command, records, write_all, written_in

_EXAMPLES = (
    (
        "Text: The group toured in 1987 with Anna Berg on drums. Its best-known songs are Harbour, Night Ferry and Salt.\n"
        "Items: Harbour; Night Ferry; Salt",
        "What are the group's best-known songs?",
        "这个乐队最有名的歌有哪些？",
    ),
    (
        "Text: 本届博览会由上海海关学院、宁波大学和浙江海洋大学共同承办。\nItems: 上海海关学院; 宁波大学; 浙江海洋大学",
        "Which universities jointly hosted the exhibition?",
        "本届博览会由哪几所大学共同承办？",
    ),
    (
        "Text: Later the railway was extended to Lund, Malmö and Kristianstad, where the workshops were.\nItems: Lund; Malmö; Kristianstad",
        "To which towns was the railway extended?",
        "铁路后来延伸到了哪些城市？",
    ),
    (
        "Text: 市卫生局局长林秋昨日表示，新医院将于明年三月启用。\nItems: 林秋",
        "Who said when the new hospital will open?",
        "谁介绍了新医院的启用时间？",
    ),
)
SHOWN: Final = {
    "en": Shown(
        "Someone has read the text. Write the one short question that is answered by all of the items together. Don't mention any of the "
        "items. Write only the question, in English.",
        tuple((text, english) for text, english, _ in _EXAMPLES),
    ),
    "zh": Shown(
        "有人读了这段文字。请写出一个简短的问题，使得所列的各项合起来正好是答案。问题中不要提到任何一项。只用中文写出问题。",
        tuple((text, chinese) for text, _, chinese in _EXAMPLES),
    ),
}
LISTS_FROM: Final = ("squadshifts.new_wiki", "squadshifts.reddit", "qamr.dev", "qamr.test")
"""Files of ``data/qa`` whose English texts are searched for lists."""
MOST_ITEMS: Final = 10
_KINDS: Final = {
    **dict.fromkeys(PERSON_TYPES, "person"),
    **dict.fromkeys(("ORG", "company", "government", "organization"), "organisation"),
    **dict.fromkeys(("LOC", "address", "scene"), "place"),
    **dict.fromkeys(("MISC", "book", "movie", "game"), "title"),
}
_TIES: Final = frozenset({"、", "和", "与", "及", "以及", "》、《", "》和《", " , ", " and ", " , and "})
_WORD = r"[A-Z][\w'’-]*"
_NAME = rf"(?:the )?{_WORD}(?: (?:(?:of|of the|de|von|van|for) )?{_WORD}){{0,5}}"
_ITEM = r"(?!(?:and|or) )[\w'’-]+(?: (?!and |or )[\w'’-]+){0,4}"
_NAMES_LISTED = re.compile(rf"\b{_NAME}(?:, {_NAME}){{1,9}},? and {_NAME}(?=[.,;:)]| [a-z]+\b)")
_LED_IN = re.compile(
    r"\b(?:including|includes?|such as|included|are|were|like|namely|consist(?:s|ed) of):? "
    rf"(?P<list>{_ITEM}(?:, {_ITEM}){{1,9}},? (?:and|or) {_ITEM})(?=[.;:)])"
)
_ABOUT_THE_TEXT = re.compile(
    r"(?i)\b(?:texts?|passage|mentioned|listed|items?|following|above|article)\b|文中|文章|这段|提到|提及|所列|列出|以下|上述|各项"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the spans that are to be asked for; the model is shown ``text[shown[0]:shown[1]]`` of it."""

    text: str
    spans: tuple[Span, ...]
    shown: Span
    file: str

    def task(self, language: str) -> Task:
        """What the model is asked, and what is kept with its question."""
        items = "; ".join(self.text[a:b] for a, b in self.spans)
        about = {"file": self.file, "context": self.text, "spans": [list(span) for span in self.spans]}
        return Task(f"Text: {self.text[slice(*self.shown)].strip()}\nItems: {items}", language, about)


def english_lists(text: str, file: str) -> Iterator[Marked]:
    """Find lists in an English text: of capitalised names, or of anything behind "including", "such as", "are".

    >>> text = "It was old. The walls are made of brick, and its towers are Brill, Stone Gate and Wyck."
    >>> [[m.text[a:b] for a, b in m.spans] for m in english_lists(text, "x")]
    [['Brill', 'Stone Gate', 'Wyck']]
    """
    taken: list[Span] = []
    for match in chain(_LED_IN.finditer(text), _NAMES_LISTED.finditer(text)):
        start, end = match.span("list") if "list" in match.re.groupindex else match.span()
        items = enumeration(text, start, end)
        if not 3 <= len(items) <= MOST_ITEMS or any(a < end and start < b for a, b in taken):
            continue
        taken.append((start, end))
        begin = text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0
        stop = text.find(". ", end)
        yield Marked(text, tuple(items), (max(begin, start - 300), len(text) if stop < 0 else min(stop + 1, end + 200)), file)


def chains(sentence: Sentence) -> list[list[Entity]]:
    """Gather the marked names of a sentence that stand in a row, tied by a comma or "and"; a name on its own is a row of one.

    >>> names = (Entity(0, 2, "PER"), Entity(3, 5, "PER"), Entity(8, 10, "PER"))
    >>> [len(row) for row in chains(Sentence("林秋、安莱见到了高远。", names))]
    [2, 1]
    """
    rows: list[list[Entity]] = []
    for entity in sentence.entities:
        tied = rows and _KINDS.get(rows[-1][-1].type) == _KINDS.get(entity.type)
        if tied and sentence.text[rows[-1][-1].end : entity.start] in _TIES:
            rows[-1].append(entity)
        else:
            rows.append([entity])
    return [row for row in rows if row[0].type in _KINDS and all(e.end - e.start > 1 for e in row)]


def among_neighbours(pool: Sequence[Sentence], at: int, names: Sequence[Entity], rng: random.Random, file: str) -> Marked | None:
    """Place a sentence of a newspaper between those around it; None where it doesn't fit a window."""
    language = "zh" if HAN.search(pool[at].text) else "en"
    first, last = max(0, at - rng.randint(0, 2)), min(len(pool), at + 1 + rng.randint(0, 2))
    parts = list(pool[first:last])
    while len(parts) > 1 and sum(len(part.text) for part in parts) > MAX_CHARACTERS[language]:
        parts = parts[1:] if parts[0] is not pool[at] else parts[:-1]
    text, _, starts = joined(parts)
    if not 15 < len(text) <= MAX_CHARACTERS[language]:
        return None
    begin = starts[next(n for n, part in enumerate(parts) if part is pool[at])]
    return Marked(text, tuple((e.start + begin, e.end + begin) for e in names), (begin, begin + len(pool[at].text)), file)


def wanted(data: Path, *, seed: int, lists: float = 0.6) -> list[Task]:
    """Return what to ask about: lists in English texts, and marked names, ``lists`` of those several in a row, in turn.

    Half of the questions are in either language; an English list is asked for in both.
    """
    rng = random.Random(seed)
    english = [
        found
        for name in LISTS_FROM
        for text in sorted({row.context for row in trainable(data, name)})
        for found in english_lists(text, name)
    ]
    rng.shuffle(english)
    several: list[Marked] = []
    single: list[Marked] = []
    for name in NAMES:
        pool = [s for s in sentences(data / "ner" / f"{name}.jsonl.gz") if not held_out(s.text)]
        for at, sentence in enumerate(pool):
            rows = [row for row in chains(sentence) if len(row) <= MOST_ITEMS]
            listed = [row for row in rows if len(row) > 1]
            alone = [row for row in rows if len(row) == 1 and _KINDS[row[0].type] != "place"]
            if listed and (marked := among_neighbours(pool, at, rng.choice(listed), rng, name)):
                several.append(marked)
            elif len(alone) == 1 and (marked := among_neighbours(pool, at, alone[0], rng, name)):
                single.append(marked)
    rng.shuffle(several)
    rng.shuffle(single)
    names = [(several if rng.random() < lists else single).pop() for _ in range(min(len(several), len(single)))]
    columns = (
        [m.task("en") for m in english],
        [m.task("zh") for m in english],
        *([m.task(rng.choice(("en", "zh"))) for m in names[n::4]] for n in range(4)),
    )
    return [task for task in chain.from_iterable(zip_longest(*columns)) if task is not None]


def usable(question: str, language: str, answers: Sequence[str]) -> bool:
    """Say whether a text asks something in a language, names none of its answers, and speaks of no text.

    >>> usable("谁出席了会议？", "zh", ["林秋"]), usable("林秋出席了什么会议？", "zh", ["林秋"]), usable("文中提到了谁？", "zh", ["林秋"])
    (True, False, False)
    """
    named = any(answer.lower() in question.lower() for answer in answers)
    return written_in(question, language) and question[-1] in "?？" and not named and not _ABOUT_THE_TEXT.search(question)


def found(question: str, context: str, spans: Sequence[Span], reader: Reader) -> bool:
    """Say whether the reader, too, marks one of the spans, or a part of one, for an answer."""
    language = "zh" if HAN.search(context) else "en"
    marked = [span for span in reader.read(question, [Context(context, language=language)])[0] if span.score > 0]
    return any(span.start < end and start < span.end for span in marked for start, end in spans)


def load(path: Path) -> list[Row]:
    """Return the rows of a file whose questions are kept; all places of an answer's wording will do."""
    rows = []
    for record in records(path):
        text, spans = record["context"], [(a, b) for a, b in record["spans"]]
        answers = [text[a:b] for a, b in spans]
        if record["found"] and usable(record["question"], record["language"], answers):
            places = {m.span() for answer in answers for m in re.finditer(re.escape(answer), text)} | set(spans)
            rows.append(Row(record["question"], text, grouped(text, sorted(places), every=True), f"asked-{record['file']}"))
    return rows


def record(task: Task, text: str) -> dict[str, Any]:
    """What the file holds of a question."""
    context, spans = task.about["context"], [(a, b) for a, b in task.about["spans"]]
    asks = usable(text, task.language, [context[a:b] for a, b in spans])
    seen = asks and found(text, context, spans, default_reader())
    return {**task.about, "asked": task.asked, "language": task.language, "question": text, "found": seen}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and have questions written until all are, or the time is up."""
    options = command("asking", "Have questions asked about marked names and lists.").parse_args(arguments)
    known = {(r["asked"], r["language"]) for r in records(options.out)}
    tasks = [task for task in wanted(options.data, seed=1) if (task.asked, task.language) not in known]
    print(f"{len(known)} questions are written, {len(tasks)} texts are left", flush=True)
    writer = Writer(options.model, SHOWN, threads=options.threads)
    write_all(writer, tasks, options.out, record=record, batch=options.batch, minutes=options.minutes)


if __name__ == "__main__":
    main()
