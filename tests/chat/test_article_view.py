"""The article beside the conversation: every character at its place, nothing in it runs, and a selection is found again exactly."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.article_view import SHOWN_CHARS, panel, place_of
from chat.wording import WORDINGS
from corpus.article import Article
from tests.chat.test_rendering import HOSTILE, Page

WORDS = WORDINGS["en"]
TEXT = "开幕活动在张江举行。\n主持人是张文宏😀。\n薛敏也发言了。"
ARTICLE = Article(
    title="开幕", text=TEXT, source="/users/li/a.txt", sha256="x", language="zh", script="Hans", removed=("首页 新闻", "分享到微信")
)


def place(words: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def shown(article: Article = ARTICLE, **options: Any) -> str:
    return panel(article, wording=WORDS, number=7, accessed=dt.date(2026, 11, 22), **options)


def text_in(source: str) -> str:
    """The article's text as the browser will have it: what a selection is counted in."""
    inner = re.search(r'<div id="yw-text-\d+".*?>(.*?)</div>', source, re.S)
    assert inner
    return html.unescape(re.sub(r"<[^>]*>", "", inner[1]))


def test_the_whole_article_is_there_with_the_answer_its_sentence_and_the_others_marked() -> None:
    source = shown(here=place("张文宏"), sentence=place("主持人是张文宏😀。"), others=[place("薛敏")])
    assert text_in(source) == TEXT
    assert Page(source).marks == ["张文宏", "薛敏"]
    assert '<mark class="yw-here" dir="ltr">张文宏</mark>' in source
    assert '<mark class="yw-other" dir="ltr">薛敏</mark>' in source
    assert source.count('class="yw-sentence"') == 2
    assert 'lang="zh-Hans"' in source and 'id="yw-panel-7"' in source
    assert WORDS.marked_lightly in html.unescape(source)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_any_text_with_any_marks_keeps_every_character_at_its_place(text: str, marks: list[tuple[int, int]]) -> None:
    spans = [(min(a, b, len(text) - 1), min(max(a, b) + 1, len(text))) for a, b in marks]
    source = shown(dataclasses.replace(ARTICLE, text=text), here=spans[0] if spans else None, others=spans[1:])
    assert len(text_in(source)) == len(text)
    assert "\n\n" not in source, "a blank line would end the HTML for the page"


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_hostile_article_stays_text(text: str) -> None:
    hostile = dataclasses.replace(ARTICLE, text=text, title=text, source=text, url=text, authors=(text,), removed=(text,) * 3)
    source = shown(hostile, here=(0, 1), sentence=(0, len(text)), marking=True)
    page = Page(source)
    assert not {"script", "img", "svg", "iframe", "style", "base"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert all((value or "").startswith(("http://", "https://")) for name, value in page.attributes if name == "href")


def test_the_live_page_is_offered_as_a_link_that_tells_nothing() -> None:
    source = shown(dataclasses.replace(ARTICLE, url="https://example.org/a?b=1&c=2"), here=place("张文宏"))
    link = dict(Page(source).attributes)
    assert link["href"] == "https://example.org/a?b=1&c=2#:~:text=%E5%BC%A0%E6%96%87%E5%AE%8F"
    assert link["rel"] == "noopener noreferrer" and link["target"] == "_blank"
    assert "<a " not in shown(here=place("张文宏"))


def test_removed_lines_and_quotations_are_folded_away() -> None:
    source = shown(here=place("张文宏"))
    assert source.count("<details") == 2 and "open" not in re.findall(r"<details[^>]*>", source)[0]
    assert "分享到微信" in source and "[Z]." in html.unescape(source)
    assert source.count('class="yw-copy"') == 3
    assert "<details" not in shown(dataclasses.replace(ARTICLE, removed=()))


def test_of_a_huge_article_the_part_around_the_mark_is_shown_and_counted_from_where_it_begins() -> None:
    text = "x" * 400_000 + "ANSWER" + "y" * 400_000
    source = shown(dataclasses.replace(ARTICLE, text=text), here=place("ANSWER", text))
    base = int(re.search(r"yw-text-(\d+)", source)[1])  # type: ignore[index]
    assert text_in(source) == text[base : base + SHOWN_CHARS]
    assert Page(source).marks == ["ANSWER"]


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 20))
def test_a_selection_is_found_exactly_without_the_blanks_around_it(text: str, start: int, length: int) -> None:
    selected = text[start : start + length]
    found = place_of(text, selected, start=start, end=min(start + length, len(text)))
    if selected.strip():
        assert found and text[slice(*found)] == selected.strip() and start <= found[0] < found[1] <= start + length
    else:
        assert found is None


@pytest.mark.parametrize(
    ("words", "start", "end", "near", "found"),
    [
        ("薛敏", None, None, 0, "薛敏"),
        ("薛敏", 0, 2, 0, "薛敏"),  # the page's count is wrong: the words count
        ("主持人是张文宏😀。 薛敏", 11, 23, 0, "主持人是张文宏😀。\n薛敏"),  # a browser gives a line break as a blank
        ("不在这里", 0, 4, 0, None),
        ("薛敏", -5, 99, 0, "薛敏"),
        ("", 0, 0, 0, None),
    ],
)
def test_what_the_page_reports_is_checked_against_the_text(
    words: str, start: int | None, end: int | None, near: int, found: str | None
) -> None:
    place = place_of(TEXT, words, start=start, end=end, near=near)
    assert (TEXT[slice(*place)] if place else None) == found


def test_of_words_that_stand_there_twice_the_nearest_are_meant() -> None:
    assert place_of("he, she, he", "he", start=None, end=None, near=9) == (9, 11)
