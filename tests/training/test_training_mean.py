"""The mean of several trainings' weights."""

import numpy as np
import pytest

from training.mean import mean


def test_each_weight_is_averaged_under_its_name() -> None:
    one = {"a": np.array([1.0, 3.0], np.float16), "b": np.array([[60000.0]], np.float16)}
    other = {"a": np.array([2.0, -3.0], np.float16), "b": np.array([[50000.0]], np.float16)}
    found = mean([one, other])
    assert found["a"].tolist() == [1.5, 0.0] and found["a"].dtype == np.float16
    assert found["b"].tolist() == [[54976.0]]  # 60000 + 50000 is more than 16 bits hold; 55000 is between two that they do


def test_a_single_training_is_its_own_mean() -> None:
    one = {"a": np.array([0.1, -0.2], np.float16)}
    assert np.array_equal(mean([one])["a"], one["a"])


def test_a_head_that_only_one_was_trained_with_stays_as_it_is() -> None:
    old = {"a": np.array([1.0], np.float16)}
    new = {"a": np.array([4.0], np.float16), "inside.bias": np.array([3.0], np.float16)}
    found = mean([old, new, new])
    assert found["a"].tolist() == [3.0] and found["inside.bias"].tolist() == [3.0]


@pytest.mark.parametrize("other", [{"b": np.zeros(2, np.float16)}, {"a": np.zeros(3, np.float16)}])
def test_weights_of_another_network_are_told(other: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="different networks"):
        mean([{"a": np.zeros(2, np.float16)}, other])
