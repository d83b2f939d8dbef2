"""What of an extracted text is the article, and what is page furniture.

A saved page has its article in one piece, with menus before it and other articles' headlines and readers' comments after it.
Lines are judged one by one (`corpus.furniture`), then weighed: running text for, furniture against, and the heaviest
unbroken stretch is the article's body. That is maximum subsequence segmentation: J. Pasternack and D. Roth, *Extracting Article
Text from the Web with Maximum Subsequence Segmentation*, WWW 2009. Around the body, lines are cut away only on evidence: what
merely is short stays. Losing a line of an article is worse than leaving a line of furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.article import Run
from corpus.folding import fold
from corpus.furniture import ENDS_ARTICLE, FURNITURE, Kind, kind_of, read_now
from corpus.lines import LIST_ITEM, Line, columns
from corpus.scripts import HAN_RANGES

_MOST_PROSE = 150
"""A line of running text weighs half its columns (its length in Chinese characters), up to this."""
_WEIGHTS = {
    Kind.PLAIN: -3,
    Kind.COUNT: -3,
    Kind.DATELINE: 0,
    Kind.WIDGET: -15,
    Kind.PATH: -15,
    Kind.PROMPT: -30,
    Kind.CONTACT: -10,
    Kind.LINK: -10,
    Kind.CREDIT: -150,
    Kind.NOTICE: -120,
    Kind.RELATED: -150,
    Kind.COMMENTS: -180,
}
"""In the same unit. What matters is that the ends of an article weigh as much as two of its paragraphs; on plain-text dumps of
public page collections, half or twice as much kept the same share of the articles to within one percent."""
_AFTER_END = 0.75
"""What running text weighs once an end has been seen."""
_BOX_LINES, _BOX_REACH = 12, 30
"""A box of other articles in the midst of an article has no more lines than this, and so many below it its editor is named."""

_HEADLINE_SCORE = 3.0
"""The least evidence that makes a line the headline, in the points of `_headline_score`."""
_HEADLINE_REACH = 80
"""So many lines above the body are looked at for the headline."""
_HEADLINE_WITHIN = 6
"""So many lines of what was taken for the body are looked at as well: a promotion may stand over the headline."""
_LONGEST_HEADLINE = 120
"""In letters and digits."""
_OF_THE_ARTICLE = 0.4
"""A headline shares at least this part of its words with the body; spam above it shares next to none."""
_OF_THE_SAME = 0.2
"""The same for running text: a promotion above the headline shares less."""
_WORD = re.compile(rf"[a-z0-9]{{2,}}|[{HAN_RANGES}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The article in an extracted text."""

    lines: tuple[Line, ...]
    kinds: tuple[Kind, ...]
    """What each line is, judged by itself."""
    keeps: tuple[bool, ...]
    """Whether each line is the article's."""
    body: tuple[int, int]
    """Half-open range of lines: the running text. ``(0, 0)`` where there is none."""
    title: int | None
    """The line that holds the headline, if one was found."""

    @property
    def text(self) -> str:
        """Kept lines, one under the other."""
        return "\n".join(line.text for line, kept in zip(self.lines, self.keeps, strict=True) if kept)

    @property
    def removed(self) -> tuple[str, ...]:
        """The other lines, in their order."""
        return tuple(line.text for line, kept in zip(self.lines, self.keeps, strict=True) if not kept)

    @property
    def origin(self) -> tuple[Run, ...]:
        """Where `text` stands in the extracted text; only line ends and the joints of wrapped lines stand nowhere."""
        runs = []
        at = 0
        for line, kept in zip(self.lines, self.keeps, strict=True):
            if not kept:
                continue
            for start, end, gap in line.pieces:
                at += len(gap)
                runs.append(Run(at, start, end - start))
                at += end - start
            at += 1
        return tuple(runs)


def clean(lines: Sequence[Line], *, title: str | None = None) -> Cleaned:
    """Part the lines of an extracted text into article and furniture.

    ``title``: the article's title where it is known (from markup), so that the line it stands in is found.
    """
    kinds = [kind_of(line.folded) for line in lines]
    start, end = _body(lines, kinds)
    headline = _known_headline(lines, kinds, title, (start, end)) if title else None
    if headline is None:
        headline = _headline(lines, kinds, start, end)
    first, last = _first(lines, kinds, start, end, headline), _last(kinds, end)
    keeps = [first <= number < last for number in range(len(lines))]
    for number in _furniture_within(lines, kinds, first, last, headline):
        keeps[number] = False
    return Cleaned(tuple(lines), tuple(kinds), tuple(keeps), (start, end), headline)


