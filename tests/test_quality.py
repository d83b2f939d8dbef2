"""A gate: answers must not get worse than the floors below. The floors lie a little under what was measured (see README.md)."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.answers import ask_all, report
from qa.evaluation import load_questions

QUESTIONS = Path(__file__).parent.parent / "benchmarks" / "questions"
SAMPLES_FLOOR = 0.68
SEEDS_FLOOR = 0.64
SPEAKERS = ("多米尼克·乔丹", "托马斯·苏德霍夫", "薛敏")


def test_the_sample_library() -> None:
    given = ask_all(load_questions(QUESTIONS / "samples.jsonl"))
    assert report(given, verbose=True) >= SAMPLES_FLOOR


def test_real_saved_pages(shared: Path) -> None:
    given = ask_all(load_questions(shared / "gold" / "seed_questions.jsonl"), articles=shared / "seeds")
    assert report(given, verbose=True) >= SEEDS_FLOOR
    flagship = next(answer for gold, answer in given if gold.question == "who spoke at the 2022 opening")
    sources = {Path(citation.source).name for item in flagship.answers for citation in (*item.citations, *item.also)}
    assert sources == {"001_627624e1bffb3f92.txt"}
    assert sorted(item.text for item in flagship.answers) == sorted(SPEAKERS)


def test_the_question_files_are_well_formed() -> None:
    for path in QUESTIONS.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len({row["id"] for row in rows}) == len(rows)
        for gold in load_questions(path):
            assert gold.kind in {"list", "fact", "time", "number", "unanswerable"}
            assert bool(gold.answers) == (gold.kind != "unanswerable")
