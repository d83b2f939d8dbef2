"""What the doctor finds, and that it finds nothing where nothing is amiss."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

import numpy as np
import pytest

from corpus import duplicate_store, records
from corpus.article import Article
from corpus.doctor import Finding, examine
from corpus.duplicates import bands, outline
from corpus.library import Library

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，来自12个省的300多名代表出席。中国茶叶学会理事长江用文致辞，他说，茶产业要靠科技和文化。" * 2


@pytest.fixture
def well(make_article: Callable[..., Article]) -> Callable[..., Article]:
    """Makes articles that nothing is to be said of."""

    def make(text: str = TEXT, **fields: object) -> Article:
        return make_article(text, **({"published": dt.date(2024, 4, 18), "language": "zh", "script": "Hans"} | fields))

    return make


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def embed(library: Library, fingerprint: str) -> None:
    passages = library.missing_vectors(fingerprint, limit=1000)
    library.put_vectors(fingerprint, [passage.id for passage in passages], np.ones((len(passages), 4), np.float32))


def foreign(library: Library, statement: str) -> None:
    """As another program would do it, that minds no references."""
    other = sqlite3.connect(library.folder / "library.db")
    other.execute(statement)
    other.commit()
    other.close()


def test_of_a_library_that_is_well_nothing_is_said(library, well):
    assert examine(library, fingerprint="model") == []
    library.add(well())
    embed(library, "model")
    assert examine(library, fingerprint="model") == []
    assert examine(library) == []


def test_articles_without_text_date_or_language_are_named(library, well):
    fine = well()
    bare, undated, unknown = well("无。"), well(TEXT + "另一篇，没有日期。", published=None), well("12 34 56 " * 40, language="und")
    for article in (fine, bare, undated, unknown):
        library.add(article)
    found = {finding.kind: finding for finding in examine(library)}
    assert {kind: finding.articles for kind, finding in found.items()} == {
        "little-text": (bare.id,),
        "undated": (undated.id,),
        "language": (unknown.id,),
    }
    for finding in found.values():
        assert finding.articles[0][:8] in finding.message
        assert finding.remedy
        assert not finding.is_damage
        assert finding.to_dict()["articles"] == list(finding.articles)


def test_long_lists_are_cut_short_in_words_and_whole_in_ids(library, well):
    for number in range(8):
        library.add(well(f"第{number}次会议的通知，议题是第{number}项。" * 12, published=None))
    (finding,) = examine(library)
    assert len(finding.articles) == 8
    assert "and 3 more" in finding.message


def test_vectors_that_are_missing_or_another_models_are_told_of(library, well):
    library.add(well())
    assert kinds(examine(library, fingerprint="model")) == ["missing-vectors"]
    embed(library, "old model")
    (finding,) = examine(library, fingerprint="model")
    assert finding.kind == "stale-vectors" and "old model" in finding.message and "--reembed" in finding.remedy
    embed(library, "model")
    (finding,) = examine(library, fingerprint="model")
    assert finding.kind == "stale-vectors" and "old model" in finding.message
    assert examine(library) == []


def test_duplicates_that_stand_apart_are_told_of_until_they_are_joined(library, well):
    original, copy = well(), well(f"来源：每日茶讯\n{TEXT}", title="copy")
    library.add(original)
    library.add(copy)
    assert examine(library) == []
    with library.changing() as db:
        db.execute("DELETE FROM duplicate")
        duplicate_store.sign(db, copy.id, bands(outline(copy.title, copy.text, script="Hans")))
        records._insert_passages(db, copy)
        records.passages_changed(db)
    (finding,) = examine(library)
    assert finding.kind == "duplicates" and {original.id, copy.id} == set(finding.articles) and "--join" in finding.remedy
    library.join_duplicates()
    assert examine(library) == []


def test_vectors_of_nothing_are_no_damage_and_can_be_dropped(library, well):
    library.add(well())
    embed(library, "model")
    foreign(library, "INSERT INTO vector SELECT 900 + value, embedder_id, vector FROM vector, json_each('[1, 2, 3]')")
    (finding,) = examine(library, fingerprint="model")
    assert (finding.kind, finding.is_damage) == ("orphaned-vectors", False)
    assert "3 vectors" in finding.message and "--fix" in finding.remedy
    assert library.tidy() == 3
    assert library.tidy() == 0
    assert examine(library, fingerprint="model") == []
    assert library.verify() == []


def test_damage_comes_alone_and_first(library, well):
    library.add(well(published=None))
    foreign(library, "DELETE FROM passage_fts")
    foreign(library, "UPDATE article SET text = text || 'x'")
    found = examine(library)
    assert found and all(finding.is_damage and "backup" in finding.remedy for finding in found)


def test_tidying_gives_room_back_and_loses_nothing(tmp_path, well):
    with Library(tmp_path) as library:
        with library.batch():
            for number in range(60):
                library.add(well(f"第{number}次会议的通知，议题是第{number}项。" * 100))
        embed(library, "model")
        kept = library.articles()[:3]
        for info in library.articles()[3:]:
            library.remove(info.id)
        passages = {info.id: library.passages(info.id) for info in kept}
        before = (tmp_path / "library.db").stat().st_size
        library.tidy()
        assert (tmp_path / "library.db").stat().st_size < before / 2
        assert library.articles() == kept
        assert {info.id: library.passages(info.id) for info in kept} == passages
        assert library.count_vectors("model") == sum(map(len, passages.values()))
        assert library.verify() == []
        library.add(well())
        assert len(library.articles()) == 4
