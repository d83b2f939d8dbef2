"""The language model that writes questions: batches, remembered beginnings and rows that end early change nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from training.writer import Shown, Task, Writer, batches, records, write_all, written_in

TEMPLATE = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
"""Without a line's end, so that the model starts from the question's last letter."""


@pytest.mark.parametrize(("text", "language"), [("Who came?", "en"), ("2008 was the year of what?", "en"), ("IBM是哪一年成立的？", "zh")])
def test_a_question_is_written_in_its_language(text: str, language: str) -> None:
    assert written_in(text, language)
    assert not written_in(text, "zh" if language == "en" else "en")


def test_batches_are_of_one_language_and_hold_every_task_once() -> None:
    tasks = [Task("x" * (n % 7 + 1), "en" if n % 3 else "zh", {"n": n}) for n in range(100)]
    made = list(batches(tasks, 8))
    assert sorted(task.about["n"] for some in made for task in some) == list(range(100))
    assert all(len(some) <= 8 and len({task.language for task in some}) == 1 for some in made)


class Echo:
    """Writes what it is asked, and tires after some batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def write(self, asked: Sequence[str], language: str) -> list[str]:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return [f"{language} {one}" for one in asked]


def test_what_is_written_before_an_interruption_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    tasks = [Task(str(n), "en") for n in range(10)]

    def record(task: Task, text: str) -> dict[str, Any]:
        return {"asked": task.asked, "text": text}

    with pytest.raises(KeyboardInterrupt):
        write_all(Echo(2), tasks, out, record=record, batch=3, minutes=None)  # type: ignore[arg-type]
    known = {r["asked"] for r in records(out)}
    assert len(known) == 6
    write_all(Echo(9), [t for t in tasks if t.asked not in known], out, record=record, batch=3, minutes=None)  # type: ignore[arg-type]
    assert sorted(json.loads(line)["text"] for line in out.read_text(encoding="utf-8").splitlines()) == [f"en {n}" for n in range(10)]
    write_all(Echo(9), [Task("late", "en")], out, record=record, batch=3, minutes=0)  # type: ignore[arg-type]
    assert len(records(out)) == 10


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model of two small random layers that writes characters, saved as `transformers` saves one."""
    torch = pytest.importorskip("torch")
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("model")
    shown = [*map(chr, range(32, 127)), *"\n，。？《》", *map(chr, range(0x4E00, 0x9FA6))]
    letters = dict.fromkeys(["<pad>", "<end>", "<unk>", *shown])
    tokenizer = Tokenizer(models.WordLevel({letter: n for n, letter in enumerate(letters)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(5)
    config = Qwen2Config(
        vocab_size=len(letters),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.6,  # so that the likeliest letter is well ahead of the next, also in bfloat16
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        for layer in model.model.layers:
            # So that single letters far before weigh as much as the last one.
            layer.self_attn.o_proj.weight.mul_(4)
            layer.self_attn.q_proj.weight.mul_(6)
    model.save_pretrained(folder)
    return folder


def test_a_batch_is_answered_as_each_text_alone_from_its_whole_prompt(model_folder: Path) -> None:
    import torch
    from transformers import PreTrainedTokenizerFast

    writer = Writer(str(model_folder), {"en": Shown("Translate.", (("谁走了？", "Who left?"),))}, threads=1)
    writer._model.float()
    # `AutoTokenizer` makes its own kind of tokenizer for this sort of model.
    writer._tokenizer = PreTrainedTokenizerFast.from_pretrained(model_folder, padding_side="left")
    writer._ends = writer._tokenizer.encode("<end>\n")
    asked = ["谁来了？", "哪一年", "第一家公司是什么？来了多少人"]
    together = writer.write(asked, "en")
    assert len(set(together)) == 3
    for question, text in zip(asked, together, strict=True):
        ids: Any = writer._tokenizer(writer._prompt(question, "en"), return_tensors="pt")["input_ids"]
        written: list[int] = []
        with torch.inference_mode():
            while len(written) < 48 and not set(written) & set(writer._ends):
                written.append(int(writer._model(ids).logits[0, -1].argmax()))
                ids = torch.cat([ids, torch.tensor([[written[-1]]])], 1)
        tokens = [token for token in written if token not in writer._ends]
        assert text == writer._tokenizer.decode(tokens, skip_special_tokens=True).strip()
