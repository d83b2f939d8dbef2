"""A trained reader's layers and head to one int8 graph, ``qa/model/reader.int8.onnx``.

Run as ``python -m training.export_reader WEIGHTS [OUT]``. WEIGHTS is a state dict of ``BertForQuestionAnswering`` over
multilingual-e5-small (its words may be absent: they are frozen, and read from the table that the embedder uses): a .safetensors or torch
file, or a folder that holds one .safetensors file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from corpus.errors import ModelError
from embeddings.layers import OnnxLayers
from embeddings.tokens import END, START, shared_tokenizer
from embeddings.word_table import word_table
from qa.pairs import KEY_SIZE, LENGTHS
from training.onnx_export import FloatArray, Weights, build, pad, quantize, torch_reference, write
from training.rounding import EVENED

BASE_MODEL = "intfloat/multilingual-e5-small"
HEADS = 12
DEFAULT_OUT = Path(__file__).parent.parent / "qa" / "model" / "reader.int8.onnx"

# Written for this check: a question, and a passage that answers it or doesn't.
SAMPLES = (
    ("谁在开幕式上致辞？", "港口博物馆于二〇一九年五月开放，馆长林秋在开幕式上致辞，感谢了所有捐赠者，随后乐队演奏了三首曲子。"),
    ("When did the museum open?", "The museum at the harbour opened to the public in May 2019. Three thousand came on the first day."),
    ("how many visitors came on the first day", "港口博物馆于二〇一九年五月向公众开放，首日接待参观者三千余人。"),
    ("展品有多少件？", "The collection holds 412 objects, most of them given by families of the old fishing quarter."),
    ("館長是誰？", "港口博物館的館長林秋說，展品多由漁村居民捐贈。"),
    ("who designed the bridge", "The committee met again on Tuesday and put off the decision about the road."),
)


def read_weights(path: Path) -> Weights:
    """The layers' and head's weights as float32, without the words and without the prefix ``bert.``. Raises ModelError."""
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    if len(files) != 1 or not files[0].is_file():
        raise ModelError(f"{path} is neither a weights file nor a folder with exactly one .safetensors file (found {len(files)}).")
    state = _state(files[0])
    weights = {name.removeprefix("bert."): tensor.float().numpy() for name, tensor in state.items()}
    for unused in ("embeddings.word_embeddings.weight", "embeddings.position_ids"):
        weights.pop(unused, None)
    missing = {"qa_outputs.weight", "qa_outputs.bias", "embeddings.position_embeddings.weight"} - set(weights)
    if missing:
        raise ModelError(f"{files[0]} lacks {', '.join(sorted(missing))}: it is no state dict of BertForQuestionAnswering.")
    hidden = weights["qa_outputs.weight"].shape[1]
    for part, size in (("starts", KEY_SIZE), ("ends", KEY_SIZE), ("lengths", len(LENGTHS))):  # of zeros, pairs change nothing
        weights.setdefault(f"pairs.{part}.weight", np.zeros((size, hidden), np.float32))
    weights.setdefault("inside.weight", np.zeros((1, hidden), np.float32))  # as likely as not, of every token
    weights.setdefault("inside.bias", np.zeros(1, np.float32))
    return weights


def _state(file: Path) -> dict[str, Any]:
    if file.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(file)
    import torch

    state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    return state


def main(
    weights_path: Annotated[Path, typer.Argument(metavar="WEIGHTS", help="State dict file, or a folder with one .safetensors file.")],
    out: Annotated[Path, typer.Argument(help="The .onnx file to write; its manifest lies beside it.")] = DEFAULT_OUT,
    source: Annotated[str, typer.Option(help="Where the weights come from, for the manifest.")] = "training.reader",
    licence: Annotated[str, typer.Option(help="Licence of the weights, for the manifest.")] = "Apache-2.0",
) -> None:
    """Write a reader's int8 graph and compare it with torch in float32."""
    weights = read_weights(weights_path)
    digest = hashlib.sha256(b"".join(weights[name].tobytes() for name in sorted(weights))).hexdigest()
    graph = quantize(build(weights, heads=HEADS, evened=EVENED))
    write(graph, out, base_model=BASE_MODEL, source=source, weights_sha256=digest, licence=licence)
    tokenizer = shared_tokenizer()
    rows = []
    for question, passage in SAMPLES:
        asked, text = (tokenizer.encode(part, add_special_tokens=False).ids for part in (question, passage))
        rows.append([START, *asked, END, END, *text, END])
    ids, mask = pad(rows)
    words = word_table().rows(ids)
    hidden = torch_reference(weights, heads=HEADS)(words, mask)
    wanted = np.moveaxis(hidden @ weights["qa_outputs.weight"].T + weights["qa_outputs.bias"], 2, 0)
    found = np.stack(OnnxLayers(out).run(words, mask)[:2])
    report(out, wanted, found, mask.astype(bool))


def report(out: Path, wanted: FloatArray, found: FloatArray, real: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    """Say how far the int8 logits are from float32; both (2, n, tokens), *real* marks tokens that aren't padding."""
    difference = np.abs(wanted - found)[:, real]
    same = np.where(real, wanted, -np.inf).argmax(2) == np.where(real, found, -np.inf).argmax(2)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
    print(f"logits against torch float32 over {len(SAMPLES)} pairs, whose range is {np.ptp(wanted[:, real]):.1f}: mean difference ", end="")
    print(f"{difference.mean():.3f}, largest {difference.max():.3f}; same best place in {same.sum()} of {same.size}")


if __name__ == "__main__":
    typer.run(main)
