"""What an article's lines say about it: title, date, writers, address, language. What a page's markup says is `corpus.reading`'s.

Nothing is guessed from running text: a date in a sentence is what the article speaks of, not when it was published.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from corpus.cleaning import Cleaned
from corpus.folding import fold
from corpus.furniture import Kind, read_now
from corpus.lines import Line, columns
from corpus.scripts import HAN, HAN_RANGES

_EARLIEST_YEAR = 1990
"""There were no web pages before; an older date is what something is about."""
_NEAR_LINES = 6
"""A date line stands within so many lines of the headline or the first running text."""
_MOST_TITLE = 80
"""In columns. A longer first line is cut at the end of a sentence or clause to serve as title."""
_LONGEST_LINE = 120
"""In columns. Lines that give date or writer are no longer."""
_LONGEST_OUTLET = 12
"""In characters. The name of a paper, an agency or a site on a line of its own."""

_MONTHS = {name: month for month, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_CHINESE_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_DATES = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?(?:[-/.]|年)\s?(?P<month>\d{1,2})\s?(?:[-/.]|月)\s?(?P<day>\d{1,2})(?!\d(?!\d:))"),
    re.compile(r"\b(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b"),
    re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{3,9})\.?,? (?P<year>(?:19|20)\d\d)\b"),
    re.compile(
        r"(?P<year>[一二][〇零○一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
    ),
)
_NAME_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<gap>[-_.年]?)(?P<month>\d\d?)(?:(?<=\d)[-_.月]|(?<=\d\d))(?P<day>\d\d?)(?!\d)")
_PUBLISHED = re.compile(r"发布|发表|刊发|时间|日期|published|posted")
_PUBLISHED_ON = re.compile(rf"(?:{_PUBLISHED.pattern})\D{{0,10}}(?:(?:19|20)\d\d\s?[-/.年]|[a-z]{{3,9}}\.? \d)")
_UPDATED = re.compile(r"\W*(?:最后|最近|last )?(?:更新|修改|updated|modified)")


def date_in(text: str, *, today: dt.date | None = None) -> dt.date | None:
    """The first whole date in a short text, if it can be the date of a page.

    >>> date_in("来源：某某网 2022年11月16日16:07"), date_in("Nov. 16, 2022"), date_in("二〇二二年十一月十六日")
    (datetime.date(2022, 11, 16), datetime.date(2022, 11, 16), datetime.date(2022, 11, 16))
    """
    folded = fold(text)
    matches = sorted((match for pattern in _DATES for match in pattern.finditer(folded)), key=lambda match: match.start())
    return next((day for match in matches if (day := _date(match, today))), None)


def date_in_name(name: str, *, today: dt.date | None = None) -> dt.date | None:
    """The date in a file's name.

    >>> date_in_name("opening-20221116.txt"), date_in_name("2022-11-16 开幕.html"), date_in_name("20221399.txt")
    (datetime.date(2022, 11, 16), datetime.date(2022, 11, 16), None)
    """
    return next((day for match in _NAME_DATE.finditer(fold(name)) if (day := _date(match, today))), None)


def _date(match: re.Match[str], today: dt.date | None) -> dt.date | None:
    latest = (today or dt.datetime.now(tz=dt.UTC).date()).year + 1
    month = _MONTHS.get(match["month"][:3]) or _number(match["month"])
    try:
        day = dt.date(_number(match["year"]), month, _number(match["day"]))
    except ValueError:
        return None
    return day if _EARLIEST_YEAR <= day.year <= latest else None


def _number(figures: str) -> int:
    """A year, month or day in figures or in Chinese numerals; 0, which is none of these, for anything else."""
    if "十" in figures:
        tens, _, ones = figures.partition("十")
        return 10 * int(_CHINESE_DIGITS.get(tens, "1")) + int(_CHINESE_DIGITS.get(ones, "0"))
    digits = "".join(_CHINESE_DIGITS.get(figure, figure) for figure in figures)
    return int(digits) if digits.isdecimal() else 0


def published(cleaned: Cleaned, *, today: dt.date | None = None) -> dt.date | None:
    """The date on a line by the headline, else where editors are named under the text, else the signature's; None if there is none."""
    dated: list[tuple[Line, dt.date]] = []
    for line in (*_by_headline(cleaned), *_labelled_below(cleaned), *_signature(cleaned)):
        day = date_in(line.folded, today=today)
        if day:
            dated.append((line, day))
    first = [day for line, day in dated if not _UPDATED.match(line.folded)]
    return next(iter(first or (day for _, day in dated)), None)


