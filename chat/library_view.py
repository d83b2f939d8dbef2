"""What a visitor looks at in the library's tab, and how a pressed button changes it. Pure data; the HTML is made by `library_page`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat import charts
from chat.rendering import file_name
from corpus.folding import fold
from corpus.library import ArticleInfo

PER_PAGE = 50
FIRST_CHARS = 20_000
"""Of an article's text, shown at first; so many more with each press of the button below it."""

_ACTION = re.compile(r"([a-z-]{1,20}) ([0-9a-z.-]{0,64})( \d{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One visitor's place in the library: a page of the list, or an opened article."""

    query: str = ""
    period: str = ""
    """The key of the chosen bar of the chart; empty for all times."""
    by_title: bool = False
    page: int = 0
    opened: str | None = None
    """The id of the article that is read instead of the list."""
    chars: int = FIRST_CHARS
    removing: str | None = None
    """The id of the article whose removal waits for a second press."""
    left: str | None = None
    """The id of the article that was opened or asked about until now: the keyboard goes on from its row."""

    def searching(self, query: str) -> View:
        """The list of what matches ``query``."""
        return dataclasses.replace(self, query=query, page=0, opened=None, removing=None)

    def after(self, name: str, value: str) -> View:
        """The view once the button ``name`` with ``value`` was pressed; the same one for a button that is not known."""
        on = dataclasses.replace(self, left=None)
        match name:
            case "open":
                return dataclasses.replace(on, opened=value, chars=FIRST_CHARS, removing=None)
            case "back":
                return dataclasses.replace(on, opened=None, left=self.opened)
            case "more":
                return dataclasses.replace(on, chars=self.chars + FIRST_CHARS)
            case "remove":
                return dataclasses.replace(on, removing=value)
            case "keep":
                return dataclasses.replace(on, removing=None, left=self.removing)
            case "remove-now":
                return dataclasses.replace(on, removing=None)
            case "period":
                return dataclasses.replace(on, period="" if value == self.period else value, page=0, removing=None)
            case "sort":
                return dataclasses.replace(on, by_title=value == "title", page=0, removing=None)
            case "page":
                return dataclasses.replace(on, page=int(value) if value.isdecimal() and len(value) < 8 else 0, removing=None)
            case _:
                return self


def action(sent: str) -> tuple[str, str]:
    """The name and value of the pressed button, of what the page's script sends: ``open 3f2a91c0 17``, the last a running number."""
    found = _ACTION.fullmatch(sent)
    return (found[1], found[2]) if found else ("", "")


def matching(infos: Sequence[ArticleInfo], query: str) -> list[ArticleInfo]:
    """Articles that have every word of the query in their title, file name, address, authors or date, whatever its case or script."""
    words = fold(query[:500]).split()
    return [info for info in infos if all(word in _searched(info) for word in words)] if words else list(infos)


def _searched(info: ArticleInfo) -> str:
    names = [file_name(source) for source in info.sources] or [file_name(info.source)]
    parts = (info.title, *names, info.url or "", *info.authors, info.published.isoformat() if info.published else "")
    return fold("\n".join(parts))


def listed(infos: Sequence[ArticleInfo], view: View) -> list[ArticleInfo]:
    """Of articles that match, those of the chosen time in the chosen order (they come by date)."""
    chosen = [info for info in infos if not view.period or charts.matches(info.published, view.period)]
    return sorted(chosen, key=lambda info: (fold(info.title), info.id)) if view.by_title else chosen
