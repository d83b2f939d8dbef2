"""What pypdf finds in a pdf, page by page, told in messages: `corpus.reading.pdf_process` runs this in a process of its own.

A message is a dictionary of one key: ``pages`` (how many there are), ``page`` (the text of the next one), ``title`` (as the file
states it, last of all), or ``encrypted``, ``damaged`` (why), ``too_many`` (how many pages), each in place of what would follow.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

MOST_PAGES = 3000
LENGTH_BYTES = 8
"""Before every file sent to the process, its length in so many bytes, big-endian."""
_MOST_MEMORY = 3 * 2**30
"""Of address space. A file is up to 200 MB, and what it unpacks to is bounded by pypdf."""
_MOST_CPU_S = 3600
"""Of processor time for one file. Only counts when nobody waits for the process any more: its parent stops it much earlier."""

Message = dict[str, Any]


def messages(data: bytes) -> Iterator[Message]:
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


def main() -> None:
    """Files come in on the standard input, messages go out on the standard output, one line of JSON each; until there is no more."""
    _bound_memory()
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(length := files.read(LENGTH_BYTES)) == LENGTH_BYTES:
        data = files.read(int.from_bytes(length))
        _bound_time()
        for message in messages(data):
            answers.write(json.dumps(message).encode() + b"\n")  # ASCII, halves of surrogate pairs and all
            answers.flush()


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY if most == resource.RLIM_INFINITY else min(_MOST_MEMORY, most), most))


def _bound_time() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + _MOST_CPU_S, most))


if __name__ == "__main__":
    main()
