"""Conversations: kept turn by turn, listed and read in pages, removed, and no larger than they may be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.conversations import MAX_ANSWER_CHARS, MAX_QUESTION_CHARS, TITLE_CHARS
from corpus.errors import ConversationNotFoundError, LibraryError, QuestionError
from corpus.library import Library


def test_turns_come_back_as_they_were_given(library: Library) -> None:
    answer = {"question": "谁致辞？", "found": True, "answers": [{"text": "江用文", "confidence": 0.5, "citations": [], "url": None}]}
    first = library.add_turn(None, "  谁致辞？\n请列出全部 ", answer)
    assert library.add_turn(first, "在哪里？", {"found": False}) == first
    second = library.add_turn(None, "x" * 500, {})
    assert [(turn.question, turn.answer) for turn in library.conversation(first)] == [
        ("谁致辞？\n请列出全部", answer),
        ("在哪里？", {"found": False}),
    ]
    latest, earlier = library.conversations()
    assert (earlier.id, earlier.title, earlier.turns) == (first, "谁致辞？ 请列出全部", 2)
    assert (latest.id, len(latest.title), latest.turns) == (second, TITLE_CHARS, 1)
    assert earlier.started <= library.conversation(first)[0].asked_at <= earlier.last <= latest.started
    assert earlier.started.utcoffset() is not None
    assert library.verify() == []


def test_a_conversation_that_goes_on_comes_first_again(library: Library) -> None:
    ids = [library.add_turn(None, f"第{number}问", {}) for number in range(3)]
    library.add_turn(ids[0], "还有呢？", {})
    assert [info.id for info in library.conversations()] == [ids[0], ids[2], ids[1]]


def test_pages(library: Library) -> None:
    ids = [library.add_turn(None, f"第{number}问", {}) for number in range(5)]
    for number in range(9):
        library.add_turn(ids[4], f"追问{number}", {"n": number})
    assert [info.id for info in library.conversations(limit=2)] == [ids[4], ids[3]]
    assert [info.id for info in library.conversations(limit=2, offset=4)] == [ids[0]]
    assert library.conversations(offset=9) == [] == library.conversations(limit=0)
    assert [turn.question for turn in library.conversation(ids[4], limit=3, offset=8)] == ["追问7", "追问8"]
    assert library.conversation(ids[4], offset=99) == []


def test_removing(library: Library) -> None:
    kept, gone = library.add_turn(None, "甲", {}), library.add_turn(None, "乙", {})
    library.remove_conversation(gone)
    assert [info.id for info in library.conversations()] == [kept]
    for use in (library.conversation, library.remove_conversation, library.remove_last_turn, library.find_conversation):
        with pytest.raises(ConversationNotFoundError, match=gone):
            use(gone)
    again = library.add_turn(gone, "丙", {})  # as a window does that was left open on it
    assert again != gone and [turn.question for turn in library.conversation(again)] == ["丙"]
    assert library.verify() == []


def test_removing_the_last_turn_and_with_the_only_one_the_conversation(library: Library) -> None:
    conversation_id = library.add_turn(None, "甲", {})
    library.add_turn(conversation_id, "乙", {})
    library.remove_last_turn(conversation_id)
    assert [turn.question for turn in library.conversation(conversation_id)] == ["甲"]
    library.remove_last_turn(conversation_id)
    assert library.conversations() == []
    assert library.verify() == []


def test_a_beginning_of_the_id_is_enough(library: Library) -> None:
    conversation_id = library.add_turn(None, "甲", {})
    assert library.find_conversation(conversation_id[:4].upper()).id == conversation_id == library.find_conversation(conversation_id).id
    for text in (conversation_id[:3], "", "zzzz", "%", "____"):
        with pytest.raises(ConversationNotFoundError):
            library.find_conversation(text)


def test_conversations_stay_when_articles_go(library: Library, make_article: Any) -> None:
    article = make_article()
    library.add(article)
    conversation_id = library.add_turn(None, "谁？", {"answers": [{"article_id": article.id}]})
    library.remove(article.id)
    assert library.conversation(conversation_id)[0].answer["answers"][0]["article_id"] == article.id
    assert library.verify() == []


def test_a_huge_list_is_cut_to_its_first_entries(library: Library) -> None:
    citation = {"quote": "茶" * 200, "start": 1}
    answer = {"found": True, "answers": [{"text": str(number), "citations": [citation] * 50} for number in range(400)]}
    stored = library.conversation(library.add_turn(None, "谁？", answer))[0].answer
    assert 0 < len(stored["answers"]) < 400 and stored["found"] is True
    assert [item["text"] for item in stored["answers"]] == [str(number) for number in range(len(stored["answers"]))]
    assert all(item["citations"] and item["citations"][0] == citation for item in stored["answers"])


@pytest.mark.parametrize("answer", [{"text": "x" * (MAX_ANSWER_CHARS + 1)}, {"confidence": float("nan")}, {"day": object()}])
def test_what_cannot_be_kept_is_refused_and_leaves_no_conversation(library: Library, answer: dict[str, Any]) -> None:
    with pytest.raises(LibraryError, match="cannot be kept"):
        library.add_turn(None, "谁？", answer)
    assert library.conversations() == []


def test_a_question_without_end_is_cut_and_an_empty_one_refused(library: Library) -> None:
    conversation_id = library.add_turn(None, "谁" * 99_999, {})
    assert len(library.conversation(conversation_id)[0].question) == MAX_QUESTION_CHARS
    with pytest.raises(QuestionError):
        library.add_turn(conversation_id, " \n", {})


def test_several_windows_at_once(library: Library) -> None:
    first = library.add_turn(None, "始", {})

    def talk(name: str) -> None:
        for number in range(20):
            library.add_turn(first, f"{name}{number}", {"n": number})

    threads = [threading.Thread(target=talk, args=(name,)) for name in "甲乙丙"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [turn.question for turn in library.conversation(first)]
    assert len(said) == 61
    for name in "甲乙丙":
        assert [question for question in said if question.startswith(name)] == [f"{name}{number}" for number in range(20)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all the cases of a property."""
    with Library(tmp_path_factory.mktemp("conversations")) as library:
        yield library


@given(answer=st.dictionaries(st.text(max_size=8), json_values, max_size=5), question=st.text(min_size=1).filter(str.strip))
def test_any_plain_answer_comes_back_equal(kept: Library, answer: dict[str, Any], question: str) -> None:
    turn = kept.conversation(kept.add_turn(None, question, answer))[0]
    assert turn.answer == answer
    assert turn.question == question.strip()[:MAX_QUESTION_CHARS]
