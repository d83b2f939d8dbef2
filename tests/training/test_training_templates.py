"""Question templates: gold spans are marked names, speakers are those who speak, and the same seed makes the same rows."""

import random

import pytest

from training.data import Entity, Sentence
from training.speakers import Speech, silent, speech
from training.templates import SORTS, Templates, clause_question, members, posts


def marked(text: str) -> Sentence:
    """Read "[张明/PER]来了。" as a sentence with its names."""
    plain, names = "", []
    for part in text.replace("]", "[").split("["):
        name, slash, type_ = part.rpartition("/")
        if slash and type_.isalpha() and type_.isascii():
            names.append(Entity(len(plain), len(plain) + len(name), type_))
            plain += name
        else:
            plain += part
    return Sentence(plain, tuple(names))


SPOKEN = [
    ("[张明/PER]说，路修好了。", ["张明"]),
    ("[江城/LOC]市长[李华/PER]昨天在会上指出：“水要省着用。”", ["李华"]),
    ("[张明/PER]、[李华/PER]和[王芳/PER]分别表示，愿意参加。", ["张明", "李华", "王芳"]),
    ("[李华/PER]教授介绍说，[王芳/PER]没有来。", ["李华"]),
]
UNSETTLED = [
    "[张明/PER]会见[李华/PER]时说，欢迎再来。",  # 张明 speaks, and the name beside the verb is not his
    "记者对[李华/PER]说，请坐。",
    "他说，[李华/PER]来了。",
    "[李华/PER]的小说很好看。",
    "[李华/PER]听说路修好了。",
    "[李华/PER]来了。",
]


@pytest.mark.parametrize(("text", "speakers"), SPOKEN)
def test_those_who_speak_are_found(text: str, speakers: list[str]) -> None:
    found = speech(marked(text))
    assert found is not None
    assert [found.sentence.text[s:e] for (s, e), _ in found.speakers] == speakers


@pytest.mark.parametrize("text", UNSETTLED)
def test_a_sentence_whose_speaker_is_not_settled_is_not_used(text: str) -> None:
    assert speech(marked(text)) is None


@pytest.mark.parametrize(
    ("text", "quiet"),
    [("[张明/PER]昨天到了[江城/LOC]。", True), ("有人问[张明/PER]去不去。", False), ("He said so.", False), ("It rained.", True)],
)
def test_a_sentence_is_silent_only_without_any_word_of_speech(text: str, quiet: bool) -> None:
    assert silent(marked(text)) is quiet


def test_a_line_cut_off_after_a_name_is_not_silent() -> None:
    assert not silent(marked("江城大学教授[张明/PER]"))


def test_posts_stand_between_an_organisation_and_a_person() -> None:
    (post,) = posts(marked("[江城大学/ORG]图书馆馆长[张明/PER]来了，副主席[李华/PER]没有来。"))
    assert (post.place, post.role, post.sentence.text[slice(*post.holder)]) == ("江城大学图书馆", "馆长", "张明")
    assert posts(marked("[江城/LOC]副委员长[张明/PER]来了。")) == []  # the post isn't "江城副" + "委员长"


def test_a_list_is_asked_for_only_where_every_member_is_marked() -> None:
    hospitals = next(sort for sort in SORTS if sort.chinese == ("医院",))
    text = marked("[江城医院/ORG]和[山城第一医院/ORG]开放。")
    assert [text.text[s:e] for s, e in members(hospitals, text.text, text.entities) or ()] == ["江城医院", "山城第一医院"]
    unmarked = marked("[江城医院/ORG]和一家小医院开放。")
    assert members(hospitals, unmarked.text, unmarked.entities) is None
    nothing = marked("[张明/PER]来了。")
    assert members(hospitals, nothing.text, nothing.entities) == []


def test_a_clause_is_asked_for_all_names_of_its_subject() -> None:
    sentence = marked("昨天，[张明/PER]、[李华/PER]等同志出席了开工的仪式。")
    asked = clause_question(sentence, 0)
    assert asked is not None
    question, spans = asked
    assert question == "哪些人出席了开工的仪式？"
    assert [sentence.text[s:e] for s, e in spans] == ["张明", "李华"]
    assert clause_question(marked("工人[张明/PER]出席了开工的仪式。"), 0) is None  # 张明 is only the end of the subject


def pools() -> tuple[list[tuple[list[Sentence], float]], list[Speech]]:
    quiet = [
        f"[{name}/PER]在第{i}天把木头运到了[{place}/LOC]，[{firm}/ORG]收下了。"
        for i, (name, place, firm) in enumerate(
            [
                ("赵一", "江城", "江城纸厂"),
                ("钱二二", "山城", "山城木器公司"),
                ("孙三", "河口", "河口大学"),
                ("周四", "湖口", "湖口医院"),
            ]
        )
    ]
    roles = ["[江城大学/ORG]校长[张明/PER]走进了礼堂。", "[山城银行/ORG]行长[李华/PER]也走进了礼堂。"]
    chinese = [marked(text) for text in [text for text, _ in SPOKEN] + quiet + roles]
    english = [marked(f"[Ann Lee {i}/PER] opened a small shop in [Port Ross {i}/LOC] that spring with her two cousins .") for i in range(4)]
    talk = marked("The harbour is safe, Ann Lee said on Monday.")
    return [(chinese, 2.0), (english, 1.0)], [Speech(talk, (((21, 28), 33),))]


@pytest.mark.parametrize("maker", ["speaker", "role", "listing", "clause"])
def test_every_gold_span_is_a_marked_name_of_its_context(maker: str) -> None:
    given, english = pools()
    names = {s.text[e.start : e.end] for pool, _ in given for s in pool for e in s.entities} | {"Ann Lee"}
    made = Templates(given, english, random.Random(4))
    rows = [getattr(made, maker)() for _ in range(150)]
    kinds = {bool(row.answers) for row in rows}
    assert kinds == {True, False}
    for row in rows:
        for group in row.answers:
            words = {row.context[s:e] for s, e in group}
            assert len(words) == 1
            assert words <= names or ("说" in row.question or "say" in row.question or "comment" in row.question)
            assert all(s >= row.prefix for s, _ in group)


def test_who_spoke_is_answered_by_all_and_only_those_who_speak() -> None:
    given, english = pools()
    speakers = {name for _, found in SPOKEN for name in found} | {"Ann Lee"}
    made = Templates(given, english, random.Random(9))
    for _ in range(200):
        row = made.speaker()
        for group in row.answers:
            if row.context[slice(*group[0])] not in speakers:
                assert "说" in row.question or "表示" in row.question or "say" in row.question or "comment" in row.question


def test_the_same_seed_makes_the_same_rows() -> None:
    given, english = pools()
    first, second, other = (Templates(given, english, random.Random(seed)) for seed in (5, 5, 6))
    rows = [[made.speaker() for _ in range(30)] for made in (first, second, other)]
    assert rows[0] == rows[1] != rows[2]
