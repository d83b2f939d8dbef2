"""What a start and an end have to do with each other: the part of a span's score that belongs to the pair.

Start and end logits alone are two independent guesses. Where several places could answer, the start of one and the end of another score
as well together as a true pair, and a span runs on from the beginning of its sentence. So the model has three more outputs per token:
a key as a start, a key as an end (their product says how well two places go together), and how likely each length is from this start on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

KEY_SIZE: Final = 48
LENGTHS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 23, 31, 43)
"""Tokens; each number begins a class of lengths that are scored alike, the last one is open."""
LONGEST: Final = 64
"""Tokens of the longest span that the model was trained to mark."""

BUCKET_OF: Final[npt.NDArray[np.int64]] = np.searchsorted(np.array(LENGTHS), np.arange(1, LONGEST + 1), side="right") - 1
"""The class of each length: ``BUCKET_OF[last - first]``, (LONGEST,)."""


def pair_scores(
    starts: FloatArray, ends: FloatArray, lengths: FloatArray, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]
) -> FloatArray:
    """Score every start with every end.

    Args:
        starts: keys of the tokens as starts, (n_tokens, KEY_SIZE).
        ends: keys of the tokens as ends, (n_tokens, KEY_SIZE).
        lengths: by token and class of length, (n_tokens, len(LENGTHS)).
        first: tokens to start from, (n,).
        last: tokens to end with, (m,).

    Returns:
        (n, m), to be added to start and end logits. Where ``last`` lies before ``first`` or too far behind it means nothing.
    """
    together = starts[first] @ ends[last].T / np.float32(np.sqrt(KEY_SIZE))
    bucket = BUCKET_OF[np.clip(last[None, :] - first[:, None], 0, LONGEST - 1)]
    scored: FloatArray = together + np.take_along_axis(lengths[first], bucket, axis=1)
    return scored
