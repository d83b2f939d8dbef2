"""Questions from translated sentences: only what is settled is asked about, and answers stand where they are said to stand."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from pathlib import Path

import pytest

from training.aligned import Document, Pair, ask_in_chinese, ask_in_english, documents, pairs, rows
from training.data import held_out

ENGLISH = "In 2018, Elin Jones closed 11 hospitals near Croydon."
CHINESE = "2018 年，艾琳·琼斯在 Croydon 附近关闭了 11 家医院。"


def told(english: str, chinese: str) -> dict[str, tuple[str, str]]:
    return {english[slice(*p.english)]: (chinese[slice(*p.chinese)], p.sort) for p in pairs(english, chinese)}


def test_figures_years_names_and_words_are_joined() -> None:
    assert told(ENGLISH, CHINESE) == {
        "2018": ("2018 年", "year"),
        "Elin Jones": ("艾琳·琼斯", "person"),
        "11": ("11 家", "figure"),
        "Croydon": ("Croydon", "name"),
        "hospitals": ("医院", "word"),
    }


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("He has 11 cars and 11 boats.", "他有 11 辆车和 11 条船。"),  # which 11?
        ("She went to London, then left London.", "她去了 London，又离开 London。"),
        ("They met Elin Jones.", "他们见了罗伯特·沙勒。"),
        ("The score was 5-1.", "比分是5:1。"),
    ],
)
def test_what_is_not_settled_is_left_out(english: str, chinese: str) -> None:
    assert told(english, chinese) == {}


def test_neighbours_on_both_sides_are_one() -> None:
    assert told("It praised hospital nurses.", "它称赞了医院护士。") == {"hospital nurses": ("医院护士", "word")}


def test_no_two_pairs_share_a_character() -> None:
    found = pairs(ENGLISH, CHINESE)
    for side in ("english", "chinese"):
        places = sorted(getattr(pair, side) for pair in found)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))


@pytest.mark.parametrize("pair", pairs(ENGLISH, CHINESE), ids=lambda pair: ENGLISH[slice(*pair.english)])
def test_a_question_does_not_give_its_answer_away(pair: Pair) -> None:
    for seed in range(20):
        assert ENGLISH[slice(*pair.english)] not in ask_in_english(ENGLISH, pair, random.Random(seed))
        assert CHINESE[slice(*pair.chinese)] not in ask_in_chinese(CHINESE, pair, random.Random(seed))


def test_questions_use_words_for_what_is_asked() -> None:
    figure = Pair((27, 29), (26, 30), "figure")
    assert "how many hospitals" in ask_in_english(ENGLISH, figure, random.Random(1)).lower()
    assert "家" in ask_in_chinese(CHINESE, figure, random.Random(1))


DOCUMENT = Document(
    ("Market news", ENGLISH, " The mayor praised the nurses. ", "It rained."),
    ("市场消息", CHINESE, " 市长赞扬了护士。 ", "下雨了。"),
)


def test_answers_stand_in_their_context() -> None:
    made = rows([DOCUMENT], random.Random(2), count=100, absent=0.0)
    assert {bool(row.context.isascii()) for row in made} == {True, False}  # both directions
    wanted = {"2018 年", "艾琳·琼斯", "11 家", "Croydon", "医院", "市长", "护士", "市场", "2018", "Elin Jones", "11"}
    for row in made:
        ((span,),) = row.answers
        assert row.context[slice(*span)] in wanted
        assert row.title in ("", "Market news", "市场消息")


def test_where_the_sentence_is_left_out_nothing_answers() -> None:
    made = rows([DOCUMENT], random.Random(2), count=100, absent=1.0)
    absent = [row for row in made if not row.answers]
    assert absent
    assert all(row.context for row in absent)


def test_the_same_seed_makes_the_same_rows() -> None:
    assert rows([DOCUMENT], random.Random(5), count=9) == rows([DOCUMENT], random.Random(5), count=9)


def test_a_tenth_of_the_articles_is_kept_for_measuring(tmp_path: Path) -> None:
    names = [f"paper.{number}" for number in range(60)]
    (tmp_path / "retrieval").mkdir()
    with gzip.open(tmp_path / "retrieval" / "ntrex-news-docs.jsonl.gz", "wt", encoding="utf-8") as file:
        for name in names:
            file.write(json.dumps({"id": name, "en": [name], "zh": ["报"], "zh_hant": ["報"]}) + "\n")
    learned, measured = ({doc.english[0] for doc in documents(tmp_path, measuring=kept)} for kept in (False, True))
    assert learned | measured == set(names)
    assert measured == {name for name in names if held_out(name)}
    assert not learned & measured
