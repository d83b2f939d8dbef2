"""Pages saved as one file, as browsers write them."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from corpus.errors import EmptyArticleError, ReadingError
from corpus.reading import read

TITLE = "图书展在老火车站开幕"
FIRST = "第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
PAGE = f"""<!DOCTYPE html><html><head><title>{TITLE}</title><meta name="pubdate" content="2021-05-08"></head>
<body><h1>{TITLE}</h1><p>{FIRST}</p><p>{FIRST.replace("昨天", "今天")}</p></body></html>"""


def saved(encoding: str, *, address: str = "https://news.example/fair") -> bytes:
    message = MIMEMultipart("related")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = address
    message["Subject"] = "=?utf-8?Q?x?="
    page = MIMEText(PAGE, "html", encoding)
    page["Content-Location"] = address
    message.attach(page)
    message.attach(MIMEText("p { color: red }", "css"))
    return message.as_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030"])
@pytest.mark.parametrize("name", ["page.mhtml", "page.mht", "page"])
def test_the_page_is_read_in_the_encoding_that_the_file_names(encoding: str, name: str) -> None:
    article = read(saved(encoding), name=name)
    assert article.title == TITLE
    assert FIRST in article.text and "color" not in article.text
    assert (article.url, article.published) == ("https://news.example/fair", dt.date(2021, 5, 8))
    assert article.source == name


def test_a_file_without_a_page_is_empty() -> None:
    message = EmailMessage()
    message.set_content("only text")
    message.make_related()
    with pytest.raises(EmptyArticleError, match="no page"):
        read(message.as_bytes(), name="a.mht")


def test_parts_within_parts_without_end_are_damaged_or_empty() -> None:
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b0\n\n"
    nested = "".join(f"--b{n}\nContent-Type: multipart/related; boundary=b{n + 1}\n\n" for n in range(5000))
    with pytest.raises(ReadingError, match=r"^a\.mhtml: "):
        read((head + nested).encode(), name="a.mhtml")
