"""What was picked and typed to limit a question, kept with it and understood again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from chat.limits import Limits, choices, limits
from corpus.article import Article
from corpus.errors import AnswerFormatError
from corpus.library import Library
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
    assert limits((), typed, typed, ()).scope(()) == Scope(dt.date(*first), dt.date(*last))


@pytest.mark.parametrize(
    "typed", ["yesterday", "22", "2022-13", "2022-02-30", "0000", "2022--1", "2022-", "20222", "2022-11-00", "2022-00"]
)
def test_what_is_no_date_is_refused_with_its_own_words(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{typed}$"):
        limits((), typed, "", ())


def test_the_last_day_is_not_before_the_first() -> None:
    with pytest.raises(ValueError, match="2023 – 2022"):
        limits((), "2023", "2022", ())


def test_nothing_typed_and_nothing_picked_limits_nothing() -> None:
    nothing = limits([], " ", "", ())
    assert not nothing and nothing == Limits() and nothing.scope(()) == Scope()


def test_the_last_year_there_is() -> None:
    assert limits((), "", "9999", ()).until == dt.date(9999, 12, 31)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library")
    for source in ("/saved/harbour/a.txt", "/saved/harbour/b.txt", "/saved/hills/c.txt"):
        library.add(
            Article(title=f"On {source}", text=f"Written for {source}.", source=source, sha256=source, published=dt.date(2022, 5, 1))
        )
    return library


def test_what_is_kept_of_limits_is_read_again_as_it_was(library: Library) -> None:
    infos = library.articles()
    given = limits(["from:harbour", infos[2].id], "2022", "2023-05", infos)
    assert given and given.names == ("harbour", f"{infos[2].title} (2022-05-01)")
    again = Limits.from_dict(json.loads(json.dumps(given.to_dict())))
    assert again == given and again.scope(infos) == given.scope(infos)
    assert limits(again.picks, "2022", "2023-05", infos) == given, "as picks in the fields it means the same"


def test_a_source_means_what_comes_from_it_when_it_is_asked(library: Library) -> None:
    given = limits(["from:harbour"], "", "", library.articles())
    new = Article(title="New", text="New in the harbour.", source="/saved/harbour/new.txt", sha256="new")
    library.add(new)
    assert new.id in (given.scope(library.articles()).articles or ())


def test_what_is_gone_stays_picked_under_its_name_and_limits_to_nothing(library: Library) -> None:
    infos = library.articles()
    given = limits([infos[0].id, "from:elsewhere"], "", "", infos)
    library.remove(infos[0].id)
    left = library.articles()
    assert given.scope(left).articles == {infos[0].id}
    offered = {value: name for name, value in choices(left, "{name} · {count}", given)}
    assert set(given.picks) <= offered.keys() and offered[infos[0].id] == f"{infos[0].title} (2022-05-01)"
    assert limits(["from:elsewhere"], "", "", left).scope(left).articles == frozenset()


@pytest.mark.parametrize(
    "plain",
    [{}, {"since": 3, "until": None, "sources": [], "articles": []}, {"since": None, "until": None, "sources": [], "articles": ["a"]}, []],
)
def test_what_is_no_limits_is_refused(plain: Any) -> None:
    with pytest.raises(AnswerFormatError):
        Limits.from_dict(plain)
