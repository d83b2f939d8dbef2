"""Who may talk to the chat: the people with a password, if one is asked for, and never the page of another site.

Both are ASGI layers around everything that is served: the page, the endpoints, uploads, downloads and tools alike. Passwords are asked
for by HTTP Basic authentication (RFC 7617), which browsers, curl and every client know; beyond this machine it wants HTTPS in front.

``python -m chat.access USER`` asks for a password and prints the line for a file of several people.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import getpass
import hashlib
import hmac
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import YuanwenError

PASSWORD_VARIABLE = "YUANWEN_PASSWORD"  # noqa: S105 - the variable's name
FAILURE_PAUSE_S = 1.0
"""After a wrong password, so that trying many takes long."""

_OPEN = "/gradio_api/startup-events"
"""Says nothing; the server calls it on itself when it starts."""
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
"""Of scrypt (RFC 7914): 16 MB and about 50 ms for one try, as OWASP's password storage sheet allows."""


class AccessError(YuanwenError):
    """A user or password that the chat is to ask for cannot be used."""


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A password that cannot be read back."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> _Hashed:
        salt = secrets.token_bytes(16)
        return cls(salt, _digest(password, salt))

    @classmethod
    def parse(cls, line: str) -> _Hashed:
        """Raises ValueError."""
        kind, salt, digest = line.split("$")
        if kind != "scrypt":
            raise ValueError(kind)
        return cls(bytes.fromhex(salt), bytes.fromhex(digest))

    def __str__(self) -> str:
        return f"scrypt${self.salt.hex()}${self.digest.hex()}"

    def fits(self, password: str) -> bool:
        return hmac.compare_digest(_digest(password, self.salt), self.digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)


class Accounts:
    """People and their passwords."""

    def __init__(self, hashed: Mapping[str, _Hashed]) -> None:
        self._hashed = dict(hashed)
        self._nobody = _Hashed.of(secrets.token_hex())
        self._key = secrets.token_bytes(32)
        self._known: set[bytes] = set()

    @classmethod
    def of(cls, user: str, password: str) -> Accounts:
        """One person.

        Raises:
            AccessError: the name is empty or holds a colon, or the password is empty.
        """
        if not user.strip() or ":" in user:
            raise AccessError(f"{user!r} cannot be a user's name: it must not be empty or hold a colon.")
        if not password:
            raise AccessError(f"The password of {user!r} is empty. Set {PASSWORD_VARIABLE}, or type one when asked.")
        return cls({user: _Hashed.of(password)})

    @classmethod
    def load(cls, path: Path) -> Accounts:
        """Several people, from a file with a line for each, as ``python -m chat.access USER`` prints it; # begins a remark.

        Raises:
            AccessError: the file cannot be read, names nobody, or a line is of another form.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AccessError(f"The users' file {path} cannot be read: {error}") from error
        hashed: dict[str, _Hashed] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            user, _, rest = line.strip().partition(":")
            try:
                hashed[user] = _Hashed.parse(rest)
            except ValueError:
                raise AccessError(f"Line {number} of {path} is no user's line. Make one: python -m chat.access USER") from None
        if not hashed:
            raise AccessError(f"The users' file {path} names nobody. Make a line: python -m chat.access USER")
        return cls(hashed)

    def allow(self, user: str, password: str) -> bool:
        """Whether this is one of the people. The first time takes as long for a wrong name as for a wrong password."""
        seen = hmac.digest(self._key, f"{user}\0{password}".encode("utf-8", "surrogatepass"), "sha256")
        if seen in self._known:
            return True
        allowed = self._hashed.get(user, self._nobody).fits(password) and user in self._hashed
        if allowed:
            self._known.add(seen)
        return allowed


class Guard:
    """Lets through what comes with a right name and password, and asks everyone else for them."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse; a connection that is no HTTP request is refused, as nothing here uses one."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] == _OPEN):
            await self._app(scope, receive, send)
            return
        given = _credentials(Headers(scope=scope).get("authorization", "")) if scope["type"] == "http" else None
        if given is not None and await asyncio.to_thread(self._accounts.allow, *given):
            await self._app(scope, receive, send)
            return
        if given is not None:
            await asyncio.sleep(FAILURE_PAUSE_S)
        if scope["type"] == "http":
            asking = {"WWW-Authenticate": 'Basic realm="Yuanwen", charset="UTF-8"'}
            await PlainTextResponse("A name and a password are needed.", status_code=401, headers=asking)(scope, receive, send)


class SameOrigin:
    """Refuses what a page of another site has a visitor's browser ask for: it could read the library, or add to it, in their name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse. Programs other than browsers name no origin."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers({})
        origin = headers.get("origin")
        if origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != "":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("Pages of other sites may not ask here.", status_code=403)(scope, receive, send)


def _credentials(header: str) -> tuple[str, str] | None:
    """User and password of an Authorization header; none when it holds none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


def accounts(user: str | None, file: Path | None) -> Accounts | None:
    """The people that the command line names, if any; the password of one comes from ``YUANWEN_PASSWORD`` or is asked for.

    Raises:
        AccessError: both ways are used at once, or what they give cannot be used.
    """
    if user is not None and file is not None:
        raise AccessError("--auth and --auth-file exclude each other: name one person or a file of several.")
    if file is not None:
        return Accounts.load(file)
    if user is None:
        return None
    return Accounts.of(user, os.environ.get(PASSWORD_VARIABLE) or _asked(user))


def _asked(user: str) -> str:
    if not sys.stdin.isatty():
        raise AccessError(f"There is nobody to ask for the password of {user!r}. Set {PASSWORD_VARIABLE}.")
    return getpass.getpass(f"Password for {user}: ")


def main() -> None:
    """Print the line of a users' file for one person."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m chat.access USER")
    user = sys.argv[1]
    try:
        password = os.environ.get(PASSWORD_VARIABLE) or _asked(user)
        Accounts.of(user, password)  # refuses what cannot be used
    except AccessError as error:
        sys.exit(f"yuanwen: {error}")
    sys.stdout.write(f"{user}:{_Hashed.of(password)}\n")


if __name__ == "__main__":
    main()
