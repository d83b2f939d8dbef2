"""The extractive reader: a question and some texts in, marked spans out, each with how far it beats "not here".

The model is multilingual-e5-small fine-tuned as a plain question-answering encoder, one start and one end logit per token, with
the first token for "no answer" (Devlin et al. 2019, arXiv:1810.04805, section 4.3), and a score for the pair (`qa.pairs`). A span's score
is all three less the logits of the first token, so 0 means "as likely here as not here", whatever else is read alongside. Where one answer
is asked for that is no name, spans that are nearly the same share their scores (`qa.pooling`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus.article import Article
from corpus.errors import ModelError
from corpus.metadata import language_and_script
from corpus.splitting import split
from embeddings.layers import OnnxLayers
from embeddings.tokens import END, START, shared_tokenizer, without_surrogates
from embeddings.word_table import word_table
from qa.boundaries import tidy, whole_date
from qa.glossary import glossed
from qa.pairs import pair_scores
from qa.pooling import pooled
from qa.question import Kind, Query, understand

if TYPE_CHECKING:
    from tokenizers import Encoding

DEFAULT_MODEL = Path(__file__).parent / "model" / "reader.int8.onnx"

OUTPUTS = ["start_logits", "end_logits", "inside_logits", "pair_starts", "pair_ends", "pair_lengths"]
WINDOW_TOKENS = 320
"""Question, heading and text together; what is longer is read in overlapping windows."""
QUESTION_TOKENS = 64
HEADING_TOKENS = 64
OVERLAP_TOKENS = 80
MAX_ANSWER_TOKENS = {Kind.PERSON: 24, Kind.TIME: 24, Kind.NUMBER: 20, Kind.PLACE: 32, Kind.ORGANISATION: 40, Kind.FREE: 64}
"""Names, dates and figures are short in every language; a span that runs on past them is a slip of the model."""
READ_WITHIN = 3.0
"""Logits below the best span of a text that another may lie to be an answer too: of 3, 6 and any, 3 gave the best lists of speakers, of
holders of posts, of names and of medical terms on the tuning sets (F1 79, 81, 59 and 69; without a limit 61, 52, 51 and 64)."""
INSIDE_LEAST = -1.0
"""Logits that an answer's tokens have at least on average (`Span.inside`)."""
_ASKS_FOR_PART_OF_DATE = re.compile(r"(?i)年|月|哪一?[天日]|\b(?:years?|months?|decade|century)\b")
"""Else a date is given whole: that makes four of 398 answers more in drcd.dev exact, and none less on the tuning sets."""
_MOST, _MOST_OF_A_LIST = 8, 16
"""Spans of one text. Sixteen find more of long lists: F1 of medical terms 76 instead of 69."""
_LINE_ENDS = re.compile(r"\n(?<![a-z,]\n)|\n(?![A-Za-z])")
"""Where a line ends that isn't just a long English one wrapped: no answer to the 71,000 questions of eleven files goes on behind one."""
_NAMES = (Kind.PERSON, Kind.ORGANISATION)
"""Their edges are sharp, and several may stand in a row."""
_OUTSIDE = -10.0
"""Logit of a place beyond the text."""
_TOP_TOKENS = 20
"""Starts and ends that are paired up, and the pairs looked at: the next ones lie far below."""
_TOP_PAIRS = 80


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader is shown: a text, under a heading (title and date) that it may lean on but never answers from."""

    text: str
    heading: str = ""
    language: str = "und"
    """Of the text, ISO 639-1: where the question is in another, words that translate its own are shown to the reader (`qa.glossary`)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A marked place ``text[start:end]`` and its score in logits: above 0 the reader holds it for an answer, unbounded both ways."""

    start: int
    end: int
    score: float
    inside: float = 0.0
    """Logit that a token of it belongs to an answer, whatever others do; the mean over its tokens."""
    beside: float = 0.0
    """The same of the token before it or behind it, whichever is higher."""


@dataclass(frozen=True, slots=True)
class _Window:
    """What the model sees at once: token ids, and for the tokens of the text their places in it."""

    context: int
    ids: list[int]
    first: int
    """Position of the first token that may be part of an answer."""
    offsets: list[tuple[int, int]]


class Reader:
    """Holds the model open. Reading is safe from several threads.

    Raises ModelError when a model file is missing or damaged.
    """

    def __init__(self, model: Path | str = DEFAULT_MODEL, *, threads: int | None = None) -> None:
        self._layers = OnnxLayers(model, threads=threads)
        if self._layers.manifest.get("outputs") != OUTPUTS:
            raise ModelError(f"The model {model} gives out {self._layers.manifest.get('outputs')}, not {OUTPUTS}. Export it again.")
        self._tokenizer = shared_tokenizer()
        self._words = word_table()

    def read(self, question: Query | str, contexts: Sequence[Context], *, n_best: int | None = None) -> list[tuple[Span, ...]]:
        """Mark the likeliest answers in each text.

        Args:
            question: what is asked, as typed or already understood (its kind bounds the length of an answer).
            contexts: the texts, of any length.
            n_best: how many spans to return per text at most; 8 when omitted, 16 where a list is asked for.

        Returns:
            For each text its spans, best first, none overlapping another, edges tidied to whole words. Spans below 0 are
            included: whether they count is for the caller to say.
        """
        query = understand(question) if isinstance(question, str) else question
        usual = _MOST_OF_A_LIST if query.many else _MOST
        limit = usual if n_best is None else n_best
        windows = [w for i, context in enumerate(contexts) for w in self._windows(i, self._question_ids(query, context), context)]
        found: list[list[Span]] = [[] for _ in contexts]
        for window, outputs in zip(windows, self._layers.map(self._outputs, windows), strict=True):
            text = contexts[window.context].text
            spans = list(_spans(window, outputs, text, query))
            found[window.context] += _sharing(spans, text) if shares_scores(query) else spans
        return [_without_overlaps(spans, limit) for spans in found]

    def _question_ids(self, query: Query, context: Context) -> list[int]:
        shown = query.text if context.language == query.language else glossed(query.text, context.text, context.language)
        return self._encode(shown).ids[:QUESTION_TOKENS]

    def _encode(self, text: str) -> Encoding:
        return self._tokenizer.encode(without_surrogates(text), add_special_tokens=False)

    def _windows(self, index: int, question_ids: list[int], context: Context) -> Iterator[_Window]:
        # Heading and text are encoded as one, as the model was trained, so that the text's first piece comes out the same.
        heading = f"{context.heading}\n" if context.heading else ""
        encoding = self._encode(heading + context.text)
        ids, offsets = encoding.ids, encoding.offsets
        in_heading = next((i for i, (_, end) in enumerate(offsets) if end > len(heading)), len(ids))
        shown = ids[: min(in_heading, HEADING_TOKENS)]
        prefix = [START, *question_ids, END, END, *shown]
        ids = ids[in_heading:]
        offsets = [(max(0, a - len(heading)), b - len(heading)) for a, b in offsets[in_heading:]]
        room = WINDOW_TOKENS - len(prefix) - 1
        for at in range(0, max(1, len(ids) - OVERLAP_TOKENS), room - OVERLAP_TOKENS):
            if part := ids[at : at + room]:
                yield _Window(index, [*prefix, *part, END], len(prefix), offsets[at : at + room])

    def _outputs(self, window: _Window) -> list[npt.NDArray[np.float32]]:
        """Start, end and inside logits, each (n_tokens,), and what `pair_scores` takes; of one window, as company changes nothing."""
        return self._layers.run_one(self._words.rows(np.array(window.ids)))


def _spans(window: _Window, outputs: Sequence[npt.NDArray[np.float32]], text: str, query: Query) -> Iterator[Span]:
    """The likeliest spans of one window, tidied, in places of ``text``."""
    longest = MAX_ANSWER_TOKENS[query.kind]
    whole_dates = query.kind is Kind.TIME and not _ASKS_FOR_PART_OF_DATE.search(query.text)
    start, end, inside, as_start, as_end, lengths = outputs
    legal = slice(window.first, window.first + len(window.offsets))
    null = float(start[0] + end[0])
    # A piece that is a blank alone neither starts nor ends an answer: the model was trained with such places barred.
    blank = [not text[a:b].strip() for a, b in window.offsets]
    starts, ends = np.where(blank, -np.inf, start[legal]), np.where(blank, -np.inf, end[legal])
    first, last = (np.argsort(-logits, kind="stable")[:_TOP_TOKENS] for logits in (starts, ends))
    length = last[None, :] - first[:, None]
    together = pair_scores(as_start[legal], as_end[legal], lengths[legal], first, last)
    scores = starts[first][:, None] + ends[last][None, :] + together - null
    scores = np.where((length >= 0) & (length < longest), scores, -np.inf)
    for flat in np.argsort(-scores, axis=None, kind="stable")[:_TOP_PAIRS]:
        i, j = divmod(int(flat), len(last))
        if not np.isfinite(scores[i, j]):
            break
        a, b = tidy(text, window.offsets[first[i]][0], window.offsets[last[j]][1])
        if a < b and not _LINE_ENDS.search(text, a, b):
            b = whole_date(text, a, b) if whole_dates else b
            yield Span(a, b, float(scores[i, j]), *_membership(inside[legal], int(first[i]), int(last[j])))


def shares_scores(query: Query) -> bool:
    """Whether spans that overlap speak for one another: not where several things are asked for, nor where a name is."""
    return not (query.many or query.kind in _NAMES)


def _sharing(spans: Sequence[Span], text: str) -> list[Span]:
    """The same spans with what speaks for those that overlap them."""
    scores = pooled([span.score for span in spans], [(span.start, span.end) for span in spans], text)
    return [replace(span, score=float(score)) for span, score in zip(spans, scores, strict=True)]


def _membership(inside: npt.NDArray[np.float32], first: int, last: int) -> tuple[float, float]:
    """`Span.inside` and `Span.beside` of the span from one token to another, both included."""
    around = [*inside[max(0, first - 1) : first], *inside[last + 1 : last + 2]]
    return float(inside[first : last + 1].mean()), float(max(around, default=_OUTSIDE))


def _without_overlaps(spans: Iterable[Span], limit: int) -> tuple[Span, ...]:
    """Greedy, best first: of spans that share a character only the best stays."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(kept) == limit:
            break
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return tuple(kept)


