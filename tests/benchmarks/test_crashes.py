"""A few of the interruptions that ``python -m benchmarks.crashes`` makes by the hundred."""

from __future__ import annotations

import os
import random
import signal

import pytest

from benchmarks.crashes import reference, strike, write_articles

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.mark.parametrize(("sign", "times"), [(signal.SIGKILL, 6), (signal.SIGINT, 2)])
def test_adding_that_is_interrupted_leaves_a_whole_library_and_can_be_finished(tmp_path, sign, times):
    folder = tmp_path / "articles"
    write_articles(folder, 40)
    whole, taken = reference(folder, embed=False)
    assert 30 < len(whole) < 40  # reposts have joined their articles
    assert sum(len(sources) for sources, _, _ in whole.values()) == 40
    chance = random.Random(7)
    struck = [strike(folder, whole, after_s=chance.uniform(0, taken), sign=sign, embed=False) for _ in range(times)]
    assert [one.problems for one in struck] == [()] * times
    assert any(one.was_at_work for one in struck)
