"""The words of `training/wording.toml`: how questions are worded, posts, events, and the words that the dictionary isn't asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

WORDING: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))


def worded(kind: str, *, english: bool) -> Sequence[str]:
    """The ways to ask a question of a kind, such as ``spoke`` or ``role``, in English or Chinese."""
    wordings: Sequence[str] = WORDING[kind]["en" if english else "zh"]
    return wordings
