"""Whatever happens to a question or a file, the reader gets a calm sentence in safe HTML, and the log gets the details."""

from __future__ import annotations

import html
import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.replies import ENDPOINT_LIMIT, MAX_MEGABYTES, EndpointError, Replies
from chat.wording import WORDINGS, Wording
from corpus.errors import LibraryBusyError, LibraryError, ReadOnlyLibraryError
from corpus.library import Library
from tests.chat.test_rendering import HOSTILE, checked

if TYPE_CHECKING:
    from qa.assistant import Assistant

WORDS = WORDINGS["en"]

ARTICLE = """Ferry service to Langya island resumes

1 March 2021

The ferry to Langya island sailed again on Monday after two years. Captain Ouyang Ping welcomed 212 passengers on the first crossing.
"""


@pytest.fixture
def replies(samples: Assistant) -> Replies:
    return Replies(samples)


def text_of(source: str) -> str:
    return " ".join(checked(source).texts.values())


def write(folder: Path, name: str, content: str | bytes = ARTICLE) -> Path:
    """As an upload lies on disk: the name it has there says nothing."""
    path = folder / "upload"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_question_is_answered_with_a_marked_quote_from_the_year_it_names(replies: Replies) -> None:
    said = replies.to_question("who spoke at the 2022 opening", words=WORDS)
    page = checked(said)
    assert page.marks
    assert "2022-11-14" in page.texts["time"]
    assert re.search(r'<p class="yw-words" dir="ltr" lang="(zh-Hans|en)">', said)


def test_a_question_the_library_cannot_answer_is_declined_in_its_own_language(replies: Replies) -> None:
    page = checked(replies.to_question("Who won the 2018 World Cup?", words=WORDINGS["zh-Hant"]))
    assert WORDS.not_found in page.texts["p"]
    assert not page.marks


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u3000"])
@pytest.mark.parametrize("words", WORDINGS.values(), ids=WORDINGS)
def test_an_empty_question_gets_a_calm_sentence(replies: Replies, question: str, words: Wording) -> None:
    assert words.empty_question in text_of(replies.to_question(question, words=words))


