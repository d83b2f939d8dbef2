"""The library's tab without a browser: what is listed, drawn and said, and that nothing from outside becomes markup."""

from __future__ import annotations

import datetime as dt
import html
import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import charts, library_page
from chat.adding import Added, Adding
from chat.library_replies import LibraryReplies
from chat.library_view import FIRST_CHARS, PER_PAGE, View, action, listed, matching
from chat.wording import WORDINGS
from corpus.article import Article
from corpus.doctor import Finding
from corpus.library import ArticleInfo, Library
from tests.chat.test_rendering import HOSTILE, Page

if TYPE_CHECKING:
    from qa.assistant import Assistant

WORDS = WORDINGS["en"]
SAY = WORDINGS["en"].library
TAG = re.compile(r'</?[a-z][a-z0-9]*(?: (?:type|id|name|value|class|dir|lang|title|style|scope|colspan)="[^"<>]*")*>')


def info(title: str = "Opening", **fields: object) -> ArticleInfo:
    given: dict[str, object] = {
        "id": "00000000000000aa",
        "title": title,
        "source": "/users/li/opening.txt",
        "url": None,
        "published": dt.date(2022, 11, 14),
        "language": "en",
        "script": "Latn",
        "passages": 3,
        "chars": 900,
        "added_at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
        "sources": ("/users/li/opening.txt",),
        "authors": (),
    }
    return ArticleInfo(**(given | fields))  # type: ignore[arg-type]


def buttons(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<button type="button" name="([a-z-]+)" value="([^"]*)"', page)


# --- the chart ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "drawn"),
    [
        ([], []),
        ([None, None], [("undated", 2)]),
        ([dt.date(2022, 11, 1), dt.date(2023, 2, 1)], [("2022-11", 1), ("2022-12", 0), ("2023-01", 0), ("2023-02", 1)]),
        ([dt.date(2019, 1, 1), dt.date(2022, 1, 1), None], [("2019", 1), ("2020", 0), ("2021", 0), ("2022", 1), ("undated", 1)]),
        ([dt.date(1985, 1, 1), dt.date(2022, 1, 1)], [("198", 1), ("199", 0), ("200", 0), ("201", 0), ("202", 1)]),
    ],
)
def test_bars_are_months_years_or_decades_without_a_gap(dates: list[dt.date | None], drawn: list[tuple[str, int]]) -> None:
    assert [(bar.key, bar.count) for bar in charts.bars(dates)] == drawn


@given(st.lists(st.none() | st.dates(), max_size=60))
def test_every_article_is_in_exactly_one_bar_and_there_are_few_bars(dates: list[dt.date | None]) -> None:
    drawn = charts.bars(dates)
    assert sum(bar.count for bar in drawn) == len(dates)
    assert len(drawn) <= charts.MOST_BARS + 1
    for date in dates:
        assert [charts.matches(date, bar.key) for bar in drawn].count(True) == 1


def test_a_bar_says_its_time_and_its_count_and_filters_by_a_press() -> None:
    infos = [info(id=f"{n:016x}", published=dt.date(year, 1, 1)) for n, year in enumerate((2019, 2022, 2022))]
    page = library_page.listing(infos, View(), words=WORDS)
    assert ("period", "2022") in buttons(page)
    assert "2022, articles: 2" in re.sub(r"<[^>]+>", "", html.unescape(page))
    chosen = View().after("period", "2022")
    assert [found.id for found in listed(infos, chosen)] == [infos[1].id, infos[2].id]
    assert chosen.after("period", "2022").period == ""


# --- the list ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("  ", 3),
        ("OPENING", 1),
        ("产业周", 1),  # Simplified finds Traditional
        ("2022-11", 1),
        ("example.org", 1),
        ("opening.txt", 1),
        ("users", 0),  # folders of this machine are not searched, as they are not shown
        ("opening 2019", 0),
    ],
)
def test_the_search_goes_over_titles_names_addresses_and_dates(query: str, found: int) -> None:
    infos = [
        info("Opening"),
        info("產業週揭幕", source="b.txt", sources=("b.txt",), published=None),
        info("Third", source="c.html", sources=("c.html",), url="https://example.org/c", published=dt.date(2019, 1, 1)),
    ]
    assert len(matching(infos, query)) == found


