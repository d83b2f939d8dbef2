"""What a question asks for, read off its surface: its language, the kind of thing expected, one or many, the years it names.

Small on purpose. What the wording does not tell is left open (`Kind.FREE`, no years), and nothing later depends on a guess.
A language is a row in `_LANGUAGES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from corpus.errors import QuestionError
from corpus.folding import fold
from corpus.scripts import HAN
from corpus.words import query_terms
from corpus.years import years_in
from qa.figures import figure_of
from qa.names import CHINESE_POSTS, ENGLISH_POSTS, surely_names_a_person

MAX_CHARS = 2000
"""A longer question is read up to here: what asks stands at its beginning, and the reader sees 64 tokens of it."""


class Kind(Enum):
    """The kind of thing a question asks for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    ORGANISATION = "organisation"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what could be told of it."""

    text: str
    language: str
    """``zh``, ``en``, or ``und`` for any other."""
    kind: Kind
    many: bool
    """Whether a list is asked for."""
    years: tuple[int, ...]
    terms: tuple[str, ...]
    """For the word index."""
    count: int | None = None
    """How many things are asked for ("which two hospitals"); None when the wording doesn't say."""
    measure: str | None = None
    """A pattern that the figure asked for should hold, folded: a measure word or a currency; None when the wording names none."""
    facets: tuple[Query, ...] = ()
    """A question that asks two things at once ("when and where …"), taken apart; empty otherwise."""


@dataclass(frozen=True, slots=True)
class _Language:
    """How one language asks. Patterns are searched in the folded question, the first kind that fits is taken."""

    kinds: tuple[tuple[Kind, str], ...]
    measures: tuple[tuple[str, str], ...]
    """What a question for a number says it counts, and the pattern of such a figure, or `_AS_ASKED`: the first group of the match."""
    many: str
    one: str
    """Wins over ``many``."""
    count: str
    """Its first group is a word or figure for how many things are asked for."""
    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    """Question words asked together, and the single ones to put in their place."""


_MONEY = r"元|币|[$€£¥]|\b(?:yuan|rmb|dollars?|euros?|pounds?|yen|usd|bn)\b|(?<!per )\bcents?\b"

_AS_ASKED = ""
_COUNTED = r"(?<![\d一二三四五六七八九十百千万亿两])"
_COUNTED_IN = r"\b(?:many|in|into|of) "
"""Before a currency that the answer is to be in: "in dollars", 多少美元, not "who paid 500 dollars"."""
_CURRENCIES = (
    (rf"{_COUNTED}(?:美元|美金)|{_COUNTED_IN}(?:(?:us |american )?dollars|usd)\b", r"美元|美金|\$|\bdollars?\b|\busd\b"),
    (rf"{_COUNTED}人民币|{_COUNTED_IN}(?:yuan|rmb|cny)\b", r"(?<![美欧日港澳加韩])元|人民币|¥|\b(?:yuan|rmb|cny)\b"),
    (rf"{_COUNTED}欧元|{_COUNTED_IN}(?:euros|eur)\b", r"欧元|€|\beuros?\b|\beur\b"),
    (rf"{_COUNTED}英镑|{_COUNTED_IN}(?:(?:british )?pounds|gbp)\b", r"英镑|£|\bpounds?\b|\bgbp\b"),
    (rf"{_COUNTED}(?:日元|日圆)|{_COUNTED_IN}(?:yen|jpy)\b", r"日元|日圆|\b(?:yen|jpy)\b"),
    (rf"{_COUNTED}(?:港元|港币)|{_COUNTED_IN}(?:hong kong dollars|hkd)\b", r"港元|港币|hk\$|\bhong kong dollars?\b|\bhkd\b"),
)
"""How a question names a currency, and how a figure does."""

_GUESTS = "发言人|演讲人|主讲人|嘉宾|评委|获奖者|得奖者|参会者|与会者|出席者"
_TYPED = r"^(?!.*\b(?:who(?:m|se)?|what|which|when|where|why|how|is|are|was|were|do|does|did)\b).*"
"""The beginning of a search: words without a question word or an auxiliary verb. There a plural asks for a list."""
_PEOPLE = (
    "speakers|guests|attendees|participants|panell?ists|moderators|judges|winners|laureates|authors|founders|executives|donors|hosts"
    "|directors"
)
_THINGS = (
    "companies|firms|sponsors|organi[sz]ers|exhibitors|partners|members|hospitals|universities|countries|cities|colou?rs|themes|topics"
)

