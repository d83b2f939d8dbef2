"""What pypdf finds in a pdf, page by page, told in messages: `corpus.reading.apart` runs this in a process of its own.

A message is a dictionary of one key: ``pages`` (how many there are), ``page`` (the text of the next one), ``title`` (as the file
states it, last of all), or ``encrypted``, ``damaged`` (why), ``too_many`` (how many pages), each in place of what would follow.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from typing import Any

MOST_PAGES = 3000


def messages(data: bytes) -> Iterator[dict[str, Any]]:
    """The messages for one file. No exception leaves this."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports every oddity of every file
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(data))
        # An empty password opens files that only restrict printing or copying.
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"encrypted": True}
            return
        if len(reader.pages) > MOST_PAGES:
            yield {"too_many": len(reader.pages)}
            return
        yield {"pages": len(reader.pages)}
        for page in reader.pages:
            yield {"page": page.extract_text()}
    except (FileNotDecryptedError, DependencyError):
        yield {"encrypted": True}
        return
    except Exception as error:  # a damaged file makes the library fail in any way
        yield {"damaged": "it is too much for the memory" if isinstance(error, MemoryError) else str(error) or type(error).__name__}
        return
    title = ""
    with contextlib.suppress(Exception):  # a broken information dictionary is no reason to lose the text
        title = str(reader.metadata.title or "") if reader.metadata else ""
    yield {"title": title}
