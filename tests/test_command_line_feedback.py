"""``yuanwen eval``, ``feedback`` and ``history`` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from corpus.article import Article
from corpus.feedback import Verdict
from corpus.library import Library
from qa.assistant import Assistant
from qa.calibration import calibration_of
from qa.places import default_library
from yuanwen import app

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕。中国茶叶学会理事长江用文致辞。\n论坛主题是“一叶知春”。"
COMMANDS = [
    ("eval",),
    *(("feedback", name) for name in ("list", "export", "remove", "refit")),
    *(("history", name) for name in ("list", "show", "export", "remove")),
]


def run(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def forum() -> Article:
    """An article in the user's own library, which the commands open by themselves."""
    article = Article(title="第三届茶业论坛", text=TEXT, source="/forum.txt", sha256="1", language="zh")
    with Library(default_library()) as library:
        library.add(article)
    return article


def judge(article: Article, question: str, words: str, verdict: Verdict, confidence: float | None = None) -> int:
    start = article.text.index(words)
    with Library(default_library()) as library:
        return library.give_feedback(question, verdict, article_id=article.id, start=start, end=start + len(words), confidence=confidence)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0 and f"Example: yuanwen {' '.join(command)}" in " ".join(result.stdout.split())


# --- eval


def test_eval_scores_a_file_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "forum.txt").write_text(f"第三届茶业论坛\n\n{TEXT}", encoding="utf-8")
    rows = [
        {"id": "a", "question": "论坛的主题是什么？", "answers": [["一叶知春"]]},
        {"id": "b", "question": "Who won the chess match?", "answers": []},
        {"id": "c", "question": "论坛在哪里开幕？", "answers": [["火星"]]},
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    found = json.loads(run("eval", questions, "--articles", tmp_path / "articles", "--json").stdout)
    assert [row["id"] for row in found["results"]] == ["a", "b", "c"]
    assert found["outcomes"]["right"] == 1 and found["outcomes"]["rightly declined"] == 1
    assert found["score"] == pytest.approx(2 / 3, abs=1e-4)
    shown = run("eval", questions, "--articles", tmp_path / "articles", "--verbose")
    assert shown.exit_code == 0
    assert "火星" in shown.stdout and "rightly declined" in shown.stdout and "0.667" in shown.stdout


def test_eval_without_a_file_asks_what_was_judged(forum: Article) -> None:
    judge(forum, "论坛的主题是什么？", "一叶知春", Verdict.RIGHT)
    judge(forum, "论坛在哪里开幕？", "4月18日", Verdict.WRONG)
    result = run("eval", "--json")
    found = json.loads(result.stdout)
    assert found["questions"] == 1 and found["results"][0]["outcome"] == "right" and found["left_out"] == 1


def test_eval_says_what_is_missing(tmp_path: Path, forum: Article) -> None:
    nothing = run("eval")
    assert nothing.exit_code == 1 and "no verdicts" in nothing.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"question": "谁？", "answers": []}\n{"question": "谁？"}', encoding="utf-8")
    for path in (broken, tmp_path / "nowhere.jsonl"):
        result = run("eval", path)
        assert result.exit_code == 1 and path.name in result.stderr


# --- feedback


def test_verdicts_are_listed_exported_evaluated_and_removed(tmp_path: Path, forum: Article) -> None:
    first = judge(forum, "论坛的主题是什么？", "一叶知春", Verdict.RIGHT, 0.7)
    second = judge(forum, "[bold]谁致辞？", "龙坞", Verdict.WRONG)
    listed = json.loads(run("feedback", "list", "--json").stdout)
    assert [row["id"] for row in listed] == [first, second]
    assert listed[0]["answer_text"] == "一叶知春" and listed[0]["confidence"] == 0.7 and listed[0]["article_id"] == forum.id
    shown = run("feedback", "list").stdout
    assert "[bold]谁致辞" in shown and "wrong" in shown

    file = tmp_path / "mine.json"
    assert "1 questions" in run("feedback", "export", file).stdout
    squad = json.loads(file.read_text(encoding="utf-8"))
    assert json.loads(run("feedback", "export").stdout) == squad
    assert json.loads(run("eval", file, "--json").stdout)["outcomes"]["right"] == 1

    missing = run("feedback", "remove", second, 999)
    assert missing.exit_code == 1 and "999" in missing.stderr
    assert "removed: 1" in run("feedback", "remove", second).stdout
    assert run("feedback", "remove").exit_code == run("feedback", "remove", first, "--all").exit_code == 2
    assert "removed: 1" in run("feedback", "remove", "--all").stdout
    assert json.loads(run("feedback", "list", "--json").stdout) == []
    assert "no verdicts" in run("feedback", "list").stdout


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, forum: Article) -> None:
    result = run("feedback", "export", tmp_path / "nowhere" / "mine.json")
    assert result.exit_code == 1 and "mine.json" in result.stderr


