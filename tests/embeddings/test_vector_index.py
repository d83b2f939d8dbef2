"""The index: the true neighbours at every size, forgetting, and a file that is refused unless it is whole and ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ModelError
from embeddings.index import Stamp, VectorIndex, stamp_path

DIMENSION = 48
STAMP = Stamp("an embedder", generation=7, count=3)


def unit_vectors(count: int, *, seed: int = 0) -> npt.NDArray[np.float32]:
    """Rows in a few dozen clusters on one side of the sphere, as sentence embeddings lie."""
    centres = np.random.default_rng(99).normal(size=(40, DIMENSION)) + 1.5
    rng = np.random.default_rng(seed)
    rows = centres[rng.integers(0, len(centres), count)] + 0.6 * rng.normal(size=(count, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def neighbours(ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32], query: npt.NDArray[np.float32], limit: int) -> list[int]:
    return [int(ids[place]) for place in np.argsort(-(vectors @ query), kind="stable")[:limit]]


def large(count: int = 4000) -> tuple[VectorIndex, npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """An index past its limit for exactness, with its ids and vectors."""
    ids, vectors = np.arange(count) * 3 + 5, unit_vectors(count)
    return VectorIndex.build(ids, vectors, exact_limit=1000), ids, vectors


def test_a_small_index_gives_the_exact_cosines_in_order() -> None:
    ids, vectors = np.array([40, 7, 19, 3]), unit_vectors(4)
    index = VectorIndex.build(ids, vectors)
    found = index.search(vectors[2], limit=10)
    assert index.exact
    assert [i for i, _ in found] == neighbours(ids, vectors, vectors[2], 4)
    assert [cosine for _, cosine in found] == pytest.approx(sorted(vectors @ vectors[2], reverse=True), abs=1e-5)


def test_a_large_index_finds_98_of_100_true_neighbours() -> None:
    index, ids, vectors = large()
    queries = unit_vectors(100, seed=1)
    assert not index.exact
    shared = [len({i for i, _ in index.search(query, limit=10)} & set(neighbours(ids, vectors, query, 10))) for query in queries]
    assert sum(shared) >= 0.98 * 1000


def test_a_large_index_gives_nearly_exact_cosines() -> None:
    index, ids, vectors = large()
    for found, cosine in index.search(vectors[10], limit=5):
        assert cosine == pytest.approx(float(vectors[ids.tolist().index(found)] @ vectors[10]), abs=0.01)


@pytest.mark.parametrize("exact_limit", [1000, 10_000])
def test_a_search_among_chosen_ids_finds_the_best_of_them_wherever_they_lie(exact_limit: int) -> None:
    ids, vectors = np.arange(4000), unit_vectors(4000)
    index = VectorIndex.build(ids, vectors, exact_limit=exact_limit)
    chosen = list(range(0, 4000, 97))
    query = unit_vectors(1, seed=2)[0]
    found = [i for i, _ in index.search(query, limit=5, ids=chosen)]
    assert len(set(found) & set(neighbours(np.array(chosen), vectors[chosen], query, 5))) >= 4
    assert index.search(query, limit=5, ids=[]) == []
    assert index.search(query, limit=5, ids=[999_999]) == []
    assert len(index.search(query, limit=50, ids=[3, 1, 2])) == 3


@pytest.mark.parametrize("exact_limit", [100, 10_000])
def test_what_was_removed_is_not_found_and_what_was_added_is(exact_limit: int) -> None:
    vectors = unit_vectors(600)
    index = VectorIndex.build(np.arange(500), vectors[:500], exact_limit=exact_limit)
    assert index.remove([3, 4, 77_777]) == 2
    index.add(np.arange(1000, 1100), vectors[500:])
    assert len(index) == 598
    assert index.ids.tolist() == [i for i in range(500) if i not in (3, 4)] + list(range(1000, 1100))
    assert 3 not in {i for i, _ in index.search(vectors[3], limit=50)}
    assert index.search(vectors[550], limit=1)[0][0] == 1050


def test_an_index_says_when_it_has_been_outgrown() -> None:
    vectors = unit_vectors(450)
    index = VectorIndex.build(np.arange(200), vectors[:200], exact_limit=100)
    assert not index.outgrown
    index.add(np.arange(200, 450), vectors[200:])
    assert index.outgrown


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex.build(np.empty(0, np.int64), np.empty((0, DIMENSION), np.float32))
    assert len(index) == 0
    assert index.ids.tolist() == []
    assert index.search(unit_vectors(1)[0], limit=5) == []


def test_ids_and_vectors_must_fit_each_other() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) ids do not fit vectors of shape \(3, 48\)"):
        VectorIndex.build(np.arange(2), unit_vectors(3))


@pytest.mark.parametrize("exact_limit", [100, 10_000])
def test_a_saved_index_comes_back_the_same(tmp_path: Path, exact_limit: int) -> None:
    ids, vectors = np.arange(500) + 2**40, unit_vectors(500)
    index = VectorIndex.build(ids, vectors, exact_limit=exact_limit)
    index.save(tmp_path / "vectors.faiss", STAMP)
    loaded, stamp = VectorIndex.load(tmp_path / "vectors.faiss", STAMP.fingerprint)
    assert stamp == STAMP
    assert loaded.exact == index.exact
    assert loaded.ids.tolist() == ids.tolist()
    assert loaded.search(vectors[7], limit=9) == index.search(vectors[7], limit=9)
    assert loaded.remove([int(ids[7])]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vectors.faiss", "vectors.json"]


@given(data=st.data())
def test_a_file_with_any_byte_changed_is_refused_and_never_reaches_faiss(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("index") / "vectors.faiss"
    VectorIndex.build(np.arange(3), unit_vectors(3)).save(path, STAMP)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        VectorIndex.load(path, STAMP.fingerprint)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vectors.faiss", None),
        ("vectors.json", None),
        ("vectors.json", b"\xff\xfe{"),
        ("vectors.json", b"[1]"),
        ("vectors.faiss", b""),
        ("vectors.faiss", b"IxMp" + b"\xff" * 200),
    ],
)
def test_a_missing_or_garbled_file_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    VectorIndex.build(np.arange(3), unit_vectors(3)).save(tmp_path / "vectors.faiss", STAMP)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError):
        VectorIndex.load(tmp_path / "vectors.faiss", STAMP.fingerprint)


def test_another_embedders_index_and_another_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    VectorIndex.build(np.arange(3), unit_vectors(3)).save(path, STAMP)
    with pytest.raises(ModelError, match="another embedder's"):
        VectorIndex.load(path, "another")
    note = json.loads(stamp_path(path).read_text())
    stamp_path(path).write_text(json.dumps(note | {"format": 0}))
    with pytest.raises(ModelError, match="another format"):
        VectorIndex.load(path, STAMP.fingerprint)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vectors.faiss"
    VectorIndex.build(np.arange(3), unit_vectors(3)).save(path, STAMP)

    def full_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError, match="No space"):
            VectorIndex.build(np.arange(9), unit_vectors(9)).save(path, STAMP)
    assert len(VectorIndex.load(path, STAMP.fingerprint)[0]) == 3
    assert sorted(file.name for file in tmp_path.iterdir()) == ["vectors.faiss", "vectors.json"]
