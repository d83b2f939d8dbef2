"""What the program says, by name: the sentences themselves stand in one file for each interface language, ``en.toml`` and so on.

The groups here are the tables there. Braces mark what is filled in by `str.format`; all of it is plain text, escaped when rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SURE_FROM = (0.85, 0.65, 0.4, 0.0)
"""Confidences from which on the words of `Wording.confidence` are said, the highest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWording:
    """What the library's tab says."""

    # page
    paste_label: str
    paste_hint: str
    paste_send: str
    search_label: str
    search_hint: str
    examine: str

    # adding
    pasted_name: str
    nothing_pasted: str
    summary: str
    unreachable: str
    not_web: str
    part_removed: str

    # list
    caption: str
    count_all: str
    count_some: str
    empty: str
    none_match: str
    title: str
    published: str
    source: str
    passages: str
    state: str
    embedded: str
    waiting: str
    newest: str
    a_to_z: str
    clear_period: str
    earlier_page: str
    later_page: str
    page_of: str
    remove: str
    remove_question: str
    remove_yes: str
    remove_no: str
    removed: str
    gone: str

    # chart
    chart: str
    chart_bar: str
    undated: str

    # article
    back: str
    kept_since: str
    also_from: str
    characters: str
    show_more: str

    # check
    healthy: str
    found: str

    findings: Mapping[str, str]
    """What a kind of `corpus.doctor.Finding` means and what to do."""

    def finding(self, kind: str) -> str:
        """The sentence on a kind of finding; unknown ones are told like damage."""
        return self.findings.get(kind, self.findings["damage"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One interface language: what the conversation says, and in ``library`` what the library's tab does."""

    language: str
    """BCP 47 tag, for the ``lang`` attribute of these sentences."""
    library: LibraryWording

    # page
    conversation_tab: str
    library_tab: str
    promise: str
    samples_open: str
    empty_chat: str
    empty_library: str
    question_label: str
    question_hint: str
    send: str
    add_label: str
    add_hint: str
    scope_label: str
    scope_articles: str
    scope_since: str
    scope_until: str
    scope_day_hint: str
    scope_clear: str
    right_words_label: str
    right_words_hint: str
    right_words_send: str
    other_article: str
    conversations: str
    new_conversation: str

    # answers
    reading: str
    stop: str
    confidence: tuple[str, ...]
    """From each of `SURE_FROM` on, these words."""
    confidence_hint: str
    also_in: str
    seconds: str
    no_date: str
    not_found: str
    nearest: str

    # adding
    added: str
    updated: str
    unchanged: str
    duplicate: str
    refused: str
    format_unknown: str
    too_large: str
    nothing_readable: str
    damaged: str
    library_read_only: str
    library_busy: str
    library_trouble: str

    # troubles
    empty_question: str
    no_articles: str
    ask_failed: str
    add_failed: str
    action_failed: str

    # following up
    understood: str
    ask_as_it_stands: str
    stopped: str
    unknown_words: str
    quoted: str
    comma: str

    # article
    open_article: str
    panel_close: str
    live_page: str
    live_place: str
    marked_lightly: str
    part_shown: str
    quote_it: str
    copy: str
    copied: str
    removed_lines: str
    removed_hint: str
    article_gone: str

    # limits
    origin: str
    """Several articles of one site, folder or file; ``name`` and ``count``."""
    only: str
    only_several: str
    """``count`` articles or sources."""
    only_between: str
    only_since: str
    only_until: str
    ask_everywhere: str
    bad_day: str

    # verdicts
    is_right: str
    is_wrong: str
    is_elsewhere: str
    is_absent: str
    is_there: str
    noted_right: str
    noted_wrong: str
    noted_corrected: str
    noted_absent: str
    undo: str
    marking_hint: str
    words_not_there: str

    # past
    no_conversations: str
    turns: str
    delete: str
    delete_sure: str
    delete_yes: str
    delete_no: str
    conversation_gone: str
    turn_unreadable: str

    def alone(self, reason: str) -> str:
        """The reason of this name, otherwise the end of a sentence, as a sentence of its own."""
        sentence: str = getattr(self, reason)
        return sentence[:1].upper() + sentence[1:]

    def sure(self, confidence: float) -> str:
        """Words for a confidence of 0–1."""
        return next(words for least, words in zip(SURE_FROM, self.confidence, strict=True) if confidence >= least)
