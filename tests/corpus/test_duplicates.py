"""Which texts are one text, and which only look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import BANDS, bands, compare, outline

ZH = (
    "第三届茶业论坛4月18日在杭州龙坞开幕，来自12个省的300多名代表出席。中国茶叶学会理事长江用文致辞，他说，茶产业要靠科技和文化。\n"
    "论坛主题是“一叶知春”。浙江省农业农村厅副厅长王文斌介绍，2023年全省茶叶产值达到264亿元，比上年增长3.5%。\n"
    "会上发布了《龙井茶保护白皮书》，五家企业签了合作协议，总金额8600万元。论坛还安排了采茶体验和两场讨论，由周国富主持。"
)
EN = (
    "The third tea forum opened on 18 April in Longwu, Hangzhou, with 300 delegates from 12 provinces. Jiang Yongwen gave the address.\n"
    "Its theme is One Leaf Tells of Spring. Output of tea in the province rose by 3.5 percent to 26.4 billion yuan in 2023.\n"
    "Five companies signed agreements worth 86 million yuan, and Zhou Guofu moderated two discussions after the opening ceremony."
)
HANT = (
    "第三屆茶業論壇4月18日在杭州龍塢開幕，來自12個省的300多名代表出席。中國茶葉學會理事長江用文致辭，他說，茶產業要靠科技和文化。\n"
    "論壇主題是「一葉知春」。浙江省農業農村廳副廳長王文斌介紹，2023年全省茶葉產值達到264億元，比上年增長3.5%。\n"
    "會上發佈了《龍井茶保護白皮書》，五家企業簽了合作協議，總金額8600萬元。論壇還安排了採茶體驗和兩場討論，由周國富主持。"
)


def is_same(first: str, second: str, *, titles: tuple[str, str] = ("", ""), scripts: tuple[str, str] = ("Hans", "Hans")) -> bool:
    found = compare(outline(titles[0], first, script=scripts[0]), outline(titles[1], second, script=scripts[1]))
    turned = compare(outline(titles[1], second, script=scripts[1]), outline(titles[0], first, script=scripts[0]))
    assert (found.first_in_second, found.second_in_first) == (turned.second_in_first, turned.first_in_second)
    return found.first_in_second or found.second_in_first


@pytest.mark.parametrize(
    ("original", "copy"),
    [
        (ZH, f"2024-04-19 10:22 来源：每日茶讯\n{ZH}"),
        (ZH, f"【每日茶讯】{ZH}\n（责任编辑：林晓岚）\n声明：本文来源于网络，版权归原作者所有。"),
        (ZH, ZH[:-40]),
        (ZH, ZH[: ZH.index("8600") + 2] + "……[详细]"),
        (ZH, ZH.replace("，", ",").replace("“", '"').replace("”", '"').replace("\n", "\n\n　　")),
        (ZH, ZH.replace("\n", "")),
        (ZH, ZH.replace("3.5%", "３．５％").replace("2023", "２０２３")),
        (ZH, ZH.replace("签了", "签署了")),
        (EN, f"By Mary Thornton, Daily Observer\n{EN}\nCopyright 2024 Daily Observer. All rights reserved."),
        (EN, EN.replace("\n", " ").upper()),
        (EN, EN[:-90]),
    ],
)
def test_a_repost_is_the_same_text(original: str, copy: str) -> None:
    assert is_same(original, copy)


def test_the_same_text_in_the_other_script_is_the_same() -> None:
    assert is_same(ZH, HANT, scripts=("Hans", "Hant"))
    hong_kong = HANT.replace("發佈", "發布").replace("裏", "裡").replace("採", "采")
    assert is_same(ZH, hong_kong, scripts=("Hans", "Hant"))


def test_words_that_taiwan_has_for_things_are_known() -> None:
    mainland = ZH + "\n组委会说，现场的软件和网络信息由志愿者维护，视频会在晚上发布。"
    taiwan = HANT + "\n組委會說，現場的軟體和網路資訊由志願者維護，影片會在晚上釋出。"
    assert is_same(mainland, taiwan, scripts=("Hans", "Hant"))
    assert not is_same(mainland, taiwan.replace("264", "274"), scripts=("Hans", "Hant"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2023年", "2022年"),
        ("第三届", "第四届"),
        ("4月18日", "4月19日"),
        ("300多", "400多"),
        ("3.5%", "35%"),
        ("8600万", "18600万"),
        ("五家", "六家"),
        ("江用文致辞", "刘仲华致辞"),
        ("由周国富主持", "由陈若水主持"),
        ("茶产业要靠", "茶产业不要靠"),
        ("杭州龙坞", "北京平谷"),
    ],
)
def test_another_number_name_or_negation_is_another_text(old: str, new: str) -> None:
    assert old in ZH
    assert not is_same(ZH, ZH.replace(old, new))
    assert not is_same(f"来源：每日茶讯\n{ZH}", ZH.replace(old, new) + "\n（责任编辑：林晓岚）")


@pytest.mark.parametrize(("old", "new"), [("18 April", "19 April"), ("Jiang Yongwen", "Liu Zhonghua"), ("rose", "fell"), ("2023", "2022")])
def test_the_same_holds_in_english(old: str, new: str) -> None:
    assert old in EN
    assert not is_same(EN, EN.replace(old, new))


def test_a_date_alone_on_its_line_tells_two_notices_apart() -> None:
    notice = ZH.replace("2023年", "去年")
    assert not is_same(f"{notice}\n2023年4月2日", f"{notice}\n2024年4月2日")


@pytest.mark.parametrize(
    ("titles", "same"),
    [
        (("第三届茶业论坛开幕", "第三届茶业论坛开幕_每日茶讯"), True),
        (("第三届茶业论坛开幕", "江用文：茶产业要靠科技和文化"), True),
        (("2023年茶业论坛开幕", "2024年茶业论坛在龙坞开幕"), False),
        (("茶讯 第31期", "茶讯 第32期"), False),
    ],
)
def test_titles_may_differ_in_words_and_not_in_their_numbers(titles: tuple[str, str], same: bool) -> None:
    assert is_same(ZH, f"本文转自每日茶讯\n{ZH}", titles=titles) is same


def test_a_heading_above_the_text_is_a_title() -> None:
    titles = ("第三届茶业论坛4月18日在杭州开幕", "茶业论坛开幕，代表300多名")
    assert is_same(f"{titles[0]}\n{ZH}", f"{titles[1]}\n{ZH}", titles=titles)


def test_two_reports_that_share_a_statement_are_two() -> None:
    own = (
        "记者在现场看到，老街上的茶农正忙着炒茶，游客排起了长队，空气里都是豆香。一位姓胡的茶农说，今年霜冻来得晚，头采比往年早了一周。"
        "她家有六亩茶园，雇了四位采茶工，每天能炒两斤干茶。隔壁的民宿已经订满，老板打算再添三间客房，好留住看完论坛的客人。"
        "镇里的干部介绍，龙坞的茶叶市场去年重新修过，停车场扩大了一倍，又开了一条从地铁站过来的接驳线路，周末十分钟一班。"
    )
    other = (
        "与会的专家对机采茶有不同看法。有人认为名优茶仍然离不开手工，也有人说年轻人不愿意上山，不用机器就没有人采。"
        "研究所展示了一台能认嫩芽的机器人，每小时可采四公斤鲜叶，价格还在二十万元以上，合作社买得起的不多。"
        "一家饮料企业的采购经理表示，他们更看重批次之间的稳定，愿意和基地签五年以上的合同，并且派技术员常驻。"
    )
    statement = "会议发布的声明说，各方将共同保护原产地，统一标识，打击假冒，并且每年公布一次抽检的结果，欢迎社会监督。" * 2
    assert not is_same(own + statement, statement + other)


def test_an_excerpt_stands_back_for_the_whole() -> None:
    whole, part = outline("", ZH, script="Hans"), outline("", ZH.split("\n")[1] + ZH.split("\n")[0], script="Hans")
    found = compare(part, whole)
    assert found.first_in_second
    assert (found.shared, found.own_first) == (part.chars, 0)
    long = outline("", ZH + "\n" + EN, script="Hans")
    assert compare(whole, long).first_in_second
    assert not compare(whole, long).second_in_first


@pytest.mark.parametrize("text", ["", "\n \n", "。。。", "好", "2022", "会议改在明天。", "a" * 59, "\ud800", "🎉🎉"])
def test_what_is_too_short_is_like_nothing(text: str) -> None:
    assert not is_same(text, text)
    assert not is_same(text, ZH)
    assert len(bands(outline("", text, script="Zyyy"))) in (0, BANDS)


MIXED = st.text(st.sampled_from("上海开幕式張文宏2021年第三五。，“”!? \nabé\u0301مرह🎉\0\ud83d\u200f#_-1"), max_size=200)


@given(MIXED, MIXED, MIXED)
def test_any_two_texts_can_be_compared_either_way_round(first: str, second: str, title: str) -> None:
    is_same(first, second, titles=(title, second[:9]), scripts=("Hans", "Hant"))
    text = outline(title, first, script="Zyyy")
    assert not compare(text, text).parted
    assert bands(text) == bands(outline(title, first, script="Hans"))


def test_bands_are_the_same_on_every_machine_and_in_every_version() -> None:
    found = bands(outline("", ZH, script="Hans"))
    assert len(found) == BANDS == len(set(found))
    assert all(-(2**63) <= each < 2**63 for each in found)
    # Stored in libraries: when this changes, a migration has to sign all articles anew.
    assert found[:3] == FIRST_BANDS


FIRST_BANDS = [8014584969981269737, -1428625432178633659, 1696236652788756978]


def test_texts_that_share_much_share_bands_and_others_do_not() -> None:
    whole, part = set(bands(outline("", ZH, script="Hans"))), set(bands(outline("", ZH[: len(ZH) // 2], script="Hans")))
    assert len(whole & part) >= 5
    assert not whole & set(bands(outline("", EN, script="Latn")))
    assert len(whole & set(bands(outline("", HANT, script="Hant")))) > BANDS / 2
