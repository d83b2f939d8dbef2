"""The rows of the table, one function each: from the reader and the data folder to figures."""

from __future__ import annotations

import itertools
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.reading import calibration, product, sets
from benchmarks.reading.fp32 import TorchReader, made_of
from benchmarks.reading.metrics import (
    MultiSpan,
    best,
    cmrc_exact,
    cmrc_f1,
    expected_noise,
    span_f1,
    squad_exact,
    squad_f1,
)
from benchmarks.reading.sets import Question
from corpus.words import index_terms, query_terms
from embeddings.layers import default_threads, read_manifest
from qa.confidence import Weights
from qa.reader import Reader, likeliest, read
from qa.scoring import calibration_error

In = TypeVar("In")
Out = TypeVar("Out")

MOST_SHIFTED = 1500
"""Rows of each SQuADShifts file."""
MOST_COMPARED = 600
"""Rows read by both int8 and float32 when nothing is said: torch takes its time."""
MOST_SPANS = 40
"""Of one text, as many as the product keeps different answers."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    what: str
    metric: str
    value: float
    rows: int
    wanted: float | None = None
    at_most: bool = False
    """Whether ``wanted`` is a ceiling and not a floor."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the value is as wanted; None when nothing was."""
        if self.wanted is None:
            return None
        return self.value <= self.wanted if self.at_most else self.value >= self.wanted


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, on what."""

    reader: Reader
    model: Path
    """The reader's graph."""
    confidence: Weights
    full_weights: Path
    """The reader's weights before they were quantised."""
    data: Path
    rows: int | None
    """How many of each set; all of them when None."""
    track: Callable[[str, int], Callable[[], None]]
    """Called with what is being measured and the number of steps; returns what to call after each."""

    def sample(self, name: str, *, without_overlaps: bool = False) -> list[Question]:
        """The rows to ask of a set."""
        return sets.sample(sets.load(self.data, name, without_overlaps=without_overlaps), self.rows)


def best_span(reader: Reader, question: str, context: str) -> tuple[str, float]:
    """The text that the reader holds for likeliest, whether it thinks that it answers or not, and its score; "" when there is none.

    The paragraph is read as the product reads one, passage by passage.
    """
    spans = likeliest(question, context, n_best=1, reader=reader)
    return (context[spans[0].start : spans[0].end], spans[0].score) if spans else ("", -99.0)


def right(said: str, question: Question) -> tuple[float, float]:
    """F1 and exact match, 0-100, by the rules of the context's language."""
    rules = (cmrc_f1, cmrc_exact) if question.context_language == "zh" else (squad_f1, squad_exact)
    f1, exact = (100 * best(rule, said, question.accepted) for rule in rules)
    return f1, exact


def each(function: Callable[[In], Out], items: Sequence[In], tick: Callable[[], None]) -> list[Out]:
    """The results of *function* in order, as many worked on at a time as there are processors: a short text keeps only one of them busy."""
    found = []
    with ThreadPoolExecutor(default_threads()) as pool:
        for result in pool.map(function, items):
            found.append(result)
            tick()
    return found


def one_span(bench: Bench, name: str, questions: Sequence[Question]) -> tuple[float, float]:
    """Mean F1 and exact match of the best span."""

    def read_one(question: Question) -> tuple[float, float]:
        return right(best_span(bench.reader, question.text, question.context)[0], question)

    scores = each(read_one, questions, bench.track(name, len(questions)))
    f1, exact = (statistics.mean(column) for column in zip(*scores, strict=True))
    return f1, exact


def _single(name: str, f1: float, exact: float, *, without_overlaps: bool = False) -> Callable[[Bench], Iterator[Figure]]:
    def measure(bench: Bench) -> Iterator[Figure]:
        asked = bench.sample(name, without_overlaps=without_overlaps)
        measured = one_span(bench, name, asked)
        for metric, value, wanted in zip(("F1", "EM"), measured, (f1, exact), strict=True):
            yield Figure(name, metric, value, len(asked), wanted)

    return measure


def squadshifts(bench: Bench) -> Iterator[Figure]:
    """English, over the contexts that no training used."""
    for name in ("squadshifts.new_wiki", "squadshifts.reddit", "squadshifts.amazon_reviews"):
        kept = sets.kept_out(sets.load(bench.data, name))
        asked = sets.sample(kept, min(MOST_SHIFTED, bench.rows or MOST_SHIFTED))
        f1, exact = one_span(bench, name, asked)
        yield Figure(name, "F1", f1, len(asked), 75, note=f"EM {exact:.1f}; {len(kept)} rows over contexts kept out of training")


