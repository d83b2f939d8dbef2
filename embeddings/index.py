"""Nearest neighbours among unit vectors, with FAISS (Douze et al. 2024, arXiv:2401.08281). Ids are passages' ids.

Exact while small; from `EXACT_LIMIT` on an inverted-list index with 8-bit vectors, which takes a quarter of the memory and still forgets
single vectors. Both measure squared distance, of which a unit vector's cosine is a plain function: with the inner product FAISS would
sort vectors into lists by the length of the lists' centres too, and find less. Measured with passages of real news, made more by adding
noise, and questions about them (``python -m benchmarks.index``; one thread of a 2-core AMD EPYC, other work running, 22 November 2026):

    vectors    exact               lists, an eighth of them looked at
     50,000    10.5 ms,  77 MB     1.2 ms, 20 MB, recall of the ten nearest 0.989, made in  3 s
    200,000    24.8 ms, 309 MB     4.0 ms, 78 MB, recall of the ten nearest 0.988, made in 12 s

A graph index (HNSW) over the same 8-bit vectors was no more accurate, took several times as long to make, and cannot forget.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

FORMAT = 2
EXACT_LIMIT = 50_000
"""Vectors up to which every one is compared: a search still takes a few hundredths of the time that reading takes."""
LISTS_LOOKED_AT = 1 / 8
"""Share of the lists that a search goes through: at a sixteenth, recall of the ten nearest among 50,000 falls to 0.974."""
_VECTORS_PER_LIST = 40
"""Of those that place a list's centre by k-means: FAISS asks for 39 at least, and more made no difference."""
_ROUNDS = 10
"""Of k-means; after these the centres hardly move."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index was made from. A file with another stamp is stale."""

    fingerprint: str
    generation: int
    count: int


class VectorIndex:
    """An index over unit vectors; scores are cosines, -1 to 1. Not safe for changing from several threads at once."""

    def __init__(self, index: Any, *, exact: bool, made_from: int) -> None:
        self._index = index
        self.exact = exact
        self._made_from = made_from

    @classmethod
    def build(cls, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32], *, exact_limit: int = EXACT_LIMIT) -> VectorIndex:
        """An index of ids (n,) int64 and vectors (n, dimension) float32, unit rows.

        Raises:
            ValueError: the shapes don't fit each other.
        """
        import faiss

        if vectors.ndim != 2 or len(ids) != len(vectors):
            raise ValueError(f"{ids.shape} ids do not fit vectors of shape {vectors.shape}")
        count, dimension = vectors.shape
        exact = count <= exact_limit
        inner: Any = faiss.IndexIDMap2(faiss.IndexFlatL2(dimension)) if exact else _inverted_lists(vectors)
        index = cls(inner, exact=exact, made_from=count)
        index.add(ids, vectors)
        return index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def nbytes(self) -> int:
        """Memory that the vectors and their ids take, in bytes."""
        return len(self) * (int(self._index.d) * (4 if self.exact else 1) + 8)

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """All ids, int64 (n,), ascending."""
        import faiss

        if self.exact:
            return np.sort(faiss.vector_to_array(self._index.id_map))
        lists = self._index.invlists
        sizes = [lists.list_size(i) for i in range(lists.nlist)]
        parts = [faiss.rev_swig_ptr(lists.get_ids(i), size) for i, size in enumerate(sizes) if size]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    @property
    def outgrown(self) -> bool:
        """Whether it is time to build anew: an exact index over the limit, or lists placed for half as many vectors."""
        return len(self) > (EXACT_LIMIT if self.exact else 2 * self._made_from)

    def search(self, vector: npt.NDArray[np.float32], *, limit: int, ids: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The nearest (id, cosine) of a unit vector (dimension,), the nearest first, among ``ids`` when they are given."""
        import faiss

        limit = min(limit, len(self) if ids is None else len(ids), len(self))
        if limit <= 0:
            return []
        parameters: Any = None
        if ids is not None:
            wanted = np.fromiter(ids, np.int64, len(ids))
            chosen: dict[str, Any] = {"sel": faiss.IDSelectorBatch(wanted)}
            if not self.exact:  # chosen ids may lie in any list, and there may be few of them: all lists are looked at
                chosen["nprobe"] = self._index.nlist
            parameters = faiss.SearchParameters(**chosen) if self.exact else faiss.SearchParametersIVF(**chosen)
        distances, found = self._index.search(np.asarray(vector, np.float32)[None, :], limit, params=parameters)
        return [(int(i), 1 - float(distance) / 2) for i, distance in zip(found[0], distances[0], strict=True) if i >= 0]

    def add(self, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        """Add vectors (n, dimension), unit rows, under ids (n,) that are not in yet."""
        self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))

    def remove(self, ids: Collection[int]) -> int:
        """Forget these ids; returns how many were there."""
        import faiss

        return int(self._index.remove_ids(faiss.IDSelectorBatch(np.fromiter(ids, np.int64, len(ids)))))

    def save(self, path: Path, stamp: Stamp) -> None:
        """Write the index and, beside it, what it was made from. A crash in between leaves a pair that `load` refuses."""
        import faiss

        data = faiss.serialize_index(self._index).tobytes()
        note = {"format": FORMAT, **asdict(stamp), "exact": self.exact, "made_from": self._made_from, "sha256": _digest(data)}
        for target, content in ((path, data), (stamp_path(path), json.dumps(note, indent=1).encode())):
            temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
            try:
                temporary.write_bytes(content)
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> tuple[VectorIndex, Stamp]:
        """Read an index of this embedder's vectors, and what it was made from, which may be an older state of the library.

        Raises:
            ModelError: the file is missing, damaged, of another format or another embedder's.
        """
        import faiss

        try:
            note = json.loads(stamp_path(path).read_text(encoding="utf-8"))
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            raise ModelError(f"The index {path} is missing or unreadable ({error}).") from error
        if not isinstance(note, dict) or (note.get("format"), note.get("fingerprint")) != (FORMAT, fingerprint):
            raise ModelError(f"The index {path} is of another format or another embedder's.")
        if _digest(data) != note.get("sha256"):  # FAISS may crash on bytes that are not its own
            raise ModelError(f"The index {path} is damaged.")
        index = cls(faiss.deserialize_index(np.frombuffer(data, np.uint8)), exact=bool(note["exact"]), made_from=int(note["made_from"]))
        return index, Stamp(fingerprint, int(note["generation"]), int(note["count"]))


def _inverted_lists(vectors: npt.NDArray[np.float32]) -> Any:
    """An empty index whose lists are placed for these vectors (n, dimension)."""
    import faiss

    count, dimension = vectors.shape
    lists = max(1, int(2 * math.sqrt(count)))
    index: Any = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_L2)
    index.nprobe = max(1, math.ceil(lists * LISTS_LOOKED_AT))
    index.cp.niter = _ROUNDS
    sample = np.random.default_rng(0).choice(count, min(count, lists * _VECTORS_PER_LIST), replace=False)
    index.train(vectors[np.sort(sample)])
    return index


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def stamp_path(path: Path) -> Path:
    """Where an index file's stamp lies."""
    return path.with_suffix(".json")
