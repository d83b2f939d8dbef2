"""``yuanwen history``: earlier conversations, listed, shown, taken along and removed."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

if TYPE_CHECKING:
    from corpus.conversations import ConversationInfo
    from corpus.library import Library

app = typer.Typer(help="Your conversations: list, show, export and remove them.", no_args_is_help=True, epilog="Try: yuanwen history list")

Ids = Annotated[list[str] | None, typer.Argument(help="Ids, or at least four characters of their beginning.", show_default=False)]


class Form(enum.Enum):
    """What conversations are written as."""

    MARKDOWN = "md"
    JSON = "json"


@app.command(name="list", epilog="Example: yuanwen history list --limit 50")
def list_conversations(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    skip: Annotated[int, typer.Option(min=0, help="Leave out so many of the latest.")] = 0,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the conversations, the latest first."""
    with shared.plain_errors(), shared.open_library(library) as opened:
        infos = opened.conversations(limit=limit, offset=skip)
    if as_json:
        shared.print_json([info.to_dict() for info in infos])
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "last", "turns", "first question", box=None, header_style="bold")
    for info in infos:
        table.add_row(info.id[:8], f"{info.last.astimezone():%Y-%m-%d %H:%M}", str(info.turns), Text(info.title))
    shared.console().print(table if infos else "There are no conversations here yet. Begin one: yuanwen serve")


@app.command(epilog="Example: yuanwen history show 3f2a91c0")
def show(
    conversation: Annotated[str, typer.Argument(help="Its id, or at least four characters of the beginning.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a conversation as it was: every question with the answer it got then."""
    with shared.plain_errors(), shared.open_library(library) as opened:
        info = opened.find_conversation(conversation)
        turns = opened.conversation(info.id)
    if as_json:
        shared.print_json({**info.to_dict(), "turns": [turn.to_dict() for turn in turns]})
        return
    from corpus.errors import AnswerFormatError
    from qa.results import Answer

    console = shared.console()
    for turn in turns:
        console.print(f"{turn.asked_at.astimezone():%Y-%m-%d %H:%M}  {turn.question}", style="bold underline", markup=False)
        try:
            shared.show(Answer.from_dict(turn.answer))
        except AnswerFormatError:
            console.print("The answer was written by another version of the program and cannot be shown; --json has it as it is.")
        console.print()


@app.command(epilog="Example: yuanwen history export 3f2a91c0 --output forum.md")
def export(
    conversations: Ids = None,
    form: Annotated[Form | None, typer.Option("--format", help="By the file's ending when omitted, else Markdown.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")] = None,
    library: LibraryOption = None,
) -> None:
    """Export conversations, all of them unless you name some, the latest first."""
    form = form or (Form.JSON if output is not None and output.suffix.lower() == ".json" else Form.MARKDOWN)
    with shared.plain_errors():
        with shared.open_library(library) as opened:
            infos = _found(opened, conversations) if conversations else opened.conversations()
            content = _json(opened, infos) if form is Form.JSON else _markdown(opened, infos)
        shared.write_text(content, output)
        if output is not None:
            shared.console().print(f"{len(infos)} conversations written to {output}", markup=False)


def _found(library: Library, texts: list[str]) -> list[ConversationInfo]:
    """The conversations that are meant, each once."""
    return list({info.id: info for info in map(library.find_conversation, texts)}.values())


def _json(library: Library, infos: list[ConversationInfo]) -> str:
    plain = [{**info.to_dict(), "turns": [turn.to_dict() for turn in library.conversation(info.id)]} for info in infos]
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _markdown(library: Library, infos: list[ConversationInfo]) -> str:
    from chat.history import as_markdown
    from chat.wording import DEFAULT, WORDINGS

    return "\n".join(as_markdown(info, library.conversation(info.id), wording=WORDINGS[DEFAULT]) for info in infos)


@app.command(epilog="Example: yuanwen history remove 3f2a91c0")
def remove(
    conversations: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove every conversation.")] = False,
    library: LibraryOption = None,
) -> None:
    """Remove conversations. Articles and verdicts stay."""
    shared.either_some_or_all(conversations, everything, what="ids")
    with shared.plain_errors(), shared.open_library(library) as opened:
        infos = opened.conversations() if everything else _found(opened, conversations or [])  # all found before any is removed
        with opened.batch():
            for info in infos:
                opened.remove_conversation(info.id)
                shared.console().print(f"removed: {info.title}", markup=False)
