import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.question import Query, understand
from qa.reader import INSIDE_LEAST, Context, Reader, Span, default_reader, likeliest, read

ZH = "论坛于11月14日在张江科学会堂开幕。国家传染病医学中心主任张文宏主持了三位院士的讨论。园区总面积42平方公里。"
EN = (
    "The forum opened on 14 November in the Zhangjiang Science Hall. Zhang Wenhong moderated the panel. "
    "The parks cover 42 square kilometres."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return default_reader()


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("谁主持了讨论？", ZH, "张文宏"),
        ("論壇在哪裡開幕？", ZH, "张江科学会堂"),
        ("Who moderated the panel?", EN, "Zhang Wenhong"),
        ("How large are the parks?", ZH, "42平方公里"),
        ("园区总面积是多少？", EN, "42 square kilometres"),
    ],
)
def test_it_reads_within_and_across_languages(question: str, text: str, answer: str) -> None:
    spans = read(question, text)
    assert spans and answer in text[spans[0].start : spans[0].end]


def test_a_date_is_given_whole_unless_its_year_is_asked_for(reader: Reader) -> None:
    text = "水资源局设立于1996年12月1日，次年与中央标准局合并，改为现名。"
    when, year = (reader.read(question, [Context(text)])[0] for question in ("水资源局何时设立？", "水资源局设立于哪一年？"))
    assert "1996年12月1日" in text[when[0].start : when[0].end]
    assert not any(text[span.end - 1] in "年月" and text[span.end].isdigit() for span in when)
    assert text[year[0].start : year[0].end] == "1996年"


ANSWERED = (
    ("Who won the football match?", "周日的足球比赛中，青岛队赢了。"),
    ("谁赢了足球比赛？", "周日的足球比赛中，青岛队赢了。"),
    ("When did the bridge open?", "The bridge opened on 3 May 2019."),
    ("多少家医院参加？", "共有十九家医院参加演练。"),
)
NOT_ANSWERED = (
    ("Who won the football match?", "今天的菜单有米饭和汤。"),
    ("Who won the football match?", "The menu today has rice and soup."),
    ("谁赢了足球比赛？", "今天的菜单有米饭和汤。"),
    ("谁赢了足球比赛？", "The menu today has rice and soup."),
    ("When did the bridge open?", "李明昨天买了一辆红色的自行车。"),
    ("大桥何时开通？", "本店主营面条和水饺。"),
    ("How many hospitals took part?", "The river is wide and calm in the spring."),
    ("多少家医院参加？", "春天的河水宽阔而平静。"),
)


def test_texts_that_answer_score_far_above_those_that_do_not(reader: Reader) -> None:
    here, absent = (
        [reader.read(question, [Context(text)], n_best=1)[0][0].score for question, text in pairs] for pairs in (ANSWERED, NOT_ANSWERED)
    )
    assert min(here) > max(absent) + 4
    assert sum(score > 0 for score in absent) <= 1  # "not here" is a guess too; the confidence decides what is given


def test_it_mostly_says_nothing_when_the_text_does_not() -> None:
    assert sum(read(question, text) == () for question, text in NOT_ANSWERED) >= 7


def test_all_of_several_answers_count_as_answers_at_once(reader: Reader) -> None:
    text = "开幕式上，馆长林秋、建筑师周岚和作家何青先后致辞，会议由市长高远主持。"
    inside = {text[span.start : span.end]: span.inside for span in reader.read("谁在开幕式上致辞？", [Context(text)])[0]}
    assert min(inside[name] for name in ("林秋", "周岚", "何青")) > max([inside.get("高远", -9.0), -1.0])


