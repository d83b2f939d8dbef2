"""A place in an article as a quotation with its reference, in three styles: GB/T 7714-2015, APA 7 and Markdown.

Plain text, to be copied. Only what is known of the article is said: the paper or site is the one it names as its source, and is not
guessed from its address.
"""

from __future__ import annotations

import datetime as dt
import re

from chat.text_fragment import web_address
from corpus.article import Article
from corpus.scripts import HAN

GBT_AUTHORS = 3
"""GB/T 7714-2015, 8.1.2: of more authors than three, the first three are named."""
APA_AUTHORS = 20
"""APA 7, 9.8."""

_GIVEN_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_OFFICES = frozenset(
    "agency association bank board bureau business centre center channel china college commission committee company corporation council "
    "daily department desk editor editorial editors evening foundation gazette global government group herald institute international "
    "journal magazine media ministry mirror morning museum network new news newspaper newsroom observer office online organisation "
    "organization post press radio report reporter reporters review school service society staff standard star studio team television "
    "the times tribune tv united university weekly world xinhua and of for".split()
)
"""Words by which the name of a newsroom or an office is told from a person's, folded."""
_SURNAMES = frozenset(
    "bai bao bi bian cai cao cen chang chao che chen cheng chu cui dai deng di ding dong dou du duan fan fang fei feng fu gan gao ge gong "
    "gu guan guo han hao he hong hou hu hua huang ji jia jian jiang jiao jin jing kang ke kong kuang lai lan lei li lian liang liao lin "
    "ling liu long lou lu luo lv ma mao mei meng mi miao min mo mu ni nie niu ou ouyang pan pang pei peng pi pu qi qian qiao qin qiu qu "
    "quan ren rong ruan sha shan shang shao shen sheng shi shu si sima situ song su sun tan tang tao teng tian tong tu wan wang wei wen "
    "weng wu xi xia xiang xiao xie xin xing xiong xu xue yan yang yao ye yi yin ying you yu yuan yue zeng zha zhai zhan zhang zhao zhen "
    "zheng zhong zhou zhu zhuang zhuge zhuo zong zou zu zuo".split()
)
"""In pinyin. With one of them first, a name whose other parts are pinyin too has its family name in front."""
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:i?ang|i?ong|[iu]?an|iao|uai|uang|[aeo]ng|ing|ai|ei|ao|ou|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|er"
    r"|[aeiouv])[-'’]?)+"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_BLOCK_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")


def gbt(article: Article, *, accessed: dt.date) -> str:
    """GB/T 7714-2015: ``Authors. Title[EB/OL]. Publisher, year(published)[accessed]. address``.

    Without a publisher ``[EB/OL]. (published)[accessed]``; without an address ``Authors. Title[Z]. Publisher, published``.

    Args:
        article: that is referred to.
        accessed: when it was taken into the library, which is the copy quoted.
    """
    names = [_surname_in_capitals(name) for name in article.authors[:GBT_AUTHORS]]
    if len(article.authors) > GBT_AUTHORS:
        names.append("等" if HAN.search(article.title) else "et al")
    address = web_address(article.url)
    published = article.published.isoformat() if article.published else ""
    publisher = _one_line(article.publisher or "")
    if address:
        issued = ", ".join(part for part in (publisher, published[:4]) if part) if publisher else ""
        end = f"[EB/OL]. {issued}{f'({published})' if published else ''}[{accessed.isoformat()}]. {address}"
    else:
        issued = ", ".join(part for part in (publisher, published) if part)
        end = f"[Z]. {issued}" if issued else "[Z]"
    return f"{_sentence(', '.join(names))} {_one_line(article.title)}{end}{'' if address else '.'}".strip()


def apa(article: Article, *, accessed: dt.date) -> str:
    """APA 7: ``Authors. (date). Title. Publisher. address``; without authors the title comes first, without a date the day of retrieval.

    A publisher that is the author too is named once (APA 7, 9.24).
    """
    names = [_initialled(name) for name in article.authors]
    if len(names) > APA_AUTHORS:
        names = [*names[: APA_AUTHORS - 1], "…", names[-1]]
    authors = ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    published = article.published
    date = f"({published.year}, {published:%B} {published.day})." if published else "(n.d.)."
    title = _sentence(_one_line(article.title))
    address = web_address(article.url)
    retrieved = f"Retrieved {accessed:%B} {accessed.day}, {accessed.year}, from " if not published else ""
    publisher = _one_line(article.publisher or "")
    site = [_sentence(publisher)] if publisher and publisher not in article.authors else []
    parts = [*([_sentence(authors), date, title] if authors else [title, date]), *site, *([retrieved + address] if address else ())]
    return " ".join(parts)


