"""The command line: ``yuanwen ask | batch | add | list | remove | serve``. Wiring and wording only; `--help` shows examples."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from corpus.intake import Outcome
    from corpus.library import Library
    from qa.assistant import Assistant
    from qa.results import Answer, Citation

app = typer.Typer(
    help="Answers questions from your own articles in the articles' own words.",
    epilog='Try: yuanwen add ~/articles  and then  yuanwen ask "who spoke at the 2022 opening"',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    _console(stderr=True).print(f"yuanwen: {message}", style="red", markup=False)
    raise typer.Exit(1)


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """What the project raises on purpose becomes one sentence and exit code 1; Ctrl-C says that nothing was lost."""
    from corpus.errors import YuanwenError

    try:
        yield
    except YuanwenError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _console(stderr=True).print("\nStopped. What was finished is kept; run the same command again to do the rest.")
        raise typer.Exit(130) from None


def _bar(what: str, *, quiet: bool) -> contextlib.AbstractContextManager[Callable[[int, int], None] | None]:
    """A progress bar on the error stream; none when ``quiet``."""
    from app import progress_bar

    return contextlib.nullcontext() if quiet else progress_bar(what)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2022-11-14.") from None


@contextlib.contextmanager
def _library(folder: Path | None, *, articles: Path | None = None, quiet: bool = False) -> Iterator[Library]:
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
        _report_failures(_add(library, [articles], quiet=quiet))
        yield library


def _add(library: Library, paths: list[Path], *, quiet: bool) -> list[Outcome]:
    from corpus.intake import add_files

    with _bar("reading", quiet=quiet) as progress:
        return add_files(library, paths, progress=progress)


def _report_failures(outcomes: list[Outcome]) -> int:
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    for outcome in failed:
        _console(stderr=True).print(f"not added: {outcome.error}", style="yellow", markup=False)
    return len(failed)


def _assistant(library: Library, *, quiet: bool, reembed: bool = False) -> Assistant:
    """Models open, every passage embedded."""
    from qa.assistant import Assistant

    if not library.articles():
        _fail(f"The library {library.folder} holds no articles yet. Add some: yuanwen add FILE_OR_FOLDER")
    assistant = Assistant(library)
    with _bar("embedding", quiet=quiet) as progress:
        assistant.sync(progress=progress, reembed=reembed)
    return assistant


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


@app.command(epilog='Example: yuanwen ask "who spoke at the 2022 opening" --articles ~/saved-pages')
def ask(
    question: Annotated[str, typer.Argument(help="Your question, in any language.")],
    library: LibraryOption = None,
    articles: ArticlesOption = None,
    limit: LimitOption = 5,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask one question; answers are quoted from your articles."""
    with _plain_errors():
        first, last = _day(since), _day(until)
        from qa.question import understand

        understand(question)  # an empty question is refused before any model is opened
        with _library(library, articles=articles, quiet=as_json) as opened:
            given = _assistant(opened, quiet=as_json).ask(question, limit=limit, since=first, until=last)
    if as_json:
        _print_json(given.to_dict())
    else:
        _show(given)


def _show(given: Answer) -> None:
    console = _console()
    if not given.found:
        console.print("Not in your articles.", style="bold")
        for passage in given.nearest:
            console.print(f"  You may want to look at: {_name(passage.title, passage.published)}", style="dim", markup=False)
        return
    for number, item in enumerate(given.answers, 1):
        console.print(f"{number}. {item.text}  ({item.confidence:.0%})", style="bold", markup=False)
        for citation in (*item.citations, *item.also):
            console.print(_quoted(citation))
            console.print(f"     {_name(citation.title, citation.published)} · {Path(citation.source).name}", style="dim", markup=False)
    console.print(f"{given.elapsed_ms:.0f} ms", style="dim")


def _quoted(citation: Citation) -> Any:
    from rich.text import Text

    before, marked, after = (part.replace("\n", " ") for part in citation.marked())
    return Text.assemble("   > ", before, (marked, "bold reverse"), after)


def _name(title: str, published: dt.date | None) -> str:
    return f"{title} ({published.isoformat()})" if published else title


