"""From a question to a cited answer: `answer` for one question, `Assistant` to ask many, `read` to read one text without a library."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import YuanwenError
from qa.conversation import Turn
from qa.results import Answer, AnswerItem, Citation, Nearest

if TYPE_CHECKING:
    from corpus.library import Library
    from qa.assistant import Assistant
    from qa.reader import Span

__all__ = ["Answer", "AnswerItem", "Citation", "Nearest", "Turn", "YuanwenError", "answer", "open_assistant", "read"]


@functools.lru_cache(maxsize=4)
def _assistant(folder: Path) -> Assistant:
    from corpus.library import Library
    from qa.assistant import Assistant

    return Assistant(Library(folder))


def open_assistant(library: Library | Path | str | None = None) -> Assistant:
    """An `Assistant` for many questions. One per folder is kept open, so that asking again costs no start.

    Args:
        library: an open library, or its folder (made when there is none); the user's own when omitted.
    """
    from corpus.library import Library
    from qa.assistant import Assistant
    from qa.places import default_library

    if isinstance(library, Library):
        return Assistant(library)
    return _assistant(Path(library or default_library()).expanduser().resolve())


def answer(
    question: str,
    *,
    library: Library | Path | str | None = None,
    history: Sequence[Turn] = (),
    limit: int = 5,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Answer:
    """Answer one question from a library's articles, in the articles' own words.

    Args:
        question: in any language.
        library: an open library, or its folder; the user's own when omitted. Articles added since the last time are embedded first.
        history: the turns before it, oldest first, from which a follow-up ("and in 2023?") takes what it leaves out.
        limit: of different answers; a question for many things gets every item that is sure enough.
        since: only articles published on this day or later.
        until: only articles published on this day or earlier.

    Returns:
        The answer; ``found`` is false when the articles do not say.

    Raises:
        QuestionError: the question is empty.
        LibraryError: the library cannot be used; its message says why.
        ModelError: a model file is missing or damaged, or the library was embedded by another model.
    """
    assistant = open_assistant(library)
    assistant.sync()
    return assistant.ask(question, history=history, limit=limit, since=since, until=until)


def read(question: str, text: str, *, limit: int = 5) -> tuple[Span, ...]:
    """Read one text of any length, without a library: the places that answer the question, best first; none when it doesn't say.

    Raises:
        QuestionError: the question is empty.
    """
    from qa.reader import read as read_text

    return read_text(question, text, n_best=limit)
