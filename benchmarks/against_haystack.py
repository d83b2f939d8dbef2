"""Yuanwen and Haystack side by side: the same models, the same passages, one process, each question asked of both in turn.

    python -m benchmarks.against_haystack QUESTIONS.jsonl --articles FOLDER --reader-weights FILE --tokenizer FILE

Haystack is set up as its guides do it for extractive answers: an in-memory store, BM25 and embeddings (10 passages each), joined by
reciprocal rank fusion to the best 10, and its extractive reader with its "no answer". All settings are its defaults, but for e5's prompts
and the article's title, which is embedded above each passage, as it has no other use for it. Both run multilingual-e5-small and
one trained reader: Haystack in float32 with torch, Yuanwen as the 8-bit graphs that were made from those very weights (checked by
their checksum). Both hold the passages that ``corpus.splitting`` made of the cleaned articles.

Score: ``qa.scoring``. Haystack's answers are the texts that it ranks above its own "no answer", in its order, each of them once;
when "no answer" ranks first, nothing was found. Its default has no score threshold, so a second row says what it would have scored with
the threshold (any) and the most answers (1, 2, 3, 5, 10 or 20) that suit these very questions best, which nobody can know beforehand.

Time: of one question from text to answer, after one warm-up each. Who goes first is swapped with every question and every round. Indexing:
the articles put into a new library, embedded and indexed, against the same passages, cut already, embedded and written to a new store;
in turn, until each has done 200. Memory isn't compared: in one process, whoever loads a shared package first would pay for both.

Measure on an idle machine (the load before is printed): torch's threads wait for each other, so that other work slows Haystack far
more than its share. Processor time, of all threads together, suffers less from that.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import machine
from corpus.article import Article
from corpus.intake import add_files
from corpus.library import Library
from embeddings.e5 import PROMPTS, E5Embedder
from embeddings.vectors import PassageVectors
from qa.assistant import Assistant
from qa.evaluation import load_questions
from qa.scoring import Gold, score

PASSAGES_READ = 10
PASSAGES_INDEXED = 200
ANSWER_COUNTS = (1, 2, 3, 5, 10, 20)
"""Tried for the hindsight row; 20 is what Haystack's reader gives."""
NEEDED = (
    "haystack_integrations.components.embedders.sentence_transformers",
    "haystack_integrations.components.readers.transformers",
    "onnx",
)
INSTALL = "This needs Haystack, in an environment of its own: pip install -c constraints.txt -e . -r benchmarks/requirements-haystack.txt"

Said = list[tuple[str, float]]
"""Texts of an answer with their scores, the best first."""


@dataclass(slots=True)
class Run:
    """What one system said and how long it took."""

    said: dict[str, Said] = field(default_factory=dict)
    """By question id, of the first round."""
    milliseconds: list[float] = field(default_factory=list)
    """Of all rounds, as the clock on the wall has it."""
    processor_ms: list[float] = field(default_factory=list)
    """Of all rounds and all threads."""


def unpack_models(folder: Path, *, reader_weights: Path, tokenizer: Path) -> tuple[Path, Path]:
    """Write embedder and reader as Hugging Face folders.

    Returns:
        the embedder's folder and the reader's.

    Raises:
        SystemExit: the weights aren't those of the reader that comes with the package.
        ModelError: the weights are no reader's, or the word table is missing.
    """
    import torch
    from transformers import BertModel, PreTrainedTokenizerFast

    from embeddings.word_table import PackedModel, packed_model_path
    from training.export_encoder import weights_of
    from training.export_reader import DEFAULT_OUT, read_weights
    from training.model import e5_small, network

    weights = read_weights(reader_weights)
    digest = hashlib.sha256(b"".join(weights[name].tobytes() for name in sorted(weights))).hexdigest()
    if digest != json.loads(DEFAULT_OUT.with_suffix(".json").read_text(encoding="utf-8"))["weights_sha256"]:
        raise SystemExit(f"{reader_weights} isn't what {DEFAULT_OUT.name} was made from: the two systems would not run the same reader.")
    packed = PackedModel(packed_model_path())
    words = torch.from_numpy(packed.tensor("emb.word", packed.vocabulary, packed.hidden))
    config = e5_small()
    config.vocab_size = packed.vocabulary
    embedder = BertModel(config, add_pooling_layer=False)
    layers = {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in weights_of(packed).items()}
    embedder.load_state_dict({**layers, "embeddings.word_embeddings.weight": words})
    reader = network(config, reader_weights)
    reader.bert.embeddings.word_embeddings.weight.data.copy_(words)
    raw = folder / "tokenizer.json"
    raw.write_bytes(gzip.decompress(tokenizer.read_bytes()))
    pieces = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(raw),
        model_max_length=config.max_position_embeddings,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_input_names=["input_ids", "attention_mask"],
    )
    for name, model in (("embedder", embedder), ("reader", reader)):
        model.save_pretrained(folder / name)
        pieces.save_pretrained(folder / name)
    return folder / "embedder", folder / "reader"


