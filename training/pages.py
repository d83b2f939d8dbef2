"""Fits the network that judges the lines of web pages: ``python -m training.pages --data DATA``.

``DATA/pages/`` has the pages. Only the half of each file that `training.page_gold.to_learn` picks is read. Each page comes in three forms:
as it is; without what the extractors found, as they fail on some; and with its article's lines alone, as feeds and books hold them.
A few minutes on one core; writes ``corpus/reading/judging.json``.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.cleaning import clean
from corpus.lines import lines
from corpus.reading import html, judging
from corpus.reading.page import text_of
from training.page_gold import MARKS, Marks, labels, line_hash, read_marks, to_learn, tokens

OUT = Path(judging.__file__).with_name("judging.json")
FILES = {"scrapinghub-aeb": 2.0, "l3s-gn1": 1.0, "mozilla-readability": 0.7, "gne-zh-news": 3.0}
"""What a page of each file weighs: few pages weigh more, and less those whose article another program has found."""
_WITHOUT, _ALONE = 0.2, 0.3
"""What a page's second and third form weigh against the first."""
_OF_LENGTH = 0.8
"""A line weighs its number of words to this power: long lines matter more, short ones not nothing."""
_HIDDEN, _EPOCHS, _BATCH, _RATE, _DECAY, _DROPPED = 24, 20, 1024, 5e-3, 1e-2, (0.18, 0.3)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """The lines of a page in one form."""

    features: Floats
    article: Floats
    """Which part of each line is the article's."""
    weight: Floats


def examples(row: dict[str, Any], weight: float, marks: Marks | None) -> Iterator[Example]:
    """The forms of one page; none of a page that can't be taken apart."""
    source = html.light(row["html"])
    tree = html.tree_of(source)
    found = html.evidence(tree, source) if tree is not None else None
    if found is None or not found.blocks or len(found.blocks) != len(found.rules.lines):
        return
    sizes = np.array([max(1, len(tokens(block.text))) for block in found.blocks], dtype=np.float32) ** _OF_LENGTH
    if marks is None:
        article = labels(found.blocks, row["gold_text"])
    else:
        hashes = [line_hash(block.text) for block in found.blocks]
        article = np.array([each in marks.body for each in hashes], dtype=np.float32)
        either = marks.either | {line_hash(title) for title in marks.titles}
        sizes *= np.array([each not in either or held for each, held in zip(hashes, article, strict=True)], dtype=np.float32)
    yield _example(found, article, sizes, weight)
    yield _example(replace(found, said={}), article, sizes, weight * _WITHOUT)
    own = [number for number, part in enumerate(article) if part >= judging.LIKELY]
    blocks = [found.blocks[number] for number in own]
    rules = clean(lines(text_of(blocks), wrapped=False), title=found.title)
    if len(own) >= 2 and len(rules.lines) == len(blocks):
        yield _example(replace(found, blocks=blocks, rules=rules), np.ones(len(own), dtype=np.float32), sizes[own], weight * _ALONE)


def _example(found: judging.Evidence, article: Floats, sizes: Floats, weight: float) -> Example:
    return Example(judging.features(found), article, weight * sizes / max(1.0, float(sizes.sum())))


def read(folder: Path) -> list[Example]:
    """The pages to learn from, in all forms."""
    marks = read_marks(MARKS / "zh-news.gold.jsonl")
    found: list[Example] = []
    for name, weight in FILES.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                if to_learn(row["id"]) and ("gold_text" in row or row["id"] in marks):
                    found += examples(row, weight, None if "gold_text" in row else marks[row["id"]])
    return found


def fit(pages: list[Example]) -> dict[str, Any]:
    """The network's numbers, as ``judging.json`` holds them."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(1)  # the steps are too small to share
    features = np.concatenate([page.features for page in pages])
    mean, scale = features.mean(0), np.maximum(features.std(0), 1e-3)
    inputs = torch.from_numpy(np.clip((features - mean) / scale, -5, 5))
    wanted = torch.from_numpy(np.concatenate([page.article for page in pages]))
    weights = torch.from_numpy(np.concatenate([page.weight for page in pages]))
    weights = weights / weights.mean()
    inner, outer = nn.Linear(inputs.shape[1], _HIDDEN), nn.Linear(_HIDDEN, 1)
    network = nn.Sequential(nn.Dropout(_DROPPED[0]), inner, nn.Tanh(), nn.Dropout(_DROPPED[1]), outer)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    steps = _EPOCHS * (len(inputs) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(_EPOCHS):
        order = torch.randperm(len(inputs))
        for at in range(0, len(order), _BATCH):
            rows = order[at : at + _BATCH]
            losses = nn.functional.binary_cross_entropy_with_logits(network(inputs[rows]).squeeze(1), wanted[rows], reduction="none")
            optimizer.zero_grad()
            torch.autograd.backward([(losses * weights[rows]).mean()])
            optimizer.step()
            schedule.step()
    return {
        "format": judging.FORMAT,
        "extractors": list(judging.EXTRACTORS),
        "mean": _rounded(mean),
        "scale": _rounded(scale),
        "inner": [_rounded(row) for row in inner.weight.detach().numpy().T],
        "inner_bias": _rounded(inner.bias.detach().numpy()),
        "outer": _rounded(outer.weight.detach().numpy()[0]),
        "outer_bias": float(f"{outer.bias.item():.4g}"),
    }


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with pages/*.jsonl.gz")
    parser.add_argument("--out", type=Path, default=OUT, help="default: where the program reads it")
    options = parser.parse_args()
    pages = read(options.data / "pages")
    print(f"{len(pages)} pages and forms of pages, {sum(len(page.article) for page in pages)} lines")
    options.out.write_text(json.dumps(fit(pages), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
