"""The library's tab: articles are added here."""

from pathlib import Path
from typing import Any

import gradio as gr

from chat import rendering
from chat.interface import I18N, html, words_for
from chat.replies import SUFFIXES, Replies

_PROGRESS = gr.Progress()


def build_library_tab(replies: Replies) -> None:
    """Adds the tab's parts to the page that is being built."""
    with gr.Column(elem_classes="yw-add"):
        files = gr.File(label=I18N("add_label"), file_count="multiple", file_types=list(SUFFIXES), height=124, elem_id="files")
        gr.Markdown(I18N("add_hint"))
        said = html(elem_id="added")

    def add(dropped: list[dict[str, Any]] | None, request: gr.Request, progress: gr.Progress = _PROGRESS) -> Any:
        words = words_for(request)
        outcomes = []
        for number, file in enumerate(dropped or ()):
            path, name = Path(file["path"]), str(file.get("orig_name") or Path(file["path"]).name)
            progress((number, len(dropped or ())), desc=rendering.file_name(name))
            outcomes.append(replies.to_file(path, name, words=words, progress=lambda done, total: progress((done, total))))
            path.unlink(missing_ok=True)
        return None, "".join(outcomes)

    files.upload(add, [files], [files, said], preprocess=False, concurrency_limit=1, show_progress_on=[files], api_visibility="private")
