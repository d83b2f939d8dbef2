"""Windows: what may be answered from, where gold spans fall, and that nothing is lost between windows."""

import random

import pytest
from tokenizers import Tokenizer

from embeddings.tokens import shared_tokenizer
from training.data import Row, with_heading
from training.examples import batches, example, nearest, tokenise, windows

NEWS = "图书馆昨天重新开放，馆长李华说，读者可以借到三万册新书。"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return shared_tokenizer()


def words_at(row: Row, characters: list[tuple[int, int]], first: int, last: int) -> str:
    return row.context[characters[first][0] : characters[last][1]]


def test_a_gold_span_is_found_again_in_the_window(tokenizer: Tokenizer) -> None:
    at = NEWS.index("李华")
    row = with_heading(Row("谁说了话？", NEWS, (((at, at + 2),),), "test"), title="图书馆李华 开放", date="2022-11-16")
    made = example(tokenizer, row, random.Random(1))
    (((first, last),),) = made.groups
    assert words_at(row, made.characters, first, last) == "李华"
    assert made.characters[first][0] >= row.prefix


def test_question_heading_frame_and_blanks_are_never_answers(tokenizer: Tokenizer) -> None:
    row = with_heading(Row("谁说了话？", "图书馆 昨天 开放。", (), "test"), title="标题", date="2022-11-16")
    (made,) = windows(tokenizer, row)
    legal = [span for span, allowed in zip(made.characters, made.legal, strict=True) if allowed]
    assert made.legal[0], "the first token stands for 'not here'"
    assert legal[0] == (0, 0)
    assert all(row.prefix <= start < end for start, end in legal[1:])
    assert "".join(row.context[s:e] for s, e in legal[1:]) == "图书馆昨天开放。"
    assert row.context.startswith("标题 2022")
    assert any(span[1] and span[1] <= row.prefix for span in made.characters), "the heading can be read"


def test_tokens_have_no_blank_at_their_edges(tokenizer: Tokenizer) -> None:
    text = " 开放 the library\n opened "
    for start, end in tokenise(tokenizer, text).spans:
        assert text[start:end] == text[start:end].strip()


def test_where_a_piece_is_longer_than_the_answer_the_nearest_pieces_are_taken(tokenizer: Tokenizer) -> None:
    text = "他在大学教书"
    tokens = tokenise(tokenizer, text)
    first, last = nearest(tokens, (2, 4))
    assert text[tokens.spans[first][0] : tokens.spans[last][1]] == "大学"
    first, last = nearest(tokens, (3, 4))  # 学 is inside the piece 大学
    assert first <= last
    assert tokens.spans[first][0] in {2, 3, 4}


def test_a_window_without_the_gold_span_says_not_here(tokenizer: Tokenizer) -> None:
    long = "馆里有书。" * 300
    row = Row("谁？", long + "李华说话。", (((len(long), len(long) + 2),),), "test")
    made = [example(tokenizer, row, random.Random(seed)) for seed in range(40)]
    assert all(len(e.ids) <= 224 for e in made)
    holding = [e for e in made if e.groups]
    assert 25 < len(holding) < 40
    assert all(words_at(row, e.characters, *e.groups[0][0]) == "李华" for e in holding)


def test_windows_cover_the_whole_context_and_all_carry_the_heading(tokenizer: Tokenizer) -> None:
    row = with_heading(Row("谁？", "".join(f"第{i}天他来了。" for i in range(200)), (), "test"), title="来访")
    made = windows(tokenizer, row, stride=40)
    assert len(made) > 3
    seen = {c for e in made for (s, t), allowed in zip(e.characters, e.legal, strict=True) if allowed for c in range(s, t)}
    assert seen == set(range(row.prefix, len(row.context)))
    for e in made:
        assert len(e.ids) <= 224
        assert any(s < row.prefix and t > s for s, t in e.characters)


@pytest.mark.parametrize("context", ["", " ", "\n", "😀", "a"])
def test_a_context_with_next_to_nothing_in_it_is_one_window(tokenizer: Tokenizer, context: str) -> None:
    assert len(windows(tokenizer, Row("谁？", context, (), "test"))) == 1


def test_every_example_is_in_one_batch_and_batches_keep_to_their_budget(tokenizer: Tokenizer) -> None:
    examples = [example(tokenizer, Row("谁？", "他来了。" * n, (), "test"), random.Random(0)) for n in range(1, 60)]
    made = batches(examples, random.Random(1), tokens_per_batch=600, block=25)
    assert sorted(i for batch in made for i in batch) == list(range(len(examples)))
    assert all(len(batch) == 1 or len(batch) * max(len(examples[i].ids) for i in batch) <= 600 for batch in made)
    assert made == batches(examples, random.Random(1), tokens_per_batch=600, block=25)
    assert made != batches(examples, random.Random(2), tokens_per_batch=600, block=25)
