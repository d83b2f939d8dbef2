"""A language model that writes questions, for `training.translations` and `training.asking`: shown a few examples, then asked in batches.

Any instruction-following model that `transformers` loads will do, one whose licence lets its output be used.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from corpus.scripts import HAN

MOST_TOKENS: Final = 48
"""Of a question; what is longer is cut, and so is no question (`written_in`)."""
_SORTED: Final = 16
"""Batches that are sorted by length at a time: like lengths take less padding."""
_ENGLISH_STARTS = re.compile(r"[A-Za-z0-9\"'“(]")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model is told before each question: the task, and (asked, answered) examples."""

    task: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One text to answer in a language ("en" or "zh"), and what else its record is to hold."""

    asked: str
    language: str
    about: Mapping[str, Any] = field(default_factory=dict)


def written_in(text: str, language: str) -> bool:
    """Say whether a text is one line in a language, of a length that a question has.

    >>> written_in("Who came?", "en"), written_in("谁来了？", "zh"), written_in("Who was 司马 Mo?", "en")
    (True, True, False)
    """
    if "\n" in text:
        return False
    han = len(HAN.findall(text))
    if language == "en":
        return not han and bool(_ENGLISH_STARTS.match(text)) and 2 <= len(text.split()) <= 40
    return han >= 3 and 2 * han >= len(text.replace(" ", "")) - 8 and len(text) <= 60


class Writer:
    """A causal language model that answers a few shown examples and one text at a time, in batches, greedily."""

    def __init__(self, model: str, shown: Mapping[str, Shown], *, threads: int) -> None:
        """Load the model.

        Args:
            model: its folder, or its name on a hub.
            shown: what to show it, by the language it is to write.
            threads: of the processor.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(model, padding_side="left")
        self._model: Any = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16)
        self._model.eval()  # type: ignore[no-untyped-call]
        self._ends = [self._tokenizer.eos_token_id, *self._tokenizer.encode("\n", add_special_tokens=False)]
        self._shown = shown
        self._begun: dict[str, tuple[str, Any]] = {}

    def _prompt(self, asked: str, language: str) -> str:
        shown = self._shown[language]
        turns = [{"role": "system", "content": shown.task}]
        for question, answer in shown.examples:
            turns += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        turns.append({"role": "user", "content": asked})
        prompt: str = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        return prompt

    def _beginning(self, language: str) -> tuple[str, Any]:
        """What all prompts of a language begin with, and the model's keys and values for it: computed once."""
        import torch

        if language not in self._begun:
            start = self._prompt("\0", language).split("\0")[0]
            with torch.inference_mode():
                known = self._model(**self._tokenizer(start, return_tensors="pt"), use_cache=True).past_key_values
            self._begun[language] = (start, known)
        return self._begun[language]

    def write(self, asked: Sequence[str], language: str) -> list[str]:
        """Return what the model answers to each text, in its order."""
        import torch

        start, known = self._beginning(language)
        rest = [self._prompt(one, language)[len(start) :] for one in asked]
        entered = self._tokenizer(rest, return_tensors="pt", padding=True)
        ids, mask = entered["input_ids"], entered["attention_mask"]
        known = copy.deepcopy(known)
        shown = known.get_seq_length()
        known.batch_repeat_interleave(len(asked))
        mask = torch.cat([torch.ones(len(asked), shown, dtype=mask.dtype), mask], 1)
        places = (mask.cumsum(1) - 1).clamp(min=0)[:, shown:]
        written: list[list[int]] = [[] for _ in asked]
        going = torch.arange(len(asked))  # rows of the batch that are still being written: the others cost no more time
        ends = torch.tensor(self._ends)
        with torch.inference_mode():
            for _ in range(MOST_TOKENS):
                out = self._model(input_ids=ids, attention_mask=mask, position_ids=places, cache=known, use_cache=True, logits_to_keep=1)
                ids = out.logits[:, -1].argmax(-1, keepdim=True)
                for row, token in zip(going.tolist(), ids[:, 0].tolist(), strict=True):
                    written[row].append(token)
                unended = (~torch.isin(ids[:, 0], ends)).nonzero()[:, 0]
                if not len(unended):
                    break
                places, mask = places[:, -1:] + 1, torch.cat([mask, torch.ones_like(ids)], 1)
                if len(unended) < len(going):
                    known.batch_select_indices(unended)
                    going, ids, mask, places = going[unended], ids[unended], mask[unended], places[unended]
        return [
            self._tokenizer.decode([token for token in tokens if token not in self._ends], skip_special_tokens=True).strip()
            for tokens in written
        ]


def batches(tasks: Sequence[Task], size: int) -> Iterator[list[Task]]:
    """Yield the tasks in batches of one language and of like lengths, nearly in their order."""
    for at in range(0, len(tasks), _SORTED * size):
        for language in ("en", "zh"):
            some = sorted((t for t in tasks[at : at + _SORTED * size] if t.language == language), key=lambda task: len(task.asked))
            yield from (some[n : n + size] for n in range(0, len(some), size))


def records(path: Path) -> list[dict[str, Any]]:
    """Return what was written so far; nothing where there is no file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def write_all(
    writer: Writer, tasks: Sequence[Task], out: Path, *, record: Callable[[Task, str], dict[str, Any]], batch: int, minutes: float | None
) -> None:
    """Add a record to a JSON Lines file for each task, batch by batch, until all are done or the time is up."""
    began, done = time.monotonic(), 0
    with out.open("a", encoding="utf-8") as lines:
        for some in batches(tasks, batch):
            if minutes is not None and time.monotonic() - began > 60 * minutes:
                break
            for task, text in zip(some, writer.write([task.asked for task in some], some[0].language), strict=True):
                lines.write(json.dumps(record(task, text), ensure_ascii=False) + "\n")
            lines.flush()
            done += len(some)
            pace = (time.monotonic() - began) / done
            print(f"{done} of {len(tasks)}  {1 / pace:.1f} a second  about {pace * (len(tasks) - done) / 60:.0f} min left", flush=True)


def command(module: str, description: str) -> argparse.ArgumentParser:
    """Return the options that both commands have."""
    parser = argparse.ArgumentParser(prog=f"python -m training.{module}", description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and ner/")
    parser.add_argument("--model", required=True, help="a language model's folder, or its name on a hub")
    parser.add_argument("--out", type=Path, required=True, help="JSON Lines, added to: the command can be stopped at any time and goes on")
    parser.add_argument("--batch", type=int, default=128, help="texts at a time (default 128)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    return parser