def test_a_long_list_goes_by_pages() -> None:
    infos = [info(f"Article {number:03}", id=f"{number:016x}") for number in range(2 * PER_PAGE + 1)]
    first = library_page.listing(infos, View(), words=WORDS)
    assert len([name for name, _ in buttons(first) if name == "open"]) == PER_PAGE
    last = library_page.listing(infos, View().after("page", "2"), words=WORDS)
    assert len([name for name, _ in buttons(last) if name == "open"]) == 1
    assert library_page.listing(infos, View().after("page", "99999"), words=WORDS) == library_page.listing(
        infos, View().after("page", "2"), words=WORDS
    )


def test_the_list_is_sorted_by_title_on_demand() -> None:
    infos = [info("b", id="b" * 16), info("A", id="a" * 16)]
    assert [found.title for found in listed(infos, View())] == ["b", "A"]
    assert [found.title for found in listed(infos, View().after("sort", "title"))] == ["A", "b"]


def test_removing_takes_a_second_press_that_says_what_happens() -> None:
    infos = [info()]
    asked = View().after("remove", infos[0].id)
    assert "remove-now" not in dict(buttons(library_page.listing(infos, View(), words=WORDS)))
    page = library_page.listing(infos, asked, words=WORDS)
    assert {"remove-now", "keep"} <= dict(buttons(page)).keys()
    assert SAY.remove_question in html.unescape(page)
    assert asked.after("keep", infos[0].id).removing is None
    assert asked.searching("x").removing is None


def test_an_article_that_is_not_embedded_yet_is_marked() -> None:
    infos = [info("a", id="a" * 16), info("b", id="b" * 16)]
    page = library_page.listing(infos, View(), words=WORDS, waiting={"b" * 16})
    assert page.count(f">{SAY.waiting}<") == page.count(f">{SAY.embedded}<") == 1


# --- hostile text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_hostile_titles_names_and_texts_stay_text(text: str) -> None:
    hostile = info(text, source=f"/home/li/{text}", sources=(f"/home/li/{text}", text), url=text, authors=(text,), id=text[:40])
    article = Article(title=text, text=f"{text}\n{text}", source=text, sha256="", removed=(text, text))
    shown = [
        library_page.listing([hostile, info(published=None)], View(removing=hostile.id, query="", period="2022"), words=WORDS),
        library_page.article(article, hostile, View(), words=WORDS),
        library_page.findings([(text, [hostile])], words=WORDS),
        library_page.notes([text, Added(name=text, change=None, trouble="damaged", detail=text).sentence(WORDS)], words=WORDS),
    ]
    for page in shown:
        assert not re.search(r"<(?:script|img|svg|iframe|style|link|object|math|form)\b", page, re.IGNORECASE)
        assert not re.search(r"<[^>]*\son\w+\s*=", page, re.IGNORECASE)
        assert "/home/" not in html.unescape(page) or "/home/" in text
        assert "\n\n" not in page  # a blank line would end the HTML for a Markdown renderer
        for tag in re.findall(r"<[^>]*>", page):
            assert re.fullmatch(
                r"</?[a-z][a-z0-9]*(?: (?:type|id|name|value|class|dir|lang|title|style|scope|colspan)=\"[^\"<>]*\")*>", tag
            ), tag


