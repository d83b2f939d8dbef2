"""Whatever an article, a title, a file name or a question holds, it reaches the page as text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import rendering
from chat.limits import Limits
from chat.visit import Exchange, Given
from chat.wording import WORDINGS, Wording
from corpus.feedback import Verdict
from qa.assistant import Sought
from qa.results import Answer
from tests.chat.conftest import answered, cite, item, passage

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1)) ![i](http://evil.example/i.png)",
    "http://evil.example/ www.evil.example <http://evil.example/>",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) \\[x\\]",
    "```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 1 %> %%%LATEX_BLOCK_0%%%",
    "&lt;script&gt; &#60;script&#62; &",
    "</p></div></blockquote><style>*{display:none}</style><svg/onload=alert(1)>",
    "<!-- --><!DOCTYPE html><base href=//evil.example>",
    "\u202e gpj.exe \u202d \u2066 x \u200f",
    "\x00\x1b[31m\x7f\ud800 half",
    "line\r\nline\n\n# heading\n\n- list\n\n    code\ttab",
    "长" * 20_000,
    "a" * 20_000,
]

ALLOWED_TAGS = {"div", "ol", "ul", "li", "p", "span", "strong", "mark", "blockquote", "cite", "time", "details", "summary", "button"}
ALLOWED_ATTRIBUTES = {"class", "dir", "lang", "title", "type", "value"}
COMMAND = re.compile(r"(open|right|wrong|elsewhere) \d+ \d+|(absent|elsewhere|again|everywhere) \d+|undo \d+ \d+|stop")


class Page(HTMLParser):
    """What a browser would make of some HTML: its elements with their attributes and text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.marks: list[str] = []
        self.isolated = True
        self.feed(source)
        self.close()
        assert not self.open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            tag, attrs = self.open[-1]
            self.isolated &= "dir" in attrs or data == " · "
            self.texts[tag] = self.texts.get(tag, "") + data
            if tag == "mark":
                self.marks.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment got through: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def checked(source: str) -> Page:
    page = Page(source)
    assert set(page.tags) <= ALLOWED_TAGS
    assert {name for name, _ in page.attributes} <= ALLOWED_ATTRIBUTES
    assert all(COMMAND.fullmatch(value or "") for name, value in page.attributes if name == "value")
    assert page.isolated, "text stands in an element that states its direction"
    return page


def reply(given: Answer, wording: Wording, languages: Mapping[str, str] | None = None) -> str:
    """What the page shows for an answer."""
    return rendering.exchange(Exchange(given.question, answer=given, languages=languages or {}), 0, wording=wording)


def shown_everywhere(text: str) -> str:
    """Everything the page can show, with one text in every place that comes from outside."""
    full = cite(text, before=text, after=text, title=text, source=f"/users/li/{text}")
    languages = {"a": "zh-Hans"}
    words = WORDINGS["en"]
    found = answered(item(full, full, also=(full,)), item(full), question=text)
    lost = Answer(question=text, found=False, answers=(), confidence=0.1, nearest=(passage(text, title=text, source=text),))
    said = [Given(1, Verdict.RIGHT, 0, text), Given(2, Verdict.CORRECTED, None, text)]
    sought = Sought(passages=lost.nearest, understood=text, assumed=(text,), retrieval_ms=1.0)
    judged = Exchange(text, answer=lost, given=said, unknown=(text,))
    return "".join(
        (
            rendering.question(text),
            rendering.exchange(Exchange(text, sought=sought), 3, wording=words),
            rendering.exchange(judged, 4, wording=words),
            reply(found, words, languages),
            reply(lost, words, languages),
            rendering.note(words.added.format(title=text, date="", name=text), words),
        )
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_hostile_text_stays_text_wherever_it_comes_from(text: str) -> None:
    source = shown_everywhere(text)
    checked(source)
    assert source.encode("utf-8")


@given(st.text(st.characters(), max_size=200))
def test_any_text_comes_back_out_of_the_markup_unchanged(text: str) -> None:
    escaped = re.fullmatch(r'<p dir="(?:ltr|rtl)">(.*)</p>', rendering.shown(text, "p"))
    assert escaped
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text).replace("\r", "\n")
    assert html.unescape(escaped[1]) == kept


@given(st.text(st.characters(), max_size=200))
def test_no_character_is_left_that_markdown_latex_or_a_template_could_read(text: str) -> None:
    inner = rendering.shown(text, "p").split(">", 1)[1].removesuffix("</p>")
    assert not re.search(r"[^A-Za-z0-9 &#;\u0080-\U0010ffff]", re.sub(r"&#\d+;", "", inner))
    assert not re.search(r"&(?!#\d+;)|(?<!&)#", inner)


