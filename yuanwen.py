"""The command line, put together: `yuanwen --help` lists the commands, and the `--help` of each shows an example."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import adding, doctor, evaluating, feedback, history, listing, moving
from cli.shared import ArticlesOption, JsonOption, LibraryOption, LimitOption, SinceOption, UntilOption
from cli.shared import bar as _bar
from cli.shared import day as _day
from cli.shared import fail as _fail
from cli.shared import open_assistant as _assistant
from cli.shared import open_library as _library
from cli.shared import plain_errors as _plain_errors
from cli.shared import print_json as _print_json
from cli.shared import show as _show

app = typer.Typer(
    help="Answers questions from your own articles in the articles' own words.",
    epilog='Try: yuanwen add ~/articles  and then  yuanwen ask "who spoke at the 2022 opening"',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


app.command(epilog=adding.EXAMPLE)(adding.add)


app.command(name="list", epilog=listing.LIST_EXAMPLE)(listing.list_articles)
app.command(epilog=listing.REMOVE_EXAMPLE)(listing.remove)
app.command(name="eval", epilog=evaluating.EXAMPLE)(evaluating.evaluate)
app.command(epilog=doctor.EXAMPLE)(doctor.doctor)
app.command(name="export", epilog=moving.EXPORT_EXAMPLE)(moving.export_file)
app.command(name="import", epilog=moving.IMPORT_EXAMPLE)(moving.import_file)
app.add_typer(feedback.app, name="feedback")
app.add_typer(history.app, name="history")


@app.command(epilog="Example: yuanwen serve --samples --port 7860")
def serve(
    library: LibraryOption = None,
    samples: Annotated[bool, typer.Option("--samples", help="Use the sample articles that come with the program.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on; this machine alone by default.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port (default: the first free one from 7860 on).")] = None,
    auth: Annotated[
        str | None, typer.Option(metavar="USER", help="Ask for this name and a password: YUANWEN_PASSWORD, or typed when it starts.")
    ] = None,
    auth_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask for one of several names; python -m chat.access USER makes its lines.")
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve the endpoints as tools for other programs too (MCP).")] = False,
) -> None:
    """Open the chat window in your browser's address bar: prints its address and runs until Ctrl-C."""
    with _plain_errors():
        from app import serve as serve_chat

        serve_chat(library=library, samples=samples, host=host, port=port, auth=auth, auth_file=auth_file, mcp=mcp)


def main() -> None:
    """Entry point of the command ``yuanwen``."""
    app()


if __name__ == "__main__":
    main()
