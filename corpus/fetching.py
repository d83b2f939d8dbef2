"""Single pages and files from the web, asked for politely and with suspicion.

Politely: a site's robots.txt (RFC 9309) is kept to, one request at a time goes to a site, with a pause between two. With suspicion: what
an address leads to is data from a stranger, and an address may be made to lead into the user's own network. So every connection, those
after a redirect too, goes to an address that was looked up once, found to be a public one, and connected to as found.
"""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

import httpcore

from corpus.errors import ReadingError

if TYPE_CHECKING:
    from protego import Protego

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host. Raises `OSError` when there are none."""

MOST_BYTES = 64 * 2**20
MOST_REDIRECTS = 5
TIMEOUT_S = 60.0
"""For one answer as a whole, however slowly it drips."""
PAUSE_S = 1.0
"""Between two requests to one site; a site may ask for more, up to `MOST_PAUSE_S`."""
MOST_PAUSE_S = 30.0
_CONNECT_S = 10.0
_ROBOTS_BYTES = 512 * 2**10
"""As much of a robots.txt is looked at, as RFC 9309 has it."""
_ROBOTS_S = 3600.0
"""So long what a site's robots.txt says is remembered."""
_MOST_CHARS = 4000

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TYPES = ("text/", "application/xhtml", "application/xml", "application/rss", "application/atom", "application/rdf", "application/json",
          "application/feed+json", "application/ld+json", "application/jsonl", "application/x-ndjson", "application/pdf",
          "application/x-pdf", "application/zip", "application/x-zip", "application/epub+zip", "application/octet-stream",
          "application/vnd.openxmlformats-officedocument.wordprocessingml", "application/x-mimearchive", "multipart/related",
          "message/rfc822", "binary/octet-stream", "application/force-download")  # fmt: skip
"""How the kinds begin that a readable file is served as."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _user_agent() -> str:
    try:
        return f"Yuanwen/{version('yuanwen')}"
    except PackageNotFoundError:
        return "Yuanwen"


USER_AGENT = _user_agent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address led to."""

    asked: str
    """The address as it was asked for, in its plain form and without a fragment."""
    url: str
    """The one that answered, after redirects."""
    data: bytes
    charset: str | None
    """The encoding that the server named."""


