"""The command line of ``python -m benchmarks.reading``."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import benchmarks.reading
from benchmarks.machine import machine
from benchmarks.reading.fp32 import DEFAULT_WEIGHTS
from benchmarks.reading.measures import MEASURES, Bench, Figure
from benchmarks.reading.sets import DEFAULT_DATA
from qa.confidence import default_weights, load_weights
from qa.reader import DEFAULT_MODEL, Reader


def line(figure: Figure) -> str:
    """One row of the table."""
    digits = 1 if figure.value > 5 else 3 if figure.value < 1 else 2
    wanted = "" if figure.wanted is None else f"{'≤' if figure.at_most else '≥'} {figure.wanted:g}"
    reached = {True: "yes", False: "**no**", None: ""}[figure.reached]
    value = f"{figure.value:.{digits}f}"
    return f"| {figure.what} | {figure.metric} | {figure.rows:,} | {value} | {wanted} | {reached} | {figure.note} |"


def write(path: Path, figures: list[Figure]) -> None:
    """The figures so far as JSON, and what they were measured on."""
    report = {"machine": machine(), "figures": [asdict(figure) | {"reached": figure.reached} for figure in figures]}
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reading", description=benchmarks.reading.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, metavar="N", help="rows of each set, a fixed sample (default: all)")
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--reader", type=Path, metavar="FOLDER", help="another reader.int8.onnx, and confidence.json if it has one")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS, metavar="FILE", help="what the graph was made of, for int8")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="FOLDER", help="holds qa/ and ner/ (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options = parser.parse_args()
    if options.rows is not None and options.rows < 2:
        parser.error("--rows must be 2 or more")
    model = options.reader / DEFAULT_MODEL.name if options.reader else DEFAULT_MODEL
    fitted = options.reader / "confidence.json" if options.reader else None
    confidence = load_weights(fitted) if fitted and fitted.is_file() else default_weights()
    figures: list[Figure] = []
    began, load = time.perf_counter(), os.getloadavg()[0]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    print("| what | metric | rows | measured | wanted | reached | |\n|---|---|---|---|---|---|---|", flush=True)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def track(what: str, total: int) -> Callable[[], None]:
            for task in progress.task_ids:
                progress.remove_task(task)
            task = progress.add_task(what, total=total)
            return lambda: progress.advance(task)

        bench = Bench(Reader(model), model, confidence, options.weights, options.data, options.rows, track)
        for name in options.only or MEASURES:
            for figure in MEASURES[name](bench):
                figures.append(figure)
                print(line(figure), flush=True)
                if options.json:  # after each, as the whole table takes its time
                    write(options.json, figures)
    print(f"\n{machine()}; {time.perf_counter() - began:.0f} s, load before {load:.1f}")


if __name__ == "__main__":
    main()
