"""Articles that are nearly the same, in a library: one answers, the others stand back, and none is lost."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from corpus import duplicate_store, duplicates, records
from corpus.article import Article
from corpus.duplicates import bands, compare, outline
from corpus.errors import ArticleNotFoundError
from corpus.library import SCHEMA, Change, Library
from corpus.splitting import split

BODY = (
    "第三届茶业论坛4月18日在杭州龙坞开幕，来自12个省的300多名代表出席。中国茶叶学会理事长江用文致辞，他说，茶产业要靠科技和文化。\n"
    "论坛主题是“一叶知春”。浙江省农业农村厅副厅长王文斌介绍，2023年全省茶叶产值达到264亿元，比上年增长3.5%。\n"
)
MORE = (
    "会上发布了《龙井茶保护白皮书》，五家企业签了合作协议，总金额8600万元。论坛还安排了采茶体验和两场讨论，由周国富主持。\n"
    "下午的圆桌讨论了茶旅融合，来自福建安溪、云南勐海和安徽祁门的茶农讲了各自的做法，闭幕式上宣布下一届由湖州安吉承办。\n"
    "组委会还为二十名制茶能手颁了奖，其中年纪最大的七十八岁，从十六岁起就在狮峰山下炒茶，带出的徒弟有四十多人。\n"
)
OTHER = BODY.replace("第三届", "第四届").replace("2023", "2024").replace("264", "281").replace("4月18日", "4月16日")


@pytest.fixture
def make(make_article: Callable[..., Article]) -> Callable[..., Article]:
    def made(text: str, source: str, **fields: object) -> Article:
        return make_article(text, **({"title": "茶业论坛开幕", "source": source, "script": "Hans"} | fields))

    return made


def sources(library: Library) -> list[tuple[str, ...]]:
    return sorted(info.sources for info in library.articles())


def test_a_repost_becomes_a_source_of_the_article_that_is_there(library, make):
    original, copy = make(BODY + MORE, "a"), make(f"来源：每日茶讯\n{BODY + MORE}（责任编辑：林晓岚）", "b", title="论坛开幕_每日茶讯")
    assert library.add(original) is Change.ADDED
    before = library.generation, library.passage_ids([original.id])
    assert library.add(copy) is Change.DUPLICATE
    (info,) = library.articles()
    assert (info.id, info.source, info.sources) == (original.id, "a", ("a", "b"))
    assert (library.generation, library.passage_ids([original.id])) == before
    assert library.search(["每日茶讯"], limit=5) == []
    assert library.standing(copy.id) == library.standing(original.id) == library.find("b") == library.find(copy.id) == original.id
    assert library.article(copy.id) == copy
    assert library.passages(copy.id) == []
    assert library.has("b", copy.sha256)
    assert library.add(copy) is Change.UNCHANGED
    assert library.add(make(copy.text, "c", title=copy.title)) is Change.DUPLICATE
    assert sources(library) == [("a", "b", "c")]
    assert library.verify() == []


def test_next_years_article_stays_an_article(library, make):
    assert [library.add(make(text, text[:4] + source)) for text, source in ((BODY, "a"), (OTHER, "b"))] == [Change.ADDED, Change.ADDED]
    assert len(library.articles()) == 2


def test_a_fuller_version_takes_the_place_of_an_excerpt(library, make):
    part, copy, whole = make(BODY, "part"), make("【每日茶讯】" + BODY, "copy"), make(BODY + MORE, "whole")
    for article in (part, copy):
        library.add(article)
    before = library.generation
    assert library.add(whole) is Change.DUPLICATE
    (info,) = library.articles()
    assert (info.id, info.sources) == (whole.id, ("whole", "part", "copy"))
    assert library.generation == before + 1
    assert [passage.text for passage in library.passages(whole.id)] == [passage.text for passage in split(whole)]
    # What was quoted from the excerpt can still be looked up.
    assert library.article(part.id) == part
    assert library.passages(part.id) == []
    assert library.verify() == []


def test_what_is_one_article_is_so_in_any_order(tmp_path, make):
    articles = [make(BODY + MORE, "whole"), make(BODY, "part"), make(f"来源：每日茶讯\n{BODY}{MORE}", "copy"), make(OTHER, "next year")]
    for number, order in enumerate(itertools.permutations(articles)):
        with Library(tmp_path / str(number)) as library, library.batch(every=2):
            changes = [library.add(article) for article in order]
            assert sorted(change.value for change in changes) == ["added", "added", "duplicate", "duplicate"]
            assert sorted(sorted(info.sources) for info in library.articles()) == [["copy", "part", "whole"], ["next year"]]
            assert {info.chars for info in library.articles()} & {len(articles[0].text), len(articles[2].text)}


def test_removing_an_article_removes_its_copies_and_removing_a_copy_leaves_it(library, make):
    original, copy = make(BODY + MORE, "a"), make("【每日茶讯】" + BODY + MORE, "b")
    library.add(original)
    library.add(copy)
    before = library.generation
    library.remove(copy.id)
    assert (sources(library), library.generation) == ([("a",)], before)
    library.add(copy)
    library.remove(original.id)
    assert library.articles() == []
    for article in (original, copy):
        with pytest.raises(ArticleNotFoundError):
            library.article(article.id)
    assert library.verify() == []


def test_when_the_article_goes_its_copy_stands_for_itself(library, make):
    original, copy, other = make(BODY + MORE, "a"), make("【每日茶讯】" + BODY + MORE, "b"), make("另一件事。" * 30, "a")
    library.add(original)
    library.add(copy)
    assert library.add(other) is Change.UPDATED
    assert sources(library) == [("a",), ("b",)]
    assert library.standing(copy.id) == copy.id
    assert [passage.text for passage in library.passages(copy.id)] == [passage.text for passage in split(copy)]
    assert library.search(["龙坞"], limit=5)
    with pytest.raises(ArticleNotFoundError):
        library.article(original.id)
    assert library.verify() == []


def test_a_copy_that_is_rewritten_is_an_article_of_its_own(library, make):
    library.add(make(BODY + MORE, "a"))
    library.add(make("【每日茶讯】" + BODY + MORE, "b"))
    assert library.add(make(OTHER + MORE, "b")) is Change.UPDATED
    assert sources(library) == [("a",), ("b",)]
    assert library.add(make(BODY + MORE + "（完）", "b")) is Change.UPDATED
    assert sources(library) == [("a", "b")]
    assert library.verify() == []


def test_one_source_can_be_removed_and_the_rest_stays(library, make):
    original, copy = make(BODY + MORE, "a"), make("【每日茶讯】" + BODY + MORE, "b")
    for article in (original, copy, make(original.text, "c")):
        library.add(article)
    library.remove_source("c")
    assert sources(library) == [("a", "b")]
    library.remove_source("a")
    assert sources(library) == [("b",)]
    assert library.article(library.articles()[0].id) == copy
    library.remove_source("b")
    assert library.articles() == []
    assert library.verify() == []
    with pytest.raises(ArticleNotFoundError, match="'b'"):
        library.remove_source("b")


def test_vectors_follow_what_stands(library, make):
    part, whole = make(BODY, "part"), make(BODY + MORE, "whole")
    library.add(part)
    passages = library.missing_vectors("model", limit=10)
    library.put_vectors("model", [passage.id for passage in passages], np.ones((len(passages), 4), np.float32))
    library.add(whole)
    assert library.count_vectors("model") == 0
    assert {passage.article_id for passage in library.missing_vectors("model", limit=10)} == {whole.id}


def apart(library: Library) -> None:
    """As a version of the program left them that did not look for duplicates."""
    with library._database.writing() as db:
        for (article_id,) in db.execute("SELECT article_id FROM duplicate").fetchall():
            db.execute("DELETE FROM duplicate WHERE article_id = ?", (article_id,))
            article = records.load_article(db, article_id)
            assert article is not None
            found = outline(article.title, article.text, script=article.script)
            duplicate_store.sign(db, article_id, bands(found))
            records._insert_passages(db, article)
        records.passages_changed(db)


def test_copies_that_stand_apart_can_be_joined(library, make):
    articles = [make(BODY, "part"), make(BODY + MORE, "whole"), make("【每日茶讯】" + BODY + MORE, "copy"), make(OTHER, "next year")]
    for article in articles:
        library.add(article)
    assert library.join_duplicates() == 0
    assert library.duplicates_apart() == []
    apart(library)
    assert len(library.articles()) == 4
    assert library.verify() == []
    found = library.duplicates_apart()
    assert {first for first, _ in found} >= {articles[0].id, articles[2].id} and articles[3].id not in {
        each for pair in found for each in pair
    }
    before = library.generation
    assert library.join_duplicates() == 2
    assert library.generation == before + 1
    assert sources(library) == [("next year",), ("whole", "part", "copy")]
    assert library.verify() == []


# --- many articles of one template -------------------------------------------------------------------------------------------


def report(number: int) -> str:
    """A day's market report: but for its figures it is every other day's."""
    return (
        f"昨日沪深两市小幅波动，沪指收于{2800 + number}.{number % 97}点，涨0.{number % 89}%，两市成交{6000 + 7 * number}亿元。\n"
        "从盘面上看，医药、消费、券商板块表现活跃，煤炭、钢铁板块跌幅居前，市场赚钱效应一般，资金观望情绪较浓，北向资金全天净流入。\n"
        "分析师认为，当前市场处于震荡整理阶段，投资者应当控制仓位，关注业绩确定性较强的龙头企业，回避题材炒作风险较大的个股。\n"
        "展望后市，随着稳增长政策的逐步落地，企业盈利有望得到改善，中长期向好的趋势没有改变，建议逢低布局估值合理的优质标的。\n"
    )


def test_a_repost_is_found_among_many_articles_of_one_template(library, make, monkeypatch):
    with library.batch():
        days = [make(report(number), f"day {number}", title="收盘综述") for number in range(4 * duplicate_store.MOST_ALIKE)]
        assert {library.add(day) for day in days} == {Change.ADDED}
    compared = []
    monkeypatch.setattr(duplicates, "compare", lambda *pair: compared.append(pair) or compare(*pair))
    for number in (3, 70):
        copy = make(f"来源：每日财讯\n{report(number)}（责任编辑：林晓岚）", f"copy {number}", title="收盘综述")
        assert library.add(copy) is Change.DUPLICATE
        assert library.standing(copy.id) == days[number].id
        assert len(compared) <= 2  # of 128 that share three quarters of its words
        compared.clear()


def filled(articles: int) -> sqlite3.Connection:
    """A library of so many articles that share 60 of their 64 bands, as far as the search for candidates looks at it."""
    db = sqlite3.connect(":memory:")
    db.executescript(SCHEMA)
    for number in range(articles):
        db.execute("INSERT INTO article VALUES (?, 'zh', 'Hans', 1000, '', '', '')", (f"{number}",))
        duplicate_store.sign(db, f"{number}", [*range(60), *range(1000 + 4 * number, 1004 + 4 * number)])
    return db


def test_what_candidates_cost_does_not_grow_with_the_articles_of_a_template() -> None:
    steps, found = {}, {}
    for articles in (200, 3200):
        db = filled(articles)
        steps[articles] = 0

        def count(articles: int = articles) -> None:
            steps[articles] += 1

        db.set_progress_handler(count, 10)  # after every ten steps of SQLite's machine
        found[articles] = duplicate_store.candidates(db, [*range(60), 1020, 1021, 1022, 5], chars=1000)
        db.set_progress_handler(None, 0)
        db.close()
    assert steps[3200] < 1.1 * steps[200]
    for candidates in found.values():
        assert candidates[0] == "5"  # what it shares rarer bands with
        assert 2 <= len(candidates) <= duplicate_store.MOST_CANDIDATES


def test_texts_that_share_too_few_bands_for_their_lengths_are_not_compared() -> None:
    db = filled(2)
    few = [*range(4), *range(2000, 2060)]
    assert duplicate_store.candidates(db, few, chars=1000) == []
    assert duplicate_store.candidates(db, few, chars=9000) == ["0", "1"]  # an excerpt of it would share no more
    assert duplicate_store.candidates(db, few, chars=9000, but="0") == ["1"]
    db.close()


def test_the_list_of_articles_is_as_of_the_latest_change_by_whatever_process(tmp_path, make, library):
    def titles() -> list[str]:
        return sorted(info.title for info in library.articles())

    first = make("第一篇。", "1", title="1")
    library.add(first)
    assert titles() == ["1"]
    process = multiprocessing.get_context("spawn").Process(target=_add_elsewhere, args=(library.folder,))
    process.start()
    process.join()
    assert titles() == ["1", "elsewhere"]
    # What is said of a source changes without a change of passages.
    library.add(make("第一篇。", "1", title="1", url="https://example.org/"))
    assert {info.url for info in library.articles()} == {None, "https://example.org/"}
    library.add(make("第一篇。", "2", title="1"))
    assert ("1", "2") in [info.sources for info in library.articles()]
    with pytest.raises(KeyboardInterrupt), library.batch(every=100, seconds=100):
        library.add(make("第二篇。", "3", title="2"))
        assert titles() == ["1", "2", "elsewhere"]
        raise KeyboardInterrupt
    assert titles() == ["1", "elsewhere"]
    library.articles().clear()
    assert titles() == ["1", "elsewhere"]


def _add_elsewhere(folder: Path) -> None:
    with Library(folder) as library:
        library.add(Article(title="elsewhere", text="别处加的。", source="elsewhere", sha256="0"))


class DuplicatesMachine(RuleBasedStateMachine):
    """Any order of adding, changing and removing leaves every text stored, and each either standing or behind one that holds it."""

    TEXTS = (
        BODY,
        BODY + MORE,
        f"【每日茶讯】{BODY}{MORE}",
        f"{BODY}{MORE}（责任编辑：林晓岚）\n声明：本文来源于网络。",
        (BODY + MORE)[:-60],
        MORE,
        OTHER,
        OTHER + MORE,
        "短文。",
        "",
    )

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.library = Library(self.folder.name)
        self.known: dict[str, Article] = {}

    @rule(source=st.sampled_from("abcdef"), text=st.sampled_from(TEXTS))
    def add(self, source: str, text: str) -> None:
        article = Article(title="论坛", text=text, source=source, sha256=text, script="Hans")
        before = self.known.get(source)
        change = self.library.add(article)
        assert (change is Change.UPDATED) == (before is not None and before != article)
        self.known[source] = article

    @rule(source=st.sampled_from("abcdef"))
    def remove_source(self, source: str) -> None:
        if self.known.pop(source, None) is not None:
            self.library.remove_source(source)

    @rule(source=st.sampled_from("abcdef"))
    def remove(self, source: str) -> None:
        if source in self.known:
            article_id = self.known[source].id
            gone = {name for name, other in self.known.items() if article_id in (other.id, self.library.standing(other.id))}
            self.library.remove(article_id)
            for name in gone:
                del self.known[name]

    @rule()
    def join(self) -> None:
        self.library.join_duplicates()
        assert self.library.duplicates_apart() == []

    @invariant()
    def nothing_is_lost_and_each_has_its_place(self) -> None:
        assert self.library.verify() == []
        infos = {info.id: info for info in self.library.articles()}
        assert sorted(itertools.chain.from_iterable(info.sources for info in infos.values())) == sorted(self.known)
        for source, article in self.known.items():
            standing = self.library.standing(article.id)
            assert source in infos[standing].sources
            kept = self.library.article(article.id)
            assert (kept.text, kept.title) == (article.text, article.title)
            texts = [passage.text for passage in self.library.passages(article.id)]
            if standing == article.id:
                assert texts == [passage.text for passage in split(article)]
            else:
                assert texts == []
                ahead = self.library.article(standing)
                first, second = (outline(each.title, each.text, script=each.script) for each in (article, ahead))
                assert compare(first, second).first_in_second

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
            self.folder.cleanup()


TestAnyOrder = DuplicatesMachine.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow])
