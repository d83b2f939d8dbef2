"""Which words of a question stand nowhere in the library: when nothing was found, they often say why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.library import Library
from corpus.scripts import HAN_RANGES
from corpus.words import query_terms, without_question_words
from qa.question import understand

MAX_WORDS = 40
"""Of a question, so many are looked up."""

_HAN_RUN = re.compile(f"[{HAN_RANGES}]+")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def unknown_words(question: str, library: Library) -> tuple[str, ...]:
    """The words of a question, as they were typed, that no passage and no title holds in any form the word index knows.

    Empty where the library has no article in the question's language: then of course none of them does, and that says nothing.

    Raises:
        QuestionError: the question is empty.
        LibraryError: the library cannot be read.
    """
    query = understand(question)
    if query.language not in {info.language for info in library.articles()}:
        return ()
    topical = without_question_words(query.text)
    words = dict.fromkeys(query.text[start:end] for start, end in _words(topical))
    looked_up = [(word, terms) for word in list(words)[:MAX_WORDS] if (terms := _terms(word))]
    return tuple(word for word, terms in looked_up if not all(library.search([term], limit=1) for term in terms))


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where the words are: of Chinese those of a dictionary, else what blanks and marks part."""
    import rjieba

    for match in _WORD.finditer(text):
        at = match.start()
        for run in _HAN_RUN.finditer(text, *match.span()):
            yield at, run.start()
            at = run.start()
            for word in rjieba.cut(run[0]):
                yield at, at + len(word)
                at += len(word)
        yield at, match.end()


def _terms(word: str) -> list[str]:
    """What the index would know a word by. Of a Chinese one its pairs of characters: they are always indexed."""
    terms = query_terms(word)
    return [term for term in terms if len(term) == 2] if _HAN_RUN.fullmatch(word) else terms
