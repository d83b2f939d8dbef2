"""Which library is opened, and what is said when it cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from corpus.article import Article
from corpus.errors import YuanwenError
from corpus.library import Library
from qa.places import default_library

ROOT = Path(app.__file__).parent


def test_the_samples_are_opened_while_there_is_no_library_of_ones_own() -> None:
    opened, are_samples = app.choose_library(None, samples=False)
    with opened:
        assert are_samples and len(opened.articles()) >= 5


def test_an_own_library_is_opened_once_it_holds_an_article(make_article: Callable[..., Article]) -> None:
    with Library(default_library()) as own:
        assert app.choose_library(None, samples=False)[1]
        own.add(make_article())
    opened, are_samples = app.choose_library(None, samples=False)
    with opened:
        assert not are_samples and len(opened.articles()) == 1
    assert app.choose_library(None, samples=True)[1]


def test_a_named_library_is_opened_even_when_it_is_empty(tmp_path: Path) -> None:
    opened, are_samples = app.choose_library(tmp_path / "new", samples=False)
    with opened:
        assert not are_samples and opened.articles() == []


def test_a_named_library_and_the_samples_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(YuanwenError, match="exclude each other"):
        app.choose_library(tmp_path, samples=True)


def test_help_comes_quickly_and_trouble_is_one_line(tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "app.py", *options], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert "--library" in run("--help").stdout
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    failed = run("--library", str(blocked))
    assert failed.returncode == 1
    assert failed.stderr.startswith("yuanwen: ") and "Traceback" not in failed.stderr
