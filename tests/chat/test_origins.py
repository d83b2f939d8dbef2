"""Where articles come from, and limiting a question to one origin."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.origins import origin, origins
from chat.replies import Replies
from chat.visit import Visit
from chat.wording import WORDINGS
from corpus.article import Article
from corpus.library import Library
from qa.assistant import Assistant

EN = WORDINGS["en"]


@pytest.mark.parametrize(
    ("source", "url", "name"),
    [
        ("https://www.example.org/a/b.html", None, "example.org"),
        ("HTTP://Example.org:8080/", None, "example.org"),
        ("/saved/forum/a.html", "https://news.example/a", "news.example"),
        ("/saved/forum/a.html", "ftp://news.example/a", "forum"),
        ("/saved/feed.xml#guid-1", None, "feed.xml"),
        ("/saved/pages.zip!2022/opening.html", None, "pages.zip"),
        ("C:\\saved\\2022\\a.txt", None, "2022"),
        ("a.txt", None, ""),
        ("http://[broken", None, ""),
    ],
)
def test_the_origin_of_a_source(source: str, url: str | None, name: str) -> None:
    assert origin(source, url) == name


@given(st.text(max_size=80), st.none() | st.text(max_size=80))
def test_any_source_has_an_origin_or_none(source: str, url: str | None) -> None:
    assert "/" not in origin(source, url)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library")
    for source in ("/saved/harbour/a.txt", "/saved/harbour/b.txt", "/saved/hills/c.txt"):
        library.add(Article(title=f"On {source}", text=f"This was written for {source}.", source=source, sha256=source, language="en"))
    return library


def test_an_origin_is_chosen_at_a_stroke(library: Library) -> None:
    replies = Replies(Assistant(library))
    choices = dict(replies.choices(Visit(), words=EN))
    assert next(iter(choices)) == "harbour · 2 articles"
    assert len(choices) == 1 + 3  # the hills have one article, which is its own choice
    infos = library.articles()
    harbour = {info.id for info in infos if "harbour" in info.source}
    assert origins(infos) == {"harbour": [info.id for info in infos if info.id in harbour]}
    chosen = choices["harbour · 2 articles"]
    assert replies.limits([chosen], "", "").scope(infos).articles == harbour
    hills = next(info.id for info in infos if "hills" in info.source)
    assert replies.limits([chosen, hills], "2022", "").scope(infos).articles == harbour | {hills}


def test_what_was_never_touched_limits_nothing(library: Library) -> None:
    assert not Replies(Assistant(library)).limits(None, None, None)


def test_a_date_that_is_none_is_told(library: Library) -> None:
    with pytest.raises(ValueError, match="soon"):
        Replies(Assistant(library)).limits(["from:harbour"], "soon", "")
