"""Questions by putting a question word in the place of a figure, a date or a name."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.blanks import DATE, FIGURE, blanks, date_blank, figure_blank, name_blank
from training.data import Entity, Sentence
from training.templates import Templates

SENTENCE = "本届展会共有19家医院和86家企业参加，占地3.5万平方米。"


def words_of(question: str) -> set[str]:
    return set(re.findall(r"[一-鿿]", question))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (SENTENCE, ["19家", "86家", "3.5万平方米"]),
        ("第3届的300多名代表来自二十个国家", ["300多名", "二十个"]),
        ("增长了１２．５％", ["１２．５％"]),
        ("2022年11月14日开幕", []),
        ("数百名记者在60至75家酒店", []),
    ],
)
def test_figures_are_found_with_their_measure(text: str, figures: list[str]) -> None:
    found = [m.group() for m in FIGURE.finditer(text)]
    assert found == figures


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2022年11月14日开幕，15日闭幕", ["2022年11月14日"]),
        ("一九九七年七月一日", ["一九九七年"]),
        ("11月14日上午开幕", ["11月14日上午"]),
        ("在2010年代", []),
    ],
)
def test_dates_are_found(text: str, dates: list[str]) -> None:
    assert [m.group() for m in DATE.finditer(text)][: len(dates)] == dates


def test_a_figure_beside_another_of_its_measure_is_not_asked_for() -> None:
    figures = list(FIGURE.finditer(SENTENCE))
    rng = random.Random(1)
    assert figure_blank(Sentence(SENTENCE, ()), figures[0], rng) is None  # 19家 or 86家: the question couldn't tell
    blank = figure_blank(Sentence("昨天共有19家医院参加演练。", ()), FIGURE.search("昨天共有19家医院参加演练。"), rng)  # type: ignore[arg-type]
    assert blank is not None
    assert "19" not in blank.question
    assert "家医院" in blank.question
    assert blank.english[0] == "how many"


def test_a_date_before_a_comma_is_asked_for_by_what_follows() -> None:
    text = "11月14日，第二届灯会在江边的老城举行。"
    blank = date_blank(Sentence(text, ()), DATE.search(text), random.Random(4))  # type: ignore[arg-type]
    assert blank is not None
    assert text[slice(*blank.answer)] == "11月14日"
    assert "11月14日" not in blank.question
    assert words_of("灯会") & words_of(blank.question)


def test_a_name_is_asked_for_where_it_stands() -> None:
    text = "第二届灯会昨晚在江城举行。"
    blank = name_blank(Sentence(text, (Entity(8, 10, "LOC"),)), 0, random.Random(1))
    assert blank is not None
    assert text[slice(*blank.answer)] == "江城"
    assert "江城" not in blank.question
    assert name_blank(Sentence(text, (Entity(8, 10, "game"),)), 0, random.Random(1)) is None


@given(st.text(alphabet="第共有19三百家名位年月日，。％元a 、", max_size=60), st.integers(0, 9))
def test_what_is_asked_for_is_never_in_the_question_and_always_in_the_sentence(text: str, seed: int) -> None:
    for made in blanks([Sentence(text, ())], random.Random(seed)).values():
        for blank in made:
            start, end = blank.answer
            assert 0 <= start < end <= len(text)
            assert blank.question.strip("？?")


@pytest.mark.parametrize("kind", ["figure", "date", "name"])
def test_rows_hold_their_answer_or_leave_its_sentence_out(kind: str) -> None:
    pool = [
        Sentence(
            f"{month}月{day}日，{town}的第{day}届灯会迎来{month}{day}00名游客。",
            (Entity(len(f"{month}月{day}日，"), len(f"{month}月{day}日，{town}"), "LOC"),),
        )
        for month, day, town in [(1, 5, "江城"), (2, 6, "海城"), (3, 7, "云城"), (4, 8, "石城"), (5, 9, "花城")]
    ]
    made = Templates([(pool, 1.0)], [], random.Random(5))
    rows = [made.blank(kind) for _ in range(60)]
    assert {bool(row.answers) for row in rows} == {True, False}
    for row in rows:
        texts = {row.context[start:end] for group in row.answers for start, end in group}
        assert len(texts) <= 1
        assert not any(text in row.question for text in texts)
