"""What programs get from the running chat: as `docs/api.md` says, and nothing to those who may not ask."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from chat.access import AccessError, Accounts, accounts
from chat.adding import Adding
from chat.programs import MOST_ANSWERS, EndpointError, Programs
from chat.replies import Replies
from chat.wording import WORDINGS
from corpus.errors import LibraryBusyError, YuanwenError

if TYPE_CHECKING:
    from gradio_client import Client

    from qa.assistant import Assistant

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning")
"""Gradio's own use of pandas."""

ROOT = Path(__file__).resolve().parents[2]
WORDS = WORDINGS["en"]
FLAGSHIP = "who spoke at the 2022 opening"
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
PASSWORD = "a long password"


def examples(language: str, *, after: str, before: str) -> list[str]:
    """The code of a section of the page on the endpoints."""
    section = DOCUMENT[DOCUMENT.index(after) : DOCUMENT.index(before)]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def address(samples: Assistant) -> Iterator[str]:
    from chat.window import served

    with served(Replies(samples), samples=True, host="127.0.0.1", port=None) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    from gradio_client import Client

    return Client(address, verbose=False, analytics_enabled=False)


@pytest.fixture
def programs(samples: Assistant) -> Programs:
    return Programs(samples, Adding(samples))


# --- the page on the endpoints ---------------------------------------------------------------------------------------------------


