"""A second look at what the rules of `corpus.cleaning` keep of a text that may be a whole page's, copied with all around it.

A small network takes a line away only where it is nearly sure that the line is no article: teasers of other articles, menus, readers'
remarks, which hold no phrase that a rule could know. It adds nothing, and a text in which the rules find no furniture is left alone.
``training/dumps.py`` fits it and writes ``second_look.json``; ``benchmarks/plain_text.py`` measures it.
"""

from __future__ import annotations

import functools
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.cleaning import Cleaned, words_of
from corpus.furniture import FURNITURE, Kind
from corpus.lines import columns

Floats = npt.NDArray[np.float64]

FILE = "second_look.json"
FORMAT = 1
UNLIKELY = 0.05
"""Below this probability a line is no article. On the half of the pages learned from, each half of it judged by a network fitted on
the other, this takes a fifth of the words that the rules wrongly keep and costs half a percent of the articles'."""
LEAST_FURNITURE = 3
"""A text with fewer lines of furniture is no page's."""
_REACHES = (1, 3, 8)
"""In lines: how far the neighbours above and below are looked at."""
_CLIPPED = 5.0
"""In standard deviations."""
_PROSE, _WIDE, _NARROW, _LONGEST = 32, 80, 12, 300
"""In columns."""


def second_look(cleaned: Cleaned) -> Cleaned:
    """The same lines, of which those that are surely no article are kept no longer."""
    if sum(kind in FURNITURE for kind in cleaned.kinds) < LEAST_FURNITURE:
        return cleaned
    likely = network()(features(cleaned)) >= UNLIKELY
    keeps = tuple(
        bool(kept and (fine or number == cleaned.title)) for number, (kept, fine) in enumerate(zip(cleaned.keeps, likely, strict=True))
    )
    return replace(cleaned, keeps=keeps) if any(keeps) else cleaned


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer."""

    mean: Floats
    scale: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: float

    def __call__(self, features: Floats) -> Floats:
        """The probability (lines,) of each line, 0 to 1, that it is the article's. ``features``: (lines, features)."""
        hidden = np.tanh(self.inputs(features) @ self.inner + self.inner_bias)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.outer + self.outer_bias))))

    def inputs(self, features: Floats) -> Floats:
        """Features in standard deviations."""
        return np.asarray(np.clip((features - self.mean) / self.scale, -_CLIPPED, _CLIPPED))


def save(network: Network, path: Path) -> None:
    """Four figures are enough."""

    def plain(values: Floats) -> list[float]:
        return [float(f"{value:.4g}") for value in values]

    stored = {
        "format": FORMAT,
        **{name: plain(getattr(network, name)) for name in ("mean", "scale", "inner_bias", "outer")},
        "inner": [plain(row) for row in network.inner],
        "outer_bias": float(f"{network.outer_bias:.4g}"),
    }
    path.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


@functools.cache
def network() -> Network:
    """The one in the package."""
    stored = json.loads(files("corpus.reading").joinpath(FILE).read_text(encoding="utf-8"))
    if stored["format"] != FORMAT:
        raise ValueError(f"{FILE} has another format than {FORMAT}. Fit it anew with python -m training.dumps.")
    mean, scale, inner, inner_bias, outer = (np.array(stored[name], float) for name in ("mean", "scale", "inner", "inner_bias", "outer"))
    return Network(mean, scale, inner, inner_bias, outer, float(stored["outer_bias"]))


def features(cleaned: Cleaned) -> Floats:
    """What is known of each line, (lines, features)."""
    return np.stack([*looks(cleaned), *kinds(cleaned), *verdict(cleaned)], axis=1)


