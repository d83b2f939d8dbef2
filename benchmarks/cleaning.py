"""How much of a page's article is found and how much besides, next to trafilatura, readability-lxml and resiliparse.

    python -m benchmarks.cleaning DATA/pages --seeds SEEDS

``DATA/pages`` has ``scrapinghub-aeb``, ``l3s-gn1``, ``mozilla-readability`` and ``gne-zh-news`` as gzipped JSON Lines, ``SEEDS`` text files
whose lines are marked in ``tests/data/pages/``. Half of each page file was learned from and tuned on (`training.page_gold.to_learn`, by the
hash of the page's id); "unseen" is the other half.

- scrapinghub-aeb is scored as its authors do: counts of four-word shingles, each page's shares of found and wanted ones, F1 of their means.
- l3s-gn1 and mozilla-readability: mean F1 of words (each Chinese character is one).
- gne-zh-news: the same against the 40 pages marked by hand, leaving out lines that count neither way.
- Titles are right when they are the same but for signs and case; dates when the day is.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.rows import read_rows
from corpus.article import Article
from corpus.errors import ReadingError
from corpus.reading import read, read_file
from training.page_gold import MARKS, Marks, line_hash, marked_lines, read_marks, to_learn, tokens

FILES = ("scrapinghub-aeb", "l3s-gn1", "mozilla-readability", "gne-zh-news")


@dataclass(frozen=True, slots=True)
class Said:
    """What a program makes of a page."""

    text: str = ""
    title: str | None = None
    published: str | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Page:
    """A page and what it is to be measured against."""

    file: str
    row: dict[str, Any]
    marks: Marks | None = None
    gold: str = ""
    either: list[str] = field(default_factory=list)

    @property
    def unseen(self) -> bool:
        """Whether nothing was learned from it."""
        return not to_learn(self.row["id"])


def ours(page: str) -> Said:
    """This program."""
    with contextlib.suppress(ReadingError):
        article = read(page.encode("utf-8", "surrogatepass"), name="page.html")
        return Said(article.text, article.title, str(article.published) if article.published else None)
    return Said()


def trafilatura_alone(page: str) -> Said:
    """trafilatura as it comes, without comments."""
    import trafilatura

    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    return Said(getattr(found, "text", None) or "", getattr(found, "title", None), getattr(found, "date", None))


def readability_lxml(page: str) -> Said:
    """readability-lxml, its tags taken off by resiliparse."""
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    document = Document(page)
    return Said(extract_plain_text(document.summary(html_partial=True), main_content=False), document.short_title())


def resiliparse(page: str) -> Said:
    """resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return Said(extract_plain_text(page, main_content=True, alt_texts=False, comments=False))


SYSTEMS: dict[str, Callable[[str], Said]] = {
    "Yuanwen": ours,
    "trafilatura": trafilatura_alone,
    "readability-lxml": readability_lxml,
    "resiliparse": resiliparse,
}


def pages_of(folder: Path) -> Iterator[Page]:
    """The pages of all files that have something to be measured against."""
    marks = read_marks(MARKS / "zh-news.gold.jsonl")
    for file in FILES:
        for row in read_rows(folder / f"{file}.jsonl.gz"):
            if "gold_text" in row:
                yield Page(file, row, gold=row["gold_text"])
            elif row["id"] in marks:
                known = marks[row["id"]]
                lines = {line_hash(line): line for line in marked_lines(row["html"])}
                either = [lines[each] for each in known.either] + list(known.titles)
                yield Page(file, row, known, "\n".join(lines[each] for each in known.body), either)


def run(system: Callable[[str], Said], page: Page) -> Said:
    """What a system makes of a page; a crash counts as nothing found."""
    began = time.perf_counter()
    try:
        said = system(page.row["html"])
    except Exception:
        said = Said()
    seconds = time.perf_counter() - began
    return Said(_without(said.text, page), said.title, said.published, seconds)


def _without(text: str, page: Page) -> str:
    """The text without the lines that count neither way."""
    if not page.either:
        return text
    either, gold = [_plain(line) for line in page.either], _plain(page.gold)
    kept = []
    for line in text.split("\n"):
        plain = _plain(line)
        if not any(plain == other or (len(plain) > 3 and plain in other and plain not in gold) for other in either):
            kept.append(line)
    return "\n".join(kept)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def shares(wanted: Counter[Any], found: Counter[Any]) -> tuple[float, float]:
    """Precision and recall, 0 to 1; of nothing found where nothing was wanted, both are 1."""
    both = (wanted & found).total()
    if wanted == found:
        return 1.0, 1.0
    return both / found.total() if found else 0.0, both / wanted.total() if wanted else 0.0


