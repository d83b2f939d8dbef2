"""Whether two articles are the same text: reposted under another header, cut short, or written in the other Chinese script.

Candidates are found by MinHash (Broder 1997) and locality-sensitive hashing (Indyk & Motwani 1998) over shingles of the folded text, and
decided by comparing sentences. What tells two articles apart is looked for on purpose: an announcement made from the template of
another, yesterday's market report and last year's opening share most of their words, and differ in a number or a name.

MinHash stands here in numpy rather than from datasketch: that hashes shingle by shingle in Python, and keeps its index in memory or in
Redis, where ours must change in the same transaction as the articles (see `corpus.duplicate_store`).
"""

from __future__ import annotations

import difflib
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold
from corpus.furniture import FURNITURE, Kind, kind_of
from corpus.years import years_in

BANDS, ROWS = 64, 2
"""Two texts whose shingles overlap by J (Jaccard) share a band with probability 1 - (1 - J²)⁶⁴: 0.93 for J = 0.2, 0.998 for 0.3. Few rows,
as an article cut down to a third is still that article, and the sentences decide."""
LEAST_BANDS = 2
"""Shared bands that make a candidate of a text that is not the best one."""
EXPECTED_SHARE = 0.25
"""Of the bands that two texts of these lengths share on average when one may just stand back for the other, a candidate shares so much at
least. Of 696 reposts of real articles the worst shared 0.9 of them; the rest is room for a stored text that is half blanks and furniture.
Articles made from one template share fewer, and would all be compared in vain. Measure again with `benchmarks/duplicates.py`."""
SHINGLE_CHARS, SHINGLE_LETTERS = 5, 13
"""Length of a shingle in text written without blanks, and in text of letters, where five say nothing of the topic."""
LEAST_CHARS = 60
"""Letters and digits that two texts must share; of shorter ones nobody can say whether they are one text or two of a kind."""
LEAST_SHARE = 0.5
"""Of the text that is to stand back, so much must be in the other."""
MOST_OWN_CHARS, MOST_OWN_SHARE = 160, 0.1
"""What the text that stands back may have of its own, in letters and digits or as a share, whichever is more: headers and tails. Its words
are no longer found, so whatever has more than that stays an article of its own."""
SIMILAR = 0.5
"""Two sentences that share so much of the shorter one are versions of one sentence."""

# Each begins with a set of characters, and looks behind only after one of them was met: Python's `re` passes over all others at once.
_ENDS = r"。！？!?；;…\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_SENTENCE_END = re.compile(rf"[{_ENDS}.](?:(?<=[{_ENDS}])[{_ENDS}]*|(?<=[^\d\W]{{2}}\.)(?=\s|$))")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
_LETTERS = r"a-z\u00df-\u024f\u0370-\u052f"
_BLANK = re.compile(rf"[\W_](?<=[{_LETTERS}\d][\W_])[\W_]*(?=[{_LETTERS}\d])")
_SIGNS = re.compile(rf"[\W_](?:(?<![{_LETTERS}\d][\W_])[\W_]*|[\W_]*(?![{_LETTERS}\d]))")
_SPACED = re.compile(rf"[{_LETTERS}\d]")
_TOKEN = re.compile(rf"\d+|[〇零一二三四五六七八九十百千万亿两]+|[{_LETTERS}]+|\w")
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff\u0e00-\u0eff\u1780-\u17ff]")
_UNSPACED_SHARE = 0.3
"""Of a text's characters, so many make it one written without blanks."""
_BARE_DATE = re.compile(r"[\s\d年月日号/.〇零一二三四五六七八九十-]+")
_SAY_NOTHING = (FURNITURE - {Kind.LINK}) | {Kind.DATELINE}
"""A link to another article looks like a line that was cut short."""
_LONGEST_HEADING = 60
_LONGEST_LABEL = 160
"""Lines up to so many characters are asked whether they are a byline or a button."""
_TURNS = frozenset("不没未非无否勿莫") | {"not", "no", "never", "nor", "without"}
"""Words that turn a sentence into its contrary: one more or less is another statement."""
_MOST_COMPARED = 400
"""Sentences of a pair that are compared one with another at most; two texts that part in more are two texts anyway."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A text as it is compared: sentences of folded letters and digits, page furniture left out."""

    title: str
    sentences: tuple[str, ...]
    joined: str
    script: str
    original: tuple[str, str]
    """Title and text as they stand, for `outline` in another vocabulary."""

    @property
    def chars(self) -> int:
        """Letters and digits in all, with the blanks between words."""
        return len(self.joined)


