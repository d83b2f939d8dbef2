"""A question asked of the whole product over its own text alone: what a person gets who has saved just that."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence

from benchmarks.reading.sets import Question
from corpus.article import Article
from corpus.library import Library
from embeddings.encoder import load_embedder
from qa.assistant import Assistant
from qa.confidence import Weights
from qa.reader import Reader


def article(text: str, language: str) -> Article:
    """A text without title, date and origin as an article; of ``zh-Hant`` the language is Chinese, as for an article that is added."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(title="", text=text, source=digest, sha256=digest, language=language.partition("-")[0])


def answers(questions: Sequence[Question], *, reader: Reader, weights: Weights) -> Iterator[list[str]]:
    """For each question the texts of its answer, best first; none when nothing was found."""
    embedder = load_embedder()
    for question in questions:
        with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
            library.add(article(question.context, question.context_language))
            assistant = Assistant(library, embedder=embedder, reader=reader, weights=weights)
            assistant.sync()
            yield [item.text for item in assistant.ask(question.text).answers]
