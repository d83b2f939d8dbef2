"""Questions as a search box gets them: words of the question, a noun for the question word, nothing else."""

import random

import pytest

from training.keywords import ASKING, keywords


@pytest.mark.parametrize(
    ("question", "kept", "asked"),
    [
        ("When did the Grand Hall in Leeds open?", {"Grand", "Hall", "Leeds", "open"}, {"date", "when", "year", "time"}),
        ("How many people live in the old town?", {"people", "live", "old", "town"}, {"number", "of", "how", "many", "count"}),
        ("iPhone 11有哪些颜色？", {"iPhone", "11", "颜色"}, set()),
        ("江城大学的图书馆是什么时候开放的？", {"江城", "大学", "图书馆", "开放"}, {"时间", "日期"}),
    ],
)
def test_what_asks_becomes_a_noun_and_the_rest_loses_its_glue(question: str, kept: set[str], asked: set[str]) -> None:
    for seed in range(12):
        typed = keywords(question, random.Random(seed))
        left = typed
        for word in sorted(kept | asked, key=len, reverse=True):
            assert word in asked or word in typed
            left = left.replace(word, "")
        assert not left.strip(), typed


@pytest.mark.parametrize("question", ["谁？", "Why?", "", "谁来了", "Who wrote it?"])
def test_a_question_without_two_words_stays_as_it_is(question: str) -> None:
    assert keywords(question, random.Random(1)) == question


def test_a_long_question_stays_as_it_is() -> None:
    question = "Why did " + " ".join(f"word{n}" for n in range(20)) + " fall?"
    assert keywords(question, random.Random(1)) == question


def test_every_question_word_has_something_to_stand_for_it() -> None:
    assert all(ASKING.values())
