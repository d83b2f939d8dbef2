"""Rows: their spans always slice to the marked words, whatever is put before or around them."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.data import MAX_TITLE, Row, grouped, held_out, questions, with_heading
from training.negatives import OverlapIndex, hard_negatives, without_answer

TEXT = st.text("甲乙丙a b，。\n", max_size=30)


@given(TEXT, st.text(max_size=90), st.sampled_from(["", "2022-11-16"]), st.data())
def test_a_heading_moves_every_span_with_its_words(context: str, title: str, date: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(context)))
    end = data.draw(st.integers(start, len(context)))
    row = with_heading(Row("谁？", context, (((start, end),),), "test"), title=title, date=date)
    ((shifted,),) = row.answers
    assert row.context[slice(*shifted)] == context[start:end]
    assert row.context[row.prefix :] == context
    assert row.prefix <= shifted[0]
    assert len(row.context) - len(context) <= MAX_TITLE + len(" 2022-11-16\n")


def test_alternatives_are_one_group_and_parts_are_one_group_for_each_wording() -> None:
    context = "张明和李华发言，张明先讲。"
    spans = [(0, 2), (3, 5), (8, 10)]
    assert grouped(context, spans, every=False) == (((0, 2), (3, 5), (8, 10)),)
    assert grouped(context, spans, every=True) == (((0, 2), (8, 10)), ((3, 5),))
    assert grouped(context, [], every=True) == ()


def test_questions_reads_alternatives_lists_and_impossible_rows_and_leaves_out_the_rest(tmp_path: Path) -> None:
    base = {"context": "甲和乙来了", "question": "谁？", "is_impossible": False}
    both = [{"text": "甲", "start": 0}, {"text": "乙", "start": 2}]
    lines = [
        base | {"answers": both},
        base | {"answers": both, "mode": "all"},
        base | {"answers": [], "is_impossible": True},
        base | {"answers": [], "yesno": "YES"},
        base | {"answers": []},
        base | {"answers": both, "overlaps": ["elsewhere"]},
    ]
    path = tmp_path / "some.dev.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    rows = questions(path, without_overlaps=True)
    assert [row.answers for row in rows] == [(((0, 1), (2, 3)),), (((0, 1),), ((2, 3),)), ()]
    assert {row.kind for row in rows} == {"some.dev"}
    assert len(questions(path)) == 4


def test_about_a_tenth_is_held_out_and_always_the_same() -> None:
    texts = [f"第{i}篇" for i in range(2000)]
    kept = [text for text in texts if held_out(text)]
    assert 140 < len(kept) < 260
    assert kept == [text for text in texts if held_out(text)]


def test_the_text_that_shares_rare_words_is_ranked_first_in_either_script() -> None:
    index = OverlapIndex(["工厂在春天开工，工人很多。", "圖書館在春天開放，讀者很多。", "The library opened in spring."])
    assert index.ranked("图书馆什么时候开放？")[0] == 1
    assert index.ranked("When was the LIBRARY opened?")[0] == 2


def test_hard_negatives_hold_no_answer_and_have_none() -> None:
    import random

    rows = [
        Row("图书馆哪年开放？", "图书馆在1950年开放。", (((4, 9),),), "a"),
        Row("图书馆哪年关闭？", "图书馆在1960年关闭。", (((4, 9),),), "b"),
        Row("图书馆何时重新开放？", "图书馆1950年开放，1970年重新开放。", (((11, 16),),), "c"),
    ]
    made = hard_negatives(rows, random.Random(1), count=3)
    assert made
    for row in made:
        (own,) = [r for r in rows if r.question == row.question]
        assert row.context != own.context
        assert not row.answers
        assert own.context[slice(*own.answers[0][0])] not in row.context


def row_about(context: str, *answers: str) -> Row:
    return Row("When did it open?", context, (tuple((context.index(a), context.index(a) + len(a)) for a in answers),), "a")


@pytest.mark.parametrize(
    ("context", "answers", "left"),
    [
        ("馆在河边。它于五月开放。馆内有鱼。", ["五月"], "馆在河边。馆内有鱼。"),
        ("The hall is old. It opened in May. It has fish.", ["May"], "The hall is old. It has fish."),
        ("馆在河边。它于五月开放。它于1950年建成。馆内有鱼。", ["五月", "1950年"], "馆在河边。馆内有鱼。"),
    ],
    ids=["zh", "en", "two ways to say it"],
)
def test_without_its_sentence_a_text_has_no_answer(context: str, answers: list[str], left: str) -> None:
    made = without_answer(row_about(context, *answers))
    assert made is not None
    assert (made.context, made.answers, made.question) == (left, (), "When did it open?")


@pytest.mark.parametrize(
    "context", ["馆在河边。它于五月开放。五月鱼多。馆内有鱼。", "馆在河边。它于五月开放。"], ids=["told again", "one sentence left"]
)
def test_a_text_that_still_tells_it_or_tells_hardly_anything_is_not_used(context: str) -> None:
    assert without_answer(row_about(context, "五月")) is None
