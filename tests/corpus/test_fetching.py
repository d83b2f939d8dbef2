"""Fetching from the web, with a server of our own on this machine and names that lead to it."""

from __future__ import annotations

import gzip
import http.server
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus.errors import ReadingError
from corpus.fetching import USER_AGENT, Fetcher, is_public, plain_address
from corpus.intake import add_url
from corpus.library import Change, Library

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，理事长江用文致辞。论坛主题是“一叶知春”。"
PAGE = f"<html><head><title>茶业论坛开幕</title></head><body><p>{TEXT}</p></body></html>"


@dataclass
class Page:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    drip_s: float = 0.0


class Site:
    """A server that knows some paths and remembers what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.times: list[float] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.headers["Host"].partition(":")[0], self.path, self.headers["User-Agent"]))
                site.times.append(time.monotonic())
                page = site.pages.get(self.path, Page(status=404))
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in page.headers and not page.drip_s:
                    self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                try:
                    for at in range(0, len(page.body), 1 if page.drip_s else 2**16):
                        self.wfile.write(page.body[at : at + (1 if page.drip_s else 2**16)])
                        time.sleep(page.drip_s)
                except OSError:  # the reader has heard enough
                    return

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}:{self.server.server_port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


PRIVATE = {"router.example": "192.168.0.1", "cloud.example": "169.254.169.254"}


def resolve(host: str, port: int) -> Sequence[str]:
    return [PRIVATE.get(host, "127.0.0.1")]


def fetcher(**options: Any) -> Fetcher:
    """One that finds our server behind every public name."""
    given: dict[str, Any] = {"resolve": resolve, "is_allowed": lambda address: address == "127.0.0.1", "pause_s": 0.0}
    return Fetcher(**(given | options))


def test_a_page_becomes_an_article_with_its_address(site: Site, library: Library) -> None:
    site.pages["/tea"] = Page(PAGE.encode())
    (outcome,) = add_url(library, site.url("/tea#top"), fetcher=fetcher())
    assert (outcome.source, outcome.change) == (site.url("/tea"), Change.ADDED)
    article = library.article(library.articles()[0].id)
    assert (article.title, article.text, article.url) == ("茶业论坛开幕", TEXT, site.url("/tea"))
    assert [(host, path) for host, path, _ in site.asked] == [("news.example", "/robots.txt"), ("news.example", "/tea")]
    assert {agent for *_, agent in site.asked} == {USER_AGENT}
    assert [o.change for o in add_url(library, site.url("/tea"), fetcher=fetcher())] == [Change.UNCHANGED]


def test_the_encoding_that_the_server_names_is_used(site: Site, library: Library) -> None:
    short = "<html><body><p>Le café où l'été a commencé, dit-on à Nîmes.</p></body></html>"
    site.pages["/cafe"] = Page(short.encode("iso-8859-15"), headers={"Content-Type": "text/html; charset=ISO-8859-15"})
    add_url(library, site.url("/cafe"), fetcher=fetcher())
    assert "café où l'été" in library.article(library.articles()[0].id).text


def test_several_articles_at_one_address(site: Site, library: Library) -> None:
    feed = f"<rss><channel><item><guid>1</guid><link>https://tea.example/1</link><description>{TEXT}</description></item></channel></rss>"
    site.pages["/feed"] = Page(feed.encode(), headers={"Content-Type": "application/rss+xml"})
    add_url(library, site.url("/feed"), fetcher=fetcher())
    (info,) = library.articles()
    assert (info.source, info.url) == (site.url("/feed") + "#1", "https://tea.example/1")


def test_redirects_are_followed_a_few_times_and_the_last_address_kept(site: Site) -> None:
    site.pages["/tea"] = Page(PAGE.encode())
    for step in range(4):
        site.pages[f"/{step}"] = Page(status=302, headers={"Location": f"/{step + 1}" if step < 3 else site.url("/tea", "other.example")})
    fetched = fetcher().fetch(site.url("/0"))
    assert (fetched.asked, fetched.url) == (site.url("/0"), site.url("/tea", "other.example"))
    assert ("other.example", "/robots.txt") in [(host, path) for host, path, _ in site.asked]
    site.pages["/loop"] = Page(status=301, headers={"Location": "/loop"})
    with pytest.raises(ReadingError, match="passed on more than 5 times"):
        fetcher().fetch(site.url("/loop"))


@pytest.mark.parametrize(
    "target", ["http://router.example/", "http://cloud.example/latest/meta-data", "file:///etc/passwd", "ftp://x.example/"]
)
def test_a_redirect_into_a_private_network_or_off_the_web_is_not_followed(site: Site, target: str) -> None:
    site.pages["/out"] = Page(status=302, headers={"Location": target})
    with pytest.raises(ReadingError, match=r"/out: .*(private network|only addresses)"):
        fetcher().fetch(site.url("/out"))


def test_without_leave_nothing_on_this_machine_is_reached(site: Site) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises(ReadingError, match=r"private network|can't be reached"):
            Fetcher(pause_s=0).fetch(site.url("/tea", host))
    assert site.asked == []


def test_every_address_of_a_name_must_be_allowed(site: Site) -> None:
    with pytest.raises(ReadingError, match=r"private network .*10\.0\.0\.7"):
        fetcher(resolve=lambda host, port: ["127.0.0.1", "10.0.0.7"]).fetch(site.url("/tea"))
    assert site.asked == []


def test_a_name_that_changes_its_address_gets_no_second_look(site: Site) -> None:
    """DNS rebinding: what was checked is what is connected to, one look-up for each connection."""
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["192.168.0.1"]

    site.pages["/tea"] = Page(PAGE.encode())
    with pytest.raises(ReadingError, match="private network"):
        fetcher(resolve=rebinding).fetch(site.url("/tea"))
    assert len(looked_up) == 2 and [path for _, path, _ in site.asked] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700:4700::1111", True), ("64:ff9b::808:808", True), ("::ffff:8.8.8.8", True),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("127.0.0.1", False), ("0.0.0.0", False), ("100.64.0.1", False),
        ("169.254.169.254", False), ("224.0.0.1", False), ("255.255.255.255", False), ("192.0.2.1", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("fec0::1", False), ("ff02::1", False), ("2002:7f00:1::", False),
        ("2001:db8::1", False),
        ("64:ff9b::7f00:1", False), ("::ffff:10.0.0.1", False), ("::127.0.0.1", False), ("no address", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_robots_txt_is_kept_to(site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /private\nAllow: /\n", headers={"Content-Type": "text/plain"})
    site.pages["/tea"] = site.pages["/private/tea"] = Page(PAGE.encode())
    mine = fetcher()
    assert mine.fetch(site.url("/tea")).data
    with pytest.raises(ReadingError, match=r"robots\.txt"):
        mine.fetch(site.url("/private/tea"))
    assert [path for _, path, _ in site.asked] == ["/robots.txt", "/tea"]  # asked for once
    site.pages["/robots.txt"] = Page(status=503)
    with pytest.raises(ReadingError, match="Try again later"):
        fetcher().fetch(site.url("/tea"))


def test_a_site_is_given_a_pause_between_requests(site: Site) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 0.4\n", headers={"Content-Type": "text/plain"})
    site.pages["/tea"] = Page(PAGE.encode())
    mine = fetcher(pause_s=0.2)
    threads = [threading.Thread(target=mine.fetch, args=(site.url("/tea"),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gaps = [later - earlier for earlier, later in zip(site.times, site.times[1:], strict=False)]
    assert len(gaps) == 3 and gaps[0] >= 0.2 and min(gaps[1:]) >= 0.4


def test_too_much_is_refused_announced_or_not_packed_or_not(site: Site) -> None:
    headers = {"Content-Type": "text/html"}
    site.pages["/announced"] = Page(b"x", headers=headers | {"Content-Length": str(10**9)})
    site.pages["/endless"] = Page(b"x" * 2**20, headers=headers)
    site.pages["/packed"] = Page(gzip.compress(b"x" * 2**24), headers=headers | {"Content-Encoding": "gzip"})
    site.pages["/strange"] = Page(b"x", headers=headers | {"Content-Encoding": "br"})
    for path, said in (("announced", "954 MB"), ("endless", "1 MB or more"), ("packed", "MB or more"), ("strange", "not asked for")):
        with pytest.raises(ReadingError, match=said):
            fetcher(most_bytes=2**19).fetch(site.url(f"/{path}"))
    site.pages["/fine"] = Page(gzip.compress(PAGE.encode()), headers=headers | {"Content-Encoding": "gzip"})
    assert fetcher().fetch(site.url("/fine")).data == PAGE.encode()


def test_an_answer_that_drips_is_given_up(site: Site) -> None:
    site.pages["/slow"] = Page(b"x" * 1000, drip_s=0.05)
    with pytest.raises(ReadingError, match="did not answer within"):
        fetcher(timeout_s=1.0).fetch(site.url("/slow"))


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(status=404), r"404 \(Not Found\)"),
        (Page(status=599), "599"),
        (Page(status=204), "204"),
        (Page(b"\x89PNG", headers={"Content-Type": "image/png"}), "image/png, which holds no article"),
        (Page(b"garbage", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}), "damaged"),
    ],
)
def test_what_is_no_page_is_told(site: Site, library: Library, page: Page, said: str) -> None:
    site.pages["/tea"] = page
    (outcome,) = add_url(library, site.url("/tea"), fetcher=fetcher())
    assert outcome.change is None
    with pytest.raises(ReadingError, match=said):
        raise ReadingError(outcome.error)


def test_offline_is_one_clear_sentence(library: Library) -> None:
    def offline(host: str, port: int) -> Sequence[str]:
        raise OSError(-3, "Temporary failure in name resolution")

    (outcome,) = add_url(library, "https://news.example/tea", fetcher=fetcher(resolve=offline))
    assert outcome.error == (
        "https://news.example/tea: news.example can't be reached. Check the address and your connection to the internet; "
        "everything else works without one."
    )


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/b", "file:///etc/passwd", "//a.example", "http://", "http:///b", "http://user:pw@a.example/", "http://a.example:x/",
     "http://a.example:99999/", "javascript:alert(1)", "http://[::1", f"http://a.example/{'x' * 5000}", f"http://{'ü' * 80}.example/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ReadingError):
        plain_address(url)


def test_a_line_end_in_an_address_starts_no_new_header(site: Site) -> None:
    assert "\r" not in plain_address(site.url("/a\r\nX-Evil: 1")) and urlsplit(plain_address("http://a.example/a b?c d")).query == "c%20d"
