import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from corpus.errors import ModelError
from qa.confidence import Evidence, default_weights, load_weights
from qa.question import understand
from qa.reader import Span
from qa.retrieval import BEST_SCORE
from tests.qa.conftest import MakeHit


def test_the_weights_in_the_package_name_every_piece_of_evidence() -> None:
    weights = default_weights()
    assert set(weights.weights) == {field.name for field in fields(Evidence)}
    assert 0 < weights.list_threshold <= 1 and 0 < weights.threshold <= 1


@pytest.mark.parametrize(
    ("question", "text", "words", "fits"),
    [
        ("什么时候举办", "定于11月14日举办", "11月14日", 1.0),
        ("什么时候举办", "在上海举办", "上海", 0.0),
        ("有多少家", "共二十六家", "二十六家", 1.0),
        ("how many firms", "twenty-six thousand firms", "twenty-six thousand", 1.0),
        ("when did it open", "It opened in March", "March", 1.0),
        ("谁主持", "共42人，张文宏主持", "42", 0.0),
        ("谁发了言", "江北大学林秋发言", "林秋", 1.0),
        ("谁发了言", "江北大学发言", "江北大学", 0.0),
        ("谁发了言", "在时装周发言", "时装周", 0.0),
        ("谁发了言", "小周发言", "小周", 1.0),
        ("谁发了言", "与会专家发言", "与会专家", 0.5),
        ("谁發了言", "張文宏發言", "張文宏", 1.0),
        ("who spoke", "Several officials spoke", "officials", 0.5),
        ("who spoke", "Anna Berg spoke", "Anna Berg", 1.0),
        ("谁主办了展会", "江北大学主办", "江北大学", 1.0),
        ("哪些公司获奖", "江北机械厂获奖", "江北机械厂", 1.0),
        ("哪些公司获奖", "首批入选的获奖", "首批入选", 0.5),
        ("which companies won", "Blue Harbour and three others won", "Blue Harbour", 1.0),
        ("which companies won", "Blue Harbour and three others won", "others", 0.5),
        ("who spoke", "Blue Harbour Robotics Inc. said so", "Blue Harbour Robotics Inc.", 0.0),
        ("who built the harbour", "Blue Harbour Robotics Inc. built it", "Blue Harbour Robotics Inc.", 1.0),
        ("主题是什么", "以共济未来为题", "共济未来", 0.5),
        ("有多少家企业", "共19家", "19家", 1.0),
        ("有多少家企业", "共2000人", "2000人", 0.5),
        ("票价多少", "票价80元", "80元", 1.0),
        ("在哪个国家举行", "将在吉爾吉斯斯坦举行", "吉爾吉斯斯坦", 1.0),
        ("在哪个国家举行", "将在上海举行", "上海", 0.0),
        ("In what country is it held?", "It is held in South Korea.", "South Korea", 1.0),
        ("In what European country is it held?", "It is held in Geneva.", "Geneva", 0.0),
        ("in which city is it held", "It is held in Geneva.", "Geneva", 0.5),
        ("how much does it cost", "全程5天", "5天", 0.5),
        ("what is the price per share", "It fell 2.8 per cent.", "2.8 per cent", 0.5),
        ("what is the price per share", "It fell to 80 cents.", "80 cents", 1.0),
        ("what does it cost in US dollars", "售价699美元", "699美元", 1.0),
        ("what does it cost in US dollars", "国行5499元", "5499元", 0.5),
        ("what is the price in yuan", "国行5499元，美版699美元", "699美元", 0.5),
        ("它的售价是多少人民币", "国行5499元", "5499元", 1.0),
        ("how many people earn 500 dollars", "They are 300 people.", "300 people", 1.0),
        ("有多少人捐了100美元", "共300人", "300人", 1.0),
        ("How many Hong Kong dollars did it raise?", "It raised 88bn Hong Kong dollars.", "88bn Hong Kong dollars", 1.0),
        ("How many Hong Kong dollars did it raise?", "It raised 11bn dollars.", "11bn dollars", 0.5),
    ],
)
def test_whether_an_answer_looks_like_its_kind(make_hit: MakeHit, question: str, text: str, words: str, fits: float) -> None:
    start = text.index(words)
    hit = make_hit(text)
    evidence = Evidence.of(understand(question), hit, Span(start, start + len(words), 2.0), rank=0, best_score=2.0, share=1.0)
    assert evidence.fits_kind == fits


