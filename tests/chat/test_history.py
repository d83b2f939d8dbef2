"""Earlier conversations: listed safely, and taken away whole."""

from __future__ import annotations

import datetime as dt
import html
import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chat.history import download_route, side_list
from chat.limits import KEY, Limits
from chat.wording import WORDINGS
from corpus.library import Library
from qa.results import Answer
from tests.chat.conftest import answered, cite, item
from tests.chat.test_rendering import HOSTILE, Page

WORDS = WORDINGS["en"]


def listed(library: Library, **options: str | None) -> str:
    return side_list(library, **({"current": None, "asked_about": None} | options), wording=WORDS)


@pytest.fixture
def client(library: Library) -> TestClient:
    return TestClient(Starlette(routes=[download_route(library)]))


def keep(library: Library, question: str = "who?", answer: Answer | None = None) -> str:
    return library.add_turn(None, question, (answer or answered(item(cite("Xue Min", before="It was ", after=".")))).to_dict())


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_hostile_question_is_listed_as_text(library: Library, text: str) -> None:
    kept = keep(library, text or "x")
    for source in (listed(library), listed(library, current=kept, asked_about=kept)):
        page = Page(source)
        assert set(page.tags) <= {"div", "ul", "li", "button", "span", "small", "time", "p", "a"}
        assert {name for name, _ in page.attributes} <= {"class", "dir", "lang", "type", "value", "href", "download", "target"}


def test_removal_is_asked_about_before_it_is_done(library: Library) -> None:
    kept = keep(library)
    assert f"delete {kept}" in html.unescape(listed(library)) and f"forget {kept}" not in html.unescape(listed(library))
    asked = html.unescape(listed(library, asked_about=kept))
    assert f"forget {kept}" in asked and WORDS.delete_sure in asked


def test_an_empty_list_says_so(library: Library) -> None:
    assert WORDS.no_conversations in html.unescape(listed(library))


def test_a_conversation_is_taken_away_as_markdown(library: Library, client: TestClient) -> None:
    kept = keep(library, "Who *spoke*?")
    library.add_turn(kept, "And in 2023?", Answer(question="And in 2023?", found=False, answers=(), confidence=0.1).to_dict())
    given = client.get(f"/conversations/{kept}.md")
    assert given.headers["content-type"].startswith("text/markdown")
    assert f'-{kept[:8]}.md"' in given.headers["content-disposition"]
    assert given.text.startswith("# Who \\*spoke\\*?\n")
    assert "1. **Xue Min** (very likely, 90%)" in given.text
    assert "   > It was Xue Min.\n   >\n   > — Opening, 2022-11-14\n" in given.text
    assert WORDS.not_found in given.text


def test_a_conversation_is_taken_away_as_json_that_is_the_answer_again(library: Library, client: TestClient) -> None:
    answer = answered(item(cite("薛敏")))
    given = client.get(f"/conversations/{keep(library, answer=answer)}.json").json()
    assert Answer.from_dict(given["turns"][0]["answer"]) == answer
    assert given["title"] == given["turns"][0]["question"] == "who?"


def test_what_a_question_was_limited_to_is_taken_away_too(library: Library, client: TestClient) -> None:
    limits = Limits(since=dt.date(2022, 1, 1), articles=(("a", "On *boats*"),))
    kept = library.add_turn(None, "who?", answered(item(cite("薛敏"))).to_dict() | {KEY: limits.to_dict()})
    assert "Limited to: “On \\*boats\\*”, published 2022-01-01 or later" in client.get(f"/conversations/{kept}.md").text.replace("\\-", "-")
    assert client.get(f"/conversations/{kept}.json").json()["turns"][0]["answer"][KEY] == limits.to_dict()


def test_an_answer_of_another_form_is_named_and_the_rest_is_there(library: Library, client: TestClient) -> None:
    kept = library.add_turn(None, "who?", {"found": "perhaps"})
    assert WORDS.turn_unreadable in client.get(f"/conversations/{kept}.md").text
    assert json.loads(client.get(f"/conversations/{kept}.json").text)["turns"][0]["answer"] == {"found": "perhaps"}


@pytest.mark.parametrize("name", ["nothing.md", "x.txt", "x", ".md", "..%2f..%2fetc%2fpasswd.md"])
def test_what_is_not_there_is_not_handed_out(library: Library, client: TestClient, name: str) -> None:
    keep(library)
    assert client.get(f"/conversations/{name}").status_code == 404
