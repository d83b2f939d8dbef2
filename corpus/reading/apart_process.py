"""What runs in the process of its own that `corpus.reading.apart` starts: the formats whose libraries a file can keep busy for ever.

Files come in on the standard input, each after what is to be known of it, messages go out on the standard output, one line of JSON each. A
message is a dictionary; the last one for a file is ``{"done": true}``.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading.extracted import to_plain

LENGTH_BYTES = 8
"""Before each part of what is sent to the process (JSON with ``kind``, ``name`` and ``url``, and the file), its length, big-endian."""
_MOST_MEMORY = 3 * 2**30
"""Of address space. A file is up to 200 MB, and what it unpacks to is bounded by its format."""
_MOST_CPU_S = 3600
"""Of processor time for one file. Only counts when nobody waits for the process any more: its parent stops it much earlier."""

Message = dict[str, Any]


def messages(data: bytes, *, kind: str, name: str, url: str | None) -> Iterator[Message]:
    """The messages for one file but the last. No exception leaves this.

    Of a pdf, those of `corpus.reading.pdf_pages`; of another kind, one: ``extracted`` (see `corpus.reading.extracted.to_plain`), of a feed
    ``entries`` (see `corpus.reading.feeds.entries_here`), or ``refused`` (why) and whether that is for want of text (``empty``).
    """
    from corpus.reading import docx, feeds, html, mhtml, pdf_pages

    if kind == "pdf":
        yield from pdf_pages.messages(data)
        return
    try:
        if kind == "feed":
            yield {"entries": feeds.entries_here(data, name=name)}
            return
        if kind == "docx":
            found = docx.extract_here(data, name=name)
        else:
            found = (mhtml if kind == "mhtml" else html).extract(data, name=name, url=url)
        yield {"extracted": to_plain(found)}
    except ReadingError as error:
        yield {"refused": str(error), "empty": isinstance(error, EmptyArticleError)}
    except (MemoryError, RecursionError):
        yield {"refused": f"{name}: this file is too much for the memory. Split it and add the parts.", "empty": False}


def main() -> None:
    """Reads files until there are no more."""
    _bound_memory()
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        parts = []
        for _ in range(2):
            length = files.read(LENGTH_BYTES)
            if len(length) < LENGTH_BYTES:
                return
            parts.append(files.read(int.from_bytes(length)))
        known, data = parts
        _bound_time()
        for message in messages(data, **json.loads(known)):
            answers.write(json.dumps(message).encode() + b"\n")  # ASCII, halves of surrogate pairs and all
            answers.flush()
        answers.write(b'{"done": true}\n')
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
