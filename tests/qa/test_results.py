import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import AnswerFormatError
from qa.results import Answer, AnswerItem, Citation, Nearest

figures = st.integers(0, 10_000_000).map(lambda whole: whole / 10_000)
shares = st.integers(0, 10_000).map(lambda whole: whole / 10_000)
dates = st.none() | st.dates()
places = st.integers(0, 10_000)
texts = st.text(max_size=20)
optional_texts = st.none() | texts
citations = st.builds(
    Citation,
    article_id=texts,
    title=texts,
    source=texts,
    url=optional_texts,
    published=dates,
    text=texts,
    start=places,
    end=places,
    quote=texts,
    quote_start=places,
)
several = st.lists(citations, max_size=2).map(tuple)
items = st.builds(AnswerItem, text=texts, confidence=shares, citations=several, also=several)
nearest = st.builds(
    Nearest, article_id=texts, title=texts, source=texts, url=optional_texts, published=dates, text=texts, start=places, end=places
)
answers = st.builds(
    Answer,
    question=texts,
    found=st.booleans(),
    answers=st.lists(items, max_size=2).map(tuple),
    confidence=shares,
    nearest=st.lists(nearest, max_size=2).map(tuple),
    elapsed_ms=figures,
    retrieval_ms=figures,
    reading_ms=figures,
    understood=texts,
    assumed=st.lists(texts, max_size=2).map(tuple),
)


@given(answers)
def test_an_answer_comes_back_from_its_plain_form(answer: Answer) -> None:
    assert Answer.from_dict(answer.to_dict()) == answer


@given(answers)
def test_the_plain_form_is_the_same_after_json(answer: Answer) -> None:
    plain = answer.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert Answer.from_dict(json.loads(json.dumps(plain))) == answer


def test_every_field_is_in_the_plain_form() -> None:
    plain = Answer(question="谁", found=False, answers=(), confidence=0.12345).to_dict()
    assert set(plain) == {field.name for field in dataclasses.fields(Answer)} | {"text"}
    assert plain["confidence"] == 0.1235


def test_an_answer_stored_before_follow_ups_existed_can_be_read() -> None:
    plain = Answer(question="谁", found=False, answers=(), confidence=0.5).to_dict()
    del plain["understood"], plain["assumed"]
    assert Answer.from_dict(plain | {"of_a_later_version": 1}).assumed == ()


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"question": "谁", "found": True, "confidence": 1.0, "answers": 3},
        {"question": "谁", "found": True, "confidence": 1.0, "answers": [{"text": "x"}]},
        {"question": "谁", "found": False, "confidence": 1.0, "answers": [], "nearest": [{"published": "yesterday"}]},
        [],
        None,
    ],
)
def test_what_is_no_answer_is_refused(plain: object) -> None:
    with pytest.raises(AnswerFormatError, match="to_dict"):
        Answer.from_dict(plain)  # type: ignore[arg-type]


def test_a_day_is_kept() -> None:
    place = Nearest(article_id="a", title="t", source="s", url=None, published=dt.date(2022, 11, 14), text="x", start=0, end=1)
    answer = Answer(question="谁", found=False, answers=(), confidence=0.5, nearest=(place,))
    assert answer.to_dict()["nearest"][0]["published"] == "2022-11-14"
    assert Answer.from_dict(answer.to_dict()).nearest[0].published == dt.date(2022, 11, 14)