def _by_headline(cleaned: Cleaned) -> Iterator[Line]:
    """Short lines from right above the headline to the first running text under it."""
    start, end = cleaned.body
    above = cleaned.title if cleaned.title is not None else -1
    prose = (number for number in range(max(start, above + 1), end) if cleaned.kinds[number] is Kind.PROSE)
    text = next(prose, min(len(cleaned.lines), _NEAR_LINES))
    if 0 <= above < text:
        first, last = max(0, above - 2), min(text, above + 2 * _NEAR_LINES)
    else:
        first, last = max(0, text - _NEAR_LINES), text
    for number in range(first, last):
        if cleaned.kinds[number] is not Kind.RELATED and columns(cleaned.lines[number].folded) <= _LONGEST_LINE:
            yield cleaned.lines[number]


def _labelled_below(cleaned: Cleaned) -> Iterator[Line]:
    """Lines under the text that say "published on", before other articles begin."""
    end = cleaned.body[1]
    for number in range(end, min(len(cleaned.lines), end + 3 * _NEAR_LINES)) if end else ():
        if cleaned.kinds[number] is Kind.RELATED:
            return
        line = cleaned.lines[number]
        if columns(line.folded) <= _LONGEST_LINE and _PUBLISHED_ON.search(line.folded):
            yield line


def _signature(cleaned: Cleaned) -> Iterator[Line]:
    """A date alone on one of the last lines, as under an announcement."""
    kept = [number for number, keep in enumerate(cleaned.keeps) if keep]
    for number in reversed(kept[-3:]):
        line = cleaned.lines[number]
        alone = re.sub(r"\d{1,2}:\d\d(?::\d\d)?|[\s()（）.。日]", "", line.folded)
        if any(pattern.fullmatch(alone) or pattern.fullmatch(line.folded) for pattern in _DATES):
            yield line


_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳"
    "管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"
    "闻诸谌禤揭慕上尉夏侯司马诸葛东方皇甫公孙令狐宇文"
)
_HAN_NAME = re.compile(rf"[{HAN_RANGES}]{{2,4}}|[{HAN_RANGES}]{{1,8}}(?:[·•][{HAN_RANGES}]{{1,8}}){{1,3}}")
_NO_NAMES = re.compile(r"未知|佚名|网络|本站|原创|整理|综合|转载|匿名|来源|编辑|返回|查看|\d|[:：]|unknown|admin|staff|http")
_NO_MORE_NAMES = re.compile(r"(?:责任)?编辑|校对|返回|\s图[/:：片]|摄影[/:：]")
_ROLE = (
    r"(?:特约|特派|本报|本网|首席|见习|实习|全媒体|特聘|驻\S{2,6})?"
    r"(?:记者|通讯员|特派员|实习生|撰稿人|评论员|撰稿|采写|作者|撰文|执笔|文字|图文|文图|文/图|图/文|文|供稿)"
)
_LABELLED = re.compile(
    rf"(?:^|[\s(【\[|]|(?=作者)){_ROLE}(?:/(?:图|摄影|摄|视频|{_ROLE}))*\s*[:：/|丨]"
    r"\s*(?P<names>[^()（）\[\]【】|丨。;；]{2,40})"
)
_REPORTER = re.compile(rf"(?:记者|通讯员)\s*(?P<names>[{HAN_RANGES}·•][{HAN_RANGES}·•、,，/&\s]{{1,30}})$")
_BRACKETED = re.compile(
    r"[(【\[][^()【】\[\]]{0,24}?(?:记者|通讯员|实习生)\s*(?P<names>[^()【】\[\]:：]{2,40}?)"
    r"(?:\s*(?:整合|报道|摄影报道|摄|文/图|综合报道))?[)】\]]"
)
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Story by|Report by)[:\s]\s*"
    r"(?P<names>[A-Z][\w.'’-]+(?:\s(?:[A-Z][\w.'’-]*|and|de|van|von|bin|al))*(?:,\s[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+)*)*)"
)