def harmonic(precision: float, recall: float) -> float:
    """F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def by_shingles(pairs: Sequence[tuple[str, str]]) -> float:
    """F1 as in scrapinghub/article-extraction-benchmark; pairs are wanted and found texts."""
    scores = [(shares(_shingles(wanted), _shingles(found)), found) for wanted, found in pairs]
    precision = statistics.mean(score[0] for score, found in scores if found.strip())
    return harmonic(precision, statistics.mean(score[1] for score, _ in scores))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def by_words(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 of words."""
    return statistics.mean(harmonic(*shares(Counter(tokens(wanted)), Counter(tokens(found)))) for wanted, found in pairs)


def row_of(name: str, pages: Sequence[Page], said: Sequence[Said]) -> str:
    """A system's line of the table."""
    cells = []
    for file in FILES:
        for unseen in (False, True):
            pairs = [
                (page.gold, found.text) for page, found in zip(pages, said, strict=True) if page.file == file and page.unseen >= unseen
            ]
            cells.append((by_shingles if file == FILES[0] else by_words)(pairs))
    of_mozilla = [
        (page.gold, found.text)
        for page, found in zip(pages, said, strict=True)
        if page.file == "mozilla-readability" and page.row["lang"] == "zh"
    ]
    numbers = " | ".join(f"{all_:.3f} / {unseen:.3f}" for all_, unseen in zip(cells[::2], cells[1::2], strict=True))
    speed = statistics.mean(found.seconds for found in said)
    return f"| {name} | {numbers} | {by_words(of_mozilla):.3f} | {1000 * speed:.0f} |"


def facts_of(name: str, pages: Sequence[Page], said: Sequence[Said]) -> str:
    """A system's titles and dates on the pages marked by hand, and its titles on l3s-gn1 and mozilla-readability."""
    marked = [(page.marks, found) for page, found in zip(pages, said, strict=True) if page.marks]
    titles = [_plain(found.title or "") in map(_plain, marks.titles) for marks, found in marked]
    dates = [found.published in marks.published for marks, found in marked]
    others = [
        _plain(found.title or "") == _plain(page.row["gold_title"].split("\n")[0])
        for page, found in zip(pages, said, strict=True)
        if page.file == "l3s-gn1" and page.row.get("gold_title") and page.unseen
    ]
    return f"| {name} | {statistics.mean(titles):.3f} | {statistics.mean(dates):.3f} | {statistics.mean(others):.3f} |"


def seeds(folder: Path) -> Iterator[str]:
    """A line for each text file with marks: furniture left in, article lines lost, date."""
    yield "| text | furniture lines | left in | article lines | lost | date |\n|---|---|---|---|---|---|"
    for name, marks in read_marks(MARKS / "seeds.gold.jsonl").items():
        article: Article = read_file(folder / name)
        kept = {line_hash(line) for line in article.text.split("\n")}
        all_lines = [line_hash(line) for line in (folder / name).read_text(encoding="utf-8").split("\n") if any(map(str.isalnum, line))]
        furniture = [line for line in all_lines if line not in marks.body and line not in marks.either]
        left = sum(line in kept for line in furniture)
        lost = sum(line not in kept for line in marks.body)
        right = (str(article.published) if article.published else None) in marks.published
        date = f"{article.published or 'none'} ({article.published_from or '–'}), {'right' if right else 'wrong'}"
        yield f"| {name[:3]} | {len(furniture)} | {left} | {len(marks.body)} | {lost} | {date} |"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="folder with the page files")
    parser.add_argument("--seeds", type=Path, help="folder with the marked texts")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), help="default: all")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    pages = list(pages_of(options.pages))
    said = {name: [run(SYSTEMS[name], page) for page in pages] for name in options.systems}
    print(f"| F1, all / unseen | {' | '.join(FILES)} | mozilla zh | ms a page |\n|{'---|' * (len(FILES) + 3)}")
    for name, found in said.items():
        print(row_of(name, pages, found))
    print("\n| right | zh titles | zh dates | l3s-gn1 titles (unseen) |\n|---|---|---|---|")
    for name, found in said.items():
        print(facts_of(name, pages, found))
    if options.seeds:
        print("", *seeds(options.seeds), sep="\n")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
