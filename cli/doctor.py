"""``yuanwen doctor``: what may be amiss with a library, and what to do about it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

if TYPE_CHECKING:
    from corpus.doctor import Finding
    from corpus.library import Library

EXAMPLE = "Example: yuanwen doctor --fix"


def doctor(
    library: LibraryOption = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Do what is safe: drop vectors of nothing, rebuild the vector index, give free room back to the disk."),
    ] = False,
    join: Annotated[bool, typer.Option("--join", help="Make articles that nearly say the same one article with several sources.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Examine the library: damage, stale vectors, duplicates, articles without text or date. Exit code 1 only for damage."""
    from corpus.doctor import DAMAGE, Finding, examine
    from corpus.errors import LibraryBusyError, LibraryError, LibraryVersionError, ReadOnlyLibraryError
    from corpus.library import Library
    from qa.places import default_library

    folder = library or default_library()
    done: dict[str, Any] = {}
    with shared.plain_errors():
        if not folder.exists():
            shared.fail(f"There is no library in {folder}. Add articles first: yuanwen add FILE_OR_FOLDER")
        try:
            with Library(folder, create=False) as opened:
                if join:
                    done["joined"] = opened.join_duplicates()
                if fix:
                    done |= _fixed(opened)
                found = examine(opened, fingerprint=_fingerprint())
        except (LibraryBusyError, LibraryVersionError, ReadOnlyLibraryError):
            raise
        except LibraryError as error:
            found = [Finding(DAMAGE, str(error), remedy="Put library.db back from a backup.")]
    if as_json:
        shared.print_json({"library": str(folder), "findings": [finding.to_dict() for finding in found], "done": done})
    else:
        _show(folder, found, done)
    if any(finding.is_damage for finding in found):
        raise typer.Exit(1)


def _fingerprint() -> str | None:
    """Of the embedder in use; None when its files are missing, of which the next question will tell."""
    from corpus.errors import ModelError
    from embeddings.encoder import load_embedder

    with contextlib.suppress(ModelError):
        return load_embedder().fingerprint
    return None


def _fixed(library: Library) -> dict[str, Any]:
    """Drops, rebuilds and compacts; what it came to."""
    import numpy as np

    from corpus.errors import ModelError
    from embeddings.encoder import load_embedder
    from embeddings.vectors import INDEX_FILE, PassageVectors

    file = library.folder / "library.db"
    before = file.stat().st_size
    done: dict[str, Any] = {"orphaned_vectors_dropped": library.tidy()}
    done["bytes_freed"] = max(0, before - file.stat().st_size)
    (library.folder / INDEX_FILE).unlink(missing_ok=True)
    with contextlib.suppress(ModelError):  # another model's vectors: told by what is examined next
        embedder = load_embedder()
        if library.count_vectors(embedder.fingerprint):
            PassageVectors(library, embedder).search(np.zeros(embedder.dimension, np.float32), limit=1)
            done["index_rebuilt"] = True
    return done


def _show(folder: Path, found: list[Finding], done: dict[str, Any]) -> None:
    console = shared.console()
    said = {
        "joined": "joined: {} articles",
        "orphaned_vectors_dropped": "dropped: {} vectors of nothing",
        "bytes_freed": "freed: {} bytes",
        "index_rebuilt": "the vector index was rebuilt",
    }
    for name, value in done.items():
        console.print(said[name].format(value), style="green", markup=False)
    for finding in found:
        style = "bold red" if finding.is_damage else "bold"
        console.print(f"{finding.kind}: {finding.message}", style=style, markup=False)
        console.print(f"  {finding.remedy}", style="dim", markup=False)
    if not found:
        console.print(f"All is well with {folder}.", markup=False)
