"""Is a library whole whatever moment its program is killed at?

    python -m benchmarks.crashes --kills 100            # while files are read and stored
    python -m benchmarks.crashes --kills 100 --embed    # while their passages are embedded as well
    python -m benchmarks.crashes --kills 100 --signal INT
    python -m benchmarks.crashes --kills 100 --embed --log kills.jsonl    # stopped and run again, it goes on where it was

A folder of made-up articles (some of them reposts of others, so that joining them is interrupted too) is added by a process of its own,
which is killed at a random moment between its first and its last write: in its own processor time, so that what else runs on the
machine does not move the moments to the end. Then the library is opened: it must verify, and hold nothing
that is not, word for word, in the folder. Then the same is run again to its end: what the library holds must be what one that was never
interrupted holds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from corpus.intake import add_files
from corpus.library import Library

NAMES = ("林晓岚", "周启明", "陈若水", "吴敬言", "何以宁", "沈怀山", "郑一舟", "孟青禾")
PLACES = ("杭州", "成都", "青岛", "昆明", "长春", "泉州", "兰州", "南宁")
THINGS = ("节水灌溉", "老年食堂", "河道清淤", "夜间公交", "社区图书室", "山火预警", "旧楼加装电梯", "渔船定位")
REPOST_EVERY = 8
_GLANCE_S = 0.0005
"""How often a process is looked at. Disturbed by others, it is looked at more rarely than it comes to work itself."""


def write_articles(folder: Path, count: int, *, seed: int = 1) -> None:
    """Files of two to four paragraphs, every `REPOST_EVERY`-th an earlier one under another header."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    texts: list[str] = []
    for number in range(count):
        if number and number % REPOST_EVERY == 0:
            text = f"来源：每日要闻\n{chance.choice(texts)}\n（责任编辑：{chance.choice(NAMES)}）"
        else:
            paragraphs = [
                f"{chance.choice(PLACES)}第{chance.randrange(1, 400)}次会议听取了{chance.choice(NAMES)}关于{chance.choice(THINGS)}的报告，"
                f"今年已有{chance.randrange(10, 9000)}户受益，经费{chance.randrange(10, 900)}万元，比上年增长{chance.randrange(1, 90)}%。"
                for _ in range(chance.randrange(2, 5))
            ]
            text = "\n".join(paragraphs)
            texts.append(text)
        (folder / f"{number:04}.txt").write_text(f"第{number}号通报\n\n{text}\n", encoding="utf-8")


def work(library: Library, folder: Path, *, embed: bool) -> None:
    """What is interrupted."""
    add_files(library, [folder])
    if embed:
        from embeddings.encoder import load_embedder
        from embeddings.vectors import PassageVectors

        PassageVectors(library, load_embedder()).sync()


