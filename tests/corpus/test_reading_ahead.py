"""Pages read by several processes give the very library that one process makes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from corpus import reading_ahead
from corpus.intake import add_files
from corpus.library import Change, Library
from corpus.reading import read_file, read_part
from corpus.reading.formats import open_file
from corpus.reading_ahead import ReadingAhead

PAGE = "<html><head><title>Harbour {n}</title></head><body><article><h1>Harbour {n}</h1>{body}</article></body></html>"


def pages(folder: Path, count: int = 12) -> list[Path]:
    paths = []
    for n in range(count):
        body = "".join(f"<p>Sentence {n}.{i} tells of crane number {n * 31 + i * 7} in the harbour of town {n}.</p>" for i in range(6))
        path = folder / f"{n:02}.html"
        path.write_text(PAGE.format(n=n, body=body), encoding="utf-8")
        paths.append(path)
    (folder / "empty.html").write_text("<html><body></body></html>", encoding="utf-8")
    return paths


def told(library: Library) -> list[tuple[str, str, str]]:
    return sorted((article.source, article.title, library.article(article.id).text) for article in library.articles())


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "LEAST", 5)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_the_library_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    pages(folder)
    begun: list[Path] = []
    begin = ReadingAhead._begin

    def noted(self: ReadingAhead, count: int) -> None:
        begin(self, count)
        begun.extend(path for path in self._begun if path not in begun)

    monkeypatch.setattr(ReadingAhead, "_begin", noted)
    with Library(tmp_path / "alone") as library:
        alone = [(o.source, o.change, o.error, o.empty) for o in add_files(library, [folder])]
        expected = told(library)
    assert not begun
    monkeypatch.setattr(reading_ahead, "LEAST", 5)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with Library(tmp_path / "together") as library:
        assert [(o.source, o.change, o.error, o.empty) for o in add_files(library, [folder])] == alone
        assert told(library) == expected
        assert len(begun) == 13
        again = add_files(library, [folder])
        assert {o.change for o in again if o.error is None} == {Change.UNCHANGED}
        assert len(begun) == 13, "what the library has is not read again"


def test_a_process_that_dies_costs_nothing(tmp_path: Path, two_processes: None) -> None:
    paths = pages(tmp_path)
    with ReadingAhead(paths, lambda path: True) as ahead:
        for path in paths[:2]:
            part = next(open_file(path.read_bytes(), name=str(path)).each())
            assert ahead.article(path, part) == read_file(path)
        assert ahead._executor is not None
        for process in list(ahead._executor._processes):  # type: ignore[attr-defined]
            os.kill(process, signal.SIGKILL)
        for path in paths[2:]:
            part = next(open_file(path.read_bytes(), name=str(path)).each())
            assert ahead.article(path, part) == read_part(part, name=str(path))


def test_a_page_that_changed_meanwhile_is_read_as_it_is_now(tmp_path: Path, two_processes: None) -> None:
    paths = pages(tmp_path)
    with ReadingAhead(paths, lambda path: True) as ahead:
        first = next(open_file(paths[0].read_bytes(), name=str(paths[0])).each())
        ahead.article(paths[0], first)
        changed = paths[1].read_text(encoding="utf-8").replace("harbour of town", "airport of town").encode()
        part = next(open_file(changed, name=str(paths[1])).each())
        assert "airport of town 1" in ahead.article(paths[1], part).text


def test_few_pages_start_no_process(tmp_path: Path) -> None:
    with ReadingAhead(pages(tmp_path), lambda path: True) as ahead:
        assert ahead._executor is None
