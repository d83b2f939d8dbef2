"""Scores: counted by hand on small cases."""

import pytest

from training.data import Row
from training.evaluate import Read, auroc, items, scores


def test_auroc_counts_pairs() -> None:
    assert auroc([3, 1], [2, 0]) == 0.75
    assert auroc([1], [1]) == 0.5


def test_a_list_takes_likely_spans_once_and_no_span_across_two() -> None:
    row = Row("谁？", "张明和李华说，李华笑。", (), "test")
    spans = [Read(0, 2, 5.0), Read(0, 5, 5.0), Read(3, 5, 4.9), Read(7, 9, 4.0), Read(6, 7, -1.0)]
    assert items(spans, row) == ["张明", "李华"]


def test_a_set_is_scored_as_counted_by_hand() -> None:
    context = "张明和李华说。"
    rows = [
        Row("谁先说？", context, (((0, 2),),), "one"),
        Row("谁说？", context, (((0, 2),), ((3, 5),)), "two"),
        Row("谁唱？", context, (), "none"),
    ]
    results = [[Read(0, 3, 4.0)], [Read(3, 5, 2.0), Read(5, 6, -3.0)], [Read(0, 2, 3.0)]]
    found = scores(rows, results)
    assert found["em"] == 0
    assert found["f1"] == pytest.approx(80)
    assert found["answered"] == found["wrongly answered"] == 100
    assert found["auroc"] == 50
    assert found["list precision"] == pytest.approx(33.3)
    assert found["list recall"] == pytest.approx(33.3)
