"""Measure a reader on tuning sets: ``python -m training.evaluate --weights FILE --data DATA``. No test set is read here.

The sets: BiPaR's validation files (non-commercial, so measured and never trained on), the tenth of CMRC trial, DRCD, SQuADShifts, CMQA and
CJRC contexts that training leaves out, and questions from templates over the tenth of sentences that it leaves out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from corpus.scripts import HAN
from embeddings.tokens import shared_tokenizer
from embeddings.word_table import WordTable, word_table
from qa.scoring import overlap, units
from training.data import Row, Span, held_out, questions
from training.examples import windows
from training.mixture import templates
from training.model import e5_small, logits, network

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

MAX_ANSWER = 40  # tokens; the longest of common answers
LENGTH_COST = 0.1
"""Taken from a list item's score for each character: where several starts and ends are likely, those that belong together lie close."""

LIST_WITHIN = 3.0
"""Logits below the best span that a list item may lie: over 0 to 99, 3 gave the best F1 on the speaker sets (81 against 74 without a
limit) and on listing with cmqa.dev (67 against 65); 5 lay between."""


@dataclass(frozen=True, slots=True)
class Read:
    """A span with its score: start and end logit over those of "not here", so above zero when it is likelier; higher is better."""

    start: int
    end: int
    score: float


def read(
    model: BertForQuestionAnswering, rows: Sequence[Row], *, tokenizer: Tokenizer, words: WordTable, keep: int = 30
) -> list[list[Read]]:
    """Return for each row its best spans over all windows, best first."""
    import torch

    cut = [(number, window) for number, row in enumerate(rows) for window in windows(tokenizer, row)]
    cut.sort(key=lambda pair: len(pair[1].ids))
    found: list[dict[Span, float]] = [{} for _ in rows]
    model.train(False)
    with torch.inference_mode():
        for at in range(0, len(cut), 16):
            batch = cut[at : at + 16]
            scores = logits(model, words, [window for _, window in batch])
            for (number, window), spans in zip(batch, scores.spans.numpy(), strict=True):
                null = spans[0, 0]
                size = len(window.ids)
                best = spans[:size, :size].ravel()
                for place in best.argpartition(-min(400, best.size - 1))[-400:]:
                    first, last = divmod(int(place), size)
                    if 0 < first <= last < first + MAX_ANSWER and window.legal[first] and window.legal[last]:
                        span = window.characters[first][0], window.characters[last][1]
                        found[number][span] = max(found[number].get(span, -1e9), float(best[place] - null))
    return [[Read(*span, score) for span, score in sorted(spans.items(), key=lambda item: -item[1])[:keep]] for spans in found]


def items(spans: Sequence[Read], row: Row) -> list[str]:
    """Choose the spans that are likelier than "not here" and near the best, without overlaps and repetitions: the answer as a list."""
    chosen: list[Read] = []
    least = max(0.0, spans[0].score - LIST_WITHIN) if spans else 0.0
    for span in sorted(spans, key=lambda s: -(s.score - LENGTH_COST * (s.end - s.start))):
        if span.score > least and all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted({row.context[span.start : span.end] for span in chosen})


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the probability that a positive's score is above a negative's (ties count half)."""
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return wins / max(1, len(positive) * len(negative))


def scores(rows: Sequence[Row], results: Sequence[Sequence[Read]]) -> dict[str, float]:
    """Score one set, in percent: EM and F1 of the best span; for lists precision, recall and F1 of exact items; abstention."""
    out: dict[str, float] = {"rows": len(rows)}
    single = [(row, spans) for row, spans in zip(rows, results, strict=True) if len(row.answers) == 1]
    if single:
        exact = f1 = 0.0
        for row, spans in single:
            best = row.context[spans[0].start : spans[0].end] if spans else ""
            golds = [row.context[s:e] for s, e in row.answers[0]] + list(row.texts)
            exact += max(units(best) == units(gold) for gold in golds)
            f1 += max(overlap(best, gold) for gold in golds)
        out |= {"em": 100 * exact / len(single), "f1": 100 * f1 / len(single)}
    here = [spans[0].score if spans else -99.0 for row, spans in zip(rows, results, strict=True) if row.answers]
    absent = [spans[0].score if spans else -99.0 for row, spans in zip(rows, results, strict=True) if not row.answers]
    if here:
        out["answered"] = 100 * sum(score > 0 for score in here) / len(here)
    if absent:
        out["wrongly answered"] = 100 * sum(score > 0 for score in absent) / len(absent)
    if here and absent:
        out["auroc"] = 100 * auroc(here, absent)
    if any(len(row.answers) > 1 for row in rows):
        right = said = wanted = 0
        for row, spans in zip(rows, results, strict=True):
            said_here, gold_items = set(items(spans, row)), {row.context[s:e] for group in row.answers for s, e in group[:1]}
            right += len(gold_items & said_here)
            said += len(said_here)
            wanted += len(gold_items)
        out |= {
            "list precision": 100 * right / max(1, said),
            "list recall": 100 * right / max(1, wanted),
            "list f1": 200 * right / max(1, said + wanted),
        }
    return {name: round(value, 1) for name, value in out.items()}


def tuning_sets(folder: Path, *, size: int, seed: int = 1) -> dict[str, list[Row]]:
    """Load the tuning sets, at most ``size`` rows each, always the same ones."""
    rng = random.Random(seed)

    def some(name: str, *, kept_out: bool = True) -> list[Row]:
        rows = [row for row in questions(folder / "qa" / f"{name}.jsonl.gz") if not kept_out or held_out(row.context)]
        return rng.sample(rows, min(size, len(rows)))

    sets = {f"bipar {lang}": some(f"bipar.{lang}.valid", kept_out=False) for lang in ("zh", "enq-zhc")}
    sets |= {
        name: some(name)
        for name in ("cmrc2018.trial", "drcd.dev", "squadshifts.new_wiki", "squadshifts.reddit", "cmqa.dev", "cjrc2019.dev")
    }
    made = templates(folder, rng, measuring=True)
    for name, make in {"speaker": made.speaker, "role": made.role, "listing": made.listing, "clause": made.clause}.items():
        rows = [make() for _ in range(2 * size)]
        for english in (False, True):
            asked = [row for row in rows if bool(HAN.search(row.question)) != english][:size]
            sets[f"{name}, {'en' if english else 'zh'} question"] = asked
    elsewhere = [replace(row, context=rng.choice(sets["bipar zh"]).context, answers=()) for row in sets["bipar zh"][: size // 2]]
    sets["bipar zh, half over another passage"] = sets["bipar zh"][: size // 2] + elsewhere
    return sets


def main() -> None:
    """Read the command line, measure, print a table and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description="Measure a reader on tuning sets.")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", type=int, default=100, help="rows of each set")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    model = network(e5_small(), options.weights)
    figures = {}
    for name, rows in tuning_sets(options.data, size=options.size).items():
        figures[name] = scores(rows, read(model, rows, tokenizer=shared_tokenizer(), words=word_table()))
        print(f"{name:40}", "  ".join(f"{key} {value}" for key, value in figures[name].items()), flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
