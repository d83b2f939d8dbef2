"""What was typed to limit a question, as days."""

from __future__ import annotations

import datetime as dt

import pytest

from chat.visit import scope_of
from qa.retrieval import Scope


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2022", (2022, 1, 1), (2022, 12, 31)),
        ("2022-02", (2022, 2, 1), (2022, 2, 28)),
        ("2024年2月", (2024, 2, 1), (2024, 2, 29)),
        ("2022年11月14日", (2022, 11, 14), (2022, 11, 14)),
        (" 2022 / 11 / 14 ", (2022, 11, 14), (2022, 11, 14)),
        ("2022.1.3", (2022, 1, 3), (2022, 1, 3)),
        ("2022年", (2022, 1, 1), (2022, 12, 31)),
    ],
)
def test_a_year_a_month_or_a_day(typed: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert scope_of((), typed, typed) == Scope(dt.date(*first), dt.date(*last))


@pytest.mark.parametrize(
    "typed", ["yesterday", "22", "2022-13", "2022-02-30", "0000", "2022--1", "2022-", "20222", "2022-11-00", "2022-00"]
)
def test_what_is_no_date_is_refused_with_its_own_words(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{typed}$"):
        scope_of((), typed, "")


def test_the_last_day_is_not_before_the_first() -> None:
    with pytest.raises(ValueError, match="2023 – 2022"):
        scope_of((), "2023", "2022")


def test_nothing_typed_and_nothing_picked_limits_nothing() -> None:
    assert scope_of() == scope_of([], " ", "") == Scope()
    assert scope_of(["a"]).articles == frozenset({"a"})


def test_the_last_year_there_is() -> None:
    assert scope_of((), "", "9999").until == dt.date(9999, 12, 31)
