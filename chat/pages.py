"""What a browser is told about the page: its language, and that nothing is loaded from elsewhere and nothing runs that isn't ours.

An ASGI layer inside the page's server. Even if hostile text got past the escaping, the browser would refuse to run it or to fetch for it.
"""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat import wording

_SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("page.js", "library.js"))
_SCRIPT_TAG = re.compile(r"<script(?=[\s>])")

# Gradio has these two Chinese locales; browsers in Hong Kong or Singapore name others, for which it would fall back to English.
_LOCALES = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a page whose own inline scripts carry ``nonce``.

    Inline styles must be allowed, as Gradio sets them; inline scripts without the nonce, event handlers and ``eval`` are not.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def completed(page: str, *, language: str, nonce: str) -> str:
    """Gradio's page with our script, its language, and the nonce on every script tag of its template.

    Only the template has such tags when it is sent: data is put into it with ``<`` escaped, and conversations never are.
    """
    locale = json.dumps(_LOCALES.get(language, language))
    scripts = "\n".join(script.read_text(encoding="utf-8") for script in _SCRIPTS)
    ours = f'<script>Object.defineProperty(navigator, "language", {{value: {locale}}});\n{scripts}</script>'
    page = page.replace('lang="en"', f'lang="{language}"', 1).replace("<head>", f"<head>{ours}", 1)
    return _SCRIPT_TAG.sub(f'<script nonce="{nonce}"', page)


class Pages:
    """Adds the headers to every response and completes HTML pages, which it holds back until they are whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and see its response through; other kinds of connection are left alone."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        language = wording.for_header(Headers(scope=scope).get("accept-language")).language
        nonce = secrets.token_urlsafe(16)
        held: Message | None = None
        page = bytearray()

        async def complete(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**_FIXED, "Content-Security-Policy": policy(nonce)})
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("Accept-Language")
                    headers["Cache-Control"] = "no-store"  # the nonce is for this once
                    held = message
                else:
                    await send(message)
            elif held is None:
                await send(message)
            else:
                page.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    body = completed(page.decode("utf-8", "replace"), language=language, nonce=nonce).encode()
                    MutableHeaders(scope=held)["content-length"] = str(len(body))
                    await send(held)
                    await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, complete)
