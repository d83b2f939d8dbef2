"""The reader by itself on question sets with their paragraphs: exact match and F1 of its best span.

    python -m benchmarks.reading cmrc2018.dev.jsonl.gz drcd.test.jsonl.gz --limit 400

Rows are ``question, context, answers: [{text}], alt_texts``; those that are impossible, answered yes or no, or share their context
with another file (``overlaps``) are left out, and of the rest ``--limit`` are drawn with a fixed seed. Chinese is compared by
characters, English by words without articles, case and punctuation, each row by its best reference (Rajpurkar et al. 2016,
arXiv:1606.05250; Cui et al. 2019, arXiv:1810.07366). The reader must mark something in every row, as
all of them have an answer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from qa.reader import Context, Reader, default_reader
from training.evaluate import overlap, units


def rows_of(path: Path, limit: int) -> list[dict[str, Any]]:
    """The rows to ask, always the same ones."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["answers"] and not row.get("yesno") and not row.get("overlaps")]
    random.Random(0).shuffle(rows)
    return rows[:limit]


def measure(rows: list[dict[str, Any]], reader: Reader) -> tuple[float, float, float]:
    """Exact match and F1, 0–100, and milliseconds a row."""
    exact, f1 = [], []
    began = time.perf_counter()
    for row in rows:
        spans = reader.read(row["question"], [Context(row["context"])], n_best=1)[0]
        said = row["context"][spans[0].start : spans[0].end] if spans else ""
        wanted = [answer["text"] for answer in row["answers"]] + list(row.get("alt_texts") or ())
        exact.append(max(units(said) == units(text) for text in wanted))
        f1.append(max(overlap(said, text) for text in wanted))
    return 100 * statistics.mean(exact), 100 * statistics.mean(f1), (time.perf_counter() - began) * 1000 / len(rows)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=400, help="rows of each file (default 400)")
    options = parser.parse_args()
    print("| set | rows | EM | F1 | ms a row |\n|---|---|---|---|---|")
    for path in options.files:
        rows = rows_of(path, options.limit)
        exact, f1, ms = measure(rows, default_reader())
        print(f"| {path.name.removesuffix('.jsonl.gz')} | {len(rows)} | {exact:.1f} | {f1:.1f} | {ms:.0f} |", flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
