"""The vector index at several sizes: recall of the ten nearest, time of a search, memory, time to make it.

    python -m benchmarks.index --documents FILE.jsonl.gz ... --questions FILE.jsonl.gz

Passages of the documents (rows with title and text) are embedded, and the questions (rows with a question). Where a size asks for more
vectors than there are passages, more are made from these by adding noise that puts them about as far from their origin (mean cosine 0.94)
as a passage of real news is from its nearest neighbour (0.93).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.machine import machine
from benchmarks.rows import article, read_rows
from corpus.splitting import split
from embeddings.encoder import load_embedder
from embeddings.index import VectorIndex

NOISE = 0.35
"""Length of the vector that is added to a unit vector."""
NEAREST = 10

Vectors = npt.NDArray[np.float32]


def grown(vectors: Vectors, count: int) -> Vectors:
    """As many unit vectors as asked for: a choice of these, or these and noisy copies of them."""
    rng = np.random.default_rng(0)
    if count <= len(vectors):
        return vectors[rng.permutation(len(vectors))[:count]]
    copies = vectors[rng.integers(0, len(vectors), count - len(vectors))]
    copies = copies + NOISE / np.sqrt(copies.shape[1]) * rng.standard_normal(copies.shape, np.float32)
    return np.concatenate([vectors, copies / np.linalg.norm(copies, axis=1, keepdims=True)]).astype(np.float32)


def row(name: str, index: VectorIndex, queries: Vectors, true: list[set[int]], *, made_s: float) -> str:
    """One line of the table."""
    began = time.perf_counter()
    found = [{i for i, _ in index.search(query, limit=NEAREST)} for query in queries]
    search_ms = (time.perf_counter() - began) * 1000 / len(queries)
    recall = sum(len(a & b) for a, b in zip(found, true, strict=True)) / sum(map(len, true))
    return f"| {len(index)} | {name} | {recall:.4f} | {search_ms:.2f} | {index.nbytes / 1e6:.0f} | {made_s:.1f} |"


def main() -> None:
    """Entry point."""
    import faiss

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, nargs="+", required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=9000, help="embedded at most (default: %(default)s)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[8_000, 50_000, 200_000])
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(0)
    texts = [passage.text for path in options.documents for document in read_rows(path) for passage in split(article(document))]
    chosen = rng.permutation(len(texts))[: options.passages]
    embedder = load_embedder()
    vectors = embedder.encode_document([texts[place] for place in chosen])
    asked = [str(question.get("question") or question["text"]) for question in read_rows(options.questions)]
    queries = embedder.encode_query([asked[place] for place in rng.permutation(len(asked))[:300]])
    print(f"{len(texts)} passages, of which {len(vectors)} embedded; {len(queries)} questions\n")
    print(f"| vectors | index | recall of {NEAREST} | ms a search | MB | made in s |\n|---|---|---|---|---|---|")
    for size in options.sizes:
        ids, sample = np.arange(size), grown(vectors, size)
        true: list[set[int]] = []
        for name, limit in (("exact", size), ("lists", 0)):
            began = time.perf_counter()
            index = VectorIndex.build(ids, sample, exact_limit=limit)
            made_s = time.perf_counter() - began
            true = true or [{i for i, _ in index.search(query, limit=NEAREST)} for query in queries]
            print(row(name, index, queries, true, made_s=made_s), flush=True)
    print(f"\none thread; {machine()}")


if __name__ == "__main__":
    main()
