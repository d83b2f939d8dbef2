from __future__ import annotations

import pytest

from corpus.word_index import MAX_TERMS
from corpus.words import query_terms


def titles(library, hits):
    by_id = {info.id: info.title for info in library.articles()}
    return [by_id[passage.article_id] for passage in library.passages_by_id([hit for hit, _ in hits]).values()]


@pytest.fixture
def stocked(library, make_article):
    library.add(make_article("张文宏在开幕式上致辞。", title="甲", language="zh", script="Hans"))
    library.add(make_article("張文宏沒有出席。", title="乙", language="zh", script="Hant"))
    library.add(make_article("Panels were moderated by Wu Li at the opening.", title="C", language="en", script="Latn"))
    library.add(make_article("今日はいい天気です。", title="丁", language="ja", script="Jpan"))
    library.add(make_article("وصل محمد إلى القاهرة.", title="ه", language="ar", script="Arab"))
    library.add(make_article("नमस्ते दुनिया।", title="हि", language="hi", script="Deva"))
    library.add(make_article("🎉🎉 party time", title="🎉", language="en", script="Latn"))
    return library


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("开幕式", ["甲"]),
        ("moderating panel", ["C"]),
        ("天気", ["丁"]),
        ("القاهرة", ["ه"]),
        ("नमस्ते", ["हि"]),
        ("PARTY", ["🎉"]),
        ("火星", []),
    ],
)
def test_passages_are_found_by_their_words_in_any_script(stocked, question, expected):
    assert titles(stocked, stocked.search(query_terms(question), limit=9)) == expected


def test_simplified_finds_traditional_and_the_other_way_round(stocked):
    for question in ("张文宏", "張文宏"):
        assert sorted(titles(stocked, stocked.search(query_terms(question), limit=9))) == ["乙", "甲"]


def test_any_one_term_is_enough_and_more_terms_score_higher(stocked):
    hits = stocked.search(query_terms("张文宏 开幕式 致辞"), limit=9)
    assert titles(stocked, hits) == ["甲", "乙"]
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_the_title_counts_for_every_passage_and_less_than_the_passages_own_words(library, make_article):
    for number in range(8):
        library.add(make_article(f"填充文章{number}，内容各不相同。"))
    in_title = make_article("致辞嘉宾共三位。", title="闭幕晚宴")
    in_text = make_article("闭幕晚宴来了三位。", title="致辞嘉宾")
    library.add(in_title)
    library.add(in_text)
    found = [
        passage.article_id
        for passage in library.passages_by_id([hit for hit, _ in library.search(query_terms("闭幕晚宴"), limit=9)]).values()
    ]
    assert found == [in_text.id, in_title.id]


def test_languages_and_articles_can_be_singled_out(stocked):
    terms = query_terms("张文宏 moderated party")
    assert sorted(titles(stocked, stocked.search(terms, limit=9))) == ["C", "乙", "甲", "🎉"]
    assert sorted(titles(stocked, stocked.search(terms, limit=9, languages={"zh"}))) == ["乙", "甲"]
    assert titles(stocked, stocked.search(terms, limit=9, languages=["zh"], article_ids={stocked.find("乙")})) == ["乙"]
    assert titles(stocked, stocked.search(terms, limit=9, article_ids=[stocked.find("C"), "unknown"])) == ["C"]
    assert stocked.search(terms, limit=9, languages=[]) == []
    assert stocked.search(terms, limit=9, article_ids=()) == []
    assert stocked.search(terms, limit=9, languages=["\ud800", "\0", "zh' OR 1=1"]) == []


def test_scores_are_the_same_with_a_filter_that_lets_everything_through(stocked):
    terms = query_terms("张文宏 moderated party")
    everything = [info.id for info in stocked.articles()]
    assert stocked.search(terms, limit=9, article_ids=everything) == stocked.search(terms, limit=9)


@pytest.mark.parametrize("limit", [0, -1, -5])
def test_no_hits_are_given_where_none_are_wanted(stocked, limit):
    assert stocked.search(["开幕"], limit=limit) == []
    assert stocked.missing_vectors("f", limit=limit) == []


def test_the_limit_keeps_the_best(stocked):
    terms = query_terms("张文宏 开幕式")
    assert stocked.search(terms, limit=1) == stocked.search(terms, limit=9)[:1]


