"""Are reposts found, and are texts that only look alike left apart?

    python -m benchmarks.duplicates FILE.jsonl.gz ... --distinct 5000 --reposts 500 --merged merged.txt

Rows have a ``text`` (or ``gold_text``, or ``context``) and perhaps a title. So many distinct ones fill a library, through `Library.add` as
anything else does. Then come, from as many of them:

- reposts: other headers, tails, titles, punctuation and line ends, cut tails, the other Chinese script, one or several of these at once.
  Each shall join the article it was made from;
- altered copies, with other headers and tails too: another year, another figure, another name. Each shall stay an article of its own.

Recall is the share of reposts that join their article; precision, of all that joined after the library was filled, the share that did so
rightly. What joined while it was being filled is written to ``--merged`` for reading: these rows are as they were found on the web.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.rows import article, read_rows
from corpus.article import Article
from corpus.library import Change, Library
from corpus.metadata import language_and_script

SHORTEST = 250
"""Characters of an article that reposts are made from: of a shorter one, a cut leaves too little to tell."""
SITES = ("城市观察网", "东方资讯", "每日要闻", "江南在线", "行业前沿", "Daily Observer", "Northern Post", "City Wire")
HEADERS_ZH = (
    "{year}-{month:02}-{day:02} {hour:02}:{minute:02} 来源：{site}",
    "来源：{site}　　发布时间：{year}年{month}月{day}日 {hour:02}:{minute:02}",
    "{site} > 新闻中心 > 正文",
    "【{site}】",
    "作者：{name} 阅读：{count} 评论：{small}",
    "字号：大 中 小 打印本页 分享到微信",
    "点击上方蓝字关注{site}，每天第一时间了解行业动态。",
    "本文转自{site}，版权归原作者所有。",
)
HEADERS_EN = (
    "{site} | {month:02}/{day:02}/{year} {hour:02}:{minute:02}",
    "By {name}, {site}",
    "Published {year}-{month:02}-{day:02}",
    "Share this story on Facebook, Twitter or by e-mail",
    "Originally published by {site}.",
)
TAILS_ZH = (
    "（责任编辑：{name}）",
    "声明：本文来源于网络，版权归原作者所有，如有侵权请联系删除。",
    "更多精彩内容，请关注{site}官方微信公众号。",
    "相关阅读\n上海将举办春季论坛\n三家企业签约落户\n去年增速创新高",
    "上一篇：没有了　下一篇：春季论坛开幕",
    "图片来源：{site}",
)
TAILS_EN = (
    "Copyright {year} {site}. All rights reserved.",
    "Sign up for our newsletter to get the stories of the day by e-mail.",
    "Related: Spring forum opens; Three companies sign up",
    "Edited by {name}.",
)
NAMES_ZH, NAMES_EN = ("林晓岚", "周启明", "陈若水", "吴敬言"), ("Alan Reyes", "Mary Thornton", "Joanna Pike", "Peter Holm")
CONVERSIONS = {"Hans": ("s2t", "s2tw", "s2twp", "s2hk"), "Hant": ("t2s", "tw2sp")}
_HAN = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def document(row: dict[str, Any]) -> Article:
    """A row as an article, its language and script as reading a file would find them."""
    text = next(str(row[key]) for key in ("text", "gold_text", "context") if row.get(key))
    title = str(row.get("title") or row.get("gold_title") or "")
    language, script = language_and_script(text)
    return replace(article({**row, "text": text, "title": title}), language=language, script=script)


def filed(given: Article) -> Article:
    """As it is read from a file: the title stands above the text."""
    return replace(given, text=f"{given.title}\n{given.text}") if given.title else given


def fill(chance: random.Random, pattern: str, original: Article) -> str:
    """A header or tail with its blanks filled."""
    return pattern.format(
        site=chance.choice(SITES),
        name=chance.choice(NAMES_ZH if original.language == "zh" else NAMES_EN),
        year=chance.randrange(2015, 2025),
        month=chance.randrange(1, 13),
        day=chance.randrange(1, 29),
        hour=chance.randrange(24),
        minute=chance.randrange(60),
        count=chance.randrange(100, 9000),
        small=chance.randrange(90),
    )


def headed(chance: random.Random, given: Article) -> Article:
    """With one to three other lines above."""
    patterns = chance.sample(HEADERS_ZH if given.language == "zh" else HEADERS_EN, chance.randrange(1, 4))
    return replace(given, text="\n".join([*(fill(chance, each, given) for each in patterns), given.text]))


def tailed(chance: random.Random, given: Article) -> Article:
    """With one to three other lines below."""
    patterns = chance.sample(TAILS_ZH if given.language == "zh" else TAILS_EN, chance.randrange(1, 4))
    return replace(given, text="\n".join([given.text, *(fill(chance, each, given) for each in patterns)]))


def cut(chance: random.Random, given: Article) -> Article:
    """Without its last part, wherever in a sentence that begins."""
    return replace(given, text=given.text[: int(len(given.text) * chance.uniform(0.45, 0.95))] + chance.choice(("", "…", "……[详细]")))


def retitled(chance: random.Random, given: Article) -> Article:
    """With the title as another site has it."""
    title = chance.choice((f"{given.title}_{chance.choice(SITES)}", f"原标题：{given.title}", given.title[: len(given.title) // 2], ""))
    return replace(given, title=title)


def respaced(chance: random.Random, given: Article) -> Article:
    """With other line ends and other forms of punctuation."""
    text = given.text
    if given.language == "zh":
        text = text.translate(str.maketrans("，：；！？（）“”", ',:;!?()""'))
        text = re.sub(r"([。!?])(?=[^”\"])", lambda sign: sign[1] + chance.choice(("", "", "\n\n", "\n　　")), text)
    else:
        text = text.replace("\n\n", "\n").replace("'", "’").replace(" - ", " – ")
    return replace(given, text=text)


def converted(chance: random.Random, given: Article) -> Article:
    """In the other Chinese script; another language stays."""
    import opencc

    if given.script not in CONVERSIONS:
        return given
    converter = opencc.OpenCC(chance.choice(CONVERSIONS[given.script]))
    text = converter.convert(given.text)
    return replace(given, text=text, title=converter.convert(given.title), script="Hant" if given.script == "Hans" else "Hans")


def another_year(chance: random.Random, given: Article) -> Article:
    """Every year that is named is the next one, or where none is, another figure."""
    text = _YEAR.sub(lambda year: str(int(year[0]) + 1), given.text)
    return replace(given, text=text) if text != given.text else another_figure(chance, given)


def another_figure(chance: random.Random, given: Article) -> Article:
    """One number is another."""
    numbers = list(_NUMBER.finditer(given.text))
    if not numbers:
        return another_name(chance, given)
    found = chance.choice(numbers)
    other = str(int(found[0]) + chance.randrange(1, 9))
    return replace(given, text=given.text[: found.start()] + other + given.text[found.end() :])


def another_name(chance: random.Random, given: Article) -> Article:
    """Three letters in a row are another name, or one word with a capital is."""
    if given.language == "zh":
        places = [match.start() for match in re.finditer("[\u4e00-\u9fff]{3}", given.text)]
        at = chance.choice(places)
        return replace(given, text=given.text[:at] + chance.choice(NAMES_ZH) + given.text[at + 3 :])
    words = list(re.finditer(r"(?<=[a-z] )[A-Z][a-z]{3,}", given.text)) or list(re.finditer(r"[A-Za-z]{4,}", given.text))
    found = chance.choice(words)
    return replace(given, text=given.text[: found.start()] + chance.choice(NAMES_EN).split()[1] + given.text[found.end() :])


Change_ = Callable[[random.Random, Article], Article]
REPOSTS: dict[str, Change_] = {
    "script": converted,
    "cut": cut,
    "header": headed,
    "tail": tailed,
    "title": retitled,
    "signs": respaced,
}
"""In the order in which they are done."""
ALTERATIONS: dict[str, Change_] = {"year": another_year, "figure": another_figure, "name": another_name}


def repost(chance: random.Random, original: Article) -> tuple[str, Article]:
    """A copy as another site has it, and what was done to it."""
    possible = [name for name in REPOSTS if name != "script" or original.script in CONVERSIONS]
    names = set(chance.sample(possible, chance.randrange(1, 4)))
    made = original
    for name, change in REPOSTS.items():
        if name in names:
            made = change(chance, made)
    return "+".join(name for name in REPOSTS if name in names), made


def altered(chance: random.Random, original: Article) -> tuple[str, Article]:
    """Another text made from this one's template, and what was altered."""
    if original.title[:12] in original.text:  # it would say once more what is to be altered
        original = replace(original, title="")
    name = chance.choice(list(ALTERATIONS))
    made = ALTERATIONS[name](chance, original)
    if chance.random() < 0.5:
        made = headed(chance, made)
    if chance.random() < 0.5:
        made = tailed(chance, made)
    return name, made


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--distinct", type=int, default=5000, help="so many of the documents (default: %(default)s)")
    parser.add_argument("--reposts", type=int, default=500, help="and as many altered copies (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--merged", type=Path, help="where to write what joined among the documents themselves")
    parser.add_argument("--missed", type=Path, help="where to write the copies that were judged wrongly")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    texts = {each.text: each for path in options.documents for row in read_rows(path) if (each := document(row)).text.strip()}
    known = [replace(each, source=f"document {number}") for number, each in enumerate(texts.values())]
    chance.shuffle(known)
    known = known[: options.distinct]
    with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
        began = time.perf_counter()
        with library.batch():
            merged = [each for each in map(filed, known) if library.add(each) is Change.DUPLICATE]
        filling = time.perf_counter() - began
        print(f"{len(known)} documents added in {filling:.0f} s; {len(merged)} joined another one")
        if options.merged:
            pairs = [(each, library.article(library.standing(each.id))) for each in merged]
            options.merged.write_text("\n\n".join(f"{a.title}\n{a.text}\n--- joined\n{b.title}\n{b.text}" for a, b in pairs))
        fit = [each for each in known if len(each.text) >= SHORTEST and library.standing(filed(each).id) == filed(each).id]
        right, made, wrong = Counter[str](), Counter[str](), []
        joined = rightly = 0
        taken = time.perf_counter()
        for number, original in enumerate(chance.sample(fit, min(options.reposts, len(fit)))):
            for kind, (what, copy) in {"repost": repost(chance, original), "altered": altered(chance, original)}.items():
                copy = filed(replace(copy, source=f"{kind} {number}", sha256=f"{kind} {number}"))
                change = library.add(copy)
                beside = {library.standing(filed(original).id), filed(original).id}  # a copy with more text takes the original's place
                is_joined = change is Change.DUPLICATE
                is_right = library.standing(copy.id) in beside if kind == "repost" else not is_joined
                joined += is_joined
                rightly += is_joined and is_right
                for name in {kind, *(f"{kind} {part}" for part in what.split("+"))}:
                    made[name] += 1
                    right[name] += is_right
                if not is_right:
                    wrong.append(f"{kind} {what} {change.value}\n{copy.title}\n{copy.text}\n--- of\n{original.title}\n{original.text}")
                library.remove_source(copy.source)
        taken = time.perf_counter() - taken
        if options.missed:
            options.missed.write_text("\n\n=====\n\n".join(wrong))
    print(f"{sum(made[kind] for kind in ('repost', 'altered'))} copies added and removed in {taken:.0f} s\n")
    print(f"recall {right['repost'] / made['repost']:.4f}, precision {rightly / max(joined, 1):.4f}\n")
    print("| copies | made | judged rightly |\n|---|---|---|")
    for name in sorted(made, reverse=True):
        print(f"| {name} | {made[name]} | {right[name] / made[name]:.3f} |")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