def start(library: Path, folder: Path, *, embed: bool) -> Running:
    """The same in a process of its own, at the moment when all is imported and the work begins.

    It is forked from a server that has the slow imports behind it and no threads, whatever runs in this process.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["corpus.intake", "opencc", "pypinyin", "rjieba", "Stemmer"])
    ready, done = server.Event(), server.Event()
    process = server.Process(target=_work_elsewhere, args=(library, folder, embed, ready, done), daemon=True)
    process.start()
    while not ready.wait(1):
        if not process.is_alive():
            raise RuntimeError(f"the process that adds {folder} did not start")
    return Running(process, done)


def _work_elsewhere(place: Path, folder: Path, embed: bool, ready: Event, done: Event) -> None:
    if embed:
        import embeddings.vectors  # noqa: F401 (what comes after is work alone)
    with contextlib.suppress(KeyboardInterrupt):
        ready.set()
        with Library(place) as library:
            work(library, folder, embed=embed)
            done.set()


@dataclass(frozen=True, slots=True)
class Running:
    """A process at work."""

    process: ForkServerProcess
    done: Event

    def wait(self) -> bool:
        """Until it ends; whether it came to the end of its work."""
        self.process.join()
        return self.done.is_set()

    def worked_s(self) -> float:
        """Its processor time so far, in seconds; infinite when it has ended. Elsewhere than on Linux, the time of day."""
        if not sys.platform.startswith("linux"):
            return time.perf_counter()
        with contextlib.suppress(OSError):
            return time.clock_gettime((~(self.process.pid or 0) << 3) | 2)  # as clock_getcpuclockid(3) makes it on Linux
        return float("inf")

    def wait_until(self, worked_s: float) -> None:
        """Until it has worked so long, or has ended."""
        while self.process.is_alive() and self.worked_s() < worked_s:
            time.sleep(_GLANCE_S)

    def strike(self, sign: signal.Signals) -> None:
        """Sends it a signal."""
        if self.process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, sign)


def contents(library: Library) -> dict[str, Any]:
    """What a library holds: for each article its sources, its text, its passages' places, and which of them have vectors."""
    embedded = {int(passage_id) for fingerprint in library.fingerprints() for passage_id in library.vector_ids(fingerprint)}
    held: dict[str, Any] = {}
    for info in library.articles():
        places = [(passage.start, passage.end, passage.id in embedded) for passage in library.passages(info.id)]
        held[info.id] = (info.sources, library.article(info.id).text, places)
    return held


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of one interruption."""

    after_s: float
    was_at_work: bool
    problems: tuple[str, ...]


def strike(folder: Path, whole: dict[str, Any], *, after_s: float, sign: signal.Signals, embed: bool) -> Struck:
    """Interrupts the adding of a folder after so many seconds of its processor time, looks at what is there, and runs it again.

    Args:
        whole: `contents` of a library that was never interrupted.
    """
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        process = start(Path(place), folder, embed=embed)
        process.wait_until(process.worked_s() + after_s)
        process.strike(sign)
        was_at_work = not process.wait()
        with Library(place) as library:
            problems += library.verify()
            texts = {article_id: text for article_id, (_, text, _) in whole.items()}
            standing = {source: article_id for article_id, (sources, _, _) in whole.items() for source in sources}
            for article_id, (sources, text, places) in contents(library).items():
                if not places or any(source not in standing for source in sources):
                    problems.append(f"{article_id} is not whole")
                if article_id in texts and texts[article_id] != text:
                    problems.append(f"{article_id} has another text")
        if not start(Path(place), folder, embed=embed).wait():
            problems.append("running it again did not come to an end")
        with Library(place) as library:
            problems += library.verify()
            if contents(library) != whole:
                problems.append("after running it again the library holds something else than it should")
    return Struck(after_s, was_at_work, tuple(problems))


def reference(folder: Path, *, embed: bool) -> tuple[dict[str, Any], float]:
    """`contents` of a library that is never interrupted, and how much processor time that takes, in seconds."""
    with tempfile.TemporaryDirectory() as place:
        process = start(Path(place), folder, embed=embed)
        began = worked = process.worked_s()
        while process.process.is_alive():
            worked = max(worked, now) if (now := process.worked_s()) < float("inf") else worked
            time.sleep(_GLANCE_S)
        process.wait()
        taken = worked - began
        with Library(place) as library:
            if problems := library.verify():
                raise RuntimeError(f"not whole without any interruption: {problems}")
            return contents(library), taken


def _logged(log: Path | None, kind: list[Any]) -> list[Struck]:
    """What a log tells of interruptions of this kind."""
    if log is None or not log.exists():
        return []
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [Struck(after_s, was_at_work, tuple(problems)) for of_kind, after_s, was_at_work, problems in rows if of_kind == kind]


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="how many times (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=300, help="files in the folder (default: %(default)s)")
    parser.add_argument("--embed", action="store_true", help="embed the passages as well")
    parser.add_argument("--signal", choices=("KILL", "INT", "TERM"), default="KILL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="a file of one line for each interruption; those in it are not made again")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    kind = [options.articles, options.embed, options.signal, options.seed]
    struck = _logged(options.log, kind)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "articles")
        write_articles(folder, options.articles)
        whole, taken = reference(folder, embed=options.embed)
        print(
            f"{options.articles} files are {len(whole)} articles, added in {taken:.1f} s of processor time when nothing interrupts",
            flush=True,
        )
        moments = [chance.random() for _ in range(options.kills)]
        for number in range(len(struck), options.kills):
            after_s = moments[number] * taken
            one = strike(folder, whole, after_s=after_s, sign=signal.Signals[f"SIG{options.signal}"], embed=options.embed)
            struck.append(one)
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps([kind, one.after_s, one.was_at_work, one.problems]) + "\n")
            for problem in one.problems:
                print(f"interruption {number} after {one.after_s:.3f} s: {problem}", flush=True)
            if len(struck) % 10 == 0:
                print(f"{len(struck)} of {options.kills}", flush=True)
    good = sum(not one.problems for one in struck)
    at_work = sum(one.was_at_work for one in struck)
    print(f"SIG{options.signal}: {good} of {len(struck)} libraries open, verify, and hold what they should after running it again")
    print(f"{at_work} were struck at work, the others had just finished\n{machine()}")
    if good < len(struck):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