def _body(lines: Sequence[Line], kinds: Sequence[Kind]) -> tuple[int, int]:
    """The stretch of lines whose weights add up to the most."""
    best, best_range = 0.0, (0, 0)
    total, start = 0.0, 0
    ended = False
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        weight = float(_WEIGHTS.get(kind, 0))
        if kind is Kind.PROSE:
            weight = min(columns(line.folded) / 2, _MOST_PROSE)
            if ended and Kind.PROSE not in (kinds[number - 1], *kinds[number + 1 : number + 2]):
                weight = 0.0  # alone: the summary under another article's headline, or a reader's comment
            elif ended:
                weight *= _AFTER_END
        elif kind is Kind.RELATED and _is_box(kinds, number):
            weight = float(_WEIGHTS[Kind.LINK])
        elif kind in ENDS_ARTICLE:
            ended = ended or best > 0
        if total <= 0:
            total, start = 0.0, number
        total += weight
        if total > best:
            best, best_range = total, (start, number + 1)
    return best_range


def _is_box(kinds: Sequence[Kind], number: int) -> bool:
    """Whether a heading of other articles stands within the article: its text goes on below, and its editor is named only then."""
    below = kinds[number + 1 : number + _BOX_REACH]
    return Kind.CREDIT in below and below[: below.index(Kind.CREDIT)].count(Kind.PROSE) >= 2


def words_of(folded: str) -> Iterator[str]:
    """What a text speaks of, roughly: words of letters, pairs of Chinese characters."""
    for match in _WORD.finditer(folded):
        word = match[0]
        if word[0] < "\u3400":
            yield word
        else:
            yield from (word[at : at + 2] for at in range(len(word) - 1))


def _shared(folded: str, vocabulary: set[str]) -> float:
    """Which part of a line's words stands in the body, from 0 to 1."""
    words = list(words_of(folded))
    return sum(word in vocabulary for word in words) / len(words) if words else 0.0


def _bare(folded: str) -> str:
    return re.sub(r"[\W_]+", "", folded)


def _known_headline(lines: Sequence[Line], kinds: Sequence[Kind], title: str, body: tuple[int, int]) -> int | None:
    """The last line above the running text that is the title, punctuation aside."""
    wanted = _bare(fold(title))
    text = next((number for number in range(*body) if kinds[number] is Kind.PROSE), len(lines))
    return next((number for number in range(text - 1, -1, -1) if wanted and _bare(lines[number].folded) == wanted), None)


def _headline(lines: Sequence[Line], kinds: Sequence[Kind], start: int, end: int) -> int | None:
    """The line that reads most like the headline of the body."""
    if start == end:  # no running text at all: a list or a poem begins with its title
        plain = [number for number, kind in enumerate(kinds) if kind is Kind.PLAIN]
        return plain[0] if plain and columns(lines[plain[0]].folded) <= 2 * _LONGEST_HEADLINE else None
    prose = [number for number in range(start, end) if kinds[number] is Kind.PROSE]
    vocabulary = {word for number in prose for word in words_of(lines[number].folded)}
    echoes = [_bare(line.folded[read_now(line.folded) :]) for line in lines[:start]]
    echoes += [_bare(lines[number].folded) for number in range(end, len(lines)) if kinds[number] in (Kind.NOTICE, Kind.CREDIT)]
    scores: dict[int, float] = {}
    for number in range(max(0, start - _HEADLINE_REACH), min(end, start + _HEADLINE_WITHIN)):
        bare = _bare(lines[number].folded)
        if kinds[number] in FURNITURE or not 4 <= len(bare) <= _LONGEST_HEADLINE:
            continue
        above = [other for other in prose if other < number]
        if above and _speaks_of_the_same(lines, above, prose[len(above) :]):
            break  # running text over it is the article's own: this is a heading within
        below = next((other for other in prose if other > number), number)
        score = 4 * _shared(lines[number].folded, vocabulary) - 0.1 * min(below - number, 20) - len(above)
        score += _form_score(lines[number].folded, kinds, number)
        if len(bare) >= 6 and sum(_echoes(bare, echo) for echo in echoes) > (number < start):  # not only itself
            score += 3
        scores[number] = score
    best = max(scores, key=lambda number: (scores[number], number), default=0)
    # Of a headline and its second line, the second is the nearer to date and text, though not by much.
    while scores.get(best - 1, 0.0) >= max(_HEADLINE_SCORE, scores.get(best, 0.0) - 1):
        best -= 1
    return best if scores.get(best, 0.0) >= _HEADLINE_SCORE else None