@given(st.text())
def test_what_the_page_sends_is_understood_or_ignored(sent: str) -> None:
    name, value = action(sent)
    view = View().after(name, value)
    assert name or view == View()


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("open 3f2a91c0aa 17", ("open", "3f2a91c0aa")),
        ("period 2022-11 2", ("period", "2022-11")),
        ("remove-now ../../x 3", ("", "")),
        ("open <img> 1", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_press_is_a_name_and_a_value(sent: str, understood: tuple[str, str]) -> None:
    assert action(sent) == understood


# --- with a library ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def replies(samples: Assistant) -> LibraryReplies:
    return LibraryReplies(samples, Adding(samples))


def test_the_list_of_the_samples_names_every_article_and_no_folder(replies: LibraryReplies, samples: Assistant) -> None:
    page = replies.shown(View(), words=WORDS)
    infos = samples.library.articles()
    assert {value for name, value in buttons(page) if name == "open"} == {found.id for found in infos}
    assert "samples/" not in html.unescape(page)


def test_an_article_is_read_in_parts_and_tells_what_was_left_out(replies: LibraryReplies, samples: Assistant) -> None:
    long = Article(title="Long", text="Long\n" + "字" * (2 * FIRST_CHARS), source="long.txt", sha256="x", removed=("share this",))
    samples.library.add(long)
    view = View().after("open", long.id)
    page = replies.shown(view, words=WORDS)
    assert ("more", long.id) in buttons(page)
    assert page.count("字") < FIRST_CHARS
    whole = replies.shown(view.after("more", long.id).after("more", long.id), words=WORDS)
    assert whole.count("字") == 2 * FIRST_CHARS and "more" not in dict(buttons(whole))
    assert "share this" in whole
    samples.library.remove(long.id)


def test_an_article_that_is_gone_is_said_so(replies: LibraryReplies) -> None:
    for view in (View(opened="0" * 16), View(opened="<script>")):
        assert SAY.gone in html.unescape(replies.shown(view, words=WORDS))
    assert SAY.gone in html.unescape(replies.remove("0" * 16, words=WORDS))


def test_a_removed_article_is_named_and_gone(replies: LibraryReplies, samples: Assistant, make_article: Callable[..., Article]) -> None:
    article = make_article("The bell of the north tower was cast again.")
    samples.library.add(article)
    assert SAY.removed.format(title=article.title) in html.unescape(replies.remove(article.id, words=WORDS))
    assert article.id not in {found.id for found in samples.library.articles()}


def test_an_empty_library_says_what_to_do(library: Library) -> None:
    assert SAY.empty in html.unescape(library_page.listing(library.articles(), View(), words=WORDS))


def test_what_a_check_finds_is_said_with_the_articles_concerned(replies: LibraryReplies, samples: Assistant) -> None:
    short = Article(title="Scan", text="Scan 1", source="scan.pdf", sha256="scan")
    samples.library.add(short)
    page = replies.examined(words=WORDS)
    said = html.unescape(page)
    assert all(SAY.finding(kind) in said for kind in ("little-text", "undated", "missing-vectors"))
    assert ("open", short.id) in buttons(page)
    samples.library.remove(short.id)
    assert SAY.healthy in html.unescape(replies.examined(words=WORDS))


def test_every_kind_of_finding_has_a_sentence() -> None:
    kinds = re.findall(r"``([a-z-]+)``", inspect.getsource(Finding).split('"""')[3])
    assert len(kinds) == 8
    assert len({SAY.finding(kind) for kind in kinds}) == 8


def test_many_outcomes_are_counted_first(replies: LibraryReplies) -> None:
    from corpus.library import Change

    added = [Added(name=f"{n}.txt", change=change, title="t") for n, change in enumerate([Change.ADDED] * 3 + [Change.UNCHANGED])]
    added.append(Added(name="x.txt", change=None, trouble="damaged"))
    page = html.unescape(replies.told(added, words=WORDS))
    assert SAY.summary.format(added=3, updated=0, known=1, failed=1) in page
    assert page.count("<li>") == 6


def test_a_failure_is_logged_and_said_calmly(
    replies: LibraryReplies, samples: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("/home/li/secret")

    monkeypatch.setattr(samples.library, "articles", fails)
    page = html.unescape(replies.shown(View(), words=WORDS))
    assert WORDS.alone("library_trouble") in page and "secret" not in page
    assert caplog.records


def test_the_page_is_well_formed(replies: LibraryReplies, samples: Assistant) -> None:
    for view in (View(), View(opened=samples.library.articles()[0].id)):
        assert Page(replies.shown(view, words=WORDS)).tags  # it refuses what is not closed, and comments
