import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.splitting import PASSAGE_WIDTH, sentences, split, width


def article(text: str) -> Article:
    return Article(title="t", text=text, source="s", sha256="")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一句。第二句！第三句？", ["第一句。", "第二句！", "第三句？"]),
        ("他说：“很好。谢谢。”大家鼓掌。", ["他说：“很好。谢谢。”", "大家鼓掌。"]),
        ("他說：「很好。」然後離開。", ["他說：「很好。」", "然後離開。"]),
        ("Dr. Wu met J. Smith. They agreed.", ["Dr. Wu met J. Smith.", "They agreed."]),
        ("It grew 3.5 percent in 2022. Then it fell.", ["It grew 3.5 percent in 2022.", "Then it fell."]),
        ("标题\n正文一句。", ["标题", "正文一句。"]),
        ("“没有合上的引号。下一句。", ["“没有合上的引号。", "下一句。"]),
        ("等等……后来呢？！好。", ["等等……", "后来呢？！", "好。"]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


_TEXTS = st.text(alphabet=st.sampled_from("第二届。！？“”「」\n ,.abcd 12、；：\u3000é👩"), max_size=1500) | st.text(max_size=400)


@given(_TEXTS)
def test_passages_slice_exactly_fit_the_budget_and_lose_nothing(text: str) -> None:
    passages = split(article(text))
    covered = [False] * len(text)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert 0 < width(passage.text) <= PASSAGE_WIDTH
        covered[passage.start : passage.end] = [True] * len(passage.text)
    assert all(covered[i] or text[i].isspace() for i in range(len(text)))


@given(_TEXTS)
def test_passages_move_forward(text: str) -> None:
    passages = split(article(text))
    assert all(a.start < b.start and a.end < b.end for a, b in itertools.pairwise(passages))


def test_a_text_without_a_single_stop_is_cut_all_the_same() -> None:
    passages = split(article("字" * 5000 + "a" * 5000))
    assert len(passages) >= 10000 / (PASSAGE_WIDTH / 0.4)
    assert all(width(passage.text) <= PASSAGE_WIDTH for passage in passages)


def test_the_last_sentence_is_repeated_in_the_next_passage() -> None:
    text = "".join(f"这是第{i}句话，说的是一件不长也不短的小事。" for i in range(40))
    first, second = split(article(text))[:2]
    assert first.start < second.start < first.end


def test_time_is_linear_in_hostile_text() -> None:
    # 200,000 opening quotation marks: looking for each one's partner must not make it quadratic.
    assert sentences("“" * 200_000)
