"""Text to token ids: the XLM-RoBERTa tokenizer that embedder and reader share.

Loading takes about half a second and 260 MB, nearly all of it the trie of pieces that ``tokenizers`` builds: so there is one per process.
"""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

START, PAD, END, UNKNOWN = 0, 1, 2, 3
"""Ids of ``<s>``, ``<pad>``, ``</s>`` and ``<unk>``."""
MAX_TOKENS = 512
"""Positions the model knows; no input may be longer."""
MAX_CHARS = 20_000
"""Of a text that is to become one input: `MAX_TOKENS` pieces hardly ever hold more, and a huge text need not be cut up whole."""

TOKENIZER_FILE = Path(__file__).parent / "model" / "tokenizer.json.gz"

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The same text with each unpaired surrogate replaced by U+FFFD, one code point for one, so that offsets stay.

    Such code points are no Unicode text (a damaged file or half an emoji leaves them), and tokenizers refuse them.

    >>> without_surrogates("a\\ud83dz") == "a\\ufffdz"
    True
    """
    return _SURROGATE.sub("\ufffd", text)


@functools.cache
def shared_tokenizer() -> Tokenizer:
    """The one tokenizer of this process; don't switch on its truncation or padding, as others use it at the same time.

    Offsets of its encodings are code points of the text given; of a letter and a combining mark that it composes, they name the letter.
    Give it text through ``without_surrogates``.

    Raises:
        ModelError: its file is missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_buffer(gzip.decompress(TOKENIZER_FILE.read_bytes()))
    except Exception as error:  # the library raises a bare Exception for what it cannot parse
        raise ModelError(f"The tokenizer {TOKENIZER_FILE} is missing or damaged ({error}). Reinstall yuanwen.") from error


def token_ids(texts: Sequence[str], *, prompt: str = "", max_tokens: int = MAX_TOKENS) -> list[list[int]]:
    """Token ids of each text as one model input: ``<s>``, the prompt and the text up to *max_tokens* in all, ``</s>``. Any text will do."""
    whole = [without_surrogates(prompt + text[:MAX_CHARS]) for text in texts]
    encodings = shared_tokenizer().encode_batch_fast(whole, add_special_tokens=False)
    return [[START, *encoding.ids[: max_tokens - 2], END] for encoding in encodings]
