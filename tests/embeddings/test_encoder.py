"""Embedders: known vectors, languages that meet, odd texts, other models, and what a fingerprint tells apart."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ModelError
from embeddings.e5 import E5Embedder
from embeddings.encoder import SentenceEmbedder, default_embedder, load_embedder, sentence_transformer
from embeddings.tokens import token_ids
from embeddings.word_table import PackedModel, packed_model_path, word_table
from training.export_encoder import sentence_vectors, weights_of
from training.onnx_export import pad, torch_reference

SENTENCES = [
    "The museum at the harbour opened to the public in May 2019.",
    "港口博物馆于二〇一九年五月向公众开放。",
    "The price of copper fell for the third week in a row.",
    "铜价连续第三周下跌。",
    "Ангар для дирижаблей снесли осенью.",
    "رفض المجلس الخطة الجديدة.",
]
KNOWN_QUERY = [0.0635, -0.0100, -0.0079, -0.0085, 0.0381, -0.0696]
KNOWN_DOCUMENT = [0.0668, -0.0096, -0.0034, -0.0092, 0.0748, -0.0392]


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    return default_embedder()


def test_vectors_are_the_known_ones(embedder: E5Embedder) -> None:
    # First values in float32 by torch from the same weights; the tolerance is that of 8 bits.
    vector = embedder.encode_query(["who opened the harbour museum"])[0]
    assert vector[:6] == pytest.approx(KNOWN_QUERY, abs=0.006)
    vector = embedder.encode_document(["港口博物馆于二〇一九年五月向公众开放。"])[0]
    assert vector[:6] == pytest.approx(KNOWN_DOCUMENT, abs=0.006)


def test_vectors_agree_with_torch_in_float32(embedder: E5Embedder) -> None:
    model = PackedModel(packed_model_path())
    ids, mask = pad(token_ids(SENTENCES, prompt="passage: "))
    wanted = sentence_vectors(torch_reference(weights_of(model), heads=model.heads)(word_table().rows(ids), mask), mask)
    assert (embedder.encode_document(SENTENCES) * wanted).sum(axis=1).min() > 0.995


def test_a_vector_does_not_depend_on_its_company(embedder: E5Embedder) -> None:
    together = embedder.encode_document(SENTENCES)
    backwards = embedder.encode_document(SENTENCES[::-1])[::-1]
    alone = np.concatenate([embedder.encode_document([sentence]) for sentence in SENTENCES])
    assert np.array_equal(together, backwards)
    assert np.array_equal(together, alone)


def test_a_sentence_is_nearer_to_its_translation_than_to_another_sentence_of_that_language(embedder: E5Embedder) -> None:
    museum_en, museum_zh, copper_en, copper_zh = embedder.encode_document(SENTENCES[:4])
    assert museum_zh @ museum_en > museum_zh @ copper_en + 0.03
    assert copper_zh @ copper_en > copper_zh @ museum_en + 0.03
    assert museum_en @ museum_zh > museum_en @ copper_zh + 0.03


def test_a_question_finds_its_passage_across_languages(embedder: E5Embedder) -> None:
    questions = embedder.encode_query(["when did the museum open", "铜价怎么样"])
    nearest = (questions @ embedder.encode_document(SENTENCES[:4]).T).argmax(axis=1)
    assert SENTENCES[nearest[0]] in (SENTENCES[0], SENTENCES[1])
    assert SENTENCES[nearest[1]] in (SENTENCES[2], SENTENCES[3])


def test_questions_and_passages_get_their_own_prompts(embedder: E5Embedder) -> None:
    assert not np.allclose(embedder.encode_query(SENTENCES[:1]), embedder.encode_document(SENTENCES[:1]), atol=1e-3)


def test_no_texts_make_no_rows(embedder: E5Embedder) -> None:
    assert embedder.encode_query([]).shape == embedder.encode_document([]).shape == (0, embedder.dimension)


@settings(max_examples=60)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
def test_any_text_has_a_unit_vector(text: str) -> None:
    vectors = default_embedder().encode_document([text])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x01\x02", "\ud83d", "😀", "字" * 100_000, "word " * 30_000, "a" * 100_000])
def test_odd_and_huge_texts_have_unit_vectors(embedder: E5Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.encode_query([text])[0]) == pytest.approx(1, abs=1e-5)


def test_progress_counts_every_text(embedder: E5Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.encode_document(["短句"] * 300, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 300) for done in range(1, 301)]


def test_threads_get_the_same_vectors(embedder: E5Embedder) -> None:
    wanted = embedder.encode_document(SENTENCES)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: embedder.encode_document(SENTENCES), range(4)))
    assert all(np.array_equal(wanted, vectors) for vectors in found)


def test_the_default_is_opened_once_and_named_by_its_fingerprint(embedder: E5Embedder) -> None:
    assert load_embedder() is embedder
    assert embedder.fingerprint.startswith("intfloat/multilingual-e5-small int8/")
    assert "query: " in embedder.fingerprint


def test_a_damaged_default_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "layers.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"layers\.json"):
        E5Embedder(tmp_path / "layers.onnx")


def test_as_a_sentence_transformer_it_gives_the_same_vectors_before_and_after_saving(embedder: E5Embedder, tmp_path: Path) -> None:
    model = sentence_transformer()
    texts = [*SENTENCES, "", "字" * 3000]
    assert np.abs(model.encode_query(texts) - embedder.encode_query(texts)).max() < 1e-6
    assert np.abs(model.encode_document(texts) - embedder.encode_document(texts)).max() < 1e-6
    model.save(str(tmp_path / "model"))
    loaded = load_embedder(str(tmp_path / "model"))
    assert isinstance(loaded, SentenceEmbedder)
    assert np.abs(loaded.encode_document(texts) - embedder.encode_document(texts)).max() < 1e-6


def test_a_folder_that_brings_code_along_is_not_trusted(tmp_path: Path) -> None:
    sentence_transformer().save(str(tmp_path / "model"))
    (tmp_path / "model" / "onnx_module.py").write_text("raise SystemExit")
    with pytest.raises(ModelError, match="could not be opened"):
        load_embedder(str(tmp_path / "model"))


@pytest.fixture
def no_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test that looks for any host, as the hub's library does now and then even for local files."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: pytest.fail(f"looked for {host}"))


@pytest.fixture
def save_model(tmp_path: Path) -> Callable[..., str]:
    """Saves a tiny static-embedding model of five words to a folder."""

    def save(name: str, *, seed: int = 0, prompts: dict[str, str] | None = None) -> str:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import StaticEmbedding
        from tokenizers import Tokenizer
        from tokenizers.models import WordLevel
        from tokenizers.pre_tokenizers import Whitespace

        tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(["[UNK]", "ask", "tell", "red", "blue"])}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = Whitespace()
        weights = np.random.default_rng(seed).normal(size=(5, 8)).astype(np.float32)
        folder = str(tmp_path / name)
        SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], prompts=prompts, device="cpu").save(folder)
        return folder

    return save


def test_another_model_works_through_the_same_protocol(no_lookups: None, save_model: Callable[..., str]) -> None:
    embedder = load_embedder(save_model("tiny", prompts={"query": "ask ", "document": "tell "}))
    vectors = embedder.encode_document(["red", "blue red", "\ud800", "red " * 9000, ""])
    assert vectors.shape == (5, embedder.dimension) == (5, 8)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(vectors[0] - embedder.encode_document(["red"])[0]).max() < 1e-6
    assert not np.allclose(vectors[0], embedder.encode_query(["red"])[0], atol=1e-3)
    assert embedder.encode_query([]).shape == (0, 8)
    seen: list[tuple[int, int]] = []
    embedder.encode_document(["red"] * 7, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (7, 7)


def test_fingerprints_tell_weights_prompts_and_names_apart_and_nothing_else(save_model: Callable[..., str]) -> None:
    first = load_embedder(save_model("tiny")).fingerprint
    assert load_embedder(save_model("tiny")).fingerprint == first
    others = [save_model("tiny", seed=1), save_model("other"), save_model("third", prompts={"query": "ask ", "document": ""})]
    assert len({first, *(load_embedder(folder).fingerprint for folder in others)}) == 4


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "./no/such/folder"])
def test_a_model_that_is_not_here_is_a_model_error(no_lookups: None, name: str) -> None:
    with pytest.raises(ModelError, match=f"hf download {name}"):
        load_embedder(name)


def test_a_model_downloaded_before_is_found_by_its_name(
    no_lookups: None, save_model: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "hub" / "models--someone--tiny"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0123abcd")
    shutil.copytree(save_model("saved"), cached / "snapshots" / "0123abcd")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "hub"))
    embedder = load_embedder("someone/tiny")
    assert embedder.dimension == 8
    assert embedder.fingerprint.startswith("someone/tiny/")


def test_a_folder_that_is_no_model_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0}]))
    with pytest.raises(ModelError, match="could not be opened"):
        load_embedder(str(tmp_path))
