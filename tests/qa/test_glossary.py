"""Words of a question in the other language, for the word index and for the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.library import Library
from corpus.words import query_terms
from qa.glossary import glossed, meanings, rendered


@pytest.mark.parametrize(
    ("question", "language", "among"),
    [
        ("Which hospital was built in 2019?", "zh", {"医院", "修建"}),
        ("who spoke at the opening ceremony", "zh", {"说话", "开幕式"}),
        ("哪家医院参加了展览会？", "en", {"hospit", "exhibit"}),
        ("哪家醫院參加了展覽會？", "en", {"hospit", "exhibit"}),
    ],
)
def test_words_of_a_question_are_found_in_the_other_language(question: str, language: str, among: set[str]) -> None:
    assert among <= set().union(*meanings(tuple(query_terms(question)), language))


@pytest.mark.parametrize(
    ("question", "language"),
    [("which hospital", "en"), ("哪家医院", "zh"), ("which hospital", "fr"), ("Xyzzy 2019", "zh"), ("", "zh"), ("🏥", "en")],
)
def test_nothing_is_added_where_nothing_is_to_be_translated(question: str, language: str) -> None:
    terms = tuple(query_terms(question))
    assert meanings(terms, language) == tuple(frozenset({term}) for term in terms)


def test_translations_are_terms_of_the_word_index(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with Library(tmp_path) as library:
        library.add(Article(title="", text="新医院的开幕式上来了很多人。", source="a", sha256="a", language="zh"))
        library.add(Article(title="", text="湖边的路修好了。", source="b", sha256="b", language="zh"))
        terms = query_terms("the opening ceremony of the hospital")
        assert library.search(terms, limit=5) == []
        [(found, _)] = library.search(meanings(tuple(terms), "zh"), limit=5)
        assert library.passages_by_id([found])[found].text.startswith("新医院")


def test_a_term_means_itself_and_what_the_dictionary_has_for_it() -> None:
    terms = tuple(query_terms("Which hospital in 2019"))
    hospital, year = meanings(terms, "zh")
    assert {"hospit", "医院"} <= hospital
    assert year == {"2019"}
    assert meanings(terms, "en") == tuple(frozenset({term}) for term in terms)


def test_what_two_neighbours_mean_together_counts_for_both() -> None:
    opening, ceremony = meanings(tuple(query_terms("opening ceremony")), "zh")
    assert "开幕式" in opening & ceremony


def test_no_terms_mean_nothing() -> None:
    assert meanings((), "zh") == ()


@pytest.mark.parametrize(
    ("question", "language", "wanted"),
    [
        ("Who spoke at the 2022 opening ceremony?", "zh", "说话 2022 开幕式"),
        ("Which hospital did Xyzzy build?", "zh", "医院 xyzzi 建设"),
        ("哪家医院举办了开幕式？", "en", "opening ceremony hospital conduct open"),
        ("哪家醫院？", "en", "hospital"),
    ],
)
def test_a_question_is_rendered_by_the_likeliest_words_of_the_other_language(question: str, language: str, wanted: str) -> None:
    assert rendered(query_terms(question), language) == wanted


@pytest.mark.parametrize(
    ("question", "language"),
    [("which hospital", "en"), ("哪家医院", "zh"), ("which hospital", "fr"), ("Xyzzy 2019", "zh"), ("", "zh"), ("", "en"), ("🏥", "en")],
)
def test_a_question_of_which_nothing_is_known_is_not_rendered(question: str, language: str) -> None:
    assert rendered(query_terms(question), language) == ""


HOSPITAL = "昌平的这家医院于2019年修建，开幕式上张文宏说了话。"


@pytest.mark.parametrize(
    ("question", "text", "language", "wanted"),
    [
        ("When was the hospital built?", HOSPITAL, "zh", "When was the hospital 医院 built 修建?"),
        ("which hospital is in Changping", HOSPITAL, "zh", "which hospital 医院 is in Changping 昌平"),
        ("Did Wenhong Zhang attend?", HOSPITAL, "zh", "Did Wenhong 文宏 Zhang attend?"),
        ("when was the opening ceremony", HOSPITAL, "zh", "when was the opening ceremony 开幕式"),
        ("When was the hospital built?", "這家醫院於2019年修建。", "zh", "When was the hospital 医院 built 修建?"),
        ("医院是什么时候修建的？", "A hospital was built here.", "en", "医院(hospital)是什么时候修建(built)的？"),
        ("醫院在昌平嗎？", "The hospital of Changping opened.", "en", "醫院(hospital)在昌平(Changping)嗎？"),
        ("进展如何？", "There is progress in their way of working.", "en", "进展(progress)如何？"),
    ],
)
def test_words_of_the_text_stand_behind_those_that_they_translate(question: str, text: str, language: str, wanted: str) -> None:
    assert glossed(question, text, language) == wanted


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("When was the railway closed?", HOSPITAL, "zh"),  # nothing of it is there
        ("医院是什么时候修建的？", HOSPITAL, "zh"),
        ("When was the hospital built?", "The hospital was built in 2019.", "en"),
        ("When was the hospital built?", "Hôpital 医院", "fr"),
        ("When was the hospital built?", "", "zh"),
        ("", HOSPITAL, "zh"),
    ],
)
def test_a_question_stays_as_it_is_where_nothing_of_it_is_translated(question: str, text: str, language: str) -> None:
    assert glossed(question, text, language) == question


@given(
    st.text(st.characters(), max_size=80) | st.just("who said \ud800 医院"),
    st.text(st.characters(), max_size=200),
    st.sampled_from(["zh", "en", "und"]),
)
def test_nothing_of_a_question_is_lost(question: str, text: str, language: str) -> None:
    """Its characters stand in what the reader is shown, in their order."""
    shown = iter(glossed(question, text, language))
    assert all(character in shown for character in question)