def test_the_mark_holds_the_answer_and_the_quote_is_whole() -> None:
    citation = cite("多米尼克·乔丹", before="国际药学联合会主席", after="致辞。")
    page = checked(reply(answered(item(citation)), WORDINGS["en"], {"a": "zh-Hans"}))
    assert page.marks == ["多米尼克·乔丹"]
    assert "国际药学联合会主席" in page.texts["span"] and "致辞。" in page.texts["span"]


def test_quote_title_and_answer_state_the_articles_language_and_our_words_state_theirs() -> None:
    words = WORDINGS["zh-Hant"]
    source = reply(answered(item(cite("Xue Min"))), words, {"a": "en"})
    assert '<p class="yw-words" dir="ltr" lang="en">' in source
    assert '<strong class="yw-text" dir="ltr" lang="en">' in source
    assert '<cite dir="ltr" lang="en">' in source
    assert 'lang="zh-Hant">' in source


@pytest.mark.parametrize("language", ["und", "", 'en" onload="x', "e", "english language", "en-"])
def test_a_language_that_is_none_is_left_out(language: str) -> None:
    assert "lang=" not in rendering.shown("x", "p", language=language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("شارك ثلاثة", "rtl"),
        ("שלום", "rtl"),
        ("2022 — دورة", "rtl"),
        ("hello שלום", "ltr"),
        ("你好", "ltr"),
        ("12:30 🙂", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_is_that_of_the_first_letter(text: str, expected: str) -> None:
    assert rendering.direction(text) == expected


def test_the_parts_of_a_quote_share_its_direction_and_are_isolated_from_each_other() -> None:
    citation = cite("Jordan", before="قال ", after=" كلمة")
    source = reply(answered(item(citation)), WORDINGS["en"], {"a": "ar"})
    assert '<mark dir="rtl">Jordan</mark>' in source
    assert source.count('<span dir="rtl">') == 2


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/users/li/文章/开幕.txt", "开幕.txt"),
        (r"C:\Users\li\page.html", "page.html"),
        ("https://example.org/a/b.html?token=secret", "b.html"),
        ("why?.txt", "why?.txt"),
        ("/", "…"),
    ],
)
def test_only_the_files_name_is_shown(source: str, name: str) -> None:
    assert rendering.file_name(source) == name


def test_no_folder_of_the_machine_reaches_the_page() -> None:
    source = html.unescape(shown_everywhere("x.txt"))
    assert "/home" not in source and "li/" not in source


def test_several_answers_are_a_list_and_one_is_not() -> None:
    words = WORDINGS["en"]
    several = checked(reply(answered(item(cite("A")), item(cite("B"))), words))
    single = checked(reply(answered(item(cite("A"))), words))
    assert several.tags.count("li") == 2 and "ol" in several.tags
    assert several.texts["span"].startswith("AB"), "the short answers come first"
    assert "ol" not in single.tags


def test_further_citations_fold_away_under_also_in_with_their_own_marks() -> None:
    words = WORDINGS["en"]
    other = cite("Jordan", title="Another paper", source="b.txt")
    page = checked(reply(answered(item(cite("乔丹"), also=(other,))), words))
    assert page.texts["summary"] == "Also in: Another paper (2022-11-14)"
    assert page.marks == ["乔丹", "Jordan"]


@pytest.mark.parametrize(
    ("confidence", "said"), [(1.0, "very likely · 99%"), (0.7, "likely · 70%"), (0.5, "less certain · 50%"), (0.0, "uncertain · 1%")]
)
def test_confidence_is_said_in_words_and_a_number_that_is_never_certain(confidence: float, said: str) -> None:
    words = WORDINGS["en"]
    page = checked(reply(answered(item(cite("A"), confidence=confidence)), words))
    assert said in page.texts["span"]


def test_nothing_found_is_said_in_the_questions_language_and_marks_nothing() -> None:
    lost = Answer(question="谁？", found=False, answers=(), confidence=0.1, nearest=(passage("第二届产业周开幕。"),))
    page = checked(reply(lost, WORDINGS["en"]))
    assert WORDINGS["zh-Hans"].not_found in page.texts["p"]
    assert WORDINGS["zh-Hans"].nearest in page.texts["p"]
    assert "第二届产业周开幕。" in page.texts["p"]
    assert "mark" not in page.tags and "strong" not in page.tags and "blockquote" not in page.tags


