"""The same reader in torch: `BertForQuestionAnswering` from the weights that the int8 graph was made of, in float32, decoded alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from embeddings.layers import FloatArray
from qa.reader import Reader

DEFAULT_WEIGHTS = Path(__file__).parent.parent.parent / "training" / "weights" / "reader_fp16.safetensors"

In = TypeVar("In")
Out = TypeVar("Out")


class TorchLayers:
    """Stands in for `embeddings.layers.OnnxLayers`: one text after the other, each on all of torch's threads.

    Args:
        weights: a .safetensors file of them.
        outputs: names of the graph's outputs.

    Raises:
        ModelError: the weights are no reader's.
    """

    def __init__(self, weights: Path, *, outputs: Sequence[str]) -> None:
        from training.model import e5_small, network

        self._network: Any = network(e5_small(), weights).train(False)
        self._outputs = outputs

    def run_one(self, inputs_embeds: FloatArray) -> list[FloatArray]:
        """Run one text, word vectors float32 (n_tokens, dimension); returns the graph's outputs in its order, each (n_tokens, ...)."""
        import torch

        with torch.inference_mode():
            state = self._network.bert(inputs_embeds=torch.from_numpy(inputs_embeds[None])).last_hidden_state[0]
            logits = self._network.qa_outputs(state)
            heads = {
                "start_logits": lambda: logits[:, 0],
                "end_logits": lambda: logits[:, 1],
                "inside_logits": lambda: self._network.inside(state)[:, 0],
            }
            return [
                heads[name]().numpy() if name in heads else self._network.pairs[name.removeprefix("pair_")](state).numpy()
                for name in self._outputs
            ]

    def map(self, function: Callable[[In], Out], items: Sequence[In]) -> Iterator[Out]:
        """The results of *function* in order."""
        return map(function, items)


class TorchReader(Reader):
    """`qa.reader.Reader` but for what runs the layers."""

    def __init__(self, model: Path, weights: Path) -> None:
        super().__init__(model)
        self._layers = TorchLayers(weights, outputs=self._layers.manifest["outputs"])  # type: ignore[assignment]


def made_of(manifest: dict[str, Any], weights: Path) -> bool:
    """Whether a graph was exported from these weights, by the checksum in its manifest."""
    from training.export_reader import read_weights

    arrays = read_weights(weights)
    return bool(manifest.get("weights_sha256") == hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest())
