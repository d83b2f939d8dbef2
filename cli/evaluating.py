"""``yuanwen eval``: labelled questions asked over the library, and how right the answers are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import shared
from cli.shared import ArticlesOption, JsonOption, LibraryOption, LimitOption

if TYPE_CHECKING:
    from corpus.library import Library
    from qa.evaluation import Evaluation
    from qa.scoring import Gold

EXAMPLE = "Example: yuanwen eval questions.jsonl --articles ~/saved-pages --verbose"
_FIGURES = {
    "score": "mean score: a list's F1, else the first answer",
    "exact": "in exactly the words of the labels (EM)",
    "f1": "F1 of the words",
    "coverage": "coverage: questions that got an answer",
    "precision": "mean score of those",
    "calibration_error": "expected calibration error of {claims} confidences",
}


def evaluate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="JSON as `yuanwen feedback export` writes it (SQuAD 2.0), or JSON lines with question and answers. "
            "Default: your own verdicts.",
        ),
    ] = None,
    library: LibraryOption = None,
    articles: ArticlesOption = None,
    limit: LimitOption = 5,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List the questions that were not answered rightly.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask questions whose answers are known, and score what comes."""
    with shared.plain_errors():
        from qa.evaluation import evaluate as ask_all
        from qa.evaluation import load_questions

        asked = None if questions is None else load_questions(questions)  # a slip in it shows before any model is opened
        with shared.open_library(library, articles=articles, quiet=as_json) as opened:
            asked = _own(opened) if asked is None else asked
            assistant = shared.open_assistant(opened, quiet=as_json)
            with shared.bar("asking", quiet=as_json) as progress:
                found = ask_all(assistant, asked, limit=limit, progress=progress)
    if as_json:
        shared.print_json(found.to_dict())
    else:
        _print(found, verbose=verbose)


def _own(library: Library) -> list[Gold]:
    from corpus.feedback import as_squad
    from qa.evaluation import from_squad

    own = from_squad(as_squad(library))
    if not own:
        shared.fail(f"The library {library.folder} holds no verdicts yet. Judge answers in the chat, or name a file of questions.")
    return own


def _print(found: Evaluation, *, verbose: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from qa.evaluation import Outcome

    console, total = shared.console(), len(found.asked)
    if verbose:
        for one in found.asked:
            if one.outcome not in (Outcome.RIGHT, Outcome.DECLINED_RIGHTLY):
                said = "; ".join(f"{item.text} ({item.confidence:.0%})" for item in one.answer.answers) or "nothing"
                wanted = "; ".join(aliases[0] for aliases in one.gold.answers) or "nothing"
                console.print(f"{one.outcome.value}: {one.gold.question}", style="bold", markup=False)
                console.print(f"   said {said}\n   wanted {wanted}", style="dim", markup=False)
    outcomes = Table("outcome", box=None, header_style="bold")
    outcomes.add_column("questions", justify="right")
    outcomes.add_column("share", justify="right")
    for outcome, count in found.outcomes.items():
        outcomes.add_row(outcome.value, str(count), f"{count / total:.0%}" if total else "–")
    outcomes.add_row(Text("all", "bold"), str(total), "")
    figures = Table("figure", box=None, header_style="bold")
    figures.add_column("value", justify="right")
    for name, said_of in _FIGURES.items():
        figures.add_row(said_of.format(claims=len(found.claims)), f"{getattr(found, name):.3f}")
    groups = Table("group", box=None, header_style="bold")
    groups.add_column("questions", justify="right")
    groups.add_column("score", justify="right")
    for name, part in found.groups().items():
        groups.add_row(Text(name), str(len(part.asked)), f"{part.score:.3f}")
    for table in (outcomes, figures, groups):
        console.print(table)
        console.print()
    if found.left_out:
        console.print(f"{found.left_out} left out: only wrong answers to them are known, and none of those was given.", style="dim")