def test_a_quote_without_an_end_is_shown_around_its_mark() -> None:
    words = WORDINGS["en"]
    citation = cite("ANSWER", before="x" * 50_000, after="y" * 50_000, title="t" * 5000, source="s" * 5000)
    source = reply(answered(item(citation)), words)
    page = checked(source)
    assert len(source) < 3000
    assert page.marks == ["ANSWER"]
    assert "…" in page.texts["span"]


def buttons(source: str) -> list[str]:
    return [value or "" for name, value in Page(source).attributes if name == "value"]


def test_every_citation_opens_its_own_place_and_every_answer_can_be_judged() -> None:
    first, other, second = cite("A"), cite("a", source="b.txt"), cite("B", article="b")
    pressed = buttons(reply(answered(item(first, also=(other,)), item(second)), WORDINGS["en"]))
    assert [does for does in pressed if does.startswith("open")] == ["open 0 0", "open 0 1", "open 0 2"]
    assert {"right 0 0", "wrong 0 0", "elsewhere 0 1", "absent 0"} <= set(pressed)


def test_what_was_said_of_an_answer_is_thanked_for_and_can_be_undone() -> None:
    words = WORDINGS["en"]
    exchange = Exchange("who?", answer=answered(item(cite("A")), item(cite("B", article="b"))), given=[Given(7, Verdict.WRONG, 1, "B")])
    source = rendering.exchange(exchange, 2, wording=words)
    assert words.noted_wrong in html.unescape(source)
    assert {"undo 2 7", "right 2 0"} <= set(buttons(source)) and "right 2 1" not in buttons(source)


def test_what_was_taken_over_from_earlier_questions_is_said_and_can_be_taken_back() -> None:
    given = answered(item(cite("A")), question="and in 2023?")
    given = dataclasses.replace(given, understood="who spoke in 2023?", assumed=("spoke",))
    source = reply(given, WORDINGS["en"])
    assert "Understood as: who spoke in 2023?" in html.unescape(source) and "again 0" in buttons(source)
    assert "again 0" not in buttons(reply(dataclasses.replace(given, assumed=()), WORDINGS["en"]))


def test_words_that_no_article_holds_are_named_when_nothing_was_found() -> None:
    lost = Answer(question="章子怡在哪里？", found=False, answers=(), confidence=0.1)
    source = rendering.exchange(Exchange(lost.question, answer=lost, unknown=("章子怡",)), 0, wording=WORDINGS["en"])
    assert WORDINGS["zh-Hans"].unknown_words.format(words="“章子怡”") in html.unescape(source)


def test_the_nearest_passages_stand_in_for_the_answer_while_it_is_read() -> None:
    sought = Sought(passages=tuple(passage(f"passage {n}") for n in range(9)), understood="who?", assumed=(), retrieval_ms=1.0)
    page = checked(rendering.exchange(Exchange("who?", sought=sought), 0, wording=WORDINGS["en"]))
    assert page.tags.count("li") == rendering.NEAREST_WHILE_READING
    assert ("value", "stop") in page.attributes


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(), ""),
        (Limits(since=dt.date(2022, 1, 1)), "Limited to: published 2022-01-01 or later"),
        (Limits(until=dt.date(2022, 1, 1)), "Limited to: published 2022-01-01 or earlier"),
        (Limits(origins=("a.org",), articles=(("1", "On boats"),)), "Limited to: “a.org”, “On boats”"),
        (
            Limits(since=dt.date(2022, 1, 1), until=dt.date(2022, 12, 31), origins=("a.org", "b.org", "c.org")),
            "Limited to: 3 chosen sources or articles, published 2022-01-01 to 2022-12-31",
        ),
    ],
)
def test_limits_of_a_question_are_said_with_its_answer(limits: Limits, said: str) -> None:
    source = rendering.exchange(Exchange("who?", answer=answered(item(cite("A"))), limits=limits), 0, wording=WORDINGS["en"])
    assert rendering.limits_note(limits, WORDINGS["en"]) == said
    assert said in html.unescape(source) and ("Limited to" in source) == bool(said)


def test_limits_are_said_when_nothing_is_found_with_the_way_to_ask_without_them() -> None:
    nothing = Answer(question="who?", found=False, answers=(), confidence=0.1)
    hostile = Limits(articles=(("1", HOSTILE[0]),))
    page = checked(rendering.exchange(Exchange("who?", answer=nothing, limits=hostile), 3, wording=WORDINGS["en"]))
    assert ("value", "everywhere 3") in page.attributes
    free = checked(rendering.exchange(Exchange("who?", answer=nothing), 3, wording=WORDINGS["en"]))
    assert ("value", "everywhere 3") not in free.attributes


def test_a_whole_page_asked_as_a_question_is_shown_shortened() -> None:
    assert len(rendering.question("长" * 100_000)) < 1000
