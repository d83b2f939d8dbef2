"""Put questions into the other language with a language model: ``python -m training.translations --data DATA --model FOLDER --out FILE``.

Chinese questions become English ones and English ones Chinese, so that the reader meets the grammar of a question over a text in the other
language; names often come out wrong, as in questions that people type. Only questions are written by the model, never texts or answers.
Any instruction-following model that `transformers` loads will do, one whose licence lets its output be used. The file grows row by row and
is read again at the next start: the command can be stopped at any time and goes on where it was.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

from training.mixture import concise, trainable
from training.switching import HAN

FILES: Final = (
    "cmrc2018.train",
    "squadshifts.new_wiki",
    "drcd.dev",
    "antiterror-news.train",
    "squadshifts.reddit",
    "cjrc2019.dev",
    "squadshifts.amazon_reviews",
)
"""Files of ``data/qa`` whose questions are translated, taken in turn."""
_ASKED: Final = {"en": "Translate the question into English. Write only the question.", "zh": "把问题翻译成中文。只写出问题。"}
_SHOWN: Final = {
    "en": (
        ("卡拉库尔羊原产于哪里？", "Where does the Karakul sheep originally come from?"),
        ("哪两家公司合作开发了这款游戏？", "Which two companies jointly developed the game?"),
        ("謝稚柳擔任首任院長是在哪一年？", "In which year did Xie Zhiliu become the first dean?"),
    ),
    "zh": (
        ("Where was the first hospital in the county built?", "该县第一家医院建在哪里？"),
        ("How many people did Rogers employ in 1998?", "1998年罗杰斯雇用了多少人？"),
        ("Why does OP think he should leave his girlfriend?", "楼主为什么认为自己应该离开女友？"),
    ),
}
_MOST_TOKENS = 48
_ENGLISH_STARTS = re.compile(r"[A-Za-z0-9\"'“(]")


def usable(question: str, translation: str, language: str) -> bool:
    """Say whether a translation is a question in the language asked for, of a length that fits.

    >>> usable("谁来了？", "Who came?", "en"), usable("谁来了？", "谁来了？", "en"), usable("Who came?", "谁来了？", "zh")
    (True, False, True)
    """
    if "\n" in translation or translation == question:
        return False
    han = len(HAN.findall(translation))
    if language == "en":
        return not han and bool(_ENGLISH_STARTS.match(translation)) and 2 <= len(translation.split()) <= 40
    return han >= 3 and 2 * han >= len(translation.replace(" ", "")) - 8 and len(translation) <= 60


def wanted(data: Path, *, seed: int) -> list[tuple[str, str, str]]:
    """Return the questions to translate as (file, question, language to put it into): one file after the other in turn, each shuffled."""
    rng = random.Random(seed)
    columns: list[list[tuple[str, str, str]]] = []
    for name in FILES:
        asked = sorted({row.question for row in trainable(data, name) if row.answers and concise(row, longest=40)})
        rng.shuffle(asked)
        columns.append([(name, question, "en" if HAN.search(question) else "zh") for question in asked])
    return [item for item in chain.from_iterable(zip_longest(*columns)) if item is not None]


def load(path: Path) -> dict[str, str]:
    """Return the translations of a file by question, without those that aren't usable; empty where there is no file."""
    if not path.exists():
        return {}
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {r["question"]: r["translation"] for r in records if usable(r["question"], r["translation"], r["language"])}


