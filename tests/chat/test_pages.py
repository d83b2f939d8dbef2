"""Every response carries the headers; only scripts of the page's own template get its nonce."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chat.pages import Pages, policy

TEMPLATE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<script>a()</script><script type="module" src="./b.js"></script></head>文</html>'
)


def page(_: Request) -> Response:
    return HTMLResponse(TEMPLATE)


def in_pieces(_: Request) -> Response:
    data = TEMPLATE.encode()
    return StreamingResponse((data[at : at + 7] for at in range(0, len(data), 7)), media_type="text/html")


def plain(_: Request) -> Response:
    return JSONResponse({"text": "<script>alert(1)</script>"})


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", page), Route("/pieces", in_pieces), Route("/plain", plain)]
    return TestClient(Pages(Starlette(routes=routes)))


def nonce(header: str) -> str:
    found = re.search(r"'nonce-([\w-]{16,})'", header)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/pieces"])
def test_every_script_of_a_page_has_the_nonce_of_its_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    value = nonce(answer.headers["content-security-policy"])
    assert re.findall(r"<script[^>]*>", answer.text)
    assert all(f'nonce="{value}"' in tag for tag in re.findall(r"<script[^>]*>", answer.text))
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.text.endswith("文</html>")


def test_a_nonce_is_used_once(client: TestClient) -> None:
    first, second = (nonce(client.get("/").headers["content-security-policy"]) for _ in range(2))
    assert first != second
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "language", "locale"), [("zh-HK", "zh-Hant", "zh-TW"), ("zh-CN", "zh-Hans", "zh-CN"), ("fr", "en", "en")]
)
def test_the_page_is_in_the_readers_language(client: TestClient, header: str, language: str, locale: str) -> None:
    answer = client.get("/", headers={"accept-language": header})
    assert f'<html lang="{language}">' in answer.text
    assert f'{{value: "{locale}"}}' in answer.text
    assert "accept-language" in answer.headers["vary"].lower()


def test_what_is_no_page_is_passed_on_unchanged_with_the_headers(client: TestClient) -> None:
    answer = client.get("/plain")
    assert answer.json() == {"text": "<script>alert(1)</script>"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_nothing_may_be_loaded_from_elsewhere_and_no_text_may_become_a_script() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy("x").split("; "))
    assert not any(re.search(r"https?:|\*|//", sources) for sources in rules.values())
    assert "unsafe" not in rules["script-src"]
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
