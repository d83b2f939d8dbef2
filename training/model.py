"""The network that is trained: twelve layers and a start/end head over the frozen word table, and its weights on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError
from embeddings.word_table import WordTable
from training.examples import PAD, Example

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertConfig, BertForQuestionAnswering

WORDS = "bert.embeddings.word_embeddings.weight"
_BARRED = -1e4


def e5_small() -> BertConfig:
    """Return the sizes of multilingual-e5-small, with two words in place of its word table, which is never part of the network here."""
    from transformers import BertConfig

    return BertConfig(
        vocab_size=2,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
        type_vocab_size=2,
        layer_norm_eps=1e-12,
        pad_token_id=1,
    )


def network(config: BertConfig, weights: Path | None = None) -> BertForQuestionAnswering:
    """Build the network, with the weights of a file or with random ones.

    Raises:
        ModelError: the file lacks weights, or has others.
    """
    from safetensors.torch import load_file
    from transformers import BertForQuestionAnswering

    model = BertForQuestionAnswering(config)
    if weights is not None:
        state = {name: tensor.float() for name, tensor in load_file(weights).items()}
        missing, unexpected = model.load_state_dict(state, strict=False)
        if set(missing) - {WORDS} or unexpected:
            raise ModelError(
                f"{weights} doesn't fit the reader: missing {sorted(set(missing) - {WORDS})[:3]}, unexpected {sorted(unexpected)[:3]}"
            )
    return model


def save_weights(model: BertForQuestionAnswering, path: Path) -> None:
    """Write all weights but the word table as float16, under a temporary name first."""
    import torch
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in model.state_dict().items() if name != WORDS}
    draft = path.with_suffix(".partial")
    save_file(state, draft, metadata={"format": "pt"})
    draft.replace(path)


def logits(model: BertForQuestionAnswering, words: WordTable, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Run one batch.

    Returns:
        start and end logits, float32 (n_examples, longest); places where no answer may be are barred with a very low value.
    """
    import torch

    longest = max(len(e.ids) for e in examples)
    ids = np.full((len(examples), longest), PAD)
    mask = np.zeros((len(examples), longest), np.int64)
    legal = np.zeros((len(examples), longest), np.bool_)
    for row, e in enumerate(examples):
        ids[row, : len(e.ids)] = e.ids
        mask[row, : len(e.ids)] = 1
        legal[row, : len(e.legal)] = e.legal
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out: Any = model(inputs_embeds=torch.from_numpy(words.rows(ids)), attention_mask=torch.from_numpy(mask))
    barred = ~torch.from_numpy(legal)
    return out.start_logits.float().masked_fill(barred, _BARRED), out.end_logits.float().masked_fill(barred, _BARRED)


def loss(starts: Tensor, ends: Tensor, examples: Sequence[Example]) -> Tensor:
    """Return the mean over rows and over their groups of the negative log of the probability that a group's spans have together.

    With one group this is the usual loss for alternative answers (Clark & Gardner 2018, arXiv:1710.10723); with several, each group is to
    get an equal share, so that every part of an answer beats "not here". A row without a group is answered by the first token.
    """
    import torch

    rows: list[int] = []
    shares: list[float] = []
    groups: list[list[tuple[int, int]]] = []
    for row, e in enumerate(examples):
        wanted = e.groups or [[(0, 0)]]
        groups += wanted
        rows += [row] * len(wanted)
        shares += [1 / len(wanted) / len(examples)] * len(wanted)
    share = torch.tensor(shares)
    total = torch.zeros(())
    for side, values in enumerate((starts, ends)):
        outside = torch.ones(len(groups), values.shape[1], dtype=torch.bool)
        for number, group in enumerate(groups):
            outside[number, [place[side] for place in group]] = False
        probability = values.log_softmax(1)[rows].masked_fill(outside, _BARRED).logsumexp(1)
        total = total - (probability * share).sum() / 2
    return total


def parameter_groups(
    model: BertForQuestionAnswering, *, frozen_layers: int, rate: float, layer_decay: float, head_rate: float
) -> list[dict[str, Any]]:
    """Freeze the embeddings and the lowest layers; give every other layer its own rate, falling from the top downwards."""
    model.bert.embeddings.requires_grad_(False)
    layers = list(model.bert.encoder.layer)
    out: list[dict[str, Any]] = []
    for depth, layer in enumerate(layers):
        if depth < frozen_layers:
            layer.requires_grad_(False)
        else:
            out.append({"params": list(layer.parameters()), "lr": rate * layer_decay ** (len(layers) - 1 - depth)})
    out.append({"params": list(model.qa_outputs.parameters()), "lr": head_rate})
    return out
