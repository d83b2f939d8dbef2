"""The fit of the confidence: what is asked, that texts which answer are told from texts that don't, and thresholds in between."""

import numpy as np
import pytest

from qa.scoring import Gold
from training.confidence import ALONE, NAMES, Asked, ask_alone, choose_thresholds, examples, fit, of_another_year

pytest.importorskip("sklearn")
ROWS = [
    ("谁设计了江口大桥？", "江口大桥由林秋设计，于1958年建成，全长八百米。", "林秋", "zh"),
    ("山口图书馆有多少册藏书？", "山口图书馆藏书二十万册，每周一闭馆，平日开放到晚上九点。", "二十万册", "zh"),
    ("When did the glass works close?", "The glass works employed ninety people and closed in 1974 after a fire.", "1974", "en"),
    ("Who painted the harbour ceiling?", "The ceiling of the harbour hall was painted by Anna Berg in two summers.", "Anna Berg", "en"),
    ("湖口博物馆在哪条街上？", "湖口博物馆位于学院街，馆内陈列着渔具和旧船模型。", "学院街", "zh"),
    (
        "How long is the canal?",
        "The canal is 42 kilometres long and has seven locks of granite.",
        "42 kilometres",
        "en",
    ),
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[Asked]:
    rows = [
        {"id": str(number), "question": question, "context": text, "answers": [{"text": words}], "lang_q": language, "lang_c": language}
        for number, (question, text, words, language) in enumerate(ROWS)
    ]
    return list(ask_alone(rows, tmp_path_factory.mktemp("alone")))


def test_every_third_question_is_asked_over_a_text_that_does_not_answer(asked: list[Asked]) -> None:
    assert [one.gold.kind for one in asked] == ["unanswerable", "fact", "fact"] * 2
    assert {one.source for one in asked} == {ALONE}
    for one in asked:
        shown = {group[0].hit.passage.text for reading in one.readings for group in reading.groups}
        assert all(any(answer in text for text in shown) for aliases in one.gold.answers for answer in aliases)


def test_evidence_is_told_right_from_wrong_and_the_thresholds_lie_between(asked: list[Asked]) -> None:
    evidence, right, weights, questions = examples(asked)
    assert evidence.shape == (len(right), len(NAMES)) and len(weights) == len(questions) == len(right)
    assert 0 < right.sum() < len(right)
    bias, fitted = fit(asked)
    chances = 1 / (1 + np.exp(-(bias + evidence @ np.array([fitted[name] for name in NAMES]))))
    assert chances[right].min() > chances[~right].max()
    chosen = choose_thresholds(asked, bias, fitted)
    assert chances[~right].max() < chosen.threshold + 0.05 and chosen.threshold <= chances[right].max()


@pytest.mark.parametrize("absent", [2, 20])
def test_however_many_were_asked_a_fifth_of_the_questions_count_as_unanswerable(absent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sure = {"fact": 0.32, "unanswerable": 0.42}
    monkeypatch.setattr("training.confidence.texts", lambda one, groups, weights: ["甲"] * (sure[one.gold.kind] >= weights.threshold))
    here = [Asked(Gold(str(number), "谁来了", "fact", "zh", (("甲",),)), (), ALONE) for number in range(4)]
    elsewhere = [Asked(Gold(f"-{number}", "谁来了", "unanswerable", "zh", ()), (), ALONE) for number in range(absent)]
    # 0.1 to 0.3 answer all of the four fifths, 0.45 declines the fifth alone; of those that are as good the highest is taken
    assert choose_thresholds(here + elsewhere, 0.0, {}).threshold == 0.3


@pytest.mark.parametrize(
    ("question", "moved"),
    [("谁在2019年发言", "谁在2011年发言"), ("Who won in 2016?", "Who won in 2008?"), ("谁发言", None), ("1916年呢", None)],
)
def test_a_question_is_asked_of_a_year_that_no_article_is_of(question: str, moved: str | None) -> None:
    other = of_another_year(Gold("1", question, "fact", "zh", (("林秋",),)))
    assert (other and other.question) == moved
    assert other is None or (other.kind, other.answers) == ("unanswerable", ())