def authors(cleaned: Cleaned) -> tuple[str, ...]:
    """Who wrote it, as bylines and brackets name them. Editors and photographers are not writers."""
    found: list[str] = []
    start, end = cleaned.body
    kept = [number for number, keep in enumerate(cleaned.keeps) if keep]
    below = [cleaned.lines[number] for number in range(end, min(len(cleaned.lines), end + _NEAR_LINES))] if end else []
    short = [*_by_headline(cleaned), *(cleaned.lines[number] for number in kept[-3:]), *below]
    for line in short:
        if columns(line.folded) > _LONGEST_LINE:
            continue
        for pattern in (_LABELLED, _REPORTER):
            for match in pattern.finditer(line.folded):
                found += _names(line.text[match.start("names") : match.end("names")], free=pattern is _LABELLED)
        byline = _BYLINE.match(line.text)
        if byline:
            found += [name.strip() for name in re.split(r",|\band\b", byline["names"]) if name.strip()]
    prose = [number for number in range(start, end) if cleaned.kinds[number] is Kind.PROSE]
    for number in (*prose[:2], *prose[-1:], *kept[-2:]):
        line = cleaned.lines[number]
        for match in _BRACKETED.finditer(line.folded[:_LONGEST_LINE] + "\n" + line.folded[-_LONGEST_LINE:]):
            found += _names(match["names"], free=False)
    return tuple(dict.fromkeys(found))


def _names(text: str, *, free: bool) -> Iterator[str]:
    """The names in a list of names. ``free``: after a colon, where a pen name or a Latin name may stand as well."""
    text = re.sub(rf"(?<![{HAN_RANGES}])([{HAN_RANGES}]) (?=[{HAN_RANGES}](?![{HAN_RANGES}]))", r"\1", text.strip())  # "张 三"
    text = _NO_MORE_NAMES.split(text, maxsplit=1)[0]
    if free:
        text = re.split(r"\s{2,}|\s(?=\S{2,6}[:：])|通讯员|实习生|\d", text, maxsplit=1)[0]
    text = re.sub(r"(?:实习|见习|特约)?(?:记者|通讯员|实习生|摄影)\s*", " ", text)
    for part in re.split(rf"[\s、,，/&;；]+|和(?=[{HAN_RANGES}]{{2,3}}$)", text):
        if _HAN_NAME.fullmatch(part) and (part[0] in _SURNAMES or "·" in part or "•" in part) and not _NO_NAMES.search(part):
            yield part
    whole = text.strip(" 、,，/&")
    if free and re.fullmatch(r"[A-Za-z][A-Za-z.'’-]*(?: [A-Za-z.'’-]+){0,3}", whole) and not _NO_NAMES.search(whole.casefold()):
        yield whole


_LATIN_NAME = re.compile(r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|de|van|von|bin|al|da|dos|di)){1,3}")


def latin_or_han_names(text: str) -> Iterator[str]:
    """The persons in what a file states as its author, where sites often put their own name.

    >>> list(latin_or_han_names("Jane Doe, 张三")), list(latin_or_han_names("Some News Network Ltd. | Staff"))
    (['Jane Doe', '张三'], [])
    """
    for part in re.split(r"[,，、;；/&|]|\band\b|\s和\s", text):
        name = " ".join(part.split())
        if not _NO_NAMES.search(name.casefold()) and (
            (_HAN_NAME.fullmatch(name) and name[0] in _SURNAMES) or (_LATIN_NAME.fullmatch(name) and not _SITE_NAME.search(name.casefold()))
        ):
            yield name


