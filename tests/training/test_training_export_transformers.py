"""The reader loads elsewhere, as a plain model of transformers, and says there what it says here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.data import Row
from training.examples import windows

torch = pytest.importorskip("torch")
TEXT = "港口博物馆于2019年开放，馆长林秋致辞。 Lin Qiu opened the harbour museum in May 2019."
ROW = Row("Who opened the harbour museum?", TEXT, (), "test")


def test_the_folder_loads_in_transformers_and_gives_the_same_logits(tmp_path: Path) -> None:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from embeddings.tokens import shared_tokenizer
    from embeddings.word_table import word_table
    from training.export_transformers import DEFAULT_WEIGHTS, write
    from training.model import e5_small, logits, network

    write(DEFAULT_WEIGHTS, tmp_path)
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path, dtype=torch.float32).train(False)
    assert type(model).__name__ == "BertForQuestionAnswering"
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    [window] = windows(shared_tokenizer(), ROW)
    given = tokenizer(ROW.question, ROW.context, return_tensors="pt")
    assert given["input_ids"][0].tolist() == window.ids
    with torch.inference_mode():
        found = model(**given)
        wanted = logits(network(e5_small(), DEFAULT_WEIGHTS).train(False), word_table(), [window])
    legal = np.array(window.legal)
    for here, there in ((wanted.starts, found.start_logits), (wanted.ends, found.end_logits)):
        assert np.allclose(here.numpy()[0][legal], there.numpy()[0][legal], atol=0.05)
