from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.scoring import Gold, calibration_error, exact, matches, overlap, score, units, word_f1

FACT = Gold("f", "谁致辞？", "fact", "zh", (("江用文", "Jiang Yongwen"),))
LIST = Gold("l", "谁发言？", "list", "zh", (("张三",), ("李四", "Li Si")), (("王五",),))
NONE = Gold("n", "谁获奖？", "unanswerable", "zh", ())


@pytest.mark.parametrize(
    ("gold", "texts", "scored", "exactly", "f1"),
    [
        (FACT, ["江用文"], 1, 1, 1),
        (FACT, ["理事长江用文"], 1, 0, 6 / 9),
        (FACT, ["jiang yongwen"], 1, 1, 1),
        (FACT, ["龙坞", "江用文"], 0, 0, 0),
        (FACT, [], 0, 0, 0),
        (LIST, ["李四", "張三"], 1, 1, 1),
        (LIST, ["张三", "王五", "Li Si"], 1, 1, 1),
        (LIST, ["张三"], 2 / 3, 0, 2 / 3),
        (LIST, ["张三", "李四", "龙坞"], 0.8, 0, 0.8),
        (LIST, ["龙坞"], 0, 0, 0),
        (LIST, [], 0, 0, 0),
        (NONE, [], 1, 1, 1),
        (NONE, ["江用文"], 0, 0, 0),
    ],
)
def test_scores(gold: Gold, texts: list[str], scored: float, exactly: float, f1: float) -> None:
    assert score(gold, texts) == pytest.approx(scored)
    assert exact(gold, texts) == exactly
    assert word_f1(gold, texts) == pytest.approx(f1)


def test_what_matches() -> None:
    assert matches("於上海張江科學會堂", ["上海张江科学会堂"])
    assert matches("张江科学会堂", ["上海张江科学会堂"])  # most of it
    assert not matches("会堂", ["上海张江科学会堂"])
    assert not matches("在一个很长很长的句子里顺便提到了上海的许多地方和那里的人们以及他们的事情", ["上海"])
    assert not matches("。", ["。"]) and not matches("", [""])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("在2022年！", ["在", "2022", "年"]),
        ("The Port of Ross", ["port", "of", "ross"]),
        ("李华 Ann", ["李", "华", "ann"]),
        ("……", []),
    ],
)
def test_answers_are_cut_into_characters_or_words(text: str, parts: list[str]) -> None:
    assert units(text) == parts


def test_overlap_is_f1_over_shared_units() -> None:
    assert overlap("在江城大学", "江城大学") == pytest.approx(8 / 9)
    assert overlap("Ann Lee", "the Ann Lee!") == 1
    assert overlap("张明", "李华") == 0


texts = st.text(alphabet="茶會会aAthe 1２。,é", max_size=12)


@given(texts, texts)
def test_overlap_is_symmetric_and_one_for_the_same_words(one: str, other: str) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1
    assert overlap(one, one) in (0, 1)


@given(st.lists(texts, max_size=4), st.sampled_from([FACT, LIST, NONE]))
def test_every_score_lies_between_0_and_1(said: list[str], gold: Gold) -> None:
    for measure in (score, exact, word_f1):
        assert 0 <= measure(gold, said) <= 1
    if gold is not NONE and exact(gold, said):
        assert score(gold, said) == 1


def test_calibration_error_by_hand() -> None:
    # Two bins of two: |0.2 - 0.5| and |0.9 - 0.5|, each half of the answers.
    assert calibration_error([0.9, 0.2, 0.9, 0.2], [1, 1, 0, 0], bins=2) == pytest.approx(0.35)
    assert calibration_error([1.0, 0.0], [1, 0]) == 0
    assert calibration_error([0.25], [1]) == 0.75
    assert calibration_error([], []) == 0