@pytest.mark.parametrize(
    "question",
    ["谁" * 100_000, "x" * 100_000, "who spoke? " * 10_000, "؟", "\ud800", "\x00", *HOSTILE[:6]],
    ids=lambda question: ascii(question[:24]),
)
def test_odd_and_huge_questions_are_answered_or_declined(replies: Replies, question: str, caplog: pytest.LogCaptureFixture) -> None:
    checked(replies.to_question(question, words=WORDS))
    assert not caplog.records


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    from qa.assistant import Assistant

    with Library(tmp_path / "empty") as library:
        assert WORDS.no_articles in text_of(Replies(Assistant(library)).to_question("who?", words=WORDS))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("/home/li/secret <script>"), WORDS.ask_failed),
        (MemoryError(), WORDS.ask_failed),
        (LibraryBusyError("/home/li/secret"), WORDS.library_busy),
        (LibraryError("/home/li/secret"), WORDS.library_trouble),
    ],
)
def test_a_failure_is_logged_and_shown_without_its_text(
    replies: Replies, broken: Callable[[Exception], None], error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken(error)
    shown = html.unescape(replies.to_question("who?", words=WORDS))
    assert said in shown
    assert "secret" not in shown and "Traceback" not in shown
    assert caplog.records


def test_a_program_gets_plain_types_and_no_paths(replies: Replies) -> None:
    plain = replies.to_program("who spoke at the 2022 opening", 5)
    citation = plain["answers"][0]["citations"][0]
    assert plain["found"] is True
    assert citation["quote"][citation["start"] - citation["quote_start"] :].startswith(plain["answers"][0]["text"])
    assert re.match(r"20\d\d-[^/]+$", citation["source"])


@pytest.mark.parametrize(
    ("question", "limit"), [("", 5), ("who?", 0), ("who?", -1), ("who?", ENDPOINT_LIMIT + 1), ("who?", "x"), ("who?", None), (7, 5)]
)
def test_a_program_that_asks_wrongly_is_told_what_is_wrong(replies: Replies, question: Any, limit: Any) -> None:
    with pytest.raises(EndpointError, match="empty" if not question else f"limit is {limit!r}|question is 7"):
        replies.to_program(question, limit)


def test_a_failure_reaches_a_program_as_a_calm_sentence(replies: Replies, broken: Callable[[Exception], None]) -> None:
    broken(RuntimeError("/home/li/secret"))
    with pytest.raises(EndpointError) as caught:
        replies.to_program("who?", 5)
    assert str(caught.value) == WORDS.ask_failed


def test_a_dropped_file_is_kept_under_its_own_name_and_answers_at_once(replies: Replies, samples: Assistant, tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    said = text_of(replies.to_file(write(tmp_path, "x"), "/tmp/upload/ferry.txt", words=WORDS, progress=lambda *done: reports.append(done)))
    assert said.startswith("Added: Ferry service to Langya island resumes (2021-03-01)")
    assert "ferry.txt" in {info.source for info in samples.library.articles()}
    assert reports and reports[-1][0] == reports[-1][1]
    answer = checked(replies.to_question("Who is the captain of the ferry to Langya island?", words=WORDS))
    assert any("Ouyang Ping" in mark for mark in answer.marks)


def test_the_same_file_again_a_copy_and_a_new_version_are_each_named(replies: Replies, tmp_path: Path) -> None:
    text = ARTICLE.replace("Langya", "Tiger")
    said = [
        text_of(replies.to_file(write(tmp_path, "x", content), name, words=WORDS))
        for name, content in [
            ("tiger.txt", text),
            ("tiger.txt", text),
            ("copy.txt", text),
            ("tiger.txt", text.replace("212", "350")),
        ]
    ]
    assert said[0].startswith("Added: ")
    assert said[1] == WORDS.unchanged.format(name="tiger.txt")
    assert said[2].startswith("copy.txt is the same as an article in the library, Ferry service to Tiger island resumes")
    assert said[3].startswith("Updated: Ferry service to Tiger island resumes")


def test_another_article_of_the_same_file_name_replaces_nothing(replies: Replies, samples: Assistant, tmp_path: Path) -> None:
    for island in ("Crab", "Gull", "Gull"):
        replies.to_file(write(tmp_path, "x", ARTICLE.replace("Langya", island)), "index.txt", words=WORDS)
    sources = [info.source for info in samples.library.articles() if info.source.startswith("index")]
    assert sorted(sources) == ["index (2).txt", "index.txt"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("song.mp3", b"ID3", WORDS.format_unknown),
        ("noend", b"text", WORDS.format_unknown),
        ("empty.txt", b"", WORDS.nothing_readable),
        ("blank.md", b" \n\t ", WORDS.nothing_readable),
        ("binary.txt", bytes(range(256)) * 40, WORDS.damaged),
        ("broken.pdf", b"%PDF-1.7 nothing more", WORDS.damaged),
        ("broken.docx", b"PK\x03\x04 nothing more", WORDS.damaged),
        ("huge.txt", b"x" * (MAX_MEGABYTES * 2**20 + 1), WORDS.too_large.format(megabytes=MAX_MEGABYTES)),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_file_that_cannot_be_added_is_named_with_the_reason(
    replies: Replies, samples: Assistant, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    before = len(samples.library.articles())
    said = text_of(replies.to_file(write(tmp_path, "x", content), name, words=WORDS))
    assert said == WORDS.refused.format(name=name, reason=reason)
    assert len(samples.library.articles()) == before


def test_a_file_that_vanished_is_told_calmly(replies: Replies, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = text_of(replies.to_file(tmp_path / "gone", "gone.txt", words=WORDS))
    assert said == WORDS.add_failed.format(name="gone.txt")
    assert str(tmp_path) not in said
    assert caplog.records


@pytest.mark.parametrize(
    ("error", "reason"), [(ReadOnlyLibraryError("x"), WORDS.library_read_only), (LibraryBusyError("x"), WORDS.library_busy)]
)
def test_a_library_that_takes_nothing_is_told_calmly(
    replies: Replies, samples: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def add(*_: object) -> None:
        raise error

    monkeypatch.setattr(samples.library, "add", add)
    assert text_of(replies.to_file(write(tmp_path, "x"), "a.txt", words=WORDS)) == WORDS.refused.format(name="a.txt", reason=reason)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", r"C:\Users\li\a.txt", '<img src=x onerror="alert(1)">.txt', "\u202etxt.exe.txt", ".txt"]
)
def test_a_files_name_may_be_anything(replies: Replies, samples: Assistant, tmp_path: Path, name: str) -> None:
    content = f"Notes on {name!a}\n\n{ARTICLE}"
    text_of(replies.to_file(write(tmp_path, "x", content), name, words=WORDS))
    assert not any("/" in info.source.removeprefix("/") and "etc" in info.source for info in samples.library.articles())


def test_a_hostile_article_is_quoted_as_text(replies: Replies, tmp_path: Path) -> None:
    hostile = '<script>document.title="PWNED"</script> ![x](http://evil.example/i.png)'
    text = f"Notice of the {hostile} harbour\n\n2 May 2021\n\nThe harbour master is Wei Dong <img src=x onerror=alert(1)> since May.\n"
    text_of(replies.to_file(write(tmp_path, "x", text), f"{hostile.replace('/', '')}.txt", words=WORDS))
    page = checked(replies.to_question("Who is the harbour master?", words=WORDS))
    assert "harbour" in page.texts["p"] + page.texts.get("span", "") + page.texts.get("cite", "")


def test_questions_and_additions_at_the_same_time_do_not_disturb_each_other(replies: Replies, tmp_path: Path) -> None:
    said: list[str] = []

    def ask() -> None:
        said.append(replies.to_question("who spoke at the 2022 opening", words=WORDS))

    def add(number: int) -> None:
        path = tmp_path / f"upload{number}"
        path.write_text(ARTICLE.replace("Langya", f"Number {number}"))
        said.append(replies.to_file(path, f"island{number}.txt", words=WORDS))

    threads = [threading.Thread(target=ask) for _ in range(4)] + [threading.Thread(target=add, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [text_of(source) for source in said]
    assert sum(text.startswith("Added: ") for text in texts) == 4
    assert not any(WORDS.ask_failed in text or "went wrong" in text for text in texts)


def test_nothing_is_logged_while_all_goes_well(replies: Replies, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        replies.to_question("who spoke at the 2022 opening", words=WORDS)
    assert not caplog.records
