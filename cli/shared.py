"""What the commands share: options, errors as sentences, the library and the models opened, an answer printed."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from corpus.intake import Outcome
    from corpus.library import Library
    from qa.assistant import Assistant
    from qa.results import Answer, Citation

LibraryOption = Annotated[
    Path | None, typer.Option("--library", "-l", metavar="DIR", help="The library's folder (default: your own, moved by YUANWEN_HOME).")
]
ArticlesOption = Annotated[
    Path | None, typer.Option("--articles", "-a", metavar="DIR", help="Ask a folder of articles as it is, without keeping a library.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and no progress.")]
SinceOption = Annotated[str | None, typer.Option(metavar="DATE", help="Only articles published on this day or later (2022-11-14).")]
UntilOption = Annotated[str | None, typer.Option(metavar="DATE", help="Only articles published on this day or earlier.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many different answers.")]


def console(*, stderr: bool = False) -> Console:
    """Where lines go: plain text in, wrapped by the terminal alone."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Ends the command with one sentence and exit code 1."""
    console(stderr=True).print(f"yuanwen: {message}", style="red", markup=False)
    raise typer.Exit(1)


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """What the project raises on purpose becomes one sentence and exit code 1; Ctrl-C says that nothing was lost."""
    from corpus.errors import YuanwenError

    try:
        yield
    except YuanwenError as error:
        fail(str(error))
    except KeyboardInterrupt:
        console(stderr=True).print("\nStopped. What was finished is kept; run the same command again to do the rest.")
        raise typer.Exit(130) from None


def bar(what: str, *, quiet: bool) -> contextlib.AbstractContextManager[Callable[[int, int], None] | None]:
    """A progress bar on the error stream; none when ``quiet``."""
    from app import progress_bar

    return contextlib.nullcontext() if quiet else progress_bar(what)


def day(text: str | None) -> dt.date | None:
    """The date that an option names."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2022-11-14.") from None


@contextlib.contextmanager
def open_library(folder: Path | None, *, articles: Path | None = None, quiet: bool = False) -> Iterator[Library]:
    """The library to work on; with ``articles`` one that lasts as long as the command."""
    from corpus.library import Library
    from qa.places import default_library

    if articles is None:
        with Library(folder or default_library()) as library:
            yield library
        return
    if folder is not None:
        raise typer.BadParameter("--library and --articles exclude each other.")
    with tempfile.TemporaryDirectory(prefix="yuanwen-") as place, Library(place) as library:
        report_failures(add_paths(library, [articles], quiet=quiet))
        yield library


def add_paths(library: Library, paths: list[Path], *, fields: Mapping[str, str] | None = None, quiet: bool) -> list[Outcome]:
    """Adds files and folders, with a progress bar unless ``quiet``."""
    from corpus.intake import add_files

    with bar("reading", quiet=quiet) as progress:
        return add_files(library, paths, fields=fields or {}, progress=progress)


def report_failures(outcomes: list[Outcome]) -> int:
    """Names what could not be added, on the error stream; returns how many that were."""
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    for outcome in failed:
        console(stderr=True).print(f"not added: {outcome.error}", style="yellow", markup=False)
    return len(failed)


def open_assistant(library: Library, *, quiet: bool, reembed: bool = False) -> Assistant:
    """Models open, every passage embedded."""
    from qa.assistant import Assistant

    if not library.articles():
        fail(f"The library {library.folder} holds no articles yet. Add some: yuanwen add FILE_OR_FOLDER")
    assistant = Assistant(library)
    with bar("embedding", quiet=quiet) as progress:
        assistant.sync(progress=progress, reembed=reembed)
    return assistant


def print_json(value: Any) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def write_text(text: str, file: Path | None) -> None:
    """To a file, or to standard output where there is none."""
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error}")


def either_some_or_all(named: Collection[object] | None, everything: bool, *, what: str) -> None:
    """A command that removes needs to be told what, one way or the other."""
    if bool(named) == everything:
        raise typer.BadParameter(f"Give {what}, or --all.")


def show(given: Answer) -> None:
    """An answer as a person reads it."""
    out = console()
    if not given.found:
        out.print("Not in your articles.", style="bold")
        for passage in given.nearest:
            out.print(f"  You may want to look at: {named(passage.title, passage.published)}", style="dim", markup=False)
        return
    for number, item in enumerate(given.answers, 1):
        out.print(f"{number}. {item.text}  ({item.confidence:.0%})", style="bold", markup=False)
        for citation in (*item.citations, *item.also):
            out.print(quoted(citation))
            out.print(f"     {named(citation.title, citation.published)} · {Path(citation.source).name}", style="dim", markup=False)
    out.print(f"{given.elapsed_ms:.0f} ms", style="dim")


def quoted(citation: Citation) -> Any:
    """The quote with the answer marked in it, as rich has it."""
    from rich.text import Text

    before, marked, after = (part.replace("\n", " ") for part in citation.marked())
    return Text.assemble("   > ", before, (marked, "bold reverse"), after)


def named(title: str, published: dt.date | None) -> str:
    """An article by its title and date."""
    return f"{title} ({published.isoformat()})" if published else title
