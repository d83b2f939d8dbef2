"""``yuanwen doctor``, ``export`` and ``import`` as a user types them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from yuanwen import app

ZH = (
    "第三届茶业论坛4月18日在杭州龙坞开幕。中国茶叶学会理事长江用文致辞，他说茶产业要靠科技。\n"
    "论坛主题是“一叶知春”，来自12个省的300多名代表参加了两天的讨论。"
)
COPY = f"来源：每日茶讯\n{ZH}\n（责任编辑：林晓岚）"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library of one article, embedded."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "2024-04-18-forum.txt").write_text(f"第三届茶业论坛在杭州开幕\n\n{ZH}", encoding="utf-8")
    assert run("add", folder).exit_code == 0
    return tmp_path / "yuanwen-home" / "library"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_library_goes_out_and_comes_in_without_being_embedded_again(home: Path, tmp_path: Path) -> None:
    exported = run("export", tmp_path / "file.yuanwen", "--with-history")
    assert exported.exit_code == 0 and "1 articles" in exported.stdout
    again = run("export", tmp_path / "file.yuanwen")
    assert again.exit_code == 1 and "already" in again.stderr
    new = tmp_path / "new"
    came = json.loads(run("import", tmp_path / "file.yuanwen", "--library", new, "--json").stdout)
    assert came["added"] == 1 and came["vectors"] > 0
    assert json.loads(run("doctor", "--library", new, "--json").stdout)["findings"] == []
    assert "1 unchanged" in run("import", tmp_path / "file.yuanwen", "--library", new).stdout
    asked = run("ask", "论坛的主题是什么？", "--library", new)
    assert "一叶知春" in asked.stdout


def test_a_file_that_is_no_library_is_refused_in_one_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    result = run("import", tmp_path / "file")
    assert result.exit_code == 1 and "no exported library" in result.stderr and "Traceback" not in result.stderr


def test_a_repost_is_counted_as_a_duplicate(home: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_text(f"论坛开幕\n\n{COPY}", encoding="utf-8")
    assert "1 duplicate" in run("add", tmp_path / "copy.txt").stdout
    assert len(json.loads(run("list", "--json").stdout)) == 1


def test_removing_a_file_says_whether_its_article_went(home: Path, tmp_path: Path) -> None:
    for name in ("copy.txt", "second.txt"):
        (tmp_path / name).write_text(f"论坛开幕\n\n{COPY}", encoding="utf-8")
        run("add", tmp_path / name)
    kept = run("remove", "copy.txt")
    assert kept.exit_code == 0 and "removed the source copy.txt; kept, as 2024-04-18-forum.txt, second.txt holds it too" in kept.stdout
    (listed,) = json.loads(run("list", "--json").stdout)
    assert [Path(source).name for source in listed["sources"]] == ["2024-04-18-forum.txt", "second.txt"]
    assert " +1 " in run("list").stdout
    (removed,) = json.loads(run("remove", tmp_path / "second.txt", "--json").stdout)
    assert [Path(source).name for source in removed["sources"]] == ["second.txt"]
    assert [(left["id"], len(left["sources"])) for left in removed["left"]] == [(listed["id"], 1)]
    assert run("remove", "2024-04-18-forum.txt").stdout.startswith("removed: 第三届茶业论坛在杭州开幕")
    assert json.loads(run("list", "--json").stdout) == []
    assert (tmp_path / "copy.txt").exists()


def test_the_list_names_the_publisher(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"第三届茶业论坛在杭州开幕\n\n2024-04-18 来源：每日茶讯\n\n{ZH}", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"title,text,来源\n另一篇,{'这是另外一件事情的报道。' * 9},Tea [Weekly]\n", encoding="utf-8")
    assert run("add", tmp_path / "a.txt", tmp_path / "b.csv").exit_code == 0
    assert {row["publisher"] for row in json.loads(run("list", "--json").stdout)} == {"每日茶讯", "Tea [Weekly]"}
    shown = run("list").stdout
    assert "每日茶讯" in shown and "Tea [Weekly]" in shown


def test_the_doctor_finds_nothing_wrong_and_says_so(home: Path) -> None:
    result = run("doctor")
    assert result.exit_code == 0 and "All is well" in result.stdout
    result = run("doctor", "--fix", "--join")
    assert result.exit_code == 0 and "index was rebuilt" in result.stdout
    assert (home / "vectors.faiss").exists()


def test_the_doctor_drops_vectors_of_nothing_only_when_told_to(home: Path) -> None:
    other = sqlite3.connect(home / "library.db")
    other.execute("INSERT INTO vector SELECT 900, embedder_id, vector FROM vector LIMIT 1")
    other.commit()
    other.close()
    told = json.loads(run("doctor", "--json").stdout)
    assert [finding["kind"] for finding in told["findings"]] == ["orphaned-vectors"] and told["findings"][0]["remedy"]
    fixed = json.loads(run("doctor", "--fix", "--json").stdout)
    assert fixed["findings"] == [] and fixed["done"]["orphaned_vectors_dropped"] == 1


@pytest.mark.parametrize("damage", ["cut", "text"])
def test_damage_alone_ends_with_exit_code_1(home: Path, damage: str) -> None:
    path = home / "library.db"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:20_000])
    else:
        other = sqlite3.connect(path)
        other.execute("UPDATE article SET text = text || 'x'")
        other.commit()
        other.close()
    result = run("doctor", "--json")
    assert result.exit_code == 1
    assert {finding["kind"] for finding in json.loads(result.stdout)["findings"]} == {"damage"}
    shown = run("doctor")
    assert shown.exit_code == 1 and "backup" in shown.stdout


def test_the_doctor_makes_no_library(tmp_path: Path) -> None:
    result = run("doctor", "--library", tmp_path / "nowhere")
    assert result.exit_code == 1 and "no library" in result.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", ["doctor", "export", "import"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and f"yuanwen {command}" in result.stdout.replace("\n", " ")