def outline(title: str, text: str, *, script: str) -> Outline:
    """The outline of an article; ``script`` as in `corpus.article.Article`."""
    return (_kept_outline if len(text) <= _LARGEST_KEPT else _outline)(title, text, script)


def _outline(title: str, text: str, script: str) -> Outline:
    bare_title = _bare(_folded(title))
    # A heading above the text is the title once more, and every site has its own; a longer one is a sentence of the text.
    heading = bare_title if len(bare_title) <= _LONGEST_HEADING else ""
    sentences = tuple(each for each in _sentences(_folded(text)) if each != heading)
    return Outline(
        title=bare_title,
        sentences=sentences,
        joined=_joined(sentences),
        script=script,
        original=(title, text),
    )


_LARGEST_KEPT = 20_000
_kept_outline = functools.lru_cache(maxsize=256)(_outline)
"""Articles made from one template are candidates for one another again and again."""


def _sentences(folded: str) -> Iterator[str]:
    for line in folded.split("\n"):
        if not line or line.isspace() or _says_nothing(line.strip()):
            continue
        for sentence in _SENTENCE_END.split(line):
            if bare := _bare(sentence):
                yield bare


def _says_nothing(line: str) -> bool:
    """Whether a line speaks of the page and not of the matter. A date alone may be what tells this year's notice from last year's."""
    if len(line) > _LONGEST_LABEL or _BARE_DATE.fullmatch(line):
        return False
    return kind_of(line) in _SAY_NOTHING


def _bare(folded: str) -> str:
    """Letters and digits, and a blank where one word of letters or number ends and the next begins.

    >>> _bare("2022-11-14， 约 3,000 人参加 tea forum。")
    '2022 11 14约3000人参加tea forum'
    """
    return _SIGNS.sub("", _BLANK.sub(" ", _THOUSANDS.sub("", folded)))


def _joined(sentences: Sequence[str]) -> str:
    """Bare sentences as one bare text.

    >>> _joined(["约3000人参加tea", "forum", "开幕"])
    '约3000人参加tea forum开幕'
    """
    parts = [
        f"{one} " if _SPACED.match(one[-1]) and _SPACED.match(following[0]) else one for one, following in itertools.pairwise(sentences)
    ]
    return "".join((*parts, *sentences[-1:]))


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_VARIANTS)


class _VariantTable(dict[int, str]):
    """A `str.translate` table that folds further than `fold`: characters that Hong Kong and Taiwan write otherwise (衞, 著)."""

    def __missing__(self, code_point: int) -> str:
        char = fold(chr(code_point))
        if ord(char) >= _FIRST_HAN and unicodedata.category(char) != "Cs":  # half of a broken pair
            for conversion in ("tw2s", "hk2s"):
                converted = _converter(conversion).convert(char)
                char = converted if len(converted) == 1 else char
        self[code_point] = char
        return char


_FIRST_HAN = 0x2E80
_VARIANTS = _VariantTable()


@functools.cache
def _converter(conversion: str) -> Any:
    import opencc

    return opencc.OpenCC(conversion)


# --- candidates --------------------------------------------------------------------------------------------------------------