def _speaks_of_the_same(lines: Sequence[Line], above: Sequence[int], below: Sequence[int]) -> bool:
    """Whether lines of running text share their words with those under them, rather than promote something else."""
    vocabulary = {word for number in below for word in words_of(lines[number].folded)}
    return _shared(" ".join(lines[number].folded for number in above), vocabulary) >= _OF_THE_SAME


def _echoes(bare: str, echo: str) -> bool:
    """Whether one says the other and little more: a site's name, "original"."""
    return (bare in echo or echo in bare) and min(len(bare), len(echo)) >= 0.6 * max(len(bare), len(echo))


def _form_score(folded: str, kinds: Sequence[Kind], number: int) -> float:
    """What a line's form and its neighbours say of whether it is a headline."""
    score = 0.0
    below = list(kinds[number + 1 : number + 5])
    if Kind.DATELINE in below and kinds[number] is not Kind.DATELINE:
        score += 3 - 0.5 * below.index(Kind.DATELINE)
    if number and kinds[number - 1] is Kind.RELATED:
        score -= 2
    elif number == 0 or kinds[number - 1] in FURNITURE:
        score += 1
    if kinds[number] is Kind.DATELINE or folded.endswith(("。", ";", ",", "，", "、")):
        score -= 3
    if kinds[number] is Kind.PROSE:
        score -= 2
    if len(re.findall(r"[_|]", folded)) > 1:
        score -= 2
    if columns(folded) < 12:
        score -= 1
    return score


def _first(lines: Sequence[Line], kinds: Sequence[Kind], start: int, end: int, headline: int | None) -> int:
    """The first line of the article: its headline or what belongs to it, else what follows the last furniture above the body."""
    if headline is None:
        body = [number for number in range(start, end) if kinds[number] is Kind.PROSE]
        same = (n for n in range(start) if kinds[n] is Kind.PROSE and _speaks_of_the_same(lines, [n], body))
        start = next(same, start)
        return max((number + 1 for number in range(start) if kinds[number] in FURNITURE), default=0)
    vocabulary = {word for line in lines[start:end] for word in words_of(line.folded)}
    title = _bare(lines[headline].folded)
    first = headline
    for number in range(headline - 1, max(-1, headline - 4), -1):  # a line over the headline that speaks of the same
        bare = _bare(lines[number].folded)
        if kinds[number] not in (Kind.PLAIN, Kind.PROSE) or title in bare or bare in title:
            break
        if _shared(lines[number].folded, vocabulary) < _OF_THE_ARTICLE:
            break
        first = number
    return first


def _last(kinds: Sequence[Kind], end: int) -> int:
    """Where the article ends: at the first furniture after the body, unless that is one lone button."""
    last = len(kinds)
    for number in range(end, len(kinds)) if end else ():
        following = kinds[number + 1 : number + 4]
        if kinds[number] in FURNITURE and (kinds[number] is not Kind.WIDGET or not following or FURNITURE.intersection(following)):
            last = number
            break
    while end < last < len(kinds) and kinds[last - 1] is Kind.COUNT:
        last -= 1
    return last


def _furniture_within(lines: Sequence[Line], kinds: Sequence[Kind], first: int, last: int, headline: int | None) -> Iterator[int]:
    """Lines from ``first`` to ``last`` that are no article: share bars, boxes of other articles, the headline once more."""
    title = lines[headline].folded if headline is not None else None
    links = 0
    for number in range(first, last):
        kind = kinds[number]
        if number == headline and kind not in FURNITURE:
            continue
        if kind is Kind.RELATED:
            links = _BOX_LINES
        elif kind is Kind.PROSE or links == 0 or LIST_ITEM.match(lines[number].folded):
            links = 0
        elif kind not in FURNITURE:
            links -= 1
            yield number
            continue
        around = kinds[max(first, number - 1) : number + 2]
        loose = kind in (Kind.COUNT, Kind.CONTACT) and FURNITURE.intersection(around)
        if kind in FURNITURE or loose or lines[number].folded == title:
            yield number
