"""``yuanwen feedback``: what you said of answers, listed, taken along, removed, and the confidence fitted to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import shared
from cli.shared import JsonOption, LibraryOption

if TYPE_CHECKING:
    from qa.calibration import Refit

app = typer.Typer(
    help="Your verdicts on answers: list, export and remove them, and fit the confidence to them.",
    no_args_is_help=True,
    epilog="Try: yuanwen feedback list",
)


@app.command(name="list", epilog="Example: yuanwen feedback list --json")
def list_feedback(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List your verdicts, in the order they were given."""
    with shared.plain_errors(), shared.open_library(library) as opened:
        given = opened.feedback()
    if as_json:
        shared.print_json([one.to_dict() for one in given])
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "given", "verdict", "question", "answer", "article", box=None, header_style="bold")
    for one in given:
        title = one.title if one.article_id or not one.title else f"{one.title} (removed)"
        day = f"{one.created.astimezone():%Y-%m-%d}"
        table.add_row(str(one.id), day, one.verdict.value, Text(one.question), Text(one.answer_text), Text(title))
    shared.console().print(table if given else "There are no verdicts yet. Judge answers in the chat: yuanwen serve")


@app.command(epilog="Example: yuanwen feedback export questions.json")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where it goes (default: standard output).")] = None,
    library: LibraryOption = None,
) -> None:
    """Export your verdicts as a question set in the form of SQuAD 2.0, for `yuanwen eval` or to train a reader on."""
    with shared.plain_errors():
        from corpus.feedback import as_squad

        with shared.open_library(library) as opened:
            squad = as_squad(opened)
        count = sum(len(paragraph["qas"]) for entry in squad["data"] for paragraph in entry["paragraphs"])
        shared.write_text(json.dumps(squad, ensure_ascii=False, indent=1) + "\n", file)
        if file is not None:
            shared.console().print(f"{count} questions written to {file}", markup=False)


@app.command(epilog="Example: yuanwen feedback remove 3 17")
def remove(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids, as `yuanwen feedback list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove every verdict.")] = False,
    library: LibraryOption = None,
) -> None:
    """Remove verdicts. Articles and conversations stay."""
    shared.either_some_or_all(ids, everything, what="ids")
    with shared.plain_errors(), shared.open_library(library) as opened:
        known = [one.id for one in opened.feedback()]
        chosen = known if everything else list(dict.fromkeys(ids or []))
        if unknown := [feedback_id for feedback_id in chosen if feedback_id not in known]:
            shared.fail(f"There is no feedback {unknown[0]}. `yuanwen feedback list` shows the ids; nothing was removed.")
        with opened.batch():
            for feedback_id in chosen:
                opened.remove_feedback(feedback_id)
    shared.console().print(f"removed: {len(chosen)} verdicts")


@app.command(epilog="Example: yuanwen feedback refit --try")
def refit(
    forget: Annotated[bool, typer.Option("--forget", help="Return to the confidence that comes with the program.")] = False,
    only_try: Annotated[bool, typer.Option("--try", help="Measure, and store nothing.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the confidence to your verdicts. It is kept only when it would have helped on verdicts it was not fitted to."""
    if forget and only_try:
        raise typer.BadParameter("--forget and --try exclude each other.")
    with shared.plain_errors():
        from qa import calibration

        with shared.open_library(library) as opened:
            if forget:
                forgotten = calibration.forget(opened)
                if as_json:
                    shared.print_json({"forgotten": forgotten})
                else:
                    said = "The confidence is again the one that comes with the program." if forgotten else "Nothing was fitted."
                    shared.console().print(said)
                return
            found = calibration.refit(opened)
            stored = found.helps and not only_try
            if stored:
                calibration.store(opened, found.calibration)
    if as_json:
        shared.print_json({**found.to_dict(), "stored": stored})
    else:
        _print(found, stored=stored, only_try=only_try)
    if not found.helps:
        raise typer.Exit(1)


def _print(found: Refit, *, stored: bool, only_try: bool) -> None:
    from rich.table import Table

    out = shared.console()
    out.print(f"{found.verdicts} verdicts on answers with their confidence, {found.right} of them right.")
    table = Table("by cross-validation", "as it comes", "fitted", box=None, header_style="bold")
    table.add_row("log loss", f"{found.before:.3f}", f"{found.after:.3f}")
    table.add_row("calibration error", f"{found.calibration_error_before:.3f}", f"{found.calibration_error_after:.3f}")
    out.print(table)
    if not found.helps:
        out.print(f"Not stored: it helps by no more than chance would (standard error {found.standard_error:.3f}). Judge more answers.")
        return
    shown = ", ".join(f"{shipped:.0%} → {found.calibration.confidence(shipped):.0%}" for shipped in (0.3, 0.5, 0.7, 0.9))
    out.print(f"Confidence: {shown}")
    out.print(f"No longer sure enough to be given: {found.declined_right} of the right answers, {found.declined_wrong} of the wrong ones.")
    if stored:
        out.print("Stored in the library, in force from the next question on. Undo: yuanwen feedback refit --forget", markup=False)
    elif only_try:
        out.print("Not stored, as you asked: yuanwen feedback refit", markup=False)
