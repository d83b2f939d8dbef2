"""The promise everything rests on: an answer's place in its article holds exactly its words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import qa
from corpus.article import Article
from corpus.intake import add_files
from corpus.library import Library
from qa.assistant import Assistant
from qa.places import SAMPLES
from qa.results import Answer

QUESTIONS = (
    "who spoke at the 2022 opening",
    "2022年开幕活动上有谁发言？",
    "主題是什麼？",
    "Which companies are named?",
    "有多少家企业？",
    "When and where is the forum held?",
    "在哪里举行",
    "How large is the area?",
)


def check(answer: Answer, library: Library) -> int:
    """Assert the promise for everything an answer points at; returns how many places were checked."""
    checked = 0
    for item in answer.answers:
        for citation in (*item.citations, *item.also):
            text = library.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.text
            assert text[citation.quote_start : citation.quote_start + len(citation.quote)] == citation.quote
            assert citation.marked()[1] == citation.text and "".join(citation.marked()) == citation.quote
            checked += 1
        assert item.citations and all(citation.text == item.text for citation in item.citations)
    for passage in answer.nearest:
        assert library.article(passage.article_id).text[passage.start : passage.end] == passage.text
    return checked


def ask_over(folder: Path, articles: Path) -> int:
    with Library(folder) as library:
        add_files(library, [articles])
        assistant = Assistant(library)
        assistant.sync()
        return sum(check(assistant.ask(question), library) for question in QUESTIONS)


def test_on_the_sample_articles(tmp_path: Path) -> None:
    assert ask_over(tmp_path, SAMPLES) > 0


def test_on_real_saved_pages(tmp_path: Path, shared: Path) -> None:
    assert ask_over(tmp_path, shared / "seeds") > 0


_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴", "芳伟娜敏静丽强磊军洋"
_ORGANISATIONS = ("东方药业", "江南大学", "北斗医院", "Acme Labs", "Blue Tea Ltd.", "滨海集团")


def generated(number: int) -> Article:
    """An article of a few sentences in Simplified, Traditional or English, with marks, emoji and figures strewn in."""
    chance = random.Random(number)
    name = "·".join(chance.choice(_SURNAMES) + chance.choice(_GIVEN) for _ in range(chance.choice((1, 1, 2))))
    organisation, year, count = chance.choice(_ORGANISATIONS), chance.randint(2015, 2025), chance.randint(2, 99_999)
    marks = chance.choice(("", "　　", "👩‍🔬 ", "“", "（注）", "\u202e", "e\u0301"))
    sentences = {
        "zh": [
            f"{year}年论坛在{organisation}开幕。",
            f"{marks}{name}表示：“{count}家企业参加，很好。”",
            "主题是“共同成长”。",
            "面积42.5平方公里！",
        ],
        "zh-Hant": [f"{year}年論壇於{organisation}開幕。", f"{marks}{name}指出，共有{count:,}家企業。", "主題為「共同成長」。"],
        "en": [
            f"The {year} forum opened at {organisation} today.",
            f"{marks}Dr. {name} said {count:,} firms came.",
            'The theme is "Growing Together".',
        ],
    }[chance.choice(("zh", "zh-Hant", "en"))]
    chance.shuffle(sentences)
    text = chance.choice(("", " ", "\n")).join(sentences)
    return Article(
        title=f"{year} {organisation}", text=text, source=f"{number}.txt", sha256=str(number), language="zh" if "。" in text else "en"
    )


def test_on_two_hundred_generated_articles(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        with library.batch():
            for number in range(200):
                library.add(generated(number))
        assistant = Assistant(library)
        assistant.sync()
        checked = sum(
            check(assistant.ask(question), library) for question in (*QUESTIONS, *(f"{year}年谁表示" for year in range(2015, 2026)))
        )
    assert checked > 20


@pytest.mark.parametrize("question", ["谁说的？", "how many firms came"])
def test_reading_each_generated_article_by_itself(question: str) -> None:
    for number in range(0, 200, 4):
        text = generated(number).text
        for span in qa.read(question, text):
            assert 0 <= span.start < span.end <= len(text)
            assert not text[span.start].isspace() and not text[span.end - 1].isspace()


def test_a_plain_dictionary_says_the_same(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        add_files(library, [SAMPLES])
        assistant = Assistant(library)
        assistant.sync()
        answer = assistant.ask(QUESTIONS[0])
    plain = json.loads(json.dumps(answer.to_dict()))
    assert plain["text"] == answer.text and plain["found"] == answer.found
    assert [item["text"] for item in plain["answers"]] == [item.text for item in answer.answers]
