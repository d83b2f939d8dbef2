"""Text to token ids with character offsets: the XLM-RoBERTa tokenizer that embedder and reader share.

Loading takes about half a second and 260 MB, nearly all of it the piece trie that ``tokenizers`` builds, so there is one per process.
"""

from __future__ import annotations

import functools
import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

START, PAD, END, UNKNOWN = 0, 1, 2, 3
"""Ids of ``<s>``, ``<pad>``, ``</s>`` and ``<unk>``."""
MAX_TOKENS = 512
"""Positions the model knows; no input may be longer."""

TOKENIZER_FILE = Path(__file__).parent / "model" / "tokenizer.json.gz"

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The same text with each unpaired surrogate replaced by U+FFFD, one code point for one, so that offsets stay.

    Such code points are no Unicode text (a damaged file or a browser's half an emoji leaves them), and tokenizers refuse them.

    >>> without_surrogates("a\\ud83dz") == "a\\ufffdz"
    True
    """
    return _SURROGATE.sub("\ufffd", text)


@functools.cache
def shared_tokenizer() -> Tokenizer:
    """The one tokenizer of this process; don't switch on its truncation or padding, as others use it at the same time.

    Offsets of its encodings are code points of the text given. Give it text through ``without_surrogates``.

    Raises ModelError when its file is missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_buffer(gzip.decompress(TOKENIZER_FILE.read_bytes()))
    except Exception as error:  # the library raises a bare Exception for what it cannot parse
        raise ModelError(f"The tokenizer {TOKENIZER_FILE} is missing or damaged ({error}). Reinstall yuanwen.") from error
