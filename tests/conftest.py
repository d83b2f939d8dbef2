"""What every test stands on: its own user data folder, no network, the same random cases each time."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from corpus.article import Article
from corpus.library import Library

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, print_blob=False)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _own_user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANWEN_HOME", str(tmp_path / "yuanwen-home"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections to this machine itself go through (the chat window's tests need them), others fail at once."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    connect = socket.socket.connect

    def connect_locally(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise AssertionError(f"A test tried to reach {address}: tests do without a network.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_locally)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data beside the repository, where there is one."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "DESIGN.md").is_file() or not os.access(folder, os.R_OK):
        pytest.skip(f"no shared data at {folder.name}/ beside the repository")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new, empty library."""
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Makes an article of a text: its title, source and sha256 follow from the text unless they are given."""

    def make(text: str = "他说：“很好。”", **fields: Any) -> Article:
        given = {"title": text[:12], "source": f"/articles/{text[:12]}.txt", "sha256": f"bytes of {text}"}
        return Article(text=text, **(given | fields))

    return make
