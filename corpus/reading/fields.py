"""Records with named fields as articles: the rows of tables, the objects of JSON files, the entries of feeds.

Fields are known by their usual names in English and Chinese, or named by the caller.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import email.utils
import html as markup
import re
import types
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.errors import EmptyArticleError, ReadingError
from corpus.folding import fold
from corpus.metadata import date_in, latin_or_han_names
from corpus.reading import apart
from corpus.reading.extracted import Extracted, check_length, printable
from corpus.reading.text import mended

ROLES = ("text", "title", "date", "url", "author", "source")
"""What a field can be to an article."""
Fields = Mapping[str, str]
"""From a role to the caller's own name for it; dots lead into nested objects: ``{"text": "page.body"}``."""
NO_FIELDS: Fields = types.MappingProxyType({})

_NAMES = {
    "text": (
        "text body content articlebody contenttext contenthtml maintext fulltext bodytext article contents story "
        "正文 全文 内容 文本 内文 文章内容 新闻内容 新闻正文 正文内容 文章正文 文章 description summary abstract excerpt 摘要"
    ),
    "title": "title headline articletitle newstitle 标题 题目 题名 文章标题 新闻标题 篇名 subject name",
    "date": (
        "date published datepublished pubdate publishdate publisheddate datepublish publishedat publishtime publicationdate "
        "日期 发布日期 发表日期 发布时间 发表时间 出版日期 时间 datetime time created createdat"
    ),
    "url": "url link permalink href canonicalurl sourceurl articleurl pageurl uri 链接 网址 原文链接 文章链接 地址",
    "author": "author authors byline writer creator reporter 作者 记者 撰稿 撰文 编辑",
    "source": "source publisher media site sitename outlet 来源 媒体 出处 新闻来源 发布机构",
}
"""The likeliest first, as `_plain` writes them."""
_MOST_VALUES = 1000
_LONGEST_PUBLISHER = 60
"""In characters. What is longer names no paper or site."""
_HTML_BODY = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|table|article|section|span|blockquote|figure|a|img)\b[^<>]*>", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_ADDRESS = re.compile(r"https?://[^\s/]\S*")


def fields_of(names: Iterable[str], *, given: Fields = NO_FIELDS) -> dict[str, str]:
    """Which of a record's field names plays which role, for those that play one.

    ``given``: what the caller says of it, believed before the names.

    >>> fields_of(["标题", "正 文", "Publish_Date", "no"]) == {"text": "正 文", "title": "标题", "date": "Publish_Date"}
    True
    """
    names = list(names)[:_MOST_VALUES]
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_plain(name), name)
    roles = {role: known[word] for role in ROLES for word in reversed(_NAMES[role].split()) if word in known}
    return roles | {role: name for role, name in given.items() if name in names or "." in name}


def check_given(given: Fields) -> None:
    """Raise `ReadingError` when the caller names a role that there is not."""
    if strange := [role for role in given if role not in ROLES]:
        raise ReadingError(f"There is no field {strange[0]!r}. Those that can be named are {', '.join(ROLES)}, such as text=body.")


def no_text_field(names: Iterable[str], name: str) -> ReadingError:
    """What to say of records where no field is known to hold the text."""
    listed = ", ".join(printable(str(each))[:40] for each in list(names)[:12])
    return ReadingError(f"{name}: no field is known to hold the text. There are: {listed}. Name it, such as --field text=body.")


def value(record: Mapping[str, Any], path: str) -> str:
    """A record's value as text, empty where there is none; lists line by line.

    >>> value({"title": {"rendered": "A"}, "tags": ["b", "c"], "page": {"no": 1}}, "title"), value({"page": {"no": 1}}, "page.no")
    ('A', '1')
    """
    found: Any = record.get(path)
    if found is None and "." in path:
        found = record
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    return _text(found)


def _text(found: Any) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, bool) or found is None:
        return ""
    if isinstance(found, int | float):
        return str(found)
    if isinstance(found, list):
        return "\n".join(_scalar(each) for each in found[:_MOST_VALUES])
    return _scalar(found)


def _scalar(found: Any) -> str:
    """A value within a list or an object: of an object, what such objects keep their text in."""
    if isinstance(found, Mapping):
        found = next((found[key] for key in ("rendered", "value", "text", "name", "#text", "href") if isinstance(found.get(key), str)), "")
    return found if isinstance(found, str) else ""


def extracted(values: Mapping[str, str], *, name: str) -> Extracted:
    """The article that a record's values make, by role. Markup in the text is read as a web page.

    Raises:
        EmptyArticleError: there is no text.
    """
    body = values.get("text", "")
    check_length(len(body), name)
    if not body.strip():
        raise EmptyArticleError(f"{name}: there is no text in this record.")
    title = _one_line(values.get("title", ""))
    source = _one_line(values.get("source", ""))
    address = next((each for each in (values.get("url", "").strip(), source) if _ADDRESS.fullmatch(each)), None)
    author = mended(values.get("author", ""))
    known: dict[str, Any] = {
        "title": title or None,
        "published": date_of(values.get("date", "")),
        "authors": tuple(dict.fromkeys(latin_or_han_names(printable(author.replace("\n", ","))))),
        "url": address,
        "publisher": None if _ADDRESS.fullmatch(source) or len(source) > _LONGEST_PUBLISHER else source,
    }
    if _HTML_BODY.search(body):
        page = f"<!DOCTYPE html><html><head><title>{markup.escape(title)}</title></head><body><article>{body}</article></body></html>"
        found = apart.page(page.encode("utf-8", "replace"), name=name, url=address)
    else:
        found = Extracted(text=printable(mended(markup.unescape(body) if "&#" in body or "&nbsp;" in body else body)), dump=True)
    removed = (source,) if source and not _ADDRESS.fullmatch(source) else ()
    return dataclasses.replace(found, **{key: each for key, each in known.items() if each}, removed=(*removed, *found.removed))


def date_of(written: str) -> dt.date | None:
    """The day in a date field: ISO 8601, the dates of pages and mails in words or figures, seconds since 1970.

    >>> [date_of(each) for each in ("2022-11-14T08:00:00+08:00", "Mon, 14 Nov 2022 08:00:00 GMT", "1668412800", "unknown")]
    [datetime.date(2022, 11, 14), datetime.date(2022, 11, 14), datetime.date(2022, 11, 14), None]
    """
    written = written.strip()[:100]
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(written[:10])
    if _EPOCH.fullmatch(written):
        seconds = float(written) / (1000 if len(written.partition(".")[0]) == 13 else 1)
        return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    if day := date_in(written):
        return day
    with contextlib.suppress(ValueError, TypeError, OverflowError, IndexError):
        return email.utils.parsedate_to_datetime(written).date()
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(written[:8])
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s_./-]+", "", fold(name))


def _one_line(text: str) -> str:
    return " ".join(printable(mended(markup.unescape(text))).split())