def test_the_python_examples_run_in_their_order(
    address: str, samples: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    found = examples("python", after="## Python", before="## curl")
    assert len(found) == 4
    for example in found:
        exec(compile(example.replace("http://127.0.0.1:7860", address), "docs/api.md", "exec"), names)
    said = capsys.readouterr().out
    assert re.search(r"\d\d%  .*2022-11-14", said)
    assert said.count("'change': 'added'") == 2
    assert {"ferry.txt", "mill.md"} <= {info.source for info in samples.library.articles()}


def test_the_curl_examples_run_in_their_order(address: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("no curl or bash here")
    script = "\n".join(examples("bash", after="## curl", before="## Tools"))
    assert script.count("curl") == 6
    script = script.replace("http://127.0.0.1:7860/", address)
    ran = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.count("event: complete") == 2
    assert '"found": true' in ran.stdout and '"total": ' in ran.stdout and '"change": "added"' in ran.stdout


def test_the_page_names_every_endpoint_and_every_argument(client: Client) -> None:
    offered: Any = client.view_api(return_format="dict", print_info=False)
    assert list(offered["named_endpoints"]) == ["/ask", "/articles", "/article", "/add"] and not offered["unnamed_endpoints"]
    for name, endpoint in offered["named_endpoints"].items():
        (row,) = (line for line in DOCUMENT.splitlines() if line.startswith(f"| `{name}` |"))
        assert endpoint["description"]
        for parameter in endpoint["parameters"]:
            assert f"`{parameter['parameter_name']}`" in row
            assert parameter["python_type"]["type"] != "Any"


# --- asking --------------------------------------------------------------------------------------------------------------------


def test_an_answer_is_plain_types_and_names_no_path(programs: Programs, samples: Assistant) -> None:
    plain = programs.ask(FLAGSHIP)
    for item in plain["answers"]:
        for citation in item["citations"]:
            assert samples.library.article(citation["article_id"]).text[citation["start"] : citation["end"]] == citation["text"]
            assert "/" not in citation["source"]


def test_a_question_is_kept_to_articles_and_to_a_time(programs: Programs) -> None:
    wanted = {row["id"] for row in programs.articles("2023")["articles"]}
    assert wanted
    for options in ({"articles": sorted(wanted)}, {"since": "2023-01-01", "until": "2023-12-31"}):
        plain = programs.ask("谁主持了讨论？", **options)
        places = [*plain["nearest"], *(place for item in plain["answers"] for place in item["citations"])]
        assert places and {place["article_id"] for place in places} <= wanted


def test_earlier_replies_may_be_brought_along(programs: Programs) -> None:
    first = programs.ask(FLAGSHIP)
    assert programs.ask("and in 2023?", history=[first])["question"] == "and in 2023?"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"question": ""}, "empty"),
        ({"question": 7}, "question is 7"),
        ({"limit": 0}, "limit is 0"),
        ({"limit": MOST_ANSWERS + 1}, "limit is 51"),
        ({"limit": "x"}, "limit is 'x'"),
        ({"limit": True}, "limit is True"),
        ({"since": "yesterday"}, "since is 'yesterday'"),
        ({"until": 2022}, "until is 2022"),
        ({"articles": "abc"}, "articles is 'abc'"),
        ({"articles": [1]}, "articles is"),
        ({"history": "x"}, "history is"),
        ({"history": [{"question": "x"}]}, "history holds"),
        ({"history": [[]] * 51}, "history is"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(programs: Programs, options: dict[str, Any], said: str) -> None:
    with pytest.raises(EndpointError, match=said):
        programs.ask(**({"question": "who?"} | options))


@pytest.mark.parametrize(
    ("error", "said"), [(RuntimeError("/home/li"), WORDS.ask_failed), (LibraryBusyError("/home/li"), WORDS.alone("library_busy"))]
)
def test_a_failure_is_a_calm_sentence(programs: Programs, broken: Callable[[Exception], None], error: Exception, said: str) -> None:
    broken(error)
    with pytest.raises(EndpointError) as caught:
        programs.ask("who?")
    assert str(caught.value) == said


# --- the library -----------------------------------------------------------------------------------------------------------------


def test_the_list_goes_by_stretches(programs: Programs, samples: Assistant) -> None:
    infos = samples.library.articles()
    assert programs.articles()["total"] == len(infos)
    rows = [row for offset in range(0, len(infos), 2) for row in programs.articles(limit=2, offset=offset)["articles"]]
    assert [row["id"] for row in rows] == [info.id for info in infos]
    assert all("/" not in row["source"] for row in rows)


@pytest.mark.parametrize("article_id", ["0" * 16, "", "../x", 7])
def test_an_article_that_is_not_there_is_said_so(programs: Programs, article_id: Any) -> None:
    with pytest.raises(EndpointError, match=r"No article|must be a text"):
        programs.article(article_id)


def test_something_to_add_must_be_given_once(programs: Programs, tmp_path: Path) -> None:
    for options in ({}, {"text": " "}, {"text": "a", "file": tmp_path / "x"}):
        with pytest.raises(EndpointError, match="Give either"):
            programs.add(**options)
    (refused,) = programs.add(text="file:///etc/passwd")
    assert refused["change"] is None and "http" in refused["error"]


@pytest.mark.parametrize("marked", [{"meta": {"_type": "gradio.FileData"}}, {}], ids=["as a file", "unmarked"])
def test_a_file_of_the_machine_is_neither_read_nor_deleted(
    address: str, tmp_path: Path, samples: Assistant, marked: dict[str, Any]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret of the house\n\nThe key lies there.")
    before = samples.library.articles()
    file = {"path": str(secret), "orig_name": "secret.txt", **marked}
    event = httpx.post(f"{address}gradio_api/call/add", json={"data": ["", "", file]}).json()["event_id"]
    assert "event: error" in httpx.get(f"{address}gradio_api/call/add/{event}").text
    config = httpx.get(f"{address}config").json()
    (drop,) = [one["id"] for one in config["dependencies"] if any(kind == "upload" for _, kind in one["targets"])]
    httpx.post(f"{address}gradio_api/queue/join", json={"data": [[file], None], "fn_index": drop, "session_hash": "x"})
    httpx.get(f"{address}gradio_api/queue/data", params={"session_hash": "x"}, timeout=60)
    assert secret.exists()
    assert samples.library.articles() == before


# --- who may ask -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "http://127.0.0.1.evil.example", "null", ""])
def test_pages_of_other_sites_may_not_ask(address: str, origin: str) -> None:
    for method, path in (("GET", "config"), ("POST", "gradio_api/call/articles"), ("POST", "gradio_api/upload"), ("OPTIONS", "config")):
        assert httpx.request(method, address + path, headers={"Origin": origin}).status_code == 403
    assert httpx.get(f"{address}config", headers={"Origin": address.rstrip("/")}).status_code == 200


@pytest.fixture(scope="module")
def guarded(samples: Assistant) -> Iterator[str]:
    from chat.window import served

    with served(Replies(samples), host="127.0.0.1", port=None, accounts=Accounts.of("li", PASSWORD)) as address:
        yield address


@pytest.mark.parametrize(
    "path",
    ["", "config", "theme.css", "gradio_api/info", "gradio_api/queue/data?session_hash=x", "gradio_api/file=/etc/passwd", "download"],
)
def test_with_accounts_nothing_is_served_without_a_password(guarded: str, path: str) -> None:
    refused = httpx.get(guarded + path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert "default-src 'none'" in refused.headers["content-security-policy"]


def test_with_accounts_nothing_is_taken_without_a_password(guarded: str) -> None:
    for path in ("gradio_api/call/ask", "gradio_api/upload", "gradio_api/queue/join", "login"):
        assert httpx.post(guarded + path, json={"data": []}).status_code == 401


def test_a_right_password_opens_everything(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.access.FAILURE_PAUSE_S", 0.0)
    assert httpx.get(guarded, auth=("li", PASSWORD)).status_code == 200
    for wrong in (("li", "x"), ("li", ""), ("", PASSWORD), ("wang", PASSWORD)):
        assert httpx.get(guarded, auth=wrong).status_code == 401
    for header in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"li").decode(), f"Bearer {PASSWORD}", "Basic \xff"):
        assert httpx.get(guarded, headers=[(b"authorization", header.encode("latin-1"))]).status_code == 401


def test_the_example_with_a_password_runs(guarded: str) -> None:
    (example,) = examples("python", after="## For more than one person", before="Names, passwords and articles")
    names: dict[str, Any] = {}
    exec(compile(example.replace("http://127.0.0.1:7860", guarded), "docs/api.md", "exec"), names)
    assert names["client"].predict(api_name="/articles")["total"] > 0


def test_several_people_come_from_a_file_of_hashes(tmp_path: Path) -> None:
    lines = []
    for user, password in (("li", PASSWORD), ("王芳", "密码：很长")):
        made = subprocess.run(
            [sys.executable, "-m", "chat.access", user],
            cwd=ROOT,
            env={"YUANWEN_PASSWORD": password, "PATH": "", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
        assert password not in made.stdout
        lines.append(made.stdout)
    file = tmp_path / "people.txt"
    file.write_text("# who may ask\n\n" + "".join(lines), encoding="utf-8")
    people = Accounts.load(file)
    assert people.allow("li", PASSWORD) and people.allow("王芳", "密码：很长") and people.allow("li", PASSWORD)
    assert not people.allow("li", "密码：很长") and not people.allow("", "") and not people.allow("nobody", PASSWORD)


@pytest.mark.parametrize("content", ["", "# nobody\n", "li:secret\n", "li:md5$00$00\n", "li:scrypt$zz$00\n", None])
def test_a_users_file_of_another_form_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "people.txt"
    if content is not None:
        file.write_text(content)
    with pytest.raises(AccessError, match=r"people\.txt"):
        Accounts.load(file)


def test_the_command_lines_choice_of_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert accounts(None, None) is None
    monkeypatch.setenv("YUANWEN_PASSWORD", PASSWORD)
    one = accounts("li", None)
    assert one is not None and one.allow("li", PASSWORD)
    with pytest.raises(AccessError, match="exclude each other"):
        accounts("li", tmp_path)
    monkeypatch.delenv("YUANWEN_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(AccessError, match="YUANWEN_PASSWORD"):
        accounts("li", None)
    for user, password in (("", "x"), ("a:b", "x"), ("li", "")):
        with pytest.raises(AccessError):
            Accounts.of(user, password)


# --- tools -------------------------------------------------------------------------------------------------------------------------


def test_without_its_package_serving_tools_says_what_to_install(samples: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    from chat.window import served

    monkeypatch.setattr("chat.window.find_spec", lambda _: None)
    with pytest.raises(YuanwenError, match=r"\.\[mcp\]"), served(Replies(samples), host="127.0.0.1", port=None, mcp=True):
        pass


def test_the_endpoints_are_tools(samples: Assistant) -> None:
    pytest.importorskip("mcp", reason="the package for MCP is not installed")
    import ast
    import asyncio

    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    from chat.window import served

    async def use(address: str) -> tuple[list[Any], Any, Any]:
        async with streamable_http_client(f"{address}gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            asked = await session.call_tool("ask", {"question": FLAGSHIP})
            added = await session.call_tool("add", {"text": "Dyke raised\n\nThe dyke was raised by the mason Jin Tao.", "name": "dyke.txt"})
            return tools, asked, added

    with served(Replies(samples), host="127.0.0.1", port=None, mcp=True) as address:
        tools, asked, added = asyncio.run(use(address))
    assert {tool.name for tool in tools} == {"ask", "articles", "article", "add"}
    assert all(tool.description for tool in tools)
    assert ast.literal_eval(asked.content[0].text)["found"] is True  # Gradio writes plain data as Python does
    assert "added" in added.content[0].text