def looks(cleaned: Cleaned) -> list[Floats]:
    """Features of each line and its neighbours that know no phrase."""
    texts = [line.text for line in cleaned.lines]
    folded = [line.folded for line in cleaned.lines]
    sizes = np.array([max(1, columns(text)) for text in texts], float)
    words = [list(words_of(each)) for each in folded]
    times = Counter(word for each in words for word in set(each))
    finished = np.array([text.rstrip('”"’」』)）')[-1:] in tuple("。.!?！？…") for text in texts], float)
    commas = np.array([min(1.0, sum(text.count(sign) for sign in ",，、;；") / 4) for text in texts])
    prose = finished * (sizes >= _PROSE)
    repeated = Counter(folded)
    of_lines = [
        np.log1p(sizes) / 5,
        finished,
        commas,
        prose,
        np.array([sum(char.isupper() for char in text) / len(text) for text in texts]),
        np.array([sum(char.isdecimal() for char in text) / len(text) for text in texts]),
        np.array([sum(not (char.isalnum() or char.isspace()) for char in text) / len(text) for text in texts]),
        np.array([text.count(" ") / len(text) for text in texts]),
        np.array([repeated[each] > 1 for each in folded], float),
        np.array([any(sign in text for sign in "|>»_©") for text in texts], float),
        np.array([text[0].islower() for text in texts], float),
        np.array([statistics.mean(times[word] > 2 for word in each) if each else 0.0 for each in words]),
        (sizes < _NARROW).astype(float),
        (sizes > _WIDE).astype(float),
    ]
    total = sizes.sum()
    places = [
        (np.cumsum(sizes) - sizes / 2) / total,
        (np.cumsum(prose * sizes) - prose * sizes / 2) / max(1.0, (prose * sizes).sum()),
        np.full(len(texts), (prose * sizes).sum() / total),
        np.full(len(texts), np.log1p(len(texts)) / 8),
    ]
    return [*of_lines, *places, *_around([finished, commas, prose, np.minimum(sizes, _LONGEST) / _LONGEST], sizes), *_near(prose)]


def kinds(cleaned: Cleaned) -> list[Floats]:
    """What the phrases take each line for, and its neighbours."""
    sizes = np.array([max(1, columns(line.text)) for line in cleaned.lines], float)
    flags = {kind: np.array([each is kind for each in cleaned.kinds], float) for kind in Kind}
    furniture = np.array([each in FURNITURE for each in cleaned.kinds], float)
    return [*flags.values(), *_around([furniture, flags[Kind.PROSE]], sizes), *(near for flag in flags.values() for near in _near(flag))]


def verdict(cleaned: Cleaned) -> list[Floats]:
    """What the rules make of each line and its neighbours."""
    count = len(cleaned.lines)
    sizes = np.array([max(1, columns(line.text)) for line in cleaned.lines], float)
    keeps = np.array(cleaned.keeps, float)
    body = np.array([cleaned.body[0] <= number < cleaned.body[1] for number in range(count)], float)
    title = cleaned.title if cleaned.title is not None else -1
    where = [np.array([number == title for number in range(count)], float), np.array([number <= title for number in range(count)], float)]
    return [keeps, body, *where, np.full(count, (keeps * sizes).sum() / sizes.sum()), *_around([keeps, body], sizes)]


def _around(signals: Sequence[Floats], sizes: Floats) -> list[Floats]:
    """The share of each signal, by size, in the lines above and below."""
    found = []
    for reach in _REACHES:
        for turn in (1, -1):
            around = np.maximum(1.0, _before(sizes[::turn], reach))
            found += [(_before((signal * sizes)[::turn], reach) / around)[::turn] for signal in signals]
    return found


def _before(values: Floats, reach: int) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    numbers = np.arange(len(values))
    return np.asarray(sums[numbers] - sums[np.maximum(0, numbers - reach)])


def _near(flags: Floats) -> list[Floats]:
    """How near the last flagged line above is, and the next below: 1 for the one right there, 1/2 for the one behind it."""
    found = []
    for turn in (1, -1):
        numbers = np.arange(len(flags))
        last = np.maximum.accumulate(np.where(flags[::turn] > 0, numbers, -1))
        last = np.concatenate([[-1], last[:-1]])
        found.append(np.where(last >= 0, 1 / np.maximum(1, numbers - last), 0.0)[::turn])
    return found
