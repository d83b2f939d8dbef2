from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reading import metrics
from benchmarks.reading.metrics import MultiSpan, calibration_error, cmrc_exact, cmrc_f1, expected_noise, span_f1, squad_exact, squad_f1

TEXTS = st.text(alphabet="甲乙丙丁 ab1.，、A", max_size=12)


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(metrics).failed == 0


@pytest.mark.parametrize(
    ("said", "wanted", "f1"),
    [
        ("北京", "北京", 1.0),
        ("首都北京", "北京", 2 / 3),
        ("北xx京", "北京", 0.4),  # the longest shared run is one character of three units said and two wanted
        ("iPhone 6", "iphone 6手机", 2 / 3),
        ("《北京》", "北京", 1.0),
        ("上海", "北京", 0.0),
        ("", "北京", 0.0),
    ],
)
def test_chinese_answers_are_compared_by_their_longest_shared_run(said: str, wanted: str, f1: float) -> None:
    assert cmrc_f1(said, wanted) == pytest.approx(f1)


def test_exact_match_overlooks_case_and_marks() -> None:
    assert cmrc_exact("《ABC》", "abc") == 1
    assert cmrc_exact("10%", "10") == 0
    assert squad_exact("The Peak!", "peak") == 1


@given(TEXTS, TEXTS)
def test_scores_lie_between_0_and_1_and_do_not_depend_on_the_side(one: str, other: str) -> None:
    for score in (cmrc_f1, squad_f1):
        assert 0 <= score(one, other) <= 1
        assert score(one, other) == pytest.approx(score(other, one))
        assert score(one, one) == 1


def test_several_spans_are_added_up_over_questions() -> None:
    counts = MultiSpan()
    counts.add(["Paul McCartney", "the Lennon"], ["Paul McCartney", "John Lennon"])
    counts.add([], ["Ringo Starr"])
    # 1 span exact; 2 said and 1 for nothing said; 3 wanted
    assert counts.exact_f1 == pytest.approx(2 * 1 / (3 + 3))
    # "lennon" lies wholly in "john lennon" (6 of its 11 characters)
    precision, recall = (1 + 1) / 3, (1 + 6 / 11) / 3
    assert counts.partial_f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_nothing_said_is_right_where_nothing_answers() -> None:
    counts = MultiSpan()
    counts.add([], [])
    assert counts.exact_f1 == counts.partial_f1 == 1
    assert span_f1([], []) == 1
    assert span_f1(["甲"], []) == 0
    assert span_f1([], [["甲"]]) == 0


def test_a_span_is_right_in_any_accepted_wording_but_no_other() -> None:
    wanted = [["张三", "院长张三"], ["Li Si"]]
    assert span_f1(["院长张三", "LI SI"], wanted) == 1
    assert span_f1(["張三", "li si"], wanted) == 1  # folded
    assert span_f1(["张三说", "Li Si"], wanted) == pytest.approx(0.5)
    assert span_f1(["张三", "张三"], wanted) == pytest.approx(2 / 3)


@given(st.lists(TEXTS, max_size=5), st.lists(st.lists(TEXTS, min_size=1, max_size=3), max_size=4))
def test_span_f1_is_1_for_the_answers_themselves(said: list[str], wanted: list[list[str]]) -> None:
    assert 0 <= span_f1(said, wanted) <= 1
    assert span_f1([item[0] for item in wanted], wanted) == 1


def test_a_confidence_that_is_true_has_no_error_but_chance() -> None:
    confidences = np.repeat([0.25, 0.75], 8)
    right = np.array([1, 0, 0, 0] * 2 + [1, 1, 1, 0] * 2, dtype=float)
    assert calibration_error(confidences, right, bins=2) == pytest.approx(0)
    assert calibration_error(confidences, 1 - right, bins=2) == pytest.approx(0.5)
    assert 0 < expected_noise(np.full(1000, 0.5)) < expected_noise(np.full(100, 0.5)) < 0.5


def test_bins_hold_equally_many_answers() -> None:
    # Equal widths would put the first three into one bin, where they average out.
    confidences, right = np.array([0.01, 0.02, 0.03, 0.9]), np.array([0.0, 0.0, 0.06, 1.0])
    assert calibration_error(confidences, right, bins=4) == pytest.approx((0.01 + 0.02 + 0.03 + 0.1) / 4)
    assert calibration_error(np.array([]), np.array([])) == 0
