"""Pages as plain-text dumps: are their lines judged better by rules, by a small line classifier, or by both?

    python -m benchmarks.plain_text DATA/pages --seeds SEEDS

A page's dump is its lines with the tags stripped (`training.dumps`). The classifiers are fitted here on the half of the pages that may be
learned from (`training.page_gold.to_learn`) and measured on the other half:

- "rules": `corpus.cleaning` alone;
- "lines": a network that knows what a line and its neighbours look like (width, signs, figures, repeated words, place);
- "lines and kinds": and what the phrases of `corpus.furniture` take each line for;
- "over the rules": and which lines the rules keep;
- "second look": the rules, but for the lines that the last one is nearly sure are no article: what the program
  does (`corpus.reading.second_look`).

F1, precision and recall are of words (each Chinese character is one), the mean of the pages; lines are counted over all unseen pages, those
of the texts in ``SEEDS`` as marked by hand. A line that stands twice is lost only when neither is kept. Last, of news articles with nothing
around them (``DATA/retrieval``): how many of their lines the rules and the second look take away.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.cleaning import harmonic, shares
from benchmarks.machine import machine
from benchmarks.rows import read_rows
from corpus.cleaning import Cleaned, clean
from corpus.lines import lines
from corpus.reading import second_look
from training.dumps import ARTICLE, FILES, Dump, Floats, dumps, fitted, marked
from training.page_gold import MARKS, read_marks, tokens

CLEAN = ("bbc-news.docs", "antiterror-news.docs")
EVERY = 6
"""Of so many articles one is looked at."""
Judge = Callable[[Cleaned], npt.NDArray[np.bool_]]
FEATURES: dict[str, Callable[[Cleaned], Floats]] = {
    "lines": lambda rules: np.stack(second_look.looks(rules), axis=1),
    "lines and kinds": lambda rules: np.stack([*second_look.looks(rules), *second_look.kinds(rules)], axis=1),
    "over the rules": second_look.features,
}


def words(dump: Dump, keeps: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Precision and recall of a page's words."""
    kept, wanted = Counter[str](), Counter[str]()
    for line, keep, part, counts in zip(dump.rules.lines, keeps, dump.article, dump.counts, strict=True):
        kept.update(tokens(line.text) if keep and counts else ())
        wanted.update(tokens(line.text) if part >= ARTICLE and counts else ())
    return shares(wanted, kept)


def wrong(dump: Dump, keeps: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Lines of furniture left, of all of them, and of article lost, of all of them."""
    held = {line.folded for line, keep in zip(dump.rules.lines, keeps, strict=True) if keep}
    article = dump.counts & (dump.article >= ARTICLE)
    furniture = dump.counts & (dump.article < ARTICLE)
    lost = sum(bool(of) and line.folded not in held for line, of in zip(dump.rules.lines, article, strict=True))
    return int((keeps & furniture).sum()), int(furniture.sum()), lost, int(article.sum())


def row_of(name: str, unseen: Sequence[Dump], seeds: Sequence[Dump], judge: Judge) -> str:
    """A system's line of the table."""
    judged = [(dump, judge(dump.rules)) for dump in unseen]
    found = [(dump.file, words(dump, keeps)) for dump, keeps in judged]
    cells = [f"{statistics.mean(harmonic(*pair) for of, pair in found if of == file):.3f}" for file in FILES]
    cells += [f"{statistics.mean(pair[part] for _, pair in found):.3f}" for part in (0, 1)]
    for group in (judged, [(dump, judge(dump.rules)) for dump in seeds]):
        left, furniture, lost, article = (sum(column) for column in zip(*(wrong(dump, keeps) for dump, keeps in group), strict=True))
        cells += [f"{left:,} of {furniture:,}", f"{lost:,} of {article:,}"]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="folder with the page files")
    parser.add_argument("--seeds", type=Path, required=True, help="folder with the marked texts")
    options = parser.parse_args()
    began = time.perf_counter()
    every = list(dumps(options.pages))
    known, unseen = [dump for dump in every if not dump.unseen], [dump for dump in every if dump.unseen]
    marks = read_marks(MARKS / "seeds.gold.jsonl")
    texts = {name: clean(lines((options.seeds / name).read_text(encoding="utf-8"))) for name in marks}
    seeds = [marked(name, "seeds", rules, marks[name]) for name, rules in texts.items()]
    print(f"{len(known)} dumps to learn from, {len(unseen)} unseen; made in {time.perf_counter() - began:.0f} s\n", flush=True)
    files = " | ".join(f"{file} F1" for file in FILES)
    print(f"| unseen | {files} | precision | recall | furniture left | article lost | seeds: left | lost |\n|{'---|' * (len(FILES) + 7)}")
    print(row_of("rules", unseen, seeds, lambda rules: np.array(rules.keeps)), flush=True)
    for name, features in FEATURES.items():
        network = fitted(known, features)
        print(row_of(name, unseen, seeds, lambda rules, of=features, by=network: by(of(rules)) >= ARTICLE), flush=True)  # type: ignore[misc]
    looked = row_of("second look", unseen, seeds, lambda rules: np.array(second_look.second_look(rules).keeps))
    print(f"{looked}\n\n| articles alone | lines | taken by the rules | by the second look as well |\n|---|---|---|---|")
    for name in CLEAN:
        rows = read_rows(options.pages.parent / "retrieval" / f"{name}.jsonl.gz")[::EVERY]
        judged = [clean(lines(f"{row.get('title') or ''}\n{row['text']}")) for row in rows]
        taken = sum(rules.keeps.count(False) for rules in judged)
        both = sum(second_look.second_look(rules).keeps.count(False) for rules in judged)
        print(f"| {name} ({len(rows)}) | {sum(len(rules.lines) for rules in judged):,} | {taken} | {both - taken} |")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
