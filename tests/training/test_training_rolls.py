"""Roll calls: a question about one act is answered by the names in its row, all of them and no others."""

import random
import re
from collections.abc import Mapping
from typing import Any

import pytest

from training.data import Entity, Row, Sentence
from training.rolls import ACTS, WHICH, Named, Rolls, tell
from training.speakers import Speech
from training.templates import Templates
from training.wording import WORDING, worded

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
    chinese += [sentence("前天夜里，", place, "LOC", "下了一场很大的雪，路上没有行人。") for place in PLACES]
    english += [sentence("Snow fell all night over the hills around ", town, "LOC", " and the roads were closed .") for town in TOWNS]
    library = Entity(0, 5, "ORG")
    chinese += [sentence(f"{place}馆馆长", "赵一", "PER", "走进了礼堂。", library) for place in PLACES]
    talk = Speech(sentence("The harbour is safe, ", "Ann Lee", "PER", " said on Monday."), (((21, 28), 33),))
    made = Rolls(Templates([(chinese, 1.0), (english, 1.0)], [talk], random.Random(7)))
    return [made.row() for _ in range(900)]


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


def test_a_name_keeps_the_place_of_its_own_post() -> None:
    people = [
        Named("Ann Lee", behind=", head of Leeds Choir", body="Leeds Choir", post="head of Leeds Choir"),
        Named("Ben Moss", behind=", head of Leeds Choir", body="Leeds Choir", post="head of Leeds Choir"),
    ]
    told = tell("spoke", "{} spoke", people, commas=("; ",), last=" and ")
    assert told.text == "Ann Lee, head of Leeds Choir and Ben Moss, head of Leeds Choir spoke"
    assert [one.post for one in told.names] == [(9, 28), (43, 62)]
    assert [one.body for one in told.names] == [(17, 28), (51, 62)]
    first, second = tell(
        "spoke", "{}发言", [Named("张明", "江城大学校长", body="江城大学", post="江城大学校长"), Named("李华")], commas="、", last="、"
    ).names
    assert (first.post, first.body, first.name) == ((0, 6), (0, 4), (6, 8))
    assert (second.post, second.body) == (None, None)


def test_what_an_act_is_about_tells_rows_apart() -> None:
    morning, evening = WHICH["sessions"][2], WHICH["sessions"][9]
    told = tell("session_spoke", "{}在上午的论坛上致辞", [Named("张明")], commas="、", last="、", about=morning)
    assert told.answers(("session_spoke", morning)) and told.answers(("spoke", None))
    assert not told.answers(("session_spoke", evening)) and not told.answers(("attended", None))


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
            told = {other for other, about in ACTS.items() for side in ("zh", "en") if tells(about, side, part)}
            if not any(act == other or act in ACTS[other].get("also", ()) for other in told):
                assert not inside
            elif told == {act}:
                assert inside == named
                alone += 1
    assert alone > 40


def tells(act: Mapping[str, Any], language: str, part: str) -> bool:
    folded = part.lower()
    for about in WHICH[act["which"]] if "which" in act else (("", ""),):
        for words in act[language]:
            before, behind = words.replace("{w}", about[language == "en"]).lower().split("{}")
            if before in folded and behind in folded[folded.index(before) + len(before) :] and (before.strip("“ ") or behind.strip()):
                return True
    return False


def test_one_prize_is_answered_by_its_own_winners(rows: list[Row]) -> None:
    seen = 0
    for row in rows:
        for chinese, english in WHICH["prizes"]:
            wordings = [w.replace("{w}", chinese) for w in ACTS["awarded"]["asked_zh"]] + [
                w.replace("{w}", english) for w in ACTS["awarded"]["asked_en"]
            ]
            if row.question not in wordings:
                continue
            for told_in in re.finditer(r".+?(?:。|\.(?= |$))", row.context):
                prizes = {c for c, e in WHICH["prizes"] if c in told_in[0] or e in told_in[0].lower()}
                inside = [row.context[a:b] for group in row.answers for a, b in group if told_in.start() <= a < told_in.end()]
                if chinese not in prizes:
                    assert not inside
                elif prizes == {chinese} and "捐" not in told_in[0]:
                    seen += bool(inside)
    assert seen > 3


def test_a_post_is_the_one_beside_its_name(rows: list[Row]) -> None:
    seen = 0
    for row in rows:
        name = next((name for name in PEOPLE for w in worded("post_of", english=False) if row.question == w.format(n=name)), None)
        if name is None:
            continue
        ((start, end),) = row.answers[0]
        assert row.context[end:].startswith(name) or re.search(rf"{name}, $", row.context[:start])
        seen += 1
    assert seen > 3


def test_some_acts_are_not_there(rows: list[Row]) -> None:
    unnamed = re.compile("|".join(WORDING["unnamed"]["zh"] + WORDING["unnamed"]["en"]), re.IGNORECASE)
    missing = [row for row in rows if not row.answers]
    assert 0.05 < len(missing) / len(rows) < 0.35
    for row in missing:
        if act := asked_act(row.question):
            told = [part for part in re.findall(r".+?(?:。|\.(?= |$))", row.context) if re.search(TOLD_BY[act], part)]
            assert all(unnamed.search(part) for part in told)


def test_answers_are_whole_names_behind_the_heading(rows: list[Row]) -> None:
    for row in rows:
        for group in row.answers:
            said = {row.context[a:b] for a, b in group}
            posts = {text for text in said if any(text.startswith(place) for place in PLACES) or re.fullmatch(r"[\w ]+ of [\w ]+", text)}
            assert said <= PEOPLE | BODIES | set(PLACES) | set(TOWNS) | posts
            assert all(a >= row.prefix for a, _ in group)
    assert any(row.prefix for row in rows)
    assert {row.kind for row in rows} == {"roll-zh", "roll-en"}


def test_some_rows_have_many_names(rows: list[Row]) -> None:
    assert max(len(row.answers) for row in rows) >= 6
