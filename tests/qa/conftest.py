"""Hand-made hits, so that weighing and merging are tested without a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest

from corpus.article import Article
from corpus.library import Library
from qa.confidence import Evidence, Weights
from qa.retrieval import Hit

MakeHit = Callable[..., Hit]

SCORE_ALONE = Weights(
    bias=0.0,
    weights={field.name: 0.0 for field in fields(Evidence)} | {"margin": 20.0, "wrong_year": -40.0},
    threshold=0.5,
    list_threshold=0.5,
)
"""Confidence that follows the reader's score, 0.5 at score 0; a wrong year ends it."""


@pytest.fixture
def make_hit(library: Library) -> MakeHit:
    """Store a one-passage article and return the hit on it."""

    def make(text: str, *, authors: tuple[str, ...] = (), year_fit: float = 1.0, language: str = "") -> Hit:
        language = language or ("zh" if any(char >= "\u4e00" for char in text) else "en")
        article = Article(title="题目", text=text, source=text, sha256=text, authors=authors, language=language)
        library.add(article)
        info = next(info for info in library.articles() if info.id == article.id)
        return Hit(library.passages(article.id)[0], info, score=0.1, cosine=0.85, among=40, year_fit=year_fit)

    return make