_NAME_OF = r"\bnames? of (?:the )?(?:(?!the |an? |of |to )[\w'’-]+ ){0,5}?"
"""Before a post or people: the words between belong to it, so "the name of the hospital that the president visited" asks for no person."""

_LANGUAGES = {
    "zh": _Language(
        kinds=(
            (Kind.TIME, r"什么时候|何时|哪一?[年天月日]|几[点月号]|几日|什么时间|多久|什么日期|时间是|日期是|(?:时间|日期|年份)$"),
            (
                Kind.NUMBER,
                r"多少|(?<!哪)几[家个名位人种项次届成倍所座条款万亿]|多[大高长远重]|比例|占比|金额|面积|产值|规模是|(?:价格|[票售房股]价|数量|人数|年龄|身高)$",
            ),
            (
                Kind.PERSON,
                r"谁|哪[一几两三四]?[位名]|何人|哪些(?:人|嘉宾|专家|学者|院士|官员|领导|代表|企业家|科学家|医生|教授|演讲)|什么人|发言人|嘉宾有"
                rf"|(?:{_GUESTS})(?:名单)?$|(?:{CHINESE_POSTS})(?:的?(?:姓名|名字)|叫啥|叫什么(?:名字)?)?[?？]?$",
            ),
            (
                Kind.PLACE,
                r"哪里|哪儿|何地|何处|什么地方|哪(?:[几两三四五六七八九十0-9]*个|些)?(?:国家|城市|省|市|区|县|国|地方|地区)|地点|在哪",
            ),
            (
                Kind.ORGANISATION,
                r"(?:什么|哪(?:些|[一二两三四五六七八九十几0-9]*[家所个]?))(?:公司|企业|厂商|机构|医院|大学|学校|单位|组织|部门|高校|银行|委员会|媒体)|主办(?:方|单位)",
            ),
        ),
        measures=(
            *_CURRENCIES,
            (r"多少钱|价格|[售票定房股]价|金额|[收投]入|投资|营收|利润|产值|[进出]口额|逆差|顺差|奖金|工资|费用|成本", _MONEY),
            (r"(?:多少|几)(平方公里|平方米|公里|小时|分钟|[家名位人个项种次届倍所座条款块台架部辆艘吨米岁年月天])", _AS_ASKED),
            (r"比例|占比|百分之几|增长率|增速", r"%|百分|成"),
        ),
        many=(
            r"哪些|有谁|谁和谁|哪[几两二三四五六七八九十0-9]+[家个位名所项大种场]?|都有|有什么|分别|列出|列举|包括什么|几[家位名个].*(?:哪|谁)|名单"
            # What several people do at one event is asked of all of them, as "who spoke" is.
            r"|(?:谁|哪些?[位名]?嘉宾)都?(?:在[^，。？?]{1,30}?)?(?:发言|发了言|发表|讲话|讲了话|致辞|致词|演讲|作了?[^，。？?]{0,10}?(?:报告|发言|讲话)|出席|参加|参会|与会)"
            rf"|引用了?谁的话|(?:{_GUESTS}|参展商|赞助商)$"
        ),
        one=r"哪一[位家个名所]",
        count=r"哪([两二三四五六七八九十]|\d{1,2})(?![一二三四五六七八九十百千万余多\d年])",
        pairs=(
            (r"(?:什么时候|何时|何日|哪天)(?:、|和|与|,|，)?在?(?:什么地方|哪里|哪儿|何地|何处)", ("什么时候", "在哪里")),
            (r"时间(?:、|和|与)地点", ("时间", "地点")),
        ),
    ),
    "en": _Language(
        kinds=(
            (
                Kind.TIME,
                r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b|\bhow long ago\b|\bwhat time\b"
                rf"|\bwhat (?:is|was|are|were) the (?:dates?|time) of\b|{_TYPED}\b(?:dates?|year|time)\b",
            ),
            (
                Kind.NUMBER,
                r"\bhow (?:many|much|large|big|old|long|far|tall|high|fast|often)\b"
                r"|\bwhat (?:is|was|are|were)? ?(?:the )?(?:total |annual )?"
                r"(?:number|percentage|share|amount|area|size|value|price|cost)\b"
                r"|\bwhat (?:do|does|did|will|would) [^,;]{1,80}? (?:cost|sell for|go for|weigh|amount to)\b"
                rf"|{_TYPED}\b(?:number|percentage|amount|price|cost|population|revenue|age)\b",
            ),
            (
                Kind.PERSON,
                r"\bwho(?:m|se)?\b|\b(?:which|what) (?:(?!(?:is|was|are|were|do|does|did|has|have|had) )\w+ ){0,2}"
                r"(?:people|persons?|speakers?|experts?|officials?|scientists?|academicians?|professors?|guests?|leaders?|doctors?|executives?"
                r"|managers?|ministers?|directors?|researchers?|engineers?|authors?|artists?|actors?|players?|judges?|winners?|founders?)\b"
                rf"|\bname the (?:speakers|people)\b|{_TYPED}\b(?:{_PEOPLE})\b|{_TYPED}\b(?:{ENGLISH_POSTS}|head(?= of))(?: of .*)?$"
                rf"|{_NAME_OF}(?:people|persons|{_PEOPLE}|{ENGLISH_POSTS}|head(?= of))\b(?!['’]s)",
            ),
            (
                Kind.PLACE,
                rf"{_TYPED}\b(?:location|venue|address)\b|"
                r"\bwhere\b|\b(?:which|what) (?:(?!is |was |are |were )\w+ )?"
                r"(?:countr(?:y|ies)|city|province|district|county|venue|place|state|town|region)\b"
                r"|\bwhat (?:is|was) the (?:venue|location|address) of\b",
            ),
            (
                Kind.ORGANISATION,
                r"\b(?:which|what) (?:\w+ ){0,2}(?:compan(?:y|ies)|firms?|organi[sz]ations?|hospitals?|universit(?:y|ies)|institutions?|"
                r"agenc(?:y|ies)|enterprises?|schools?|banks?)\b",
            ),
        ),
        measures=(
            *_CURRENCIES,
            (
                r"\bhow much (?:money|is|are|was|were|do|does|did)\b"
                r"|\bwhat (?:do|does|did|will|would) .{1,80}? (?:cost|sell for|go for)\b"
                r"|\b(?:price|cost|revenue|profit|worth|investment|salary|prize money|sales)\b",
                _MONEY,
            ),
            (r"\b(?:percentage|percent|per cent|share|growth rate)\b", r"%|percent|per cent|百分|成"),
        ),
        many=(
            r"\bwho (?:spoke|speaks|talked|commented|attended|participated|took part|are|were|all)\b|\bwhose (?:words|remarks|speeches)\b"
            r"|\bwho (?:gave|made|delivered|expressed) (?:an? |the |some |any )?"
            r"(?:(?:opening|welcome|closing|keynote|short) )?"
            r"(?:speech(?:es)?|talks?|remarks?|statements?|comments?|address(?:es)?|opinions?|views?)\b"
            r"|\blist\b|\bname (?:all|the)\b|\bnames of\b"
            r"|\bwho (?:is|was) quoted\b"
            r"|\b(?:which|what) (?:\w+ ){0,3}(?:companies|firms|hospitals|people|speakers|experts|officials|scientists"
            r"|academicians|professors|guests|leaders|universities|institutions|agencies|enterprises|organi[sz]ations|countries|cities"
            r"|places|parks|areas|fields|tracks|themes|topics|events|forums|projects|schools|banks|districts|products|sectors|ones)\b"
            r"|\b(?:which|what) (?:(?!is |was |do |does |did )\w+ ){0,2}(?!news|species|series|means|does|was|has)[a-z]{2,}[a-hj-rtv-z]s "
            r"(?:are|were|have|had|did|do|does|will|can|could|would|should|may|might|must|is|was|has|of|in|that|from|for"
            r"|\w+ed|got|won|took|gave|made|left|lost|appear|exist|remain|belong|live|work|go|come|make|take|use|need|want|offer|sell|play)\b"
            r"|\b(?:which|what) (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
            rf"|{_TYPED}\b(?:{_PEOPLE}|{_THINGS})\b"
            r"|\bwhat (?:are|were) (?!you\b|they\b|we\b|i\b|people\b|his\b|her\b|my\b|your\b)"
        ),
        one=r"\bwhich one\b|\bwho (?:was|is) the\b",
        count=r"\b(?:which|what) (two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?!percent|per cent)[a-z]",
        pairs=(
            (r"\bwhen and where\b", ("when", "where")),
            (r"\bwhere and when\b", ("where", "when")),
            (r"\bwho and when\b", ("who", "when")),
        ),
    ),
}

