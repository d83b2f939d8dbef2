"""The conversation's tab: which parts it has, and what `Replies` is told of each thing a visitor does there."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from chat import rendering, wording
from chat.interface import AT_ONCE, I18N, TITLE, html, words_for
from chat.limits import Limits
from chat.replies import Replies
from chat.visit import Visit
from chat.wording import Wording

_VERDICTS = frozenset({"right", "wrong", "absent", "undo"})
_ARTICLE = frozenset({"open", "close", "elsewhere"})


def build_conversation_tab(page: gr.Blocks, replies: Replies, *, samples: bool = False, empty: bool = False) -> None:
    """Adds the tab's parts to the page that is being built.

    Buttons within messages and articles are plain HTML: `page.js` writes what they stand for into a hidden field, `#action`.

    Args:
        page: that the tab is on.
        replies: what answers it.
        samples: whether the sample library is open; offers questions on it.
        empty: whether the library holds nothing to ask about yet.
    """
    visit = gr.State(Visit())  # copied for each visitor, then changed in place
    with gr.Row(elem_id="room"):
        with gr.Column(elem_id="talk", scale=3, min_width=320):
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
            limits = html(elem_id="limits")
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
            with gr.Row(elem_classes="yw-more", scale=0):
                with gr.Accordion(I18N("scope_label"), open=False, elem_id="scope") as scope:
                    picked = gr.Dropdown([], value=[], label=I18N("scope_articles"), multiselect=True, elem_id="scope-articles")
                    with gr.Row():
                        since, until = (
                            gr.Textbox(
                                label=I18N(f"scope_{end}"), placeholder=I18N("scope_day_hint"), min_width=120, elem_id=f"scope-{end}"
                            )
                            for end in ("since", "until")
                        )
                    widen = gr.Button(I18N("scope_clear"), size="sm", elem_id="scope-clear")
                with gr.Accordion(I18N("conversations"), open=False, elem_id="history"):
                    past = html(elem_id="past")
                new = gr.Button(I18N("new_conversation"), scale=0, elem_id="new")
        with gr.Column(elem_id="source", scale=2, min_width=320):
            panel = html(elem_id="panel")
            with gr.Column(elem_id="marking"):
                right_words = gr.Textbox(
                    label=I18N("right_words_label"), placeholder=I18N("right_words_hint"), lines=1, elem_id="right-words"
                )
                mark = gr.Button(I18N("right_words_send"), variant="primary", size="sm", elem_id="mark")
                other = gr.Dropdown([], value=None, label=I18N("other_article"), elem_id="other-article")
    action, again, selection = (
        gr.Textbox(elem_id=name, visible="hidden", show_label=False, container=False) for name in ("action", "again", "selection")
    )
    shown = [chat, panel, past]
    limited_to = [picked, since, until]
    unchanged = (gr.skip(),) * 4

    def ask(question: str, visit: Visit, articles: list[str], since: str, until: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        words = words_for(request)
        try:
            limited = replies.limits(articles, since, until)
        except ValueError as error:
            _say(_bad_day(error, words))
            yield question, gr.skip(), gr.skip()
            return
        for _ in replies.ask(visit, question, words=words, limits=limited):
            yield "", replies.messages(visit, words=words), gr.skip()
        yield "", replies.messages(visit, words=words), replies.past(visit, words=words)

    def ask_example(
        visit: Visit, articles: list[str], since: str, until: str, chosen: gr.SelectData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        yield from ask(str(chosen.value["text"]), visit, articles, since, until, request)

    def ask_again(pressed: str, visit: Visit, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Ask a question of this conversation once more: ``again``, as it was typed, or ``everywhere``, without its limits."""
        words = words_for(request)
        verb, number = [*pressed.split(), "", ""][1:3]
        if not number.isdecimal() or int(number) >= len(visit.exchanges):  # pressed on a page that outlived the program
            _say(words.action_failed)
            yield gr.skip(), gr.skip(), *unchanged
            return
        earlier = visit.exchanges[int(number)]
        question, limited = (earlier.asked, Limits()) if verb == "everywhere" else (earlier.question, earlier.limits)
        for step, _ in enumerate(replies.ask(visit, question, words=words, limits=limited, as_it_stands=True)):
            yield replies.messages(visit, words=words), gr.skip(), *(unchanged if step else limits_of(visit, words))
        yield replies.messages(visit, words=words), replies.past(visit, words=words), *unchanged

    def act(pressed: str, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        words = words_for(request)
        _, _, command = pressed.partition(" ")  # the number before it makes every press a new value
        before = visit.exchanges
        notice = replies.act(visit, command, words=words)
        verb = command.partition(" ")[0]
        return (
            *changed(verb, visit, words, notice),
            *(unchanged if visit.exchanges is before else limits_of(visit, words)),  # another conversation has its own
            gr.update(choices=replies.articles(), value=None) if verb == "elsewhere" else gr.skip(),
        )

    def changed(verb: str, visit: Visit, words: Wording, notice: str | None) -> tuple[Any, ...]:
        """What to show anew after a command: whatever is left as it is keeps its place and its focus."""
        if notice:
            _say(notice)
            return gr.skip(), gr.skip(), gr.skip()
        messages = gr.skip() if verb in _ARTICLE else replies.messages(visit, words=words)
        article = gr.skip() if verb in _VERDICTS else replies.panel(visit, words=words)
        conversations = gr.skip() if verb in _VERDICTS | _ARTICLE else replies.past(visit, words=words)
        return messages, article, conversations

    def limits_of(visit: Visit, words: Wording) -> tuple[Any, ...]:
        """The fields for limits, as the conversation has them, and the note on them."""
        held = visit.limits
        days = (day.isoformat() if day else "" for day in (held.since, held.until))
        return gr.update(choices=replies.choices(visit, words=words), value=held.picks), *days, _limits_note(held, words)

    def begin_anew(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        words = words_for(request)
        replies.act(visit, "new", words=words)
        return *changed("new", visit, words, None), *limits_of(visit, words)

    def read_other(article_id: str | None, visit: Visit, request: gr.Request) -> Any:
        words = words_for(request)
        if article_id and (notice := replies.act(visit, f"read {article_id}", words=words)):
            _say(notice)
        return replies.panel(visit, words=words)

    def keep_right_words(selected: str, place: str, visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        words = words_for(request)
        start, end = (int(part) if part.isdecimal() else None for part in [*place.split(), "", ""][:2])
        notice = replies.mark(visit, selected, start, end, words=words)
        if notice:
            _say(notice)
            return selected, gr.skip(), gr.skip()
        replies.act(visit, "close", words=words)
        return "", replies.messages(visit, words=words), replies.panel(visit, words=words)

    def say_limits(articles: list[str], since: str, until: str, request: gr.Request) -> str:
        words = words_for(request)
        try:
            return _limits_note(replies.limits(articles, since, until), words)
        except ValueError as error:
            return rendering.note(_bad_day(error, words), words)

    def list_choices(visit: Visit, request: gr.Request) -> Any:
        return gr.update(choices=replies.choices(visit, words=words_for(request)))

    def list_past(visit: Visit, request: gr.Request) -> str:
        return replies.past(visit, words=words_for(request))

    asking: dict[str, Any] = {
        "concurrency_id": "asking",
        "concurrency_limit": AT_ONCE,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    acting: dict[str, Any] = {"concurrency_limit": None, "show_progress": "hidden", "api_visibility": "private"}
    gr.on([box.submit, send.click], ask, [box, visit, *limited_to], [box, chat, past], **asking)
    chat.example_select(ask_example, [visit, *limited_to], [box, chat, past], **asking)
    again.change(ask_again, [again, visit], [chat, past, *limited_to, limits], **asking)
    action.change(act, [action, visit], [*shown, *limited_to, limits, other], trigger_mode="multiple", **acting)
    new.click(begin_anew, [visit], [*shown, *limited_to, limits], **acting)
    mark.click(keep_right_words, [right_words, selection, visit], [right_words, chat, panel], **acting)
    other.input(read_other, [other, visit], [panel], **acting)
    scope.expand(list_choices, [visit], picked, **acting)
    gr.on([picked.change, since.blur, since.submit, until.blur, until.submit], say_limits, limited_to, [limits], **acting)
    widen.click(lambda: ([], "", "", ""), None, [*limited_to, limits], **acting)
    page.load(list_past, [visit], [past], **acting)


def _limits_note(limits: Limits, words: Wording) -> str:
    note = rendering.limits_note(limits, words)
    return rendering.note(note, words) if note else ""


def _bad_day(error: ValueError, words: Wording) -> str:
    return words.bad_day.format(day=rendering.clip(str(error), 40))


def _say(sentence: str) -> None:
    """A passing notice, escaped as all else, as Gradio takes it for HTML."""
    gr.Info(rendering.escaped(sentence), title=TITLE)
