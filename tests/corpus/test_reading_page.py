"""A page as lines: where they begin and end, what stands around them, what is hidden; and the judgement of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning import clean
from corpus.lines import lines
from corpus.reading import read
from corpus.reading.html import evidence, tree_of
from corpus.reading.judging import LIKELY, Evidence, features, judge
from corpus.reading.page import Block, bare_text_of, blocks_of, lines_of, text_of

PARAGRAPHS = (
    "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。",
    "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。",
    "开幕当天共有三万名读者入场，比去年增加了四成，其中不少人是乘坐新开通的地铁专线来的，组委会说。",
)
TEASERS = (
    "海鲜节将于下周六在老码头举行，主办方准备了一百桌海鲜大餐，市民凭身份证可以免费领取入场券。",
    "新开通的地铁专线昨天发生故障，停运了两个小时，运营公司向乘客道歉，并说将延长运营一小时。",
)


def blocks(source: str) -> list[Block]:
    tree = tree_of(source)
    assert tree is not None
    return blocks_of(tree)


def found(source: str) -> Evidence:
    tree = tree_of(source)
    assert tree is not None
    return evidence(tree, source)


def test_lines_end_with_blocks_and_breaks_and_not_with_inline_tags() -> None:
    source = "<body><p>第三届<b>图书展</b>\n昨天<br>开幕</p><ul><li>甲<li>乙</ul><table><tr><td>一<td>二</table>末</body>"
    assert [block.text for block in blocks(source)] == ["第三届图书展 昨天", "开幕", "甲", "乙", "一\t二", "末"]


def test_a_line_knows_its_surroundings() -> None:
    source = "<body><div class='articleBody main-text'><p>甲</p></div><div id='related_posts'><a href='/'>一二三</a>四</div></body>"
    own, other = blocks(source)
    assert own.place.tag == "p" and {"html", "body", "div"} <= own.place.above
    assert {"article", "body", "main", "text"} <= own.place.names
    assert {"related", "posts"} <= other.place.names and "related" not in own.place.names
    assert (own.linked, other.linked) == (0, 3)


def test_lines_set_alike_have_the_same_path_and_their_parents_are_told_apart() -> None:
    source = "<body><div class=a><p>甲</p><p>乙</p></div><div class=a><p>丙</p></div><div class=b><p>丁</p></div></body>"
    first, second, third, fourth = (block.place for block in blocks(source))
    assert first.path == second.path == third.path != fourth.path
    assert first.parents[1] == second.parents[1] != third.parents[1]


def test_what_a_style_hides_is_no_line_unless_it_is_the_article() -> None:
    hidden = f"<p style='display: none'>{TEASERS[0]}</p>"
    shown = [block.text for block in blocks(f"<body>{hidden}<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></body>")]
    assert shown == list(PARAGRAPHS[:2])
    opened_by_script = f"<body><p>菜单</p><div style='visibility:hidden'>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</div></body>"
    assert [block.text for block in blocks(opened_by_script)] == ["菜单", *PARAGRAPHS]


def test_scripts_and_forms_are_no_lines_and_what_follows_them_is() -> None:
    source = "<body>甲<script>var a = 1;</script>乙<style>p {}</style><textarea>丙</textarea>丁<!-- 戊 -->己</body>"
    assert "".join(block.text for block in blocks(source)) == "甲乙丁己"


def page(*, teasers: str = "div class=teasers") -> str:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    others = "".join(f"<{teasers}><a href=/{number}>{text}</a></{teasers.split()[0]}>" for number, text in enumerate(TEASERS))
    menu = "<ul>" + "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in ("首页", "新闻", "财经", "体育")) + "</ul>"
    title = "图书展在老火车站开幕"
    return (
        f"<html><head><title>{title}_晨报网</title></head><body>{menu}<h1>{title}</h1><div class=content>{body}</div>"
        f"<div class=related><h3>相关阅读</h3>{others}</div><footer>版权所有 晨报网</footer></body></html>"
    )


def test_the_articles_lines_are_likely_and_the_others_are_not() -> None:
    known = found(page())
    likely = dict(zip((block.text for block in known.blocks), judge(known), strict=True))
    assert [text for text in PARAGRAPHS if likely[text] < LIKELY] == []
    assert [text for text in (*TEASERS, "首页", "体育", "版权所有 晨报网") if likely[text] >= LIKELY] == []


def test_one_opinion_less_is_no_failure() -> None:
    known = found(page())
    alone = Evidence(known.blocks, {}, known.rules, known.title)
    likely = dict(zip((block.text for block in known.blocks), judge(alone), strict=True))
    assert [text for text in PARAGRAPHS if likely[text] < LIKELY] == []


def test_both_extractors_are_asked_and_answer() -> None:
    said = found(page()).said
    assert all(text in said["trafilatura"] and text in said["readability"] for text in PARAGRAPHS)


def test_an_article_of_nothing_but_paragraphs_is_kept_whole() -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    article = read(f"<html><body><article>{body}</article></body></html>".encode(), name="a.html")
    assert article.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("depth", [1, 100, 5000])
def test_deeply_nested_pages_are_read_and_do_not_take_long(depth: int) -> None:
    source = "<div>" * depth + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "</div>" * depth
    article = read(f"<html><body>{source}</body></html>".encode(), name="a.html")
    assert all(text in article.text for text in PARAGRAPHS)


TAGS = "<p> </p> <div> </div> <br> <li> <a> </a> <script> </script>".split()
FRAGMENTS = st.sampled_from([*TAGS, *PARAGRAPHS, "相关阅读"])
SOURCES = st.lists(st.one_of(FRAGMENTS, st.text(max_size=20)), max_size=25).map("".join)


@settings(max_examples=60, deadline=None)
@given(SOURCES)
def test_a_pages_text_and_lines_are_the_same_on_the_short_way(body: str) -> None:
    tree = tree_of(f"<html><body>{body}<p>甲</p><div style='display: none'>{body}</div></body></html>")
    assert tree is not None
    all_blocks = blocks_of(tree)
    assert bare_text_of(tree) == text_of(all_blocks)
    assert lines_of(all_blocks) == lines(text_of(all_blocks), wrapped=False)


def test_running_text_that_a_style_hides_is_read_where_there_is_no_other() -> None:
    hidden = f"<div style='visibility:hidden'><p>{PARAGRAPHS[0]}</p></div>"
    for body, shown in ((f"<p>甲</p>{hidden}", ["甲", PARAGRAPHS[0]]), (f"<p>{PARAGRAPHS[1]}{PARAGRAPHS[2]}</p>{hidden}", None)):
        tree = tree_of(f"<html><body>{body}</body></html>")
        assert tree is not None
        assert bare_text_of(tree).split("\n") == (shown or [PARAGRAPHS[1] + PARAGRAPHS[2]])


@settings(max_examples=60, deadline=None)
@given(SOURCES)
def test_every_line_of_a_page_is_a_line_of_its_text_and_has_finite_features(body: str) -> None:
    all_blocks = blocks(f"<html><body>{body}</body></html>")
    text = text_of(all_blocks)
    found_lines = lines(text, wrapped=False)
    assert [line.text for line in found_lines] == [block.text for block in all_blocks]
    if all_blocks:
        described = features(Evidence(all_blocks, {}, clean(found_lines), None))
        assert described.shape[0] == len(all_blocks) and np.isfinite(described).all()
