"""The right language for the reader, and every language complete."""

from __future__ import annotations

import dataclasses
import string

import pytest

from chat import wording
from chat.wording import WORDINGS, Wording
from chat.wording.fields import SURE_FROM
from corpus.folding import fold


def sentences(words: Wording) -> dict[str, str]:
    """Every sentence of a language by its name."""
    found = {f"library.{name}": said for name, said in dataclasses.asdict(words.library).items() if name != "findings"}
    found |= {f"finding {kind}": said for kind, said in words.library.findings.items()}
    found |= {f"confidence {at}": said for at, said in enumerate(words.confidence)}
    return found | {name: said for name, said in dataclasses.asdict(words).items() if name not in ("language", "library", "confidence")}


SENTENCES = {language: sentences(words) for language, words in WORDINGS.items()}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-hk", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("en-GB,zh-CN;q=0.5", "en"),
        ("zh-CN;q=0.4, en;q=0.6", "en"),
        ("fr, de;q=0.9, zh-TW;q=0.1", "zh-Hant"),
        ("zh-CN;q=0, en;q=0.1", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        (";;;q=,=zh;q=x, zh_TW", "zh-Hant"),
        ("zh-CN;q=nan", "en"),
        ("a" * 100_000, "en"),
    ],
)
def test_the_browsers_first_choice_among_ours_is_taken(header: str | None, language: str) -> None:
    assert wording.for_header(header).language == language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("who spoke at the 2022 opening", "en"),
        ("谁在开幕活动上发言？", "zh-Hans"),
        ("2023年產業週的主題是什麼？", "zh-Hant"),
        ("???", "zh-Hant"),
        ("", "zh-Hant"),
        ("كم عدد المشاركين؟", "zh-Hant"),
    ],
)
def test_a_question_in_one_of_our_languages_is_answered_in_it_and_others_in_the_readers(question: str, language: str) -> None:
    assert wording.for_question(question, otherwise=WORDINGS["zh-Hant"]).language == language


def test_every_language_says_the_same_things() -> None:
    assert SENTENCES["en"].keys() == SENTENCES["zh-Hans"].keys() == SENTENCES["zh-Hant"].keys()


@pytest.mark.parametrize("name", SENTENCES["en"])
def test_every_sentence_is_there_in_every_language_with_the_same_blanks(name: str) -> None:
    said = [texts[name] for texts in SENTENCES.values()]
    assert all(text and text == text.strip("\n") for text in said)
    assert len({frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field) for text in said}) == 1


@pytest.mark.parametrize("words", WORDINGS.values(), ids=WORDINGS)
def test_every_confidence_has_words_and_surer_ones_others(words: Wording) -> None:
    assert list(SURE_FROM) == sorted(SURE_FROM, reverse=True) and SURE_FROM[-1] == 0.0
    assert [words.sure(least) for least in SURE_FROM] == list(words.confidence) and words.sure(1.0) == words.confidence[0]


def test_a_reason_alone_is_a_sentence() -> None:
    assert WORDINGS["en"].alone("library_busy").startswith("Another")


def test_the_two_chinese_wordings_keep_to_their_script() -> None:
    for name, said in SENTENCES["zh-Hans"].items():
        assert not wording.traditional(said), name
    joined = "".join(SENTENCES["zh-Hant"].values())
    assert wording.traditional(joined) and fold(joined) != joined


def test_the_pages_labels_are_filled_in_for_every_locale() -> None:
    labels = wording.labels(megabytes=20)
    assert set(labels) == {"en", "zh-CN", "zh-TW"}
    assert all("20 MB" in texts["add_hint"] for texts in labels.values())
    assert not any("{" in text for texts in labels.values() for text in texts.values())
