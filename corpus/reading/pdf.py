"""PDF files: the text layer, page by page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading.apart import PROCESS, ApartError
from corpus.reading.apart_process import Message
from corpus.reading.extracted import Extracted, check_length, printable
from corpus.reading.pdf_pages import MOST_PAGES

_HEAD_LINES = 2
"""Running heads and page numbers stand on the first or last so many lines of a page …"""
_HEAD_PAGES = 3
"""… and on so many pages at least."""
_LEAST_CHARS = 4
"""A scanned page has no text at all, or only what a scanner stamped on it."""

_NO_LETTER = re.compile(r"[\ufffd\ue000-\uf8ff]")
_NO_LETTER_SHARE = 0.3

_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_SPACED_OUT = re.compile(rf"(?<={_CJK})[ \u00a0]+(?={_CJK})")
_CJK_PAIR = re.compile(rf"{_CJK}(?=[ \u00a0]*{_CJK})")
_PAGE_NUMBER = re.compile(r"\W*(?:第\s*)?(?:page\s*)?\d{1,4}\s*(?:页|頁)?(?:\W*(?:共|of)?\s*\d{1,4}\s*(?:页|頁)?)?\W*", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"untitled|无标题|未命名|(?:microsoft|wps)\b.*|document\d*|文档\s*\d*|.*\.(?:docx?|pdf|pptx?|wps|indd|qxd|tmp)|.*[\\/].*", re.IGNORECASE
)


def extract(data: bytes, *, name: str) -> Extracted:
    """The text layer of a pdf, without running heads and page numbers.

    Raises `ReadingError` when it is damaged or asks for a password, `EmptyArticleError` when it is only pictures of pages.
    """
    pages, stated = _read(data, name)
    if sum(len(page.strip()) for page in pages) < _LEAST_CHARS * max(1, len(pages)):
        raise EmptyArticleError(f"{name}: this pdf has no text, it looks scanned. Run text recognition (OCR) on it first.")
    letters = sum(not char.isspace() for page in pages for char in page)
    if sum(len(_NO_LETTER.findall(page)) for page in pages) > _NO_LETTER_SHARE * letters:
        raise EmptyArticleError(f"{name}: the letters of this pdf can't be told from its fonts. Run text recognition (OCR) on it first.")
    heads = _running_heads(pages)
    text, removed = _without(pages, heads)
    spaced_out = [line.span() for line in re.finditer(r"[^\n]+", text) if _is_spaced_out(line[0])]
    hidden = [match.span() for span in spaced_out for match in _SPACED_OUT.finditer(text, *span)]
    return Extracted(text=text, wrapped=True, hidden=tuple(hidden), title=stated, removed=removed)


def _read(data: bytes, name: str) -> tuple[list[str], str | None]:
    """The pages' texts, and the title that the file states if it is one."""
    pages: list[str] = []
    said: Message = {}
    total = 0

    def receive(message: Message) -> None:
        nonlocal total
        said.update(message)
        if "page" in message:
            pages.append(printable(message["page"]))
            total += len(pages[-1])
            check_length(total, name)

    try:
        PROCESS.read("pdf", data, receive, name=name)
        if "damaged" in said:
            raise ApartError(said["damaged"])
    except ApartError as error:
        raise ReadingError(f"{name}: this pdf is damaged ({error}). Open it in a viewer and save it anew, or copy its text.") from error
    if "encrypted" in said:
        raise ReadingError(f"{name}: this pdf is encrypted. Save it without a password and add it again.")
    if "too_many" in said:
        raise ReadingError(f"{name}: this pdf has {said['too_many']} pages, more than {MOST_PAGES}. Split it and add the parts.")
    title = printable(said.get("title", "")).strip()
    return pages, title if len(title) >= 4 and not _NO_TITLE.fullmatch(title) else None


def _edges(lines: Sequence[str]) -> list[int]:
    """Which of a page's lines stand at its top or bottom."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:_HEAD_LINES], *filled[-_HEAD_LINES:]})


def _head_form(line: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line))


def _running_heads(pages: Sequence[str]) -> frozenset[str]:
    """Lines that come back at the edge of most pages, whatever their page number."""
    times: Counter[str] = Counter()
    for page in pages:
        lines = page.split("\n")
        times.update({_head_form(lines[number]) for number in _edges(lines)})
    least = max(_HEAD_PAGES, len(pages) // 2)
    return frozenset(form for form, count in times.items() if count >= least)


def _without(pages: Sequence[str], heads: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """The pages one after another, and the lines at their edges that are heads or page numbers.

    A head stays where it stands first: that may be the title.
    """
    kept, removed = [], []
    seen: set[str] = set()
    for page in pages:
        lines = page.split("\n")
        edges = set(_edges(lines))
        for number, line in enumerate(lines):
            form = _head_form(line)
            if number in edges and (_PAGE_NUMBER.fullmatch(line.strip()) or (form in heads and form in seen)):
                removed.append(line.strip())
            else:
                kept.append(line)
            seen.add(form)
    return "\n".join(kept), tuple(removed)


def _is_spaced_out(line: str) -> bool:
    """Whether a line's Chinese characters stand apart, as justified print sets them."""
    pairs = len(_CJK_PAIR.findall(line))
    return pairs >= 4 and 2 * len(_SPACED_OUT.findall(line)) > pairs
