import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.rows import rows


def by_row(text: str, *names: str) -> list[list[str]]:
    return [[text[a:b] for a, b in row] for row in rows(text, [(text.index(name), text.index(name) + len(name)) for name in names])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲大学张三教授、乙医院李四主任和丙公司王五先后致辞", [["张三", "李四", "王五"]]),
        ("张三、李四致辞，王五主持", [["张三", "李四"], ["王五"]]),
        ("张三致辞。李四、王五到场", [["张三"], ["李四", "王五"]]),
        ("张三、李四；王五", [["张三", "李四"], ["王五"]]),
        ("张三教授與李四教授、王五", [["张三", "李四", "王五"]]),
        ("张三说了很久，因为他知道李四和王五", [["张三"], ["李四", "王五"]]),
        ("张三认识李四以及一直没有到场的甲大学王五", [["张三"], ["李四", "王五"]]),
        ("张三、" + "某" * 60 + "李四、王五", [["张三"], ["李四", "王五"]]),
    ],
    ids=["posts between", "comma", "stop", "semicolon", "traditional", "clause", "no tie", "far away"],
)
def test_chinese_rows(text: str, expected: list[list[str]]) -> None:
    assert by_row(text, "张三", "李四", "王五") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Lee, Bob Ray and Cy Fox spoke", [["Ann Lee", "Bob Ray", "Cy Fox"]]),
        ("Ann Lee, chair of Acme, Bob Ray, and Cy Fox spoke", [["Ann Lee", "Bob Ray", "Cy Fox"]]),
        ("Ann Lee spoke. Bob Ray & Cy Fox came", [["Ann Lee"], ["Bob Ray", "Cy Fox"]]),
        ("Ann Lee met Bob Ray, who had long known Cy Fox", [["Ann Lee"], ["Bob Ray"], ["Cy Fox"]]),
        ("Ann Lee Bob Ray, Cy Fox", [["Ann Lee"], ["Bob Ray", "Cy Fox"]]),
    ],
    ids=["list", "post between", "stop", "clause", "no comma"],
)
def test_english_rows(text: str, expected: list[list[str]]) -> None:
    assert by_row(text, "Ann Lee", "Bob Ray", "Cy Fox") == expected


@given(st.text(alphabet="甲乙、和，。a ,and", min_size=1, max_size=60), st.data())
def test_every_place_is_in_one_row_in_the_order_of_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=12)))
    places = list(itertools.pairwise(cuts))
    assert list(itertools.chain.from_iterable(rows(text, reversed(places)))) == places


def test_no_place_is_in_no_row() -> None:
    assert list(rows("张三、李四", [])) == []
