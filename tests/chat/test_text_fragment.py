"""Addresses of a place in a live page follow the Text Fragments specification, and lead nowhere but to the web."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.text_fragment import fragment_address, web_address

PAGE = "https://example.org/a"


def address(text: str, words: str, *, url: str = PAGE) -> str:
    start = text.index(words)
    found = fragment_address(url, text, start, start + len(words))
    assert found
    return found


def test_words_are_percent_encoded_with_commas_dashes_and_ampersands() -> None:
    assert address("One. R&D, half-way. Two.", "R&D, half-way.") == f"{PAGE}#:~:text=R%26D%2C%20half%2Dway."
    assert address("薛敏发言。", "薛敏发言。") == f"{PAGE}#:~:text=%E8%96%9B%E6%95%8F%E5%8F%91%E8%A8%80%E3%80%82"


def test_words_that_stand_there_twice_are_told_apart_by_what_is_around_them() -> None:
    text = "In May he spoke here. In June he spoke here too."
    start = text.rindex("he spoke")
    found = fragment_address(PAGE, text, start, start + len("he spoke"))
    assert found == f"{PAGE}#:~:text=In%20May%20he%20spoke%20here.%20In%20June-,he%20spoke,-here%20too."


def test_a_long_stretch_is_named_by_its_ends() -> None:
    text = "First words of it " + "x " * 400 + "and the very last words."
    found = fragment_address(PAGE, text, 0, len(text))
    assert found
    start, end = unquote(found.split("text=")[1]).split(",")
    assert text.startswith(start) and text.endswith(end) and len(start) <= 60 and len(end) <= 60
    several = "One line.\nAnother line."
    assert address(several, several) == f"{PAGE}#:~:text=One%20line.,Another%20line."


def test_a_fragment_of_the_pages_own_is_kept_and_an_older_directive_replaced() -> None:
    assert address("Words.", "Words.", url=f"{PAGE}#top") == f"{PAGE}#top:~:text=Words."
    assert address("Words.", "Words.", url=f"{PAGE}#top:~:text=old") == f"{PAGE}#top:~:text=Words."


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "a.txt",
        "/etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "http://[",
        "ftp://a.b",
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(url: str | None) -> None:
    assert web_address(url) is None
    assert fragment_address(url or "", "Words.", 0, 5) is None


def test_an_address_holds_nothing_that_could_leave_its_attribute() -> None:
    assert web_address('https://a.b/"><script>alert(1)</script>') == "https://a.b/%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    assert web_address("https://a.b/%E4%B8%8A") == "https://a.b/%E4%B8%8A"


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_any_place_of_any_text_makes_one_plain_address(text: str, start: int, length: int) -> None:
    found = fragment_address(PAGE, text, min(start, len(text)), min(start + length, len(text)))
    assert found and found.isascii() and " " not in found and "\n" not in found
    directive = found.removeprefix(PAGE)
    assert directive == "" or directive.startswith("#:~:text=")
    assert directive.count(",") <= 3
