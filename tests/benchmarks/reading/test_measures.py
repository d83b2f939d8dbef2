from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reading.__main__ import line, main
from benchmarks.reading.calibration import ask
from benchmarks.reading.fp32 import DEFAULT_WEIGHTS, TorchReader, made_of
from benchmarks.reading.measures import MEASURES, Bench, Figure, best_span, listed, right, wrong_contexts
from benchmarks.reading.product import answers, article
from benchmarks.reading.sets import Question
from embeddings.layers import read_manifest
from qa.confidence import default_weights
from qa.reader import DEFAULT_MODEL, default_reader

PARAGRAPHS = (
    "港口博物馆于二〇一九年五月开放，馆长林秋在开幕式上致辞，感谢了所有捐赠者，随后图书馆的乐队演奏了三首曲子。",
    "县图书馆新馆昨日在博物馆对面动工，预计后年草莓节前建成，副县长周岚出席了奠基仪式，工程由东方建筑公司承建。",
    "第三届草莓节在果园举行，村民吴大海种出的草莓重达九十克，获得一等奖，奖金五千元。",
)
QUESTIONS = (
    Question("港口博物馆的馆长是谁？", PARAGRAPHS[0], (("林秋", "馆长林秋"),), "zh", "zh"),
    Question("图书馆新馆由哪家公司承建？", PARAGRAPHS[1], (("东方建筑公司",),), "zh", "zh"),
    Question("草莓节一等奖是谁？", PARAGRAPHS[2], (("吴大海", "村民吴大海"),), "zh", "zh"),
)


def bench(data: Path, rows: int | None = None) -> Bench:
    return Bench(default_reader(), DEFAULT_MODEL, default_weights(), DEFAULT_WEIGHTS, data, rows, lambda _what, _total: lambda: None)


def rows() -> list[dict[str, Any]]:
    return [
        {
            "id": str(number),
            "lang_q": "zh",
            "lang_c": "zh",
            "context": question.context,
            "question": question.text,
            "answers": [{"text": text, "start": question.context.index(text)} for text in question.accepted],
            "is_impossible": False,
        }
        for number, question in enumerate(QUESTIONS)
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "qa").mkdir()
    impossible = rows()[0] | {"question": "馆长的母亲叫什么名字？", "answers": [], "is_impossible": True}
    for name, some in {"cmrc2018.dev": rows(), "cjrc2019.test": [*rows(), impossible]}.items():
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in some)
        (tmp_path / "qa" / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    return tmp_path


def test_the_best_span_is_scored_by_the_rules_of_its_language() -> None:
    said, score = best_span(default_reader(), QUESTIONS[0].text, QUESTIONS[0].context)
    assert said in QUESTIONS[0].context
    assert score > 0
    assert right(said, QUESTIONS[0])[0] > 0
    assert right("the museum", Question("?", "the museum", (("museum",),), "en", "en")) == (100, 100)


def test_reading_is_measured_over_a_set(data: Path) -> None:
    figures = list(MEASURES["cmrc"](bench(data)))
    assert [(figure.metric, figure.rows) for figure in figures] == [("F1", 3), ("EM", 3)]
    assert figures[0].value >= figures[1].value
    assert figures[0].value > 50


def test_abstention_tells_right_passages_from_wrong_ones(data: Path) -> None:
    law, passages = MEASURES["abstention"](bench(data))
    assert law.rows == 4
    assert passages.rows == 6
    assert passages.value > 0.9


def test_the_wrong_passage_is_the_most_alike_without_an_answer() -> None:
    alike = "港口博物馆的馆长换人了。"
    named = "林秋是港口博物馆的馆长。"
    assert wrong_contexts(QUESTIONS[:1], [*PARAGRAPHS, named, alike]) == [alike]
    assert wrong_contexts(QUESTIONS[:1], [PARAGRAPHS[0], named]) == [None]


def test_all_spans_of_the_reader_and_of_the_product() -> None:
    assert any("林秋" in text for text in listed(default_reader(), QUESTIONS[0]))
    (said,) = answers(QUESTIONS[:1], reader=default_reader(), weights=default_weights())
    assert said
    assert all(text in QUESTIONS[0].context for text in said)


def test_what_is_found_for_a_missing_paragraph_is_wrong() -> None:
    ticks: list[int] = []
    judged = list(ask(QUESTIONS, reader=default_reader(), weights=default_weights(), tick=lambda: ticks.append(1)))
    assert len(judged) == len(ticks) == 3
    assert not judged[0].right  # every third paragraph is missing, the first one first
    assert judged[1].right
    assert all(0 <= one.confidence <= 1 for one in judged)


def test_torch_in_full_precision_reads_as_the_graph_does() -> None:
    assert made_of(read_manifest(DEFAULT_MODEL), DEFAULT_WEIGHTS)
    full = TorchReader(DEFAULT_MODEL, DEFAULT_WEIGHTS)
    for question in QUESTIONS:
        text, score = best_span(default_reader(), question.text, question.context)
        full_text, full_score = best_span(full, question.text, question.context)
        assert text == full_text
        assert score == pytest.approx(full_score, abs=1.0)
        assert score != full_score


@pytest.mark.parametrize(
    ("figure", "cells"),
    [
        (Figure("a", "F1", 81.96, 1234, 82), ["1,234", "82.0", "≥ 82", "**no**"]),
        (Figure("a", "F1", 82.0, 10, 82), ["10", "82.0", "≥ 82", "yes"]),
        (Figure("a", "error", 0.0504, 10, 0.05, at_most=True), ["10", "0.050", "≤ 0.05", "**no**"]),
        (Figure("a", "times", 3.14159, 10), ["10", "3.14", "", ""]),
    ],
)
def test_a_figure_says_whether_it_is_as_wanted(figure: Figure, cells: list[str]) -> None:
    assert [cell.strip() for cell in line(figure).split("|")][3:7] == cells


def test_the_command_prints_the_table_and_writes_the_figures(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.json"
    monkeypatch.setattr(sys, "argv", ["reading", "--only", "cmrc", "--rows", "2", "--data", str(data), "--json", str(report)])
    main()
    printed = capsys.readouterr().out
    assert "| cmrc2018.dev | F1 | 2 |" in printed
    assert "cores; Python" in printed
    assert [figure["metric"] for figure in json.loads(report.read_text(encoding="utf-8"))["figures"]] == ["F1", "EM"]


@pytest.mark.parametrize(("language", "stored"), [("zh-Hant", "zh"), ("zh", "zh"), ("en", "en")])
def test_a_text_in_traditional_characters_is_chinese_as_one_that_is_added(language: str, stored: str) -> None:
    assert article("開幕典禮在上海舉行。", language).language == stored
