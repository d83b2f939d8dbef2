"""The address of a place in a live page: ``https://…#:~:text=…``, at which a browser scrolls to the words and marks them.

URL Fragment Text Directives (https://wicg.github.io/scroll-to-text-fragment/): ``text=[prefix-,]start[,end][,-suffix]``, each part
percent-encoded with ``&``, ``-`` and ``,`` in it. What `fragment_address` gives is an address to be followed by a person; nothing is
fetched here.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

EXACT_CHARS = 300
"""A longer stretch, or one of several lines, is named by its first and last words, as browsers themselves do when they make such links."""
EDGE_CHARS = 60
"""Of each of these."""
CONTEXT_CHARS = 40
"""Before and after words that stand in the article more than once."""

_DIRECTIVE = ":~:"
_CUTS = re.compile(r"[\s,.;:!?，。；：！？、“”‘’（）()《》]")
"""Where a prefix or suffix may be cut: matching begins and ends at word boundaries, which unspaced scripts have at punctuation for sure."""


def fragment_address(url: str, text: str, start: int, end: int) -> str | None:
    """The address of ``text[start:end]`` in the page the text was taken from; None when ``url`` is not one of the web.

    Args:
        url: of the page; a fragment of its own is kept, an earlier text directive replaced.
        text: the article's.
        start: of the words to mark.
        end: of the words to mark.

    >>> fragment_address("https://example.org/a", "One. Two, three-four. Five.", 5, 21)
    'https://example.org/a#:~:text=Two%2C%20three%2Dfour.'
    """
    address = web_address(url)
    if address is None:
        return None
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return address
    words = text[start:end]
    if len(words) <= EXACT_CHARS and "\n" not in words:
        parts = [_encoded(words)]
    else:
        parts = [_encoded(_head(words.split("\n")[0], EDGE_CHARS)), _encoded(_tail(words.split("\n")[-1], EDGE_CHARS))]
    if text.casefold().count(words.casefold()) > 1:
        before, after = (
            _tail(text[:start].rstrip().split("\n")[-1], CONTEXT_CHARS),
            _head(text[end:].lstrip().split("\n")[0], CONTEXT_CHARS),
        )
        parts = [*([_encoded(before) + "-"] if before else ()), *parts, *(["-" + _encoded(after)] if after else ())]
    page, _, fragment = address.partition("#")
    return f"{page}#{fragment.split(_DIRECTIVE)[0]}{_DIRECTIVE}text={','.join(parts)}"


def web_address(url: str | None) -> str | None:
    """A page's address that may be offered as a link: http or https with a host, whatever no address may hold percent-encoded."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return quote(url.strip(), safe="!#$%&'()*+,/:;=?@[]~") if usable else None


def _encoded(words: str) -> str:
    return quote(words, safe="", errors="replace").replace("-", "%2D")


def _head(line: str, chars: int) -> str:
    """The beginning of a line, up to a boundary of words."""
    if len(line) <= chars:
        return line.rstrip()
    cut = max((match.start() for match in _CUTS.finditer(line, 0, chars) if match.start()), default=len(line))
    return line[:cut].rstrip()


def _tail(line: str, chars: int) -> str:
    """The end of a line, from a boundary of words on."""
    if len(line) <= chars:
        return line.lstrip()
    cut = min((match.end() for match in _CUTS.finditer(line, len(line) - chars) if match.end() < len(line)), default=0)
    return line[cut:].lstrip()
