import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from corpus.article import Article
from corpus.library import Library
from corpus.words import query_terms
from embeddings.vectors import PassageVectors
from qa.question import understand
from qa.retrieval import READ_PASSAGES, Hit, Retriever, Scope, question_vector


class WordEmbedder:
    """Vectors of which words a text holds, hashed: near enough to meaning for a test, and quick."""

    dimension = 256
    fingerprint = "words"

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for term in query_terms(text):
                vector[sum(map(ord, term)) % self.dimension] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_document(self, texts: Sequence[str], *, progress: object = None) -> npt.NDArray[np.float32]:
        return self.encode_query(texts)


Retrieve = Callable[..., list[Hit]]


@pytest.fixture
def retrieve(library: Library) -> Retrieve:
    def run(question: str, stored: Sequence[Article], **bounds: Any) -> list[Hit]:
        for article in stored:
            library.add(article)
        embedder = WordEmbedder()
        vectors = PassageVectors(library, embedder)
        vectors.sync()
        return Retriever(library, vectors, embedder).retrieve(understand(question), scope=Scope(**bounds))

    return run


def article(title: str, text: str, *, year: int | None = None, language: str = "zh") -> Article:
    published = dt.date(year, 11, 14) if year else None
    return Article(title=title, text=text, source=title, sha256=title + text, published=published, language=language)


def test_a_year_prefers_the_article_of_that_year_to_its_twin(retrieve: Retrieve) -> None:
    twins = [article(f"产业周开幕{year}", "产业周在科学会堂开幕，主题是共同成长。", year=year) for year in (2021, 2022, 2023)]
    hits = retrieve("2022年产业周的主题是什么", twins)
    assert [hit.article.published for hit in hits] == [dt.date(2022, 11, 14)]


def test_a_passage_that_names_the_year_counts_when_no_article_is_of_it(retrieve: Retrieve) -> None:
    hits = retrieve(
        "2019年产值是多少", [article("产值", "2019年产值是八百亿元。", year=2023), article("旧闻", "产值是九百亿元。", year=2021)]
    )
    assert [(hit.article.title, hit.year_fit) for hit in hits] == [("产值", 0.5), ("旧闻", 0.0)]


def test_neither_language_hides_the_other(retrieve: Retrieve) -> None:
    english = [article(f"Forum {i}", f"The forum number {i} opened in the hall.", language="en") for i in range(20)]
    hits = retrieve("where was the forum opened", [*english, article("论坛", "论坛在科学会堂开幕。")])
    assert {hit.article.language for hit in hits} == {"zh", "en"} and len(hits) == READ_PASSAGES
    assert {(hit.article.language, hit.among) for hit in hits} == {("zh", 1), ("en", 20)}


def test_a_question_that_sounds_like_one_for_many_reads_no_fewer_short_articles(retrieve: Retrieve) -> None:
    articles = [article(f"会议{i}", f"第{i}个医院参加了会议。") for i in range(2 * READ_PASSAGES)]
    assert len(retrieve("哪些医院参加了会议", articles)) == READ_PASSAGES


def test_a_question_for_many_reads_the_best_article_whole(retrieve: Retrieve) -> None:
    long = "".join(f"第{i}位嘉宾是来自第{i}研究所的专家，他在会上谈到了产业的发展与合作的前景。" for i in range(60))
    hits = retrieve("开幕活动有哪些嘉宾发言", [article("开幕活动嘉宾发言", long), article("别的", "今天天气很好。")])
    read = sorted(hit.passage.start for hit in hits if hit.article.title == "开幕活动嘉宾发言")
    assert read[0] == 0 and max(hit.passage.end for hit in hits) == len(long) and len(read) == len(hits) - 1


@pytest.mark.parametrize(
    ("bounds", "years"),
    [({"since": dt.date(2022, 1, 1)}, {2022, 2023}), ({"until": dt.date(2022, 12, 31)}, {2021, 2022}), ({}, {2021, 2022, 2023, None})],
)
def test_the_scope_bounds_by_publication(retrieve: Retrieve, bounds: dict[str, dt.date], years: set[int | None]) -> None:
    articles = [article(f"开幕{year}", f"第{year}次开幕。", year=year) for year in (2021, 2022, 2023, None)]
    hits = retrieve("开幕", articles, **bounds)
    assert {hit.article.published.year if hit.article.published else None for hit in hits} == years


def test_an_empty_library_has_no_hits(retrieve: Retrieve) -> None:
    assert retrieve("谁发言", []) == []


def test_an_english_question_finds_a_chinese_name_by_its_sound(retrieve: Retrieve) -> None:
    filler = [article(f"第{i}篇", f"这是第{i}篇说别的事情的文章。") for i in range(30)]
    hits = retrieve("what happens in Changping", [*filler, article("区里的事", "昌平将举办论坛。")])
    assert hits[0].article.title == "区里的事"


def test_the_scope_bounds_by_article(retrieve: Retrieve) -> None:
    articles = [article(f"开幕{year}", f"第{year}次开幕。", year=year) for year in (2021, 2022, 2023)]
    assert [hit.article.title for hit in retrieve("开幕", articles, articles=frozenset({articles[1].id}))] == ["开幕2022"]
    assert retrieve("开幕", articles, articles=frozenset({articles[1].id}), since=dt.date(2023, 1, 1)) == []
    assert retrieve("开幕", articles, articles=frozenset()) == []


def test_among_passages_of_another_language_the_question_stands_where_its_rendering_pulls_it(retrieve: Retrieve) -> None:
    """The word embedder sees no likeness across languages at all: what there is comes from the Chinese words of the rendering."""
    stored = [article("医院", "新医院开了门。"), article("森林", "湖边的路修好了。")]
    hospital, lake = sorted(retrieve("Where is the hospital?", stored), key=lambda hit: hit.article.title != "医院")
    assert hospital.cosine > lake.cosine + 0.1


@pytest.mark.parametrize(
    ("question", "language"), [("Xyzzy?", "zh"), ("Where is the hospital?", "en"), ("Where is the hospital?", "fr"), ("谁来了？", "en")]
)
def test_where_nothing_is_rendered_the_question_stands_for_itself(question: str, language: str) -> None:
    embedder = WordEmbedder()
    query = understand(question)
    assert np.allclose(question_vector(embedder, query, language), embedder.encode_query([query.text])[0])