_SOURCE = re.compile(
    r"(?:^|[\s\d|(（\[【/]|(?<=-))(?:(?:文章|本文|信息|新闻|稿件|资料)?来源于?|稿源|信源|出处|转自|摘自|source)\s*[:：|丨]\s*(?P<name>[^\s|丨,，。;；:：()（）\[\]【】<>]{2,24})",
)
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_OF_LATIN_WORD = rf"(?:[{_LATIN}0-9&'’-]|\.(?=[{_LATIN}0-9]))*(?:(?<=\b[A-Z])\.)?"
_LATIN_WORD = re.compile(rf"[{_LATIN}]{_OF_LATIN_WORD}(?!\w)")
_MORE_LATIN_WORDS = re.compile(
    r"(?: (?:(?:of|the|and|for|in|on|de|del|der|des|du|la|le|&) )*"
    rf"[A-Z\u00c0-\u00d6\u00d8-\u00de]{_OF_LATIN_WORD}(?!\w)(?!\s?[:：])){{1,6}}"  # with a colon it is the next label
)
_NEXT_LATIN_LABEL = re.compile(r" (?:By|Author|Editor|Edited|Published|Posted|Updated|Date|Time|Share|Views?|Read|Photo)\b.*")
_NEXT_LABEL = re.compile(r"(?:(?:责任)?编辑|责编|作者|记者|时间|日期|发布|阅读|浏览|点击|字号|(?:19|20)\d\d[-/.年]).*")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?|[·•|丨/—–]")
_SOURCE_NAME = re.compile(rf"[{HAN_RANGES}][{HAN_RANGES}a-z0-9·-]{{1,14}}")
_OUTLET = re.compile(r".*(?:网|报|社|新闻|周刊|杂志|频道|在线|客户端|电视台|广播|日报|晚报|时报|传媒|财经|资讯|消息|科技|中心|日报社)")
_NO_SOURCE = re.compile(
    r"未知|网络|原创|转载|本站|互联网|综合|整理|网友|首页|评论|分享|关注|登录|阅读|浏览|正文|推荐|字体|字号|更新"
    r"|^(?:the )?(?:internet|web|network|unknown|original)$"
)


def publisher(cleaned: Cleaned) -> str | None:
    """The paper, agency or site that the page names as the article's source ("来源:某某日报"); None where it names none."""
    near = list(_by_headline(cleaned))
    end = cleaned.body[1]
    below = cleaned.lines[end : end + _NEAR_LINES] if end else ()
    for line in (*near, *below):
        if columns(line.folded) <= _LONGEST_LINE and (match := _SOURCE.search(line.folded)):
            name = _latin_publisher(line, match.start("name")) or _NEXT_LABEL.sub("", line.text[match.start("name") : match.end("name")])
            if len(name) >= 2 and not _NO_SOURCE.search(fold(name)):
                return name
    for line in near:
        if date_in(line.folded) and (beside_it := _beside_date(line)):
            return beside_it
    # On a line of its own it must be called like a paper or a site, and stand right by the date.
    dated = [number for number, line in enumerate(near) if date_in(line.folded)]
    beside = [near[other] for number in dated for other in (number - 1, number + 1) if 0 <= other < len(near)]
    lone = (line.text for line in beside if _SOURCE_NAME.fullmatch(line.folded) and not _NO_SOURCE.search(line.folded))
    return next((text for text in lone if len(text) <= _LONGEST_OUTLET and _OUTLET.fullmatch(fold(text))), None)


def _latin_publisher(line: Line, start: int) -> str | None:
    """A name in Latin letters from here on, as many words of it as begin with a capital; None where another script goes on."""
    first = _LATIN_WORD.match(line.text, start)
    if first is None:
        return None
    more = _MORE_LATIN_WORDS.match(line.text, first.end())
    return _NEXT_LATIN_LABEL.sub("", line.text[start : more.end() if more else first.end()])


