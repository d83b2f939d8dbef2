from __future__ import annotations

import numpy as np
import pytest

from corpus.errors import LibraryError


@pytest.fixture
def stocked(library, make_article):
    for number in range(5):
        library.add(make_article(f"第{number}篇文章。"))
    return library


def put_all(library, fingerprint, dimension=8, seed=0):
    missing = library.missing_vectors(fingerprint, limit=10**6)
    rows = np.random.default_rng(seed).standard_normal((len(missing), dimension), dtype=np.float32)
    library.put_vectors(fingerprint, [passage.id for passage in missing], rows)
    return np.array([passage.id for passage in missing], np.int64), rows


def test_vectors_come_out_bit_for_bit(stocked):
    ids, rows = put_all(stocked, "model-a")
    got_ids, got_rows = stocked.vectors("model-a")
    assert (got_ids.dtype, got_rows.dtype) == (np.int64, np.float32)
    assert np.array_equal(got_ids, ids)
    assert got_rows.tobytes() == rows.tobytes()
    assert stocked.count_vectors("model-a") == len(ids) == 5
    got_rows[0, 0] = 7  # the caller's own copy


def test_the_vectors_of_chosen_passages_come_alone(stocked):
    ids, rows = put_all(stocked, "model-a")
    got_ids, got_rows = stocked.vectors("model-a", [int(ids[3]), 10**9, int(ids[1])])
    assert got_ids.tolist() == [ids[1], ids[3]]
    assert got_rows.tobytes() == rows[[1, 3]].tobytes()
    assert stocked.vectors("model-a", [])[0].size == 0
    assert stocked.vector_ids("model-a").tolist() == ids.tolist()
    assert stocked.vector_ids("model-b").size == 0


def test_what_lacks_a_vector_is_told_by_embedder_in_order_of_id(stocked):
    every = stocked.missing_vectors("model-a", limit=99)
    assert [passage.text for passage in every] == [f"第{number}篇文章。" for number in range(5)]
    assert stocked.missing_vectors("model-a", limit=2) == every[:2]
    stocked.put_vectors("model-a", [every[1].id], np.ones((1, 4), np.float32))
    assert stocked.missing_vectors("model-a", limit=99) == [every[0], *every[2:]]
    assert stocked.missing_vectors("model-b", limit=99) == every


def test_embedders_are_kept_apart_and_dropped_apart(stocked):
    put_all(stocked, "model-a", 8)
    _, rows = put_all(stocked, "model-b", 16, seed=1)
    assert stocked.fingerprints() == ["model-a", "model-b"]
    stocked.drop_vectors("model-b")
    assert stocked.fingerprints() == ["model-b"]
    assert stocked.count_vectors("model-a") == 0
    assert np.array_equal(stocked.vectors("model-b")[1], rows)
    stocked.drop_vectors(None)
    assert stocked.fingerprints() == []
    assert len(stocked.missing_vectors("model-b", limit=99)) == 5


def test_an_unknown_embedder_has_no_vectors(stocked):
    ids, rows = stocked.vectors("unknown")
    assert (ids.shape, len(rows), rows.dtype) == ((0,), 0, np.float32)
    assert stocked.count_vectors("unknown") == 0


def test_vectors_go_with_their_passages(stocked, make_article):
    ids, rows = put_all(stocked, "model-a")
    stocked.remove(stocked.find("第0篇文章。"))
    stocked.add(make_article("改写过的。", source="/articles/第1篇文章。.txt"))
    got_ids, got_rows = stocked.vectors("model-a")
    assert np.array_equal(got_ids, ids[2:])
    assert np.array_equal(got_rows, rows[2:])
    assert [passage.text for passage in stocked.missing_vectors("model-a", limit=9)] == ["改写过的。"]
    assert stocked.verify() == []


def test_a_passage_that_went_while_it_was_embedded_is_passed_over(stocked):
    missing = stocked.missing_vectors("model-a", limit=9)
    stocked.remove(missing[0].article_id)
    stocked.put_vectors("model-a", [passage.id for passage in missing], np.ones((5, 4), np.float32))
    assert stocked.vectors("model-a")[0].tolist() == [passage.id for passage in missing[1:]]
    assert stocked.verify() == []


def test_a_vector_put_again_replaces_the_old_one(stocked):
    ids, _ = put_all(stocked, "model-a", 4)
    stocked.put_vectors("model-a", ids[:1], np.full((1, 4), 9, np.float32))
    assert stocked.vectors("model-a")[1][0].tolist() == [9, 9, 9, 9]
    assert stocked.count_vectors("model-a") == 5


@pytest.mark.parametrize(
    ("ids", "rows"),
    [
        ([1, 2], np.ones((1, 8), np.float32)),
        ([1], np.ones(8, np.float32)),
        ([1], np.ones((1, 0), np.float32)),
        ([1], np.ones((1, 4), np.float32)),
        ([1], np.full((1, 8), np.nan, np.float32)),
        ([1, 2], np.array([[1.0] * 8, [np.inf] * 8], np.float32)),
    ],
    ids=["fewer rows", "one dimension", "no width", "other width", "not a number", "infinite"],
)
def test_vectors_that_do_not_fit_are_refused_whole(stocked, ids, rows):
    _, before = put_all(stocked, "model-a", 8)
    with pytest.raises(LibraryError):
        stocked.put_vectors("model-a", ids, rows)
    assert np.array_equal(stocked.vectors("model-a")[1], before)


def test_no_vectors_may_be_put(stocked):
    stocked.put_vectors("model-a", [], np.empty((0, 8), np.float32))
    stocked.put_vectors("model-a", [], np.empty((0, 0), np.float32))
    assert stocked.fingerprints() == []


def test_vectors_do_not_change_the_generation(stocked):
    before = stocked.generation
    put_all(stocked, "model-a")
    stocked.drop_vectors(None)
    assert stocked.generation == before


def test_vectors_within_a_batch_are_made_of_committed_passages(stocked, make_article):
    """Or a cache made of them, stamped with the generation, could outlive a passage that was never committed."""
    before = stocked.generation
    with pytest.raises(RuntimeError), stocked.batch(every=1000, seconds=1000):
        stocked.add(make_article("批次中的一篇。"))
        assert stocked.generation == before
        assert len(stocked.missing_vectors("model-a", limit=99)) == 6
        assert stocked.generation == before + 1
        stocked.add(make_article("没有提交的一篇。"))
        raise RuntimeError
    assert stocked.generation == before + 1
    put_all(stocked, "model-a")
    assert len(stocked.articles()) == stocked.count_vectors("model-a") == 6
