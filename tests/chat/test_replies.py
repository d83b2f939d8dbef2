"""Whatever a visitor does in the conversation, there is an answer or a calm sentence in safe HTML, and the log gets the details."""

from __future__ import annotations

import html
import logging
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chat.limits import Limits
from chat.replies import KEPT_EXCHANGES, Replies
from chat.visit import Exchange, Visit, places
from chat.wording import WORDINGS, Wording
from corpus.errors import LibraryBusyError, LibraryError, ReadOnlyLibraryError
from corpus.feedback import Verdict
from corpus.library import Library
from tests.chat.test_rendering import HOSTILE, checked

if TYPE_CHECKING:
    from qa.assistant import Assistant

WORDS = WORDINGS["en"]
FLAGSHIP = "who spoke at the 2022 opening"
UNANSWERABLE = "Who won the 2018 World Cup?"


@pytest.fixture
def replies(samples: Assistant) -> Iterator[Replies]:
    yield Replies(samples)
    for one in samples.library.feedback():
        samples.library.remove_feedback(one.id)
    for info in samples.library.conversations():
        samples.library.remove_conversation(info.id)


def ask(replies: Replies, question: str, *, visit: Visit | None = None, words: Wording = WORDS, **options: Any) -> str:
    """The last message after a question."""
    visit = visit or Visit()
    for _ in replies.ask(visit, question, words=words, **options):
        assert replies.messages(visit, words=words)
    return replies.messages(visit, words=words)[-1]["content"]


def text_of(source: str) -> str:
    return " ".join(checked(source).texts.values())


# --- asking --------------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_with_a_marked_quote_from_the_year_it_names(replies: Replies) -> None:
    said = ask(replies, FLAGSHIP)
    page = checked(said)
    assert page.marks
    assert "2022-11-14" in page.texts["time"]
    assert re.search(r'<p class="yw-words" dir="ltr" lang="(zh-Hans|en)">', said)


def test_the_nearest_passages_come_before_the_answer(replies: Replies) -> None:
    visit = Visit()
    seen = []
    for _ in replies.ask(visit, FLAGSHIP, words=WORDS):
        exchange = visit.exchanges[0]
        seen.append((exchange.sought is not None, exchange.answer is not None))
    assert seen == [(False, False), (True, False), (True, True)]


def test_reading_is_stopped_by_the_button_beside_it(replies: Replies, samples: Assistant) -> None:
    visit = Visit()
    for _ in replies.ask(visit, FLAGSHIP, words=WORDS):
        if visit.exchanges[0].sought:
            assert replies.act(visit, "stop", words=WORDS) is None
    assert visit.exchanges[0].answer is None
    assert WORDS.stopped in text_of(replies.messages(visit, words=WORDS)[-1]["content"])
    assert samples.library.conversations() == []


def test_a_visitor_who_leaves_while_it_is_read_leaves_nothing_undone(replies: Replies) -> None:
    visit = Visit()
    steps = replies.ask(visit, FLAGSHIP, words=WORDS)
    next(steps)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert visit.exchanges[0].note == WORDS.stopped


def test_a_question_the_library_cannot_answer_is_declined_in_its_own_language_and_says_which_words_are_missing(replies: Replies) -> None:
    said = ask(replies, UNANSWERABLE, words=WORDINGS["zh-Hant"])
    page = checked(said)
    assert WORDS.not_found in page.texts["p"]
    assert "“World”, “Cup”" in page.texts["p"]
    assert not page.marks


def test_a_follow_up_says_how_it_was_understood_and_can_be_asked_as_it_stands(replies: Replies) -> None:
    visit = Visit()
    ask(replies, "2022年产业周的主题是什么？", visit=visit)
    followed = ask(replies, "2023年呢？", visit=visit)
    answer = visit.exchanges[1].answer
    assert answer and answer.assumed and answer.understood != "2023年呢？"
    assert html.escape(answer.understood)[:4] in html.unescape(followed)
    ask(replies, "2023年呢？", visit=visit, as_it_stands=True)
    last = visit.exchanges[2].answer
    assert last and last.assumed == ()


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u3000"])
@pytest.mark.parametrize("words", WORDINGS.values(), ids=WORDINGS)
def test_an_empty_question_gets_a_calm_sentence(replies: Replies, question: str, words: Wording) -> None:
    assert words.empty_question in text_of(ask(replies, question, words=words))


@pytest.mark.parametrize(
    "question",
    ["谁" * 100_000, "x" * 100_000, "who spoke? " * 10_000, "؟", "\ud800", "\x00", *HOSTILE[:6]],
    ids=lambda question: ascii(question[:24]),
)
def test_odd_and_huge_questions_are_answered_or_declined(replies: Replies, question: str, caplog: pytest.LogCaptureFixture) -> None:
    checked(ask(replies, question))
    assert not caplog.records


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    from qa.assistant import Assistant

    with Library(tmp_path / "empty") as library:
        assert WORDS.no_articles in text_of(ask(Replies(Assistant(library)), "who?"))