class Fetcher:
    """Fetches one thing at a time from each site. Safe from several threads.

    Args:
        resolve: looks a host's addresses up.
        is_allowed: whether an address may be connected to.
        pause_s: between two requests to a site.
        timeout_s: for one answer as a whole.
        most_bytes: of one answer, unpacked.
    """

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        is_allowed: Callable[[str], bool] | None = None,
        pause_s: float = PAUSE_S,
        timeout_s: float = TIMEOUT_S,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._resolve = resolve or addresses_of
        self._is_allowed = is_allowed or is_public
        self._pause_s, self._timeout_s, self._most_bytes = pause_s, timeout_s, most_bytes
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def fetch(self, url: str) -> Fetched:
        """What a page or file at an address holds.

        Raises:
            ReadingError: it can't be had; the message says why.
        """
        asked = at = plain_address(url)
        for _ in range(MOST_REDIRECTS + 1):
            site = self._site(at)
            with site.lock:
                self._check_robots(site, at, asked)
                answer = self._ask(site, at, shown=asked, most_bytes=self._most_bytes)
            if answer.status not in _REDIRECTS or not answer.location:
                break
            at = plain_address(urljoin(at, answer.location), shown=asked)
        else:
            raise ReadingError(f"{asked}: this address was passed on more than {MOST_REDIRECTS} times. Give the address it ends at.")
        if answer.status != HTTPStatus.OK:
            raise ReadingError(
                f"{asked}: the site answered {answer.status}{_phrase(answer.status)}. Open it in a browser and save the page."
            )
        if answer.kind and not answer.kind.startswith(_TYPES):
            raise ReadingError(f"{asked}: this address leads to {answer.kind}, which holds no article.")
        return Fetched(asked=asked, url=at, data=answer.data, charset=answer.charset)

    def _site(self, url: str) -> _Site:
        parts = urlsplit(url)
        with self._lock:
            return self._sites.setdefault(f"{parts.scheme}://{parts.netloc}", _Site(pause_s=self._pause_s))

    def _check_robots(self, site: _Site, url: str, shown: str) -> None:
        """Raise `ReadingError` when the site asks programs to leave the address alone."""
        if site.robots is None or time.monotonic() - site.robots_at > _ROBOTS_S:
            site.robots, site.robots_at = self._robots(site, url, shown), time.monotonic()
            delay = site.robots.crawl_delay(USER_AGENT)
            site.pause_s = max(self._pause_s, min(float(delay or 0), MOST_PAUSE_S))
        if not site.robots.can_fetch(url, USER_AGENT):
            raise ReadingError(f"{shown}: this site asks programs not to read that address (robots.txt). Open it in a browser and save it.")

    def _robots(self, site: _Site, url: str, shown: str) -> Protego:
        from protego import Protego

        at = urljoin(url, "/robots.txt")
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(site, at, shown=shown, most_bytes=_ROBOTS_BYTES, whole=False)
            if answer.status not in _REDIRECTS or not answer.location:
                break
            at = plain_address(urljoin(at, answer.location), shown=shown)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # the rules are there and can't be read: RFC 9309, 2.3.1.4
            raise ReadingError(f"{shown}: the site is in trouble ({answer.status} for its robots.txt). Try again later.")
        rules = answer.data.decode("utf-8", "replace") if answer.status == HTTPStatus.OK else ""
        return Protego.parse(rules)

    def _ask(self, site: _Site, url: str, *, shown: str, most_bytes: int, whole: bool = True) -> _Answer:
        """One request and its answer; ``whole``: a longer one is refused, not cut."""
        time.sleep(max(0.0, site.free_at - time.monotonic()))
        deadline = time.monotonic() + self._timeout_s
        backend = _CheckedBackend(self._resolve, self._is_allowed, deadline)
        parts = urlsplit(url)
        headers = [("Host", parts.netloc), ("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"),
                   ("Connection", "close")]  # fmt: skip
        limits = {"connect": _CONNECT_S, "read": self._timeout_s, "write": _CONNECT_S, "pool": _CONNECT_S}
        try:
            with (
                httpcore.ConnectionPool(network_backend=backend) as pool,
                pool.stream("GET", url, headers=headers, extensions={"timeout": limits}) as response,
            ):
                answer = _Answer.of(response)
                if answer.status != HTTPStatus.OK:
                    return answer
                announced = answer.length
                if whole and announced is not None and announced > most_bytes:
                    raise _too_large(shown, announced, most_bytes)
                data = bytearray()
                for chunk in _unpacked(response.iter_stream(), answer.packing, shown):
                    data += chunk
                    if len(data) > most_bytes:
                        if whole:
                            raise _too_large(shown, len(data), most_bytes)
                        break
                return dataclasses.replace(answer, data=bytes(data[:most_bytes]))
        except _ForbiddenError as error:
            raise ReadingError(f"{shown}: this address leads into a private network ({error}). Only public pages are fetched.") from error
        except httpcore.TimeoutException as error:
            raise ReadingError(f"{shown}: the site did not answer within {self._timeout_s:.0f} seconds. Try again later.") from error
        except httpcore.ConnectError as error:
            if "CERTIFICATE" in str(error):
                raise ReadingError(f"{shown}: the site can't prove that it is what it says ({error}). It was not read.") from error
            raise ReadingError(
                f"{shown}: {parts.hostname} can't be reached. Check the address and your connection to the internet; "
                "everything else works without one."
            ) from error
        except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.UnsupportedProtocol, OSError, ValueError) as error:
            raise ReadingError(
                f"{shown}: the site's answer can't be understood ({error}). Open it in a browser and save the page."
            ) from error
        finally:
            site.free_at = time.monotonic() + site.pause_s


@functools.cache
def shared_fetcher() -> Fetcher:
    """The program's own, so that its pauses hold whoever asks."""
    return Fetcher()


