"""Train the reader: ``python -m training.reader --config training/reader.toml --data DATA --start WEIGHTS --out DIR [--resume]``.

The training ends after a number of steps, or after a number of minutes spent in steps, or by a time of day, whichever was asked for and
comes first; the rate falls to zero right there. A checkpoint is written every few minutes: ``DIR/ckpt-000400/layers_fp16.safetensors`` for
use, and ``DIR/state.pt`` to resume from. Stopping the process (also with SIGSTOP) and going on later costs nothing but the pause.
"""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import random
import time
import tomllib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from embeddings.tokens import shared_tokenizer
from embeddings.word_table import WordTable, word_table
from training import asking, translations
from training.data import Row
from training.examples import Example, batches, example
from training.mixture import MixtureSettings, mixture
from training.model import (
    e5_small,
    logits,
    loss,
    network,
    parameter_groups,
    save_weights,
    seed_dropout,
    with_quick_dropout,
    with_shared_weights,
)
from training.rounding import PRODUCTS, rounded_weight, with_rounded_inputs

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """Sizes of the input, in tokens."""

    max_tokens: int = 224
    max_question: int = 48
    tokens_per_batch: int = 3584
    frozen_layers: int = 2
    bfloat16: bool = False
    """For CPUs with AMX; with AVX2 alone it is up to 14 times as slow. Weights are kept in float32 either way."""
    eight_bits: bool = False
    """Train with what the product's 8 bits do to the network (`training.rounding`)."""
    shards: int = 2
    """Parts that each batch is dealt out to, a thread each: they wait for each other once a step, not at every operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiserSettings:
    """Rates of AdamW; see `training/reader.toml`."""

    rate: float = 6e-5
    layer_decay: float = 0.93
    head_rate: float = 2e-4
    weight_decay: float = 0.01
    warmup: float = 0.04
    clip: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Where the training ends; None means that this side is open. At least the rows end it."""

    steps: int | None = None
    minutes: float | None = None
    """Time spent in steps; a pause inside a step is not counted."""
    deadline: float | None = None
    """Unix time."""


@dataclass(slots=True)
class Progress:
    """How far a training is."""

    step: int = 0
    spent_s: float = 0.0
    began: float = 0.0
    """Unix time of the first start."""
    rows: int = 0

    def share(self, budget: Budget, steps: int) -> float:
        """Return the share of the budget that is used up, 0 to 1, by whichever limit is nearest."""
        shares = [self.step / min(steps, budget.steps or steps)]
        if budget.minutes is not None:
            shares.append(self.spent_s / (60 * budget.minutes))
        if budget.deadline is not None:
            shares.append((time.time() - self.began) / max(1.0, budget.deadline - self.began))
        return min(1.0, max(shares))


class Training:
    """A training that can be stopped and resumed; its batches depend on the rows and the seed only."""

    def __init__(
        self,
        model: BertForQuestionAnswering,
        rows: Sequence[Row],
        *,
        tokenizer: Tokenizer,
        words: WordTable,
        seed: int,
        network: NetworkSettings,
        optimiser: OptimiserSettings,
    ) -> None:
        import torch

        torch.manual_seed(seed)
        rng = random.Random(seed)
        self.model, self.words, self.settings = with_quick_dropout(model), words, optimiser
        self._pool = ThreadPoolExecutor(network.shards, initializer=torch.set_num_threads, initargs=(1,))
        self.examples = [example(tokenizer, row, rng, max_tokens=network.max_tokens, max_question=network.max_question) for row in rows]
        self.batches = batches(self.examples, rng, tokens_per_batch=network.tokens_per_batch)
        groups = parameter_groups(
            model,
            frozen_layers=network.frozen_layers,
            rate=optimiser.rate,
            layer_decay=optimiser.layer_decay,
            head_rate=optimiser.head_rate,
        )
        self._rates = [group["lr"] for group in groups]
        self._optimiser = torch.optim.AdamW(groups, weight_decay=optimiser.weight_decay, fused=True)
        self._eight_bits = network.eight_bits
        # Weights are kept and moved in float32: in bfloat16 or 8 bits most steps would be too small to change one.
        self._worker = copy.deepcopy(self.model) if network.bfloat16 or network.eight_bits else self.model
        if network.bfloat16:
            self._worker.bfloat16()
            self._worker.set_attn_implementation("eager")  # torch's own takes two fifths of a step for its way back in bfloat16
        if network.eight_bits:
            with_rounded_inputs(self._worker)
        self._replicas = [self._worker, *(with_shared_weights(self._worker) for _ in range(network.shards - 1))]
        self.progress = Progress(began=time.time())

    def step(self, share: float) -> float:
        """Train on the next batch, ``share`` of the training being over; return its loss."""
        import torch

        picked = [self.examples[i] for i in self.batches[self.progress.step]]
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group["lr"] = rate * min(1.0, (share + 1e-3) / self.settings.warmup) * (1 - share)
        shards = [picked[n :: len(self._replicas)] for n in range(len(self._replicas))]
        if self._worker is not self.model:
            self._hand_out()
        value = sum(self._pool.map(self._learn, range(len(shards)), shards, repeat(len(picked))))
        if self._worker is not self.model:
            self._collect()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self.progress.step += 1
        self.progress.rows += len(picked)
        return value

    def _hand_out(self) -> None:
        """Round the weights into the copy that works in bfloat16 or 8 bits."""
        import torch

        with torch.no_grad():
            for (name, own), rounded in zip(self.model.named_parameters(), self._worker.parameters(), strict=True):
                eight = self._eight_bits and name.startswith("bert.encoder.") and name.endswith(PRODUCTS)
                rounded.copy_(rounded_weight(own) if eight else own)

    def _collect(self) -> None:
        """Take the gradients over from that copy."""
        for own, rounded in zip(self.model.parameters(), self._worker.parameters(), strict=True):
            own.grad = rounded.grad.float() if rounded.grad is not None else None
            rounded.grad = None

    def _learn(self, number: int, shard: Sequence[Example], whole: int) -> float:
        """Add one part's gradients of a batch of ``whole`` examples; return its share of the loss."""
        if not shard:
            return 0.0
        model = self._replicas[number]
        seed_dropout(model, self.progress.step, number)  # dropout is the same whether or not the training was resumed
        model.train()
        value = loss(logits(model, self.words, shard), shard) * (len(shard) / whole)
        value.backward()  # type: ignore[no-untyped-call]
        return value.item()

    def save(self, path: Path) -> None:
        """Write everything that resuming needs."""
        import torch

        state = {
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "progress": [self.progress.step, self.progress.spent_s, self.progress.began, self.progress.rows],
        }
        draft = path.with_suffix(".partial")
        torch.save(state, draft)
        draft.replace(path)

    def load(self, path: Path) -> None:
        """Go on from where `save` was called."""
        import torch

        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(*state["progress"])


