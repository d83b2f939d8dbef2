"""Does retrieval bring the passage that holds the answer? Words alone, vectors alone, and both as the product fuses them.

    python -m benchmarks.retrieving QUESTIONS.jsonl.gz ...

Rows are questions with their context and answers by place (``question, context, answers: [{text, start}], lang_c``). The contexts of a file
become the articles of one library, and every question is asked over all of them. A question counts as found at k when one of its
first k passages holds the place of an answer; what no passage holds whole is not asked.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.machine import machine
from benchmarks.rows import answerable, read_rows
from corpus.article import Article
from corpus.library import Library, StoredPassage
from embeddings.encoder import Embedder, load_embedder
from embeddings.vectors import PassageVectors
from qa.glossary import meanings
from qa.question import Query, understand
from qa.retrieval import READ_PASSAGES, Retriever, question_vector

DEPTHS = (1, 5, READ_PASSAGES)


def fill(library: Library, rows: list[dict[str, Any]]) -> dict[str, list[StoredPassage]]:
    """Add the contexts of rows, each as an article without title; return the passages of each context, not of near-copies of others."""
    contexts = {hashlib.sha256(row["context"].encode()).hexdigest(): (row["context"], row["lang_c"]) for row in rows}
    with library.batch():
        for digest, (context, language) in contexts.items():
            library.add(Article(title="", text=context, source=digest, sha256=digest, language=language))
    return {contexts[info.source][0]: library.passages(info.id) for info in library.articles()}


def holding(row: dict[str, Any], passages: list[StoredPassage]) -> set[int]:
    """The ids of the passages that hold an answer of a row whole."""
    places = [(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]]
    return {passage.id for passage in passages if any(passage.start <= start and end <= passage.end for start, end in places)}


def rankings(query: Query, language: str, library: Library, embedder: Embedder, vectors: PassageVectors) -> dict[str, list[int]]:
    """The first passages by each way of ranking, as ids."""
    words = library.search(meanings(query.terms, language), limit=READ_PASSAGES)
    vector = question_vector(embedder, query, language)
    return {
        "words": [passage_id for passage_id, _ in words],
        "vectors": [passage_id for passage_id, _ in vectors.search(vector, limit=READ_PASSAGES)],
        "both, as the product": [hit.passage.id for hit in Retriever(library, vectors, embedder).retrieve(query)],
    }


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=1000, help="questions of each file, evenly spread (default: %(default)s)")
    options = parser.parse_args()
    embedder = load_embedder()
    print(f"| file | questions | passages | ranked by | {' | '.join(f'in first {depth}' for depth in DEPTHS)} |")
    print("|---|---|---|---|" + "---|" * len(DEPTHS))
    console = Console(stderr=True)
    for path in options.questions:
        rows = [row for row in read_rows(path) if answerable(row)]
        with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
            held = fill(library, rows)
            vectors = PassageVectors(library, embedder)
            vectors.sync()
            found: Counter[tuple[str, int]] = Counter()
            asked = 0
            for row in track(rows[:: max(1, len(rows) // options.limit)][: options.limit], path.name, console=console):
                if not (right := holding(row, held.get(row["context"], []))):
                    continue
                asked += 1
                for name, ids in rankings(understand(row["question"]), row["lang_c"], library, embedder, vectors).items():
                    found.update((name, depth) for depth in DEPTHS if right.intersection(ids[:depth]))
            for name in ("words", "vectors", "both, as the product"):
                cells = " | ".join(f"{found[name, depth] / max(1, asked):.3f}" for depth in DEPTHS)
                print(f"| {path.name} | {asked} | {sum(map(len, held.values()))} | {name} | {cells} |", flush=True)
    print(f"\n{embedder.fingerprint}\n{machine()}")


if __name__ == "__main__":
    main()