_WHO_IS = re.compile(
    r"(?i)(?:请问|請問)?(?P<zh>[^，。？?]{2,24}?)是(?:谁|誰|何人|什么人|什麼人)[？?。]*|who (?:is|was) (?P<en>[^,?]{2,60}?)\s*\?*"
)
"""Asks what somebody is, where it names them: 张文宏是谁 is no question for a name."""

_LATIN = re.compile(r"[A-Za-z]+")
_ASKS_IN_ENGLISH = re.compile(r"\W*(?:who(?:m|se)?|what|which|when|where|why|how|is|are|was|were|do|does|did)\b")
_ASKS_IN_CHINESE = re.compile(r"谁|什么|哪|多少|几|何时|何地|如何|怎么|[吗呢]\W*$")


def _language(text: str) -> str:
    """By which script carries the grammar: a Chinese question may hold Latin names, and a follow-up to one in English a Chinese name."""
    han, latin = len(HAN.findall(text)), len(_LATIN.findall(text))
    if not han and not latin:
        return "und"
    if not han or not latin:
        return "zh" if han else "en"
    if _ASKS_IN_ENGLISH.match(text) or _ASKS_IN_CHINESE.search(text):
        return "en" if _ASKS_IN_ENGLISH.match(text) else "zh"
    return "zh" if han > latin else "en"


