"""The library's tab: what is in it to look at, to search, to read and to remove, and the places where articles are added."""

from typing import Any

import gradio as gr

from chat import rendering
from chat.interface import I18N, html, words_for
from chat.library_replies import LibraryReplies
from chat.library_view import View, action
from chat.uploads import uploaded
from corpus.reading import SUFFIXES

PASTED_CHARS = 5_000_000
"""That may be typed or pasted: several times the longest novel. The server looks at the bytes once more."""

_PROGRESS = gr.Progress()


def build_library_tab(replies: LibraryReplies, tab: gr.Tab) -> None:
    """Adds the tab's parts to the page that is being built.

    Args:
        replies: what fills them.
        tab: the one they stand in; each time it is opened the list is made anew, as others may have added articles.
    """
    with gr.Row(elem_classes="yw-add", equal_height=True):
        with gr.Column(min_width=280):
            files = gr.File(label=I18N("add_label"), file_count="multiple", file_types=sorted(SUFFIXES), height=140, elem_id="files")
        with gr.Column(min_width=280):
            pasted = gr.Textbox(
                label=I18N("paste_label"),
                placeholder=I18N("paste_hint"),
                lines=3,
                max_lines=3,
                max_length=PASTED_CHARS,
                elem_id="pasted",
            )
            send = gr.Button(I18N("paste_send"), elem_id="add-pasted")
    gr.Markdown(I18N("add_hint"), elem_classes="yw-hint")
    said = html(elem_id="added")
    with gr.Row(elem_classes="yw-search"):
        query = gr.Textbox(
            label=I18N("search_label"), placeholder=I18N("search_hint"), lines=1, max_lines=1, max_length=500, elem_id="search"
        )
        examine = gr.Button(I18N("examine"), scale=0, min_width=160, elem_id="examine")
    findings = html(elem_id="findings")
    listing = html(elem_id="articles")
    pressed = gr.Textbox(visible="hidden", elem_id="library-action")  # library.js writes here which button was pressed
    view = gr.State(View())

    def show(view: View, request: gr.Request) -> str:
        return replies.shown(view, words=words_for(request))

    def search(text: str, view: View, request: gr.Request) -> tuple[View, str]:
        view = view.searching(str(text))
        return view, show(view, request)

    def press(sent: str, view: View, request: gr.Request) -> tuple[View, str, Any]:
        name, value = action(str(sent))
        note: Any = gr.skip()
        if name == "remove-now" and value == view.removing:  # asked before: a press alone removes nothing
            note = replies.remove(value, words=words_for(request))
        view = view.after(name, value)
        return view, show(view, request), note

    def add_files(
        dropped: list[dict[str, Any]] | None, view: View, request: gr.Request, progress: gr.Progress = _PROGRESS
    ) -> tuple[None, str, str]:
        added = []
        uploads = [upload for upload in map(uploaded, dropped or ()) if upload is not None]
        for number, (path, name) in enumerate(uploads):
            progress((number, len(uploads)), desc=rendering.file_name(name))
            added += replies.add_file(path, name, progress=lambda done, total: progress((done, total)))
            path.unlink(missing_ok=True)
        return None, replies.told(added, words=words_for(request)), show(view, request)

    def add_pasted(text: str, view: View, request: gr.Request, progress: gr.Progress = _PROGRESS) -> tuple[Any, str, str]:
        words = words_for(request)
        if not str(text).strip():
            return gr.skip(), replies.nothing_pasted(words), show(view, request)
        added = replies.add_pasted(str(text), words=words, progress=lambda done, total: progress((done, total)))
        # What could not be stored is left in its box: it may have been typed by hand.
        kept = "" if any(one.change for one in added) else gr.skip()
        return kept, replies.told(added, words=words), show(view, request)

    def check(request: gr.Request) -> str:
        return replies.examined(words=words_for(request))

    looking: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
    adding: dict[str, Any] = {"concurrency_id": "adding", "concurrency_limit": 1, "api_visibility": "private"}
    tab.select(show, view, listing, **looking)
    query.change(search, [query, view], [view, listing], trigger_mode="always_last", **looking)
    pressed.change(press, [pressed, view], [view, listing, said], trigger_mode="multiple", **looking)
    files.upload(add_files, [files, view], [files, said, listing], preprocess=False, show_progress_on=[files], **adding)
    send.click(add_pasted, [pasted, view], [pasted, said, listing], show_progress_on=[pasted], **adding)
    examine.click(check, None, findings, show_progress_on=[findings], concurrency_limit=1, api_visibility="private")
