"""What the parts of the page share: labels in the visitor's language, and how many things are worked on at once."""

from typing import Any

import gradio as gr

from chat import wording
from chat.adding import MAX_MEGABYTES
from chat.wording import Wording

TITLE = "Yuanwen 原文"

AT_ONCE = 2
"""Questions worked on at the same time; the others wait their turn. Each keeps every core busy while it reads."""

I18N = gr.I18n(**wording.labels(megabytes=MAX_MEGABYTES))
"""``I18N(key)`` is a label that Gradio shows in the language of the visitor's browser; the keys are those of the ``page`` tables."""


def html(value: str = "", **options: Any) -> gr.Markdown:
    """A place for our own escaped HTML (`rendering`), without blank lines in it, that Gradio sanitises once more.

    `gr.HTML` compiles templates in the browser, which the page's security policy forbids.
    """
    return gr.Markdown(value, sanitize_html=True, latex_delimiters=[], **options)


def words_for(request: gr.Request) -> Wording:
    """The wording for sentences made on the server, by the language the visitor's browser asks for."""
    return wording.for_header(request.headers.get("accept-language"))
