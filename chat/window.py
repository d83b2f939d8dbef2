"""The page: which parts it has, and which reply goes where. No wording, no HTML, no retrieval here."""

import contextlib
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from chat import rendering, wording
from chat.pages import Pages
from chat.replies import MAX_MEGABYTES, SUFFIXES, EndpointError, Replies
from chat.wording import Wording
from corpus.errors import YuanwenError

TITLE = "Yuanwen 原文"
AT_ONCE = 2
"""Questions worked on at the same time; the others wait their turn. Each keeps every core busy while it reads."""
WAITING = 200
"""Questions that may wait; beyond that the server says that it is busy."""
KEPT_TURNS = 100
"""Of a conversation on the page: all of it is sent again with each reply."""

_LOOPBACK = ("127.0.0.1", "localhost")
_CSS = Path(__file__).with_name("chat.css")

_I18N = gr.I18n(**wording.labels(megabytes=MAX_MEGABYTES))
_PROGRESS = gr.Progress()

Turns = list[dict[str, str]]
"""A conversation as Gradio's chat takes it: ``{"role": "user" | "assistant", "content": HTML}``."""


def build(replies: Replies, *, samples: bool = False, empty: bool = False) -> gr.Blocks:
    """The page, wired but not yet served.

    Args:
        replies: what answers it.
        samples: whether the sample library is open; says so, and offers questions on it.
        empty: whether the library holds nothing to ask about yet.
    """
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True)
    with page:
        with gr.Column(elem_classes="yw-head", scale=0):
            gr.Markdown(f"# {TITLE}", sanitize_html=True)
            gr.Markdown(_I18N("promise"))
            if samples:
                gr.Markdown(_I18N("samples_open"))
        # One list for each visitor, changed in place: a file may be added while a question is answered, and neither forgets the other.
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
            placeholder=str(_I18N("empty_library" if empty else "empty_chat")),
            examples=[{"text": question} for question in wording.EXAMPLES] if samples else None,
            scale=1,
            min_height=320,
            autoscroll=False,  # page.js keeps the newest question in sight
            group_consecutive_messages=False,
            elem_id="conversation",
        )
        with gr.Row(elem_classes="yw-ask", scale=0):
            box = gr.Textbox(
                label=_I18N("question_label"),
                placeholder=_I18N("question_hint"),
                show_label=False,
                container=False,
                lines=1,
                max_lines=4,
                autofocus=True,
                scale=1,
                elem_id="question",
            )
            send = gr.Button(_I18N("send"), variant="primary", scale=0, min_width=88, elem_id="send")
        with gr.Column(elem_classes="yw-add", scale=0):
            files = gr.File(label=_I18N("add_label"), file_count="multiple", file_types=list(SUFFIXES), height=124, elem_id="files")
            gr.Markdown(_I18N("add_hint"))

        def answer(question: str, turns: Turns, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            words = _words(request)
            if question.strip():
                turns.append(_turn("user", rendering.question(question)))
                yield "", [*turns, _turn("assistant", rendering.reading(words))]
            turns.append(_turn("assistant", replies.to_question(question, words=words)))
            yield "", turns[-KEPT_TURNS:]

        def answer_example(turns: Turns, chosen: gr.SelectData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            yield from answer(str(chosen.value["text"]), turns, request)

        def add(dropped: list[dict[str, Any]] | None, turns: Turns, request: gr.Request, progress: gr.Progress = _PROGRESS) -> Any:
            words = _words(request)
            for number, file in enumerate(dropped or ()):
                path, name = Path(file["path"]), str(file.get("orig_name") or Path(file["path"]).name)
                progress((number, len(dropped or ())), desc=rendering.file_name(name))
                said = replies.to_file(path, name, words=words, progress=lambda done, total: progress((done, total)))
                path.unlink(missing_ok=True)
                turns.append(_turn("assistant", said))
            return None, turns[-KEPT_TURNS:]

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
        files.upload(
            add,
            [files, conversation],
            [files, chat],
            preprocess=False,
            concurrency_limit=1,
            show_progress_on=[files],
            api_visibility="private",
        )

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
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


@contextlib.contextmanager
def served(replies: Replies, *, samples: bool = False, empty: bool = False, host: str, port: int | None) -> Iterator[str]:
    """The page on the network for as long as the block lasts; yields its address. `build` explains the first arguments.

    Uploads lie in a folder of their own that goes when the block ends.

    Args:
        host: address to listen on.
        port: the first free one from 7860 on when omitted.

    Raises:
        YuanwenError: the port is taken, or the host is not an address of this machine.
    """
    _check_can_listen(host, port)
    # A page elsewhere that has its name resolve to this machine must not get to read the library (DNS rebinding).
    hosts = [Middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK), www_redirect=False)] if host in _LOOPBACK else []
    with tempfile.TemporaryDirectory(prefix="yuanwen-uploads-") as uploads, _environment(GRADIO_TEMP_DIR=uploads, **_no_proxy(host)):
        page = build(replies, samples=samples, empty=empty)
        try:
            _, address, _ = page.launch(
                server_name=host,
                server_port=port,
                share=False,
                inbrowser=False,
                prevent_thread_lock=True,
                show_error=False,  # our own sentences are shown all the same; the text of other exceptions may hold paths
                quiet=True,
                footer_links=[],
                run_history=False,
                enable_monitoring=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=False,
                max_file_size=f"{10 * MAX_MEGABYTES}mb",  # larger ones Gradio refuses, smaller ones we do, in the reader's language
                app_kwargs={"middleware": [*hosts, Middleware(Pages)], "docs_url": None, "redoc_url": None, "openapi_url": None},
                i18n=_I18N,
                theme=_theme(),
                css_paths=[_CSS],
            )
        except OSError as error:
            raise YuanwenError("The chat found no free port from 7860 on. Name one with --port, or close another program.") from error
        try:
            yield address
        finally:
            page.close(verbose=False)


def _check_can_listen(host: str, port: int | None) -> None:
    """Find out before the server does, whose words for it are many."""
    if port is not None and not 1 <= port <= 65_535:
        raise YuanwenError(f"The chat cannot listen on port {port}: ports are 1-65535. Leave out --port for the first free one.")
    try:
        kind, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port or 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise YuanwenError(f"Port {port} is taken by another program. Name another --port, or none for the first free one.") from error
        where = f"{host}, port {port}" if port is not None else host
        raise YuanwenError(f"The chat cannot listen on {where} ({error}). Leave out --host for this machine alone.") from error


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Environment variables set for a while: Gradio takes these settings in no other way."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _no_proxy(host: str) -> dict[str, str]:
    """Have the server's check of its own address go past any web proxy that the environment names."""
    return {name: ",".join(filter(None, [os.environ.get(name), *_LOOPBACK, host])) for name in ("NO_PROXY", "no_proxy")}


def _theme() -> gr.themes.Base:
    """Gradio's own look with the fonts of the system: none is fetched, and Chinese is set in the reader's usual face."""
    sans = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"]
    theme = gr.themes.Default(primary_hue="teal", neutral_hue="slate", font=sans, font_mono=["ui-monospace", "monospace"])
    # Gradio's quieter colours fall below the contrast of 4.5 : 1 that small text needs.
    return theme.set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_800",
    )


def _words(request: gr.Request) -> Wording:
    return wording.for_header(request.headers.get("accept-language"))


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