@functools.cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors (odd) and addends of the hash functions, (BANDS · ROWS, 1) each. PCG64 gives the same numbers everywhere."""
    chance = np.random.Generator(np.random.PCG64(20221114))
    factors, addends = chance.integers(0, 2**32, size=(2, BANDS * ROWS, 1), dtype=np.uint32)
    return factors | np.uint32(1), addends


_BASE = 0x100000001B3
_AT_ONCE = 4096
"""Shingles hashed at a time, 2 MB."""


def bands(text: Outline) -> list[int]:
    """The band hashes of a text, `BANDS` signed 64-bit numbers; texts that share many shingles share some. None for an empty text."""
    codes = np.frombuffer(text.joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not len(codes):
        return []
    unspaced = len(_UNSPACED.findall(text.joined)) > _UNSPACED_SHARE * len(codes)
    length = min(SHINGLE_CHARS if unspaced else SHINGLE_LETTERS, len(codes))
    shingles = np.zeros(len(codes) - length + 1, np.uint64)
    for at in range(length):
        shingles = shingles * np.uint64(_BASE) + codes[at : at + len(shingles)]
    hashed = (_mixed(shingles) >> np.uint64(32)).astype(np.uint32)
    factors, addends = _permutations()
    least = np.full(len(factors), np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(hashed), _AT_ONCE):
        least = np.minimum(least, (hashed[start : start + _AT_ONCE] * factors + addends).min(axis=1))
    hashes = np.arange(BANDS, dtype=np.uint64)
    for column in least.astype(np.uint64).reshape(BANDS, ROWS).T:
        hashes = _mixed(hashes * np.uint64(_BASE) + column)
    return [int(each) for each in hashes.view(np.int64)]


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of MurmurHash3: every bit of the input changes half of the output's."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        numbers = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(33))


def least_bands(chars: int, other_chars: int) -> float:
    """How many bands two texts share, with `EXPECTED_SHARE`, if one of them may stand back for the other.

    Lengths in letters and digits. The shorter one may go with what it has of its own; all else is in the longer one, and their Jaccard
    overlap, were shingles spread evenly, that much over both.

    >>> round(least_bands(1000, 1000), 1), round(least_bands(1000, 9000), 1)
    (8.4, 0.1)
    """
    short, long = sorted((chars, other_chars))
    shared = short - min(max(MOST_OWN_CHARS, MOST_OWN_SHARE * short), (1 - LEAST_SHARE) * short)
    overlap = shared / max(1, short + long - shared)
    return EXPECTED_SHARE * BANDS * float(overlap**ROWS)


# --- decision ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common, in letters and digits."""

    shared: int
    own_first: int
    own_second: int
    parted: bool
    """They differ in a number, a name or a negation where they otherwise agree: two texts of a kind."""

    @property
    def first_in_second(self) -> bool:
        """Whether the first may stand back for the second."""
        return not self.parted and _covered(self.shared, self.own_first)

    @property
    def second_in_first(self) -> bool:
        """Whether the second may stand back for the first."""
        return not self.parted and _covered(self.shared, self.own_second)


def _covered(shared: int, own: int) -> bool:
    whole = shared + own
    return shared >= max(LEAST_CHARS, LEAST_SHARE * whole) and own <= max(MOST_OWN_CHARS, MOST_OWN_SHARE * whole)


def compare(first: Outline, second: Outline) -> Likeness:
    """How alike two texts are; the same whichever comes first, but for the order."""
    found = _compare(first, second)
    if found.first_in_second or found.second_in_first or {first.script, second.script} != {"Hans", "Hant"}:
        return found
    # Taiwan has other words too (資訊 for 信息), and which a copy has depends on how it was converted.
    return _compare(*(_in_mainland_words(text) if text.script == "Hant" else text for text in (first, second)))


@functools.lru_cache(maxsize=8)
def _in_mainland_words(text: Outline) -> Outline:
    title, whole = (_converter("tw2sp").convert(part.encode("utf-8", "replace").decode("utf-8")) for part in text.original)
    return outline(title, whole, script="Hans")


def _compare(first: Outline, second: Outline) -> Likeness:
    left, right = _own(first, second), _own(second, first)
    own_first, own_second = sum(map(len, left)), sum(map(len, right))
    shared_first, shared_second = first.chars - own_first, second.chars - own_second
    shared = min(shared_first, shared_second)
    likeness = Likeness(shared, own_first, own_second, parted=False)
    if not (likeness.first_in_second or likeness.second_in_first):
        return likeness
    if first.joined != second.joined and _titles_part(first.title, second.title):
        return Likeness(shared, own_first, own_second, parted=True)
    return Likeness(shared, own_first, own_second, parted=_sentences_part(left, right))