def test_spans_whose_tokens_hardly_belong_to_an_answer_are_left_out() -> None:
    class Marked(Reader):
        def __init__(self) -> None:
            pass

        def read(self, question: Query | str, contexts: Sequence[Context], *, n_best: int | None = None) -> list[tuple[Span, ...]]:
            return [(Span(0, 2, 3.0, INSIDE_LEAST), Span(3, 5, 2.9, INSIDE_LEAST - 0.1)) for _ in contexts]

    assert [(span.start, span.end) for span in read("谁来了？", "林秋、周岚来了。", reader=Marked())] == [(0, 2)]


@pytest.mark.parametrize(
    ("question", "shared"), [("园区总面积是多少？", True), ("论坛在哪里开幕？", True), ("谁主持了讨论？", False), ("有哪些数字？", False)]
)
def test_spans_share_their_scores_unless_names_or_several_things_are_asked_for(
    question: str, shared: bool, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.reader.pooled", lambda scores, places, text: np.array(scores) + 1000)
    assert all((span.score > 900) is shared for span in reader.read(question, [Context(ZH)])[0])


def test_tokens_beside_an_answer_count_as_none(reader: Reader) -> None:
    for question, text in ANSWERED:
        best = reader.read(question, [Context(text)])[0][0]
        assert best.inside > best.beside + 2


@pytest.mark.parametrize(
    "text", ["活动的格局\n亮点纷呈\n本届活动以共济未来为主题", "甲\n\n乙", "An Opening\n林秋致辞", "Opening.\nAnna Berg spoke"]
)
def test_no_answer_goes_on_behind_a_heading(text: str) -> None:
    everything = likeliest("what is the pattern of the event", text, n_best=50)
    assert everything and all("\n" not in text[span.start : span.end] for span in everything)


def test_a_wrapped_line_does_not_end_an_answer() -> None:
    text = "The prize for a life's work in chemistry went to Anna Maria van\nBerg of the harbour laboratory on Monday evening."
    (best, *_) = likeliest("who got the prize for a life's work in chemistry", text)
    assert text[best.start : best.end] == "Anna Maria van\nBerg"


def test_a_heading_is_never_marked(reader: Reader) -> None:
    spans = reader.read("谁主持了讨论？", [Context("天气很好，大家很高兴。", heading="张文宏主持讨论 2022-11-14")])[0]
    assert all(0 <= span.start < span.end <= 11 for span in spans)


def test_texts_are_read_apart_so_that_company_changes_nothing(reader: Reader) -> None:
    alone = reader.read("谁主持了讨论？", [Context(ZH)])[0]
    among = reader.read("谁主持了讨论？", [Context(EN * 3), Context(ZH), Context("短")])[1]
    assert alone == among


@pytest.mark.parametrize(
    "text",
    ["", "字", " \n\t", "\x00\x01\x02", "\ud83d\ude00 \ud83d", "👩‍👩‍👧‍👦" * 50, "a" * 5000, "无标点" * 3000, "\u202e反\u202c"],
    ids=["empty", "one", "blank", "control", "surrogates", "emoji", "letters", "no stops", "bidi"],
)
def test_odd_texts_raise_nothing_and_offsets_hold(text: str) -> None:
    for span in read("谁说的 who said it", text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("question", ["x" * 100_000, "\ud83d", "👩", "ใครพูด", "\u202e谁"])
def test_odd_questions_raise_nothing(question: str) -> None:
    assert isinstance(read(question, ZH), tuple)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=300), st.text(min_size=1, max_size=60).filter(str.strip))
def test_spans_lie_in_the_text_apart_and_in_order(text: str, question: str) -> None:
    spans = read(question, text)
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
    places = sorted((span.start, span.end) for span in spans)
    assert all(0 <= a < b <= len(text) for a, b in places)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))


def test_a_long_text_is_read_in_windows_to_its_end(reader: Reader) -> None:
    filler = "这里说的是别的事情，与问题没有关系，" * 60
    context = Context(filler + "最后，园区总面积42平方公里。")
    best = reader.read(understand("园区总面积是多少？"), [context])[0][0]
    assert "42平方公里" in context.text[best.start : best.end]