def _beside_date(line: Line) -> str | None:
    """The one name on a line that otherwise holds a date and a time."""
    rest = line.folded
    for pattern in (*_DATES, _CLOCK):
        rest = pattern.sub(" ", rest)
    words = re.sub(r"^[\s日]+", "", rest).split()
    if len(words) != 1 or not _SOURCE_NAME.fullmatch(words[0]) or _NO_SOURCE.search(words[0]):
        return None
    at = line.folded.find(words[0])
    return line.text[at : at + len(words[0])] if at >= 0 and _OUTLET.fullmatch(words[0]) else None


_ADDRESS = re.compile(
    r"(?:(?:本文|原文|文章|网页|来源)(?:链接|地址|网址|来源)?|(?<!\w)(?:链接|网址|source|url|permalink|original article|original link))"
    r"\s*:\s*(https?://[!-+\--~]+)"  # no comma, nothing but ASCII
)


def address(lines: Iterable[Line]) -> str | None:
    """The article's own address where a line gives it as such ("本文链接:https://…")."""
    for line in lines:
        if "http" in line.folded and (match := _ADDRESS.search(line.folded)):
            return line.text[match.start(1) : match.end(1)]
    return None


_TITLE_LABEL = re.compile(r"(?:标题|题目|正在阅读|您正在阅读|当前阅读|title|subject|headline)\s*[:：]\s*")
_SITE_SUFFIX = re.compile(
    rf"\s*(?:[_|｜丨]|\s[-–—]\s?|--+|\s?[-–—]\s|[–—]|(?<=[{HAN_RANGES}”》）])-(?=[{HAN_RANGES}]))\s*(?P<site>[^_|｜丨–—]{{2,40}}?)\s*$"
)
_SITE_NAME = re.compile(
    r"网|新闻|报|频道|中心|在线|客户端|号|资讯|传媒|杂志|论坛|博客|门户|官网|公众平台"
    r"|\b(?:news|times|post|daily|com|org|net|cn|tv|online|blog|magazine|network|media|editor|editorial|team|press)\b"
)


def without_site(title: str, known: Iterable[str] = ()) -> str:
    """A page's title without the site's name at its end.

    ``known``: headings of the page; a title that begins with one of them and a separator is cut there.

    >>> without_site("某某大会开幕_新闻中心_某某网"), without_site("Expo opens - City Daily"), without_site("Well-known facts")
    ('某某大会开幕', 'Expo opens', 'Well-known facts')
    """
    for heading in known:
        if len(heading) >= 4 and title.startswith(heading) and _SITE_SUFFIX.match(title, len(heading)):
            return heading
    while (match := _SITE_SUFFIX.search(title)) and match.start() >= 4 and _SITE_NAME.search(fold(match["site"])):
        title = title[: match.start()]
    return title


def title(cleaned: Cleaned, *, fallback: str) -> str:
    """The headline; without one, what "now reading:" says, else how the text begins, else ``fallback``."""
    others = [fold(line.text) for line in cleaned.lines[: cleaned.body[0]]]
    if cleaned.title is not None:
        text = cleaned.lines[cleaned.title].text
        text = text[match.end() :] if (match := _TITLE_LABEL.match(fold(text))) else text
        if text.startswith("原创") and fold(text[2:]) in others:
            text = text[2:]
        return without_site(text)
    for line in cleaned.lines:
        if at := read_now(line.folded):
            return without_site(line.text[at:])
    first = next((line.text for line, keep in zip(cleaned.lines, cleaned.keeps, strict=True) if keep), "")
    first = first.split("\n", 1)[0]
    if columns(first) > _MOST_TITLE:
        most = next(length for length in range(_MOST_TITLE, 0, -1) if columns(first[:length]) <= _MOST_TITLE)
        clause = re.match(r".+?(?:[。！？!?；;，,：:](?=\D|$)|\.\s)", first[:most])
        first = first[: clause.end() if clause else most].rstrip("，,;；：:。. ")
    return first or fallback


