"""What becomes of everything a visitor does in the conversation: asking, stopping, opening an article, judging an answer.

State lies in a `Visit`, HTML is `rendering`'s and `article_view`'s. Nothing raises: every exception ends here, is logged with its
trace for whoever runs the program, and becomes a calm sentence for the visitor. Nothing of an exception's own text is shown, as it may
hold paths.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from chat import article_view, history, rendering
from chat import limits as limiting
from chat.adding import library_trouble
from chat.limits import Limits
from chat.rendering import language_tag
from chat.visit import Exchange, Given, Opened, Visit, cited, places
from chat.wording import Wording
from corpus.errors import (
    AnswerFormatError,
    ArticleNotFoundError,
    ConversationNotFoundError,
    FeedbackNotFoundError,
    LibraryError,
    QuestionError,
)
from corpus.feedback import Verdict, question_key
from qa.assistant import Sought
from qa.conversation import Turn
from qa.results import Answer, Citation
from qa.unknown_words import unknown_words

if TYPE_CHECKING:
    from corpus.library import ArticleInfo
    from qa.assistant import Assistant

LOG = logging.getLogger("yuanwen.chat")

KEPT_EXCHANGES = 50
"""Of a conversation on the page: all of it is sent again with each reply."""
HISTORY_TURNS = 20
"""Earlier questions that a follow-up may refer to."""

Message = dict[str, str]
"""As Gradio's chat takes it: ``{"role": "user" | "assistant", "content": HTML}``."""


