import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.pooling import pooled

TEXT = "第二十三届工博会于九月在上海的国家会展中心举行，主题为碳循新工业，共设九大专业展。"


def span(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def test_a_place_whose_edges_are_unsure_beats_a_sharp_one_that_is_a_little_likelier() -> None:
    places = [span("九大专业展"), span("国家会展中心"), span("上海的国家会展中心"), span("在上海的国家会展中心")]
    own = [2.2, 2.0, 2.0, 1.5]
    assert int(np.argmax(own)) == 0
    assert int(np.argmax(pooled(own, places, TEXT))) == 2


def test_of_the_ways_to_cut_one_place_the_one_between_shares_most_with_the_others() -> None:
    places = [span("中心"), span("国家会展中心"), span("上海的国家会展中心")]
    assert int(np.argmax(pooled([1.0, 1.0, 1.0], places, TEXT))) == 1


@pytest.mark.parametrize("longer", ["举行，主题为碳循新工业", "主题为碳循新工业，共设九大专业展"])
def test_what_goes_on_beyond_a_mark_is_another_answer(longer: str) -> None:
    own = [1.0, 3.0]
    assert pooled(own, [span("碳循新工业"), span(longer)], TEXT) == pytest.approx(own)


@pytest.mark.parametrize("word", ["和", "或者", "以及"])
def test_two_named_together_are_not_one_with_other_edges(word: str) -> None:
    text = f"可以服用红霉素{word}阿奇霉素片"
    places = [(text.index("红"), text.index("红") + 3), (text.index("红"), len(text)), (text.index("阿"), len(text))]
    assert pooled([2.0, 2.0, 2.0], places, text) == pytest.approx([2.0, 2.0, 2.0])


@pytest.mark.parametrize(("opener", "closer"), ["“”", "《》", "「」", '""'])
def test_a_mark_in_quotation_marks_belongs_to_what_is_quoted(opener: str, closer: str) -> None:
    text = f"主题为{opener}碳循新工业，数聚新经济{closer}，共设九大展"
    start = text.index("碳")
    part, whole = (start, start + 5), (start, start + 11)
    assert pooled([1.0, 1.0], [part, whole], text)[0] > 1.3
    open_quote = text.replace(closer, "") if opener != closer else text.replace(opener, "", 1)
    start = open_quote.index("碳")
    assert pooled([1.0, 1.0], [(start, start + 5), (start, start + 11)], open_quote) == pytest.approx([1.0, 1.0])


def test_a_mark_inside_both_parts_nothing() -> None:
    text = "共有1,000 people"
    assert pooled([1.0, 1.0], [(2, 7), (2, 14)], text)[0] > 1.3


def test_the_same_place_twice_is_twice_as_likely() -> None:
    assert pooled([2.0, 2.0], [span("上海"), span("上海")], TEXT) == pytest.approx([2 + math.log(2)] * 2)


def test_nothing_comes_of_nothing() -> None:
    assert pooled([], [], TEXT).shape == (0,)


def test_a_far_place_in_a_long_text_is_like_a_near_one() -> None:
    places = [span("上海"), span("上海的国家会展中心")]
    far = [(a + 1_000_000, b + 1_000_000) for a, b in places]
    assert pooled([1.0, 2.0], far, "，" * 1_000_000 + TEXT) == pytest.approx(pooled([1.0, 2.0], places, TEXT))


spans = st.lists(
    st.tuples(st.floats(-40, 40), st.integers(0, len(TEXT) - 1), st.integers(1, 12)).map(
        lambda drawn: (drawn[0], (drawn[1], min(len(TEXT), drawn[1] + drawn[2])))
    ),
    min_size=1,
    max_size=30,
)


@given(spans)
def test_each_keeps_at_least_its_own_and_order_tells_nothing(drawn: list[tuple[float, tuple[int, int]]]) -> None:
    own, places = [score for score, _ in drawn], [place for _, place in drawn]
    found = pooled(own, places, TEXT)
    assert np.all(found >= np.array(own) - 1e-9)
    assert np.all(found <= max(own) + math.log(len(own)) + 1e-9)
    backwards = pooled(own[::-1], places[::-1], TEXT)[::-1]
    assert found == pytest.approx(backwards)


@given(spans, st.floats(-20, 20))
def test_scores_that_all_rise_rise_as_much(drawn: list[tuple[float, tuple[int, int]]], rise: float) -> None:
    own, places = [score for score, _ in drawn], [place for _, place in drawn]
    assert pooled([score + rise for score in own], places, TEXT) == pytest.approx(pooled(own, places, TEXT) + rise)
