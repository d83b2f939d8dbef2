"""Which passages to read for a question: word search and vector search, fused, with the question's years and languages minded.

- Each language of the library is ranked by itself and gets its share of places, as vectors favour the question's own language and words
  find little across languages, for all that a dictionary gives (`qa.glossary`): neither may hide the other.
- Within a language the two rankings are fused by reciprocal rank (Cormack, Clarke & Büttcher 2009).
- A passage fits a question's year when it names that year, or when its article is of that year. Those that fit come first, and where
  the library has an article of that year, the others are not read at all.
- A question for many things gets its best articles whole: a list's items stand wherever the article happens to name them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.library import ArticleInfo, Library, StoredPassage
from corpus.years import years_in
from embeddings.encoder import Embedder
from embeddings.vectors import PassageVectors
from qa.glossary import meanings, rendered
from qa.question import Query

CANDIDATES = 40
"""Passages taken from each ranking of each language before fusing."""
RANK_CONSTANT = 10
"""Of the reciprocal rank fusion, 1 / (constant + rank). Smaller than the 60 of the paper, whose lists were a thousand long: ours
are short, and the first places of either ranking should count."""
BEST_SCORE = 2 / (RANK_CONSTANT + 1)
"""Of a passage that both rankings put first."""
READ_PASSAGES = 10
"""Passages read for a question of one answer. Over the paragraphs of bipar.zh.valid 5 and 10 passages hold the answer to 80 and 85 % of
the questions, to their English versions 42 and 50 %. Reading 15 for those takes half as long again and answers no more of them (F1 of
the surest answer 16.7 instead of 16.5, 200 questions)."""
WHOLE_ARTICLE_PASSAGES = 12
"""Passages read of an article that is read whole; of a longer one, those that rank best."""
OTHER_PASSAGES = 3
"""Passages of other articles read along with a whole long one; with a short one as many as `READ_PASSAGES` leaves."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may hold the answer."""

    passage: StoredPassage
    article: ArticleInfo
    score: float
    """Fused rank score within the passage's language, 0 to `BEST_SCORE`, larger is better."""
    cosine: float
    """Of question and passage, -1 to 1."""
    among: int
    """Passages of its language that it was chosen from, 1 to `CANDIDATES`."""
    year_fit: float
    """1 when the article is of a year the question names, or it names none; 1/2 when only the passage names that year; else 0."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles may answer: published from ``since`` up to and including ``until``, and of the ids in ``articles``.

    Undated ones are outside any bound of time; ``articles`` of None is all of them.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    articles: frozenset[str] | None = None

    def holds(self, article: ArticleInfo) -> bool:
        """Whether the article is within the bounds."""
        if self.articles is not None and article.id not in self.articles:
            return False
        if self.since is None and self.until is None:
            return True
        published = article.published
        return published is not None and (self.since or dt.date.min) <= published <= (self.until or dt.date.max)


def question_vector(embedder: Embedder, query: Query, language: str) -> npt.NDArray[np.float32]:
    """Where to look among the passages of a language: the question's vector, and across languages the mean of it and its rendering's.

    Of multilingual embeddings those of one language lie together. Over the paragraphs of bipar.zh.valid the mean finds the right one among
    ten for 37 % of the English questions, the question's own vector for 28 %; fused with words, 44 and 40 %. Of the Chinese questions over
    the English paragraphs it is 36 and 28 %; with words, 42 and 40 % (750 questions each way).

    Returns:
        A unit vector, shape (embedder.dimension,).
    """
    said = "" if language == query.language else rendered(query.terms, language)
    total = embedder.encode_query([query.text, said] if said else [query.text]).sum(axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length if length else total, np.float32)


class Retriever:
    """Finds passages in one library. Safe from several threads."""

    def __init__(self, library: Library, vectors: PassageVectors, embedder: Embedder) -> None:
        self._library = library
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, query: Query, *, scope: Scope | None = None) -> list[Hit]:
        """The passages to read, best first; empty when the library (or the scope) is."""
        scope = scope or Scope()
        everything = self._library.articles()
        articles = {article.id: article for article in everything if scope.holds(article)}
        hits = self._ranked(query, articles, bounded=len(articles) < len(everything))
        if any(hit.year_fit == 1 for hit in hits):
            # A list is drawn from articles of that year; a single fact may stand in a later one that looks back.
            hits = [hit for hit in hits if hit.year_fit == 1 or (hit.year_fit and not query.many)]
        if query.many:
            return self._with_whole_article(query, hits, articles)
        return hits[:READ_PASSAGES]

    def _ranked(self, query: Query, articles: dict[str, ArticleInfo], *, bounded: bool) -> list[Hit]:
        by_language: dict[str, set[str]] = defaultdict(set)
        for article in articles.values():
            by_language[article.language].add(article.id)
        whole = len(by_language) == 1 and not bounded
        per_language = []
        for language in sorted(by_language):
            ids = by_language[language]
            words = self._library.search(meanings(query.terms, language), limit=CANDIDATES, article_ids=ids)
            vector = question_vector(self._embedder, query, language)
            neighbours = self._vectors.search(vector, limit=CANDIDATES, ids=None if whole else self._library.passage_ids(ids))
            per_language.append(self._fused(query, words, neighbours, articles))
        return _shared_out(per_language)

    def _fused(
        self,
        query: Query,
        words: Sequence[tuple[int, float]],
        neighbours: Sequence[tuple[int, float]],
        articles: dict[str, ArticleInfo],
    ) -> list[Hit]:
        """One language's passages, best first."""
        scores: dict[int, float] = defaultdict(float)
        for ranking in (words, neighbours):
            for rank, (passage_id, _) in enumerate(ranking, 1):
                scores[passage_id] += 1 / (RANK_CONSTANT + rank)
        cosines = dict(neighbours)
        floor = min(cosines.values(), default=0.0)  # of a passage found by words alone no more is known than that it lies below
        passages = self._library.passages_by_id(scores)
        fits = self._year_fits(query, passages.values(), articles)
        hits = [
            Hit(
                passage,
                articles[passage.article_id],
                scores[passage.id],
                cosines.get(passage.id, floor),
                max(1, len(neighbours)),
                fits[passage.id],
            )
            for passage in passages.values()
            if passage.article_id in articles  # another process may have added some since they were listed
        ]
        return sorted(hits, key=lambda hit: (hit.year_fit == 0, -hit.score, hit.passage.id))

    def _year_fits(self, query: Query, passages: Collection[StoredPassage], articles: dict[str, ArticleInfo]) -> dict[int, float]:
        """`Hit.year_fit` by passage id."""
        if not query.years:
            return dict.fromkeys((passage.id for passage in passages), 1.0)
        asked = set(query.years)
        named = self._library.passage_years([passage.id for passage in passages])
        of_article = {article_id: self._years_of(articles[article_id]) for article_id in {p.article_id for p in passages} & articles.keys()}
        return {p.id: 1.0 if asked & of_article.get(p.article_id, set()) else 0.5 * bool(asked & named[p.id]) for p in passages}

    def _years_of(self, article: ArticleInfo) -> set[int]:
        """The years an article is of: its title's and its date's, else the one its text names most."""
        years = set(years_in(article.title))
        if article.published:
            years.add(article.published.year)
        if not years:
            counted = self._library.article_years(article.id)
            years = {year for year, times in counted.items() if times == max(counted.values())}
        return years

    def _with_whole_article(self, query: Query, hits: list[Hit], articles: dict[str, ArticleInfo]) -> list[Hit]:
        """All passages of the best article, then the best of the others: at least `READ_PASSAGES` together, where there are so many."""
        if not hits:
            return []
        standing: dict[str, float] = defaultdict(float)
        best_of: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            if len(best_of[hit.article.id]) < OTHER_PASSAGES:
                standing[hit.article.id] += hit.score * hit.year_fit
            best_of[hit.article.id].append(hit)
        chosen = max(standing, key=lambda article_id: (standing[article_id], article_id))
        ranked = {hit.passage.id: hit for hit in best_of[chosen]}
        stored = self._library.passages(chosen)
        fits = self._year_fits(query, stored, articles)
        last = replace(best_of[chosen][-1], score=0.0)
        whole = [ranked.get(passage.id) or replace(last, passage=passage, year_fit=fits[passage.id]) for passage in stored]
        whole = sorted(whole, key=lambda hit: -hit.score)[:WHOLE_ARTICLE_PASSAGES]
        # Of a question that only sounds like one for a list the answer may stand elsewhere: no fewer are read than for any other.
        others = [hit for hit in hits if hit.article.id != chosen][: max(OTHER_PASSAGES, READ_PASSAGES - len(whole))]
        return [*whole, *others]


def _shared_out(per_language: list[list[Hit]]) -> list[Hit]:
    """Several languages' rankings in one: in turn, the language with the best standing first, so that each gets its places.

    Passages of the wrong year come after all the others.
    """
    turns = sorted((hits for hits in per_language if hits), key=lambda hits: (hits[0].year_fit == 0, -hits[0].cosine))
    merged = [hits[turn] for turn in range(max(map(len, turns), default=0)) for hits in turns if turn < len(hits)]
    return sorted(merged, key=lambda hit: hit.year_fit == 0)
