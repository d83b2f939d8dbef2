"""What is said back to a question or to a dropped file: always a piece of safe HTML, whatever happens. Knows nothing of the page.

Every exception ends here: it is logged with its trace for whoever runs the program, and becomes a calm sentence for whoever asked.
Nothing of an exception's own text is shown, as it may hold paths.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat import rendering, wording
from chat.wording import Wording
from corpus.errors import (
    EmptyArticleError,
    LibraryBusyError,
    LibraryError,
    QuestionError,
    ReadingError,
    ReadOnlyLibraryError,
    YuanwenError,
)
from qa.results import Answer, Citation, Nearest

if TYPE_CHECKING:
    from qa.assistant import Assistant

LOG = logging.getLogger("yuanwen.chat")

SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
"""Of files that may be dropped on the page."""

MAX_MEGABYTES = 20
"""Of a dropped file: more than any article has, little enough to be read at once."""

ENDPOINT_LIMIT = 50
"""The most answers a program may ask for."""


class EndpointError(Exception):
    """A calm sentence for the program that called, in place of what went wrong."""


class Replies:
    """One assistant's replies. Safe from several threads; files are stored one at a time."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._adding = threading.Lock()

    def to_question(self, question: str, *, words: Wording) -> str:
        """The answer, or a sentence on why there is none."""
        try:
            given = self._assistant.ask(question)
            if not given.found and not given.nearest and not self._assistant.library.articles():
                return rendering.note(words.no_articles, words)
            return rendering.answer(
                given, wording=words, asked_in=wording.for_question(question, otherwise=words), languages=self._languages(given)
            )
        except QuestionError:
            return rendering.note(words.empty_question, words)
        except LibraryError as error:
            LOG.warning("a question could not be answered: %s", error)
            return rendering.note(_library_trouble(error, words), words)
        except Exception:
            LOG.exception("a question of %d characters failed", len(question))
            return rendering.note(words.ask_failed, words)

    def to_program(self, question: str, limit: int) -> dict[str, Any]:
        """`Answer.to_dict`, with file names in place of paths.

        Raises:
            EndpointError: the question is empty, the limit is not 1–50, or something failed; its text may be shown to anyone.
        """
        english = wording.WORDINGS["en"]
        if not isinstance(question, str):  # what a program sends has not been checked against the types it was told
            raise EndpointError(f"question is {question!r:.100}; it must be a text.")
        if not isinstance(limit, int) or not 1 <= limit <= ENDPOINT_LIMIT:
            raise EndpointError(f"limit is {limit!r:.100}; it must be a whole number from 1 to {ENDPOINT_LIMIT}.")
        try:
            plain = self._assistant.ask(question, limit=limit).to_dict()
        except QuestionError as error:
            raise EndpointError(str(error)) from error
        except LibraryError as error:
            LOG.warning("a question could not be answered: %s", error)
            raise EndpointError(_library_trouble(error, english)) from error
        except Exception as error:
            LOG.exception("a question of %d characters failed", len(question))
            raise EndpointError(english.ask_failed) from error
        for place in (*plain["nearest"], *(c for item in plain["answers"] for c in (*item["citations"], *item["also"]))):
            place["source"] = rendering.file_name(place["source"])
        return plain

    def to_file(self, path: Path, name: str, *, words: Wording, progress: Callable[[int, int], None] | None = None) -> str:
        """Store one file and say what became of it.

        Args:
            path: where the file's bytes are for now.
            name: the file's own name, kept as the article's source.
            words: the language to say it in.
            progress: called with how many passages are embedded and how many there are.
        """
        name = rendering.file_name(name)
        shown_name = rendering.clip(name, 80)
        try:
            return rendering.note(self._stored(path, name, shown_name, words, progress), words)
        except ReadingError as error:
            LOG.info("%s was not added: %s", name, error)
            reason = words.nothing_readable if isinstance(error, EmptyArticleError) else words.damaged
            return rendering.note(words.refused.format(name=shown_name, reason=reason), words)
        except LibraryError as error:
            LOG.warning("%s was not added: %s", name, error)
            return rendering.note(words.refused.format(name=shown_name, reason=_library_trouble(error, words)), words)
        except Exception:
            LOG.exception("adding %s failed", name)
            return rendering.note(words.add_failed.format(name=shown_name), words)

    def _stored(self, path: Path, name: str, shown_name: str, words: Wording, progress: Callable[[int, int], None] | None) -> str:
        from corpus.library import Change
        from corpus.reading import read

        if Path(name).suffix.lower() not in SUFFIXES:
            return words.refused.format(name=shown_name, reason=words.format_unknown)
        if path.stat().st_size > MAX_MEGABYTES * 2**20:
            return words.refused.format(name=shown_name, reason=words.too_large.format(megabytes=MAX_MEGABYTES))
        article = read(path.read_bytes(), name=name)
        with self._adding:
            article = dataclasses.replace(article, source=self._own_source(article.source, article.title))
            change = self._assistant.library.add(article)
            self._assistant.sync(progress=progress)
        date = article.published.isoformat() if article.published else words.no_date
        sentences = {
            Change.ADDED: words.added,
            Change.UPDATED: words.updated,
            Change.UNCHANGED: words.unchanged,
            Change.DUPLICATE: words.duplicate,
        }
        return sentences[change].format(title=rendering.clip(article.title, rendering.TITLE_CHARS), date=date, name=shown_name)

    def _own_source(self, name: str, title: str) -> str:
        """The name to keep a file under: another article's ``index.html`` must not be taken for an old version of this one."""
        known = {source: info.title for info in self._assistant.library.articles() for source in info.sources}
        stem, suffix = Path(name).stem, Path(name).suffix
        names = itertools.chain([name], (f"{stem} ({number}){suffix}" for number in itertools.count(2)))
        return next(candidate for candidate in names if known.get(candidate, title) == title)

    def _languages(self, given: Answer) -> dict[str, str]:
        """Of the articles cited, BCP 47 tags: what a screen reader or a font is to take their quotes for."""
        places: list[Citation | Nearest] = [*given.nearest, *(place for item in given.answers for place in (*item.citations, *item.also))]
        wanted = {place.article_id for place in places}
        return {info.id: language_tag(info.language, info.script) for info in self._assistant.library.articles() if info.id in wanted}


def language_tag(language: str, script: str) -> str:
    """ISO 639 and ISO 15924 as one BCP 47 tag; the script is named only for Chinese, where it isn't implied."""
    return f"{language}-{script}" if language == "zh" and script in ("Hans", "Hant") else language


def _library_trouble(error: YuanwenError, words: Wording) -> str:
    if isinstance(error, ReadOnlyLibraryError):
        return words.library_read_only
    if isinstance(error, LibraryBusyError):
        return words.library_busy
    return words.library_trouble
