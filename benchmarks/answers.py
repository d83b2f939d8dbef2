"""Answer quality and speed over a question set.

    python -m benchmarks.answers QUESTIONS.jsonl --articles FOLDER          # any set over a folder of articles
    python -m benchmarks.answers benchmarks/questions/dev.jsonl --pages DIR # the tuning set, over the page collections it names
    python -m benchmarks.answers benchmarks/questions/samples.jsonl         # over the sample library

Every question is asked over the whole of its library. One answer is asked for and thrown away before the clock starts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.machine import machine, resident_mb
from corpus.intake import add_files
from corpus.library import Library
from corpus.reading import read
from qa.assistant import Assistant
from qa.evaluation import load_questions
from qa.places import SAMPLES
from qa.results import Answer
from qa.scoring import Gold, score

LIBRARIES = Path(__file__).parent / "questions" / "libraries.json"


def add_pages(library: Library, names: list[str], pages: Path) -> None:
    """Saved pages by collection and id (``gne-zh-news:163/3``), from ``pages/COLLECTION.jsonl.gz``."""
    for collection in {name.split(":", 1)[0] for name in names}:
        with gzip.open(pages / f"{collection}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if (name := f"{collection}:{row['id']}") in names:
                    library.add(read(row["html"].encode(), name=f"{name}.html", url=row.get("url")))


def open_libraries(
    questions: list[Gold], *, articles: Path | None, pages: Path | None, folder: Path
) -> Iterator[tuple[Library, list[Gold]]]:
    """Each library the questions are asked over, filled, with its questions."""
    members: dict[str, list[str]] = json.loads(LIBRARIES.read_text(encoding="utf-8"))
    groups: dict[str | None, list[Gold]] = defaultdict(list)
    for gold in questions:
        groups[None if articles else gold.library].append(gold)
    for number, (name, asked) in enumerate(groups.items()):
        with Library(folder / str(number)) as library:
            if name in members:
                if pages is None:
                    raise SystemExit(f"The questions over {name!r} need --pages, the folder that holds the page collections.")
                add_pages(library, members[name], pages)
            else:
                add_files(library, [articles or SAMPLES])
            yield library, asked


def ask_all(questions: list[Gold], *, articles: Path | None = None, pages: Path | None = None) -> list[tuple[Gold, Answer]]:
    """Ask every question over its library."""
    given = []
    with tempfile.TemporaryDirectory() as folder:
        for library, asked in open_libraries(questions, articles=articles, pages=pages, folder=Path(folder)):
            assistant = Assistant(library)
            assistant.sync()
            assistant.ask(asked[0].question)
            given += [(gold, assistant.ask(gold.question)) for gold in asked]
    return given


def report(given: list[tuple[Gold, Answer]], *, verbose: bool = False) -> float:
    """Print the table; returns the mean score."""
    groups: dict[str, list[float]] = defaultdict(list)
    for gold, answer in given:
        points = score(gold, [item.text for item in answer.answers])
        for group in ("all", f"kind {gold.kind}", f"lang {gold.language}"):
            groups[group].append(points)
        if verbose and points < 1:
            said = [f"{item.text} {item.confidence:.2f}" for item in answer.answers] or [f"({answer.confidence:.2f})"]
            print(f"{points:.2f} {gold.id} {gold.question} | want {[aliases[0] for aliases in gold.answers]} | got {said}")
    print("\n| group | questions | score |\n|---|---|---|")
    for group, points_of in sorted(groups.items()):
        print(f"| {group} | {len(points_of)} | {statistics.mean(points_of):.3f} |")
    times = {name: [getattr(answer, f"{name}_ms") for _, answer in given] for name in ("elapsed", "retrieval", "reading")}
    print("\n| ms | p50 | p95 |\n|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {np.percentile(values, 50):.0f} | {np.percentile(values, 95):.0f} |")
    resident, own = resident_mb()
    print(f"\nmemory {resident:.0f} MB resident, {own:.0f} MB of it not mapped files\n{machine()}")
    return statistics.mean(groups["all"])


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--articles", type=Path, help="a folder of articles to ask over")
    parser.add_argument("--pages", type=Path, help="the folder with the page collections that dev.jsonl names (COLLECTION.jsonl.gz)")
    parser.add_argument("--verbose", action="store_true", help="print the questions that were not answered fully")
    options = parser.parse_args()
    report(ask_all(load_questions(options.questions), articles=options.articles, pages=options.pages), verbose=options.verbose)


if __name__ == "__main__":
    main()