def cross_lingual(bench: Bench) -> Iterator[Figure]:
    """The same questions over the same Chinese paragraphs, in English and in Chinese."""
    english, chinese = bench.sample("bipar.enq-zhc.valid"), bench.sample("bipar.zh.valid")
    if [question.context for question in english] != [question.context for question in chinese]:
        raise SystemExit("The rows of bipar.enq-zhc.valid and bipar.zh.valid no longer stand side by side.")
    (asked_in_english, _), (asked_in_chinese, _) = (
        one_span(bench, "bipar.enq-zhc.valid", english),
        one_span(bench, "bipar.zh.valid", chinese),
    )
    share = asked_in_english / asked_in_chinese if asked_in_chinese else 0.0
    note = f"F1 {asked_in_english:.1f} of {asked_in_chinese:.1f}"
    yield Figure("bipar.valid, English over Chinese questions", "share of F1", share, len(english), 0.85, note=note)


def listed(reader: Reader, question: Question) -> list[str]:
    """All that the reader holds for answers."""
    return [question.context[span.start : span.end] for span in read(question.text, question.context, n_best=MOST_SPANS, reader=reader)]


def multi_span(bench: Bench) -> Iterator[Figure]:
    """English questions whose answer is several spans, no row of which is ever trained on: by the reader alone, and by the product."""
    name = "multispanqa.valid"
    asked = bench.sample(name)
    for how, given in both_ways(bench, name, asked):
        counts = MultiSpan()
        for question, said in zip(asked, given, strict=True):
            counts.add(said, question.accepted)
        note = f"{counts.said / len(asked):.1f} spans a question, {counts.wanted / len(asked):.1f} wanted"
        wanted = 45 if how == "reader" else None
        yield Figure(f"{name}, {how}", "exact F1", 100 * counts.exact_f1, len(asked), wanted, note=note)
        yield Figure(f"{name}, {how}", "partial F1", 100 * counts.partial_f1, len(asked))


def speakers(bench: Bench) -> Iterator[Figure]:
    """Who spoke, who holds which post, which names, over real sentences: all spans, by the reader alone, and by the product."""
    asked = sets.sample(sets.speakers(bench.data), bench.rows)
    for how, given in both_ways(bench, "speakers", asked):
        scores = [100 * span_f1(said, question.answers) for question, said in zip(asked, given, strict=True)]
        parts: dict[str, list[float]] = {}
        for question, score in zip(asked, scores, strict=True):
            kind = ("nothing there", "one", "several")[min(2, len(question.answers))]
            for part in (f"{question.language} over {question.context_language}", kind):
                parts.setdefault(part, []).append(score)
        note = ", ".join(f"{part} {statistics.mean(points):.0f} ({len(points)})" for part, points in sorted(parts.items()))
        yield Figure(
            f"speakers and roles, {how}", "span F1", statistics.mean(scores), len(asked), 85 if how == "reader" else None, note=note
        )


def both_ways(bench: Bench, name: str, asked: Sequence[Question]) -> Iterator[tuple[str, list[list[str]]]]:
    """The texts given to each question: by ``reader``, all that it holds for answers, and by ``product``, what is left of them after
    lists are taken apart, the same thing under two wordings is joined, and what is not sure enough is dropped.
    """
    yield "reader", each(lambda question: listed(bench.reader, question), asked, bench.track(f"{name}, reader", len(asked)))
    tick = bench.track(f"{name}, product", len(asked))
    given = []
    for said in product.answers(asked, reader=bench.reader, weights=bench.confidence):
        given.append(said)
        tick()
    yield "product", given


def abstention(bench: Bench) -> Iterator[Figure]:
    """How surely the score of the best span tells where an answer is from where none is: the probability that one with an answer scores
    above one without (area under the ROC curve).
    """
    name = "cjrc2019.test"
    law = sets.load(bench.data, name, without_overlaps=True)
    half = None if bench.rows is None else bench.rows // 2
    here = sets.sample([question for question in law if question.answers], half)
    absent = sets.sample([question for question in law if not question.answers], half)
    asked = [(question.text, question.context, bool(question.answers)) for question in here + absent]
    yield Figure(
        f"{name}, answerable or not", "AUROC", _auroc(bench, name, asked), len(asked), 0.85, note=f"{len(absent)} without an answer"
    )

    name = "cmrc2018.dev"
    everything = sets.load(bench.data, name)
    questions = sets.sample(everything, half)
    wrong = wrong_contexts(questions, list(dict.fromkeys(question.context for question in everything)))
    asked = [(question.text, question.context, True) for question in questions]
    asked += [(question.text, context, False) for question, context in zip(questions, wrong, strict=True) if context]
    note = f"{len(asked) - len(questions)} over the wrong passage that BM25 ranks first"
    yield Figure(f"{name}, right or wrong passage", "AUROC", _auroc(bench, name, asked), len(asked), 0.95, note=note)