def give_many(article: Article, count: int, *, offset: float) -> None:
    """Verdicts on answers whose confidence is ``offset`` too high on its logit."""
    rng = np.random.default_rng(0)
    with Library(default_library()) as library, library.batch():
        for number in range(count):
            shown = float(rng.uniform(0.25, 0.95))
            right = rng.random() < 1 / (1 + (1 / shown - 1) * np.exp(offset))
            verdict = Verdict.RIGHT if right else Verdict.WRONG
            library.give_feedback(f"问题{number}", verdict, article_id=article.id, start=3, end=5, confidence=round(shown, 4))


def test_refit_makes_the_next_answers_less_sure_and_forget_undoes_it(forum: Article) -> None:
    few = run("feedback", "refit")
    assert few.exit_code == 1 and "too few" in few.stderr
    give_many(forum, 120, offset=2.0)

    with Library(default_library()) as library:
        assistant = Assistant(library)
        assistant.sync()
        sure = assistant.ask("论坛的主题是什么？").confidence
        tried = json.loads(run("feedback", "refit", "--try", "--json").stdout)
        assert tried["helps"] and not tried["stored"] and calibration_of(library) is None
        assert tried["after"] < tried["before"]

        kept = run("feedback", "refit")
        assert kept.exit_code == 0 and "log loss" in kept.stdout and "--forget" in kept.stdout
        fitted = calibration_of(library)
        assert fitted is not None
        # The very assistant that was open all the time, as that of a running chat is.
        assert assistant.ask("论坛的主题是什么？").confidence == pytest.approx(fitted.confidence(sure), abs=1e-4)

        assert "again" in run("feedback", "refit", "--forget").stdout
        assert assistant.ask("论坛的主题是什么？").confidence == sure
        assert json.loads(run("feedback", "refit", "--forget", "--json").stdout) == {"forgotten": False}


def test_a_refit_that_does_not_help_is_not_kept(forum: Article) -> None:
    give_many(forum, 120, offset=0.0)
    result = run("feedback", "refit")
    assert result.exit_code == 1 and "Not stored" in result.stdout
    with Library(default_library()) as library:
        assert calibration_of(library) is None


def test_forget_and_try_exclude_each_other(forum: Article) -> None:
    assert run("feedback", "refit", "--forget", "--try").exit_code == 2


# --- history


@pytest.fixture
def talk(forum: Article) -> list[str]:
    """Two conversations, one of two turns; the ids, the latest first."""
    with Library(default_library()) as library:
        assistant = Assistant(library)
        assistant.sync()
        first = library.add_turn(None, "论坛的主题是什么？", assistant.ask("论坛的主题是什么？").to_dict())
        library.add_turn(first, "Who won the chess match?", assistant.ask("Who won the chess match?").to_dict())
        return [library.add_turn(None, "[bold]谁*致辞*？", {"written": "by a later version"}), first]


def test_conversations_are_listed_and_shown(talk: list[str]) -> None:
    listed = json.loads(run("history", "list", "--json").stdout)
    assert [(row["id"], row["turns"]) for row in listed] == [(talk[0], 1), (talk[1], 2)]
    assert [row["id"] for row in json.loads(run("history", "list", "--limit", 1, "--skip", 1, "--json").stdout)] == [talk[1]]
    table = run("history", "list").stdout
    assert talk[0][:8] in table and "[bold]谁*致辞*？" in table
    shown = run("history", "show", talk[1][:6]).stdout
    assert "一叶知春" in shown and "第三届茶业论坛" in shown and "Not in your articles" in shown
    assert "another version" in run("history", "show", talk[0]).stdout
    plain = json.loads(run("history", "show", talk[0], "--json").stdout)
    assert plain["id"] == talk[0] and plain["turns"][0]["answer"] == {"written": "by a later version"}


def test_conversations_are_exported(talk: list[str], tmp_path: Path) -> None:
    everything = json.loads(run("history", "export", "--format", "json").stdout)
    assert [conversation["id"] for conversation in everything] == talk
    assert [turn["question"] for turn in everything[1]["turns"]] == ["论坛的主题是什么？", "Who won the chess match?"]
    assert everything[1]["turns"][0]["answer"]["answers"][0]["citations"]

    for name in ("one.json", "one.md"):
        assert run("history", "export", talk[1], talk[1][:8], "--output", tmp_path / name).stdout.startswith("1 conversations")
    assert json.loads((tmp_path / "one.json").read_text(encoding="utf-8")) == everything[1:]
    markdown = (tmp_path / "one.md").read_text(encoding="utf-8")
    assert markdown.startswith("# ") and "一叶知春" in markdown
    assert "\\*致辞\\*" in run("history", "export").stdout


def test_conversations_are_removed(talk: list[str]) -> None:
    unknown = run("history", "remove", talk[0], "ffffffff")
    assert unknown.exit_code == 1 and "ffffffff" in unknown.stderr
    assert len(json.loads(run("history", "list", "--json").stdout)) == 2  # none is removed before all are found
    assert "论坛的主题" in run("history", "remove", talk[1][:8]).stdout
    assert run("history", "show", talk[1]).exit_code == 1
    assert run("history", "remove").exit_code == 2
    assert run("history", "remove", "--all").exit_code == 0
    assert "no conversations" in run("history", "list").stdout
