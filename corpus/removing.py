"""Removing what a person names: a file goes without the article that others hold too; an article goes with all its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.library import ArticleInfo, Library


@dataclass(frozen=True, slots=True)
class Removed:
    """What went of one article."""

    article: ArticleInfo
    """As it was."""
    sources: tuple[str, ...]
    """The files and addresses that were forgotten."""
    left: tuple[ArticleInfo, ...]
    """The articles that its other sources hold now: itself mostly, or what nearly was that article. Empty when it is gone."""


def remove_named(library: Library, names: Iterable[str]) -> list[Removed]:
    """Remove files and articles, each by what a person calls it; all are found before anything is removed.

    Args:
        library: where from.
        names: of files (a path, a name, an address), whose articles stay where another file holds them; and of articles (an id or its
            beginning, a title), which go whatever their sources.

    Raises:
        ArticleNotFoundError: a name means nothing here, or several things.
        LibraryError: the library could not be written.
    """
    listed = library.articles()
    by_id = {info.id: info for info in listed}
    holding = {source: info for info in listed for source in info.sources}
    going: dict[str, dict[str, None]] = {}
    for name in names:
        sources = library.find_sources(name) or by_id[library.find(name)].sources
        for source in sources:
            going.setdefault(holding[source].id, {})[source] = None
    with library.batch():
        for article_id, sources_going in going.items():
            if len(sources_going) == len(by_id[article_id].sources):
                library.remove(article_id)  # and what stood back for it, which would otherwise be settled anew first
            else:
                for source in sources_going:
                    library.remove_source(source)
    now = {source: info for info in library.articles() for source in info.sources}
    removed = []
    for article_id, sources_going in going.items():
        left = {now[source].id: now[source] for source in by_id[article_id].sources if source not in sources_going and source in now}
        removed.append(Removed(by_id[article_id], tuple(sources_going), tuple(left.values())))
    return removed
