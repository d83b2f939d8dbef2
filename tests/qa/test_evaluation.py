from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest

from corpus.article import Article
from corpus.errors import QuestionFileError
from corpus.feedback import Verdict, as_squad
from corpus.library import Library
from qa.assistant import Assistant
from qa.evaluation import Asked, Evaluation, Outcome, evaluate, from_squad, load_questions
from qa.results import Answer, AnswerItem, Citation
from qa.scoring import Gold


def said(question: str, *texts: str, confidence: float = 0.75) -> Answer:
    def item(text: str) -> AnswerItem:
        place = Citation(
            article_id="a", title="", source="", url=None, published=None, text=text, start=0, end=len(text), quote=text, quote_start=0
        )
        return AnswerItem(text=text, confidence=confidence, citations=(place,))

    return Answer(question=question, found=bool(texts), answers=tuple(map(item, texts)), confidence=confidence)


class Parrot:
    """Answers each question as it was told to, and declines the rest."""

    def __init__(self, **known: Sequence[str]) -> None:
        self.known = known
        self.asked: list[str] = []

    def ask(self, question: str, *, limit: int) -> Answer:
        self.asked.append(question)
        return said(question, *self.known.get(question, ())[:limit])


def fact(question: str, *aliases: str, wrong: tuple[str, ...] = ()) -> Gold:
    return Gold(question, question, "fact", "zh", (aliases,) if aliases else (), wrong=wrong)


def absent(question: str) -> Gold:
    return Gold(question, question, "unanswerable", "zh", ())


def listing(question: str, *items: str) -> Gold:
    return Gold(question, question, "list", "en", tuple((item,) for item in items))


@pytest.fixture
def found() -> Evaluation:
    parrot = Parrot(甲=["江用文"], 乙=["龙坞"], 丙=["王五"], 戊=["张三", "龙坞"], 庚=["错"], 辛=["新"])
    questions = [
        fact("甲", "江用文"),
        fact("乙", "江用文"),
        absent("丙"),
        absent("丁"),
        listing("戊", "张三", "李四"),
        fact("己", "江用文"),
        fact("庚", wrong=("错",)),
        fact("辛", wrong=("错",)),
        fact("壬", wrong=("错",)),
    ]
    seen: list[tuple[int, int]] = []
    result = evaluate(cast(Assistant, parrot), questions, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, 9) for number in range(1, 10)]
    assert parrot.asked == [gold.question for gold in questions]
    return result


def test_what_became_of_each_question(found: Evaluation) -> None:
    assert {one.gold.question: one.outcome for one in found.asked} == {
        "甲": Outcome.RIGHT,
        "乙": Outcome.WRONG,
        "丙": Outcome.WRONG,
        "丁": Outcome.DECLINED_RIGHTLY,
        "戊": Outcome.PARTLY,
        "己": Outcome.DECLINED_WRONGLY,
        "庚": Outcome.WRONG,
    }
    assert found.left_out == 2  # only a wrong answer is known, and it was not given
    assert list(found.outcomes.values()) == [1, 1, 3, 1, 1]


def test_the_figures_by_hand(found: Evaluation) -> None:
    assert found.score == pytest.approx((1 + 0 + 0 + 1 + 0.5 + 0 + 0) / 7)
    assert found.exact == pytest.approx(2 / 7)
    assert found.coverage == pytest.approx(5 / 7)
    assert found.precision == pytest.approx(1.5 / 5)
    assert [right for _, right in found.claims] == [True, False, False, True, False, False]
    assert found.calibration_error == pytest.approx((2 * 0.25 + 4 * 0.75) / 6)  # six confidences make six bins


def test_the_plain_form_holds_every_question(found: Evaluation) -> None:
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["questions"] == 7 and plain["left_out"] == 2 and plain["confidences"] == 6
    assert plain["outcomes"] == {"right": 1, "partly right": 1, "wrong": 3, "rightly declined": 1, "wrongly declined": 1}
    assert plain["groups"]["lang en"] == {"questions": 1, "score": 0.5}
    assert plain["results"][4]["said"] == ["张三", "龙坞"] and plain["results"][4]["wanted"] == [["张三"], ["李四"]]


def test_nothing_asked_is_no_division_by_zero() -> None:
    plain = Evaluation(()).to_dict()
    assert plain["questions"] == 0 and plain["score"] == plain["calibration_error"] == plain["precision"] == 0


def test_an_answer_longer_than_the_limit_of_a_list_counts_whole() -> None:
    one = Asked(listing("谁", "甲某", "乙某"), said("谁", "甲某", "乙某"))
    assert one.score == 1 and len(one.claims) == 2


