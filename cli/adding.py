"""``yuanwen add``: files, folders, web addresses and standard input into the library, once or as they come."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

if TYPE_CHECKING:
    from corpus.intake import Outcome
    from corpus.library import Library
    from qa.assistant import Assistant

EXAMPLE = "Example: yuanwen add ~/articles report.pdf table.csv https://example.org/news.html"
_MOST_FAILURES = 20
"""As many are told one by one."""


def add(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT]...",
            help="Files and folders (txt, md, html, mhtml, pdf, docx, epub, csv, json, jsonl, RSS, Atom, zip), web addresses, - for stdin.",
        ),
    ] = None,
    library: LibraryOption = None,
    urls: Annotated[Path | None, typer.Option(metavar="FILE", help="Fetch every address in this file, one a line.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the text from standard input: its source (saved.html).")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=NAME", help="Tables and JSON: which field is the text, title, date, url or author, as text=body."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep looking at the folders and add what is saved there, until Ctrl-C.")] = False,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Replace vectors that another embedding model made; nothing need be added.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add articles. Files that are known and unchanged cost no work; changed ones replace their old version."""
    fields = _fields(field or [])
    if not what and urls is None and not reembed:
        raise typer.BadParameter("Name what to add: files, folders, web addresses, or - for standard input.")
    addresses, paths, from_stdin = _sorted_out(what or [], urls)
    if name is not None and not from_stdin:
        raise typer.BadParameter("--name is for what comes from standard input: yuanwen add - --name saved.html")
    folders = [path for path in paths if path.is_dir()]
    if watch and not folders:
        raise typer.BadParameter("--watch needs a folder to watch: yuanwen add --watch ~/articles")
    with shared.plain_errors(), shared.open_library(library) as opened:
        outcomes = shared.add_paths(opened, paths, fields=fields, quiet=as_json)
        outcomes += _add_addresses(opened, addresses, fields, quiet=as_json)
        if from_stdin:
            outcomes += _add_stdin(opened, name, fields, quiet=as_json)
        assistant = shared.open_assistant(opened, quiet=as_json, reembed=reembed) if opened.articles() else None
        if what or urls or as_json:
            _report(outcomes, as_json=as_json)
        else:
            typer.echo("Every passage is embedded by the model in use.")
        if watch:
            _watch(opened, folders, fields, assistant, as_json=as_json)
    if outcomes and all(outcome.error is not None for outcome in outcomes):
        raise typer.Exit(1)


def _fields(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for role, sign, own in pairs:
        if not (role and own):
            raise typer.BadParameter(f"--field takes a role and a name, such as text=body, not {role + sign + own!r}.")
    return {role: own for role, _, own in pairs}


def _sorted_out(what: list[str], urls: Path | None) -> tuple[list[str], list[Path], bool]:
    """Web addresses, paths, and whether to read standard input."""
    from corpus.intake import is_address

    addresses = [text for text in what if is_address(text)]
    paths = [Path(text) for text in what if text != "-" and not is_address(text)]
    if urls is not None:
        try:
            lines = urls.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            shared.fail(f"The list of addresses {urls} cannot be read: {error}")
        addresses += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return list(dict.fromkeys(addresses)), paths, "-" in what


def _add_addresses(library: Library, addresses: list[str], fields: dict[str, str], *, quiet: bool) -> list[Outcome]:
    from corpus.intake import add_url

    outcomes: list[Outcome] = []
    with shared.bar("fetching", quiet=quiet) as progress:
        for done, address in enumerate(addresses, 1):
            outcomes += add_url(library, address, fields=fields)
            if progress is not None:
                progress(done, len(addresses))
    return outcomes


def _add_stdin(library: Library, name: str | None, fields: dict[str, str], *, quiet: bool) -> list[Outcome]:
    import hashlib

    from corpus.intake import add_bytes
    from corpus.reading import MOST_BYTES

    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    # Without a name of their own, different texts must not replace one another.
    name = name or f"stdin-{hashlib.sha256(data).hexdigest()[:8]}"
    with shared.bar("reading", quiet=quiet) as progress:
        return add_bytes(library, data, name=name, fields=fields, progress=progress)


def _report(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """What became of what was to be added: how many of each kind, then every file that could not be read."""
    from corpus.intake import tally

    counts = tally(outcomes)
    if as_json:
        rows = [{"source": o.source, "change": o.change and o.change.value, "id": o.article_id, "error": o.error} for o in outcomes]
        shared.print_json({"counts": counts, "files": rows})
        return
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right")
    for kind, count in counts.items():
        if count:
            table.add_row(f"{count:,}", kind, style="yellow" if kind == "failed" else None)
    shared.console().print(table if table.row_count else "There was nothing to add.")
    shared.report_failures([outcome for outcome in outcomes if outcome.error is not None][:_MOST_FAILURES])
    if counts["failed"] > _MOST_FAILURES:
        shared.console(stderr=True).print(f"and {counts['failed'] - _MOST_FAILURES:,} more; --json lists them all.", style="yellow")


def _watch(library: Library, folders: list[Path], fields: dict[str, str], assistant: Assistant | None, *, as_json: bool) -> None:
    """Add what is saved into the folders until Ctrl-C."""
    from corpus.watching import watch

    console = shared.console(stderr=True)
    console.print(f"Watching {', '.join(map(str, folders))}. Stop with Ctrl-C.", markup=False)
    try:
        for noticed in watch(library, folders, fields=fields):
            if assistant is not None:
                assistant.sync()
            elif library.articles():
                assistant = shared.open_assistant(library, quiet=True)
            if noticed.outcomes:
                _report(noticed.outcomes, as_json=as_json)
            for path in noticed.deleted:
                console.print(f"{path.name} was deleted; its article stays. To forget it: yuanwen remove {path.name}", markup=False)
    except KeyboardInterrupt:
        console.print("\nStopped watching.")
