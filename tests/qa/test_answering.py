import math

import pytest

from corpus.library import Library
from qa import answering
from qa.question import understand
from qa.reader import Span
from qa.retrieval import Hit
from tests.qa.conftest import SCORE_ALONE, MakeHit


def mark(hit: Hit, words: str, score: float) -> Span:
    start = hit.passage.text.index(words)
    return Span(start, start + len(words), score)


def answers(question: str, hits: list[Hit], marked: list[list[Span]]) -> list[list[answering.Candidate]]:
    query = understand(question)
    return answering.select(query, answering.merge(answering.candidates(query, hits, marked, SCORE_ALONE)), SCORE_ALONE)


def test_the_same_words_in_two_articles_are_one_answer_with_two_citations(library: Library, make_hit: MakeHit) -> None:
    hits = [make_hit("论坛在张江科学会堂举行。"), make_hit("会议地点：张江科学会堂。")]
    groups = answers("在哪里举行", hits, [[mark(hits[0], "张江科学会堂", 5)], [mark(hits[1], "张江科学会堂", 3)]])
    item = answering.item(groups[0], library, "zh")
    assert len(groups) == 1
    assert [citation.quote for citation in item.citations] == ["论坛在张江科学会堂举行。", "会议地点：张江科学会堂。"]
    assert item.also == ()


def test_traditional_and_simplified_are_one_answer_and_each_citation_keeps_its_letters(library: Library, make_hit: MakeHit) -> None:
    hits = [make_hit("由張文宏主持。"), make_hit("由张文宏主持。")]
    groups = answers("谁主持", hits, [[mark(hits[0], "張文宏", 5)], [mark(hits[1], "张文宏", 4)]])
    item = answering.item(groups[0], library, "zh")
    assert (item.text, [c.text for c in item.citations], [c.text for c in item.also]) == ("張文宏", ["張文宏"], ["张文宏"])
    for citation in (*item.citations, *item.also):
        assert library.article(citation.article_id).text[citation.start : citation.end] == citation.text
        assert "".join(citation.marked()) == citation.quote and citation.marked()[1] == citation.text


@pytest.mark.parametrize(
    ("question", "english", "text"),
    [("who chaired", 4.5, "Zhang Wenhong"), ("谁主持", 4.5, "张文宏"), ("who chaired", -1, "张文宏"), ("who chaired", 6, "Zhang Wenhong")],
)
def test_a_name_is_given_in_the_letters_of_the_question(
    library: Library, make_hit: MakeHit, question: str, english: float, text: str
) -> None:
    hits = [make_hit("由张文宏主持。"), make_hit("It was chaired by Zhang Wenhong.")]
    (group,) = answers(question, hits, [[mark(hits[0], "张文宏", 5)], [mark(hits[1], "Zhang Wenhong", english)]])
    item = answering.item(group, library, understand(question).language)
    assert item.text == text and item.confidence == group[0].confidence
    assert {c.text for c in (*item.citations, *item.also)} == {"张文宏", "Zhang Wenhong"} and item.citations[0].text == text


def test_a_figure_that_is_hardly_the_answer_is_not_cited_for_it(library: Library, make_hit: MakeHit) -> None:
    hits = [make_hit("两家医院成为基地。"), make_hit("It has two bases."), make_hit("还有两场活动。")]
    marked = [[mark(hits[0], "两家", 5)], [mark(hits[1], "two", 4)], [mark(hits[2], "两场", -2)]]
    (group,) = answers("how many bases", hits, marked)
    item = answering.item(group, library, "en")
    assert item.text == "two" and [c.text for c in (*item.citations, *item.also)] == ["two", "两家"]


def test_who_said_it_is_quoted_with_what_was_said(library: Library, make_hit: MakeHit) -> None:
    hit = make_hit("会议开始。“创新是出路。”薛敏说。随后散会。")
    item = answering.item(answers("谁发言", [hit], [[mark(hit, "薛敏", 5)]])[0], library, "zh")
    assert item.citations[0].quote == "“创新是出路。”薛敏说。" and item.citations[0].marked()[1] == "薛敏"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("上海交通大学医学院附属瑞金医院", "瑞金医院", True),
        ("19家", "119家", False),
        ("42平方公里", "42 平方公里", True),
        ("甲公司", "乙公司", False),
        ("张文宏", "Zhang Wenhong", True),
        ("张文", "Zhang Wenhong", False),
        ("FIP", "国际药学联合会FIP", True),
        ("men", "women", False),
        ("Tunis", "Tunisia", False),
        ("Shotwell", "Gwynne Shotwell", True),
        ("Sierra Nevada", "Sierra Nevada Corporation", True),
        ("Südhof", "Thomas Südhof", True),
        ("St. Mary's", "St Marys", True),
        ("the", "the museum", True),
        ("26", "26家", True),
        ("两家", "two", True),
        ("11月18日", "18 November", True),
        ("2023年11月18日", "November 18", True),
        ("11月18日", "11月8日", False),
        ("2022年11月18日", "18 November 2023", False),
    ],
)
def test_which_wordings_are_the_same(make_hit: MakeHit, one: str, other: str, together: bool) -> None:
    hits = [make_hit(f"是{one}。"), make_hit(f"有{other}！")]
    groups = answers("说的是什么", hits, [[mark(hits[0], one, 5)], [mark(hits[1], other, 4)]])
    assert len(groups) == (1 if together else 2)


