"""Words of a question in the other language, so that the word index finds what an English question asks of Chinese articles and back.

No translation: every word that a dictionary gives for a term is looked up, and the index's own weighing sorts out which of them the
articles use. Over the 375 paragraphs of bipar.zh.valid that raises recall at 10 for English questions from .32 to .42. The words come from
CC-CEDICT (CC BY-SA 4.0); `training.glossary` makes the file.
"""

from __future__ import annotations

import functools
import gzip
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus.words import query_terms

GLOSSARY = Path(__file__).parent / "model" / "glossary.tsv.gz"


@functools.cache
def _glossary() -> Mapping[str, str]:
    """Terms to their words in the other language, parted by blanks; English terms are one or two stems, Chinese ones words."""
    return dict(line.split("\t") for line in gzip.decompress(GLOSSARY.read_bytes()).decode().splitlines())


@functools.lru_cache(maxsize=4096)
def _as_terms(word: str) -> tuple[str, ...]:
    return tuple(query_terms(word))


def translated(terms: Sequence[str], language: str) -> list[str]:
    """What the terms of a question may be in a language, as terms of the word index; none for other languages than Chinese and English.

    Args:
        terms: as `corpus.words.query_terms` gives them, in their order; those that are of this language already are left out.
        language: of the articles to search, ISO 639-1.

    >>> [term for term in translated(["open", "ceremoni"], "zh") if term.startswith("开幕")]
    ['开幕', '开幕式', '开幕典礼']
    """
    if language not in ("zh", "en"):
        return []
    foreign = [term for term in terms if term.isascii() == (language == "zh")]
    if not foreign:
        return []
    glossary = _glossary()
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(foreign)]
    found = [word for term in (*foreign, *pairs) for word in glossary.get(term, "").split()]
    return list(dict.fromkeys(term for word in found for term in _as_terms(word)))
