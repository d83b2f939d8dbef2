"""Questions in the other language: what counts as one, and what is asked for; and English lists taken apart."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.data import Row
from training.mixture import itemised
from training.translations import load, usable, wanted


@pytest.mark.parametrize(
    ("translation", "language"),
    [
        ("谁来了？", "en"),
        ("Who was司马 Mo?", "en"),
        ("Who", "en"),
        ("Who came?\nZhang Ming", "en"),
        ("Puritans想要 set an example for whom on that continent？", "zh"),
        ("来", "zh"),
        ("来" * 70, "zh"),
    ],
)
def test_what_is_no_question_in_the_language_asked_for_is_left_out(translation: str, language: str) -> None:
    assert not usable("谁来了？" if language == "en" else "Who came?", translation, language)


@pytest.mark.parametrize(
    ("question", "translation", "language", "same"),
    [
        ("谁建了这座桥？", "Who built the bridge?", "en", True),
        ("谁建了这座桥？", "When was the bridge built?", "en", False),
        ("How many schools were built?", "建了多少所学校？", "zh", True),
        ("How many schools were built?", "学校建在哪里？", "zh", False),
    ],
)
def test_a_translation_asks_for_the_same_kind_of_thing(question: str, translation: str, language: str, same: bool) -> None:
    assert usable(question, translation, language) is same


def test_only_usable_translations_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "translations.jsonl"
    pairs = [("谁来了？", "en", "Who came?"), ("谁走了？", "en", "谁走了？"), ("Who left the town?", "zh", "谁离开了小镇？")]
    path.write_text("\n".join(json.dumps({"question": q, "language": to, "translation": t}) for q, to, t in pairs), encoding="utf-8")
    assert load(path) == {"谁来了？": "Who came?", "Who left the town?": "谁离开了小镇？"}
    assert load(tmp_path / "none.jsonl") == {}


def test_files_are_taken_in_turn_and_only_what_may_be_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.data import held_out

    monkeypatch.setattr("training.translations.FILES", ("one", "two"))
    (tmp_path / "qa").mkdir()
    for name, question in (("one", "谁第{}个来？"), ("two", "Who came as number {}?")):
        with gzip.open(tmp_path / "qa" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            for n in range(40):
                text = f"{n}. Zhang"
                out.write(
                    json.dumps({"question": question.format(n), "context": text, "answers": [{"start": len(text) - 5, "text": "Zhang"}]})
                    + "\n"
                )
    tasks = wanted(tmp_path, seed=1)
    kept = {n for n in range(40) if not held_out(f"{n}. Zhang")}
    assert [task.about["file"] for task in tasks] == ["one", "two"] * len(kept)
    assert {task.asked for task in tasks if task.language == "en"} == {f"谁第{n}个来？" for n in kept}
    assert wanted(tmp_path, seed=1) == tasks


def test_a_list_is_parted_only_where_several_things_are_asked_for() -> None:
    text = "The team found copper, lead and zinc in the river."
    span = (text.index("copper"), text.index(" in the"))
    several = itemised(Row("What are the metals?", text, ((span,),), "x"))
    assert [[text[a:b] for a, b in group] for group in several.answers] == [["copper"], ["lead"], ["zinc"]]
    for question, context in (("What did it find?", text), ("有哪些金属？", "铜、铅和锌。")):
        row = Row(question, context, (((0, 6),) if context is text else ((0, 5),),), "x")
        assert itemised(row) is row
