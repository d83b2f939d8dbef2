"""A library with the models held open: the one object behind the chat window, the command line and `answer`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.library import Library
from qa import answering
from qa.confidence import Weights, default_weights
from qa.question import Query, understand
from qa.reader import Context, Reader, default_reader
from qa.results import Answer
from qa.retrieval import Hit, Retriever, Scope

if TYPE_CHECKING:
    from embeddings.encoder import Embedder

TITLE_CHARS = 60
"""Of an article's title shown to the reader with each passage."""


class Assistant:
    """Answers questions from one library. Safe from several threads; models are opened at the first question.

    Args:
        library: where the articles are.
        embedder: of passages and questions; the embedded default when omitted.
        reader: the one that comes with the package when omitted.
        weights: of the confidence; those that come with the package when omitted.
    """

    def __init__(
        self,
        library: Library,
        *,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        weights: Weights | None = None,
    ) -> None:
        from embeddings.encoder import load_embedder
        from embeddings.vectors import PassageVectors

        self.library = library
        self._reader = reader
        self._weights = weights or default_weights()
        self._embedder = embedder or load_embedder()
        self._vectors = PassageVectors(library, self._embedder)
        self._retriever = Retriever(library, self._vectors, self._embedder)

    def sync(self, *, progress: Callable[[int, int], None] | None = None, reembed: bool = False) -> None:
        """Embed the passages that have no vector yet, as after adding articles. What is done stays done when interrupted.

        Args:
            progress: called with how many passages are done and how many there are to do.
            reembed: replace vectors made by another embedder.

        Raises:
            EmbedderMismatchError: the library's vectors are another embedder's, and ``reembed`` is false.
        """
        self._vectors.sync(progress=progress, reembed=reembed)

    def ask(self, question: str, *, limit: int = 5, since: dt.date | None = None, until: dt.date | None = None) -> Answer:
        """Answer from the library.

        Args:
            question: in any language.
            limit: of different answers; a question for many things gets every item that is sure enough.
            since: only articles published on this day or later.
            until: only articles published on this day or earlier.

        Raises:
            QuestionError: the question is empty.
            ValueError: ``limit`` is below 1.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; ask for 1 answer or more")
        began = time.perf_counter()
        query, scope = understand(question), Scope(since, until)
        # "When and where …" is two questions, and the surest answer to each is one item of the answer.
        readings = [self.consider(part, scope=scope) for part in query.facets or (query,)]
        chosen = [
            group
            for reading in readings
            for group in answering.select(reading.query, reading.groups, self._weights)[: 1 if query.facets else None]
        ]
        items = tuple(answering.item(group, self.library) for group in chosen)
        return Answer(
            question=question,
            found=bool(items),
            answers=items[: max(limit, len(query.facets)) if not query.many else None],
            confidence=max((item.confidence for item in items), default=max(reading.likeliest for reading in readings)),
            nearest=() if items else answering.nearest(readings[0].hits),
            elapsed_ms=(time.perf_counter() - began) * 1000,
            retrieval_ms=sum(reading.retrieval_ms for reading in readings),
            reading_ms=sum(reading.reading_ms for reading in readings),
        )

    def consider(self, query: Query, *, scope: Scope | None = None) -> Reading:
        """Everything that was read for one question and weighed, whether sure enough or not."""
        began = time.perf_counter()
        hits = self._retriever.retrieve(query, scope=scope)
        retrieved = time.perf_counter()
        reader = self._reader or default_reader()
        marked = reader.read(query, [Context(hit.passage.text, heading(hit)) for hit in hits])
        groups = answering.merge(answering.candidates(query, hits, marked, self._weights))
        return Reading(
            query=query,
            hits=hits,
            groups=groups,
            retrieval_ms=(retrieved - began) * 1000,
            reading_ms=(time.perf_counter() - retrieved) * 1000,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one question, or of one half of a double one."""

    query: Query
    hits: list[Hit]
    groups: list[list[answering.Candidate]]
    """Candidates that say the same together, the surest first."""
    retrieval_ms: float
    reading_ms: float

    @property
    def likeliest(self) -> float:
        """Confidence of the best candidate, chosen or not; 0 when there was none."""
        return self.groups[0][0].confidence if self.groups else 0.0


def heading(hit: Hit) -> str:
    """What the reader is told of a passage's article: its title and date."""
    date = hit.article.published.isoformat() if hit.article.published else ""
    return f"{hit.article.title[:TITLE_CHARS]} {date}".strip()
