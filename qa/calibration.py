"""The confidence fitted to one person's articles and questions, from that person's own verdicts: Platt scaling.

The shipped confidence is a logistic model. Two numbers, a slope and an offset on its logit, are fitted to verdicts (Platt 1999,
"Probabilistic outputs for support vector machines"), held back toward "change nothing", and kept in the library's settings only
when they would have helped on verdicts they were not fitted to. Which answer is surer than which stays as it was; what changes
is how sure, and so what is sure enough to be given.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import CalibrationError
from corpus.feedback import Feedback, Verdict, question_key
from corpus.library import Library
from qa.confidence import Weights, default_weights
from qa.question import understand
from qa.scoring import calibration_error

SETTING = "calibrations"
"""Where the library keeps them: a JSON list, each from its moment on until the next."""
MIN_VERDICTS = 30
MIN_OF_EACH = 5
"""Right ones, and wrong ones: from fewer nobody can tell how fast one turns into the other."""
RIDGE = 2.0
"""How strongly the fit is held back: a slope or an offset 1 off costs as much as this halved, in units of one verdict's log loss."""
MIN_SLOPE = 0.1
"""The least: at 0 all answers would be equally sure, and below it the surer ones less so."""
FOLDS = 5
REPEATS = 10
"""Times that the verdicts are dealt into folds anew, so that the outcome is no luck of one deal."""
_CLIP = 1e-4
"""Shown confidences are rounded to four decimals."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A slope and an offset on the logit of the shipped confidence."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, weights: Weights) -> Weights:
        """The weights with which a confidence is the calibrated one; its thresholds are the same."""
        scaled = {name: self.slope * weight for name, weight in weights.weights.items()}
        return dataclasses.replace(weights, bias=self.slope * weights.bias + self.offset, weights=scaled)

    def confidence(self, shipped: float) -> float:
        """What a shipped confidence becomes, 0–1.

        >>> Calibration().confidence(0.7)
        0.7
        """
        return round(float(_sigmoid(self.slope * _logit(np.array([shipped])) + self.offset)[0]), 6)


@dataclass(frozen=True, slots=True)
class Examples:
    """Verdicts as a regression sees them; arrays are (n,)."""

    logits: Floats
    """Of the confidence as the shipped weights have it."""
    right: Floats
    """1 or 0."""
    many: NDArray[np.bool_]
    """Whether a list was asked for."""
    question: NDArray[np.int64]
    """Verdicts on the same question have the same number: they stand or fall together."""

    def __len__(self) -> int:
        return len(self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """What fitting came to."""

    calibration: Calibration
    verdicts: int
    right: int
    before: float
    """Log loss of the shipped confidence on the verdicts, in nats; smaller is better."""
    after: float
    """Log loss of the calibrated confidence by cross-validation."""
    standard_error: float
    """Of the difference between the two."""
    calibration_error_before: float
    """0–1."""
    calibration_error_after: float
    """By cross-validation too."""
    declined_right: int
    """Judged answers that are right and would not be sure enough to be given any more."""
    declined_wrong: int
    """The same of wrong ones."""

    @property
    def helps(self) -> bool:
        """Whether it is better by more than its standard error.

        Of simulated libraries whose confidence is right, 1 in 50 passes; of those where it is off by 1 on the logit (70 % shown for
        46 %), half with 40 verdicts, 8 in 10 with 80, nearly all with 150.
        """
        return self.before - self.after > self.standard_error

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, ``helps`` included."""
        return {**dataclasses.asdict(self), "helps": self.helps}


# --- kept in the library -----------------------------------------------------------------------------------------------------


def calibration_of(library: Library, weights: Weights | None = None) -> Calibration | None:
    """The calibration in force; None when there is none, or it was fitted to other weights than those (the shipped ones)."""
    return _read(_stored(library)[-1:], weights or default_weights())


def calibrated_weights(library: Library) -> Weights:
    """The shipped weights, with the library's calibration when it has one."""
    weights = default_weights()
    calibration = calibration_of(library, weights)
    return weights if calibration is None else calibration.apply(weights)


