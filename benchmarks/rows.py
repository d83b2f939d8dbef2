"""Data files of one JSON object a line, gzipped or not."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from corpus.article import Article


def read_rows(path: Path) -> list[dict[str, Any]]:
    """All rows of a file; its name ends in ``.gz`` when it is gzipped."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def answerable(row: dict[str, Any]) -> bool:
    """Whether a row of questions has an answer with a place, neither yes or no nor "not here"."""
    return bool(row["answers"]) and not row.get("is_impossible") and not row.get("yesno")


def article(row: dict[str, Any]) -> Article:
    """A row with a ``text`` and perhaps a ``title`` as an article."""
    text = str(row["text"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(title=str(row.get("title") or ""), text=text, source=f"row {row.get('id')}", sha256=digest)
