"""The commands as a user types them, in a process of their own where start-up or signals matter."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from yuanwen import app

COMMANDS = ("ask", "batch", "add", "list", "remove", "serve")
ZH = "第三届茶业论坛4月18日在杭州龙坞开幕。中国茶叶学会理事长江用文致辞。\n论坛主题是“一叶知春”。"
EN = "The third tea forum opened on 18 April in Longwu, Hangzhou. Its theme is One Leaf Tells of Spring."


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "2024-04-18-forum.txt").write_text(f"第三届茶业论坛在杭州开幕\n\n{ZH}", encoding="utf-8")
    (folder / "forum.en.md").write_text(f"# Third tea forum opens\n\n2024-04-18\n\n{EN}", encoding="utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_add_ask_list_remove(articles: Path) -> None:
    added = run("add", articles)
    assert added.exit_code == 0 and "2 added" in added.stdout
    assert "2 unchanged" in run("add", articles).stdout

    asked = run("ask", "论坛的主题是什么？")
    assert asked.exit_code == 0 and "一叶知春" in asked.stdout and "2024-04-18" in asked.stdout

    listed = json.loads(run("list", "--json").stdout)
    assert {row["language"] for row in listed} == {"zh", "en"}
    removed = run("remove", listed[0]["id"][:6])
    assert removed.exit_code == 0 and listed[0]["title"] in removed.stdout
    assert len(json.loads(run("list", "--json").stdout)) == 1


def test_a_changed_file_replaces_its_old_version(articles: Path) -> None:
    run("add", articles)
    (articles / "2024-04-18-forum.txt").write_text(f"第三届茶业论坛在杭州开幕\n\n{ZH.replace('一叶知春', '万里茶香')}", encoding="utf-8")
    said = run("add", articles).stdout
    assert "1 updated" in said and "1 unchanged" in said
    answer = json.loads(run("ask", "论坛的主题是什么？", "--json").stdout)
    assert "一叶知春" not in json.dumps(answer, ensure_ascii=False)


def test_json_output_is_json_alone(articles: Path) -> None:
    answer = json.loads(run("ask", "who gave an address", "--articles", articles, "--json").stdout)
    assert set(answer) >= {"question", "found", "text", "confidence", "answers", "nearest", "elapsed_ms"}


def test_batch_writes_one_line_for_each_question(articles: Path, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    rows = [{"id": "a", "question": "论坛在哪里开幕？"}, {"id": 7, "question": "Who won the chess match?"}]
    questions.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    assert run("batch", questions, answers, "--articles", articles).exit_code == 0
    given = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in given] == ["a", 7]
    assert given[0]["found"] and not given[1]["found"]


@pytest.mark.parametrize("line", ["not json", '{"id": 1}', '{"question": "who"}', '{"id": 1, "question": " "}', "[]"])
def test_batch_names_the_line_that_is_wrong(articles: Path, tmp_path: Path, line: str) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": 0, "question": "谁"}\n' + line, encoding="utf-8")
    result = run("batch", questions, "--articles", articles)
    assert result.exit_code == 1 and "Line 2" in result.stderr


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_refused(articles: Path, question: str) -> None:
    result = run("ask", question, "--articles", articles)
    assert result.exit_code == 1 and "empty" in result.stderr


def test_an_empty_library_says_how_to_fill_it() -> None:
    result = run("ask", "who?")
    assert result.exit_code == 1 and "yuanwen add" in result.stderr


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    result = run("add", tmp_path / "nowhere")
    assert result.exit_code == 1 and "nowhere" in result.stderr


def test_what_cannot_be_read_is_reported_and_the_rest_goes_on(articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    (articles / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    result = run("add", articles)
    assert result.exit_code == 0  # something worked
    assert "2 added" in result.stdout and "2 failed" in result.stdout
    assert "empty.txt" in result.stderr and "picture.txt" in result.stderr


def test_an_unknown_article_cannot_be_removed(articles: Path) -> None:
    run("add", articles)
    result = run("remove", "ffffffff")
    assert result.exit_code == 1 and "ffffffff" in result.stderr


def test_a_wrong_date_is_refused(articles: Path) -> None:
    result = run("ask", "who?", "--articles", articles, "--since", "yesterday")
    assert result.exit_code == 2 and "yesterday" in result.stderr


def test_dates_bound_the_articles(articles: Path) -> None:
    assert json.loads(run("ask", "论坛的主题是什么？", "-a", articles, "--since", "2024-01-01", "--json").stdout)["found"]
    assert not json.loads(run("ask", "论坛的主题是什么？", "-a", articles, "--until", "2023-12-31", "--json").stdout)["found"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and f"yuanwen {command}" in result.stdout.replace("\n", " ")
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"yuanwen {command}" in readme


def test_help_opens_no_model() -> None:
    code = "import contextlib, sys, yuanwen\nwith contextlib.suppress(SystemExit): yuanwen.app(['--help'])\nprint(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("'torch'", "'gradio'", "'onnxruntime'", "'faiss'", "'numpy'", "'trafilatura'"):
        assert heavy not in shown


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    folder, home = tmp_path / "many", tmp_path / "home"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number}.txt").write_text(
            f"第{number}号通知\n\n" + f"第{number}次会议在第{number}会议室召开，议题是节水。" * 8, encoding="utf-8"
        )
    environment = {**os.environ, "YUANWEN_HOME": str(home)}
    command = [sys.executable, "-m", "yuanwen", "add", str(folder)]
    adding = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    log = home / "library" / "library.db-wal"  # grows at the first commit, long before all is read and embedded
    while adding.poll() is None and not (log.exists() and log.stat().st_size > 100_000):
        time.sleep(0.01)
    adding.send_signal(signal.SIGINT)
    _, said = adding.communicate()
    assert adding.returncode == 130 and "run the same command again" in said and "Traceback" not in said
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "unchanged" in again.stdout or "added" in again.stdout
    listed = subprocess.run([*command[:3], "list", "--json"], env=environment, capture_output=True, text=True, check=True)
    assert len(json.loads(listed.stdout)) == 400