def test_a_weak_span_is_no_answer(make_hit: MakeHit) -> None:
    hit = make_hit("论坛在张江科学会堂举行。")
    assert answers("票价多少", [hit], [[mark(hit, "张江科学会堂", -3)]]) == []


def test_a_list_is_given_when_its_items_together_are_sure_enough(make_hit: MakeHit) -> None:
    hit = make_hit("张文出席。李明也出席。王强没有说话。赵亮在场。")
    names = ("张文", "李明", "王强", "赵亮")

    def said(*confidences: float) -> list[str]:
        scores = [math.log(p / (1 - p)) / 2 for p in confidences]  # SCORE_ALONE's confidence of them
        groups = answers("哪些人出席", [hit], [[mark(hit, name, score) for name, score in zip(names, scores, strict=False)]])
        return [group[0].text for group in groups]

    assert said(0.3, 0.25) == ["张文", "李明"]  # neither is likely to be right, one of them is
    assert said(0.45) == []
    assert said(0.6, 0.45, 0.15) == ["张文", "李明"]  # what is much less sure than the others is no item of the list
    assert said(0.6, 0.25, 0.15) == ["张文"]
    assert said(0.2, 0.2, 0.08, 0.08) == []


def test_who_stand_in_one_row_are_alike_sure_where_a_list_is_asked_for(make_hit: MakeHit) -> None:
    hit = make_hit("与会代表小组、甲大学张文教授、乙医院李明主任和丙公司王强先后致辞，赵亮也到了场。")
    marked = [
        [mark(hit, "张文", 1.0), mark(hit, "李明", -0.4), mark(hit, "与会代表", -1.0), mark(hit, "王强", -2.0), mark(hit, "赵亮", -1.5)]
    ]

    def sure(question: str) -> dict[str, float]:
        return {one.text: round(one.confidence, 2) for one in answering.candidates(understand(question), [hit], marked, SCORE_ALONE)}

    listed, single = sure("哪些人致辞"), sure("谁最先致辞")
    assert listed["张文"] == listed["李明"] == listed["王强"] == single["张文"]
    assert listed["与会代表"] == single["与会代表"]
    assert listed["赵亮"] == single["赵亮"] < single["李明"] < single["张文"]


def test_no_more_items_are_given_than_were_asked_for(make_hit: MakeHit) -> None:
    hit = make_hit("张文出席。李明也出席。王强也来了。")
    marked = [[mark(hit, name, 2.0 - number / 4) for number, name in enumerate(("张文", "李明", "王强"))]]

    def said(question: str) -> list[str]:
        return [group[0].text for group in answers(question, [hit], marked)]

    assert said("哪些人出席") == ["张文", "李明", "王强"]
    assert said("哪两位专家出席") == ["张文", "李明"]
    assert said("哪五位专家出席") == ["张文", "李明", "王强"]


def test_a_span_of_another_year_is_no_answer(make_hit: MakeHit) -> None:
    hit = make_hit("本届主题是生机盎然。", year_fit=0.0)
    assert answers("2022年的主题是什么", [hit], [[mark(hit, "生机盎然", 5)]]) == []


def test_a_list_in_one_span_becomes_its_items_when_names_are_asked_for(make_hit: MakeHit) -> None:
    hit = make_hit("现场，甲公司、乙公司和丙公司等3家企业获奖。")
    span = [mark(hit, "甲公司、乙公司和丙公司", 5)]
    assert [group[0].text for group in answers("哪些企业获奖", [hit], [span])] == ["甲公司", "乙公司", "丙公司"]
    assert [group[0].text for group in answers("结果怎么样", [hit], [span])] == ["甲公司、乙公司和丙公司"]


def test_nothing_read_is_nothing_found() -> None:
    assert answers("谁", [], []) == []


def test_where_an_item_of_a_list_ends_is_told_by_the_reader_if_it_marked_it(make_hit: MakeHit) -> None:
    hit = make_hit("三位院士陈凯、蒋良、董辰共同探讨了发展。")
    marked = [mark(hit, "陈凯、蒋良", 6), mark(hit, "董辰", 1)]
    assert {group[0].text for group in answers("哪些院士在场", [hit], [marked])} == {"陈凯", "蒋良", "董辰"}


def test_belief_is_shared_among_wordings_wherever_they_stand(make_hit: MakeHit) -> None:
    query = understand("who was appointed?")
    one, other = make_hit("Zhang Ming was appointed."), make_hit("The board chose Zhang Ming over Li Hua.")
    marked = [[Span(0, 10, 3.0)], [Span(16, 26, 1.0), Span(32, 38, 3.0)]]
    found = {(c.text, c.hit.article.id): c.evidence.share for c in answering.candidates(query, [one, other], marked, SCORE_ALONE)}
    assert found == pytest.approx(
        {("Zhang Ming", one.article.id): 0.5, ("Zhang Ming", other.article.id): 0.5, ("Li Hua", other.article.id): 0.5}
    )
    alone = answering.candidates(query, [one], [[Span(0, 10, -4.0)]], SCORE_ALONE)
    assert [c.evidence.share for c in alone] == [1.0]
