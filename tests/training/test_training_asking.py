"""Questions asked about marked names and lists: which names stand in a row, what is shown, and which questions are kept."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from qa.reader import default_reader
from training.asking import Marked, among_neighbours, chains, english_lists, found, load, record, usable
from training.data import Entity, Sentence


def sentence(text: str, **names: str) -> Sentence:
    return Sentence(text, tuple(Entity(text.index(name), text.index(name) + len(name), kind) for name, kind in names.items()))


def test_names_in_a_row_are_of_one_kind_and_tied() -> None:
    told = sentence(
        "林秋、安莱和高远在江城见到了白帆、江北大学。", 林秋="PER", 安莱="PER", 高远="PER", 江城="LOC", 白帆="PER", 江北大学="ORG"
    )
    rows = [[told.text[e.start : e.end] for e in row] for row in chains(told)]
    assert rows == [["林秋", "安莱", "高远"], ["江城"], ["白帆"], ["江北大学"]]


def test_a_name_of_one_letter_is_never_asked_for() -> None:
    assert chains(sentence("中、美两国会谈。", 中="LOC", 美="LOC")) == []


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("The band is Ann Berg, Tom Oak, and Li Moss from the coast.", ["Ann Berg", "Tom Oak", "Li Moss"]),
        ("They export goods such as raw wool, dried fish and salt; nothing else.", ["raw wool", "dried fish", "salt"]),
        ("He came, saw and left.", None),
        ("Ann Berg and Tom Oak left.", None),
    ],
)
def test_english_lists(text: str, items: list[str] | None) -> None:
    lists = [[m.text[a:b] for a, b in m.spans] for m in english_lists(text, "x")]
    assert lists == ([items] if items else [])


def test_the_model_sees_the_sentence_and_the_row_holds_its_neighbours() -> None:
    pool = [sentence("天气晴。" * 4), sentence("林秋、高远出席了开幕式。", 林秋="PER", 高远="PER"), sentence("会后大家参观了港口。")]
    seen = set()
    for seed in range(20):
        marked = among_neighbours(pool, 1, pool[1].entities, random.Random(seed), "x")
        assert marked is None or [marked.text[a:b] for a, b in marked.spans] == ["林秋", "高远"]
        if marked:
            assert marked.task("zh").asked == "Text: 林秋、高远出席了开幕式。\nItems: 林秋; 高远"
            seen.add(marked.text)
    assert "".join(s.text for s in pool) in seen
    assert len(seen) > 2


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who is mentioned in the text?", "en"),
        ("What did Lin Qiu open?", "en"),
        ("Who opened the harbour", "en"),
        ("谁开幕了？", "en"),
        ("以下哪些人出席了？", "zh"),
    ],
)
def test_questions_that_are_left_out(question: str, language: str) -> None:
    assert not usable(question, language, ["Lin Qiu"])


def test_a_question_is_kept_if_the_reader_finds_its_answer(tmp_path: Path) -> None:
    text = "港口博物馆昨日开幕，馆长林秋在开幕式上致辞。展品有四百件。"
    at = text.index("林秋")
    marked = Marked(text, ((at, at + 2),), (0, len(text)), "x")
    assert found("谁在开幕式上致辞？", text, marked.spans, default_reader())
    assert not found("展品有多少件？", text, marked.spans, default_reader())
    path = tmp_path / "asked.jsonl"
    kept = [record(marked.task("zh"), question) for question in ("谁在开幕式上致辞？", "展品有多少件？", "林秋是谁？")]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in kept), encoding="utf-8")
    (row,) = load(path)
    assert (row.question, row.answers) == ("谁在开幕式上致辞？", (((at, at + 2),),))


def test_every_place_of_an_answers_wording_will_do(tmp_path: Path) -> None:
    text = "林秋和高远来了。后来林秋走了。"
    path = tmp_path / "asked.jsonl"
    made = {"file": "x", "context": text, "spans": [[0, 2], [3, 5]], "asked": "", "language": "zh", "question": "谁来了？", "found": True}
    path.write_text(json.dumps(made), encoding="utf-8")
    assert load(path)[0].answers == (((0, 2), (10, 12)), ((3, 5),))
