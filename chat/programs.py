"""What programs get from the running chat: plain data for checked arguments, or a sentence that says what is wrong with them.

As with the page, no other exception gets out, and no path of this machine: articles are named by their ids and file names.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chat import library_view, wording
from chat.adding import Added, Adding, is_address, library_trouble
from chat.rendering import file_name
from corpus.errors import ArticleNotFoundError, LibraryError, QuestionError, YuanwenError
from qa.conversation import Turn
from qa.results import Answer

if TYPE_CHECKING:
    from corpus.library import ArticleInfo
    from qa.assistant import Assistant

LOG = logging.getLogger("yuanwen.chat")
T = TypeVar("T")

MOST_ANSWERS = 50
MOST_LISTED = 1000
"""Articles listed in one reply."""
MOST_TURNS = 50
"""Earlier turns that a question may bring along."""
MOST_SCOPE = 10_000
"""Articles that a question may be kept to."""
_ENGLISH = wording.WORDINGS["en"]


class EndpointError(Exception):
    """A calm sentence for the program that called, in place of what went wrong."""


class Programs:
    """One assistant's replies to programs. Safe from several threads.

    Every method raises `EndpointError` for arguments that are not as described, and when something failed; its text may be shown to anyone.
    """

    def __init__(self, assistant: Assistant, adding: Adding) -> None:
        self._assistant = assistant
        self._adding = adding

    def ask(
        self,
        question: object,
        limit: object = 5,
        since: object = None,
        until: object = None,
        articles: object = None,
        history: object = None,
    ) -> dict[str, Any]:
        """`Answer.to_dict`, with file names in place of paths.

        Args:
            question: in any language.
            limit: of different answers, 1–50.
            since: ISO 8601 date, or nothing.
            until: the same.
            articles: ids of the only articles that may answer; all when omitted.
            history: what this method gave for the earlier questions, oldest first.
        """
        asked = _text("question", question)
        options: dict[str, Any] = {
            "limit": _whole("limit", limit, 1, MOST_ANSWERS),
            "since": _date("since", since),
            "until": _date("until", until),
            "articles": _ids(articles),
            "history": _turns(history),
        }
        return self._calmly(lambda: _without_paths(self._assistant.ask(asked, **options).to_dict()), _ENGLISH.ask_failed)

    def articles(self, query: object = "", limit: object = 100, offset: object = 0) -> dict[str, Any]:
        """The articles that match, the latest first: ``total`` of them and one stretch of the list.

        Args:
            query: words that all stand in an article's title, file name, address, authors or date; every article when empty.
            limit: at most so many of them, 1–1000.
            offset: so many are passed over first.
        """
        wanted = _text("query", query)
        most, first = _whole("limit", limit, 1, MOST_LISTED), _whole("offset", offset, 0, 10**9)

        def look() -> dict[str, Any]:
            found = library_view.matching(self._assistant.library.articles(), wanted)
            return {"total": len(found), "articles": [_plain(info) for info in found[first : first + most]]}

        return self._calmly(look, _ENGLISH.alone("library_trouble"))

    def article(self, article_id: object) -> dict[str, Any]:
        """One article with its text, in which an answer's citations have their places.

        Args:
            article_id: the id, as in an answer's citations.
        """
        wanted = _text("article_id", article_id)

        def look() -> dict[str, Any]:
            info = next((info for info in self._assistant.library.articles() if info.id == wanted), None)
            if info is None:
                raise ArticleNotFoundError(f"No article {wanted!r:.100} is in the library. /articles lists them.")
            return _plain(info) | {"text": self._assistant.library.article(wanted).text}

        return self._calmly(look, _ENGLISH.alone("library_trouble"))

    def add(self, text: object = "", name: object = "", file: Path | None = None, file_said: str = "") -> list[dict[str, Any]]:
        """Add a text, what is found at an address, or a file; what became of each article in it.

        Args:
            text: of an article, its title in the first line; or one address that begins with http:// or https://.
            name: what to call the place the text came from.
            file: where an uploaded file lies.
            file_said: its own name.
        """
        words, called = _text("text", text), _text("name", name)
        if bool(words.strip()) == (file is not None):
            raise EndpointError("Give either a text (or an address) or a file.")
        if file is not None:
            added = self._adding.file(file, called or file_said)
        elif is_address(words):
            added = self._adding.address(words.strip())
        else:
            added = self._adding.text(words, name=called or "text")
        return [_outcome(one) for one in added]

    def _calmly(self, make: Callable[[], T], failed: str) -> T:
        try:
            return make()
        except (QuestionError, ArticleNotFoundError) as error:
            raise EndpointError(str(error)) from error
        except LibraryError as error:
            LOG.warning("a program could not be answered: %s", error)
            raise EndpointError(_ENGLISH.alone(library_trouble(error))) from error
        except Exception as error:
            LOG.exception("a program's call failed")
            raise EndpointError(failed) from error


def _plain(info: ArticleInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "title": info.title,
        "source": file_name(info.source),
        "url": info.url,
        "published": info.published.isoformat() if info.published else None,
        "authors": list(info.authors),
        "language": info.language,
        "script": info.script,
        "passages": info.passages,
        "chars": info.chars,
        "added_at": info.added_at.isoformat(),
    }


def _outcome(one: Added) -> dict[str, Any]:
    said = None if one.change else one.sentence(_ENGLISH)
    return {
        "source": one.name,
        "change": one.change.value if one.change else None,
        "id": one.article_id,
        "title": one.title or None,
        "error": said,
    }


def _without_paths(plain: dict[str, Any]) -> dict[str, Any]:
    for place in (*plain["nearest"], *(c for item in plain["answers"] for c in (*item["citations"], *item["also"]))):
        place["source"] = file_name(place["source"])
    return plain


# What a program sends has not been checked against the types it was told.


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise EndpointError(f"{name} is {value!r:.100}; it must be a text.")
    return value


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise EndpointError(f"{name} is {value!r:.100}; it must be a whole number from {least} to {most}.")
    return value


def _date(name: str, value: object) -> dt.date | None:
    if value is None or value == "":
        return None
    try:
        return dt.date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise EndpointError(f"{name} is {value!r:.100}; it must be a date such as 2022-11-14, or nothing.") from None


def _ids(value: object) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_SCOPE or not all(isinstance(one, str) for one in value):
        raise EndpointError(f"articles is {value!r:.100}; it must be a list of article ids as /articles gives them, or nothing.")
    return value


def _turns(value: object) -> Sequence[Turn]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_TURNS:
        raise EndpointError(f"history is {value!r:.100}; it must be a list of at most {MOST_TURNS} earlier replies of /ask, or nothing.")
    try:
        answers = [Answer.from_dict(one) for one in value]
    except YuanwenError as error:
        raise EndpointError(f"history holds something that is no reply of /ask: {error}") from error
    return [Turn(answer.question, answer) for answer in answers]
