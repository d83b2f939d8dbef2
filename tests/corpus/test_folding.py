import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("產業週", "产业周"),
        ("ＡＩ２０２２", "ai2022"),
        ("٢٠٢٢", "2022"),
        ("万物‘升’长", "萬物‘升’長"),
        ("STRASSE", "strasse"),
        ("ﾃｽﾄ", "テスト"),
    ],
)
def test_the_same_words_in_other_letters_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_every_code_point_becomes_exactly_one(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(), st.text())
def test_folding_knows_no_context_so_that_offsets_survive(before: str, after: str) -> None:
    assert fold(before) + fold(after) == fold(before + after)


@pytest.mark.parametrize("char", ["ﬁ", "㍿", "ß", "İ", "\ud83d", "👩", "\u0301", "½"])
def test_what_would_grow_stays_one_code_point(char: str) -> None:
    assert len(fold(char)) == 1


def test_folding_twice_changes_nothing_more_in_ordinary_text() -> None:
    text = "第二屆「上海國際生物醫藥產業周」Opened １１月１４日"
    assert fold(fold(text)) == fold(text)