class Replies:
    """One assistant's side of all conversations. Safe from several threads; a `Visit` belongs to one visitor."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self._library = assistant.library

    def messages(self, visit: Visit, *, words: Wording) -> list[Message]:
        """The conversation as it stands."""
        shown = list(enumerate(visit.exchanges))[-KEPT_EXCHANGES:]
        messages = []
        for number, exchange in shown:
            if exchange.question.strip():
                messages.append({"role": "user", "content": rendering.question(exchange.question)})
            messages.append({"role": "assistant", "content": rendering.exchange(exchange, number, wording=words)})
        return messages

    def act(self, visit: Visit, command: str, *, words: Wording) -> str | None:
        """Do what a button on the page stands for.

        Args:
            visit: is changed by it.
            command: a verb and its numbers or id, as `rendering.button` was given it.
            words: the language to say it in.

        Returns:
            A sentence to say when it cannot be done, else None.
        """
        return self._calmly(lambda: self._act(visit, *command.split(), words=words), words)

    def _act(self, visit: Visit, verb: str, *given: str, words: Wording) -> None:
        match verb, *given:
            case ("stop",):
                if visit.stop:
                    visit.stop.set()
            case "open", number, at:
                self._open_place(visit, int(number), int(at))
            case ("close",):
                visit.opened = None
            case "read", article_id:
                last = len(visit.exchanges) - 1
                self._open(visit, Opened(visit.opened.exchange if visit.opened else last, article_id, None, marking=True))
            case "elsewhere", number, *item:
                self._begin_marking(visit, int(number), *map(int, item))
            case (("right" | "wrong"), number, item):
                self._judge(visit.exchanges[int(number)], Verdict(verb), int(item))
            case "absent", number:
                self._judge(visit.exchanges[int(number)], Verdict.ABSENT, None)
            case "undo", number, given_id:
                self._undo(visit.exchanges[int(number)], int(given_id))
            case ("new",):
                visit.begin_anew()
            case "reopen", conversation_id:
                self._reopen(visit, conversation_id, words)
            case "delete", conversation_id:
                visit.asked_about = conversation_id
            case ("keep",):
                visit.asked_about = None
            case "forget", conversation_id:
                self._forget(visit, conversation_id)
            case _:
                raise ValueError(f"{verb} with {len(given)} arguments is no command")

    # --- asking ----------------------------------------------------------------------------------------------------------------

    def ask(
        self, visit: Visit, question: str, *, words: Wording, limits: Limits | None = None, as_it_stands: bool = False
    ) -> Iterator[None]:
        """Ask, and answer; yields whenever there is something new to show.

        Args:
            visit: gets the question and what becomes of it.
            question: as it was typed.
            words: the language to say it in.
            limits: which articles may answer; those of the question before when omitted.
            as_it_stands: take nothing over from earlier questions.
        """
        exchange = Exchange(question, limits=visit.limits if limits is None else limits)
        history = () if as_it_stands else _history(visit)
        visit.exchanges.append(exchange)
        stop = visit.stop = threading.Event()
        if question.strip():
            yield
        try:
            scope = exchange.limits.scope(self._library.articles() if exchange.limits else ())
            for step in self.assistant.steps(
                question, history=history, since=scope.since, until=scope.until, articles=scope.articles, stop=stop
            ):
                exchange.languages = self._languages(step)
                if isinstance(step, Sought):
                    exchange.sought = step
                    yield
                else:
                    self._finish(visit, exchange, step, words)
        except QuestionError:
            exchange.note = words.empty_question
        except LibraryError as error:
            LOG.warning("a question could not be answered: %s", error)
            exchange.note = words.alone(library_trouble(error))
        except Exception:
            LOG.exception("a question of %d characters failed", len(question))
            exchange.note = words.ask_failed
        finally:
            if exchange.answer is None and exchange.note is None:
                exchange.note = words.stopped
        yield

    def _finish(self, visit: Visit, exchange: Exchange, answer: Answer, words: Wording) -> None:
        if not answer.found:
            if not answer.nearest and not self._library.articles():
                exchange.note = words.no_articles
                return
            exchange.unknown = unknown_words(answer.understood or answer.question, self._library)
        exchange.answer = answer
        exchange.given = self._given(exchange)
        if not any(one is exchange for one in visit.exchanges):  # the visitor went on to another conversation meanwhile
            return
        kept = answer.to_dict() | ({limiting.KEY: exchange.limits.to_dict()} if exchange.limits else {})
        try:
            visit.conversation_id = self._library.add_turn(visit.conversation_id, exchange.question, kept)
        except LibraryError as error:
            LOG.warning("the conversation could not be kept: %s", error)

    def _languages(self, step: Answer | Sought) -> dict[str, str]:
        """Of the articles cited, BCP 47 tags: what a screen reader or a font is to take their quotes for."""
        wanted = {place.article_id for place in places(step)}
        return {info.id: language_tag(info.language, info.script) for info in self._library.articles() if info.id in wanted}

    # --- looking at an article ---------------------------------------------------------------------------------------------------

    def _open_place(self, visit: Visit, number: int, at: int, *, marking: bool = False) -> None:
        """Open the article of a place that was shown with an answer: the ``at``-th of `chat.visit.places`."""
        exchange = visit.exchanges[number]
        step = exchange.answer or exchange.sought
        place = places(step)[at] if step else None
        if place is not None:
            self._open(visit, Opened(number, place.article_id, place, marking))

    def _open(self, visit: Visit, opened: Opened) -> None:
        self._library.article(opened.article_id)  # or it is not there, and what is open stays open
        visit.opened = opened
        visit.panels += 1

    def _begin_marking(self, visit: Visit, number: int, item: int = 0) -> None:
        """Open the article where the right words most likely are, for the visitor to select them."""
        answer = visit.exchanges[number].answer
        if answer is None:
            return
        listed = places(answer)
        if listed:
            place = answer.answers[item].citations[0] if answer.answers else listed[0]
            self._open_place(visit, number, listed.index(place), marking=True)
        else:
            self._open(visit, Opened(number, self._library.articles()[0].id, None, marking=True))

    def panel(self, visit: Visit, *, words: Wording) -> str:
        """The article that is open, as HTML; empty when none is."""
        opened = visit.opened
        if opened is None:
            return ""
        try:
            article = self._library.article(opened.article_id)
            added = next(info.added_at for info in self._library.articles() if info.id == opened.article_id)
        except (LibraryError, StopIteration):
            return rendering.note(words.article_gone, words)
        place = opened.place
        # A passage that is only worth a look is no answer, and isn't marked like one.
        here = (place.start, place.end) if isinstance(place, Citation) else None
        answer = visit.exchanges[opened.exchange].answer if 0 <= opened.exchange < len(visit.exchanges) else None
        others = {(other.start, other.end) for other in cited(answer.answers if answer else ()) if other.article_id == article.id}
        around = (place.start, place.end) if place else None
        if isinstance(place, Citation):
            around = (place.quote_start, place.quote_start + len(place.quote))
        return article_view.panel(
            article,
            wording=words,
            number=visit.panels,
            accessed=added.date(),
            here=here,
            sentence=around,
            others=sorted(others - {here}),
            marking=opened.marking,
        )

    def choices(self, visit: Visit, *, words: Wording) -> list[tuple[str, str]]:
        """What a question can be limited to, as (name, value for `limits`)."""
        return limiting.choices(self._infos(), words.origin, visit.limits)

    def articles(self) -> list[tuple[str, str]]:
        """All articles to choose from, as (title with date, id)."""
        return [(limiting.name(info), info.id) for info in self._infos()]

    def limits(self, chosen: Collection[str] | None, since: str | None, until: str | None) -> Limits:
        """What a question is limited to, from what was picked among `choices` and typed as dates; None is what was never touched.

        Raises:
            ValueError: a date is none, or the last day is before the first; its argument is what was typed.
        """
        return limiting.limits(chosen or (), since or "", until or "", self._infos() if chosen else ())

    def _infos(self) -> Sequence[ArticleInfo]:
        try:
            return self._library.articles()
        except LibraryError as error:
            LOG.warning("the articles could not be listed: %s", error)
            return []

    # --- judging answers -----------------------------------------------------------------------------------------------------------

    def _judge(self, exchange: Exchange, verdict: Verdict, item: int | None) -> None:
        """Keep a verdict on one answer, or (ABSENT) on the question."""
        if item is None:
            sure = exchange.answer.confidence if exchange.answer else None
            exchange.given.append(Given(self._library.give_feedback(exchange.asked, verdict, confidence=sure), verdict, None, ""))
        elif exchange.answer:
            judged = exchange.answer.answers[item]
            place = judged.citations[0]
            given_id = self._library.give_feedback(
                exchange.asked,
                verdict,
                article_id=place.article_id,
                start=place.start,
                end=place.end,
                confidence=judged.confidence,
            )
            exchange.given.append(Given(given_id, verdict, item, place.text))

    def mark(self, visit: Visit, selected: str, start: int | None, end: int | None, *, words: Wording) -> str | None:
        """Keep the words that the visitor selected or typed as the right ones.

        Args:
            visit: the article open in it is the one that holds them.
            selected: the words.
            start: of the selection in the article's text; None when they were typed.
            end: of the selection.
            words: the language to say it in.

        Returns:
            A sentence to say when that fails, else None.
        """

        def give() -> str | None:
            opened = visit.opened
            if opened is None:
                return words.action_failed
            exchange = visit.exchanges[opened.exchange]
            text = self._library.article(opened.article_id).text
            near = opened.place.start if opened.place else 0
            place = article_view.place_of(text, selected, start=start, end=end, near=near)
            if place is None:
                return words.words_not_there
            first, last = place
            given_id = self._library.give_feedback(exchange.asked, Verdict.CORRECTED, article_id=opened.article_id, start=first, end=last)
            exchange.given.append(Given(given_id, Verdict.CORRECTED, None, text[first:last]))
            return None

        return self._calmly(give, words)

    def _undo(self, exchange: Exchange, given_id: int) -> None:
        with contextlib.suppress(FeedbackNotFoundError):
            self._library.remove_feedback(given_id)
        exchange.given = [given for given in exchange.given if given.id != given_id]

    def _given(self, exchange: Exchange) -> list[Given]:
        """What was said of this very question and these answers before, in this conversation or an earlier one."""
        if exchange.answer is None:
            return []
        key = question_key(exchange.asked)
        firsts = [(item.citations[0].article_id, item.citations[0].start, item.citations[0].end) for item in exchange.answer.answers]
        given = []
        for one in self._library.feedback():
            if question_key(one.question) != key:
                continue
            place = (one.article_id or "", one.start or 0, one.end or 0)
            if one.verdict in (Verdict.CORRECTED, Verdict.ABSENT):
                given.append(Given(one.id, one.verdict, None, one.answer_text))
            elif place in firsts:
                given.append(Given(one.id, one.verdict, firsts.index(place), one.answer_text))
        return given

    # --- earlier conversations -----------------------------------------------------------------------------------------------------

    def past(self, visit: Visit, *, words: Wording) -> str:
        """The list of earlier conversations, as HTML."""
        return history.side_list(self._library, current=visit.conversation_id, asked_about=visit.asked_about, wording=words)

    def _reopen(self, visit: Visit, conversation_id: str, words: Wording) -> None:
        """Go on with an earlier conversation."""
        turns = self._library.conversation(conversation_id)
        visit.begin_anew()
        visit.conversation_id = conversation_id
        for turn in turns:
            exchange = Exchange(turn.question)
            try:
                exchange.limits = limiting.of_turn(turn)
                exchange.answer = Answer.from_dict(turn.answer)
                exchange.languages = self._languages(exchange.answer)
                exchange.given = self._given(exchange)
            except AnswerFormatError as error:
                LOG.warning("a stored answer could not be read: %s", error)
                exchange.note = words.turn_unreadable
            visit.exchanges.append(exchange)

    def _forget(self, visit: Visit, conversation_id: str) -> None:
        """Remove a conversation for good."""
        with contextlib.suppress(ConversationNotFoundError):
            self._library.remove_conversation(conversation_id)
        visit.asked_about = None
        if visit.conversation_id == conversation_id:
            visit.begin_anew()

    def _calmly(self, do: Callable[[], str | None], words: Wording) -> str | None:
        """Do something; what goes wrong becomes the sentence to say."""
        try:
            return do()
        except ArticleNotFoundError:
            return words.article_gone
        except ConversationNotFoundError:
            return words.conversation_gone
        except LibraryError as error:
            LOG.warning("an action on the page failed: %s", error)
            return words.alone(library_trouble(error))
        except Exception:
            LOG.exception("an action on the page failed")
            return words.action_failed


def _history(visit: Visit) -> tuple[Turn, ...]:
    turns = [Turn(exchange.question, exchange.answer) for exchange in visit.exchanges if exchange.answer]
    return tuple(turns[-HISTORY_TURNS:])
