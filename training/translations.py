"""Put questions into the other language with a language model: ``python -m training.translations --data DATA --model FOLDER --out FILE``.

Chinese questions become English ones and English ones Chinese, so that the reader meets the grammar of a question over a text in the other
language; names often come out wrong, as in questions that people type. Only questions are written by the model, never texts or answers.
Any instruction-following model that `transformers` loads will do, one whose licence lets its output be used. The file grows row by row and
is read again at the next start: the command can be stopped at any time and goes on where it was.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

from corpus.scripts import HAN
from qa.question import understand
from training.mixture import concise, trainable
from training.writer import Shown, Task, Writer, command, records, write_all, written_in

FILES: Final = (
    "cmrc2018.train",
    "squadshifts.new_wiki",
    "drcd.dev",
    "antiterror-news.train",
    "squadshifts.reddit",
    "cjrc2019.dev",
    "squadshifts.amazon_reviews",
)
"""Files of ``data/qa`` whose questions are translated, taken in turn."""
SHOWN: Final = {
    "en": Shown(
        "Translate the question into English. Write only the question.",
        (
            ("卡拉库尔羊原产于哪里？", "Where does the Karakul sheep originally come from?"),
            ("哪两家公司合作开发了这款游戏？", "Which two companies jointly developed the game?"),
            ("謝稚柳擔任首任院長是在哪一年？", "In which year did Xie Zhiliu become the first dean?"),
        ),
    ),
    "zh": Shown(
        "把问题翻译成中文。只写出问题。",
        (
            ("Where was the first hospital in the county built?", "该县第一家医院建在哪里？"),
            ("How many people did Rogers employ in 1998?", "1998年罗杰斯雇用了多少人？"),
            ("Why does OP think he should leave his girlfriend?", "楼主为什么认为自己应该离开女友？"),
        ),
    ),
}


def usable(question: str, translation: str, language: str) -> bool:
    """Say whether a translation is a question in the language asked for, of a length that fits, that asks for the same kind of thing.

    One in six asks for another (哪个国家 became "who"). Of kept-out questions that the reader answers rightly, it answers the translation
    rightly in four cases of five where the kind is the same, and in three of five where it isn't.

    >>> usable("谁来了？", "Who came?", "en"), usable("谁来了？", "谁来了？", "en"), usable("谁来了？", "When did they come?", "en")
    (True, False, False)
    """
    return translation != question and written_in(translation, language) and understand(question).kind is understand(translation).kind


def wanted(data: Path, *, seed: int) -> list[Task]:
    """Return the questions to translate: one file after the other in turn, each shuffled."""
    rng = random.Random(seed)
    columns: list[list[Task]] = []
    for name in FILES:
        asked = sorted({row.question for row in trainable(data, name) if row.answers and concise(row, longest=40)})
        rng.shuffle(asked)
        columns.append([Task(question, "en" if HAN.search(question) else "zh", {"file": name}) for question in asked])
    return [task for task in chain.from_iterable(zip_longest(*columns)) if task is not None]


def load(path: Path) -> dict[str, str]:
    """Return the translations of a file by question, without those that aren't usable; empty where there is no file."""
    return {r["question"]: r["translation"] for r in records(path) if usable(r["question"], r["translation"], r["language"])}


def record(task: Task, text: str) -> dict[str, Any]:
    """What the file holds of a translation."""
    return {**task.about, "question": task.asked, "language": task.language, "translation": text}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and translate until all is done, or the time is up."""
    options = command("translations", "Translate the training's questions.").parse_args(arguments)
    known = {r["question"] for r in records(options.out)}
    tasks = [task for task in wanted(options.data, seed=1) if task.asked not in known]
    print(f"{len(known)} questions are translated, {len(tasks)} are left", flush=True)
    writer = Writer(options.model, SHOWN, threads=options.threads)
    write_all(writer, tasks, options.out, record=record, batch=options.batch, minutes=options.minutes)


if __name__ == "__main__":
    main()
