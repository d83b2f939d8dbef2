"""Whatever is handed in, one calm outcome for each article comes back, and the library holds what can be held."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chat.adding import MAX_MEGABYTES, Added, Adding, is_address
from chat.wording import WORDINGS
from corpus.errors import LibraryBusyError, ReadingError, ReadOnlyLibraryError
from corpus.fetching import Fetched
from corpus.library import Change

if TYPE_CHECKING:
    from qa.assistant import Assistant

WORDS = WORDINGS["en"]
HANS = WORDINGS["zh-Hans"]

ARTICLE = """Ferry service to Langya island resumes

1 March 2021

The ferry to Langya island sailed again on Monday after two years. Captain Ouyang Ping welcomed 212 passengers on the first crossing.
"""


@pytest.fixture
def adding(samples: Assistant) -> Adding:
    return Adding(samples)


@pytest.fixture
def drop(adding: Adding, tmp_path: Path) -> Callable[..., list[Added]]:
    """Adds a file as an upload lies on disk: the name it has there says nothing."""

    def drop(name: str, content: str | bytes = ARTICLE) -> list[Added]:
        path = tmp_path / "upload"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return adding.file(path, name)

    return drop


def sentence(added: list[Added]) -> str:
    return " | ".join(one.sentence(WORDS) for one in added)


def test_a_file_is_kept_under_its_own_name_and_answers_at_once(adding: Adding, samples: Assistant, tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    path = tmp_path / "x"
    path.write_text(ARTICLE)
    said = sentence(adding.file(path, "/tmp/upload/ferry.txt", progress=lambda *done: reports.append(done)))
    assert said == "Added: Ferry service to Langya island resumes (2021-03-01)"
    assert "ferry.txt" in {info.source for info in samples.library.articles()}
    assert reports and reports[-1][0] == reports[-1][1]
    assert any("Ouyang Ping" in item.text for item in samples.ask("Who is the captain of the ferry to Langya island?").answers)


def test_the_same_file_again_a_copy_and_a_new_version_are_each_named(drop: Callable[..., list[Added]]) -> None:
    text = ARTICLE.replace("Langya", "Tiger")
    said = [
        sentence(drop(name, content))
        for name, content in [
            ("tiger.txt", text),
            ("tiger.txt", text),
            ("copy.txt", text),
            (
                "tiger.txt",
                text.replace("212", "350").replace("Monday after", "Friday, as the storms of the whole winter had ended after"),
            ),
        ]
    ]
    assert said[0].startswith("Added: ")
    assert said[1] == WORDS.unchanged.format(name="tiger.txt")
    assert said[2].startswith("copy.txt is the same as an article in the library, Ferry service to Tiger island resumes")
    assert said[3].startswith("Updated: Ferry service to Tiger island resumes")


def test_another_article_of_the_same_file_name_replaces_nothing(drop: Callable[..., list[Added]], samples: Assistant) -> None:
    crab = ARTICLE.replace("Langya", "Crab")
    gull = "Gull colony counted\n\n4 June 2020\n\nWardens of the northern cliffs counted 1,940 pairs of gulls, said the warden Xu Lan.\n"
    for text in (crab, gull, gull):
        drop("index.txt", text)
    names = {source for info in samples.library.articles() for source in info.sources if source.startswith("index")}
    assert names == {"index.txt", "index (2).txt"}


def test_a_file_of_several_articles_is_told_article_by_article(drop: Callable[..., list[Added]], samples: Assistant) -> None:
    rows = [
        ("Harbour dredged", "Engineer Tan Bo said the harbour is nine metres deep again after the dredging of the spring."),
        ("Orchard planted", "Volunteers led by Mei Ruo planted four hundred pear trees along the southern wall of the monastery."),
    ]
    added = drop("notes.csv", "title,text\n" + "".join(f'{title},"{text}"\n' for title, text in rows))
    assert [one.change for one in added] == [Change.ADDED, Change.ADDED]
    assert {one.title for one in added} == {title for title, _ in rows}
    assert {one.article_id for one in added} <= {info.id for info in samples.library.articles()}


@pytest.mark.parametrize(
    ("name", "content", "trouble"),
    [
        ("song.mp3", b"ID3", "format_unknown"),
        ("noend", b"text", "format_unknown"),
        ("empty.txt", b"", "nothing_readable"),
        ("blank.md", b" \n\t ", "nothing_readable"),
        ("binary.txt", bytes(range(256)) * 40, "damaged"),
        ("broken.pdf", b"%PDF-1.7 nothing more", "damaged"),
        ("broken.docx", b"PK\x03\x04 nothing more", "damaged"),
        ("huge.txt", b"x" * (MAX_MEGABYTES * 2**20 + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_file_that_cannot_be_added_is_named_with_the_reason(
    drop: Callable[..., list[Added]], samples: Assistant, tmp_path: Path, name: str, content: bytes, trouble: str
) -> None:
    before = len(samples.library.articles())
    (added,) = drop(name, content)
    assert (added.change, added.trouble) == (None, trouble)
    reason = getattr(HANS, trouble).format(megabytes=MAX_MEGABYTES)
    assert added.sentence(HANS) == HANS.refused.format(name=name, reason=reason)
    said = added.sentence(WORDS)
    assert said.startswith(f"{name} was not added: ") and str(tmp_path) not in said
    assert len(samples.library.articles()) == before


def test_a_file_that_vanished_is_told_calmly(adding: Adding, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = sentence(adding.file(tmp_path / "gone", "gone.txt"))
    assert said == WORDS.add_failed.format(name="gone.txt")
    assert caplog.records


@pytest.mark.parametrize(
    ("error", "reason"), [(ReadOnlyLibraryError("x"), WORDS.library_read_only), (LibraryBusyError("x"), WORDS.library_busy)]
)
def test_a_library_that_takes_nothing_is_told_calmly(
    drop: Callable[..., list[Added]], samples: Assistant, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def add(*_: object) -> None:
        raise error

    monkeypatch.setattr(samples.library, "add", add)
    assert sentence(drop("a.txt", ARTICLE.replace("Langya", "Heron"))) == WORDS.refused.format(name="a.txt", reason=reason)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", r"C:\Users\li\a.txt", '<img src=x onerror="alert(1)">.txt', "\u202etxt.exe.txt", ".txt", "a#b!c.txt"]
)
def test_a_files_name_may_be_anything(drop: Callable[..., list[Added]], samples: Assistant, name: str) -> None:
    drop(name, f"Notes on {name!a}\n\n{ARTICLE}")
    assert not any("/" in info.source or "\\" in info.source for info in samples.library.articles() if "samples" not in info.source)


def test_a_pasted_text_is_an_article_of_its_own(adding: Adding, samples: Assistant) -> None:
    texts = [f"Bulletin {number}\n\nThe {thing} was opened by Lin Qiao." for number, thing in enumerate(("mill", "weir", "old lock"))]
    added = [one for text in texts for one in adding.text(text, name="pasted text")]
    assert [one.title for one in added] == ["Bulletin 0", "Bulletin 1", "Bulletin 2"]
    sources = {source for info in samples.library.articles() for source in info.sources if source.startswith("pasted")}
    assert sources == {"pasted text.txt", "pasted text (2).txt", "pasted text (3).txt"}


def test_a_pasted_text_that_is_too_long_is_refused(adding: Adding) -> None:
    (added,) = adding.text("字" * (MAX_MEGABYTES * 2**20 // 3 + 1), name="pasted")
    assert (added.change, added.trouble) == (None, "too_large")


def test_an_address_is_fetched_and_kept_with_where_it_came_from(
    adding: Adding, samples: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://news.example.org/2021/ferry"
    text = "The ferry to Moon island sailed. " * 12
    page = f"<html><head><title>Ferry sails</title></head><body><article><p>{text}</p></article></body></html>"
    fetched = Fetched(data=page.encode(), asked=address, url=address, charset="utf-8")
    monkeypatch.setattr("corpus.fetching.shared_fetcher", lambda: _Canned(fetched))
    (added,) = adding.address(address)
    assert added.change is Change.ADDED
    info = next(info for info in samples.library.articles() if info.id == added.article_id)
    assert (info.source, info.url) == (address, address)


def test_without_a_network_an_address_gets_a_clear_sentence(adding: Adding, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://news.example.org/ferry"
    error = ReadingError(f"{address}: the site can't be reached. Is there a network?")
    monkeypatch.setattr("corpus.fetching.shared_fetcher", lambda: _Canned(error))
    (added,) = adding.address(address)
    assert added.sentence(WORDS) == "https://news.example.org/ferry was not added: the site can't be reached. Is there a network?"
    assert WORDINGS["zh-Hans"].library.unreachable in added.sentence(HANS)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript://x/%0aalert(1)", "ftp://example.org/a.txt"])
def test_only_the_web_is_asked(adding: Adding, address: str) -> None:
    assert is_address(address)
    (added,) = adding.address(address)
    assert (added.change, added.trouble) == (None, "not_web")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://localhost/", "http://169.254.169.254/latest/meta-data"])
def test_this_machine_and_its_network_are_not_asked(adding: Adding, address: str) -> None:
    (added,) = adding.address(address)
    assert (added.change, added.trouble) == (None, "unreachable")
    assert "private" in added.sentence(WORDS)


def test_files_at_the_same_time_are_all_added(adding: Adding, tmp_path: Path) -> None:
    told: list[Added] = []
    birds = ("heron", "stork", "crane", "egret")

    def add(bird: str) -> None:
        path = tmp_path / bird
        path.write_text(f"The {bird} report\n\n{' '.join(f'{bird.title()} number {n} was ringed by Guo {bird}{n}.' for n in range(6))}")
        told.extend(adding.file(path, f"{bird}.txt"))

    threads = [threading.Thread(target=add, args=(bird,)) for bird in birds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.change for one in told] == [Change.ADDED] * len(birds)


def test_every_trouble_has_a_sentence_in_every_language() -> None:
    for trouble in ("format_unknown", "too_large", "nothing_readable", "damaged", "unreachable", "not_web", "library_busy", "add_failed"):
        said = {Added(name="a.txt", change=None, trouble=trouble).sentence(words) for words in WORDINGS.values()}
        assert len(said) == 3 and all("a.txt" in one and "{" not in one for one in said)


def test_nothing_is_logged_while_all_goes_well(drop: Callable[..., list[Added]], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        drop("well.txt", ARTICLE.replace("Langya", "Well"))
    assert not caplog.records


class _Canned:
    """A fetcher that has one thing to give."""

    def __init__(self, given: Fetched | ReadingError) -> None:
        self._given = given

    def fetch(self, address: str) -> Fetched:
        if isinstance(self._given, ReadingError):
            raise self._given
        assert address == self._given.asked
        return self._given
