"""What the running chat offers to programs: named endpoints with plain data in and out, described by their types and docstrings.

`docs/api.md` shows them at work. Served as tools by ``--mcp`` too.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from chat.interface import AT_ONCE
from chat.programs import EndpointError, Programs
from chat.uploads import uploaded

T = TypeVar("T")


def add_endpoints(programs: Programs) -> None:
    """Adds the endpoints to the page that is being built."""

    def ask(
        question: str,
        limit: int = 5,
        since: str | None = None,
        until: str | None = None,
        articles: list[str] | None = None,
        history: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the library, in the articles' own words.

        Args:
            question: In any language.
            limit: Of different answers, 1-50; a question for many things gets every one that is sure enough.
            since: Only articles published on this day or later, such as 2022-11-14.
            until: Only articles published on this day or earlier.
            articles: Ids of the only articles that may answer.
            history: What this endpoint gave for the earlier questions of a conversation, oldest first.

        Returns:
            question, found, text, confidence (0-1), answers (each text, confidence, citations and also: article_id, title, source, url,
            published, quote, quote_start, start, end), nearest (passages to look at when nothing was found), understood, elapsed_ms.
        """
        return _told(lambda: programs.ask(question, limit, since, until, articles, history))

    def articles(query: str = "", limit: int = 100, offset: int = 0) -> dict[str, Any]:
        """List the articles of the library, the latest first.

        Args:
            query: Words that all stand in an article's title, file name, address, authors or date; every article when empty.
            limit: At most so many, 1-1000.
            offset: So many are passed over first.

        Returns:
            total, articles (each id, title, source, url, published, authors, language, script, passages, chars, added_at).
        """
        return _told(lambda: programs.articles(query, limit, offset))

    def article(article_id: str) -> dict[str, Any]:
        """Give one article with its text; a citation's words are text[start:end] of it.

        Args:
            article_id: As in a citation or in the list of articles.

        Returns:
            The same as in the list of articles, and text.
        """
        return _told(lambda: programs.article(article_id))

    def add(text: str = "", name: str = "", file: gr.FileData | None = None) -> list[dict[str, Any]]:
        """Add an article to the library: a text, a web address, or an uploaded file.

        Args:
            text: Of the article, its title in the first line; or one address that begins with http:// or https://.
            name: What to call the place it came from, such as letter.txt.
            file: An uploaded file: txt, md, html, pdf, docx and so on.

        Returns:
            For each article in it: source, change (added, updated, unchanged, duplicate; null when it failed), id, title, error.
        """
        if file is None:
            return _told(lambda: programs.add(text, name))
        upload = uploaded(file)
        if upload is None:
            raise gr.Error("file must be one that was uploaded to this server first.", print_exception=False)
        try:
            return _told(lambda: programs.add(text, name, *upload))
        finally:
            upload[0].unlink(missing_ok=True)

    asking: dict[str, Any] = {"concurrency_id": "asking", "concurrency_limit": AT_ONCE}
    api(ask, api_name="ask", **asking)
    api(articles, api_name="articles", concurrency_limit=AT_ONCE)
    api(article, api_name="article", concurrency_limit=AT_ONCE)
    api(add, api_name="add", concurrency_id="adding", concurrency_limit=1)


def _told(make: Callable[[], T]) -> T:
    try:
        return make()
    except EndpointError as error:
        raise gr.Error(str(error), print_exception=False) from error