class Haystack:
    """Haystack's hybrid extractive pipeline over passages.

    Args:
        passages: text and its article's title.
        embedder: a Hugging Face folder.
        reader: a Hugging Face folder.
    """

    def __init__(self, passages: Sequence[tuple[str, str]], *, embedder: Path, reader: Path) -> None:
        from haystack import Document, Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )
        from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

        self._documents = [Document(content=text, meta={"title": title} if title else {}) for text, title in passages]
        self._embedder = SentenceTransformersDocumentEmbedder(
            model=str(embedder), prefix=PROMPTS["document"], meta_fields_to_embed=["title"], progress_bar=False
        )
        self._embedder.warm_up()
        store = self.index()
        self._pipeline = Pipeline()
        asked = SentenceTransformersTextEmbedder(model=str(embedder), prefix=PROMPTS["query"], progress_bar=False)
        self._pipeline.add_component("embedder", asked)
        self._pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=PASSAGES_READ))
        self._pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=PASSAGES_READ))
        self._pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=PASSAGES_READ))
        self._pipeline.add_component("reader", TransformersExtractiveReader(model=str(reader)))
        self._pipeline.connect("embedder.embedding", "vectors.query_embedding")
        self._pipeline.connect("words", "joiner")
        self._pipeline.connect("vectors", "joiner")
        self._pipeline.connect("joiner", "reader.documents")
        self._pipeline.warm_up()

    def index(self) -> Any:
        """Embed the passages and write them to a new store, which is returned."""
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack.document_stores.types import DuplicatePolicy

        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(self._embedder.run(documents=self._documents)["documents"], policy=DuplicatePolicy.SKIP)
        return store

    def ask(self, question: str) -> Said:
        """The texts that rank above "no answer"."""
        result = self._pipeline.run({"embedder": {"text": question}, "words": {"query": question}, "reader": {"query": question}})
        said: dict[str, float] = {}
        for answer in result["reader"]["answers"]:
            if not answer.data:
                break
            said.setdefault(answer.data, answer.score)
        return list(said.items())


def index_library(folder: Path, articles: Sequence[Article], embedder: E5Embedder) -> int:
    """Put articles into a new library until it can be searched; returns how many passages that were."""
    with Library(folder) as library:
        with library.batch():
            for article in articles:
                library.add(article)
        vectors = PassageVectors(library, embedder)
        vectors.sync()
        vectors.search(np.full(embedder.dimension, embedder.dimension**-0.5, np.float32), limit=1)
        return library.count_vectors(embedder.fingerprint)


def indexing_rates(folder: Path, articles: Sequence[Article], embedder: E5Embedder, haystack: Haystack) -> tuple[float, float]:
    """Passages a second of ours and of Haystack, in turn until each has done `PASSAGES_INDEXED`."""
    done = 0
    ours = theirs = 0.0
    for turn in count():
        began = time.perf_counter()
        done += index_library(folder / f"indexing{turn}", articles, embedder)
        between = time.perf_counter()
        haystack.index()
        ours += between - began
        theirs += time.perf_counter() - between
        if done >= PASSAGES_INDEXED:
            break
    return done / ours, done / theirs


def ask_in_turn(questions: Sequence[Gold], systems: Sequence[Callable[[str], Said]], *, rounds: int) -> list[Run]:
    """Ask every question of each system, the order swapped every time; one warm-up each comes first."""
    runs = [Run() for _ in systems]
    for ask in systems:
        ask(questions[0].question)
    for number in range(rounds):
        for place, gold in enumerate(questions):
            pairs = list(zip(systems, runs, strict=True))
            for ask, run in pairs if (number + place) % 2 else reversed(pairs):
                began, worked = time.perf_counter(), time.process_time()
                said = ask(gold.question)
                run.milliseconds.append((time.perf_counter() - began) * 1000)
                run.processor_ms.append((time.process_time() - worked) * 1000)
                run.said.setdefault(gold.id, said)
    return runs


