"""Nearest neighbours among unit vectors, with FAISS (Douze et al. 2024, arXiv:2401.08281). Ids are passages' ids.

Exact while small. From `EXACT_LIMIT` on an inverted-list index with 8-bit vectors, which takes a quarter of the memory, still forgets
single vectors, and looks at a share of the lists that keeps recall of the ten nearest at 0.98 or more of exact (``benchmarks/index.py``).
"""

from __future__ import annotations

import hashlib
import importlib
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

FORMAT = 1
EXACT_LIMIT = 50_000
"""Vectors up to which every one is compared: 50,000 of 384 values take 77 MB and some 10 ms a search."""
_TRAINING_VECTORS_PER_LIST = 64
"""Enough for k-means to place a list's centre (FAISS warns below 39)."""


def _faiss() -> Any:
    """The package, imported at first need. Untyped, as its annotations don't know the parameters of its own wrappers."""
    return importlib.import_module("faiss")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index file was made from. A file with another stamp is stale."""

    fingerprint: str
    generation: int
    count: int


class VectorIndex:
    """An index over unit vectors; scores are cosines, -1 to 1. Not safe for changing from several threads at once."""

    def __init__(self, index: Any, *, exact: bool) -> None:
        self._index = index
        self.exact = exact

    @classmethod
    def build(cls, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32], *, exact_limit: int = EXACT_LIMIT) -> VectorIndex:
        """An index of ids (n,) int64 and vectors (n, dimension) float32, unit rows.

        Raises:
            ValueError: the shapes don't fit each other.
        """
        faiss = _faiss()
        if vectors.ndim != 2 or len(ids) != len(vectors):
            raise ValueError(f"{ids.shape} ids do not fit vectors of shape {vectors.shape}")
        count, dimension = vectors.shape
        if count <= exact_limit:
            index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        else:
            lists = int(4 * math.sqrt(count))
            index = faiss.IndexIVFScalarQuantizer(
                faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
            )
            index.nprobe = max(16, lists // 12)
            sample = np.random.default_rng(0).choice(count, min(count, lists * _TRAINING_VECTORS_PER_LIST), replace=False)
            index.train(vectors[np.sort(sample)])
        index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))
        return cls(index, exact=count <= exact_limit)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: npt.NDArray[np.float32], *, limit: int, ids: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The nearest (id, cosine) of a unit vector (dimension,), the nearest first, among ``ids`` when they are given."""
        faiss = _faiss()
        limit = min(limit, len(self) if ids is None else len(ids), len(self))
        if limit <= 0:
            return []
        parameters = None
        if ids is not None:
            selector = faiss.IDSelectorBatch(np.fromiter(ids, np.int64, len(ids)))
            # Chosen ids may lie in any list, and there may be few of them: all lists are looked at.
            parameters = (
                faiss.SearchParameters(sel=selector) if self.exact else faiss.SearchParametersIVF(sel=selector, nprobe=self._index.nlist)
            )
        cosines, found = self._index.search(vector[None, :].astype(np.float32), limit, params=parameters)
        return [(int(i), float(cosine)) for i, cosine in zip(found[0], cosines[0], strict=True) if i >= 0]

    def add(self, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        """Add vectors (n, dimension), unit rows, under new ids (n,)."""
        self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))

    def remove(self, ids: Collection[int]) -> int:
        """Forget these ids; returns how many were there."""
        faiss = _faiss()
        return int(self._index.remove_ids(faiss.IDSelectorBatch(np.fromiter(ids, np.int64, len(ids)))))

    def save(self, path: Path, stamp: Stamp) -> None:
        """Write the index and, beside it, what it was made from. A crash in between leaves a pair that `load` refuses."""
        faiss = _faiss()
        data = faiss.serialize_index(self._index).tobytes()
        note = {"format": FORMAT, **asdict(stamp), "exact": self.exact, "sha256": hashlib.sha256(data).hexdigest()}
        for target, content in ((path, data), (stamp_path(path), json.dumps(note, indent=1).encode())):
            temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
            temporary.write_bytes(content)
            temporary.replace(target)

    @classmethod
    def load(cls, path: Path, stamp: Stamp) -> VectorIndex:
        """Read an index that was made from exactly this.

        Raises:
            ModelError: the file is missing, damaged, or made from something else.
        """
        faiss = _faiss()
        try:
            note = json.loads(stamp_path(path).read_text(encoding="utf-8"))
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            raise ModelError(f"The index {path} is missing or unreadable ({error}).") from error
        expected = {"format": FORMAT, **asdict(stamp)}
        if not isinstance(note, dict) or {name: note.get(name) for name in expected} != expected:
            raise ModelError(f"The index {path} was made from something else: {note}.")
        if hashlib.sha256(data).hexdigest() != note.get("sha256"):  # FAISS may crash on bytes that are not its own
            raise ModelError(f"The index {path} is damaged.")
        return cls(faiss.deserialize_index(np.frombuffer(data, np.uint8)), exact=bool(note["exact"]))


def stamp_path(path: Path) -> Path:
    """Where an index file's stamp lies."""
    return path.with_suffix(".json")
