"""Roll calls: a question about one act is answered by the names in its row, all of them and no others."""

import random
import re

import pytest

from training.data import Entity, Row, Sentence
from training.rolls import ACTS, Named, Rolls, tell
from training.speakers import Speech
from training.templates import Templates

TOLD_BY = {
    "chaired": "主持|moderat|chair|host|presid",
    "judged": "评委|评审|judge|jury",
    "first": "一等奖|irst prize",
    "second": "二等奖|econd prize",
    "third": "三等奖|hird prize",
    "signed": "签|signed",
    "showed": "参展|带来了|亮相|exhibit",
    "joined": "成员|加入|入选|join|members",
}
"""Acts that a word tells apart, and that word."""
SURNAMES, GIVEN = "赵钱孙周吴郑王冯陈褚卫蒋沈韩杨", "一二三四五六七"
PLACES = [side + town for side in ("城东", "城西", "河南") for town in ("江口", "山口", "湖口", "林口", "海口", "石口")]
TOWNS = ("Leeds", "Lund", "Turin", "Ghent", "Basel", "Porto")
PEOPLE = {surname + given for surname in SURNAMES for given in GIVEN} | {
    f"{first} {last}" for first in ("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn") for last in ("Lee", "Moss", "Nash", "Orr", "Pike", "Quill")
}
BODIES = {place + kind for place in PLACES for kind in ("公司", "大学", "医院", "协会")} | {
    f"{town} {kind}" for town in TOWNS for kind in ("Museum", "Choir", "Works")
}


def sentence(before: str, name: str, type_: str, rest: str, *more: Entity) -> Sentence:
    return Sentence(before + name + rest, (*more, Entity(len(before), len(before) + len(name), type_)))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    chinese, english = [], []
    for name in sorted(PEOPLE):
        if name.isascii():
            english.append(sentence("That spring ", name, "PER", " opened a small shop near the river with two cousins ."))
        else:
            chinese.append(sentence("昨天下午在路边，", name, "PER", "把三车木头慢慢地运到了河边。"))
    for name in sorted(BODIES):
        if name.isascii():
            english.append(sentence("That autumn the ", name, "ORG", " moved to a larger house near the river ."))
        else:
            chinese.append(sentence("那一年在城里，", name, "ORG", "把一座旧仓库改成了新楼，花了很久。"))
    library = Entity(0, 5, "ORG")
    chinese += [sentence(f"{place}馆馆长", "赵一", "PER", "走进了礼堂。", library) for place in PLACES]
    talk = Speech(sentence("The harbour is safe, ", "Ann Lee", "PER", " said on Monday."), (((21, 28), 33),))
    made = Rolls(Templates([(chinese, 1.0), (english, 1.0)], [talk], random.Random(7)))
    return [made.row() for _ in range(600)]


def asked_act(question: str) -> str | None:
    for act in TOLD_BY:
        wordings = ACTS[act]["asked_zh"] + ACTS[act]["asked_en"]
        if any(re.fullmatch(re.escape(w).replace(r"\{s\}", ".+"), question) for w in wordings):
            return act
    return None


def test_posts_and_honours_are_no_part_of_a_name() -> None:
    people = [Named("张明", "江城大学校长"), Named("李华", "山城公司", "教授"), Named("王芳")]
    told = tell("spoke", "会上，{}先后致辞", people, commas="、", last="和")
    assert told.text == "会上，江城大学校长张明、山城公司李华教授和王芳先后致辞"
    assert [told.text[a:b] for a, b in told.spans] == ["张明", "李华", "王芳"]


def test_an_act_is_answered_by_the_names_of_its_row_and_no_others(rows: list[Row]) -> None:
    alone = 0
    for row in rows:
        act = asked_act(row.question)
        if act is None:
            continue
        gold = [span for group in row.answers for span in group]
        actors = BODIES if ACTS[act]["who"] == "bodies" else PEOPLE
        for told_in in re.finditer(r".+?(?:。|\.(?= |$))", row.context[row.prefix :]):
            part, begin = told_in[0], row.prefix + told_in.start()
            inside = {row.context[a:b] for a, b in gold if begin <= a < begin + len(part)}
            named = {name for name in actors if name in part}
            told = {other for other, about in ACTS.items() for words in about["zh"] + about["en"] if tells(words, part)}
            if act not in told:
                assert not inside
            elif told == {act}:
                assert inside == named
                alone += 1
    assert alone > 40


def tells(words: str, part: str) -> bool:
    before, behind = words.split("{}")
    return before in part and behind in part[part.index(before) + len(before) :] and bool(before.strip("“ ") or behind.strip())


def test_some_acts_are_not_there(rows: list[Row]) -> None:
    missing = [row for row in rows if not row.answers]
    assert 0.05 < len(missing) / len(rows) < 0.35
    for row in missing:
        act = asked_act(row.question)
        assert act is None or not re.search(TOLD_BY[act], row.context)


def test_answers_are_whole_names_behind_the_heading(rows: list[Row]) -> None:
    for row in rows:
        for group in row.answers:
            assert {row.context[a:b] for a, b in group} <= PEOPLE | BODIES
            assert all(a >= row.prefix for a, _ in group)
    assert any(row.prefix for row in rows)
    assert {row.kind for row in rows} == {"roll-zh", "roll-en"}


def test_some_rows_have_many_names(rows: list[Row]) -> None:
    assert max(len(row.answers) for row in rows) >= 6
