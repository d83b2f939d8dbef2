"""A library with the models held open: the one object behind the chat window, the command line and `answer`."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.library import Library
from embeddings.layers import default_threads
from qa import answering
from qa.calibration import calibrated_weights
from qa.confidence import Weights
from qa.conversation import Turn, resolve
from qa.question import Query, understand
from qa.reader import Context, Reader, Span, default_reader
from qa.results import Answer, Nearest
from qa.retrieval import Hit, Retriever, Scope

if TYPE_CHECKING:
    from embeddings.encoder import Embedder

TITLE_CHARS = 60
"""Of an article's title shown to the reader with each passage."""
PASSAGES_AT_ONCE_PER_THREAD = 2
"""Read before looking whether to stop: some 30 ms."""


class Assistant:
    """Answers questions from one library. Safe from several threads; models are opened at the first question.

    Args:
        library: where the articles are.
        embedder: of passages and questions; the embedded default when omitted.
        reader: the one that comes with the package when omitted.
        weights: of the confidence; when omitted those that come with the package, as the library's user has calibrated them.
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
        self._given_weights = weights
        self._embedder = embedder or load_embedder()
        self._vectors = PassageVectors(library, self._embedder)
        self._retriever = Retriever(library, self._vectors, self._embedder)

    @property
    def fingerprint(self) -> str:
        """Of the embedder that this library's passages are embedded with."""
        return self._embedder.fingerprint

    @property
    def _weights(self) -> Weights:
        """Asked of the library each time, so that a calibration counts from the next question on."""
        return self._given_weights or calibrated_weights(self.library)

    def sync(self, *, progress: Callable[[int, int], None] | None = None, reembed: bool = False) -> None:
        """Embed the passages that have no vector yet, as after adding articles. What is done stays done when interrupted.

        Args:
            progress: called with how many passages are done and how many there are to do.
            reembed: replace vectors made by another embedder.

        Raises:
            EmbedderMismatchError: the library's vectors are another embedder's, and ``reembed`` is false.
        """
        self._vectors.sync(progress=progress, reembed=reembed)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        limit: int = 5,
        since: dt.date | None = None,
        until: dt.date | None = None,
        articles: Collection[str] | None = None,
    ) -> Answer:
        """Answer from the library.

        Args:
            question: in any language.
            history: the turns before it, oldest first, from which a follow-up ("and in 2023?") takes what it leaves out.
            limit: of different answers; a question for many things gets every item that is sure enough.
            since: only articles published on this day or later.
            until: only articles published on this day or earlier.
            articles: ids of the only articles that may answer; all of them when omitted.

        Raises:
            QuestionError: the question is empty.
            ValueError: ``limit`` is below 1.
        """
        *_, last = self.steps(question, history=history, limit=limit, since=since, until=until, articles=articles)
        assert isinstance(last, Answer)  # noqa: S101 - without a stop event the last step is the answer
        return last

    def steps(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        limit: int = 5,
        since: dt.date | None = None,
        until: dt.date | None = None,
        articles: Collection[str] | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Sought | Answer]:
        """The same as `ask` in two steps: where the answer is looked for, as soon as that is known, then the answer.

        Args:
            stop: when it is set, reading ends within a few passages and no answer comes.

        Raises:
            QuestionError, ValueError: as `ask`, before the first step.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; ask for 1 answer or more")
        began = time.perf_counter()
        scope = Scope(since, until, None if articles is None else frozenset(articles))
        understood = resolve(question, history)
        query = understand(understood.question)
        if understood.given:
            query = replace(query, many=True)  # "who else?" wants all the others
        found = [self._retrieve(part, scope) for part in query.facets or (query,)]
        retrieval_ms = sum(ms for _, _, ms in found)
        shown = time.perf_counter()
        yield Sought(
            passages=answering.nearest(list({hit.passage.id: hit for _, hits, _ in found for hit in hits}.values()), limit=None),
            understood=query.text,
            assumed=understood.assumed,
            retrieval_ms=retrieval_ms,
        )
        began += time.perf_counter() - shown  # what the caller does meanwhile is no time of ours
        readings = []
        for part, hits, ms in found:
            reading = self._read(part, hits, retrieval_ms=ms, stop=stop)
            if reading is None:
                return
            readings.append(reading)
        chosen: list[list[answering.Candidate]] = []
        for reading in readings:
            sure = answering.select(reading.query, reading.groups, self._weights)
            # "Who else?" asks for the rest of a list that may be sure enough as a whole only.
            chosen += _fresh(sure, understood.given)[: 1 if query.facets else None]
        items = tuple(answering.item(group, self.library, query.language) for group in chosen)
        yield Answer(
            question=question,
            found=bool(items),
            answers=items[: max(limit, len(query.facets)) if not query.many else None],
            confidence=max(
                (item.confidence for item in items),
                default=max(_likeliest(_fresh(reading.groups, understood.given)) for reading in readings),
            ),
            nearest=() if items else answering.nearest(readings[0].hits),
            elapsed_ms=(time.perf_counter() - began) * 1000,
            retrieval_ms=retrieval_ms,
            reading_ms=sum(reading.reading_ms for reading in readings),
            understood=query.text,
            assumed=understood.assumed,
        )

    def consider(self, query: Query, *, scope: Scope | None = None) -> Reading:
        """Everything that was read for one question and weighed, whether sure enough or not."""
        query, hits, retrieval_ms = self._retrieve(query, scope)
        reading = self._read(query, hits, retrieval_ms=retrieval_ms)
        assert reading is not None  # noqa: S101 - nothing stops it
        return reading

    def _retrieve(self, query: Query, scope: Scope | None) -> tuple[Query, list[Hit], float]:
        """A question, its passages, and the milliseconds it took to find them."""
        began = time.perf_counter()
        hits = self._retriever.retrieve(query, scope=scope)
        return query, hits, (time.perf_counter() - began) * 1000

    def _read(self, query: Query, hits: list[Hit], *, retrieval_ms: float, stop: threading.Event | None = None) -> Reading | None:
        """The passages read and weighed; None when ``stop`` was set before the last of them."""
        began = time.perf_counter()
        reader = self._reader or default_reader()
        contexts = [Context(hit.passage.text, heading(hit), hit.article.language) for hit in hits]
        marked: list[tuple[Span, ...]] = []
        # A passage is read by itself, so reading a few at a time changes nothing but how soon reading can stop.
        for at in range(0, len(contexts), size := PASSAGES_AT_ONCE_PER_THREAD * default_threads()):
            if stop is not None and stop.is_set():
                return None
            marked += reader.read(query, contexts[at : at + size])
        if stop is not None and stop.is_set():
            return None
        return Reading(
            query=query,
            hits=hits,
            groups=answering.merge(answering.candidates(query, hits, marked, self._weights)),
            retrieval_ms=retrieval_ms,
            reading_ms=(time.perf_counter() - began) * 1000,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Where the answer to a question is looked for: known long before the passages are read."""

    passages: tuple[Nearest, ...]
    """All that will be read, best first."""
    understood: str
    """As `Answer.understood`."""
    assumed: tuple[str, ...]
    """As `Answer.assumed`."""
    retrieval_ms: float


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
        return _likeliest(self.groups)


def _fresh(groups: Sequence[list[answering.Candidate]], given: Sequence[str]) -> list[list[answering.Candidate]]:
    """All but those that say one of the answers that were given."""
    return [group for group in groups if not any(answering.say_the_same(c.text, one) for c in group for one in given)]


def _likeliest(groups: Sequence[list[answering.Candidate]]) -> float:
    return groups[0][0].confidence if groups else 0.0


def heading(hit: Hit) -> str:
    """What the reader is told of a passage's article: its title and date."""
    date = hit.article.published.isoformat() if hit.article.published else ""
    return f"{hit.article.title[:TITLE_CHARS]} {date}".strip()