def store(library: Library, calibration: Calibration, *, weights: Weights | None = None) -> None:
    """Puts a calibration in force from now on."""
    entry = {
        "since": dt.datetime.now(dt.UTC).isoformat(),
        "slope": calibration.slope,
        "offset": calibration.offset,
        "weights": _fingerprint(weights or default_weights()),
    }
    library.set_setting(SETTING, [*_stored(library), entry])


def forget(library: Library) -> bool:
    """Returns to the shipped confidence from now on; False when it was in force already."""
    if calibration_of(library) is None:
        return False
    store(library, Calibration())
    return True


def _stored(library: Library) -> list[dict[str, Any]]:
    stored = library.setting(SETTING, [])
    return [entry for entry in stored if isinstance(entry, dict)] if isinstance(stored, list) else []


def _read(entries: Sequence[dict[str, Any]], weights: Weights) -> Calibration | None:
    """The last of some stored ones; None when it changes nothing, is of other weights, or not of this form."""
    try:
        entry = entries[-1]
        found = Calibration(float(entry["slope"]), float(entry["offset"]))
        fits = entry["weights"] == _fingerprint(weights) and found.slope >= MIN_SLOPE and np.isfinite([found.slope, found.offset]).all()
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return found if fits and found != Calibration() else None


def _fingerprint(weights: Weights) -> str:
    """Names the weights that a calibration belongs to: fitted to one model, it says nothing of the next."""
    plain = json.dumps([weights.bias, sorted(weights.weights.items())])
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


# --- fitting -----------------------------------------------------------------------------------------------------------------


def examples(library: Library) -> Examples:
    """The verdicts that say whether an answer of some confidence was right.

    Right and wrong places count, and "absent" as one wrong answer, unless the answer was called wrong by itself. Corrections don't:
    they are of places that nothing was claimed of. A confidence judged while a calibration was in force was shown with it, and is
    taken back to the shipped one first.
    """
    stored = _stored(library)
    given = [one for one in library.feedback() if one.confidence is not None]
    wrong = {(question_key(one.question), one.confidence) for one in given if one.verdict is Verdict.WRONG and one.answer_text}
    judged = [one for one in given if _is_example(one, wrong)]
    keys = [question_key(one.question) for one in judged]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return Examples(
        logits=np.array([_shipped_logit(one, stored) for one in judged], dtype=float),
        right=np.array([one.verdict is Verdict.RIGHT for one in judged], dtype=float),
        many=np.array([understand(one.question).many for one in judged], dtype=bool),
        question=np.array([numbers[key] for key in keys], dtype=np.int64),
    )


def _is_example(one: Feedback, wrong: set[tuple[str, float | None]]) -> bool:
    if one.verdict is Verdict.ABSENT:
        return (question_key(one.question), one.confidence) not in wrong
    return bool(one.answer_text) and one.verdict in (Verdict.RIGHT, Verdict.WRONG)


def _shipped_logit(one: Feedback, stored: Iterable[dict[str, Any]]) -> float:
    assert one.confidence is not None  # noqa: S101 - the caller asked
    shown = float(_logit(np.array([one.confidence]))[0])
    before = [entry for entry in stored if str(entry.get("since", "")) <= one.created.isoformat()]
    in_force = _read(before[-1:], default_weights())
    return shown if in_force is None else (shown - in_force.offset) / in_force.slope


def fit(logits: Floats, right: Floats) -> Calibration:
    """The slope and offset of the least log loss, held back by `RIDGE`: Newton's method on two numbers, which is convex.

    Args:
        logits: (n,) of the shipped confidence.
        right: (n,), 0 or 1.
    """
    best = _newton(np.stack([logits, np.ones_like(logits)], axis=1), right, np.array([1.0, 0.0]))
    if best[0] >= MIN_SLOPE:
        return Calibration(float(best[0]), float(best[1]))
    # At the least slope only the offset is left to choose.
    offset = _newton(np.ones((len(logits), 1)), right, np.array([0.0]), fixed=MIN_SLOPE * logits)
    return Calibration(MIN_SLOPE, float(offset[0]))


