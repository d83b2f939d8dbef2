"""From a row to what the network sees: token ids of one window, which places may be answers, and which are.

Input is ``<s> question </s></s> context </s>``, token types 0; the first token stands for "not here". A heading (title and date) stays at
the front of every window and can be read but not answered from.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from training.data import Row, Span

START, PAD, STOP = 0, 1, 2
_SPECIAL = 4  # tokens of the frame around question and context


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenised context: ids, and for each token the characters it stands for, without blanks (empty for a lone blank)."""

    ids: list[int]
    spans: list[Span]
    heading: int
    """How many tokens belong to the heading."""


@dataclass(frozen=True, slots=True)
class Example:
    """One window. ``legal`` marks tokens that may be a start or an end; ``groups`` are token spans, both ends included."""

    ids: list[int]
    legal: list[bool]
    groups: list[list[Span]]
    characters: list[Span]
    """For each token the characters of the context it stands for; empty spans in the frame."""


def tokenise(tokenizer: Tokenizer, context: str, *, prefix: int = 0) -> Tokens:
    """Tokenise a context; a piece's leading blank doesn't count as its text, and a lone blank before a word gets no text at all."""
    encoding = tokenizer.encode(context, add_special_tokens=False)
    spans: list[Span] = []
    for piece, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
        while start < end and context[start].isspace():
            start += 1
        while end > start and context[end - 1].isspace():
            end -= 1
        spans.append((start, start) if piece == "▁" else (start, end))
    heading = sum(end <= prefix and start < prefix for start, end in spans) if prefix else 0
    return Tokens(encoding.ids, spans, heading)


def nearest(tokens: Tokens, span: Span) -> Span:
    """Return the first and last token (both included) whose characters come nearest to a character span."""
    able = [i for i in range(tokens.heading, len(tokens.spans)) if tokens.spans[i][0] < tokens.spans[i][1]]
    if not able:
        return (0, -1)
    first = min(able, key=lambda i: (abs(tokens.spans[i][0] - span[0]), i))
    last = min((i for i in able if i >= first), key=lambda i: (abs(tokens.spans[i][1] - span[1]), i))
    return first, last


def window(question: list[int], tokens: Tokens, at: int, *, max_tokens: int, groups: Sequence[Sequence[Span]] = ()) -> Example:
    """Frame the heading and the tokens from ``at`` on (counted behind the heading) as one window."""
    room = max_tokens - len(question) - _SPECIAL - tokens.heading
    first = tokens.heading + at
    last = min(len(tokens.ids), first + room)
    base = len(question) + 3
    kept = list(range(tokens.heading)) + list(range(first, last))
    ids = [START, *question, STOP, STOP, *(tokens.ids[i] for i in kept), STOP]
    characters = [(0, 0)] * base + [tokens.spans[i] for i in kept] + [(0, 0)]
    legal = [True] + [False] * (base - 1) + [i >= first and tokens.spans[i][0] < tokens.spans[i][1] for i in kept] + [False]
    shift = base - at
    inside = [[(a + shift, b + shift) for a, b in group if a >= first and b < last] for group in groups]
    return Example(ids, legal, [group for group in inside if group], characters)


def room_for(question: list[int], tokens: Tokens, *, max_tokens: int) -> int:
    """How many context tokens (without the heading) one window takes."""
    return max_tokens - len(question) - _SPECIAL - tokens.heading


def question_ids(tokenizer: Tokenizer, question: str, *, max_question: int) -> list[int]:
    """Tokenise a question, cut to its first ``max_question`` tokens."""
    ids: list[int] = tokenizer.encode(question, add_special_tokens=False).ids
    return ids[:max_question]


def example(tokenizer: Tokenizer, row: Row, rng: random.Random, *, max_tokens: int = 224, max_question: int = 48) -> Example:
    """Cut one window that usually holds an answer; one that holds none is an honest "not here"."""
    question = question_ids(tokenizer, row.question, max_question=max_question)
    tokens = tokenise(tokenizer, row.context, prefix=row.prefix)
    groups = [[place for place in (nearest(tokens, span) for span in group) if place[1] >= place[0]] for group in row.answers]
    room = room_for(question, tokens, max_tokens=max_tokens)
    size = len(tokens.ids) - tokens.heading
    at = 0
    if size > room:
        places = [place for group in groups for place in group]
        at = rng.randint(0, size - room)
        if places and rng.random() < 0.9:
            first, last = (place - tokens.heading for place in rng.choice(places))
            low, high = max(0, last - room + 1), min(first, size - room)
            at = rng.randint(low, high) if low <= high else first
    return window(question, tokens, at, max_tokens=max_tokens, groups=groups)


def windows(tokenizer: Tokenizer, row: Row, *, max_tokens: int = 224, max_question: int = 48, stride: int = 80) -> list[Example]:
    """Cut all windows of a row, each ``stride`` tokens of context into the one before."""
    question = question_ids(tokenizer, row.question, max_question=max_question)
    tokens = tokenise(tokenizer, row.context, prefix=row.prefix)
    room = room_for(question, tokens, max_tokens=max_tokens)
    size = len(tokens.ids) - tokens.heading
    out = []
    at = 0
    while True:
        out.append(window(question, tokens, at, max_tokens=max_tokens))
        if at + room >= size:
            return out
        at += max(1, room - stride)


def batches(examples: Sequence[Example], rng: random.Random, *, tokens_per_batch: int, block: int = 512) -> list[list[int]]:
    """Group examples of similar length under a token budget (padding counted), in random order inside blocks of neighbours.

    Returns:
        lists of positions in ``examples``; every position occurs once.
    """
    out: list[list[int]] = []
    for at in range(0, len(examples), block):
        order = sorted(range(at, min(at + block, len(examples))), key=lambda i: (len(examples[i].ids), i))
        groups: list[list[int]] = [[]]
        for i in order:
            if groups[-1] and (len(groups[-1]) + 1) * len(examples[i].ids) > tokens_per_batch:
                groups.append([])
            groups[-1].append(i)
        rng.shuffle(groups)
        out.extend(groups)
    return out