@pytest.mark.parametrize(
    "term",
    [
        '"',
        '""',
        "'",
        '开幕" OR "x',
        "a\0b",
        "\0",
        "\ud800",
        "",
        " ",
        "*",
        "开*",
        "NEAR(a b)",
        "AND",
        "NOT",
        "title : x",
        "^a",
        "-",
        "a-b",
        "{x}",
        "(",
        "\n",
        "é" * 9999,
    ],
)
def test_any_text_is_safe_to_look_up(stocked, term):
    assert stocked.search([term], limit=9) == []
    assert titles(stocked, stocked.search([term, "开幕"], limit=9)) == ["甲"]
    assert stocked.search([{term, "火星"}], limit=9) == []
    assert titles(stocked, stocked.search([{term, "开幕"}, "火星"], limit=9)) == ["甲"]


def test_a_term_of_several_words_stands_where_any_of_them_does(stocked):
    assert sorted(titles(stocked, stocked.search([{"开幕", "moder", "火星"}], limit=9))) == ["C", "甲"]
    assert stocked.search([{"开幕"}], limit=9) == stocked.search(["开幕"], limit=9)
    assert stocked.search([set(), frozenset(), ""], limit=9) == []


def test_many_words_of_one_term_count_for_less_than_two_terms(library, make_article):
    """Were each weighed by itself, three words that no other passage has would win."""
    library.add(make_article("医院 于 去年 修建 。", title="", language="zh"))
    library.add(make_article("疗养院 诊所 卫生院 有 很多 。", title="", language="zh"))
    for number in range(8):
        library.add(make_article(f"第{number}条路很长，路边有{number}棵树。", title="", language="zh"))
    terms = [{"医院", "疗养", "诊所", "卫生"}, {"修建", "建造"}]
    best, second = library.search(terms, limit=9)
    assert library.passages_by_id([best[0]])[best[0]].text.startswith("医院")
    assert best[1] > second[1] > 0


def test_terms_of_several_words_mind_title_limit_and_filters(stocked, make_article):
    terms = [{"张文宏", "张文"}, {"moder", "parti"}]
    everything = stocked.search(terms, limit=9)
    assert sorted(titles(stocked, everything)) == ["C", "乙", "甲", "🎉"]
    assert stocked.search(terms, limit=2) == everything[:2]
    assert stocked.search(terms, limit=9, article_ids=[info.id for info in stocked.articles()]) == everything
    assert sorted(titles(stocked, stocked.search(terms, limit=9, languages={"zh"}))) == ["乙", "甲"]
    assert titles(stocked, stocked.search(terms, limit=9, article_ids={stocked.find("乙")})) == ["乙"]
    assert stocked.search(terms, limit=9, languages=[]) == []
    stocked.add(make_article("路边有树。", title="火星", language="zh"))
    stocked.add(make_article("火星上没有树。", title="", language="zh"))
    in_text, in_title = stocked.search([{"火星", "金星"}], limit=9)
    assert in_text[1] > in_title[1]


def test_terms_of_several_words_see_what_an_open_batch_has_written(library, make_article):
    with library.batch():
        library.add(make_article("张文宏在开幕式上致辞。", title="甲", language="zh"))
        assert titles(library, library.search([{"开幕", "闭幕"}], limit=9)) == ["甲"]
    assert titles(library, library.search([{"开幕", "闭幕"}], limit=9)) == ["甲"]


def test_terms_without_a_word_in_them_find_nothing(stocked):
    assert stocked.search([], limit=9) == []
    assert stocked.search(["", " ", "\0", "?!"], limit=9) == []


def test_a_page_pasted_as_a_question_is_looked_up_by_its_first_terms(stocked):
    many = [f"term{number}" for number in range(20_000)]
    assert titles(stocked, stocked.search(["开幕", *many], limit=9)) == ["甲"]
    assert stocked.search([*many[:MAX_TERMS], "开幕"], limit=9) == []
    assert titles(stocked, stocked.search([*["same"] * MAX_TERMS, "开幕"], limit=9)) == ["甲"]


def test_a_title_as_long_as_a_book_does_not_swell_every_passage(library, make_article):
    library.add(make_article("正文。" * 500, title="很长的标题" * 10_000))
    assert library.folder.joinpath("library.db-wal").stat().st_size < 2_000_000