def _newton(x: Floats, right: Floats, start: Floats, *, fixed: Floats | float = 0.0) -> Floats:
    """The minimum of the log loss of ``sigmoid(x @ b + fixed)`` with a ridge toward ``start``."""

    def loss(b: Floats) -> float:
        return float(_log_loss(x @ b + fixed, right).sum() + RIDGE / 2 * ((b - start) ** 2).sum())

    at = start
    for _ in range(100):
        p = _sigmoid(x @ at + fixed)
        gradient = x.T @ (p - right) + RIDGE * (at - start)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(start))
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-6 and loss(at - size * step) > loss(at):
            size /= 2
        at = at - size * step
        if np.abs(step).max() < 1e-9:
            break
    return at


def refit(library: Library) -> Refit:
    """Fits a calibration to the library's verdicts and measures it by cross-validation. Nothing is stored.

    Raises:
        CalibrationError: there are too few verdicts.
    """
    return measured(examples(library))


def measured(known: Examples) -> Refit:
    """The same of examples by themselves."""
    right = int(known.right.sum())
    if len(known) < MIN_VERDICTS or min(right, len(known) - right) < MIN_OF_EACH:
        raise CalibrationError(
            f"{len(known)} verdicts on answers with their confidence ({right} right, {len(known) - right} wrong) are too few: "
            f"{MIN_VERDICTS} are needed, with {MIN_OF_EACH} of either kind. Judge more answers in the chat."
        )
    held_out = _cross_validated(known)
    gain = _log_loss(known.logits, known.right) - _log_loss(held_out, known.right).mean(axis=0)
    by_question = np.bincount(known.question, weights=gain)
    calibration = fit(known.logits, known.right)
    before, after = _sigmoid(known.logits), _sigmoid(calibration.slope * known.logits + calibration.offset)
    weights = default_weights()
    floor = np.where(known.many, weights.list_threshold, weights.threshold)
    declined = (_decisive(known, before) >= floor) & (_decisive(known, after) < floor)
    return Refit(
        calibration=calibration,
        verdicts=len(known),
        right=right,
        before=float(_log_loss(known.logits, known.right).mean()),
        after=float(_log_loss(held_out, known.right).mean()),
        # Of a sum over questions, which are what was drawn; verdicts on one question are not independent.
        standard_error=float(np.sqrt(len(by_question) * by_question.var(ddof=1)) / len(known)) if len(by_question) > 1 else float("inf"),
        calibration_error_before=calibration_error(before, known.right),
        calibration_error_after=float(np.mean([calibration_error(_sigmoid(z), known.right) for z in held_out])),
        declined_right=int((declined & (known.right == 1)).sum()),
        declined_wrong=int((declined & (known.right == 0)).sum()),
    )


def _decisive(known: Examples, confidences: Floats) -> Floats:
    """What is held against the threshold: an answer's own confidence, and of lists the sum of those that were judged."""
    return np.where(known.many, np.bincount(known.question, weights=confidences)[known.question], confidences)


def _cross_validated(known: Examples) -> Floats:
    """Calibrated logits (repeats, n), each by a fit that saw no verdict on the same question."""
    rng = np.random.default_rng(0)
    found = np.empty((REPEATS, len(known)))
    for repeat in range(REPEATS):
        fold = rng.permutation(int(known.question.max()) + 1)[known.question] % FOLDS
        for part in range(FOLDS):
            out = fold == part
            fitted = fit(known.logits[~out], known.right[~out])
            found[repeat, out] = fitted.slope * known.logits[out] + fitted.offset
    return found


def _logit(confidence: Floats) -> Floats:
    clipped = np.clip(confidence, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))  # never overflows


def _log_loss(z: Floats, right: Floats) -> Floats:
    """Of each example, in nats; broadcasts."""
    return np.asarray(np.logaddexp(0, z) - right * z)
