"""``yuanwen list`` and ``yuanwen remove``: what is in the library, and out of it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.removing import Removed

LIST_EXAMPLE = "Example: yuanwen list --json"
REMOVE_EXAMPLE = "Example: yuanwen remove 3f2a91c0 copy-of-opening.html"
_SHOWN = 5
"""So many sources of one article, and articles of one file, are named; more are counted."""


def list_articles(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the articles of the library, the newest first."""
    with shared.plain_errors(), shared.open_library(library) as opened:
        infos = opened.articles()
    if as_json:
        keys = ("id", "title", "source", "sources", "url", "publisher", "language", "script", "passages", "chars")
        shared.print_json([{key: getattr(i, key) for key in keys} | {"published": i.published and i.published.isoformat()} for i in infos])
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "published", "title", "publisher", "file", "passages", box=None, header_style="bold")
    for info in infos:
        date = info.published.isoformat() if info.published else "unknown"
        more = f" +{len(info.sources) - 1}" if len(info.sources) > 1 else ""
        file = Text(Path(info.source).name + more)
        table.add_row(info.id[:8], date, Text(info.title), Text(info.publisher or ""), file, str(info.passages))
    shared.console().print(table if infos else "The library holds no articles yet. Add some: yuanwen add FILE_OR_FOLDER")


def remove(
    names: Annotated[list[str], typer.Argument(help="Files, by path or name; or articles, by id (or its beginning) or title.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget files, and the articles that no other file holds; or articles with all their files. Nothing on your disk is touched."""
    from corpus.removing import remove_named

    with shared.plain_errors(), shared.open_library(library) as opened:
        removed = remove_named(opened, names)
    if as_json:
        shared.print_json([_plain(one) for one in removed])
        return
    gone = [one for one in removed if not one.left]
    lines = [f"removed: {one.article.title}{_with_all(one)}" for one in gone[:_SHOWN]]
    if len(gone) > _SHOWN:
        lines.append(f"removed: {len(gone) - _SHOWN} more articles")
    for one in removed:
        for left in one.left:
            lines.append(f"removed the source {_names(one.sources)}; kept, as {_names(left.sources)} holds it too: {left.title}")
    for line in lines:
        shared.console().print(line, markup=False)


def _plain(one: Removed) -> dict[str, Any]:
    left = [{"id": info.id, "title": info.title, "sources": info.sources} for info in one.left]
    return {"id": one.article.id, "title": one.article.title, "sources": one.sources, "left": left}


def _with_all(one: Removed) -> str:
    return f" (with its {len(one.sources)} sources: {_names(one.sources)})" if len(one.sources) > 1 else ""


def _names(sources: Sequence[str]) -> str:
    names = [Path(source).name for source in sources]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