def mean_score(questions: Sequence[Gold], said: dict[str, Said], *, threshold: float = 0.0, most: int | None = None) -> float:
    """Mean score of the first *most* texts whose score reaches the threshold."""
    return statistics.mean(score(gold, [text for text, sure in said[gold.id] if sure >= threshold][:most]) for gold in questions)


def best_in_hindsight(questions: Sequence[Gold], said: dict[str, Said]) -> tuple[float, float, int]:
    """The highest mean score that a threshold and a number of answers can give, and these two."""
    thresholds = {0.0} | {sure for texts in said.values() for _, sure in texts}
    return max((mean_score(questions, said, threshold=low, most=most), low, most) for low in thresholds for most in ANSWER_COUNTS)


def report(questions: Sequence[Gold], runs: Sequence[Run], rates: tuple[float, float]) -> None:
    """Print the tables."""
    ours, theirs = runs
    best, threshold, most = best_in_hindsight(questions, theirs.said)
    print("\n| system | score | median ms | p95 ms | median processor ms | indexing, passages/s |\n|---|---|---|---|---|---|")
    for name, run, rate in (("Yuanwen", ours, rates[0]), (f"Haystack {version('haystack-ai')}", theirs, rates[1])):
        work = statistics.median(run.processor_ms)
        median, late = np.percentile(run.milliseconds, (50, 95))
        print(f"| {name} | {mean_score(questions, run.said):.3f} | {median:.0f} | {late:.0f} | {work:.0f} | {rate:.1f} |")
    print(f"| the same, at most {most} answers with a score of {threshold:.3f} or more (chosen in hindsight) | {best:.3f} | | | | |")
    ratio = statistics.median(theirs.milliseconds) / statistics.median(ours.milliseconds)
    print(f"\nHaystack's median time is {ratio:.2f} times Yuanwen's; Yuanwen indexes {rates[0] / rates[1]:.2f} times as fast.")
    print("\n| kind | questions | Yuanwen | Haystack | in hindsight |\n|---|---|---|---|---|")
    for kind in sorted({gold.kind for gold in questions}):
        asked = [gold for gold in questions if gold.kind == kind]
        hindsight = mean_score(asked, theirs.said, threshold=threshold, most=most)
        print(f"| {kind} | {len(asked)} | {mean_score(asked, ours.said):.3f} | {mean_score(asked, theirs.said):.3f} | {hindsight:.3f} |")
    others = ", ".join(f"{name} {version(name)}" for name in ("transformers-haystack", "sentence-transformers-haystack", "transformers"))
    print(f"\n{machine()}; haystack-ai {version('haystack-ai')}, {others}")


def compare(questions: Sequence[Gold], *, articles: Path, reader_weights: Path, tokenizer: Path, rounds: int) -> None:
    """Set both systems up, measure them and print the tables."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, Library(Path(name) / "library") as library:
        folder = Path(name)
        embedder_folder, reader_folder = unpack_models(folder, reader_weights=reader_weights, tokenizer=tokenizer)
        add_files(library, [articles])
        embedder = E5Embedder()
        assistant = Assistant(library, embedder=embedder)
        assistant.sync()
        stored = [library.article(info.id) for info in library.articles()]
        passages = [(passage.text, article.title) for article in stored for passage in library.passages(article.id)]
        haystack = Haystack(passages, embedder=embedder_folder, reader=reader_folder)

        def ask(question: str) -> Said:
            return [(item.text, item.confidence) for item in assistant.ask(question).answers]

        runs = ask_in_turn(questions, [ask, haystack.ask], rounds=rounds)
        rates = indexing_rates(folder, stored, embedder, haystack)
        print(f"\n{len(questions)} questions, {rounds} rounds; {len(stored)} articles, {len(passages)} passages; load before {load:.1f}")
        report(questions, runs, rates)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--articles", type=Path, required=True, help="the folder of articles to ask over")
    parser.add_argument("--reader-weights", type=Path, required=True, help="what the reader's graph was exported from (.safetensors)")
    parser.add_argument("--tokenizer", type=Path, required=True, help="the models' tokenizer.json.gz")
    parser.add_argument("--rounds", type=int, default=3, help="how often every question is asked (default 3)")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "false")  # read when Haystack is imported; nothing here needs the network
    try:
        for name in NEEDED:
            importlib.import_module(name)
    except ImportError as error:
        raise SystemExit(f"{INSTALL} ({error})") from error
    compare(
        load_questions(options.questions),
        articles=options.articles,
        reader_weights=options.reader_weights,
        tokenizer=options.tokenizer,
        rounds=options.rounds,
    )


if __name__ == "__main__":
    main()
