"""How fast a folder of many saved pages is read into a library, and whether time and memory stay in proportion.

    python -m benchmarks.many_files --pages DIR                  # real pages: COLLECTION.jsonl.gz with html, used over and over
    python -m benchmarks.many_files --articles 2000              # pages made here

The folder is added without embedding, as `yuanwen add` does it: by as many processes as there are processors. Turn by turn with that, so
that other work on the machine disturbs both alike, `trafilatura` alone takes the text out of some of the same files, in one process. Shares
are given by the clock, which is what a person waits for, and by processor time, that of all processes together.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import machine, resident_mb
from corpus.intake import Outcome, add_files, tally
from corpus.library import Library

EVERY = 4
"""Of so many pages, one is also read by trafilatura alone."""
AT_ONCE = 500
"""Files added before the turn is trafilatura's."""
_SENTENCES = (
    "第{n}次{a}会议昨天在{b}会展中心开幕，来自全国的{m}名代表参加了开幕式。",
    "{a}协会会长在会上介绍了过去一年{b}地区{a}工程的进展，并公布了{m}个新项目。",
    "组委会负责人表示，今年的{a}展区比去年增加了{n}平方米，{b}的企业占了一半以上。",
    "The {a} conference no. {n} opened in {b} on Tuesday with {m} delegates from across the country.",
    "A spokesman for the {a} association said that {m} new projects would be built in {b} by the end of the year.",
)
_THINGS = (
    "港口",
    "图书",
    "茶业",
    "地铁",
    "机场",
    "水库",
    "桥梁",
    "学校",
    "医院",
    "森林",
    "harbour",
    "library",
    "railway",
    "hospital",
    "forest",
)


def made_pages(count: int) -> Iterator[str]:
    """Pages of some paragraphs between a menu and a list of other articles; no two alike."""
    chance = random.Random(1)
    for number in range(count):

        def sentence(number: int = number) -> str:
            a, b = chance.sample(_THINGS, 2)
            return chance.choice(_SENTENCES).format(a=a, b=b, n=number, m=chance.randrange(10, 9000))

        title = f"{chance.choice(_THINGS)} {number}: {sentence()[:30]}"
        body = "".join(f"<p>{''.join(sentence() for _ in range(4))}</p>" for _ in range(8))
        menu = "".join(f"<li><a href='/{thing}'>{thing}</a></li>" for thing in _THINGS)
        yield (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body><ul>{menu}</ul>"
            f"<article><h1>{title}</h1>{body}</article><div class='related'><h3>相关文章</h3><ul>{menu}</ul></div></body></html>"
        )


def saved_pages(folder: Path, count: int) -> Iterator[str]:
    """Pages of the collections in a folder, over and over, each time with a number in their text that makes them differ."""
    pages: list[str] = []
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            pages += [json.loads(line)["html"] for line in lines]
    random.Random(1).shuffle(pages)
    for number in range(count):
        page = pages[number % len(pages)]
        at = page.rfind("</p>")
        yield page if at < 0 else f"{page[:at]} ({number}){page[at:]}"


def write(folder: Path, pages: Iterator[str]) -> list[Path]:
    """The pages as files, a hundred in a folder."""
    paths = []
    for number, page in enumerate(pages):
        path = folder / f"{number // 100:03}" / f"{number:05}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(page.encode("utf-8", "replace"))
        paths.append(path)
    return paths


def peak_mb() -> float:
    """The most memory that this process ever had, in MB (Linux; else what it has now)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resident_mb()[0]


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in seconds: by the clock, and of the processors, ended child processes included."""

    clock: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Took) -> Took:
        return Took(self.clock + other.clock, self.processor + other.processor)


def timed(work: Callable[[], object]) -> Took:
    """Do something and say how long it took."""
    clock, processor = time.perf_counter(), _processor_s()
    work()
    return Took(time.perf_counter() - clock, _processor_s() - processor)


def _processor_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def bare(paths: list[Path]) -> None:
    """Read files with trafilatura alone."""
    import trafilatura

    for path in paths:
        trafilatura.bare_extraction(path.read_bytes().decode("utf-8", "replace"), include_comments=False, include_images=False)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000, help="so many files (default: %(default)s)")
    parser.add_argument("--pages", type=Path, help="a folder of page collections; made pages when omitted")
    options = parser.parse_args()
    print("articles a second by the clock, and shares of what trafilatura alone does\n")
    print("| files | of the last tenth | peak memory, MB | trafilatura alone | share by the clock | of processor time |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place, Library(Path(place, "library")) as library:
        folder = Path(place, "pages")
        folder.mkdir()
        pages = saved_pages(options.pages, options.articles) if options.pages else made_pages(options.articles)
        paths = write(folder, pages)
        bare(paths[:1])  # what is loaded once counts for neither
        add_files(library, paths[:1])
        outcomes: list[Outcome] = []
        tenth = -(-options.articles // 10)
        rates: list[tuple[float, float]] = []  # ours and trafilatura's, of each tenth
        all_ours, all_bare, all_compared = Took(), Took(), 0
        peaks: list[float] = []
        for start in range(0, len(paths), tenth):
            part = paths[start : start + tenth]
            ours, alone, compared = Took(), Took(), 0
            for at in range(0, len(part), AT_ONCE):
                batch = part[at : at + AT_ONCE]
                alone += timed(lambda batch=batch: bare(batch[::EVERY]))  # type: ignore[misc]
                ours += timed(lambda batch=batch: outcomes.extend(add_files(library, batch)))  # type: ignore[misc]
                compared += len(batch[::EVERY])
            rates.append((len(part) / ours.clock, compared / alone.clock))
            peaks.append(peak_mb())
            print(_row(f"{start + len(part):,}", len(part), compared, ours, alone, peaks[-1]), flush=True)
            all_ours, all_bare, all_compared = all_ours + ours, all_bare + alone, all_compared + compared
    print(_row("all", len(paths), all_compared, all_ours, all_bare, peaks[-1]))
    # Other work on the machine slows both down: what is left of a change when trafilatura's own is taken off is the library's.
    change, theirs = (last / first for first, last in zip(rates[0], rates[-1], strict=True))
    print(f"\nrate of the last tenth / of the first: {change:.2f} (trafilatura {theirs:.2f}); memory {peaks[-1] - peaks[0]:+.0f} MB")
    print(f"\n{ {kind: count for kind, count in tally(outcomes).items() if count} }\n{machine()}")


def _row(name: str, count: int, compared: int, ours: Took, alone: Took, peak: float) -> str:
    clock, processor = (count / our / (compared / their) for our, their in ((ours.clock, alone.clock), (ours.processor, alone.processor)))
    return f"| {name} | {count / ours.clock:.1f} | {peak:.0f} | {compared / alone.clock:.1f} | {clock:.2f} | {processor:.2f} |"


if __name__ == "__main__":
    main()
