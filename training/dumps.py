"""Fits the network that takes a second look at plain-text dumps of pages: ``python -m training.dumps --data DATA``.

A page's dump is its lines with the tags stripped, as copying all of a page leaves them. Only the half of the pages of ``DATA/pages/`` that
`training.page_gold.to_learn` picks is read; each comes in two forms, as it is and with its article's lines alone. A minute or two on one
core; writes ``corpus/reading/second_look.json``.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.cleaning import Cleaned, clean
from corpus.lines import lines
from corpus.reading import second_look
from corpus.reading.second_look import Network
from training.page_gold import MARKS, Marks, labels, line_hash, marked_lines, read_marks, to_learn, tokens

OUT = Path(second_look.__file__).with_name(second_look.FILE)
FILES = {"scrapinghub-aeb": 2.0, "l3s-gn1": 1.0, "mozilla-readability": 0.7, "gne-zh-news": 3.0}
"""What a page of each file weighs, as in `training.pages`."""
_ALONE = 0.3
"""What a page's second form weighs against the first."""
_OF_LENGTH = 0.8
"""A line weighs its number of words to this power."""
_HIDDEN, _EPOCHS, _BATCH, _RATE, _DECAY = 24, 20, 1024, 5e-3, 1e-2
_MOST_LINES = 3000
"""A longer dump is a list or a log."""
ARTICLE = 0.5
"""From this share on, a line is the article's."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dump:
    """A page's lines, and which of them are the article's."""

    id: str
    file: str
    rules: Cleaned
    article: Floats
    """Which part of each line is the article's, 0 to 1."""
    counts: npt.NDArray[np.bool_]
    """Whether it matters how a line is judged."""

    @property
    def unseen(self) -> bool:
        """Whether nothing may be learned from it."""
        return not to_learn(self.id)


def dump_of(row: dict[str, Any], file: str, marks: Marks | None) -> Dump | None:
    """None of a page that holds no lines, or too many."""
    stripped = marked_lines(row["html"])
    if not 0 < len(stripped) <= _MOST_LINES:
        return None
    rules = clean(lines("\n".join(stripped), wrapped=False))
    if marks is not None:
        return marked(row["id"], file, rules, marks)
    blocks: Any = [SimpleNamespace(text=line.text) for line in rules.lines]
    return Dump(row["id"], file, rules, labels(blocks, row["gold_text"]).astype(float), np.ones(len(blocks), bool))


def marked(of_id: str, file: str, rules: Cleaned, marks: Marks) -> Dump:
    """A dump whose lines were marked by hand."""
    hashes = [line_hash(line.text) for line in rules.lines]
    either = marks.either | {line_hash(title) for title in marks.titles}
    words = [any(map(str.isalnum, line.text)) for line in rules.lines]
    counts = [each in marks.body or (each not in either and of_words) for each, of_words in zip(hashes, words, strict=True)]
    return Dump(of_id, file, rules, np.array([each in marks.body for each in hashes], float), np.array(counts, bool))


def dumps(folder: Path) -> Iterator[Dump]:
    """The dumps of all pages whose article is known."""
    marks = read_marks(MARKS / "zh-news.gold.jsonl")
    for file in FILES:
        with gzip.open(folder / f"{file}.jsonl.gz", "rt", encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                if ("gold_text" in row or row["id"] in marks) and (found := dump_of(row, file, marks.get(row["id"]))) is not None:
                    yield found


def alone(dump: Dump) -> Dump | None:
    """The article's lines with nothing around them; None where they are no two."""
    own = [line.text for line, part in zip(dump.rules.lines, dump.article, strict=True) if part >= ARTICLE]
    rules = clean(lines("\n".join(own), wrapped=False))
    return (
        replace(dump, rules=rules, article=np.ones(len(own)), counts=np.ones(len(own), bool)) if len(rules.lines) == len(own) > 1 else None
    )


def fitted(known: Sequence[Dump], features: Callable[[Cleaned], Floats] = second_look.features) -> Network:
    """A network that judges as these dumps are marked."""
    forms = [(dump, 1.0) for dump in known] + [(form, _ALONE) for dump in known if (form := alone(dump)) is not None]
    weights = []
    for dump, weight in forms:
        sizes = np.array([max(1, len(tokens(line.text))) for line in dump.rules.lines], float) ** _OF_LENGTH * dump.counts
        weights.append(weight * FILES[dump.file] * sizes / max(1.0, sizes.sum()))
    return _fit(
        np.concatenate([features(dump.rules) for dump, _ in forms]),
        np.concatenate([dump.article for dump, _ in forms]),
        np.concatenate(weights),
    )


def _fit(features: Floats, wanted: Floats, weights: Floats) -> Network:
    """By AdamW (Loshchilov and Hutter 2019), on weighted cross-entropy."""
    chance = np.random.default_rng(0)
    mean, scale = features.mean(0), np.maximum(features.std(0), 1e-3)
    empty = np.zeros(0)
    inputs, weights = Network(mean, scale, empty, empty, empty, 0.0).inputs(features), weights / weights.mean()
    values = [
        chance.normal(0, inputs.shape[1] ** -0.5, (inputs.shape[1], _HIDDEN)),
        np.zeros(_HIDDEN),
        chance.normal(0, _HIDDEN**-0.5, _HIDDEN),
    ]
    values.append(np.zeros(()))
    first, second = [np.zeros_like(value) for value in values], [np.zeros_like(value) for value in values]
    steps = _EPOCHS * -(-len(inputs) // _BATCH)
    step = 0
    for _ in range(_EPOCHS):
        order = chance.permutation(len(inputs))
        for at in range(0, len(order), _BATCH):
            rows = order[at : at + _BATCH]
            step += 1
            hidden = np.tanh(inputs[rows] @ values[0] + values[1])
            slope = (1 / (1 + np.exp(-(hidden @ values[2] + values[3]))) - wanted[rows]) * weights[rows] / len(rows)
            back = np.outer(slope, values[2]) * (1 - hidden**2)
            slopes = [inputs[rows].T @ back, back.sum(0), hidden.T @ slope, slope.sum()]
            rate = _RATE * min(1.0, 10 * step / steps) * (1 - step / (steps + 1))
            for number, each in enumerate(slopes):
                first[number] = 0.9 * first[number] + 0.1 * each
                second[number] = 0.999 * second[number] + 0.001 * each**2
                move = first[number] / (1 - 0.9**step) / (np.sqrt(second[number] / (1 - 0.999**step)) + 1e-8)
                values[number] = values[number] - rate * (move + _DECAY * values[number] * (number in (0, 2)))
    return Network(mean, scale, values[0], values[1], values[2], float(values[3]))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with pages/*.jsonl.gz")
    parser.add_argument("--out", type=Path, default=OUT, help="default: where the program reads it")
    options = parser.parse_args()
    known = [dump for dump in dumps(options.data / "pages") if not dump.unseen]
    print(f"{len(known)} dumps of {sum(len(dump.article) for dump in known)} lines")
    second_look.save(fitted(known), options.out)


if __name__ == "__main__":
    main()
