"""The network that is trained: twelve layers over a frozen word table, heads for starts, ends, pairs and parts; its weights on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from embeddings.word_table import WordTable
from qa.pairs import BUCKET_OF, KEY_SIZE, LENGTHS, LONGEST
from training.examples import PAD, Example

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertConfig, BertForQuestionAnswering

WORDS = "bert.embeddings.word_embeddings.weight"
_BARRED = -1e4
ADDED = ("pairs.", "inside.")
"""Heads that transformers' own class doesn't have; weights from before they were there are read all the same."""
_INSIDE_SHARE = 0.5
_FEW_INSIDE = 5
"""Tokens that an answer counts as at least: else a row of one short name, or of none, would weigh too much."""
_SELDOM = -4.0
"""Logit of one token in fifty, about as many as belong to an answer: where the untrained head begins."""


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
        attention_probs_dropout_prob=0.0,  # drawing its masks took a quarter of each step
    )


def network(config: BertConfig, weights: Path | None = None) -> BertForQuestionAnswering:
    """Build the network, with the weights of a file or with random ones. It is transformers' own, with two more parts.

    ``pairs`` (see `qa.pairs`) begins where it changes nothing, and ``inside`` (whether a token belongs to an answer) where it says "hardly"
    of every token; both also when the file has none.

    Raises:
        ModelError: the file lacks weights, or has others.
    """
    from safetensors.torch import load_file
    from transformers import BertForQuestionAnswering

    model = BertForQuestionAnswering(config)
    model.set_attn_implementation("sdpa")  # in float32 on a CPU with AVX2 it takes 0.6 of the time of attention written out
    model.pairs = pair_head(config.hidden_size)
    model.inside = inside_head(config.hidden_size)
    if weights is not None:
        state = {name: tensor.float() for name, tensor in load_file(weights).items()}
        missing, unexpected = model.load_state_dict(state, strict=False)
        missing = [name for name in missing if name != WORDS and not name.startswith(ADDED)]
        if missing or unexpected:
            raise ModelError(f"{weights} doesn't fit the reader: missing {sorted(missing)[:3]}, unexpected {sorted(unexpected)[:3]}")
    return model


def pair_head(hidden: int) -> Any:
    """The three projections behind `qa.pairs.pair_scores`; their products are zero until trained."""
    import torch

    starts, ends = (torch.nn.Linear(hidden, KEY_SIZE, bias=False) for _ in range(2))
    lengths = torch.nn.Linear(hidden, len(LENGTHS))
    torch.nn.init.normal_(starts.weight, std=0.02)
    for zero in (ends.weight, lengths.weight, lengths.bias):
        torch.nn.init.zeros_(zero)
    return torch.nn.ModuleDict({"starts": starts, "ends": ends, "lengths": lengths})


def inside_head(hidden: int) -> Any:
    """The projection to the logit that a token belongs to an answer."""
    import torch

    head = torch.nn.Linear(hidden, 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.constant_(head.bias, _SELDOM)
    return head


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one batch, in logits. Token 0 stands for "not here"; places where no answer may be are barred, very low."""

    starts: Tensor
    """(n_examples, longest)."""
    ends: Tensor
    """(n_examples, longest)."""
    spans: Tensor
    """(n_examples, longest, longest): of the span from the one token to the other (included); at [0, 0] that of "not here"."""
    inside: Tensor
    """(n_examples, longest): that a token belongs to an answer, whatever others do."""


def with_quick_dropout(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """Have all dropout draw its masks from random bytes: torch draws one number at a time on a CPU, an eighth of each step.

    The share dropped is the nearest 256th. `seed_dropout` makes the masks repeatable.
    """
    import torch

    class QuickDropout(torch.nn.Module):
        def __init__(self, share: float) -> None:
            super().__init__()
            self.p = share  # the attention asks for it
            self.below = round(share * 256)
            self.random = np.random.default_rng(0)

        def forward(self, values: Tensor) -> Tensor:
            if not self.training or not self.below:
                return values
            drawn = torch.frombuffer(bytearray(self.random.bytes(values.numel())), dtype=torch.uint8).view(values.shape)
            return values * (drawn >= self.below).to(values.dtype).mul_(256 / (256 - self.below))

    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Dropout):
                setattr(module, name, QuickDropout(child.p))
    return model


def seed_dropout(model: BertForQuestionAnswering, *seed: int) -> None:
    """Make the next masks depend on the seed alone; each layer draws its own."""
    for place, module in enumerate(model.modules()):
        if hasattr(module, "below"):
            module.random = np.random.default_rng([*seed, place])  # type: ignore[assignment]


def with_shared_weights(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """Copy a model, but not its weights: what is learned in the one is learned in both. Each draws its own dropout masks."""
    import copy

    memo = {id(weight): weight for weight in (*model.parameters(), *model.buffers())}
    return copy.deepcopy(model, memo)


def save_weights(model: BertForQuestionAnswering, path: Path) -> None:
    """Write all weights but the word table as float16, under a temporary name first."""
    import torch
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in model.state_dict().items() if name != WORDS}
    draft = path.with_suffix(".partial")
    save_file(state, draft, metadata={"format": "pt"})
    draft.replace(path)