def _auroc(bench: Bench, name: str, asked: Sequence[tuple[str, str, bool]]) -> float:
    from sklearn.metrics import roc_auc_score

    scores = each(lambda row: best_span(bench.reader, row[0], row[1])[1], asked, bench.track(f"{name}, abstention", len(asked)))
    return float(roc_auc_score([answerable for *_, answerable in asked], scores))


def wrong_contexts(questions: Sequence[Question], contexts: Sequence[str]) -> list[str | None]:
    """For each question the context that ranks first for it by BM25 among those that hold none of its answers; None when none does.

    Terms and ranking are those of the product's word index (SQLite's FTS5, with its own k1 and b).
    """
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(terms, tokenize='unicode61')")
    db.executemany("INSERT INTO words (rowid, terms) VALUES (?, ?)", [(at, index_terms(context)) for at, context in enumerate(contexts)])
    found = []
    for question in questions:
        terms = " OR ".join(f'"{term}"' for term in query_terms(question.text))
        ranked = db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words)", (terms,)) if terms else ()
        candidates = (contexts[at] for (at,) in ranked)
        found.append(next((text for text in candidates if not any(answer in text for answer in question.accepted)), None))
    db.close()
    return found


def calibrated(bench: Bench) -> Iterator[Figure]:
    """Expected calibration error of the product's confidence."""
    for group, parts in calibration.groups(bench.data, bench.rows).items():
        tick = bench.track(f"confidence, {group}", sum(map(len, parts)))
        asked = (calibration.ask(part, reader=bench.reader, weights=bench.confidence, tick=tick) for part in parts)
        judged = list(itertools.chain.from_iterable(asked))
        confidences = np.array([one.confidence for one in judged])
        error = calibration_error(confidences, np.array([float(one.right) for one in judged]))
        given = [one for one in judged if one.given]
        correct = sum(one.right for one in given) / max(1, len(given))
        note = (
            f"chance alone {expected_noise(confidences):.3f}; given {len(given) / len(judged):.0%}, right {correct:.0%} of them, "
            f"mean confidence {statistics.mean([one.confidence for one in given] or [0]):.2f}"
        )
        yield Figure(f"confidence, {group}", "calibration error", error, len(judged), 0.05, at_most=True, note=note)


def quantised(bench: Bench) -> Iterator[Figure]:
    """What 8 bits cost and what they save: each row read by both in turn, the order swapped every time."""
    if not bench.full_weights.is_file():
        raise SystemExit(f"{bench.full_weights} is missing: say with --weights where the weights of {bench.model} lie.")
    full = TorchReader(bench.model, bench.full_weights)
    count = bench.rows or MOST_COMPARED
    asked = sets.sample(sets.load(bench.data, "cmrc2018.dev"), count // 2)
    asked += sets.sample(sets.kept_out(sets.load(bench.data, "squadshifts.new_wiki")), count - count // 2)
    readers = {"int8": bench.reader, "float32": full}
    for reader in readers.values():
        best_span(reader, asked[0].text, asked[0].context)
    seconds = dict.fromkeys(readers, 0.0)
    scores: dict[str, list[float]] = {name: [] for name in readers}
    tick = bench.track("int8 and float32", len(asked))
    for number, question in enumerate(asked):
        for name, reader in sorted(readers.items(), reverse=bool(number % 2)):
            began = time.perf_counter()
            said, _ = best_span(reader, question.text, question.context)
            seconds[name] += time.perf_counter() - began
            scores[name].append(right(said, question)[0])
        tick()
    losses = [whole - part for whole, part in zip(scores["float32"], scores["int8"], strict=True)]
    note = f"{statistics.mean(scores['int8']):.2f} against {statistics.mean(scores['float32']):.2f}"
    note += f", standard error of the difference {statistics.stdev(losses) / len(losses) ** 0.5:.2f}" if len(losses) > 1 else ""
    if not made_of(read_manifest(bench.model), bench.full_weights):
        note += f"; but {bench.full_weights.name} is NOT what this graph was made of"
    yield Figure("int8 against float32", "F1 lost", statistics.mean(losses), len(asked), 0.5, at_most=True, note=note)
    times = ", ".join(f"{name} {1000 * seconds[name] / len(asked):.0f} ms a row" for name in readers)
    yield Figure("int8 against float32 in torch", "times as fast", seconds["float32"] / seconds["int8"], len(asked), 2.5, note=times)


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "cmrc": _single("cmrc2018.dev", 82, 62),
    "drcd": _single("drcd.test", 84, 74),
    "news": _single("antiterror-news.dev", 83, 60, without_overlaps=True),
    "squadshifts": squadshifts,
    "cross": cross_lingual,
    "multispan": multi_span,
    "speakers": speakers,
    "abstention": abstention,
    "calibration": calibrated,
    "int8": quantised,
}
"""By the name they are asked for with on the command line."""