@functools.cache
def default_reader() -> Reader:
    """The reader that comes with the package, one per process."""
    return Reader()


def likeliest(question: Query | str, text: str, *, n_best: int = 5, reader: Reader | None = None) -> tuple[Span, ...]:
    """Read one text of any length, passage by passage as in a library, and return what answers best, whether it answers or not.

    Returns:
        Spans in places of ``text``, best first, none overlapping another. Those below 0 are likelier not to answer.

    Raises:
        QuestionError: the question is empty.
    """
    query = understand(question) if isinstance(question, str) else question
    passages = split(Article(title="", text=text, source="", sha256=""))
    language, _ = language_and_script(text)
    read_spans = (reader or default_reader()).read(query, [Context(passage.text, language=language) for passage in passages])
    placed = [
        replace(span, start=span.start + passage.start, end=span.end + passage.start)
        for passage, spans in zip(passages, read_spans, strict=True)
        for span in spans
    ]
    return _without_overlaps(placed, n_best)


def read(question: str, text: str, *, n_best: int = 5, reader: Reader | None = None) -> tuple[Span, ...]:
    """Read one text of any length, without a library.

    Returns:
        The spans that the reader holds for answers, best first; empty when the text does not answer the question.

    Raises:
        QuestionError: the question is empty.
    """
    found = likeliest(question, text, n_best=n_best, reader=reader)
    least = max(0.0, found[0].score - READ_WITHIN) if found else 0.0
    return tuple(span for span in found if span.score > 0 and span.score >= least and span.inside >= INSIDE_LEAST)
