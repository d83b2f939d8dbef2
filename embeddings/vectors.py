"""The vectors of one library's passages: made where they are missing, searched through a FAISS index that is only ever a cache."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from corpus.errors import EmbedderMismatchError, ModelError
from corpus.library import Library
from embeddings.encoder import Embedder, Progress
from embeddings.index import Stamp, VectorIndex

INDEX_FILE = "vectors.faiss"
BATCH_PASSAGES = 64
"""Embedded and committed at a time: what an interruption can cost, about two seconds of work."""
LARGEST_CHANGE = 0.2
"""Share of an index's vectors up to which it is brought up to date; what changed more is built anew."""

_log = logging.getLogger(__name__)


class PassageVectors:
    """A library's vectors of one embedder. Safe from several threads.

    A passage is embedded as it stands, without its article's title: the word index knows the titles, and vectors are the better part of a
    search without them, above all in news. Mean reciprocal rank of the passage that holds the answer (``python -m benchmarks.titles``,
    800 questions of each file, 22 November 2026):

        file                                     text    title above text
        antiterror-news.train (Chinese news)     0.525   0.408
        cmrc2018.trial (Chinese Wikipedia)       0.866   0.897
        drcd.dev (Traditional, Wikipedia)        0.846   0.833
        squad2.cs224n-dev (English, Wikipedia)   0.859   0.858
    """

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
            reembed: replace the vectors of other embedders, which stay until all of the new ones are there.

        Raises:
            EmbedderMismatchError: the library holds only another embedder's vectors, and ``reembed`` is false.
            LibraryError: a vector could not be stored.
        """
        fingerprint = self._embedder.fingerprint
        if not reembed:
            self._refuse_others()
        total = sum(info.passages for info in self._library.articles()) - self._library.count_vectors(fingerprint)
        done = 0

        def report(part: int, _: int) -> None:
            if progress is not None:
                progress(done + part, max(total, done + part))

        while passages := self._library.missing_vectors(fingerprint, limit=BATCH_PASSAGES):
            vectors = self._embedder.encode_document([passage.text for passage in passages], progress=report)
            self._library.put_vectors(fingerprint, [passage.id for passage in passages], vectors)
            done += len(passages)
        if reembed:
            self._library.drop_vectors(fingerprint)

    def search(self, vector: npt.NDArray[np.float32], *, limit: int, ids: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The nearest passages of a unit vector (dimension,): (passage id, cosine), the nearest first.

        Args:
            vector: of a question.
            limit: at most so many.
            ids: only these passages.

        Raises:
            EmbedderMismatchError: the library holds only another embedder's vectors.
        """
        with self._lock:
            return self._fresh().search(vector, limit=limit, ids=ids)

    def _refuse_others(self) -> None:
        fingerprint = self._embedder.fingerprint
        known = self._library.fingerprints()
        if known and fingerprint not in known:
            raise EmbedderMismatchError(
                f"The library {self._library.folder} was embedded by {known[0]}, and this is {fingerprint}. Open it with the model it was "
                "made with, or embed it anew: yuanwen add --reembed"
            )

    def _fresh(self) -> VectorIndex:
        """The index of the vectors as they are now: the one in memory or on disk if it is up to date, else brought there and saved."""
        fingerprint = self._embedder.fingerprint
        stamp = Stamp(fingerprint, self._library.generation, self._library.count_vectors(fingerprint))
        if self._index is not None and stamp == self._stamp:
            return self._index
        self._refuse_others()
        path = self._library.folder / INDEX_FILE
        index = self._index
        if index is None:
            try:
                index, self._stamp = VectorIndex.load(path, fingerprint)
            except ModelError as reason:
                _log.debug("%s It is made anew from the library.", reason)
        if index is None or stamp != self._stamp:
            index = self._updated(index)
            with contextlib.suppress(OSError):  # a cache that cannot be written (a full disk, a read-only folder) is done without
                index.save(path, stamp)
        self._index, self._stamp = index, stamp
        return index

    def _updated(self, index: VectorIndex | None) -> VectorIndex:
        """An index of the library's vectors, made of an older one where little has changed. Passages' ids are never given twice."""
        fingerprint = self._embedder.fingerprint
        if index is not None:
            before, now = index.ids, self._library.vector_ids(fingerprint)
            gone, new = np.setdiff1d(before, now), np.setdiff1d(now, before)
            if len(gone) + len(new) <= LARGEST_CHANGE * len(before):
                if len(gone):
                    index.remove(gone.tolist())
                if len(new):
                    index.add(*self._library.vectors(fingerprint, new.tolist()))
                if not index.outgrown:
                    return index
        ids, vectors = self._library.vectors(fingerprint)
        return VectorIndex.build(ids, vectors.reshape(len(ids), self._embedder.dimension))