def run(training: Training, out: Path, *, budget: Budget, every_minutes: float = 10.0, report_every: int = 20) -> None:
    """Train to the end of the budget, with checkpoints, and print how it goes."""
    recent: deque[float] = deque(maxlen=100)
    saved_at = training.progress.spent_s
    usual_s = 0.0
    while training.progress.step < len(training.batches):
        share = training.progress.share(budget, len(training.batches))
        if share >= 1:
            break
        began = time.perf_counter()
        recent.append(training.step(share))
        took = time.perf_counter() - began
        usual_s = 0.95 * usual_s + 0.05 * took if usual_s else took
        training.progress.spent_s += min(took, 4 * usual_s)  # a step during which the process was halted
        progress = training.progress
        if progress.step % report_every == 0:
            left = progress.spent_s * (1 - share) / max(share, 1e-3) / 60
            speed = progress.rows / progress.spent_s
            print(
                f"step {progress.step}  {share:.1%}  loss {sum(recent) / len(recent):.3f}  {speed:.1f} rows/s  about {left:.0f} min left",
                flush=True,
            )
        if progress.spent_s - saved_at > 60 * every_minutes:
            saved_at = progress.spent_s
            checkpoint(training, out)
    checkpoint(training, out)


def checkpoint(training: Training, out: Path) -> Path:
    """Write the weights for use, and the state to resume from; return the weights' path."""
    weights = out / f"ckpt-{training.progress.step:06}" / "layers_fp16.safetensors"
    save_weights(training.model, weights)
    training.save(out / "state.pt")
    print(f"saved {weights}", flush=True)
    return weights


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m training.reader", description="Train the reader.")
    parser.add_argument("--config", type=Path, default=Path("training/reader.toml"))
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/, ner/ and retrieval/")
    parser.add_argument("--start", type=Path, required=True, help="weights to start from (layers_fp16.safetensors)")
    parser.add_argument("--translations", type=Path, help="questions in the other language, written by training.translations")
    parser.add_argument("--asked", type=Path, help="questions about marked names and lists, written by training.asking")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in the folder")
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes spent training")
    parser.add_argument("--deadline", type=dt.datetime.fromisoformat, help="stop by this time, such as 2026-11-22T01:40")
    parser.add_argument("--every-minutes", type=float, default=10.0, help="how often to write a checkpoint")
    options = parser.parse_args()

    config = tomllib.loads(options.config.read_text(encoding="utf-8"))
    rows = mixture(
        options.data,
        MixtureSettings(**config["mixture"]),
        seed=config["seed"],
        translations=translations.load(options.translations) if options.translations else None,
        asked=asking.load(options.asked) if options.asked else (),
    )
    training = Training(
        network(e5_small(), options.start),
        rows,
        tokenizer=shared_tokenizer(),
        words=word_table(),
        seed=config["seed"],
        network=NetworkSettings(**config["network"]),
        optimiser=OptimiserSettings(**config["optimiser"]),
    )
    if options.resume:
        training.load(options.out / "state.pt")
    print(f"{len(rows)} rows, {len(training.batches)} batches, from step {training.progress.step}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    deadline = options.deadline.timestamp() if options.deadline else None
    run(
        training,
        options.out,
        budget=Budget(steps=options.steps, minutes=options.minutes, deadline=deadline),
        every_minutes=options.every_minutes,
    )


if __name__ == "__main__":
    main()
