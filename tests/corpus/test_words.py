import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words import index_terms, query_terms


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("張文宏主持了什麼", "由张文宏主持"),  # Traditional finds Simplified
        ("藤岛昭加入了哪所大学", "光化学家藤岛昭全职加入"),  # a name no dictionary holds
        ("which hospitals", "The hospital opened"),  # inflected forms
        ("２０２２年", "2022年"),
        ("Where is the Changping forum?", "昌平论坛"),  # pinyin finds the characters
        ("what did Zhang Wenhong say", "張文宏表示"),
        ("the Chongqing meeting", "在重庆召开"),
    ],
)
def test_a_question_shares_terms_with_the_text_that_answers_it(question: str, text: str) -> None:
    assert set(query_terms(question)) & set(index_terms(text).split())


@pytest.mark.parametrize("question", ["who is the", "什么时候？", "谁", "the of in", "……", ""])
def test_a_question_of_question_words_alone_has_no_terms(question: str) -> None:
    assert query_terms(question) == []


@pytest.mark.parametrize("word", ["上海", "中国", "对外", "和平", "有限公司"])
def test_words_that_hold_a_stop_character_survive(word: str) -> None:
    assert word[:2] in query_terms(f"{word}在哪里")


@given(st.text())
def test_what_a_text_asks_for_it_holds(text: str) -> None:
    terms = query_terms(text)
    assert all(term and not term.isspace() for term in terms) and len(set(terms)) == len(terms)
    assert all(term in index_terms(text).split() for term in terms if term.isascii() and term.isalnum() and term in text)
