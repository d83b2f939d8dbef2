"""``yuanwen export`` and ``yuanwen import``: a library as one file, to keep, to move, to merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

EXPORT_EXAMPLE = "Example: yuanwen export articles.yuanwen --with-history"
IMPORT_EXAMPLE = "Example: yuanwen import articles.yuanwen"


def export_file(
    file: Annotated[Path, typer.Argument(help="The file to write; nothing may be there yet.")],
    library: LibraryOption = None,
    with_history: Annotated[bool, typer.Option("--with-history", help="With your verdicts and conversations.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the whole library to one file, with checksums: articles, sources, vectors. Settings stay."""
    from corpus.transfer import export_library

    with shared.plain_errors(), shared.open_library(library) as opened, shared.bar("exporting", quiet=as_json) as progress:
        made = export_library(opened, file, with_history=with_history, progress=progress)
    if as_json:
        counts = {"articles": made.articles, "vectors": made.vectors, "feedback": made.feedback, "conversations": made.conversations}
        shared.print_json({"file": str(file), **counts})
        return
    history = f", {made.feedback} verdicts, {made.conversations} conversations" if with_history else ""
    shared.console().print(f"{made.articles} articles, {made.vectors} vectors{history} written to {file}", markup=False)


def import_file(
    file: Annotated[Path, typer.Argument(help="A file that yuanwen export wrote.")],
    library: LibraryOption = None,
    with_history: Annotated[bool, typer.Option(help="Verdicts and conversations too, where the file has them.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Merge an exported library into yours. The file is checked first; what you have stays as it is."""
    from corpus.transfer import import_library

    with shared.plain_errors(), shared.open_library(library) as opened, shared.bar("importing", quiet=as_json) as progress:
        came = import_library(opened, file, with_history=with_history, progress=progress)
    if as_json:
        counts = {"added": came.added, "duplicate": came.duplicate, "unchanged": came.unchanged, "kept": list(came.kept)}
        shared.print_json({**counts, "vectors": came.vectors, "feedback": came.feedback, "conversations": came.conversations})
        return
    parts = {
        "added": came.added,
        "duplicate": came.duplicate,
        "unchanged": came.unchanged,
        "vectors": came.vectors,
        "verdicts": came.feedback,
        "conversations": came.conversations,
    }
    console = shared.console()
    console.print(", ".join(f"{count} {name}" for name, count in parts.items() if count) or "the file is empty", markup=False)
    for source in came.kept:
        console.print(f"kept your own version of: {source}", style="yellow", markup=False)
