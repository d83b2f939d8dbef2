"""Where articles come from, in a word: a site, a folder, a file that holds several. A question can be limited to one at a stroke."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from corpus.library import ArticleInfo

_FILE_OF_SEVERAL = re.compile(r"^(.+?\.\w{2,6})[!#]")


def origin(source: str, url: str | None = None) -> str:
    """The site of an address, the file that an article is one of several in, or else the folder it lay in; empty when there is none.

    >>> origin("https://www.example.org/news/1.html"), origin("/saved/2022/news.csv#12"), origin("/saved/2022/opening.txt")
    ('example.org', 'news.csv', '2022')
    >>> origin("C:\\\\saved\\\\opening.html", url="http://example.org/opening"), origin("note.txt")
    ('example.org', '')
    """
    for address in (url, source):
        if address and address.lower().startswith(("http://", "https://")):
            try:
                return (urlsplit(address).hostname or "").removeprefix("www.")
            except ValueError:
                return ""
    several = _FILE_OF_SEVERAL.match(source)
    kind = PureWindowsPath if "\\" in source else PurePosixPath
    return kind(several[1]).name if several else kind(source).parent.name


def origins(articles: Iterable[ArticleInfo]) -> dict[str, list[str]]:
    """Ids of the articles of each origin that two or more come from, but not all, the largest first."""
    found: dict[str, list[str]] = {}
    known = list(articles)
    for info in known:
        names = {origin(source, info.url if number == 0 else None) for number, source in enumerate(info.sources)}
        for name in sorted(names - {""}):
            found.setdefault(name, []).append(info.id)
    several = {name: ids for name, ids in found.items() if 1 < len(ids) < len(known)}
    return dict(sorted(several.items(), key=lambda pair: (-len(pair[1]), pair[0])))
