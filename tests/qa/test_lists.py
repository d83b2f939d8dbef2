import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lists import enumeration


@pytest.mark.parametrize(
    ("text", "marked", "items"),
    [
        ("现场，甲公司、乙公司和丙公司等3家企业获奖。", "乙公司", ["甲公司", "乙公司", "丙公司"]),
        ("东城医院和西城医院入选。", "东城医院和西城医院", ["东城医院", "西城医院"]),
        ("和平饭店获奖。", "和平饭店", ["和平饭店"]),
        ("王芳、李明、陈红到场", "王芳、李明、陈红", ["王芳", "李明", "陈红"]),
        ("包括《甲书》、《乙、丙》等", "《甲书》、《乙、丙》", ["《甲书》", "《乙、丙》"]),
        ("won by Acme, Beta Ltd and Gamma.", "Acme, Beta Ltd and Gamma", ["Acme", "Beta Ltd", "Gamma"]),
        ("产业规模超万亿元。", "万亿元", ["万亿元"]),
        ("五类，分别是甲类型、乙网络、丙外挂。", "分别是甲类型、乙网络、丙外挂", ["甲类型", "乙网络", "丙外挂"]),
        ("即墨、青岛和威海三地。", "即墨、青岛和威海", ["即墨", "青岛", "威海"]),
        ("成员包括甲公司和乙公司。", "包括甲公司和乙公司", ["甲公司", "乙公司"]),
        (
            "有东江大学、地理与资源研究所、西江大学。",
            "东江大学、地理与资源研究所、西江大学",
            ["东江大学", "地理与资源研究所", "西江大学"],
        ),
        ("有紫色，白色，綠色和紅色。", "紫色，白色，綠色和紅色", ["紫色", "白色", "綠色", "紅色"]),
        ("對應的是醫療機器人、基因治療等賽道。", "醫療機器人", ["醫療機器人", "基因治療"]),
        ("张明和李华、王芳到场。", "张明和李华、王芳", ["张明", "李华", "王芳"]),
        (
            "The five:\nAcme, Leeds, England\nBeta Ltd, Porto, Portugal\nGamma",
            "Acme, Leeds, England\nBeta Ltd, Porto, Portugal\nGamma",
            ["Acme", "Beta Ltd", "Gamma"],
        ),
        ("入选：\n甲公司，东城\n乙公司，西城\n", "甲公司，东城\n乙公司，西城", ["甲公司", "乙公司"]),
        ("Red and blue\nGreen", "Red and blue\nGreen", ["Red", "blue", "Green"]),
        ("东江大学和西江大学、王芳到场。", "东江大学和西江大学、王芳", ["东江大学", "西江大学", "王芳"]),
        ("破解了MD5和SHA-1。", "MD5和SHA-1", ["MD5", "SHA-1"]),
        ("做AI和IoT技术。", "AI和IoT技术", ["AI和IoT技术"]),
        ("在2004年和2015年举办。", "2004年和2015年", ["2004年", "2015年"]),
        ("有新颜色，包括紫色，白色，绿色。", "有新颜色，包括紫色，白色，绿色", ["紫色", "白色", "绿色"]),
        ("不包括甲市、乙市。", "不包括甲市、乙市", ["不包括甲市", "乙市"]),
        ("参展城市包括上海。", "参展城市包括上海", ["参展城市包括上海"]),
    ],
)
def test_items(text: str, marked: str, items: list[str]) -> None:
    start = text.index(marked)
    assert [text[a:b] for a, b in enumeration(text, start, start + len(marked))] == items


@given(st.text(alphabet="甲乙丙、和等《》“”，。, and\n", min_size=1, max_size=40), st.data())
def test_items_lie_in_the_text_in_order_and_apart(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    places = enumeration(text, start, end)
    assert places
    assert all(0 <= a < b <= len(text) for a, b in places)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))
