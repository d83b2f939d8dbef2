"""The page as a server: what it offers to programs, what it tells the browser, what it keeps to itself."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from chat.replies import Replies
from chat.wording import WORDINGS
from corpus.errors import YuanwenError

if TYPE_CHECKING:
    from gradio_client import Client

    from qa.assistant import Assistant

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning")
"""Gradio's own use of pandas."""

WORDS = WORDINGS["en"]
FLAGSHIP = "who spoke at the 2022 opening"


@pytest.fixture(scope="module")
def address(samples: Assistant) -> Iterator[str]:
    from chat.window import served

    with served(Replies(samples), samples=True, host="127.0.0.1", port=None) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    from gradio_client import Client

    return Client(address, verbose=False, analytics_enabled=False)


def test_a_program_asks_and_gets_the_answer_as_plain_data(client: Client, samples: Assistant) -> None:
    given = client.predict(question=FLAGSHIP, api_name="/ask")
    assert given["found"] is True and given["question"] == FLAGSHIP
    assert any(item["citations"][0]["published"] == "2022-11-14" for item in given["answers"])
    for item in given["answers"]:
        for citation in item["citations"]:
            assert samples.library.article(citation["article_id"]).text[citation["start"] : citation["end"]] == citation["text"]


@pytest.mark.parametrize(
    ("question", "limit", "said"),
    [("", 5, "empty"), ("who?", 0, "limit is 0"), ("who?", 1000, "limit is 1000"), ("who?", "x", "limit is 'x'")],
)
def test_a_wrong_call_gets_a_clear_error(client: Client, question: str, limit: Any, said: str) -> None:
    with pytest.raises(Exception, match=said):
        client.predict(question=question, limit=limit, api_name="/ask")


def test_a_failure_is_a_calm_error_and_the_next_call_works(
    client: Client, broken: Callable[[Exception], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(RuntimeError("/home/li/secret"))
    with pytest.raises(Exception, match=re.escape(WORDS.ask_failed)) as caught:
        client.predict(question="who?", api_name="/ask")
    assert "secret" not in str(caught.value)
    monkeypatch.undo()
    assert client.predict(question=FLAGSHIP, api_name="/ask")["found"] is True


def test_twenty_calls_at_once_all_get_their_own_answer(client: Client) -> None:
    questions = [f"{FLAGSHIP} {number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(lambda question: client.predict(question=question, api_name="/ask"), questions))
    assert [answer["question"] for answer in given] == questions


def test_the_page_carries_its_policy_and_names_no_other_machine_to_load_from(address: str) -> None:
    page = httpx.get(address)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded and not any(re.match(r"(https?:)?//", target) for target in loaded)
    assert "fonts.googleapis.com" not in httpx.get(f"{address}theme.css").text


def test_the_pages_settings_report_nothing_and_show_no_links_outside(address: str) -> None:
    config = httpx.get(f"{address}config").json()
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert config["space_id"] is None


def test_no_path_of_this_machine_is_in_what_the_browser_gets(address: str, samples: Assistant) -> None:
    for page in ("", "config", "gradio_api/info"):
        text = httpx.get(f"{address}{page}").text
        assert str(samples.library.folder) not in text
        assert "/home/" not in text and "site-packages" not in text


@pytest.mark.parametrize("path", ["docs", "redoc", "openapi.json", "monitoring", "monitoring/summary"])
def test_what_nobody_needs_is_not_there(address: str, path: str) -> None:
    answer = httpx.get(f"{address}{path}", follow_redirects=True)
    assert answer.status_code >= 400 or "monitoring" not in answer.text.lower()


def test_files_of_the_machine_and_of_the_library_are_not_handed_out(address: str, samples: Assistant) -> None:
    for path in ("/etc/passwd", str(samples.library.folder / "library.db"), "pyproject.toml", "app.py"):
        assert httpx.get(f"{address}gradio_api/file={path}").status_code in (403, 404)


def test_another_sites_name_for_this_machine_is_refused(address: str) -> None:
    assert httpx.get(address, headers={"host": "evil.example"}).status_code == 400
    assert httpx.get(address, headers={"host": "localhost"}).status_code == 200


def test_a_taken_port_is_said_so(samples: Assistant) -> None:
    from chat.window import served

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(YuanwenError, match=f"Port {port} is taken"), served(Replies(samples), host="127.0.0.1", port=port):
            pass


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.5", None), ("127.0.0.1", 80_000), ("127.0.0.1", -1), ("no such host", None), ("", 70_000)]
)
def test_an_address_that_cannot_be_is_said_so(samples: Assistant, host: str, port: int | None) -> None:
    from chat.window import served

    with pytest.raises(YuanwenError, match="cannot listen on"), served(Replies(samples), host=host, port=port):
        pass


def test_the_next_free_port_is_found_and_given_back(samples: Assistant) -> None:
    from chat.window import served

    with served(Replies(samples), host="127.0.0.1", port=None) as first:
        with served(Replies(samples), host="127.0.0.1", port=None) as second:
            assert first != second
        with pytest.raises(httpx.ConnectError):
            httpx.get(second)


def test_examples_are_offered_for_the_samples_only(samples: Assistant) -> None:
    from chat.window import build

    def texts(**options: bool) -> str:
        return json.dumps(build(Replies(samples), **options).get_config_file(), default=str, ensure_ascii=False)

    assert FLAGSHIP in texts(samples=True)
    assert FLAGSHIP not in texts() and "samples_open" not in texts()
    assert "empty_library" in texts(empty=True)