class Translator:
    """A causal language model that answers a few shown examples and one question at a time, in batches, greedily."""

    def __init__(self, model: str, *, threads: int) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(model, padding_side="left")
        self._model: Any = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16)
        self._model.eval()  # type: ignore[no-untyped-call]
        self._ends = [self._tokenizer.eos_token_id, *self._tokenizer.encode("\n", add_special_tokens=False)]
        self._shown: dict[str, tuple[str, Any]] = {}

    def _prompt(self, question: str, language: str) -> str:
        turns = [{"role": "system", "content": _ASKED[language]}]
        for asked, answered in _SHOWN[language]:
            turns += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        turns.append({"role": "user", "content": question})
        prompt: str = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        return prompt

    def _beginning(self, language: str) -> tuple[str, Any]:
        """What all prompts of a language begin with, and the model's keys and values for it: computed once."""
        import torch

        if language not in self._shown:
            start = self._prompt("\0", language).split("\0")[0]
            with torch.inference_mode():
                known = self._model(**self._tokenizer(start, return_tensors="pt"), use_cache=True).past_key_values
            self._shown[language] = (start, known)
        return self._shown[language]

    def translate(self, questions: Sequence[str], language: str) -> list[str]:
        """Return the questions in ``language`` ("en" or "zh"), as the model writes them."""
        import torch

        start, known = self._beginning(language)
        rest = [self._prompt(question, language)[len(start) :] for question in questions]
        entered = self._tokenizer(rest, return_tensors="pt", padding=True)
        ids, mask = entered["input_ids"], entered["attention_mask"]
        known = copy.deepcopy(known)
        shown = known.get_seq_length()
        known.batch_repeat_interleave(len(questions))
        mask = torch.cat([torch.ones(len(questions), shown, dtype=mask.dtype), mask], 1)
        places = (mask.cumsum(1) - 1).clamp(min=0)[:, shown:]
        written: list[Any] = []
        going = torch.ones(len(questions), dtype=torch.bool)
        with torch.inference_mode():
            for _ in range(_MOST_TOKENS):
                out = self._model(input_ids=ids, attention_mask=mask, position_ids=places, cache=known, use_cache=True, logits_to_keep=1)
                ids = out.logits[:, -1].argmax(-1, keepdim=True)
                written.append(ids)
                going &= ~torch.isin(ids[:, 0], torch.tensor(self._ends))
                if not going.any():
                    break
                mask = torch.cat([mask, torch.ones_like(ids)], 1)
                places = places[:, -1:] + 1
        texts = []
        for tokens in torch.cat(written, 1).tolist():
            end = next((n for n, token in enumerate(tokens) if token in self._ends), len(tokens))
            texts.append(self._tokenizer.decode(tokens[:end], skip_special_tokens=True).strip())
        return texts


def batches(items: Sequence[tuple[str, str, str]], size: int) -> Iterator[list[tuple[str, str, str]]]:
    """Yield the items in batches of one language and of like lengths, nearly in their order: sixteen batches at a time are sorted."""
    for at in range(0, len(items), 16 * size):
        for language in ("en", "zh"):
            some = sorted((i for i in items[at : at + 16 * size] if i[2] == language), key=lambda item: len(item[1]))
            yield from (some[n : n + size] for n in range(0, len(some), size))


def main() -> None:
    """Read the command line and translate until all is done, or the time is up."""
    parser = argparse.ArgumentParser(prog="python -m training.translations", description="Translate the training's questions.")
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/")
    parser.add_argument("--model", required=True, help="a language model's folder, or its name on a hub")
    parser.add_argument("--out", type=Path, required=True, help="JSON Lines, added to")
    parser.add_argument("--batch", type=int, default=64, help="questions at a time (default 64)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    options = parser.parse_args()

    known = (
        {json.loads(line)["question"] for line in options.out.read_text(encoding="utf-8").splitlines()} if options.out.exists() else set()
    )
    items = [item for item in wanted(options.data, seed=1) if item[1] not in known]
    print(f"{len(known)} questions are translated, {len(items)} are left", flush=True)
    translator = Translator(options.model, threads=options.threads)
    began, done = time.monotonic(), 0
    with options.out.open("a", encoding="utf-8") as out:
        for batch in batches(items, options.batch):
            if options.minutes is not None and time.monotonic() - began > 60 * options.minutes:
                break
            for (name, question, language), text in zip(batch, translator.translate([q for _, q, _ in batch], batch[0][2]), strict=True):
                record = {"file": name, "question": question, "language": language, "translation": text}
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
            out.flush()
            done += len(batch)
            pace = (time.monotonic() - began) / done
            print(f"{done} of {len(items)}  {1 / pace:.1f} a second  about {pace * (len(items) - done) / 60:.0f} min left", flush=True)


if __name__ == "__main__":
    main()
