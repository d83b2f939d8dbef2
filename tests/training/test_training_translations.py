"""Questions in the other language: what counts as one, what is asked for, and that batches and remembered beginnings change nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from training.data import Row
from training.mixture import itemised
from training.translations import Translator, batches, load, usable, wanted

TEMPLATE = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
"""Without a line's end, so that the model starts from the question's last letter."""


@pytest.mark.parametrize(
    ("translation", "language"),
    [
        ("谁来了？", "en"),
        ("Who was司马 Mo?", "en"),
        ("Who", "en"),
        ("Who came?\nZhang Ming", "en"),
        ("Puritans想要 set an example for whom on that continent？", "zh"),
        ("来", "zh"),
        ("来" * 70, "zh"),
    ],
)
def test_what_is_no_question_in_the_language_asked_for_is_left_out(translation: str, language: str) -> None:
    assert not usable("谁来了？" if language == "en" else "Who came?", translation, language)


def test_only_usable_translations_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "translations.jsonl"
    pairs = [("谁来了？", "en", "Who came?"), ("谁走了？", "en", "谁走了？"), ("Who left the town?", "zh", "谁离开了小镇？")]
    path.write_text("\n".join(json.dumps({"question": q, "language": to, "translation": t}) for q, to, t in pairs), encoding="utf-8")
    assert load(path) == {"谁来了？": "Who came?", "Who left the town?": "谁离开了小镇？"}
    assert load(tmp_path / "none.jsonl") == {}


def test_files_are_taken_in_turn_and_only_what_may_be_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.data import held_out

    monkeypatch.setattr("training.translations.FILES", ("one", "two"))
    (tmp_path / "qa").mkdir()
    for name, question in (("one", "谁第{}个来？"), ("two", "Who came as number {}?")):
        with gzip.open(tmp_path / "qa" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            for n in range(40):
                text = f"{n}. Zhang"
                out.write(
                    json.dumps({"question": question.format(n), "context": text, "answers": [{"start": len(text) - 5, "text": "Zhang"}]})
                    + "\n"
                )
    items = wanted(tmp_path, seed=1)
    kept = {n for n in range(40) if not held_out(f"{n}. Zhang")}
    assert [name for name, _, _ in items] == ["one", "two"] * len(kept)
    assert {question for _, question, language in items if language == "en"} == {f"谁第{n}个来？" for n in kept}
    assert wanted(tmp_path, seed=1) == items
    assert sorted(item for batch in batches(items, 7) for item in batch) == sorted(items)
    assert all(len({language for _, _, language in batch}) == 1 and len(batch) <= 7 for batch in batches(items, 7))


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


def test_a_batch_of_questions_is_answered_as_each_alone_from_its_whole_prompt(model_folder: Path) -> None:
    import torch
    from transformers import PreTrainedTokenizerFast

    translator = Translator(str(model_folder), threads=1)
    translator._model.float()
    # `AutoTokenizer` makes its own kind of tokenizer for this sort of model.
    translator._tokenizer = PreTrainedTokenizerFast.from_pretrained(model_folder, padding_side="left")
    translator._ends = translator._tokenizer.encode("<end>\n")
    asked = ["谁来了？", "哪一年", "第一家公司是什么？来了多少人"]
    together = translator.translate(asked, "en")
    assert len(set(together)) == 3
    for question, text in zip(asked, together, strict=True):
        ids: Any = translator._tokenizer(translator._prompt(question, "en"), return_tensors="pt")["input_ids"]
        written: list[int] = []
        with torch.inference_mode():
            while len(written) < 48 and not set(written) & set(translator._ends):
                written.append(int(translator._model(ids).logits[0, -1].argmax()))
                ids = torch.cat([ids, torch.tensor([[written[-1]]])], 1)
        tokens = [token for token in written if token not in translator._ends]
        assert text == translator._tokenizer.decode(tokens, skip_special_tokens=True).strip()


def test_a_list_is_parted_only_where_several_things_are_asked_for() -> None:
    text = "The team found copper, lead and zinc in the river."
    span = (text.index("copper"), text.index(" in the"))
    several = itemised(Row("What are the metals?", text, ((span,),), "x"))
    assert [[text[a:b] for a, b in group] for group in several.answers] == [["copper"], ["lead"], ["zinc"]]
    for question, context in (("What did it find?", text), ("有哪些金属？", "铜、铅和锌。")):
        row = Row(question, context, (((0, 6),) if context is text else ((0, 5),),), "x")
        assert itemised(row) is row