def logits(model: BertForQuestionAnswering, words: WordTable, examples: Sequence[Example]) -> Scores:
    """Run one batch, in the numbers that the model's weights are in."""
    import torch

    longest = max(len(e.ids) for e in examples)
    ids = np.full((len(examples), longest), PAD)
    mask = np.zeros((len(examples), longest), np.int64)
    legal = np.zeros((len(examples), longest), np.bool_)
    for row, e in enumerate(examples):
        ids[row, : len(e.ids)] = e.ids
        mask[row, : len(e.ids)] = 1
        legal[row, : len(e.legal)] = e.legal
    shown = torch.from_numpy(words.rows(ids)).to(model.qa_outputs.weight.dtype)
    state = model.bert(inputs_embeds=shown, attention_mask=torch.from_numpy(mask)).last_hidden_state
    found: Any = model.qa_outputs(state)
    keys, partners, lengths = (model.pairs[part](state).float() for part in ("starts", "ends", "lengths"))  # type: ignore[index,operator]
    inside = model.inside(state)[..., 0].float()  # type: ignore[operator]
    barred = ~torch.from_numpy(legal)
    starts, ends = (found[..., side].float().masked_fill(barred, _BARRED) for side in (0, 1))

    places = torch.arange(longest)
    size = places[None, :] - places[:, None]
    bucket = torch.from_numpy(BUCKET_OF)[size.clamp(0, LONGEST - 1)]
    pairs = keys @ partners.transpose(1, 2) / KEY_SIZE**0.5 + lengths.gather(2, bucket.expand(len(examples), -1, -1))
    spans = starts[:, :, None] + ends[:, None, :] + pairs
    impossible = (size < 0) | (size >= LONGEST)
    impossible[0] = impossible[:, 0] = True
    spans = spans.masked_fill(impossible, 2 * _BARRED)
    spans[:, 0, 0] = starts[:, 0] + ends[:, 0]
    return Scores(starts, ends, spans, inside)


def loss(scores: Scores, examples: Sequence[Example]) -> Tensor:
    """Return what is minimised: `span_loss`, and half of `inside_loss`."""
    return span_loss(scores, examples) + _INSIDE_SHARE * inside_loss(scores.inside, examples)


def span_loss(scores: Scores, examples: Sequence[Example]) -> Tensor:
    """Return the mean over rows and over their groups of the negative log of the probability that a group's spans have together.

    Once with starts and ends apart (their mean), once with whole spans, added. With one group this is the usual loss for alternative
    answers (Clark & Gardner 2018, arXiv:1710.10723); with several, each group is to get an equal share, so that every part of an answer
    beats "not here". A row without a group is answered by the first token.
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
    longest = scores.starts.shape[1]
    total = torch.zeros(())
    for values, places, weight in (
        (scores.starts, [[first for first, _ in group] for group in groups], 0.5),
        (scores.ends, [[last for _, last in group] for group in groups], 0.5),
        (scores.spans.flatten(1), [[first * longest + last for first, last in group] for group in groups], 1.0),
    ):
        chances = values.log_softmax(1)
        likelihood = torch.stack([chances[row, group].logsumexp(0) for row, group in zip(rows, places, strict=True)])
        # A span longer than any that can be marked has no chance at all: it teaches by its start and end alone.
        total = total - weight * (likelihood.clamp(min=-50) * share).sum()
    return total


def inside_loss(inside: Tensor, examples: Sequence[Example]) -> Tensor:
    """Return the mean over rows of the binary cross-entropy of their tokens, as a sum over tokens in units of an answer's tokens.

    Starts and ends share one certainty among all answers, so that eight names get an eighth each and one can't tell how many there are.
    Here every token is judged alone (Segal et al. 2020, arXiv:1909.13375, tag so, with beginnings marked apart).
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    wanted, weight = np.zeros(inside.shape, np.float32), np.zeros(inside.shape, np.float32)
    for row, e in enumerate(examples):
        labels, counts = inside_labels(e)
        wanted[row, : len(labels)] = labels
        weight[row, : len(labels)] = counts / max(_FEW_INSIDE, labels.sum()) / len(examples)
    wrong = binary_cross_entropy_with_logits(inside, torch.from_numpy(wanted), reduction="none")
    return (wrong * torch.from_numpy(weight)).sum()


def inside_labels(example: Example) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell which tokens belong to an answer, and which are to be judged at all, each (n_tokens,).

    Not judged is what no answer may be of, and where alternatives in one place differ, what only some of them hold.
    """
    wanted, counts = np.zeros(len(example.legal), np.bool_), np.array(example.legal)
    counts[0] = False
    for group in example.groups:
        for first, last in group:
            rivals = [(a, b) for a, b in group if a <= last and first <= b]
            wanted[max(a for a, _ in rivals) : min(b for _, b in rivals) + 1] = True
    for first, last in (span for group in example.groups for span in group):
        counts[first : last + 1] &= wanted[first : last + 1]
    return wanted & counts, counts


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
    out.append({"params": [*model.qa_outputs.parameters(), *model.pairs.parameters(), *model.inside.parameters()], "lr": head_rate})  # type: ignore[union-attr]
    return out
