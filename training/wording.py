"""The words of `training/wording.toml`: how questions are worded, posts, events, and the words that the dictionary isn't asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

WORDING: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
