"""Web pages saved as one file (mhtml, mht): the page itself, without the pictures and styles saved with it."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from email.message import EmailMessage

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import html
from corpus.reading.extracted import Extracted
from corpus.reading.text import as_utf8

_START = re.compile(rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,40}?content-type:\s*multipart/related", re.IGNORECASE)
_BRANCH = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_MOST_BRANCHES = 50
"""A page saved with its frames has a handful; the standard library's parser takes for ever over thousands within one another."""
_ADDRESS = re.compile(r"https?://[^\s/]\S*")


def is_mhtml(data: bytes) -> bool:
    """Whether some bytes begin as a saved page does."""
    return _START.match(data[:8192].removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"")) is not None


def extract(data: bytes, *, name: str, url: str | None = None) -> Extracted:
    """The article in the page.

    Raises `ReadingError` when the file is damaged, `EmptyArticleError` when there is no page in it.
    """
    if len(_BRANCH.findall(data)) > _MOST_BRANCHES:
        raise ReadingError(f"{name}: this saved page is damaged (it has parts within parts without end). Save the page anew.")
    try:
        message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
        page = next((part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
        found = None if page is None else page.get_payload(decode=True)
        charset = None if page is None else page.get_content_charset()
        address = _address(message, page)
    except Exception as error:  # headers made to confuse make the library fail in any way, parts within parts exhaust the stack
        raise ReadingError(f"{name}: this saved page is damaged ({error}). Save the page anew.") from error
    if not isinstance(found, bytes) or not found.strip():
        raise EmptyArticleError(f"{name}: there is no page in this file.")
    article = html.extract(as_utf8(found, name=name, charset=charset), name=name, url=url or address)
    return dataclasses.replace(article, url=article.url or address)


def _address(message: EmailMessage, page: EmailMessage | None) -> str | None:
    said = (message.get("Snapshot-Content-Location"), page and page.get("Content-Location"), message.get("Content-Location"))
    return next((str(each).strip() for each in said if each and _ADDRESS.fullmatch(str(each).strip())), None)