def _own(text: Outline, other: Outline) -> list[str]:
    """The sentences that stand nowhere in the other text, each once."""
    known = set(other.sentences)
    own = [each for each in dict.fromkeys(text.sentences) if each not in known and not _stands_in(each, other.joined)]
    # Where the text breaks off, it may be within a number. Tails may follow.
    last = len(text.sentences)
    while last and text.sentences[last - 1] in own:
        last -= 1
    return [each for each in own if not (each in text.sentences[last:] and each[-1].isdigit() and each in other.joined)]


def _stands_in(part: str, whole: str) -> bool:
    """Whether ``part`` stands in ``whole``, numbers not cut in two.

    >>> _stands_in("3家", "共13家"), _stands_in("13家", "共13家")
    (False, True)
    """
    at = whole.find(part)
    while at >= 0:
        end = at + len(part)
        begins = not (part[0].isdigit() and whole[max(at - 1, 0) : at].isdigit())
        if begins and not (part[-1].isdigit() and whole[end : end + 1].isdigit()):
            return True
        at = whole.find(part, at + 1)
    return False


def _titles_part(first: str, second: str) -> bool:
    """Whether two titles are of one template and differ in a number, or name different years. Other words are the next site's taste."""
    if first == second:
        return False
    years = set(years_in(first)), set(years_in(second))
    if all(years) and not years[0] & years[1]:
        return True
    tokens, others = _TOKEN.findall(first), _TOKEN.findall(second)
    return _masked(tokens) == _masked(others) and any(
        token != other for token, other in zip(tokens, others, strict=True) if _NUMBER.match(token)
    )


def _sentences_part(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether a sentence of the one is a version of a sentence of the other and says something else."""
    if len(left) * len(right) > _MOST_COMPARED**2:
        return True
    tokens = [_TOKEN.findall(each) for each in right]
    shapes = [_shape(each) for each in tokens]
    for sentence in left:
        mine = _TOKEN.findall(sentence)
        shape = _shape(mine)
        for other, other_shape in zip(tokens, shapes, strict=True):
            if len(shape & other_shape) >= SIMILAR * min(len(shape), len(other_shape)) and _contradict(mine, other):
                return True
    return False


def _masked(tokens: Sequence[str]) -> list[str]:
    return ["#" if _NUMBER.match(token) else token for token in tokens]


def _shape(tokens: Sequence[str]) -> set[tuple[str, ...]]:
    """Pairs of neighbours in a sentence with its numbers masked."""
    masked = _masked(tokens)
    return set(itertools.pairwise(masked)) or {tuple(masked)}


def _contradict(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two versions of a sentence, as tokens, differ in what they say.

    One may be cut off, or have a header glued to it: what stands outside of the first and last words that both have is passed over
    where the other has nothing there.
    """
    masked, other_masked = _masked(first), _masked(second)
    steps = difflib.SequenceMatcher(None, masked, other_masked, autojunk=False).get_opcodes()
    for number, (kind, start, end, other_start, other_end) in enumerate(steps):
        mine, others = first[start:end], second[other_start:other_end]
        if kind == "equal":
            if any(token != other for token, other in zip(mine, others, strict=True)):
                return True  # the numbers behind the masks
            continue
        if kind != "replace" and number in (0, len(steps) - 1):
            continue
        if "".join(mine) != "".join(others) and _says_something(mine, others):
            return True
    return False


def _says_something(mine: Sequence[str], others: Sequence[str]) -> bool:
    """Whether changing one run of tokens for another changes what a sentence says. A single character may be a slip of the pen."""
    if any(_NUMBER.match(token) or token in _TURNS for token in (*mine, *others)):
        return True
    return bool(mine and others) and (len(mine) > 1 or len(others) > 1 or len(mine[0]) > 1 or len(others[0]) > 1)
