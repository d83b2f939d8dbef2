"""The vectors of one library's passages: made where they are missing, searched through a FAISS index that is only ever a cache."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from corpus.errors import EmbedderMismatchError, LibraryError, ModelError
from corpus.library import Library, StoredPassage
from embeddings.encoder import Embedder, Progress
from embeddings.index import Stamp, VectorIndex

INDEX_FILE = "vectors.faiss"
BATCH_PASSAGES = 64
"""Embedded and committed at a time: what an interruption can cost, about two seconds of work."""

_log = logging.getLogger(__name__)


class PassageVectors:
    """A library's vectors of one embedder. Safe from several threads."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library = library
        self._embedder = embedder
        self._lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._stamp: Stamp | None = None

    def sync(self, *, progress: Progress | None = None, reembed: bool = False) -> None:
        """Embed the passages that have no vector yet, a batch at a time; what is done stays done when interrupted.

        Args:
            progress: called with how many passages are done and how many there are to do.
            reembed: forget the vectors of other embedders.

        Raises:
            EmbedderMismatchError: the library holds another embedder's vectors, and ``reembed`` is false.
            LibraryError: a vector could not be stored.
        """
        fingerprint = self._embedder.fingerprint
        others = [known for known in self._library.fingerprints() if known != fingerprint]
        if others and not reembed:
            raise EmbedderMismatchError(
                f"The library {self._library.folder} was embedded by {others[0]}, and this is {fingerprint}. Open it with the model it was "
                "made with, or embed it anew: yuanwen add --reembed"
            )
        if others:
            self._library.drop_vectors(fingerprint)
        total = sum(info.passages for info in self._library.articles()) - self._library.count_vectors(fingerprint)
        done = 0
        while passages := self._library.missing_vectors(fingerprint, limit=BATCH_PASSAGES):
            vectors = self._embedder.encode_document(self._texts(passages))
            self._library.put_vectors(fingerprint, [passage.id for passage in passages], vectors)
            done += len(passages)
            if progress is not None:
                progress(done, max(total, done))

    def _texts(self, passages: list[StoredPassage]) -> list[str]:
        """What of each passage is embedded: its article's title stands above it, as most passages name their subject by a pronoun."""
        titles = {article_id: self._library.article(article_id).title for article_id in {p.article_id for p in passages}}
        return [f"{titles[passage.article_id]}\n{passage.text}".strip() for passage in passages]

    def search(self, vector: npt.NDArray[np.float32], *, limit: int, ids: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The nearest passages of a unit vector (dimension,): (passage id, cosine), the nearest first.

        Args:
            vector: of a question.
            limit: at most so many.
            ids: only these passages.
        """
        with self._lock:
            return self._fresh().search(vector, limit=limit, ids=ids)

    def _fresh(self) -> VectorIndex:
        """The index of the vectors as they are now: the one in memory, else the file, else made anew and saved."""
        fingerprint = self._embedder.fingerprint
        stamp = Stamp(fingerprint, self._library.generation, self._library.count_vectors(fingerprint))
        if self._index is not None and stamp == self._stamp:
            return self._index
        path = self._library.folder / INDEX_FILE
        try:
            index = VectorIndex.load(path, stamp)
        except ModelError as reason:
            _log.debug("%s It is made anew from the library.", reason)
            found, vectors = self._library.vectors(fingerprint)
            index = VectorIndex.build(found, vectors.reshape(len(found), self._embedder.dimension))
            with contextlib.suppress(OSError, LibraryError):  # a cache that cannot be written (a read-only folder) is done without
                index.save(path, stamp)
        self._index, self._stamp = index, stamp
        return index
