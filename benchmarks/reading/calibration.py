"""How far the product's confidence can be believed: questions asked through the `Assistant` over libraries of held-out paragraphs.

`PARAGRAPHS` of a set make one library, a third of those asked about missing: their questions have no answer there, though some other
paragraph may look as if it had. What is judged is the surest answer considered, whether sure enough to be given or not, by the confidence
that the product would show with it.

Neither the reader nor the confidence was fitted on any of these paragraphs: CMRC 2018 dev (Chinese); MultiSpanQA valid and the tenth of
SQuADShifts' Amazon paragraphs that is kept out of training (English); BiPaR test, English questions over Chinese and Chinese over English.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.product import article
from benchmarks.reading.sets import Question, bipar_crossed, kept_out, load, sample
from corpus.library import Library
from qa.answering import select
from qa.assistant import Assistant
from qa.confidence import Weights
from qa.question import understand
from qa.reader import Reader
from qa.scoring import matches

PARAGRAPHS = 60
MISSING = 3
"""Every third paragraph is missing from its library."""
MOST = 1000
"""Questions of each group when nothing is said: with these, chance alone makes an error of about 0.03."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The surest answer to a question."""

    confidence: float
    right: bool
    given: bool
    """Whether it was sure enough to be given."""


def groups(data: Path, rows: int | None) -> dict[str, list[list[Question]]]:
    """The questions by the languages of question and paragraph, in parts that share no library: BiPaR's two languages tell the same."""
    count = MOST if rows is None else rows
    amazon = kept_out(load(data, "squadshifts.amazon_reviews"))
    crossed = (bipar_crossed(data), load(data, "bipar.zhq-enc.test"))
    return {
        "Chinese": [sample(load(data, "cmrc2018.dev"), count)],
        "English": [sample(load(data, "multispanqa.valid"), count // 2) + sample(amazon, count - count // 2)],
        "across languages": [sample(questions, count // 2) for questions in crossed],
    }


def ask(questions: Sequence[Question], *, reader: Reader, weights: Weights, tick: Callable[[], None]) -> Iterator[Judged]:
    """Ask all questions, each over the library that its paragraph belongs to; *tick* is called after each."""
    contexts = list(dict.fromkeys(question.context for question in questions))
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(contexts), PARAGRAPHS):
            part = contexts[at : at + PARAGRAPHS]
            missing = set(part[::MISSING])
            asked = [question for question in questions if question.context in set(part)]
            with Library(Path(folder) / str(at)) as library:
                for context in part:
                    if context not in missing:
                        library.add(article(context, next(q.context_language for q in asked if q.context == context)))
                assistant = Assistant(library, reader=reader, weights=weights)
                assistant.sync()
                for question in asked:
                    yield judge(assistant, question, weights=weights, missing=question.context in missing)
                    tick()


def judge(assistant: Assistant, question: Question, *, weights: Weights, missing: bool) -> Judged:
    """Ask one question; whatever is found for one whose paragraph is missing is wrong."""
    query = understand(question.text)
    readings = [assistant.consider(part) for part in query.facets or (query,)]
    surest = max(readings, key=lambda reading: reading.likeliest)
    if not surest.groups:
        return Judged(0.0, right=False, given=False)
    best = surest.groups[0][0]
    right = not missing and any(matches(best.text, aliases) for aliases in question.answers)
    return Judged(best.confidence, right=right, given=bool(select(surest.query, surest.groups, weights)))