def plain_address(url: str, *, shown: str | None = None) -> str:
    """An address of the web in its plain form: no fragment, ASCII only.

    ``shown``: what to call it in a message.
    Raises `ReadingError` when it is none, or not one to fetch.

    >>> plain_address("HTTPS://例子.example/会议 1?q=开#top")
    'https://xn--fsqu00a.example/%E4%BC%9A%E8%AE%AE%201?q=%E5%BC%80'
    """
    url = "".join(char for char in url.strip() if char.isprintable())
    shown = shown or url[:_MOST_CHARS]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ReadingError(f"{shown}: this is no address of the web ({error}).") from error
    if parts.scheme not in ("http", "https"):
        raise ReadingError(f"{shown}: only addresses that begin with http:// or https:// are fetched. Give a file's path as it is.")
    if parts.username is not None or parts.password is not None:
        raise ReadingError(f"{shown}: this address holds a user name, which is not sent to sites. Save the page from a browser.")
    if not parts.hostname or len(url) > _MOST_CHARS:
        raise ReadingError(f"{shown}: this is no address of the web. One looks like https://example.org/article.html")
    host = _ascii_host(parts.hostname, shown)
    netloc = host if port is None else f"{host}:{port}"
    kept = "/:@!$&'()*+,;=-._~%"
    return urlunsplit(SplitResult(parts.scheme, netloc, quote(parts.path or "/", safe=kept), quote(parts.query, safe=kept + "?"), ""))


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as this machine looks them up. Raises `OSError` when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not this machine, a private network, a cloud's metadata service.

    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:  # where a network has IPv6 only, this is how it writes the others
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        return ip in _GLOBAL_UNICAST and ip.is_global and ip.sixtofour is None
    return ip.is_global and not ip.is_multicast


# --- connections -------------------------------------------------------------------------------------------------------------


class _ForbiddenError(Exception):
    """An address that must not be connected to."""


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that it looked up and checked itself: looked up anew, a name may lead elsewhere (DNS rebinding)."""

    def __init__(self, resolve: Resolve, is_allowed: Callable[[str], bool], deadline: float) -> None:
        self._resolve, self._is_allowed, self._deadline = resolve, is_allowed, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:  # no such name, no connection; a label of no or too many letters
            raise httpcore.ConnectError(str(error)) from error
        if forbidden := [address for address in addresses if not self._is_allowed(address)]:
            raise _ForbiddenError(f"{host} is {forbidden[0]}")
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                seconds = _seconds_left(self._deadline, timeout)
                return _BoundedStream(self._plain.connect_tcp(address, port, timeout=seconds), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline, however little each one brings."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _seconds_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _seconds_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = _seconds_left(self._deadline, timeout)
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _seconds_left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline is over")
    return left if timeout is None else min(left, timeout)


# --- answers -----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Site:
    """What is remembered of a site."""

    pause_s: float
    free_at: float = 0.0
    robots: Protego | None = None
    robots_at: float = 0.0
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    location: str | None
    kind: str
    charset: str | None
    packing: str
    length: int | None
    data: bytes = b""

    @classmethod
    def of(cls, response: httpcore.Response) -> _Answer:
        said = {name.lower(): value.decode("latin-1") for name, value in reversed(response.headers)}
        typed = Message()
        typed["Content-Type"] = said.get(b"content-type", "")
        length = said.get(b"content-length", "")
        return cls(
            status=response.status,
            location=said.get(b"location"),
            kind=typed.get_content_type() if said.get(b"content-type") else "",
            charset=typed.get_content_charset(),
            packing=said.get(b"content-encoding", "").strip().lower(),
            length=int(length) if length.isdecimal() else None,
        )


def _unpacked(chunks: Iterable[bytes], packing: str, url: str) -> Iterator[bytes]:
    """Chunks as they were before they were packed for the way, in pieces of bounded size."""
    if packing in ("", "identity"):
        yield from chunks
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise ReadingError(f"{url}: the site sends its pages packed in a way that was not asked for ({packing[:20]}).")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either header is understood
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield unpacker.decompress(rest, 2**20)
                rest = unpacker.unconsumed_tail
    except zlib.error as error:
        raise ReadingError(f"{url}: the site's answer is damaged ({error}). Try again later.") from error


def _too_large(url: str, size: int, most: int) -> ReadingError:
    return ReadingError(
        f"{url}: this has {size / 2**20:,.0f} MB or more, and {most // 2**20} MB are fetched at most. Save it and add the file."
    )


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _ascii_host(host: str, shown: str) -> str:
    """A host's name as it is asked for; an IPv6 address in its brackets."""
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ReadingError(f"{shown}: {host} is no name that a site can have.") from error
