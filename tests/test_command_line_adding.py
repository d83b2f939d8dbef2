"""``yuanwen add`` in all its ways: standard input, addresses, named fields, reports, folders watched."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from embeddings.e5 import E5Embedder
from yuanwen import app

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，理事长江用文致辞。论坛主题是“一叶知春”。"


def run(*arguments: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["add", *(str(argument) for argument in arguments)], input=given)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    return found


def test_standard_input_is_an_article_under_its_name() -> None:
    assert run("-", "--name", "tea.txt", given=TEXT).exit_code == 0
    assert "1 updated" in run("-", "--name", "tea.txt", given=TEXT.replace("一叶知春", "万里茶香")).stdout
    assert [row["source"] for row in listed()] == ["tea.txt"]


def test_texts_without_a_name_do_not_replace_one_another() -> None:
    for text in (TEXT, "新建的三座图书馆预计明年完工，总投资五亿元，市长说。"):
        assert "1 added" in run("-", given=text).stdout
    assert len({row["source"] for row in listed()}) == 2


def test_the_report_counts_and_names_what_failed(tmp_path: Path) -> None:
    (tmp_path / "tea.csv").write_text(f"kicker,words\n论坛,{TEXT}\n无,\n", encoding="utf-8")
    refused = run(tmp_path)
    assert refused.exit_code == 1 and "kicker, words" in refused.stderr and "--field" in refused.stderr
    fields = ("--field", "text=words", "--field", "title=kicker")
    report = json.loads(run(tmp_path, *fields, "--json").stdout)
    assert report["counts"] == {"added": 1, "updated": 0, "unchanged": 0, "duplicate": 0, "removed": 0, "failed": 1}
    assert [Path(row["source"]).name for row in report["files"]] == ["tea.csv#1", "tea.csv#2"]
    assert report["files"][0]["id"] == listed()[0]["id"] and "tea.csv#2" in report["files"][1]["error"]
    (tmp_path / "tea.csv").write_text("kicker,words\n", encoding="utf-8")
    assert "1 removed" in run(tmp_path, *fields).stdout


def test_a_library_of_another_embedder_is_embedded_anew_without_adding_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("-", given=TEXT).exit_code == 0
    monkeypatch.setattr(E5Embedder, "fingerprint", "a later model")
    asked = CliRunner().invoke(app, ["ask", "谁致辞"])
    assert asked.exit_code == 1 and "yuanwen add --reembed" in asked.stderr
    anew = run("--reembed")
    assert anew.exit_code == 0 and "embedded" in anew.stdout
    assert "江用文" in CliRunner().invoke(app, ["ask", "谁致辞"]).stdout
    assert run().exit_code == 2


def test_of_many_failures_the_first_are_named(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_bytes(b"")
    result = run(tmp_path)
    assert result.exit_code == 1 and "30 failed" in result.stdout
    assert "19.txt" in result.stderr and "20.txt" not in result.stderr and "10 more" in result.stderr


def test_addresses_are_fetched_one_by_one_or_from_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    (tmp_path / "list.txt").write_text("# to read\nhttps://b.example/2\n\nhttps://a.example/1\n", encoding="utf-8")
    result = run("https://a.example/1", "--urls", tmp_path / "list.txt")
    assert result.exit_code == 1 and "2 failed" in result.stdout
    assert "a.example can't be reached" in result.stderr and "b.example can't be reached" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name what to add"),
        (["a.txt", "--name", "b"], "--name is for"),
        (["--watch", "-"], "--watch needs a folder"),
        (["a.txt", "--field", "text"], "text=body"),
        (["-", "--field", "body=text"], "no field 'body'"),
        (["--urls", "nowhere.txt"], "nowhere.txt"),
    ],
)
def test_what_cannot_be_meant_is_told(arguments: list[str], said: str) -> None:
    result = run(*arguments, given=TEXT)
    assert result.exit_code != 0 and said in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_watched_folder_is_added_to_until_ctrl_c(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    environment = {**os.environ, "YUANWEN_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "yuanwen", "add", "--watch", str(folder), "--json"]
    watching = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watching.stdout is not None and watching.stderr is not None
    assert json.loads(watching.stdout.readline())["files"] == []
    while "Watching" not in watching.stderr.readline():
        assert watching.poll() is None
    time.sleep(1.0)  # it says so just before it does
    (folder / "tea.txt").write_text(TEXT, encoding="utf-8")
    noticed = json.loads(watching.stdout.readline())
    assert noticed["counts"]["added"] == 1 and noticed["files"][0]["source"].endswith("tea.txt")
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate()
    assert watching.returncode == 0 and "Stopped watching" in said and "Traceback" not in said
