"""The sample library reads cleanly, covers the languages it promises, and is written in its own words."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.folding import fold
from corpus.reading import read

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "corpus" / "samples"
QUESTIONS = ROOT / "benchmarks" / "questions" / "samples.jsonl"

EXPECTED = {
    "2020-baoshan-conference.zh.txt": ("宝山办生物医药大会，23个项目落户北上海园区", dt.date(2020, 11, 28), "zh", "Hans"),
    "2022-industry-week-opening.en.txt": (
        "Shanghai opens second biopharma week with a call for basic science",
        dt.date(2022, 11, 14),
        "en",
        "Latn",
    ),
    "2022-industry-week-opening.zh.md": ("第二届上海国际生物医药产业周在张江开幕", dt.date(2022, 11, 14), "zh", "Hans"),
    "2023-changping-forum.en.md": (
        "Beijing's Changping district sets date for life science forum",
        dt.date(2023, 11, 9),
        "en",
        "Latn",
    ),
    "2023-changping-forum.zh.html": (
        "昌平生命科学国际论坛11月18日开场，近百位嘉宾将登台",
        dt.date(2023, 11, 9),
        "zh",
        "Hans",
    ),
    "2023-industry-week-preview.zh-Hant.txt": (
        "上海生物醫藥產業週十月中登場　海外首辦活動落腳中亞",
        dt.date(2023, 10, 7),
        "zh",
        "Hant",
    ),
    "2024-shangyu-congress.zh.md": (
        "上虞发展大会聚焦生命健康，复旦校长金力作主旨报告",
        dt.date(2024, 9, 27),
        "zh",
        "Hans",
    ),
}

# The longest runs a report cannot say otherwise are official names: a speech's title and an institute's name have 22
# characters each, a person with his full office 21. A sentence taken over would be longer than that.
MAX_SHARED_RUN_CHARS = 24


def sample_files() -> list[Path]:
    """The rule of the folder: every txt and html file is an article, and every md file except the read-me."""
    return sorted(p for p in SAMPLES.iterdir() if p.suffix in {".txt", ".md", ".html"} and p.name != "README.md")


def article(name: str) -> Article:
    return read((SAMPLES / name).read_bytes(), name=name)


def longest_shared_run(a: str, b: str) -> str:
    """The longest string that occurs in both, by bisecting its length: if one of length n does, one of n - 1 does."""
    best, low, high = "", 0, min(len(a), len(b))
    while low < high:
        length = (low + high + 1) // 2
        runs = {a[i : i + length] for i in range(len(a) - length + 1)}
        shared = next((b[i : i + length] for i in range(len(b) - length + 1) if b[i : i + length] in runs), None)
        if shared is None:
            high = length - 1
        else:
            best, low = shared, length
    return best


def comparable(text: str) -> str:
    return "".join(char for char in fold(text) if not char.isspace())


def test_the_folder_holds_exactly_the_promised_articles() -> None:
    assert [p.name for p in sample_files()] == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_sample_is_read_with_its_title_date_and_language(name: str) -> None:
    found = article(name)
    title, published, language, script = EXPECTED[name]
    assert (found.title, found.published, found.language, found.script) == (title, published, language, script)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_sample_keeps_its_whole_body(name: str) -> None:
    body = comparable(article(name).text)
    assert (1200 if name.endswith((".en.txt", ".en.md")) else 400) <= len(body) <= 2500
    assert body[-1] in ".。"


def test_the_saved_page_loses_its_furniture() -> None:
    text = article("2023-changping-forum.zh.html").text
    for furniture in ("分享到", "复制链接", "相关阅读", "园区服务热线", "返回顶部", "请输入关键词", "网站地图"):
        assert furniture not in text


def test_each_answer_of_the_sample_questions_stands_in_its_article() -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 20
    for row in rows:
        if row["kind"] == "unanswerable":
            assert row["article"] is None and not row["answers"]
            continue
        text = article(row["article"]).text
        for item in row["answers"]:
            assert any(alias in text for alias in item), (row["id"], item)


def test_no_sample_takes_over_a_sentence(shared: Path) -> None:
    sources = {p.name: comparable(p.read_text(encoding="utf-8")) for p in sorted((shared / "seeds").glob("*.txt"))}
    assert sources
    for path in sample_files():
        own = comparable(path.read_text(encoding="utf-8"))
        for name, text in sources.items():
            run = longest_shared_run(own, text)
            assert len(run) < MAX_SHARED_RUN_CHARS, (path.name, name, run)