@pytest.mark.parametrize(
    ("question", "overlap", "across"),
    [
        ("什么时候修建", 1.0, 0.0),
        ("when was the hospital built", 1.0, 1.0),
        ("when was the railway built", 0.5, 1.0),
        ("when did it rain", 0.0, 1.0),
    ],
)
def test_the_words_of_a_question_are_looked_for_in_the_language_of_the_article(
    make_hit: MakeHit, question: str, overlap: float, across: float
) -> None:
    text = "这家医院于2019年修建。"
    start = text.index("2019年")
    evidence = Evidence.of(understand(question), make_hit(text), Span(start, start + 5, 2.0), rank=0, best_score=2.0, share=1.0)
    assert evidence.overlap == overlap
    assert (evidence.across, evidence.overlap_across, evidence.margin_across) == (across, evidence.overlap * across, 0.2 * across)


@pytest.mark.parametrize(
    ("text", "pronouns"),
    [
        ("他说她不认识我。", 1.0),
        ("I told him that he was right.", 1.0),
        ("The hall opened in 2019 and holds ninety people.", 0.0),
        ("The hall was built in the spring of 1987 by a firm from Lund which lost money on it, as her owner said.", 10 / 22),
        ("2019", 0.0),
    ],
)
def test_a_text_full_of_pronouns_is_told(make_hit: MakeHit, text: str, pronouns: float) -> None:
    evidence = Evidence.of(understand("什么时候"), make_hit(text), Span(0, 2, 5.0), rank=0, best_score=5.0, share=1.0)
    assert evidence.margin_pronouns == pytest.approx(0.5 * pronouns, abs=0.01)


@pytest.mark.parametrize(("logit", "value"), [(-40.0, -1.5), (-2.5, -0.5), (0.0, 0.0), (5.0, 1.0), (40.0, 1.5)])
def test_what_each_token_says_of_itself_counts_within_bounds(make_hit: MakeHit, logit: float, value: float) -> None:
    span = Span(0, 3, 2.0, inside=logit, beside=-logit)
    evidence = Evidence.of(understand("谁主持"), make_hit("张文宏主持"), span, rank=0, best_score=2.0, share=1.0)
    assert (evidence.inside, evidence.beside) == (value, -value)


@pytest.mark.parametrize(("question", "shared"), [("博物馆何时开放", 1.0), ("谁主持", 0.0), ("有哪些博物馆", 0.0)])
def test_that_spans_share_their_scores_counts_where_they_do(make_hit: MakeHit, question: str, shared: float) -> None:
    evidence = Evidence.of(understand(question), make_hit("博物馆于2019年开放。"), Span(4, 9, 5.0), rank=0, best_score=5.0, share=1.0)
    assert (evidence.shared, evidence.margin_shared) == (shared, 0.5 * shared)


@pytest.mark.parametrize("score", [-1e9, -5.0, 0.0, 5.0, 1e9])
def test_confidence_is_a_probability_and_grows_with_the_score(make_hit: MakeHit, score: float) -> None:
    hit, query, weights = make_hit("张文宏主持"), understand("谁主持"), default_weights()
    one = weights.confidence(Evidence.of(query, hit, Span(0, 3, score), rank=0, best_score=score, share=1.0))
    more = weights.confidence(Evidence.of(query, hit, Span(0, 3, score + 1), rank=0, best_score=score + 1, share=1.0))
    assert 0 <= one <= more <= 1


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 99}', json.dumps({"format": 1, "bias": 0})])
def test_damaged_weights_say_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "confidence.json"
    path.write_text(content)
    with pytest.raises(ModelError, match="Reinstall"):
        load_weights(path)


@pytest.mark.parametrize(
    ("question", "score", "retrieved"),
    [
        ("博物馆何时开放", BEST_SCORE, 1.0),
        ("博物馆何时开放", BEST_SCORE / 4, 0.25),
        ("博物馆何时开放", 0.0, 0.0),
        ("有哪些博物馆", 0.0, 1.0),
    ],
)
def test_how_well_a_passage_was_retrieved_counts_unless_whole_articles_are_read(
    make_hit: MakeHit, question: str, score: float, retrieved: float
) -> None:
    hit = replace(make_hit("博物馆于2019年开放。"), score=score)
    evidence = Evidence.of(understand(question), hit, Span(4, 9, 2.0), rank=0, best_score=2.0, share=1.0)
    assert evidence.retrieved == pytest.approx(retrieved)


@pytest.mark.parametrize(("among", "choice"), [(1, 0.0), (2, 0.5), (40, 0.975)])
def test_from_how_many_passages_one_was_chosen_counts(make_hit: MakeHit, among: int, choice: float) -> None:
    hit = replace(make_hit("博物馆于2019年开放。"), among=among)
    evidence = Evidence.of(understand("博物馆何时开放"), hit, Span(4, 9, 2.0), rank=0, best_score=2.0, share=1.0)
    assert evidence.choice == pytest.approx(choice)