def quoted_gbt(article: Article, start: int, end: int, *, accessed: dt.date) -> str:
    """The words ``text[start:end]`` with a numbered reference, GB/T 7714-2015."""
    return f"“{article.text[start:end].strip()}”[1]\n\n[1] {gbt(article, accessed=accessed)}"


def quoted_apa(article: Article, start: int, end: int, *, accessed: dt.date) -> str:
    """The words ``text[start:end]`` with author, year and paragraph (APA 7, 8.28), and the reference."""
    families = [_family(name) for name in article.authors]
    title = _one_line(article.title)
    who = f"“{title}”" if not families else " & ".join(families) if len(families) < 3 else f"{families[0]} et al."
    year = str(article.published.year) if article.published else "n.d."
    place = f"({who}, {year}, para. {paragraph(article.text, start)})"
    return f"“{article.text[start:end].strip()}” {place}\n\n{apa(article, accessed=accessed)}"


def quoted_markdown(article: Article, start: int, end: int) -> str:
    """The words ``text[start:end]`` as a block quote with a link to the article where it has an address."""
    lines = [f"> {plain_markdown(line.strip())}" if line.strip() else ">" for line in article.text[start:end].strip().split("\n")]
    title, address = plain_markdown(_one_line(article.title)), web_address(article.url)
    named = f"[{title}](<{address}>)" if address else title
    published = [article.published.isoformat()] if article.published else []
    publisher = [_one_line(article.publisher)] if article.publisher and article.publisher not in article.authors else []
    said = ", ".join([named, *map(plain_markdown, (*article.authors, *publisher)), *published])
    return "\n".join([*lines, ">", f"> — {said}"])


def paragraph(text: str, place: int) -> int:
    """Which paragraph of a text a place is in, counted from 1: lines with something in them.

    >>> paragraph("One.\\n\\nTwo.", 6)
    2
    """
    return max(1, sum(bool(line.strip()) for line in text[: place + 1].split("\n")))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    """With a full stop, where no mark ends it yet."""
    return text if not text or text[-1] in ".?!。？！" else f"{text}."


def plain_markdown(text: str) -> str:
    """A line of text that Markdown takes for nothing but text."""
    return _BLOCK_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))


def _parted(name: str) -> tuple[str, list[str]] | None:
    """Family name and given names; None for a Chinese name in characters, an office, or whatever cannot be parted for sure."""
    name = _one_line(name)
    if HAN.search(name):
        return None
    family, comma, given = name.partition(",")
    if comma and family.strip() and given.strip() and "," not in given:
        return family.strip(), given.split()
    words = name.split()
    usable = 2 <= len(words) <= 4 and all(_GIVEN_NAME.fullmatch(word) and word[0].isupper() and not word.isupper() for word in words[:1])
    if not usable or not all(_GIVEN_NAME.fullmatch(word) for word in words) or _OFFICES & {word.casefold() for word in words}:
        return None
    if words[0].casefold() in _SURNAMES and all(_PINYIN.fullmatch(word.casefold()) for word in words[1:]):
        return words[0], words[1:]
    if not words[-1][0].isupper():
        return None
    at = next((place for place, word in enumerate(words[1:], 1) if word[0].islower()), len(words) - 1)  # "van der Berg" is one name
    return " ".join(words[at:]), words[:at]


def _initials(given: list[str], *, stop: str) -> str:
    """Of "Jean-Paul Marie" with a stop: "J.-P. M."."""
    return " ".join("-".join(part[0].upper() + stop for part in re.split(r"-", name) if part) for name in given)


def _initialled(name: str) -> str:
    """As APA writes it: Jordan, D."""
    parted = _parted(name)
    return f"{parted[0]}, {_initials(parted[1], stop='.')}" if parted else _one_line(name)


def _surname_in_capitals(name: str) -> str:
    """As GB/T 7714 writes a name in Latin letters: JORDAN D."""
    parted = _parted(name)
    return f"{parted[0].upper()} {_initials(parted[1], stop='').replace('-', ' ')}" if parted else _one_line(name)


def _family(name: str) -> str:
    parted = _parted(name)
    return parted[0] if parted else _one_line(name)
