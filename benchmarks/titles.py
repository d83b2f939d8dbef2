"""Does a passage's vector find more when the article's title stands above its text?

    python -m benchmarks.titles QUESTIONS.jsonl.gz ...

Rows are questions with their context, its title, and answers by place (``question, context, title, answers: [{text, start}]``). The
contexts are split into passages as a library's articles are, and every question is asked over all passages of its file. What counts is the
place in the ranking of the first passage that holds the first answer.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.machine import machine
from benchmarks.rows import answerable, article, read_rows
from corpus.splitting import split
from embeddings.encoder import load_embedder


def usable(row: dict[str, Any]) -> bool:
    """Whether a row has a title and an answer with a place, and its context is in no other file."""
    return answerable(row) and bool(row.get("title")) and not row.get("overlaps")


def measures(queries: npt.NDArray[np.float32], vectors: npt.NDArray[np.float32], true: list[set[int]]) -> tuple[float, float]:
    """Mean reciprocal rank of the first true passage, and the share of questions that have one among the first five."""
    ranks = []
    for query, places in zip(queries, true, strict=True):
        cosines = vectors @ query
        ranks.append(1 + int((cosines > max(cosines[place] for place in places)).sum()))
    return float(np.mean([1 / rank for rank in ranks])), float(np.mean([rank <= 5 for rank in ranks]))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=1200, help="questions of each file (default: %(default)s)")
    options = parser.parse_args()
    embedder = load_embedder()
    print("| file | questions | passages | text: MRR, in first 5 | title above text: MRR, in first 5 |\n|---|---|---|---|---|")
    for path in options.questions:
        rows = [row for row in read_rows(path) if usable(row)]
        titles = {str(row["context"]): str(row["title"]) for row in rows}
        passages = [(context, passage) for context in titles for passage in split(article({"text": context}))]
        held: dict[str, list[int]] = {}
        for place, (context, _) in enumerate(passages):
            held.setdefault(context, []).append(place)
        asked, true = [], []
        for at in np.random.default_rng(0).permutation(len(rows))[: options.limit]:
            row, answer = rows[at], rows[at]["answers"][0]
            start, end = answer["start"], answer["start"] + len(answer["text"])
            places = {place for place in held[row["context"]] if passages[place][1].start <= start and end <= passages[place][1].end}
            if places:  # an answer across two passages is in none
                asked.append(str(row["question"]))
                true.append(places)
        queries = embedder.encode_query(asked)
        plain = measures(queries, embedder.encode_document([passage.text for _, passage in passages]), true)
        titled = measures(queries, embedder.encode_document([f"{titles[context]}\n{passage.text}" for context, passage in passages]), true)
        cells = " | ".join(f"{mrr:.3f}, {first:.3f}" for mrr, first in (plain, titled))
        print(f"| {path.name} | {len(asked)} | {len(passages)} | {cells} |", flush=True)
    print(f"\n{embedder.fingerprint}\n{machine()}")


if __name__ == "__main__":
    main()