_COUNTED = 20_000
"""So many characters tell the language of a text."""
_SCRIPTS = {
    # ISO 15924 code: (its letters, the one language that writes with it or None)
    "Jpan": (re.compile(r"[\u3041-\u30fa\u30fc-\u30ff\uff66-\uff9d]"), "ja"),
    "Hang": (re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]"), "ko"),
    "Latn": (re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"), None),
    "Cyrl": (re.compile(r"[\u0400-\u04ff]"), None),
    "Arab": (re.compile(r"[\u0620-\u06ff\u0750-\u077f]"), None),
    "Grek": (re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"), "el"),
    "Hebr": (re.compile(r"[\u05d0-\u05ea]"), None),
    "Thai": (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    "Deva": (re.compile(r"[\u0900-\u097f]"), None),
    "Beng": (re.compile(r"[\u0980-\u09ff]"), None),
    "Geor": (re.compile(r"[\u10a0-\u10ff\u1c90-\u1cbf]"), "ka"),
    "Armn": (re.compile(r"[\u0530-\u058f]"), "hy"),
    "Khmr": (re.compile(r"[\u1780-\u17ff]"), "km"),
    "Laoo": (re.compile(r"[\u0e80-\u0eff]"), "lo"),
}
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|is|was|that|for|with|at|by|from|were|are|has|have|had|will|which|this|an|be|it|as|on)\b")
_ENGLISH_SHARE = 0.15
"""Running English has about a third of its words from the list above; other languages that share a few of them stay below a tenth."""
_RUSSIAN, _NOT_RUSSIAN = re.compile(r"[ыэ]"), re.compile(r"[іїєґўјљњћђџәғқңөұүһѣ]")


def language_and_script(text: str) -> tuple[str, str]:
    """ISO 639-1 and ISO 15924 codes of a text: ``und`` and ``Zyyy`` where they can't be told.

    >>> language_and_script("開幕典禮在上海舉行"), language_and_script("12:30"), language_and_script("It was the first of the year")
    (('zh', 'Hant'), ('und', 'Zyyy'), ('en', 'Latn'))
    """
    sample = text[:_COUNTED]
    han = len(HAN.findall(sample))
    counts = {script: len(letters.findall(sample)) for script, (letters, _) in _SCRIPTS.items()}
    kana, hangul = counts["Jpan"], counts["Hang"]
    if kana and kana >= 0.1 * (kana + han) and kana + han >= 0.25 * sum(counts.values()):
        return "ja", "Jpan"
    # A Chinese character says as much as some letters: an article in Chinese may well name things in Latin ones.
    if han and 4 * han >= sum(counts.values()) - hangul and han >= hangul:
        return "zh", _han_script(sample)
    script = max(counts, key=lambda script: counts[script])
    if not counts[script]:
        return "und", "Zyyy"
    return _SCRIPTS[script][1] or _language_of(script, sample.casefold()), "Kore" if script == "Hang" else script


@functools.cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def _han_script(sample: str) -> str:
    """Hans or Hant by the characters that only one of them uses; Hani, which is either, when there is none of these."""
    simplified, traditional = (_converter(to).convert(sample) for to in ("t2s", "s2t"))
    hans = hant = 0
    if len(simplified) == len(traditional) == len(sample):
        hant = sum(a != b for a, b in zip(sample, simplified, strict=True))
        hans = sum(a != b for a, b in zip(sample, traditional, strict=True))
    if hans == hant:
        return "Hani"
    return "Hans" if hans > hant else "Hant"


def _language_of(script: str, sample: str) -> str:
    if script == "Latn":
        words = re.findall(r"[a-z\u00c0-\u024f'’]+", sample)
        return "en" if words and len(_ENGLISH.findall(sample)) >= _ENGLISH_SHARE * len(words) and len(words) >= 4 else "und"
    if script == "Cyrl":
        return "ru" if _RUSSIAN.search(sample) and not _NOT_RUSSIAN.search(sample) else "und"
    if script == "Arab":
        return "ar" if re.search(r"\bال", sample) and not re.search(r"[پچژگکیےٹڈں]", sample) else "und"
    return "und"
