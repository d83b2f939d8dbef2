"""Files that were uploaded to the page or to an endpoint, told from paths that a caller only claims to be such."""

from __future__ import annotations

from pathlib import Path

from gradio.utils import get_upload_folder


def uploaded(file: object) -> tuple[Path, str] | None:
    """Where an upload lies, and its own name; none when it is no file in the folder of uploads.

    Gradio checks what says of itself that it is a file. A caller need not say so, and what is named here is read and then deleted.

    Args:
        file: as Gradio gives it: a mapping with ``path`` and ``orig_name``.
    """
    if not isinstance(file, dict):
        return None
    given = file.get("path")
    if not isinstance(given, str) or not given or "\0" in given:
        return None
    path = Path(given).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        return None
    return path, str(file.get("orig_name") or path.name)
