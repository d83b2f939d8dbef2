"""A library's vectors: made once, resumed when interrupted, kept apart by embedder, and a cache that heals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from corpus.article import Article
from corpus.errors import EmbedderMismatchError
from corpus.library import Library
from embeddings import vectors as module
from embeddings.encoder import Progress, default_embedder
from embeddings.index import VectorIndex
from embeddings.vectors import INDEX_FILE, PassageVectors

MakeArticle = Callable[..., Article]


class LetterEmbedder:
    """Counts letters into 16 bins: texts of the same letters are near. Counts, too, how many texts it was given."""

    dimension = 16

    def __init__(self, fingerprint: str = "letters 1") -> None:
        self.fingerprint = fingerprint
        self.texts: list[str] = []

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[hashlib.sha256(letter.encode()).digest()[0] % self.dimension] += 1
        unit: npt.NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode_document(self, texts: Sequence[str], *, progress: Progress | None = None) -> npt.NDArray[np.float32]:
        self.texts += texts
        if progress is not None:
            progress(len(texts), len(texts))
        return self.encode_query(texts)


@pytest.fixture
def filled(library: Library, make_article: MakeArticle) -> Library:
    for number in range(5):
        library.add(make_article(f"第{number}届博览会。" + "展商很多，观众不少。" * 60))
    return library


def test_every_passage_gets_its_vector_once(filled: Library) -> None:
    embedder = LetterEmbedder()
    vectors = PassageVectors(filled, embedder)
    vectors.sync()
    count = sum(info.passages for info in filled.articles())
    assert count > 5
    assert filled.count_vectors(embedder.fingerprint) == len(embedder.texts) == count
    vectors.sync()
    assert len(embedder.texts) == count


def test_the_default_embedder_finds_a_passage_by_a_question_in_another_language(library: Library, make_article: MakeArticle) -> None:
    library.add(make_article("港口博物馆于五月向公众开放，首日接待参观者三千余人。"))
    library.add(make_article("铜价连续第三周下跌，分析人士认为库存过高。"))
    vectors = PassageVectors(library, default_embedder())
    vectors.sync()
    question = default_embedder().encode_query(["when did the museum open"])[0]
    (best, cosine), (_, other) = vectors.search(question, limit=5)
    assert "博物馆" in library.passages_by_id([best])[best].text
    assert 1 > cosine > other > 0


def test_progress_grows_to_the_total(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_PASSAGES", 2)
    seen: list[tuple[int, int]] = []
    PassageVectors(filled, LetterEmbedder()).sync(progress=lambda done, total: seen.append((done, total)))
    total = sum(info.passages for info in filled.articles())
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_an_interrupted_sync_keeps_what_was_done_and_goes_on_from_there(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_PASSAGES", 2)

    def stop_at_five(done: int, total: int) -> None:
        if done > 4:
            raise KeyboardInterrupt

    first, second = LetterEmbedder(), LetterEmbedder()
    with pytest.raises(KeyboardInterrupt):
        PassageVectors(filled, first).sync(progress=stop_at_five)
    assert filled.count_vectors(first.fingerprint) == 4
    PassageVectors(filled, second).sync()
    total = sum(info.passages for info in filled.articles())
    assert len(second.texts) == total - 4
    assert filled.count_vectors(first.fingerprint) == total


def test_search_gives_cosines_best_first_and_only_among_chosen_passages(filled: Library) -> None:
    embedder = LetterEmbedder()
    vectors = PassageVectors(filled, embedder)
    vectors.sync()
    ids, rows = filled.vectors(embedder.fingerprint)
    query = embedder.encode_query(["第3届博览会"])[0]
    found = vectors.search(query, limit=4)
    assert [cosine for _, cosine in found] == pytest.approx(sorted(rows @ query, reverse=True)[:4], abs=1e-5)
    chosen = ids[1:3].tolist()
    assert {i for i, _ in vectors.search(query, limit=10, ids=chosen)} == set(chosen)
    assert vectors.search(query, limit=3, ids=[]) == []


def test_an_empty_library_finds_nothing(library: Library) -> None:
    vectors = PassageVectors(library, LetterEmbedder())
    vectors.sync()
    assert vectors.search(LetterEmbedder().encode_query(["x"])[0], limit=3) == []


def test_articles_added_and_removed_are_minded_at_the_next_search(filled: Library, make_article: MakeArticle) -> None:
    embedder = LetterEmbedder()
    vectors = PassageVectors(filled, embedder)
    vectors.sync()
    new = make_article("zzzz qqqq zzzz")
    query = embedder.encode_query([new.text])[0]
    before = vectors.search(query, limit=1)[0][1]
    filled.add(new)
    assert vectors.search(query, limit=1)[0][1] == before  # not embedded yet
    vectors.sync()
    (best, cosine), *_ = vectors.search(query, limit=1)
    assert cosine == pytest.approx(1, abs=1e-5)
    assert filled.passages_by_id([best])[best].article_id == new.id
    filled.remove(new.id)
    assert vectors.search(query, limit=1)[0][1] == pytest.approx(before)


def test_what_another_program_changed_is_minded_too(filled: Library, make_article: MakeArticle) -> None:
    embedder = LetterEmbedder()
    vectors = PassageVectors(filled, embedder)
    vectors.sync()
    query = embedder.encode_query(["zzzz"])[0]
    vectors.search(query, limit=1)
    with Library(filled.folder) as other:
        other.add(make_article("zzzz"))
        PassageVectors(other, LetterEmbedder()).sync()
    assert vectors.search(query, limit=1)[0][1] == pytest.approx(1, abs=1e-5)


def test_a_small_change_is_brought_into_the_index_and_a_large_one_builds_it_anew(
    library: Library, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    build = VectorIndex.build
    monkeypatch.setattr(VectorIndex, "build", lambda ids, vectors: built.append(len(ids)) or build(ids, vectors))
    embedder = LetterEmbedder()
    query = embedder.encode_query(["x"])[0]
    articles = [make_article(f"number {number} of many") for number in range(40)]
    for article in articles[:30]:
        library.add(article)
    vectors = PassageVectors(library, embedder)

    def found() -> set[int]:
        vectors.sync()
        return {i for i, _ in vectors.search(query, limit=100)}

    def stored() -> set[int]:
        return set(library.vector_ids(embedder.fingerprint).tolist())

    assert found() == stored()
    assert built == [30]
    library.remove(articles[4].id)
    library.add(articles[30])
    assert found() == stored()
    assert built == [30]
    vectors = PassageVectors(library, embedder)  # the same from the file
    library.remove(articles[5].id)
    assert found() == stored()
    assert built == [30]
    for article in articles[31:]:
        library.add(article)
    assert found() == stored()
    assert built == [30, 38]


@pytest.mark.parametrize("damage", ["remove index", "remove stamp", "garble index", "garble stamp"])
def test_a_missing_or_damaged_cache_heals(filled: Library, damage: str) -> None:
    embedder = LetterEmbedder()
    PassageVectors(filled, embedder).sync()
    query = embedder.encode_query(["第3届博览会"])[0]
    wanted = PassageVectors(filled, embedder).search(query, limit=5)
    path = filled.folder / INDEX_FILE
    target = path if "index" in damage else path.with_suffix(".json")
    assert target.is_file()
    if "remove" in damage:
        target.unlink()
    else:
        target.write_bytes(b"\x00garbage" * 9)
    assert PassageVectors(filled, embedder).search(query, limit=5) == wanted
    assert VectorIndex.load(path, embedder.fingerprint)[1].count == filled.count_vectors(embedder.fingerprint)


def test_a_whole_cache_is_not_made_again(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = LetterEmbedder()
    PassageVectors(filled, embedder).sync()
    query = embedder.encode_query(["第3届博览会"])[0]
    wanted = PassageVectors(filled, embedder).search(query, limit=5)
    monkeypatch.setattr(Library, "vectors", lambda *_: pytest.fail("read all vectors again"))
    assert PassageVectors(filled, embedder).search(query, limit=5) == wanted


def test_a_cache_that_cannot_be_written_is_done_without(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = LetterEmbedder()
    vectors = PassageVectors(filled, embedder)
    vectors.sync()

    def refuse(self: Path, data: bytes) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert vectors.search(embedder.encode_query(["展商"])[0], limit=3)
    assert not (filled.folder / INDEX_FILE).exists()


def test_another_embedder_is_refused_and_told_what_to_do(filled: Library) -> None:
    PassageVectors(filled, LetterEmbedder("letters 1")).sync()
    other = PassageVectors(filled, LetterEmbedder("letters 2"))
    with pytest.raises(EmbedderMismatchError, match=r"letters 1.*letters 2.*--reembed"):
        other.sync()
    with pytest.raises(EmbedderMismatchError, match="letters 1"):
        other.search(np.full(16, 0.25, np.float32), limit=1)
    assert filled.fingerprints() == ["letters 1"]


def test_reembedding_replaces_the_other_embedders_vectors_only_when_all_are_there(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_PASSAGES", 2)
    old, new = LetterEmbedder("letters 1"), LetterEmbedder("letters 2")
    PassageVectors(filled, old).sync()
    PassageVectors(filled, old).search(old.encode_query(["x"])[0], limit=1)

    def stop(done: int, total: int) -> None:
        if done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PassageVectors(filled, new).sync(reembed=True, progress=stop)
    assert filled.fingerprints() == ["letters 1", "letters 2"]
    assert PassageVectors(filled, old).search(old.encode_query(["x"])[0], limit=1)
    vectors = PassageVectors(filled, new)
    vectors.sync(reembed=True)
    assert filled.fingerprints() == ["letters 2"]
    assert vectors.search(new.encode_query(["展商"])[0], limit=1)
