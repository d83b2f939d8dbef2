"""What may be amiss with a library, from damage to an article without a date, and for each what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from corpus.library import ArticleInfo, Library
from corpus.lines import columns

DAMAGE = "damage"
LITTLE_COLUMNS = 160
"""An article whose text is no wider (Chinese characters count double) is hardly one: a scanned page, or one that scripts would fill in."""
_NAMED = 5
"""So many articles are named in a message."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about, and what to do."""

    kind: str
    """``damage``, ``orphaned-vectors``, ``stale-vectors``, ``missing-vectors``, ``duplicates``, ``little-text``, ``undated`` or
    ``language``."""
    message: str
    """What was found, in plain words."""
    articles: tuple[str, ...] = ()
    """Ids of those concerned; of duplicates, pair after pair."""
    remedy: str = ""
    """What to do."""

    @property
    def is_damage(self) -> bool:
        """Whether the file itself is not in order; all else is about what is in it."""
        return self.kind == DAMAGE

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return asdict(self) | {"articles": list(self.articles)}


def examine(library: Library, *, fingerprint: str | None = None) -> list[Finding]:
    """Everything there is to find, damage first. Reads the whole file.

    Args:
        fingerprint: of the embedder in use; without it nothing is said of whether vectors are up to date.

    Raises:
        LibraryBusyError: another program is writing.
    """
    if found := list(_damage(library)):
        return found  # of a damaged file nothing else can be said for sure
    infos = library.articles()
    return [
        *_orphans(library),
        *(_vectors(library, fingerprint) if fingerprint is not None else ()),
        *_duplicates(library, infos),
        *_of_articles(library, infos),
    ]


def _damage(library: Library) -> Iterator[Finding]:
    for sentence in library.verify():
        if not sentence.startswith("vector: "):  # told by `_orphans`
            yield Finding(
                DAMAGE,
                sentence,
                remedy="Put library.db back from a backup, or export what can be read (yuanwen export) and import that into a new library.",
            )


def _orphans(library: Library) -> Iterator[Finding]:
    if number := library.count_orphaned_vectors():
        yield Finding(
            "orphaned-vectors",
            f"{_count(number, 'vector')} of no passage: another program has written to the file.",
            remedy="yuanwen doctor --fix drops them.",
        )


def _vectors(library: Library, fingerprint: str) -> Iterator[Finding]:
    known = library.fingerprints()
    others = [each for each in known if each != fingerprint]
    if others and fingerprint not in known:
        yield Finding(
            "stale-vectors",
            f"The vectors were made by another model ({', '.join(others)}) than the one in use ({fingerprint}).",
            remedy="yuanwen add --reembed with any file of the library embeds everything anew; or go back to the model it was made with.",
        )
        return
    if others:
        yield Finding(
            "stale-vectors",
            f"Vectors of {_count(len(others), 'other model')} beside those in use: {', '.join(others)}.",
            remedy="yuanwen add --reembed with any file of the library drops them, unless you go back to that model at times.",
        )
    passages = np.array(library.passage_ids([info.id for info in library.articles()]), np.int64)
    if missing := len(np.setdiff1d(passages, library.vector_ids(fingerprint))):
        yield Finding(
            "missing-vectors",
            f"{_count(missing, 'passage')} of {len(passages)} not embedded yet, found by their words alone.",
            remedy="Nothing: the next question or yuanwen add embeds them.",
        )


def _duplicates(library: Library, infos: list[ArticleInfo]) -> Iterator[Finding]:
    pairs = library.duplicates_apart()
    if pairs:
        titles = {info.id: info.title for info in infos}
        some = "; ".join(f"{first[:8]} and {second[:8]} ({titles.get(second, '')[:40]})" for first, second in pairs[:_NAMED])
        yield Finding(
            "duplicates",
            f"{_count(len(pairs), 'article')} beside another one that says the same, so that one fact counts twice: {some}{_more(pairs)}.",
            articles=tuple(article_id for pair in pairs for article_id in pair),
            remedy="yuanwen doctor --join makes each pair one article with both sources; no text is lost.",
        )


def _of_articles(library: Library, infos: list[ArticleInfo]) -> Iterator[Finding]:
    short = (info for info in infos if info.chars <= LITTLE_COLUMNS)
    kinds = (
        (
            "little-text",
            [info for info in short if columns(library.article(info.id).text) <= LITTLE_COLUMNS],
            "with hardly any text",
            "Open the originals: scanned pages need a text layer, pages that scripts fill in must be saved as a browser shows them.",
        ),
        (
            "undated",
            [info for info in infos if info.published is None],
            "without a date, left out when --since or --until is given",
            "Put the date into the file's name (2022-11-14-title.html) or on a line below the title, and add the file again.",
        ),
        (
            "language",
            [info for info in infos if info.language == "und"],
            "in a language that cannot be told",
            "Look whether the text was read with the right encoding; if it is right, there is nothing to do.",
        ),
    )
    for kind, concerned, what, remedy in kinds:
        if concerned:
            some = "; ".join(f"{info.id[:8]} {info.title[:40]}" for info in concerned[:_NAMED])
            yield Finding(
                kind,
                f"{_count(len(concerned), 'article')} {what}: {some}{_more(concerned)}.",
                articles=tuple(info.id for info in concerned),
                remedy=remedy,
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _more(listed: Sequence[object]) -> str:
    return f"; and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
