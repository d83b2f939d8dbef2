"""Whether a text reads like the name of a person or of a body: 陈凯先 and 江北大学 do, 与会专家 and "officials" don't."""

from __future__ import annotations

import re
from typing import Final

from corpus.folding import fold
from corpus.scripts import HAN_RANGES

SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹"
    "薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
"""The hundred commonest, which five Chinese in six have."""
_HAN: Final = re.compile(rf"[{HAN_RANGES}·・]+")
_BODY: Final = re.compile(
    r"(?:会|论坛|仪式|活动|展览|[^小老]{2}周|公司|集团|大学|学院|医院|组织|中心|企业|银行|研究所|研究院|出版社|通讯社|机构|单位|平台|部门|[^干]部|法院|政府)$"
    r"|\b(?:inc|corp|ltd|llc|plc|company|university|college|institute|association|committee|council|agency|bank|group|systems|department"
    r"|ministry|office|centre|center|party)\.?$"
)
"""How bodies and events are named, and people aren't."""
_BODY_OR_SHORT: Final = re.compile(r"[厂局馆社所处厅署店队团院网台报]$|百货$")
"""Ends the names of other bodies, and what is no name too."""

CHINESE_POSTS: Final = (
    "[部院校市局省县区镇村厅司处科所馆台站厂队班团会外书事]长|主[席任编教]|书记|总[统理裁监]|经理|教练|创始人|负责人|首席执行官"
)
"""How Chinese posts end."""
ENGLISH_POSTS: Final = (
    "chair(?:man|woman|person)|president|ceo|cto|cfo|director|dean|principal|mayor|governor|minister|secretary|spokes(?:man|woman|person)"
    "|manager|(?:co-?)?founder|coach|captain|editor|curator|ambassador|premier|chancellor"
)
_NO_NAME: Final = re.compile(f"(?:{CHINESE_POSTS}|[人者员家手主士授表]|冠军)$")
"""Ends 金奖得主 and 高通总裁, which begin like names."""
_CAPITALS: Final = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: (?:(?:de|da|del|van|von|der|bin|al|el|la) )?[^\W\d_a-z][\w.'’-]*){0,4}")
_POST: Final = re.compile(rf"(?i)\b(?:{ENGLISH_POSTS}|chair|king|queen|pope|head|leader|winner|author|speaker)$")


def ends_like_a_body(text: str) -> bool:
    """Say whether a text ends as bodies and events are named, and people never are.

    >>> [ends_like_a_body(text) for text in ("江北大學", "时装周", "小周", "Blue Harbour Ltd.", "Anna Berg")]
    [True, True, False, True, False]
    """
    return bool(_BODY.search(fold(text)))


def names_a_body(text: str) -> bool:
    """Say whether a text may be the name of a body: by how it ends, its words' part of speech, or in other scripts a capital.

    >>> [names_a_body(text) for text in ("江口棉纺厂", "联合国", "Blue Harbour", "officials", "首批入选")]
    [True, True, True, False, False]
    """
    if not _HAN.search(text):
        return _has_a_capital_or_no_case(text)
    return ends_like_a_body(text) or bool(_BODY_OR_SHORT.search(fold(text))) or bool(_parts_of_speech(text) & {"nt", "nz"})


def names_a_person(text: str) -> bool:
    """Say whether a text may be somebody's name: in Chinese by surname and length, the dot inside it, or its words' part of speech.

    >>> [names_a_person(text) for text in ("陈凯先", "張文宏", "多米尼克", "与会专家", "Xue Min", "officials", "ジョン")]
    [True, True, True, False, True, False, True]
    """
    if not _HAN.fullmatch(text):
        return _has_a_capital_or_no_case(text)
    folded = fold(text)  # the surnames are Simplified
    if re.search("[·・]", folded) or (folded[0] in SURNAMES and 2 <= len(folded) <= 4):
        return True
    return any(tag.startswith("nr") for tag in _parts_of_speech(text))


def surely_names_a_person(text: str) -> bool:
    """Say whether a text is surely somebody's name and no post: in Chinese by the dot inside it, or short and a name by its first word;
    else by capitals throughout, the last word being no post.

    >>> [surely_names_a_person(text) for text in ("张文宏", "多米尼克·乔丹", "高通总裁", "Xue Min", "Prime Minister", "the mayor")]
    [True, True, False, True, False, False]
    """
    import rjieba

    if not _HAN.fullmatch(text):
        return not _HAN.search(text) and bool(_CAPITALS.fullmatch(text)) and not _POST.search(text)
    folded = fold(text)  # the dictionary is Simplified
    if re.search("[·・]", folded):
        return True
    return 2 <= len(folded) <= 4 and not _NO_NAME.search(folded) and rjieba.tag(folded)[0][1].startswith("nr")


def _has_a_capital_or_no_case(text: str) -> bool:
    return text != text.lower() or text == text.upper()


def _parts_of_speech(text: str) -> set[str]:
    """Of the words, as the dictionary tags them (ICTCLAS set: nr a person, nt a body, nz another name)."""
    import rjieba

    return {tag for _, tag in rjieba.tag(fold(text))}  # its dictionary is Simplified
