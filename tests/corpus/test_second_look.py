"""A second look at copied pages: what no phrase gives away goes, and a text that is no page's stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning import clean
from corpus.lines import lines
from corpus.reading import read
from corpus.reading import second_look as module
from corpus.reading.second_look import FORMAT, Network, features, network, save, second_look

HEADLINE = "Harbour wall to be raised by two metres before winter"
BODY = (
    "The harbour wall will be raised by two metres before the winter storms, the port authority said on Tuesday, after the quay was "
    "flooded three times within a year.",
    "Work begins in May and will cost eleven million pounds, half of which comes from the county. Ferries will leave from the old pier "
    "until the end of September, said Joanna Pike, who heads the authority.",
    "Fishermen had asked for a higher wall since the storm of 2014, when eleven boats were lost and the market hall stood under water "
    "for a week.",
    '"We have waited long enough," said Peter Holm, whose family has fished here for four generations.',
)
MENU = ("News", "Sport", "Weather", "Travel", "Opinion", "Jobs", "Property", "Puzzles")
TEASERS = (
    "Council votes against new car park", "Ten walks for a rainy weekend", "School choir wins second prize in Leeds",
    "Police look for owner of lost parrot", "Bus fares to rise again in March", "Bakery fire: street closed until Friday",
    "Striker signs for two more years", "Library opens on Sundays",
)  # fmt: skip
PAGE = "\n".join(
    ["Skip to content", "Log in", *MENU, HEADLINE, "By Mary Thornton", "12 March 2021", "Share this article", *BODY, *TEASERS,
     "Sign up to our newsletter", *MENU, "Privacy policy", "© 2021 Harbour Gazette"]
)  # fmt: skip


def test_what_the_network_is_sure_of_goes_from_a_copied_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = clean(lines(PAGE))
    assert set(TEASERS) <= set(rules.text.split("\n"))  # no phrase announces them
    sure = [0.01 if line.text in (*TEASERS, HEADLINE) else 0.06 for line in rules.lines]
    monkeypatch.setattr(module, "network", lambda: lambda found: np.array(sure))
    article = read(PAGE.encode(), name="page.txt")
    assert article.title == HEADLINE and article.text.startswith(HEADLINE)  # the headline stays whatever the network says
    assert all(paragraph in article.text for paragraph in BODY)
    assert set(TEASERS) <= set(article.removed) and not any(teaser in article.text for teaser in TEASERS)
    assert article.published is not None and article.authors == ("Mary Thornton",)
    for run in article.origin:
        assert article.text[run.start : run.start + run.length] == PAGE[run.origin : run.origin + run.length]


def test_the_network_tells_paragraphs_from_what_stands_around_them() -> None:
    found = lines(PAGE)
    likely = dict(zip([line.text for line in found], network()(features(clean(found))), strict=True))
    assert min(likely[paragraph] for paragraph in BODY) > 0.9
    assert max(likely[line] for line in (*MENU, *TEASERS)) < 0.5 and max(likely[line] for line in MENU) < 0.05
    assert all(paragraph in read(PAGE.encode(), name="page.txt").text for paragraph in BODY)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([HEADLINE, *BODY]),
        "Shopping\n\nmilk\neggs\nthree lemons\nbread",
        "\n".join(TEASERS),
        "嘉宾名单\n\n张三 院士\n李四 教授\n王五 总裁\n\n主持：赵六",
        "春晓\n孟浩然\n春眠不觉晓，\n处处闻啼鸟。\n夜来风雨声，\n花落知多少。",
    ],
)
def test_a_text_without_furniture_is_left_alone(text: str) -> None:
    rules = clean(lines(text))
    assert second_look(rules) is rules


PARTS = st.lists(
    st.sampled_from([*MENU, *TEASERS, *BODY, HEADLINE, "Share this article", "Related articles", "分享到：", "责任编辑：张三"]), max_size=40
)


@given(PARTS)
def test_it_only_takes_away_and_never_all(parts: list[str]) -> None:
    rules = clean(lines("\n".join(parts), wrapped=False))
    looked = second_look(rules)
    assert all(kept or not still for kept, still in zip(rules.keeps, looked.keeps, strict=True))
    assert any(looked.keeps) == any(rules.keeps)
    if rules.title is not None:
        assert looked.keeps[rules.title] == rules.keeps[rules.title]
    assert (looked.lines, looked.kinds, looked.body, looked.title) == (rules.lines, rules.kinds, rules.body, rules.title)


def test_the_network_in_the_package_fits_the_features_and_gives_probabilities() -> None:
    found = features(clean(lines(PAGE)))
    likely = network()(found)
    assert found.shape == (len(lines(PAGE)), len(network().mean)) and np.isfinite(found).all()
    assert ((likely >= 0) & (likely <= 1)).all()


def test_a_network_is_stored_and_comes_back_but_not_in_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.ones(2)
    save(Network(one, one * 2, np.ones((2, 3)) / 3, np.zeros(3), np.ones(3), 0.5), tmp_path / module.FILE)
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    network.cache_clear()
    try:
        assert network()(np.array([[1.0, 1.0]])) == pytest.approx(1 / (1 + np.exp(-0.5)))
        stored = (tmp_path / module.FILE).read_text().replace(f'"format":{FORMAT}', '"format":99')
        (tmp_path / module.FILE).write_text(stored)
        network.cache_clear()
        with pytest.raises(ValueError, match=r"training\.dumps"):
            network()
    finally:
        network.cache_clear()
