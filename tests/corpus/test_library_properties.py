"""What holds of any article, and of any order in which articles are added, changed and removed."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import fields

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from corpus.article import Article, Run
from corpus.errors import ArticleNotFoundError
from corpus.library import Change, Library
from corpus.splitting import split
from corpus.words import query_terms
from corpus.years import years_in

ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("上a/\0\ud83d\udc80\udfff\U0001f389"))  # NUL and halves of pairs often
MIXED = st.text(st.sampled_from("上海开幕式張文宏2021年。，“”!? \nabé\u0301مरह🎉\0\ud83d\udc80\u200f\ufeff"), max_size=300)
LENGTHS = st.integers(0, 2**62)
ARTICLES = st.builds(
    Article,
    title=ANY_TEXT | MIXED,
    text=ANY_TEXT | MIXED,
    source=ANY_TEXT,
    sha256=ANY_TEXT,
    url=st.none() | ANY_TEXT,
    published=st.none() | st.dates(),
    published_from=st.none() | st.sampled_from(["markup", "text", "name"]),
    authors=st.lists(ANY_TEXT, max_size=3).map(tuple),
    publisher=st.none() | ANY_TEXT,
    language=st.sampled_from(["zh", "en", "ar", "und"]) | ANY_TEXT,
    script=st.sampled_from(["Hans", "Latn", "Zyyy"]),
    origin=st.lists(st.builds(Run, LENGTHS, LENGTHS, LENGTHS), max_size=3).map(tuple),
    removed=st.lists(ANY_TEXT, max_size=3).map(tuple),
)


def mended(value):
    """The rule for what UTF-8 cannot hold, said another way than the library says it."""
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, tuple):
        return tuple(mended(item) for item in value)
    return value


@settings(max_examples=60)
@given(ARTICLES)
def test_any_article_comes_back_equal_but_for_half_pairs(article):
    with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
        assert library.add(article) is Change.ADDED
        (info,) = library.articles()
        kept = library.article(info.id)
        for field in fields(Article):
            given_value, kept_value = getattr(article, field.name), getattr(kept, field.name)
            if field.name == "source":
                assert kept_value == re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", given_value)
            else:
                assert kept_value == mended(given_value)
        assert len(kept.text) == len(article.text) == info.chars
        assert [(passage.start, passage.end) for passage in library.passages(info.id)] == [
            (passage.start, passage.end) for passage in split(kept)
        ]
        assert library.has(article.source, article.sha256)
        assert library.add(article) is Change.UNCHANGED
        assert library.verify() == []


@settings(max_examples=40)
@given(st.lists(ANY_TEXT | MIXED, max_size=8), st.integers(-2, 9))
def test_any_terms_can_be_looked_up_anywhere(terms, limit):
    with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
        library.add(Article(title="题目", text="开幕式上，张文宏致辞。The opening.", source="a", sha256="0"))
        hits = library.search(terms, limit=limit, languages=[*terms, "und"], article_ids=None)
        assert hits == library.search(terms, limit=limit)
        assert len(hits) <= max(limit, 0)
        for text in terms:
            library.article_years(text)
            library.has(text, text)
            library.set_setting(text, text)
            assert library.setting(text) == json.loads(json.dumps(text))  # JSON joins two halves that happen to make a pair


class LibraryMachine(RuleBasedStateMachine):
    """A library beside the plainest thing that does the same: a dictionary from source to article."""

    TEXTS = (
        "",
        "张文宏在开幕式上致辞。2022年。",
        "第二年的开幕式，2023年11月。" * 30,
        "Panels in 2021 were moderated by Wu Li.",
        "没有年份，也没有别的\0。\n" * 3,
    )

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.library = Library(self.folder.name)
        self.known: dict[str, Article] = {}
        self.vectors: dict[int, bytes] = {}
        self.generation = self.library.generation

    def add_one(self, source: str, text: str) -> None:
        article = Article(title=text[:5], text=text, source=source, sha256=text, url=source)
        before = self.known.get(source)
        elsewhere = any(other.id == article.id for name, other in self.known.items() if name != source)
        if before is not None:
            expected = Change.UNCHANGED if before == article else Change.UPDATED
        else:
            expected = Change.DUPLICATE if elsewhere else Change.ADDED
        assert self.library.add(article) is expected
        if expected is not Change.UNCHANGED:
            ids = {other.id for other in self.known.values()}
            self.known.pop(source, None)  # to the end of the order
            self.known[source] = article
            self.generation += ids != {other.id for other in self.known.values()}

    @rule(source=st.sampled_from("abc"), text=st.sampled_from(TEXTS))
    def add(self, source: str, text: str) -> None:
        self.add_one(source, text)

    @rule(items=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(TEXTS)), max_size=6), every=st.integers(1, 4))
    def add_in_a_batch(self, items: list[tuple[str, str]], every: int) -> None:
        with self.library.batch(every=every):
            for source, text in items:
                self.add_one(source, text)

    @rule(items=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(TEXTS)), max_size=6))
    def break_off_a_batch(self, items: list[tuple[str, str]]) -> None:
        kept, generation = dict(self.known), self.generation
        try:
            with self.library.batch(every=1000, seconds=1000):
                for source, text in items:
                    self.add_one(source, text)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            self.known, self.generation = kept, generation

    @rule(text=st.sampled_from(TEXTS))
    def remove(self, text: str) -> None:
        article_id = Article(title=text[:5], text=text, source="", sha256="").id
        gone = [source for source, article in self.known.items() if article.id == article_id]
        try:
            self.library.remove(article_id)
            self.generation += 1
            assert gone
        except ArticleNotFoundError:
            assert not gone
        for source in gone:
            del self.known[source]

    @rule(limit=st.integers(0, 5))
    def embed(self, limit: int) -> None:
        missing = self.library.missing_vectors("model", limit=limit)
        rows = np.array([[passage.id, passage.start] for passage in missing], np.float32).reshape(-1, 2)
        self.library.put_vectors("model", [passage.id for passage in missing], rows)
        self.vectors |= {passage.id: row.tobytes() for passage, row in zip(missing, rows, strict=True)}

    @rule()
    def open_again(self) -> None:
        self.library.close()
        self.library = Library(self.folder.name)

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        library = self.library
        articles = {article.id: article for article in reversed(self.known.values())}  # the first source speaks for it
        assert {info.id: info.sources for info in library.articles()} == {
            article_id: tuple(source for source, other in self.known.items() if other.id == article_id) for article_id in articles
        }
        present = {}
        for article_id, article in articles.items():
            assert library.article(article_id) == article
            passages = library.passages(article_id)
            assert [(passage.start, passage.end, passage.text) for passage in passages] == [
                (passage.start, passage.end, passage.text) for passage in split(article)
            ]
            present |= {passage.id: passage for passage in passages}
            assert library.article_years(article_id) == years_in(article.title) + years_in(article.text)
        assert library.passage_years(present) == {passage_id: set(years_in(passage.text)) for passage_id, passage in present.items()}
        found = {passage_id for passage_id, _ in library.search(query_terms("开幕式 panel"), limit=1000)}
        assert found == {passage_id for passage_id, passage in present.items() if "开幕" in passage.text or "Panels" in passage.text}
        self.vectors = {passage_id: row for passage_id, row in self.vectors.items() if passage_id in present}
        ids, rows = library.vectors("model")
        assert {int(passage_id): row.tobytes() for passage_id, row in zip(ids, rows, strict=True)} == self.vectors
        assert {passage.id for passage in library.missing_vectors("model", limit=1000)} == present.keys() - self.vectors.keys()
        assert library.generation == self.generation
        assert library.verify() == []

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
            self.folder.cleanup()


TestAnyOrder = LibraryMachine.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow])
