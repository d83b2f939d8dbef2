"""A folder watched: what is saved there is in the library soon after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import ReadingError
from corpus.library import Change, Library
from corpus.watching import Noticed, watch

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，理事长江用文致辞。论坛主题是“一叶知春”。"


@pytest.fixture
def watching(tmp_path: Path, library: Library) -> Iterator[Iterator[Noticed]]:
    (tmp_path / "articles").mkdir()
    stop = threading.Event()
    yield watch(library, [tmp_path / "articles"], stop=stop)
    stop.set()


def saved(path: Path, text: str) -> None:
    """By another program, in a moment, when the folder is being watched."""
    threading.Timer(1.0, lambda: path.write_text(text, encoding="utf-8")).start()


def test_new_changed_and_deleted_files_are_noticed(tmp_path: Path, library: Library, watching: Iterator[Noticed]) -> None:
    path = tmp_path / "articles" / "tea.txt"
    saved(path, TEXT)
    noticed = next(watching)
    assert [(Path(o.source).name, o.change) for o in noticed.outcomes] == [("tea.txt", Change.ADDED)]
    saved(path, TEXT.replace("一叶知春", "万里茶香"))
    assert [o.change for o in next(watching).outcomes] == [Change.UPDATED]
    saved(tmp_path / "articles" / ".tea.txt.swp", TEXT)  # no article: nothing to tell
    threading.Timer(2.0, path.unlink).start()
    noticed = next(watching)
    assert noticed == Noticed((), (path.resolve(),))
    assert "万里茶香" in library.article(library.articles()[0].id).text  # it stays


def test_a_folder_that_comes_with_files_is_looked_into(tmp_path: Path, watching: Iterator[Noticed]) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "tea.txt").write_text(TEXT, encoding="utf-8")
    threading.Timer(1.0, lambda: (tmp_path / "elsewhere").rename(tmp_path / "articles" / "moved")).start()
    assert [Path(o.source).name for o in next(watching).outcomes] == ["tea.txt"]


def test_only_folders_that_are_there_can_be_watched(tmp_path: Path, library: Library) -> None:
    with pytest.raises(ReadingError, match="nowhere is no folder"):
        next(watch(library, [tmp_path / "nowhere"]))
