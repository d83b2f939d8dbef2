"""The page: its tabs, and serving it. No wording, no HTML, no retrieval here."""

import contextlib
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import gradio as gr
from gradio import networking
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from chat.access import Accounts, Guard, SameOrigin
from chat.adding import MAX_MEGABYTES, Adding
from chat.conversation_tab import build_conversation_tab
from chat.endpoints import add_endpoints
from chat.history import download_route
from chat.interface import AT_ONCE, I18N, TITLE
from chat.library_replies import LibraryReplies
from chat.library_tab import build_library_tab
from chat.pages import Pages
from chat.programs import Programs
from chat.replies import Replies
from corpus.errors import YuanwenError

WAITING = 200
"""Questions that may wait; beyond that the server says that it is busy."""

_LOOPBACK = ("127.0.0.1", "localhost")
_CSS = [Path(__file__).with_name(name) for name in ("chat.css", "library.css")]


def build(replies: Replies, *, samples: bool = False, empty: bool = False) -> gr.Blocks:
    """The page, wired but not yet served.

    Args:
        replies: what answers it.
        samples: whether the sample library is open; says so, and offers questions on it.
        empty: whether the library holds nothing to ask about yet.
    """
    adding = Adding(replies.assistant)
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True)
    with page:
        add_endpoints(Programs(replies.assistant, adding))  # first, as theirs are the names that programs know
        with gr.Column(elem_classes="yw-head", scale=0):
            gr.Markdown(f"# {TITLE}", sanitize_html=True)
            gr.Markdown(I18N("promise"))
            if samples:
                gr.Markdown(I18N("samples_open"))
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(I18N("conversation_tab"), id="conversation", scale=1):
                build_conversation_tab(page, replies, samples=samples, empty=empty)
            with gr.Tab(I18N("library_tab"), id="library", elem_id="library-tab") as tab:
                build_library_tab(LibraryReplies(replies.assistant, adding), tab)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


@contextlib.contextmanager
def served(
    replies: Replies,
    *,
    samples: bool = False,
    empty: bool = False,
    host: str,
    port: int | None,
    accounts: Accounts | None = None,
    mcp: bool = False,
) -> Iterator[str]:
    """The page on the network for as long as the block lasts; yields its address. `build` explains the first arguments.

    Uploads lie in a folder of their own that goes when the block ends.

    Args:
        host: address to listen on.
        port: the first free one from 7860 on when omitted.
        accounts: who may use it, with a password; anyone who can reach it when omitted.
        mcp: serve the endpoints as tools of the Model Context Protocol too.

    Raises:
        YuanwenError: the port is taken, the host is not an address of this machine, or the package for ``mcp`` is missing.
    """
    _check_can_listen(host, port)
    if mcp and find_spec("mcp") is None:
        raise YuanwenError("--mcp needs one more package. Install it: pip install --constraint constraints.txt --editable '.[mcp]'")
    # A page elsewhere that has its name resolve to this machine must not get to read the library (DNS rebinding).
    hosts = [Middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK), www_redirect=False)] if host in _LOOPBACK else []
    guard = [Middleware(Guard, accounts=accounts)] if accounts is not None else []
    with tempfile.TemporaryDirectory(prefix="yuanwen-uploads-") as uploads, _environment(GRADIO_TEMP_DIR=uploads, **_no_proxy(host)):
        page = build(replies, samples=samples, empty=empty)
        try:
            with _no_hurry():
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
                    mcp_server=mcp,
                    max_file_size=f"{10 * MAX_MEGABYTES}mb",  # larger ones Gradio refuses, smaller ones we do, in the reader's language
                    app_kwargs={
                        "middleware": [*hosts, Middleware(Pages), Middleware(SameOrigin), *guard],
                        "routes": [download_route(replies.assistant.library)],
                        "docs_url": None,
                        "redoc_url": None,
                        "openapi_url": None,
                    },
                    i18n=I18N,
                    theme=_theme(),
                    css_paths=_CSS,
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


@contextlib.contextmanager
def _no_hurry() -> Iterator[None]:
    """Leave out Gradio's check that its page comes within three seconds: on a busy machine the first one takes longer. Before that it
    asked its server whether it is up, for as long as it takes."""
    check = networking.url_ok
    networking.url_ok = lambda url: True
    try:
        yield
    finally:
        networking.url_ok = check


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
