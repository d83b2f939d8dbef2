"""The shared tokenizer: offsets are code points of the text given, and any text goes in."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ModelError
from embeddings import tokens
from embeddings.tokens import END, MAX_TOKENS, PAD, START, UNKNOWN, shared_tokenizer, token_ids, without_surrogates

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


def test_the_special_tokens_have_the_ids_the_model_was_trained_with() -> None:
    names = [shared_tokenizer().id_to_token(token) for token in (START, PAD, END, UNKNOWN)]
    assert names == ["<s>", "<pad>", "</s>", "<unk>"]


@pytest.mark.parametrize("text", ["开幕式在2022年举行。", "😀 who 𠮷野家 spoke", "نص عربي", "e\u0301te\u0301", "ＡＢＣ１２３"])
def test_offsets_are_code_points_of_the_text_given(text: str) -> None:
    encoding = shared_tokenizer().encode(text, add_special_tokens=False)
    covered = {place for start, end in encoding.offsets for place in range(start, end)}
    letters = {place for place, letter in enumerate(text) if not letter.isspace() and not unicodedata.combining(letter)}
    assert letters <= covered <= set(range(len(text)))


def test_the_shared_tokenizer_neither_cuts_nor_pads() -> None:
    tokenizer = shared_tokenizer()
    assert tokenizer is shared_tokenizer()
    assert tokenizer.truncation is None
    assert tokenizer.padding is None


@given(ANY_TEXT)
def test_replacing_surrogates_keeps_every_other_place(text: str) -> None:
    clean = without_surrogates(text)
    clean.encode()
    assert [(a, b) for a, b in zip(text, clean, strict=True) if a != b] == [(a, "\ufffd") for a in text if "\ud800" <= a <= "\udfff"]


@given(st.lists(ANY_TEXT, max_size=4))
def test_any_text_becomes_one_input_of_the_model(texts: list[str]) -> None:
    rows = token_ids(texts, prompt="query: ")
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        assert (row[0], row[-1]) == (START, END)
        assert row[1:-1] == shared_tokenizer().encode("query: " + without_surrogates(text), add_special_tokens=False).ids


@pytest.mark.parametrize("text", ["字" * 100_000, "word " * 20_000, " " * 100_000 + "x", "😀" * 1000, "a" * 100_000])
def test_a_text_too_long_is_cut_and_still_ends_properly(text: str) -> None:
    (row,) = token_ids([text], prompt="passage: ")
    assert 3 <= len(row) <= MAX_TOKENS
    assert row[-1] == END
    assert token_ids([text], max_tokens=8)[0][-1] == END
    assert len(token_ids([text], max_tokens=8)[0]) <= 8


@pytest.mark.parametrize("data", [b"", b"not gzip", gzip.compress(b"{}"), gzip.compress(b'{"model": 1'), None])
def test_a_missing_or_damaged_file_is_a_model_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None) -> None:
    path = tmp_path / "tokenizer.json.gz"
    if data is not None:
        path.write_bytes(data)
    monkeypatch.setattr(tokens, "TOKENIZER_FILE", path)
    with pytest.raises(ModelError, match="Reinstall"):
        shared_tokenizer.__wrapped__()
