"""The confidence fitted to synthetic verdicts, whose true chances are known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import CalibrationError
from corpus.feedback import Verdict
from corpus.library import Library
from qa import calibration
from qa.calibration import (
    MIN_SLOPE,
    MIN_VERDICTS,
    Calibration,
    Examples,
    calibrated_weights,
    calibration_of,
    fit,
    forget,
    measured,
    refit,
    store,
)
from qa.confidence import Evidence, Weights, default_weights

Judge = Callable[..., None]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def logit(p: float) -> float:
    return math.log(p / (1 - p))


@pytest.fixture
def judge(library: Library) -> Judge:
    """Gives ``count`` verdicts on answers shown with confidences all over, whose logits are off by a slope and an offset."""
    article = Article(title="茶", text="茶" * 2000, source="/tea.txt", sha256="1")
    library.add(article)

    def give(count: int, *, slope: float = 1.0, offset: float = 0.0, seed: int = 0, shown: Calibration | None = None) -> None:
        rng = np.random.default_rng(seed)
        with library.batch():
            for number in range(count):
                shipped = float(rng.uniform(0.25, 0.95))
                right = rng.random() < sigmoid(slope * logit(shipped) + offset)
                library.give_feedback(
                    f"第{seed}组第{number}个问题",
                    Verdict.RIGHT if right else Verdict.WRONG,
                    article_id=article.id,
                    start=number,
                    end=number + 1,
                    confidence=round(shown.confidence(shipped) if shown else shipped, 4),
                )

    return give


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("slope", "offset"), [(1.0, -1.5), (0.5, -0.8), (1.0, 1.5)])
def test_a_model_that_is_too_sure_or_not_sure_enough_is_corrected(
    library: Library, judge: Judge, slope: float, offset: float, seed: int
) -> None:
    judge(200, slope=slope, offset=offset, seed=seed)
    found = refit(library)
    assert found.helps and found.after < found.before
    assert found.calibration_error_after < found.calibration_error_before
    for shipped in (0.3, 0.6, 0.9):
        true = sigmoid(slope * logit(shipped) + offset)
        assert abs(found.calibration.confidence(shipped) - true) < max(0.1, abs(shipped - true) / 2)


def test_a_model_that_is_right_about_itself_is_left_alone() -> None:
    helped = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        z = rng.uniform(-1.0, 3.0, 80)
        right = (rng.random(80) < 1 / (1 + np.exp(-z))).astype(float)
        helped += measured(Examples(z, right, np.zeros(80, dtype=bool), np.arange(80))).helps
    assert helped <= 1  # chance alone


def test_a_model_that_is_surer_of_what_is_wrong_keeps_its_order(library: Library, judge: Judge) -> None:
    judge(200, slope=-1.0)
    found = refit(library)
    assert found.calibration.slope == MIN_SLOPE and found.helps
    assert found.calibration.confidence(0.3) < found.calibration.confidence(0.9)


def test_the_fit_is_the_minimum_of_its_loss() -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(size=80)
    right = (rng.random(80) < 1 / (1 + np.exp(-(0.6 * z - 0.4)))).astype(float)

    def loss(slope: float, offset: float) -> float:
        p = 1 / (1 + np.exp(-(slope * z + offset)))
        return float(-(right * np.log(p) + (1 - right) * np.log(1 - p)).sum() + calibration.RIDGE / 2 * ((slope - 1) ** 2 + offset**2))

    best = fit(z, right)
    grid = min((loss(a, b), a, b) for a in np.linspace(0, 2, 81) for b in np.linspace(-2, 2, 161))
    assert loss(best.slope, best.offset) <= grid[0]
    assert best.slope == pytest.approx(grid[1], abs=0.03) and best.offset == pytest.approx(grid[2], abs=0.03)


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_a_fit_to_the_surest_and_most_wrong_stays_finite(right: float) -> None:
    found = fit(np.full(1000, 9.2), np.full(1000, right))
    assert math.isfinite(found.slope) and math.isfinite(found.offset) and found.slope >= MIN_SLOPE


def test_few_verdicts_or_verdicts_of_one_kind_are_refused(library: Library, judge: Judge) -> None:
    with pytest.raises(CalibrationError, match="0 verdicts"):
        refit(library)
    judge(MIN_VERDICTS - 1)
    with pytest.raises(CalibrationError, match=str(MIN_VERDICTS)):
        refit(library)
    judge(MIN_VERDICTS, seed=1)
    refit(library)


def test_verdicts_of_one_kind_alone_tell_no_slope(library: Library, judge: Judge) -> None:
    judge(60, offset=99.0)
    with pytest.raises(CalibrationError, match="60 right, 0 wrong"):
        refit(library)


def test_which_verdicts_count(library: Library, judge: Judge) -> None:
    article = library.articles()[0].id
    library.give_feedback("甲", Verdict.RIGHT, article_id=article, start=0, end=1)  # without its confidence
    library.give_feedback("乙", Verdict.CORRECTED, article_id=article, start=0, end=1, confidence=0.5)
    library.give_feedback("丙", Verdict.WRONG, confidence=0.2)  # nothing was found, and that was wrong
    library.give_feedback("丁", Verdict.WRONG, article_id=article, start=0, end=1, confidence=0.6)
    library.give_feedback("丁", Verdict.ABSENT, confidence=0.6)  # the same answer once more
    library.give_feedback("戊", Verdict.ABSENT, confidence=0.2)
    library.give_feedback("谁发言？列出所有人", Verdict.RIGHT, article_id=article, start=0, end=1, confidence=1.0)
    known = calibration.examples(library)
    assert list(known.right) == [0, 0, 1] and list(known.many) == [False, False, True] and list(known.question) == [0, 1, 2]
    assert known.logits[:2] == pytest.approx([logit(0.6), logit(0.2)]) and math.isfinite(known.logits[2])


def test_confidences_shown_after_a_refit_are_taken_back_to_the_shipped_ones(library: Library, judge: Judge) -> None:
    judge(40)
    in_force = Calibration(0.5, -1.0)
    store(library, in_force)
    judge(40, seed=1, shown=in_force)
    forget(library)
    judge(40, seed=2)
    shipped = [logit(float(np.random.default_rng(seed).uniform(0.25, 0.95))) for seed in range(3)]
    known = calibration.examples(library)
    assert known.logits[[0, 40, 80]] == pytest.approx(shipped, abs=2e-3)


def test_stored_forgotten_and_stored_again(library: Library) -> None:
    shipped = default_weights()
    assert calibrated_weights(library) == shipped and calibration_of(library) is None and not forget(library)
    store(library, Calibration(0.5, -1.0))
    assert calibration_of(library) == Calibration(0.5, -1.0)
    assert calibrated_weights(library) == Calibration(0.5, -1.0).apply(shipped)
    assert forget(library) and calibrated_weights(library) == shipped and not forget(library)
    store(library, Calibration(0.7, 0.0))
    with Library(library.folder) as again:
        assert calibration_of(again) == Calibration(0.7, 0.0)


@pytest.mark.parametrize(
    "stored",
    [
        3,
        {},
        [3],
        [{}],
        [{"slope": "x"}],
        [{"slope": 1, "offset": None, "weights": ""}],
        [{"slope": 0.5, "offset": 0, "weights": "of others"}],
    ],
)
def test_a_setting_of_another_form_or_of_other_weights_is_not_used(library: Library, stored: object) -> None:
    library.set_setting(calibration.SETTING, stored)
    assert calibrated_weights(library) == default_weights()
    assert not forget(library)
    store(library, Calibration(0.5, -1.0))
    assert calibration_of(library) == Calibration(0.5, -1.0)


@pytest.mark.parametrize("margin", [-1.0, 0.0, 0.4, 1.5])
def test_applied_to_weights_it_is_the_same_as_on_the_confidence(margin: float) -> None:
    evidence = Evidence(margin, *(1.0 for _ in fields(Evidence)[1:]))
    shipped, found = default_weights(), Calibration(0.6, -0.7)
    applied = found.apply(shipped)
    assert isinstance(applied, Weights) and (applied.threshold, applied.list_threshold) == (shipped.threshold, shipped.list_threshold)
    assert applied.confidence(evidence) == pytest.approx(found.confidence(shipped.confidence(evidence)), abs=1e-5)