# --- reading question sets


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_lines_with_everything_given_and_with_what_is_needed(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.jsonl",
        {"id": "x", "question": "who spoke", "lang": "en", "kind": "list", "answers": [["A B", "甲乙"]], "optional": [["C"]]},
        "",
        {"question": "谁主持？", "answers": ["江用文"]},
        {"id": 7, "question": "谁获奖？", "answers": []},
        {"question": "谁发言了？请列出所有人", "answers": [["甲"]]},
        {"question": "在哪里？", "answers": [{"text": "龙坞", "answer_start": 3}, {"text": "杭州龙坞", "answer_start": 1}]},
        {"question": "在哪里开？", "answers": {"text": ["龙坞"], "answer_start": [3]}},
    )
    full, short, none, many, squad, columns = load_questions(path)
    assert full == Gold("x", "who spoke", "list", "en", (("A B", "甲乙"),), (("C",),))
    assert short == Gold("3", "谁主持？", "fact", "zh", (("江用文",),))
    assert (none.id, none.kind) == ("7", "unanswerable")
    assert many.kind == "list"
    assert squad.answers == (("龙坞", "杭州龙坞"),) and columns.answers == (("龙坞",),)


@pytest.mark.parametrize(
    "row",
    [
        "nonsense",
        "[]",
        "3",
        {"question": "谁？"},
        {"answers": []},
        {"question": " ", "answers": []},
        {"question": "谁？", "answers": "江用文"},
        {"question": "谁？", "answers": [3]},
        {"question": "谁？", "answers": [[]]},
        {"question": "谁？", "answers": [[" "]]},
        {"question": "谁？", "answers": {"text": 3}},
        {"question": 3, "answers": []},
        "[" * 100_000,
    ],
)
def test_a_row_that_is_none_is_named(tmp_path: Path, row: object) -> None:
    path = write(tmp_path / "q.jsonl", {"question": "谁？", "answers": []}, row)
    with pytest.raises(QuestionFileError, match="Line 2"):
        load_questions(path)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\xfd")
    for path in (write(tmp_path / "empty.jsonl"), tmp_path / "latin.jsonl", tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(QuestionFileError, match=path.name):
            load_questions(path)
    for number, squad in enumerate(({"data": 3}, {"data": [{}]}, {"data": [{"paragraphs": [{"qas": [{"question": "谁"}]}]}]})):
        with pytest.raises(QuestionFileError, match="SQuAD"):
            load_questions(write(tmp_path / f"{number}.json", squad))


def test_squad_questions_become_questions_over_a_library() -> None:
    def qa(question: str, *texts: str, **more: object) -> dict[str, object]:
        return {"id": question, "question": question, "answers": [{"text": text, "answer_start": 0} for text in texts], **more}

    squad = {
        "version": "v2.0",
        "data": [
            {
                "title": "t",
                "paragraphs": [{"context": "…", "qas": [qa("谁主持？", "江用文", "江用文"), qa("谁获奖？", is_impossible=True)]}],
            },
            {
                "title": "u",
                "paragraphs": [
                    {"context": "…", "qas": [qa("誰主持", "江用文先生"), qa("Who spoke? List all.", "Ann Lee", "Bo Chen", "Dr. Bo Chen")]}
                ],
            },
            {"title": "v", "paragraphs": [{"context": "…", "qas": [qa("谁主持", is_impossible=True), qa("Where?")]}]},
        ],
    }
    by_question = {gold.question: gold for gold in from_squad(squad)}
    assert by_question["谁主持？"].answers == (("江用文", "江用文先生"),) and by_question["谁主持？"].kind == "fact"
    assert by_question["谁获奖？"].kind == "unanswerable"
    assert by_question["Where?"].kind == "unanswerable"  # SQuAD 1.1 has no such questions, 2.0 marks them so
    assert by_question["Who spoke? List all."].answers == (("Ann Lee",), ("Bo Chen", "Dr. Bo Chen"))
    assert by_question["Who spoke? List all."].kind == "list" and by_question["Who spoke? List all."].language == "en"


def test_a_librarys_own_verdicts_become_questions(library: Library, make_article: Callable[..., Article]) -> None:
    article = make_article("第三届茶业论坛在杭州龙坞开幕。江用文致辞。主题是“一叶知春”。")
    library.add(article)

    def judge(question: str, words: str, verdict: Verdict) -> None:
        start = article.text.index(words)
        library.give_feedback(question, verdict, article_id=article.id, start=start, end=start + len(words))

    judge("谁主持？", "江用文", Verdict.RIGHT)
    judge("谁主持？", "龙坞", Verdict.WRONG)
    judge("主题是什么？", "龙坞", Verdict.WRONG)
    library.give_feedback("谁获奖？", Verdict.ABSENT)
    by_question = {gold.question: gold for gold in from_squad(as_squad(library))}
    assert by_question["谁主持？"].answers == (("江用文",),) and by_question["谁主持？"].wrong == ("龙坞",)
    assert by_question["谁获奖？"].kind == "unanswerable"
    assert by_question["主题是什么？"].answers == () and by_question["主题是什么？"].kind == "fact"
    assert by_question["主题是什么？"].wrong == ("龙坞",)
