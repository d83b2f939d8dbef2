"""What is learned of pages: which lines are an article's, which pages may be learned from, and a network that learns it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corpus.reading import judging
from corpus.reading.html import tree_of
from corpus.reading.page import Block, blocks_of
from training import pages
from training.page_gold import MARKS, labels, line_hash, marked_lines, read_marks, to_learn, tokens

GOLD = "The port of Westhaven switched on its first shore power berth on Tuesday.\nOpening\nThe berth will cut noise by more than half."


def blocks(body: str) -> list[Block]:
    tree = tree_of(f"<html><body>{body}</body></html>")
    assert tree is not None
    return blocks_of(tree)


def test_a_short_line_is_the_articles_only_where_it_stands_in_it() -> None:
    first, heading, second = GOLD.split("\n")
    body = f"<li>Opening</li>{'<li>News</li>' * 8}<p>{first}</p><h2>{heading}</h2><p>{second}</p><li>More</li>"
    found = labels(blocks(body), GOLD)
    assert list(found) == [0, *[0] * 8, 1, 1, 1, 0]


def test_a_line_that_is_half_the_articles_is_half_labelled() -> None:
    first = GOLD.split("\n")[0]
    (found,) = labels(blocks(f"<p>{first} But nobody at all came to see it in the rain that day here.</p>"), GOLD)
    assert 0.3 < found < 0.7


def test_hashes_of_lines_look_at_letters_and_figures_alone() -> None:
    assert line_hash("　第三届 图书展，开幕！") == line_hash("第三届图书展开幕") != line_hash("第二届图书展开幕")
    assert len(line_hash("")) == 10


def test_marked_lines_are_all_that_is_written_hidden_or_not() -> None:
    page = "<html><body><p style='display:none'>甲<b>乙</b></p><script>x</script>丙<table><td>丁<td>戊</table></body></html>"
    assert marked_lines(page) == ["甲乙", "丙", "丁", "戊"]


def test_the_marks_are_well_formed_and_both_halves_have_some() -> None:
    marks = read_marks(MARKS / "zh-news.gold.jsonl")
    assert len(marks) == 40 and len(read_marks(MARKS / "seeds.gold.jsonl")) == 5
    for known in marks.values():
        assert known.body and known.titles and known.published and known.publishers
        assert not known.either & set(known.body)
    assert 10 <= sum(map(to_learn, marks)) <= 30


def test_tokens_are_words_and_single_characters() -> None:
    assert tokens("Expo-2022 開幕，了") == ["expo", "2022", "開", "幕", "了"]


def test_the_stored_network_is_the_one_the_program_describes_lines_for() -> None:
    stored = json.loads(Path(judging.__file__).with_name("judging.json").read_text(encoding="utf-8"))
    assert len(stored["mean"]) == len(stored["scale"]) == len(stored["inner"])
    assert {len(row) for row in stored["inner"]} == {len(stored["outer"])} == {len(stored["inner_bias"])}


def test_a_network_learns_what_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in GOLD.split("\n"))
    teasers = "<ul><li><a href=#>Fishing fleet asks for a longer season</a></li><li><a href=#>County fair returns</a></li></ul>"
    row = {"id": "a", "html": f"<html><body>{teasers}<div class=content>{paragraphs}</div>{teasers}</body></html>", "gold_text": GOLD}
    shown = list(pages.examples(row, 1.0, None))
    assert len(shown) == 3 and shown[2].article.all()
    monkeypatch.setattr(pages, "_EPOCHS", 150)
    learned = pages.fit(shown)
    features = (shown[0].features - np.array(learned["mean"])) / np.array(learned["scale"])
    inner = np.tanh(np.clip(features, -5, 5) @ np.array(learned["inner"]) + learned["inner_bias"])
    likely = 1 / (1 + np.exp(-(inner @ np.array(learned["outer"]) + learned["outer_bias"])))
    assert list(likely >= judging.LIKELY) == list(shown[0].article >= judging.LIKELY)