@app.command(epilog="Example: yuanwen batch questions.jsonl answers.jsonl --articles ~/saved-pages")
def batch(
    questions: Annotated[Path, typer.Argument(help='JSON lines with "id" and "question"; - for standard input.', allow_dash=True)],
    answers: Annotated[Path | None, typer.Argument(help="Where the answers go (default: standard output).")] = None,
    library: LibraryOption = None,
    articles: ArticlesOption = None,
    limit: LimitOption = 5,
) -> None:
    """Ask many questions: one JSON line in, one JSON line out with the same id."""
    with _plain_errors():
        rows = _question_rows(questions)
        with _library(library, articles=articles) as opened, contextlib.ExitStack() as stack:
            assistant = _assistant(opened, quiet=False)
            out = stack.enter_context(answers.open("w", encoding="utf-8")) if answers else sys.stdout
            progress = stack.enter_context(_bar("asking", quiet=answers is None and not sys.stderr.isatty()))
            for done, row in enumerate(rows, 1):
                given = assistant.ask(row["question"], limit=limit).to_dict()
                out.write(json.dumps({"id": row["id"], **given}, ensure_ascii=False) + "\n")
                out.flush()
                if progress is not None:
                    progress(done, len(rows))


def _question_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a question file, each checked, so that a slip in the last line shows before the first answer."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"The question file {path} cannot be read: {error}")
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            _fail(f"Line {number} of {path} is not JSON: {error}")
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("question"), str) or not row["question"].strip():
            _fail(f'Line {number} of {path} needs "id" and "question", such as {{"id": 1, "question": "who spoke?"}}')
        rows.append(row)
    return rows


@app.command(epilog="Example: yuanwen add ~/articles report.pdf")
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: txt, md, html, pdf, docx.")],
    library: LibraryOption = None,
    reembed: Annotated[bool, typer.Option("--reembed", help="Replace vectors that another embedding model made.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add articles. Files that are known and unchanged cost no work; changed ones replace their old version."""
    with _plain_errors(), _library(library) as opened:
        outcomes = _add(opened, paths, quiet=as_json)
        if opened.articles():
            _assistant(opened, quiet=as_json, reembed=reembed)
    failed = sum(outcome.error is not None for outcome in outcomes)
    if as_json:
        rows = [{"file": str(o.path), "change": o.change and o.change.value, "id": o.article_id, "error": o.error} for o in outcomes]
        _print_json(rows)
    else:
        _report_failures(outcomes)
        counts = {
            name: sum(o.change is not None and o.change.value == name for o in outcomes)
            for name in ("added", "updated", "unchanged", "duplicate")
        }
        said = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing added"
        _console().print(said + (f", {failed} failed" if failed else ""))
    if failed:
        raise typer.Exit(1)


@app.command(name="list", epilog="Example: yuanwen list --json")
def list_articles(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the articles of the library, the newest first."""
    with _plain_errors(), _library(library) as opened:
        infos = opened.articles()
    if as_json:
        keys = ("id", "title", "source", "url", "language", "script", "passages", "chars")
        _print_json([{key: getattr(i, key) for key in keys} | {"published": i.published and i.published.isoformat()} for i in infos])
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "published", "title", "file", "passages", box=None, header_style="bold")
    for info in infos:
        date = info.published.isoformat() if info.published else "unknown"
        table.add_row(info.id[:8], date, Text(info.title), Text(Path(info.source).name), str(info.passages))
    _console().print(table if infos else "The library holds no articles yet. Add some: yuanwen add FILE_OR_FOLDER")


@app.command(epilog="Example: yuanwen remove 3f2a91c0")
def remove(
    articles: Annotated[list[str], typer.Argument(help="Ids (or their beginnings), file names or titles, as `yuanwen list` shows them.")],
    library: LibraryOption = None,
) -> None:
    """Remove articles from the library. The files they came from stay where they are."""
    with _plain_errors(), _library(library) as opened:
        ids = [opened.find(name) for name in articles]  # all of them found before any is removed
        for article_id in dict.fromkeys(ids):
            title = opened.article(article_id).title
            opened.remove(article_id)
            _console().print(f"removed: {title}", markup=False)


@app.command(epilog="Example: yuanwen serve --samples --port 7860")
def serve(
    library: LibraryOption = None,
    samples: Annotated[bool, typer.Option("--samples", help="Use the sample articles that come with the program.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on; this machine alone by default.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port (default: the first free one from 7860 on).")] = None,
) -> None:
    """Open the chat window in your browser's address bar: prints its address and runs until Ctrl-C."""
    with _plain_errors():
        from app import serve as serve_chat

        serve_chat(library=library, samples=samples, host=host, port=port)


def main() -> None:
    """Entry point of the command ``yuanwen``."""
    app()


if __name__ == "__main__":
    main()
