"""Words of a question that stand nowhere in the library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.article import Article
from corpus.errors import QuestionError
from corpus.library import Library
from qa.unknown_words import unknown_words


@pytest.fixture
def stocked(library: Library, make_article: Callable[..., Article]) -> Library:
    library.add(make_article("张文宏主持了讨论，薛敏发言。", language="zh", title="开幕"))
    library.add(make_article("The chairman spoke about panels in Shanghai.", language="en", title="Opening week"))
    return library


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("谁主持了讨论？", ()),
        ("誰主持了討論？", ()),
        ("章子怡主持了什么？", ("章子怡",)),
        ("Who won the World Cup?", ("won", "World", "Cup")),
        ("Who spoke about the panel in the opening?", ()),
        ("Who hosted zhangwenhong's panel?", ("hosted", "zhangwenhong's")),
        ("？", ()),
        ("Wer sprach? Wer sprach?", ("Wer", "sprach")),
    ],
)
def test_words_are_named_as_they_were_typed_each_once(stocked: Library, question: str, unknown: tuple[str, ...]) -> None:
    assert unknown_words(question, stocked) == unknown


def test_a_library_in_another_language_says_nothing_about_words(library: Library, make_article: Callable[..., Article]) -> None:
    library.add(make_article("张文宏主持了讨论。", language="zh"))
    assert unknown_words("Who won the World Cup?", library) == ()


def test_an_empty_question_is_refused(stocked: Library) -> None:
    with pytest.raises(QuestionError):
        unknown_words("  ", stocked)
