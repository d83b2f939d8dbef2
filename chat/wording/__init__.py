"""Which language the program speaks with a visitor, and what it says in it. Another language is another file like ``en.toml`` here.

Answers and quotes are never translated; they stay in the articles' own words.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from chat.wording.fields import LibraryWording, Wording
from corpus.scripts import HAN

__all__ = ["DEFAULT", "EXAMPLES", "WORDINGS", "LibraryWording", "Wording", "for_header", "for_question", "for_tag", "labels", "traditional"]

DEFAULT = "en"

EXAMPLES: tuple[str, ...] = (
    "who spoke at the 2022 opening",
    "宝山引进的生物医药项目投资总额是多少？",
    "2023年產業週的主題是什麼？",
    "Who won the 2018 World Cup?",
)
"""Questions on the sample library: across languages, in Chinese, in Traditional characters, and one it cannot answer."""

_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
_LOCALES = {"en": "en", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}
"""Our languages, as Gradio names them."""


def _tables(language: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("chat.wording").joinpath(f"{language}.toml").read_text("utf-8"))


def _sentences(tables: dict[str, Any]) -> dict[str, Any]:
    """The sentences of all tables together; their names differ."""
    return {name: tuple(said) if isinstance(said, list) else said for table in tables.values() for name, said in table.items()}


def _read(language: str) -> Wording:
    tables = _tables(language)
    library = tables.pop("library")
    findings = library.pop("findings")  # each by its kind, not by a name of ours
    return Wording(language=language, library=LibraryWording(findings=findings, **_sentences(library)), **_sentences(tables))


WORDINGS: dict[str, Wording] = {language: _read(language) for language in ("zh-Hans", "zh-Hant", "en")}


def labels(*, megabytes: int) -> dict[str, dict[str, str]]:
    """What the page itself shows, for `gradio.I18n`: locale as Gradio names it → key → sentence. The others are made on the server.

    Args:
        megabytes: the largest file that may be added.
    """
    of_page = {}
    for language, locale in _LOCALES.items():
        tables = _tables(language)
        of_page[locale] = {key: text.format(megabytes=megabytes) for key, text in (tables["page"] | tables["library"]["page"]).items()}
    return of_page


def for_tag(tag: str) -> Wording | None:
    """The wording for a language tag such as ``zh-TW`` or ``en-GB``; none when there is no such interface language."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return WORDINGS["zh-Hant" if _TRADITIONAL & set(parts[1:]) and "hans" not in parts else "zh-Hans"]
    return WORDINGS["en"] if parts[0] == "en" else None


def for_header(accept_language: str | None) -> Wording:
    """The wording a browser prefers by its ``Accept-Language`` header (RFC 9110, 12.5.4); English when it asks for none of ours.

    >>> for_header("de, zh-HK;q=0.8, en;q=0.5").language
    'zh-Hant'
    """
    wanted = []
    for place, part in enumerate((accept_language or "")[:1000].split(",")):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            wanted.append((-weight, place, tag))
    known = (for_tag(tag) for _, _, tag in sorted(wanted))
    return next((wording for wording in known if wording), WORDINGS[DEFAULT])


def for_question(question: str, *, otherwise: Wording) -> Wording:
    """The wording in the language of a question, told by its characters; ``otherwise`` when that is none of ours."""
    from qa.question import MAX_CHARS, understand

    if not question.strip():
        return otherwise
    language = understand(question).language
    if language == "zh":
        return WORDINGS["zh-Hant" if traditional(question[:MAX_CHARS]) else "zh-Hans"]
    return for_tag(language) or otherwise


def traditional(text: str) -> bool:
    """Whether Chinese text is written in Traditional characters: folding to Simplified changes some of its letters."""
    from corpus.folding import fold

    return any(HAN.match(before) and before != after for before, after in zip(text, fold(text), strict=True))
