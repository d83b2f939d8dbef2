"""The assistant over the sample articles, with the models of the package."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Sequence

import pytest

from corpus.errors import QuestionError
from corpus.intake import add_files
from corpus.library import Library
from qa.assistant import Assistant, Sought
from qa.conversation import Turn
from qa.places import SAMPLES
from qa.question import Query
from qa.reader import Context, Reader, Span, default_reader
from qa.results import Answer


class CountingReader(Reader):
    """Reads as the default one does, counts its calls, and sets an event after some."""

    def __init__(self, stop: threading.Event | None = None, *, after: int = 0) -> None:
        self.calls: list[int] = []
        self._stop, self._after = stop, after

    def read(self, question: Query | str, contexts: Sequence[Context], *, n_best: int | None = None) -> list[tuple[Span, ...]]:
        self.calls.append(len(contexts))
        if self._stop is not None and len(self.calls) == self._after:
            self._stop.set()
        return default_reader().read(question, contexts, n_best=n_best)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("samples")) as library:
        add_files(library, [SAMPLES])
        Assistant(library).sync()
        yield library


def untimed(answer: Answer) -> Answer:
    return dataclasses.replace(answer, elapsed_ms=0, retrieval_ms=0, reading_ms=0)


def test_the_places_come_before_the_answer(samples: Library) -> None:
    sought, given = Assistant(samples).steps("who spoke at the 2022 opening")
    assert isinstance(sought, Sought) and isinstance(given, Answer)
    assert sought.understood == given.understood == "who spoke at the 2022 opening"
    assert sought.assumed == given.assumed == ()
    read = {(place.article_id, place.start): place.end for place in sought.passages}
    assert len(read) == len(sought.passages)
    for citation in (citation for item in given.answers for citation in item.citations):
        assert any(
            article == citation.article_id and start <= citation.start and citation.end <= end for (article, start), end in read.items()
        )
    assert 0 < sought.retrieval_ms <= given.retrieval_ms + given.reading_ms <= given.elapsed_ms


@pytest.mark.parametrize("question", ["who spoke at the 2022 opening", "When and where is the Changping forum held?", "火星上有谁"])
def test_asking_is_the_last_step(samples: Library, question: str) -> None:
    assistant = Assistant(samples)
    *_, last = assistant.steps(question, stop=threading.Event())
    assert isinstance(last, Answer)
    assert untimed(assistant.ask(question)) == untimed(last)


def test_reading_a_few_passages_at_a_time_changes_nothing(samples: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in ("who spoke at the 2022 opening", "昌平有多少家上市公司", "主題是什麼"):
        answers, calls = [], []
        for at_once in (1, 2, 1000):
            monkeypatch.setattr("qa.assistant.PASSAGES_AT_ONCE_PER_THREAD", at_once)
            reader = CountingReader()
            answers.append(untimed(Assistant(samples, reader=reader).ask(question)))
            calls.append(len(reader.calls))
        assert answers[0] == answers[1] == answers[2]
        assert calls[0] >= calls[1] >= calls[2] == 1


@pytest.mark.parametrize("after", [0, 1, 2])
def test_stopping_ends_reading_without_an_answer(samples: Library, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr("qa.assistant.default_threads", lambda: 1)
    stop = threading.Event()
    reader = CountingReader(stop, after=after)
    steps = Assistant(samples, reader=reader).steps("who spoke at the 2022 opening", stop=stop)
    assert isinstance(next(steps), Sought)
    if after == 0:
        stop.set()
    assert list(steps) == []
    assert len(reader.calls) == after


def test_only_the_chosen_articles_answer(samples: Library) -> None:
    assistant = Assistant(samples)
    everything = {info.id: info for info in samples.articles()}
    for chosen in everything:
        sought, given = assistant.steps("大会的主题是什么", articles=[chosen])
        assert isinstance(sought, Sought) and isinstance(given, Answer)
        assert {place.article_id for place in sought.passages} == {chosen}
        assert {citation.article_id for item in given.answers for citation in item.citations} <= {chosen}
    assert not assistant.ask("大会的主题是什么", articles=()).found
    assert not assistant.ask("大会的主题是什么", articles={"no such article"}).nearest


@pytest.mark.parametrize("question", ["", " \n"])
def test_an_empty_question_is_refused_before_the_first_step(samples: Library, question: str) -> None:
    with pytest.raises(QuestionError):
        next(Assistant(samples).steps(question))


@pytest.mark.parametrize(
    ("questions", "understood", "holds"),
    [
        (("昌平论坛什么时候举行？", "地点呢？"), "昌平论坛的地点是什么？", "昌平中心"),
        (("昌平有多少家上市公司？", "专精特新企业呢？"), "昌平有多少家专精特新企业？", "86"),
        (("谁主持了院士对谈？", "他是谁？"), "张文宏是谁？", "华山医院"),
        (("2023年产业周的主题是什么？", "昌平论坛什么时候举行？", "and the theme?"), "What is the theme of 昌平论坛?", "探索生命"),
        (("2021年产业周的主办方是谁？", "那2022年呢？"), "2022年产业周的主办方是谁？", "上海市生物医药产业促进中心"),
    ],
)
def test_a_follow_up_finds_its_answer(samples: Library, questions: Sequence[str], understood: str, holds: str) -> None:
    assistant = Assistant(samples)
    history: list[Turn] = []
    for question in questions:
        history.append(Turn(question, assistant.ask(question, history=history)))
    given = history[-1].answer
    assert given.question == questions[-1] and given.assumed
    assert given.understood == understood
    quotes = [citation.quote for item in given.answers for citation in (*item.citations, *item.also)]
    assert any(holds in quote for quote in quotes), given
    assert assistant.ask(questions[-1], history=()).assumed == ()


def test_who_else_gives_none_of_the_answers_again(samples: Library) -> None:
    assistant = Assistant(samples)
    question = "who spoke at the 2022 opening"
    all_of_them = assistant.ask(question)
    first = dataclasses.replace(all_of_them, answers=all_of_them.answers[:1])
    others = assistant.ask("who else?", history=[Turn(question, first)])
    assert others.understood == question
    assert [item.text for item in others.answers] == [item.text for item in all_of_them.answers[1:]]
    nobody = assistant.ask("还有谁？", history=[Turn(question, all_of_them)])
    assert not {item.text for item in nobody.answers} & {item.text for item in all_of_them.answers}
