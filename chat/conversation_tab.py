"""The conversation's tab: questions are asked and answered here."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from chat import rendering, wording
from chat.interface import AT_ONCE, I18N, TITLE, words_for
from chat.replies import Replies

KEPT_TURNS = 100
"""Of a conversation on the page: all of it is sent again with each reply."""

Turns = list[dict[str, str]]
"""A conversation as Gradio's chat takes it: ``{"role": "user" | "assistant", "content": HTML}``."""


def build_conversation_tab(replies: Replies, *, samples: bool = False, empty: bool = False) -> None:
    """Adds the tab's parts to the page that is being built.

    Args:
        replies: what answers it.
        samples: whether the sample library is open; offers questions on it.
        empty: whether the library holds nothing to ask about yet.
    """
    # One list for each visitor, changed in place.
    conversation = gr.State([])
    chat = gr.Chatbot(
        render_markdown=False,  # messages are our own escaped HTML, which Gradio sanitises once more
        sanitize_html=True,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        layout="bubble",
        show_label=False,
        label=TITLE,
        placeholder=str(I18N("empty_library" if empty else "empty_chat")),
        examples=[{"text": question} for question in wording.EXAMPLES] if samples else None,
        scale=1,
        min_height=320,
        autoscroll=False,  # page.js keeps the newest question in sight
        group_consecutive_messages=False,
        elem_id="conversation",
    )
    with gr.Row(elem_classes="yw-ask", scale=0):
        box = gr.Textbox(
            label=I18N("question_label"),
            placeholder=I18N("question_hint"),
            show_label=False,
            container=False,
            lines=1,
            max_lines=4,
            autofocus=True,
            scale=1,
            elem_id="question",
        )
        send = gr.Button(I18N("send"), variant="primary", scale=0, min_width=88, elem_id="send")

    def answer(question: str, turns: Turns, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        words = words_for(request)
        if question.strip():
            turns.append(_turn("user", rendering.question(question)))
            yield "", [*turns, _turn("assistant", rendering.reading(words))]
        turns.append(_turn("assistant", replies.to_question(question, words=words)))
        yield "", turns[-KEPT_TURNS:]

    def answer_example(turns: Turns, chosen: gr.SelectData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from answer(str(chosen.value["text"]), turns, request)

    asking: dict[str, Any] = {
        "concurrency_id": "asking",
        "concurrency_limit": AT_ONCE,
        "show_progress": "minimal",
        "show_progress_on": [chat],
        "api_visibility": "private",
    }
    gr.on([box.submit, send.click], answer, [box, conversation], [box, chat], **asking)
    chat.clear(Turns.clear, conversation, None, api_visibility="private")
    chat.example_select(answer_example, [conversation], [box, chat], **asking)


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
