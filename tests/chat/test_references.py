"""Quotations with references in three styles: what is known is said, what is not is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from chat import references
from corpus.article import Article

ACCESSED = dt.date(2026, 11, 22)
DAY = dt.date(2022, 11, 14)


@pytest.fixture
def article() -> Callable[..., Article]:
    def make(**fields: Any) -> Article:
        given = {"title": "第二届产业周开幕", "text": "第一段。\n\n他说：“很好。”\n", "source": "a.txt", "sha256": "x", "published": DAY}
        return Article(**(given | fields))

    return make


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        (
            {"authors": ("王敏", "李强"), "url": "https://example.org/a"},
            "王敏, 李强. 第二届产业周开幕[EB/OL]. (2022-11-14)[2026-11-22]. https://example.org/a",
        ),
        ({"url": "https://example.org/a", "published": None}, "第二届产业周开幕[EB/OL]. [2026-11-22]. https://example.org/a"),
        ({}, "第二届产业周开幕[Z]. 2022-11-14."),
        ({"published": None}, "第二届产业周开幕[Z]."),
        (
            {"authors": ("王敏",), "url": "https://example.org/a", "publisher": "晨报"},
            "王敏. 第二届产业周开幕[EB/OL]. 晨报, 2022(2022-11-14)[2026-11-22]. https://example.org/a",
        ),
        (
            {"url": "https://example.org/a", "publisher": "晨报", "published": None},
            "第二届产业周开幕[EB/OL]. 晨报[2026-11-22]. https://example.org/a",
        ),
        ({"publisher": "晨报"}, "第二届产业周开幕[Z]. 晨报, 2022-11-14."),
        ({"publisher": "晨报", "published": None}, "第二届产业周开幕[Z]. 晨报."),
        ({"authors": ("甲", "乙", "丙", "丁")}, "甲, 乙, 丙, 等. 第二届产业周开幕[Z]. 2022-11-14."),
        (
            {"authors": ("Dominique Jordan", "Zhang Wenhong", "Jane A. Doe", "Ann Lee"), "title": "Opening"},
            "JORDAN D, ZHANG W, DOE J A, et al. Opening[Z]. 2022-11-14.",
        ),
        ({"authors": ("Xinhua News Agency",), "title": "A\n title "}, "Xinhua News Agency. A title[Z]. 2022-11-14."),
    ],
)
def test_gbt_7714(article: Callable[..., Article], fields: dict[str, Any], reference: str) -> None:
    assert references.gbt(article(**fields), accessed=ACCESSED) == reference


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        (
            {"authors": ("Dominique Jordan", "Doe, Jane A."), "title": "Opening", "url": "https://example.org/a"},
            "Jordan, D., & Doe, J. A. (2022, November 14). Opening. https://example.org/a",
        ),
        ({"title": "Who spoke?"}, "Who spoke? (2022, November 14)."),
        (
            {"authors": ("Jane A. Doe",), "title": "Opening", "publisher": "Harbour Gazette", "url": "https://example.org/a"},
            "Doe, J. A. (2022, November 14). Opening. Harbour Gazette. https://example.org/a",
        ),
        (
            {"authors": ("Harbour Gazette",), "title": "Opening", "publisher": "Harbour Gazette"},
            "Harbour Gazette. (2022, November 14). Opening.",
        ),
        (
            {"authors": ("Xinhua News Agency",), "published": None, "url": "https://example.org/a"},
            "Xinhua News Agency. (n.d.). 第二届产业周开幕. Retrieved November 22, 2026, from https://example.org/a",
        ),
        ({"authors": ("张文宏",), "url": "file:///etc/passwd"}, "张文宏. (2022, November 14). 第二届产业周开幕."),
    ],
)
def test_apa(article: Callable[..., Article], fields: dict[str, Any], reference: str) -> None:
    assert references.apa(article(**fields), accessed=ACCESSED) == reference


@pytest.mark.parametrize(
    ("name", "apa", "gbt"),
    [
        ("Ludwig van der Berg", "van der Berg, L.", "VAN DER BERG L"),
        ("Jean-Paul Marat", "Marat, J.-P.", "MARAT J P"),
        ("Li Na", "Li, N.", "LI N"),
        ("CNN", "CNN", "CNN"),
        ("The Economist", "The Economist", "The Economist"),
        ("欧阳娜娜", "欧阳娜娜", "欧阳娜娜"),
        ("", "", ""),
        ("a, b, c", "a, b, c", "a, b, c"),
    ],
)
def test_names_are_turned_around_only_where_it_is_sure_which_part_is_which(
    article: Callable[..., Article], name: str, apa: str, gbt: str
) -> None:
    made = article(authors=(name,), title="T", published=None)
    assert references.apa(made, accessed=ACCESSED).split(" (n.d.)")[0].rstrip(".") in (apa.rstrip("."), "T")
    assert references.gbt(made, accessed=ACCESSED).split(". ")[0] in (gbt, "T[Z].")


def test_a_quotation_holds_the_words_and_where_they_stand(article: Callable[..., Article]) -> None:
    made = article(authors=("王敏",), url="https://example.org/(a)")
    start = made.text.index("他说")
    end = made.text.index("\n", start)
    assert references.quoted_gbt(made, start, end, accessed=ACCESSED).startswith("“他说：“很好。””[1]\n\n[1] 王敏. ")
    assert "（" not in references.quoted_apa(made, start, end, accessed=ACCESSED)
    assert "(王敏, 2022, para. 2)" in references.quoted_apa(made, start, end, accessed=ACCESSED)
    assert references.quoted_markdown(made, start, end) == (
        "> 他说：“很好。”\n>\n> — [第二届产业周开幕](<https://example.org/(a)>), 王敏, 2022-11-14"
    )


@pytest.mark.parametrize("hostile", ["[x](javascript:alert(1))", "<script>", "# no heading", "- no item", "1. no item", "`code` *a* _b_"])
def test_markdown_takes_the_words_for_text(article: Callable[..., Article], hostile: str) -> None:
    made = article(text=hostile, title=hostile, published=None)
    quoted = references.quoted_markdown(made, 0, len(hostile))
    assert quoted.replace("\\", "").count(hostile) == 2
    assert not any(line.startswith((f"> {hostile}", f"> — {hostile}")) for line in quoted.split("\n")) or "\\" in quoted


def test_paragraphs_are_counted_by_lines_with_something_in_them() -> None:
    text = "One.\n\n \nTwo.\nThree."
    assert [references.paragraph(text, text.index(word)) for word in ("One", "Two", "Three")] == [1, 2, 3]
    assert references.paragraph("", 0) == 1
