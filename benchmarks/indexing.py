"""How fast a library's passages are embedded and stored, as a share of what onnxruntime alone does with the same tokens.

    python -m benchmarks.indexing                                   # the sample articles
    python -m benchmarks.indexing --articles FOLDER
    python -m benchmarks.indexing --documents FILE.jsonl.gz --limit 300  # rows with title and text

In turn, several times over: a new library's ``PassageVectors.sync`` (tokens, words, layers, pooling, SQLite), and the bare graph on word
vectors made beforehand, both one text at a time on every processor, and as padded batches of 16 with onnxruntime's own threads and
settings. The best round of each counts, so that other work on the machine disturbs all alike.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.machine import machine, resident_mb
from benchmarks.rows import article, read_rows
from corpus.intake import add_files
from corpus.library import Library
from embeddings.e5 import LAYERS_FILE, PROMPTS, E5Embedder
from embeddings.layers import SLOWER_TOGETHER, default_threads
from embeddings.tokens import token_ids
from embeddings.vectors import PassageVectors
from embeddings.word_table import word_table
from qa.places import SAMPLES

BATCH = 16

Words = npt.NDArray[np.float32]


def fill(library: Library, *, articles: Path | None, documents: Path | None, limit: int) -> None:
    """Store the articles that the options name."""
    if documents is None:
        add_files(library, [articles or SAMPLES])
        return
    with library.batch():
        for row in read_rows(documents)[:limit]:
            library.add(article(row))


def passage_texts(library: Library) -> list[str]:
    """Every passage of the library."""
    return [passage.text for info in library.articles() for passage in library.passages(info.id)]


def session(threads: int | None) -> Any:
    """The bare graph; None for onnxruntime's own choice of threads and memory."""
    import onnxruntime

    runtime: Any = onnxruntime
    options = runtime.SessionOptions()
    if threads is not None:
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False
    return runtime.InferenceSession(str(LAYERS_FILE), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER_TOGETHER)


def one_by_one(words: list[Words]) -> Callable[[], None]:
    """Each text by itself, as many at a time as there are processors."""
    runner, pool = session(1), ThreadPoolExecutor(default_threads())

    def run(text: Words) -> None:
        runner.run(None, {"inputs_embeds": text[None]})

    return lambda: list(pool.map(run, words)).clear()


def in_batches(words: list[Words]) -> Callable[[], None]:
    """Batches of texts of similar length, with onnxruntime's own threads; the shorter ones filled up (only timed)."""
    runner, feeds = session(None), list(batches(words))

    def run() -> None:
        for feed in feeds:
            runner.run(None, feed)

    return run


def batches(words: list[Words]) -> Iterator[dict[str, Words]]:
    """What the graph is fed with, batch by batch."""
    ordered = sorted(words, key=len)
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        inputs = np.zeros((len(batch), len(batch[-1]), batch[0].shape[1]), np.float32)
        for i, text in enumerate(batch):
            inputs[i, : len(text)] = text
        yield {"inputs_embeds": inputs}


def seconds(work: Callable[[], None]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, help="a folder of articles")
    parser.add_argument("--documents", type=Path, help="a file of JSON lines with title and text")
    parser.add_argument("--limit", type=int, default=100, help="so many of the documents (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many counts (default: %(default)s)")
    options = parser.parse_args()
    embedder = E5Embedder()
    embedder.encode_document(["warm up"])
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            with Library(Path(folder, str(number))) as library:
                fill(library, articles=options.articles, documents=options.documents, limit=options.limit)
                if number == 0:
                    texts = passage_texts(library)
                    ids = token_ids(texts, prompt=PROMPTS["document"])
                    words = [word_table().rows(np.array(row)) for row in ids]
                    bare = {"onnxruntime, one by one": one_by_one(words), "onnxruntime, batches": in_batches(words)}
                times.setdefault("library", []).append(seconds(PassageVectors(library, embedder).sync))
            for name, work in bare.items():
                times.setdefault(name, []).append(seconds(work))
    rates = {name: len(texts) / min(found) for name, found in times.items()}
    tokens = sum(map(len, ids))
    print(f"{len(texts)} passages, {tokens} tokens ({tokens / len(texts):.0f} each), best of {options.rounds} rounds\n")
    print("| | passages/s | tokens/s | library's share of it |\n|---|---|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {rate:.1f} | {rate * tokens / len(texts):.0f} | {rates['library'] / rate:.2f} |")
    print(f"\nmemory {resident_mb()[0]:.0f} MB resident\n{machine()}")


if __name__ == "__main__":
    main()
