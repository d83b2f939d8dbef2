from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reading.sets import DEFAULT_DATA, SPEAKERS, bipar_crossed, kept_out, load, question, sample, speakers
from training.data import held_out

ROWS = [json.loads(line) for line in SPEAKERS.read_text(encoding="utf-8").splitlines()]


def row(**fields: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": "1", "lang_q": "zh", "lang_c": "zh-Hant", "context": "甲和乙。", "question": " 谁？", "answers": []}
    return plain | fields


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))


def test_answers_are_alternatives_unless_all_are_asked_for() -> None:
    both = [{"text": "甲", "start": 0}, {"text": "乙", "start": 2}, {"text": "甲", "start": 0}]
    assert question(row(answers=both, alt_texts=["丙"])).answers == (("甲", "乙", "丙"),)
    assert question(row(answers=both, mode="all")).answers == (("甲",), ("乙",))
    assert question(row(answers=both, is_impossible=True)).answers == ()
    assert question(row()).context_language == "zh"


def test_rows_without_a_span_or_shared_with_another_file_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "qa" / "some.jsonl.gz", [row(), row(yesno="YES"), row(overlaps=["other"])])
    assert len(load(tmp_path, "some")) == 2
    assert len(load(tmp_path, "some", without_overlaps=True)) == 1


def test_a_missing_set_is_said_with_the_option_that_helps(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--data"):
        load(tmp_path, "none")


def test_a_sample_is_the_same_every_time_and_in_order() -> None:
    assert sample(range(100), 10) == sample(range(100), 10) == sorted(sample(range(100), 10))
    assert sample(range(3), 10) == sample(range(3), None) == [0, 1, 2]


def test_only_contexts_that_training_leaves_out_are_kept() -> None:
    questions = [question(row(context=f"甲{number}")) for number in range(60)]
    kept = kept_out(questions)
    assert 0 < len(kept) < len(questions)
    assert all(held_out(one.context) for one in kept)


def test_english_questions_are_put_to_the_chinese_paragraph_of_the_same_id(tmp_path: Path) -> None:
    write(tmp_path / "qa" / "bipar.en.test.jsonl.gz", [row(id="T_0_EN", question="Who?"), row(id="T_1_EN")])
    write(tmp_path / "qa" / "bipar.zh.test.jsonl.gz", [row(id="T_0_ZH", answers=[{"text": "甲", "start": 0}])])
    (crossed,) = bipar_crossed(tmp_path)
    assert (crossed.text, crossed.context, crossed.answers, crossed.language) == ("Who?", "甲和乙。", (("甲",),), "en")


def test_the_speakers_are_annotated_as_their_readme_says() -> None:
    assert len({row["id"] for row in ROWS}) == len({(row["question"], row["sha256"]) for row in ROWS}) == len(ROWS)
    assert len({row["sha256"] for row in ROWS}) >= 200
    unanswerable = sum(row["kind"] == "unanswerable" for row in ROWS)
    assert 0.15 < unanswerable / len(ROWS) < 0.25
    pairings = Counter((row["lang"], row["lang_c"]) for row in ROWS)
    assert set(pairings) == {("zh", "zh"), ("zh", "en"), ("en", "zh"), ("en", "en")}
    assert min(pairings.values()) >= 20
    for row in ROWS:
        assert row["kind"] == ("unanswerable", "fact", "list")[min(2, len(row["answers"]))]
        if "context" in row:
            assert hashlib.sha256(row["context"].encode()).hexdigest() == row["sha256"]
            assert all(alias in row["context"] for aliases in row["answers"] for alias in aliases)
            assert [row["context"].index(aliases[0]) for aliases in row["answers"]] == row["starts"]


def test_texts_without_a_stated_licence_are_not_passed_on() -> None:
    assert {row["article"].split(":")[0] for row in ROWS if "context" in row} == {
        "ntrex-news-docs",
        "uner-en-pud.test",
        "uner-zh-pud.test",
        "uner-zh-gsdsimp.test",
    }


def test_no_question_is_worded_as_the_training_templates_are() -> None:
    wording = tomllib.loads((Path(__file__).parents[3] / "training" / "wording.toml").read_text(encoding="utf-8"))
    templates = {text for section in wording.values() if isinstance(section, dict) for texts in section.values() for text in texts}
    assert not templates & {row["question"] for row in ROWS}


def test_sentences_that_are_not_passed_on_come_from_the_data_folder(tmp_path: Path) -> None:
    without = next(row for row in ROWS if "context" not in row)
    name, id_ = without["article"].split(":", 1)
    write(tmp_path / "ner" / f"{name}.jsonl.gz", [{"id": id_, "text": "另一句。"}])
    assert len(speakers(DEFAULT_DATA / "nowhere")) == sum("context" in row for row in ROWS)
    with pytest.raises(SystemExit, match="has changed"):
        speakers(tmp_path)


def test_all_sentences_are_there_where_the_data_is(shared: Path) -> None:
    found = speakers(shared / "data")
    assert len(found) == len(ROWS)
    for asked, row in zip(found, ROWS, strict=True):
        assert [asked.context[start:].startswith(answers[0]) for start, answers in zip(row["starts"], row["answers"], strict=True)] == [
            True
        ] * len(row["answers"])
        assert all(alias in asked.context for alias in asked.accepted)