def understand(text: str) -> Query:
    """Read a question's wording.

    Raises:
        QuestionError: it is empty or blank.

    >>> query = understand("Which two hospitals joined in 2022?")
    >>> query.kind, query.many, query.years
    (<Kind.ORGANISATION: 'organisation'>, True, (2022,))
    """
    text = text[: MAX_CHARS * 4].strip()[:MAX_CHARS]
    if not text:
        raise QuestionError("The question is empty: type a few words to ask about your articles.")
    folded = fold(text)
    language = _language(folded)
    rules = _LANGUAGES.get(language)
    kind, many, measure, count = Kind.FREE, False, None, None
    facets: tuple[Query, ...] = ()
    if rules is not None:
        kind = next((kind for kind, pattern in rules.kinds if re.search(pattern, folded)), Kind.FREE)
        if kind is Kind.PERSON and (named_one := _WHO_IS.fullmatch(text)) and surely_names_a_person(named_one["zh"] or named_one["en"]):
            kind = Kind.FREE
        if kind is Kind.NUMBER:
            # Not found.expand(figure): in a template \b would be a backspace.
            named = ((found, figure) for asked, figure in rules.measures if (found := re.search(asked, folded)))
            measure = next((found[1] if figure == _AS_ASKED else figure for found, figure in named), None)
        many = bool(re.search(rules.many, folded)) and not re.search(rules.one, folded)
        if many and (counted := re.search(rules.count, folded)):
            figure = figure_of(counted[1])
            count = int(figure[0]) or None if figure else None
        facets = tuple(
            understand(text[: match.start()] + single + text[match.end() :])
            for pattern, singles in rules.pairs
            if (match := re.search(pattern, folded))
            for single in singles
        )
    return Query(
        text=text,
        language=language,
        kind=kind,
        many=many,
        years=tuple(sorted(years_in(folded))),
        terms=tuple(query_terms(text)),
        count=count,
        measure=measure,
        facets=facets,
    )
