"""Figures in the ways that Chinese and English articles write them."""

from decimal import Decimal

import pytest

from qa.figures import figure_of, same_figure


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("19家", 19, "家"),
        ("１９家", 19, "家"),
        ("4,700家", 4700, "家"),
        ("3.5万人", 35000, "人"),
        ("1.2万亿元", 1_200_000_000_000, "元"),
        ("两百位", 200, "位"),
        ("十二个", 12, "个"),
        ("三十", 30, ""),
        ("四場", 4, "场"),
        ("26", 26, ""),
        ("2.5 million dollars", 2_500_000, "dollars"),
        ("Twenty", 20, ""),
        ("seven parks", 7, "parks"),
        ("30 %", 30, "%"),
    ],
)
def test_value_and_unit(text: str, value: int, unit: str) -> None:
    assert figure_of(text) == (Decimal(value), unit)


@pytest.mark.parametrize("text", ["", "家", "17至19日", "三四百人", "9 to 12", "tenor", "Sevens", "近百位", "第三", "5+360", "11月18日"])
def test_what_is_no_single_figure(text: str) -> None:
    assert figure_of(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("42平方公里", "42 square kilometres", True),
        ("4700家", "4,700", True),
        ("5 million", "5", False),
        ("19家", "119家", False),
        ("19家", "19人", False),
        ("30%", "30", False),
        ("30%", "30 %", True),
        ("张文", "张文", False),
    ],
)
def test_when_two_figures_are_one(one: str, other: str, same: bool) -> None:
    assert same_figure(one, other) is same is same_figure(other, one)