def test_limits_keep_articles_out_and_are_said(replies: Replies, samples: Assistant) -> None:
    of_2023 = [info.id for info in samples.library.articles() if info.published and info.published.year == 2023]
    visit = Visit()
    said = ask(replies, "2022年产业周谁发言？", visit=visit, limits=replies.limits(of_2023, "2023", "2023-12"))
    assert any(words.only_several.format(count=len(of_2023)) in html.unescape(said) for words in WORDINGS.values())
    answer = visit.exchanges[0].answer
    assert answer
    cited = {place.article_id for place in (*answer.nearest, *(c for item in answer.answers for c in item.citations))}
    assert cited <= set(of_2023)


def test_a_follow_up_stays_within_the_limits_unless_they_are_changed_and_so_it_does_when_the_conversation_is_opened_again(
    replies: Replies, samples: Assistant
) -> None:
    (only,) = (info for info in samples.library.articles() if info.source.endswith("2023-industry-week-preview.zh-Hant.txt"))
    limits = replies.limits([only.id], "2022", "")
    visit = Visit()
    ask(replies, "2022年產業週的主題是什麼？", visit=visit, limits=limits)
    ask(replies, "2023年呢？", visit=visit)
    assert visit.exchanges[1].answer and visit.exchanges[1].answer.assumed
    shown = replies.messages(visit, words=WORDS)

    later = Visit()
    assert replies.act(later, f"reopen {visit.conversation_id}", words=WORDS) is None
    assert [exchange.limits for exchange in later.exchanges] == [limits, limits] and later.limits == limits
    assert replies.messages(later, words=WORDS) == shown, "what a question was limited to is shown again"
    assert only.title[:20] in html.unescape(shown[1]["content"]) and "2022-01-01" in shown[1]["content"].replace("&#45;", "-")
    ask(replies, "2024年呢？", visit=later)
    for exchange in later.exchanges:
        answer = exchange.answer
        assert answer and exchange.limits == limits
        assert {place.article_id for place in places(answer)} <= {only.id}
    ask(replies, "誰發言？", visit=later, limits=Limits())
    assert not later.limits
    kept = samples.library.conversation(visit.conversation_id or "")
    assert [turn.answer.get("limits") for turn in kept] == [limits.to_dict()] * 3 + [None]
    replies.act(later, "new", words=WORDS)
    assert not later.limits, "another conversation begins without limits"


def test_where_limits_leave_nothing_all_articles_are_a_click_away(replies: Replies) -> None:
    said = ask(replies, FLAGSHIP, limits=replies.limits([], "1999", "1999"))
    assert "everywhere 0" in html.unescape(said)
    assert "everywhere" not in ask(replies, UNANSWERABLE)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("/home/li/secret <script>"), WORDS.ask_failed),
        (MemoryError(), WORDS.ask_failed),
        (LibraryBusyError("/home/li/secret"), WORDS.alone("library_busy")),
        (LibraryError("/home/li/secret"), WORDS.alone("library_trouble")),
    ],
)
def test_a_failure_is_logged_and_shown_without_its_text(
    replies: Replies, broken: Callable[[Exception], None], error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken(error)
    shown = html.unescape(ask(replies, "who?"))
    assert said in shown
    assert "secret" not in shown and "Traceback" not in shown
    assert caplog.records


def test_questions_at_the_same_time_do_not_disturb_each_other(replies: Replies) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(ask(replies, FLAGSHIP))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 4 and all(checked(source).marks for source in said)


def test_nothing_is_logged_while_all_goes_well(replies: Replies, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        ask(replies, FLAGSHIP)
    assert not caplog.records


def test_a_very_long_conversation_shows_its_end_and_its_buttons_keep_their_numbers(replies: Replies) -> None:
    visit = Visit(exchanges=[Exchange(f"question {n}", note="x") for n in range(KEPT_EXCHANGES + 5)])
    ask(replies, FLAGSHIP, visit=visit)
    messages = replies.messages(visit, words=WORDS)
    assert len(messages) == 2 * KEPT_EXCHANGES
    assert f'value="open {KEPT_EXCHANGES + 5} 0"' in messages[-1]["content"]


# --- looking at an article -------------------------------------------------------------------------------------------------------


def test_a_citation_opens_its_article_with_the_answer_marked(replies: Replies) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)
    assert replies.panel(visit, words=WORDS) == ""
    assert replies.act(visit, "open 0 0", words=WORDS) is None
    answer = visit.exchanges[0].answer
    assert answer
    shown = replies.panel(visit, words=WORDS)
    assert f'<mark class="yw-here" dir="ltr">{answer.answers[0].text}</mark>' in shown
    replies.act(visit, "close", words=WORDS)
    assert replies.panel(visit, words=WORDS) == ""


def test_an_article_that_is_gone_is_told_calmly(replies: Replies, samples: Assistant) -> None:
    from corpus.article import Article

    samples.library.add(Article(title="Gone", text="Ouyang Ping kept the lighthouse of Langya.", source="gone.txt", sha256="x"))
    samples.sync()
    visit = Visit()
    ask(replies, "Who kept the lighthouse of Langya?", visit=visit)
    samples.library.remove(samples.library.find("gone.txt"))
    assert replies.act(visit, "open 0 0", words=WORDS) == WORDS.article_gone


@pytest.mark.parametrize(
    "command", ["", "open", "open 0", "open 9 0", "open 0 99", "open x y", "wrong 0 99", "rm -rf", "undo 0 x", "absent 4"]
)
def test_a_command_that_is_none_is_answered_calmly(replies: Replies, command: str) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)
    assert replies.act(visit, command, words=WORDS) == WORDS.action_failed
    assert replies.messages(visit, words=WORDS)


