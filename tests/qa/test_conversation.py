"""What a follow-up leaves out, and what is no follow-up. `benchmarks.dialogues` measures the same over written dialogues."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.dialogues import changed, load, questions_of, shares, turn
from qa.conversation import LOOK_BACK, MAX_EARLIER_CHARS, MAX_FOLLOW_UP_CHARS, MAX_NAME_CHARS, Turn, Understood, resolve
from qa.question import understand

QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "questions"
UNDERSTOOD_FLOOR = 0.9
LEFT_ALONE_FLOOR = 0.95

SPOKE = turn("2022年开幕活动上谁发言了？", ["多米尼克·乔丹", "薛敏"])
HELD = turn("Where is the 2023 Changping forum held?", ["Changping centre"])


@pytest.mark.parametrize("split", ["dev", "test"])
def test_dialogues_are_understood_and_other_questions_left_alone(split: str) -> None:
    counts = shares([row for row in load() if row["split"] == split], verbose=True)
    understood, follow_ups = counts["all", True]
    alone, others = counts["all", False]
    assert follow_ups >= 30 and others >= 20
    assert understood / follow_ups >= UNDERSTOOD_FLOOR
    assert alone / others >= LEFT_ALONE_FLOOR


@pytest.mark.parametrize("name", ["dev", "samples"])
def test_real_questions_are_left_alone_whatever_was_asked_before(name: str) -> None:
    questions = questions_of(QUESTIONS / f"{name}.jsonl")
    wrong = changed(questions)
    assert 1 - len(wrong) / len(questions) >= LEFT_ALONE_FLOOR, wrong


@pytest.mark.parametrize(
    ("history", "question", "understood", "assumed"),
    [
        ([SPOKE], "那2023年呢？", "2023年开幕活动上谁发言了？", ("开幕活动上谁发言了",)),
        ([HELD], "When?", "When is the 2023 Changping forum held?", ("is the 2023 Changping forum held",)),
        ([HELD], "and the theme?", "What is the theme of the 2023 Changping forum?", ("the 2023 Changping forum",)),
        ([SPOKE], "and the theme?", "What is the theme of 2022年开幕活动?", ("2022年开幕活动",)),
        ([HELD, turn("Who moderated it?", ["Zhang Wenhong"])], "他是谁", "Zhang Wenhong是谁？", ("Zhang Wenhong",)),
    ],
)
def test_what_is_asked_and_what_is_assumed(history: Sequence[Turn], question: str, understood: str, assumed: tuple[str, ...]) -> None:
    assert resolve(question, history) == Understood(understood, assumed)


@pytest.mark.parametrize("question", ["", " ", "那2023年呢？", "who else?", "他是谁"])
def test_without_a_history_nothing_changes(question: str) -> None:
    assert resolve(question, ()) == Understood(question)


def test_words_put_in_are_in_the_script_of_the_question() -> None:
    listed = turn("哪些學者出席了產業週？", ["保羅·辛克萊", "金力"])
    assert resolve("第二個呢？", [listed]).question == "金力是誰？"
    assert resolve("第二个呢？", [listed]).question == "金力是谁？"


def test_a_follow_up_to_a_follow_up_goes_on_from_what_was_understood() -> None:
    second = turn("那2023年呢？", ["保罗·辛克莱"], understood="2023年开幕活动上谁发言了？")
    assert resolve("前一年呢", [SPOKE, second]).question == "2022年开幕活动上谁发言了？"


def test_the_rest_leaves_out_what_was_given_in_all_turns_that_asked_the_same() -> None:
    more = turn("还有谁", ["吴金城"], understood="2022年开幕活动上谁发言了？")
    between = turn("谢谢", [])
    assert resolve("还有呢？", [SPOKE, more, between]).given == ("吴金城", "多米尼克·乔丹", "薛敏")


def test_an_answer_is_taken_from_the_last_turn_that_has_one() -> None:
    unfound = turn("How tall is the ferry?", [])
    assert resolve("他是谁", [turn("谁主持了讨论", ["张文宏"]), unfound]).question == "张文宏是谁？"


def test_what_found_nothing_can_be_asked_of_another_place() -> None:
    assert resolve("那上海呢？", [SPOKE, turn("北京的论坛谁发言", [])]).question == "上海的论坛谁发言"


def test_turns_of_long_ago_and_things_too_long_are_not_carried_over() -> None:
    filler = [turn("谢谢", [])] * LOOK_BACK
    assert resolve("那2023年呢？", [SPOKE, *filler]) == Understood("那2023年呢？")
    assert resolve("他是谁", [turn("谁发言", ["长" * (MAX_NAME_CHARS + 1)])]) == Understood("他是谁")
    assert resolve("那2023年呢？", [turn("谁" * (MAX_EARLIER_CHARS + 1), ["薛敏"])]) == Understood("那2023年呢？")
    long = "他" * (MAX_FOLLOW_UP_CHARS + 1)
    assert resolve(long, [SPOKE]) == Understood(long)


PIECES = (
    "他 她 它 他们 其 那 这 该公司 这家医院 呢 还有 还有谁 其他 第二个 最后一位 为什么 什么时候 在哪里 "
    "谁 哪两家 2023年 前一年 上海 张文宏 主题 地点 的 了 ？ "
    "and what about he it they that there then who else why when where which hospitals the second one 2021 in Beijing Elon Musk 's ? , "
    "( [ \\ * + { } | ^ $ {} {topic} {0} %s \ud800 \u202e \u0000 \U0001f600 ﬁ İ ß 二〇二一年 Ⅳ ①"
).split(" ")
texts = (
    st.text(max_size=40)
    | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)
)
turns = st.builds(turn, texts, st.lists(texts, max_size=4), understood=texts)


@given(texts, st.lists(turns, max_size=4))
@example("第九个呢", [SPOKE])
@example("他\ud800是谁", [turn("谁\ud800发言", ["\ud800"])])
@example("the second one?", [turn("", ["{", "}"])])
@example("{topic}呢", [turn("{attribute}的{topic}是什么", ["{}"])])
@example("and the venue?", [turn("{topic} {0}?", ["{}"])])
def test_whatever_is_said_there_is_something_to_ask(question: str, history: list[Turn]) -> None:
    understood = resolve(question, history)
    if not understood.assumed:
        assert understood == Understood(question)
        return
    assert all(word.strip() for word in understood.assumed)
    assert understand(understood.question).text


@given(texts)
def test_without_a_history_any_text_stays_as_it_is(question: str) -> None:
    assert resolve(question, []) == Understood(question)
