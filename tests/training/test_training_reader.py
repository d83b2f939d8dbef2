"""The training itself, on a network of two tiny layers: what it minimises, and that stopping and resuming changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from corpus.errors import ModelError
from embeddings.tokens import shared_tokenizer
from qa.pairs import LONGEST, pair_scores
from training.data import Row
from training.examples import Example
from training.model import WORDS, Scores, inside_labels, inside_loss, logits, network, save_weights, span_loss
from training.reader import Budget, NetworkSettings, OptimiserSettings, Progress, Training, run

torch = pytest.importorskip("torch")


class FewWords:
    """A word table that needs no file: each id has its own fixed direction."""

    def rows(self, ids: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        return np.sin(np.outer(ids.ravel() + 1, np.arange(1, 17))).astype(np.float32).reshape(*ids.shape, 16)


def tiny() -> Any:
    from transformers import BertConfig

    return BertConfig(
        attention_probs_dropout_prob=0.0,
        vocab_size=2,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
        pad_token_id=1,
    )


ROWS = [Row("谁来了？", f"第{i}天，张明来到了江城。", (((len(f"第{i}天，"), len(f"第{i}天，") + 2),),), "test") for i in range(40)]


WAYS = [{}, {"bfloat16": True}, {"eight_bits": True}, {"bfloat16": True, "eight_bits": True}]


def training(weights: Path, **way: bool) -> Training:
    return Training(
        network(tiny(), weights),
        ROWS,
        tokenizer=shared_tokenizer(),
        words=FewWords(),  # type: ignore[arg-type]
        seed=3,
        network=NetworkSettings(tokens_per_batch=128, frozen_layers=1, **way),
        optimiser=OptimiserSettings(rate=1e-2, head_rate=1e-2),
    )


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "start" / "layers_fp16.safetensors"
    save_weights(network(tiny()), path)
    return path


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way) or "float32")
def test_stopping_and_resuming_gives_the_same_weights(weights: Path, tmp_path: Path, way: dict[str, bool]) -> None:
    budget = Budget(steps=6)
    whole = training(weights, **way)
    run(whole, tmp_path / "whole", budget=budget)

    halted = training(weights, **way)
    for _ in range(3):
        halted.step(halted.progress.share(budget, len(halted.batches)))
    halted.save(tmp_path / "state.pt")
    resumed = training(weights, **way)
    resumed.load(tmp_path / "state.pt")
    run(resumed, tmp_path / "resumed", budget=budget)

    assert whole.progress.step == resumed.progress.step == 6
    for name, tensor in whole.model.state_dict().items():
        assert name == WORDS or torch.equal(tensor, resumed.model.state_dict()[name]), name  # the two words in its place are never used


def test_the_end_of_a_training_leaves_weights_that_load_again(weights: Path, tmp_path: Path) -> None:
    trained = training(weights)
    run(trained, tmp_path / "out", budget=Budget(steps=2))
    again = network(tiny(), tmp_path / "out" / "ckpt-000002" / "layers_fp16.safetensors")
    assert all(
        torch.allclose(tensor, again.state_dict()[name], atol=2e-3) for name, tensor in trained.model.state_dict().items() if name != WORDS
    )


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way) or "float32")
def test_training_lowers_the_loss_and_leaves_frozen_layers_alone(weights: Path, way: dict[str, bool]) -> None:
    trained = training(weights, **way)
    before = {name: tensor.clone() for name, tensor in trained.model.state_dict().items()}
    values = [trained.step(0.2) for _ in range(len(trained.batches))]
    assert np.mean(values[-3:]) < np.mean(values[:3]) - 0.3
    after = trained.model.state_dict()
    assert torch.equal(before["bert.encoder.layer.0.output.dense.weight"], after["bert.encoder.layer.0.output.dense.weight"])
    assert torch.equal(before["bert.embeddings.position_embeddings.weight"], after["bert.embeddings.position_embeddings.weight"])
    assert not torch.equal(before["bert.encoder.layer.1.output.dense.weight"], after["bert.encoder.layer.1.output.dense.weight"])


def test_the_same_seed_gives_the_same_batches(weights: Path) -> None:
    first, second = training(weights), training(weights)
    assert first.batches == second.batches
    assert first.examples == second.examples


def test_weights_of_another_shape_of_network_are_refused(weights: Path) -> None:
    config = tiny()
    config.num_hidden_layers = 3
    with pytest.raises(ModelError, match="missing"):
        network(config, weights)


def window(groups: list[list[tuple[int, int]]]) -> Example:
    return Example([0] * 5, [True] * 5, groups, [(0, 0)] * 5)


def scores_of(starts: npt.ArrayLike, ends: npt.ArrayLike, spans: npt.ArrayLike) -> Scores:
    return Scores(*(torch.tensor(np.asarray(values, dtype=np.float32)) for values in (starts, ends, spans, starts)))


def test_loss_of_spans_is_the_plain_formula() -> None:
    rng = np.random.default_rng(1)
    starts, ends = rng.normal(size=(2, 3, 5))
    spans = rng.normal(size=(3, 5, 5))
    examples = [window([[(1, 2), (3, 3)]]), window([[(1, 1)], [(2, 4), (4, 4)]]), window([])]
    wanted = 0.0
    for row, e in enumerate(examples):
        first, last, pair = (np.exp(values[row]) / np.exp(values[row]).sum() for values in (starts, ends, spans))
        groups = e.groups or [[(0, 0)]]
        for group in groups:
            apart = -np.log(sum(first[a] for a, _ in group)) - np.log(sum(last[b] for _, b in group))
            wanted += (apart / 2 - np.log(sum(pair[place] for place in group))) / len(groups) / 3
    assert float(span_loss(scores_of(starts, ends, spans), examples)) == pytest.approx(wanted, rel=1e-5)


def test_with_several_answers_an_equal_share_for_each_is_best() -> None:
    both = [window([[(1, 1)], [(3, 3)]])]

    def value(first: float, second: float) -> float:
        row = np.array([[-9.0, first, -9.0, second, -9.0]])
        return float(span_loss(scores_of(row, row, row[:, :, None] + row[:, None, :]), both))

    assert value(5, 5) < value(6, 4) < value(8, 2)


def test_tokens_belong_to_an_answer_where_its_alternatives_agree() -> None:
    longer_or_elsewhere = [(1, 2), (1, 3), (6, 6)]  # "1 May", "1 May 2019", and the date again further on
    made = Example([0] * 9, [True, True, True, True, False, True, True, True, True], [longer_or_elsewhere, [(8, 8)]], [(0, 0)] * 9)
    labels, counts = inside_labels(made)
    assert np.flatnonzero(labels).tolist() == [1, 2, 6, 8]
    assert np.flatnonzero(~counts).tolist() == [0, 3, 4]  # "not here", what one of the two alone holds, and a place no answer may be of


def test_every_answer_can_be_certain_at_once() -> None:
    both, neither = window([[(1, 1)], [(3, 3)]]), window([])

    def value(example: Example, *inside: float) -> float:
        return float(inside_loss(torch.tensor([inside], dtype=torch.float32), [example]))

    assert value(both, 0, 9, -9, 9, -9) < 1e-3 < value(both, 0, 9, -9, 0, -9) < value(both, 0, 9, -9, -9, -9)
    assert value(neither, 9, -9, -9, -9, -9) < 1e-3 < value(neither, 9, -9, 9, -9, -9)
    assert value(both, 0, 0, 0, 0, 0) == pytest.approx(4 * np.log(2) / 5)


def test_scores_of_spans_are_what_the_product_computes() -> None:
    torch.manual_seed(2)
    model = network(tiny())
    for parameter in model.pairs.parameters():
        torch.nn.init.normal_(parameter)
    model.train(False)
    tokens = 80
    made = Example(list(range(3, tokens + 3)), [True] + [False] * 9 + [True] * (tokens - 10), [], [(0, 0)] * tokens)
    with torch.inference_mode():
        scores = logits(model, FewWords(), [made])  # type: ignore[arg-type]
        state = model.bert(inputs_embeds=torch.from_numpy(FewWords().rows(np.array([made.ids])))).last_hidden_state[0]
        keys = [model.pairs[part](state).numpy() for part in ("starts", "ends", "lengths")]
    first, last = np.array([10, 20, 79]), np.array([10, 20, 60, 79])
    wanted = pair_scores(*keys, first, last) + scores.starts.numpy()[0, first][:, None] + scores.ends.numpy()[0, last][None, :]
    size = last[None, :] - first[:, None]
    possible = (size >= 0) & (size < LONGEST)
    found = scores.spans.numpy()[0][np.ix_(first, last)]
    assert np.allclose(found[possible], wanted[possible], atol=1e-4)
    assert (found[~possible] < -1e4).all()
    assert scores.spans[0, 0, 0] == scores.starts[0, 0] + scores.ends[0, 0]


def test_the_nearest_limit_counts() -> None:
    import time

    now = time.time()
    progress = Progress(step=10, spent_s=30, began=now - 30)
    assert progress.share(Budget(), 100) == pytest.approx(0.1)
    assert progress.share(Budget(steps=20), 100) == pytest.approx(0.5)
    assert progress.share(Budget(steps=20, minutes=0.625), 100) == pytest.approx(0.8)
    assert progress.share(Budget(steps=20, deadline=now - 1), 100) == 1.0
