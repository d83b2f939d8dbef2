"""How right an answer is, as each question set's authors measure it: between 0 and 1, higher is better, unless it says otherwise."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.folding import bare
from qa.scoring import calibration_error

_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_CMRC_IGNORES = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""The marks that CMRC 2018's own scoring leaves out; any other counts."""
_MIXED_UNITS = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,][^\W\u4e00-\u9fa5]+)*|[^\w\s]")


def normalised(text: str) -> str:
    """As SQuAD compares answers: lower case, without ASCII punctuation and articles, single blanks (Rajpurkar et al. 2016,
    arXiv:1606.05250, section 6.1).

    >>> normalised("The  Peak, at last!")
    'peak at last'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_ASCII_PUNCTUATION)).split())


def squad_exact(said: str, wanted: str) -> float:
    """1 when both are the same once `normalised`."""
    return float(normalised(said) == normalised(wanted))


def squad_f1(said: str, wanted: str) -> float:
    """F1 over words, each counted as often as it occurs (Rajpurkar et al. 2016).

    >>> round(squad_f1("in northern France", "the north of France"), 2)
    0.33
    """
    left, right = normalised(said).split(), normalised(wanted).split()
    return _f1((Counter(left) & Counter(right)).total(), len(left), len(right))


def mixed_units(text: str) -> list[str]:
    """A text in CMRC's mixed segmentation: every Chinese character by itself, the rest by words (Cui et al. 2019, arXiv:1810.07366,
    section 4.2).

    >>> mixed_units("《iPhone 6》于2014年")
    ['iphone', '6', '于', '2014', '年']
    """
    return [unit for unit in _MIXED_UNITS.findall(text.lower()) if unit not in _CMRC_IGNORES]


def cmrc_exact(said: str, wanted: str) -> float:
    """1 when both are the same in lower case and without the marks that CMRC leaves out; blanks count."""
    left, right = ("".join(char for char in text.lower().strip() if char not in _CMRC_IGNORES) for text in (said, wanted))
    return float(left == right)


def cmrc_f1(said: str, wanted: str) -> float:
    """F1 over `mixed_units`, of which the longest run that both share counts as right, as in CMRC 2018's own scoring.

    >>> round(cmrc_f1("在北京大学", "北京"), 2)
    0.57
    """
    left, right = mixed_units(said), mixed_units(wanted)
    shared = SequenceMatcher(None, left, right, autojunk=False).find_longest_match().size
    return _f1(shared, len(left), len(right))


def _f1(shared: float, said: int, wanted: int) -> float:
    if not said and not wanted:
        return 1.0
    return 2 * shared / (said + wanted)


def best(score: Callable[[str, str], float], said: str, wanted: Collection[str]) -> float:
    """The score against the most similar of the accepted answers."""
    return max((score(said, text) for text in wanted), default=0.0)


@dataclass(slots=True)
class MultiSpan:
    """MultiSpanQA's scores of answers that are several spans (Li et al. 2022, aclanthology.org/2022.naacl-main.90, section 4.3).

    Counts of all questions are added up before anything is divided. Spans are compared as SQuAD `normalised` text, each text once.
    *Exact* counts spans that are the same. *Partial* gives each span said the share of it that lies in a right one (their longest
    common run of characters) for precision, and each right span the share of it that was said for recall, by whichever partner
    gives most.
    """

    said: int = 0
    wanted: int = 0
    exact: float = 0.0
    covered_of_said: float = 0.0
    covered_of_wanted: float = 0.0
    questions: int = 0

    def add(self, said: Collection[str], wanted: Collection[str]) -> None:
        """Count one question."""
        left, right = set(map(normalised, said)), set(map(normalised, wanted))
        self.questions += 1
        # Nothing said where nothing is right is one right answer; nothing said elsewhere is one wrong one.
        self.said += max(1, len(left))
        self.wanted += max(1, len(right))
        if not left and not right:
            self.exact += 1
            self.covered_of_said += 1
            self.covered_of_wanted += 1
        elif left and right:
            self.exact += len(left & right)
            runs = np.array([[_longest_run(one, other) for other in sorted(right)] for one in sorted(left)], dtype=float)
            self.covered_of_said += float((runs.max(axis=1) / [max(1, len(one)) for one in sorted(left)]).sum())
            self.covered_of_wanted += float((runs.max(axis=0) / [max(1, len(other)) for other in sorted(right)]).sum())

    @property
    def exact_f1(self) -> float:
        """Harmonic mean of precision and recall of exact spans."""
        return 2 * self.exact / (self.said + self.wanted) if self.questions else 0.0

    @property
    def partial_f1(self) -> float:
        """The same of partial matches."""
        if not self.covered_of_said or not self.covered_of_wanted:
            return 0.0
        precision, recall = self.covered_of_said / self.said, self.covered_of_wanted / self.wanted
        return 2 * precision * recall / (precision + recall)


def _longest_run(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def span_f1(said: Sequence[str], wanted: Sequence[Collection[str]]) -> float:
    """F1 of the spans of one question: a span is right when it is one of an item's accepted wordings, folded and without punctuation.

    Args:
        said: the spans given; the same text twice counts once.
        wanted: each thing to be found, under all its accepted wordings. None at all: giving nothing scores 1, anything else 0.

    >>> round(span_f1(["张三", "北京"], [["张三", "张三教授"], ["李四"]]), 2)
    0.5
    """
    if not wanted:
        return float(not said)
    texts = set(map(bare, said))
    items = [set(map(bare, accepted)) for accepted in wanted]
    right = sum(any(text in item for item in items) for text in texts)
    found = sum(bool(item & texts) for item in items)
    if not right:
        return 0.0
    precision, recall = right / len(texts), found / len(items)
    return 2 * precision * recall / (precision + recall)


Floats = npt.NDArray[np.floating[Any]]


def expected_noise(confidences: Floats, *, bins: int = 15, draws: int = 200) -> float:
    """The `calibration_error` that these confidences would have on average were every one of them exactly true.

    The error is never below zero, so chance alone makes it positive, the more so the fewer answers there are.
    """
    random = np.random.default_rng(0)
    luck = [np.where(random.random(len(confidences)) < confidences, 1.0, 0.0) for _ in range(draws)]
    return float(np.mean([calibration_error(confidences, right, bins=bins) for right in luck]))
