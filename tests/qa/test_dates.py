"""Days in the ways that Chinese and English articles write them."""

import pytest

from qa.dates import day_of, same_day


@pytest.mark.parametrize(
    "text",
    [
        "2023年11月18日",
        "2023年11月18日（周六）",
        "２０２３年11月18號",
        "18 November 2023",
        "18th of November, 2023",
        "November 18, 2023",
        "Nov. 18 2023",
        "Saturday, 18 November 2023",
        "2023-11-18",
        "2023/11/18",
    ],
)
def test_one_day_in_all_its_forms(text: str) -> None:
    assert day_of(text) == (2023, 11, 18)
    assert same_day(text, "11月18日") and same_day("18 November", text)


@pytest.mark.parametrize("text", ["", "2023", "11月", "November", "18", "17 and 18 November", "11月17日至18日", "9 a.m.", "May", "19家"])
def test_what_is_no_single_day(text: str) -> None:
    assert day_of(text) is None and not same_day(text, text)