# --- judging answers -------------------------------------------------------------------------------------------------------------


def test_verdicts_are_kept_in_the_library_and_taken_back(replies: Replies, samples: Assistant) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)
    for command in ("right 0 0", "absent 0"):
        assert replies.act(visit, command, words=WORDS) is None
    kept = samples.library.feedback()
    assert [one.verdict for one in kept] == [Verdict.RIGHT, Verdict.ABSENT]
    answer = visit.exchanges[0].answer
    assert answer and kept[0].answer_text == answer.answers[0].text and kept[0].confidence == pytest.approx(answer.answers[0].confidence)
    assert kept[1].confidence == pytest.approx(answer.confidence), "how sure the answer was that should not have been given"
    for one in kept:
        assert replies.act(visit, f"undo 0 {one.id}", words=WORDS) is None
    assert samples.library.feedback() == [] and visit.exchanges[0].given == []


def test_the_right_words_are_kept_by_their_place_whether_selected_or_typed(replies: Replies, samples: Assistant) -> None:
    visit = Visit()
    ask(replies, UNANSWERABLE, visit=visit)
    assert replies.mark(visit, "x", 0, 1, words=WORDS) == WORDS.action_failed
    assert replies.act(visit, "elsewhere 0", words=WORDS) is None
    assert visit.opened and "yw-marking" in replies.panel(visit, words=WORDS)
    text = samples.library.article(visit.opened.article_id).text
    assert replies.mark(visit, text[10:25], 10, 25, words=WORDS) is None
    assert replies.mark(visit, "no such words at all", None, None, words=WORDS) == WORDS.words_not_there
    assert replies.mark(visit, text[30:50], None, None, words=WORDS) is None
    assert [one.answer_text for one in samples.library.feedback()] == [text[10:25].strip(), text[30:50].strip()]
    assert all(one.verdict is Verdict.CORRECTED for one in samples.library.feedback())


def test_a_verdict_that_cannot_be_stored_is_told_calmly(replies: Replies, samples: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)

    def give(*_: object, **__: object) -> int:
        raise ReadOnlyLibraryError("/home/li/secret")

    monkeypatch.setattr(samples.library, "give_feedback", give)
    assert replies.act(visit, "right 0 0", words=WORDS) == WORDS.alone("library_read_only")
    assert visit.exchanges[0].given == []


# --- earlier conversations -------------------------------------------------------------------------------------------------------


def test_a_conversation_is_kept_listed_opened_again_and_removed(replies: Replies) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)
    ask(replies, UNANSWERABLE, visit=visit)
    replies.act(visit, "right 0 0", words=WORDS)
    before = replies.messages(visit, words=WORDS)
    kept = visit.conversation_id
    assert kept and FLAGSHIP in html.unescape(replies.past(visit, words=WORDS))

    later = Visit()
    assert replies.act(later, f"reopen {kept}", words=WORDS) is None
    again = replies.messages(later, words=WORDS)
    assert [message["role"] for message in again] == [message["role"] for message in before]
    assert again[1] == before[1], "the verdict is shown too"

    replies.act(later, f"delete {kept}", words=WORDS)
    assert f"forget {kept}" in html.unescape(replies.past(later, words=WORDS))
    replies.act(later, "keep", words=WORDS)
    assert f"forget {kept}" not in html.unescape(replies.past(later, words=WORDS))
    replies.act(later, f"forget {kept}", words=WORDS)
    assert later.exchanges == [] and WORDS.no_conversations in html.unescape(replies.past(later, words=WORDS))
    assert replies.act(visit, f"reopen {kept}", words=WORDS) == WORDS.conversation_gone


def test_a_library_that_keeps_no_conversation_still_answers(
    replies: Replies, samples: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def add_turn(*_: object) -> str:
        raise ReadOnlyLibraryError("read only")

    monkeypatch.setattr(samples.library, "add_turn", add_turn)
    assert checked(ask(replies, FLAGSHIP)).marks
    assert caplog.records


def test_a_new_conversation_leaves_the_old_one_in_the_library(replies: Replies, samples: Assistant) -> None:
    visit = Visit()
    ask(replies, FLAGSHIP, visit=visit)
    replies.act(visit, "new", words=WORDS)
    assert visit.exchanges == [] and len(samples.library.conversations()) == 1
    ask(replies, UNANSWERABLE, visit=visit)
    assert [info.turns for info in samples.library.conversations()] == [1, 1]
