"""What the running chat offers to programs: named endpoints with plain data in and out."""

from typing import Any

import gradio as gr
from gradio.events import api

from chat.interface import AT_ONCE
from chat.replies import EndpointError, Replies


def add_endpoints(replies: Replies) -> None:
    """Adds the endpoints to the page that is being built."""

    def ask(question: str, limit: int = 5) -> dict[str, Any]:
        """Answer a question from the library, in the articles' own words.

        Args:
            question: in any language.
            limit: of different answers, 1–50; a question for many things gets every one that is sure enough.

        Returns:
            question, found, text, confidence (0–1), answers (each text, confidence, citations and also: title, source, url,
            published, quote, quote_start, start, end), nearest (passages to look at when nothing was found), elapsed_ms.
        """
        try:
            return replies.to_program(question, limit)
        except EndpointError as error:
            raise gr.Error(str(error), print_exception=False) from error

    api(ask, api_name="ask", concurrency_id="asking", concurrency_limit=AT_ONCE)
