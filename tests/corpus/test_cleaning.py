"""What is kept of a saved page, what goes, and that every kept character can be traced back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning import clean
from corpus.folding import fold
from corpus.furniture import Kind, is_prose, kind_of
from corpus.lines import MOST_LINES, columns, lines
from corpus.reading import read_file
from training.page_gold import MARKS, line_hash, read_marks

DATA = Path(__file__).parent.parent / "data"

PARAGRAPH = "本报讯 第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。"
SECOND = "组委会负责人表示，今年的图书展首次设立了盲文展区，读者可以在志愿者的陪同下试读，也可以现场借阅。"
THIRD = "开幕当天共有三万名读者入场，比去年增加了四成，其中不少人是乘坐新开通的地铁专线来的，组委会说。"

KEPT_ZH = (
    "第六届临港港口大会在滨海会展中心开幕",
    "2021-05-08 09:30 来源：滨海日报 记者 李明浩",
    "——三百多名代表共商绿色航运",
    "滨海日报讯（记者 李明浩 通讯员 周晓雯）",
    "今年将新开四条近海航线。",
    "一、岸电先行",
    "全港九个泊位都已装好岸电设备。",
    "二、铁路进港",
    "进港铁路预计明年六月通车",
    "参会企业名单：\n滨海港务集团\n东山造船厂\n北湾航运公司\n",
    "闭幕式将于5月10日下午举行。",
)
GONE_ZH = (
    "彩票", "登录", "滨海要闻", "正在阅读", "朋友圈", "鏈接已復制", "字号", "5,312", "吞吐量创新高", "外贸增长两成", "美术馆", "钱小满",
    "二维码", "版权所有", "13800138000", "相关文章", "第五届", "海鲜", "视觉焦点", "猜你喜欢", "水果",
    "加载更多", "最新评论", "支持！", "ICP备",
)  # fmt: skip
KEPT_EN = (
    "Port of Westhaven opens its first shore power berth",
    "By Margaret Oyelaran",
    "The port of Westhaven switched on its first shore power berth on Tuesday",
    "four thousand people who live along the quay",
    "We have waited eleven years for this cable",
    "Two more berths will follow before the end of 2025",
)
GONE_EN = (
    "Skip to", "Weather", "newsletter", "Business >", "Share this", "Facebook", "min read", "Advertisement", "ferry", "Related", "Fishing",
    "Skippers", "County fair", "Comments", "rumble", "Copyright", "Privacy",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kept", "gone"), [("saved-page.zh.txt", KEPT_ZH, GONE_ZH), ("saved-page.en.txt", KEPT_EN, GONE_EN)], ids=["zh", "en"]
)
def test_a_saved_page_keeps_its_article_and_loses_everything_else(name: str, kept: tuple[str, ...], gone: tuple[str, ...]) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    cleaned = clean(lines(text))
    assert [part for part in kept if part not in cleaned.text] == []
    assert [part for part in gone if part in cleaned.text] == []
    everything = "\n".join([*cleaned.removed, cleaned.text])
    assert [line for line in text.split("\n") if line.strip() and line.strip() not in everything] == []


def test_a_page_in_traditional_characters_is_cleaned_alike() -> None:
    text = "首頁 > 要聞 > 正文\n港口大會開幕\n2021年5月8日 來源：海灣日報\n分享到：\n" + "\n".join(
        (
            "港口大會昨日在會展中心開幕，來自二十個國家的代表出席了開幕典禮，市長在致辭中表示將新開四條航線。",
            "責任編輯：錢小滿",
            "相關文章",
            "老碼頭變身美術館",
        )
    )
    assert clean(lines(text)).text.split("\n") == [
        "港口大會開幕",
        "2021年5月8日 來源：海灣日報",
        "港口大會昨日在會展中心開幕，來自二十個國家的代表出席了開幕典禮，市長在致辭中表示將新開四條航線。",
    ]


def test_text_without_furniture_is_kept_to_the_last_character() -> None:
    text = f"图书展开幕\n\n{PARAGRAPH}\n\n开幕嘉宾：\n张三\n李四\n\n{SECOND}\n\n附：展区地图\n1\n2"
    cleaned = clean(lines(text))
    assert cleaned.text == text.replace("\n\n", "\n")
    assert cleaned.removed == ()


@pytest.mark.parametrize(
    "text", ["会议纪要\n到会：张三、李四\n决定：下周开工", "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡", "one line only"]
)
def test_notes_and_poems_are_kept_whole(text: str) -> None:
    assert clean(lines(text)).text == text


def test_an_article_goes_on_after_a_box_of_other_articles() -> None:
    text = "\n".join(
        ["图书展开幕", PARAGRAPH, SECOND, "相关阅读", "去年的图书展", "老火车站的故事", THIRD, SECOND, THIRD, "责任编辑：王五"]
    )
    kept = clean(lines(text)).text.split("\n")
    assert kept == ["图书展开幕", PARAGRAPH, SECOND, THIRD, SECOND, THIRD]


def test_summaries_of_other_articles_do_not_count_as_its_continuation() -> None:
    text = "\n".join(
        ["图书展开幕", PARAGRAPH, SECOND, "相关文章", "去年的图书展", THIRD, "老火车站的故事", SECOND, "前年的图书展", PARAGRAPH]
    )
    assert clean(lines(text)).text.split("\n") == ["图书展开幕", PARAGRAPH, SECOND]


def test_running_text_before_an_editors_name_is_kept_when_the_text_goes_on() -> None:
    summary = "第三届图书展的组委会昨天表示，开幕当天入场的读者比去年增加了四成，今年还首次设立了盲文展区。"
    text = "\n".join([summary, "责任编辑：王五", SECOND, THIRD, SECOND, THIRD])
    assert summary in clean(lines(text)).text


def test_one_lone_button_word_does_not_end_an_article() -> None:
    text = "\n".join(["选举的规则", PARAGRAPH, "投票", "顶", "第一步，领取选票。", "第二步，填写选票。", "第三步，投入票箱。"])
    assert clean(lines(text)).text.endswith("第三步，投入票箱。")


def test_the_headline_comes_once_and_the_line_over_it_stays_if_it_belongs_to_it() -> None:
    eyebrow = "一百二十家出版社带来两万多种新书"
    text = "\n".join(["首页 > 文化", eyebrow, "图书展在老火车站开幕", "2021-05-08 10:00 来源：晨报", "图书展在老火车站开幕", PARAGRAPH])
    cleaned = clean(lines(text))
    assert cleaned.text.split("\n")[:2] == [eyebrow, "图书展在老火车站开幕"]
    assert cleaned.text.count("图书展在老火车站开幕") == 1


def test_a_known_title_is_found_whatever_stands_between_its_words() -> None:
    text = "\n".join(["广告", "别的标题也写着图书展", "图书展 在老火车站 开幕！", PARAGRAPH])
    cleaned = clean(lines(text), title="图书展在老火车站开幕")
    assert cleaned.title is not None
    assert cleaned.lines[cleaned.title].text == "图书展 在老火车站 开幕！"


def test_a_title_repeated_under_the_text_does_not_cut_the_text_away() -> None:
    text = "\n".join(["图书展在老火车站开幕", PARAGRAPH, SECOND, "图书展在老火车站开幕", THIRD])
    assert clean(lines(text), title="图书展在老火车站开幕").text == "\n".join(["图书展在老火车站开幕", PARAGRAPH, SECOND, THIRD])


def test_a_telephone_number_is_an_announcement_unless_it_stands_among_furniture() -> None:
    within = "\n".join(["图书展开幕", PARAGRAPH, "咨询电话：010-12345678", SECOND])
    assert "010-12345678" in clean(lines(within)).text
    below = "\n".join(["图书展开幕", PARAGRAPH, "分享到：", "咨询电话：010-12345678", "相关文章", "别的事"])
    assert "010-12345678" not in clean(lines(below)).text


def test_an_advertisers_number_goes_and_so_does_what_he_asks_for() -> None:
    advertisement = (
        "王小明微信号",
        "仓库出租/办公室租售：400 123 4567",
        "微信/手机：13800138000",
        "请留下您的姓名、手机号和需求，我们会尽快联系您。",
        "长按加微信",
    )
    assert clean(lines("\n".join(["图书展开幕", PARAGRAPH, "晨报记者 张小满", *advertisement]))).text.endswith("晨报记者 张小满")


KINDS = {
    Kind.WIDGET: ("分享到：", "微信好友 朋友圈", "【打印本页】【关闭窗口】", "A- A A+", "某某财经APP 缩小字体 放大字体 收藏 微博"),
    Kind.PATH: ("首页 > 新闻 > 正文", "当前位置：首页", "正在阅读：大会开幕", "Home > World > Asia"),
    Kind.CREDIT: ("责编：张三", "【编辑：李小四】", "編輯|王五", "本文来源：某日报  责任编辑：赵六_N123", "编辑 张三 校对 李四", "（完）"),
    Kind.NOTICE: ("© 2020 某网", "版权声明：本站内容归原作者所有", "本文仅代表作者个人观点", "京ICP备00000000号", "All rights reserved."),
    Kind.PROMPT: ("扫一扫", "长按识别二维码关注", "更多内容请下载某某客户端", "广告", "Advertisement", "加載更多", "Get our newsletter"),
    Kind.RELATED: ("相关阅读", "“开幕”的相关文章", "猜你喜欢", "視覺焦點", "热门文章 更多", "延伸 · 推荐", "Related articles", "Most read"),
    Kind.COMMENTS: ("最新评论", "网友评论", "评论(12)", "文明上网，理性发言", "Leave a comment", "Comments"),
    Kind.LINK: ("相关阅读：去年的图书展", "上一篇：老火车站的故事", "关键词：图书 展览", "Read more: last year's fair"),
    Kind.DATELINE: ("2021-05-08 10:00 来源：晨报", "作者：张三", "By Jane Doe", "March 14, 2023"),
    Kind.COUNT: ("326", "1/14", "———", "1.2万"),
    Kind.CONTACT: ("联系电话：010-12345678",),
    Kind.PROSE: (PARAGRAPH, "用户可以在手机上打开客户端，查询自己的借阅记录。", "未经许可，任何单位和个人不得从事文物拍卖活动。"),
    Kind.PLAIN: ("大会开幕式", "第一章 总则", "审核：由主管部门决定。", "图书展开幕，两万种新书亮相！", "print(12345)", "参会名单："),
}  # fmt: skip


@pytest.mark.parametrize(("line", "kind"), [(line, kind) for kind, examples in KINDS.items() for line in examples])
def test_each_kind_of_line_is_known_by_itself(line: str, kind: Kind) -> None:
    assert kind_of(fold(line)) is kind


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("三位科学家在昨天上午的开幕式上先后作了报告。", True),
        ("三位科学家在昨天上午的开幕式上先后作了报告。（新华社）", True),
        ("震惊！这种水果很多人天天吃，专家提醒一定要当心！", False),
        ("海鲜节将于下周六在老码头举行，主办方准备了一百桌海鲜大餐，市民凭身份证…", False),
        ("开奖_投注_官网_手机版_登录_注册，在线平台，天天好运彩票网站欢迎您的到来，祝您好运连连", False),
        ("The harbour master said the berth would cut noise by more than half.", True),
        ("Fishing fleet asks for a longer season", False),
    ],
)
def test_running_text_is_told_from_headlines_teasers_and_keywords(text: str, prose: bool) -> None:
    assert is_prose(fold(text)) is prose


def test_wrapped_paragraphs_are_joined_and_lists_are_not() -> None:
    text = (
        "The harbour master said that the new berth would cut the noise for everyone who lives\n"
        "along the quay, and that two more of them would follow before the end of the year, if\n"
        "the council agreed to pay for the second cable, which it had so far declined to do, he\n"
        "added.\n\n"
        "He spoke at the opening of the berth, where the mayor, the engineers and the container-\n"
        "ship's captain were present.\n"
    )
    joined = [line.text for line in lines(text)]
    assert len(joined) == 2
    assert "lives along the quay" in joined[0]
    assert "declined to do, he added." in joined[0]
    assert joined[1].endswith("containership's captain were present.")
    listed = "Bread\nButter\nMilk\nHoney\nJam"
    assert [line.text for line in lines(listed)] == listed.split("\n")


def test_chinese_lines_join_without_a_blank() -> None:
    whole = PARAGRAPH + SECOND + THIRD
    text = "\n".join(whole[at : at + 22] for at in range(0, len(whole), 22))
    assert "".join(line.text for line in lines(text)) == whole
    assert len(lines(text)) <= 6  # only where a sentence happens to end with the line


def test_headlines_of_like_length_are_not_taken_for_a_wrapped_paragraph() -> None:
    headlines = ["老火车站变身图书馆", "图书展昨天开幕", "三万名读者第一天入场参观", "盲文展区首次亮相", "地铁专线周末延长运营一小时"]
    assert [line.text for line in lines("\n".join(headlines))] == headlines


def test_blank_lines_edges_and_every_kind_of_line_end_are_left_out() -> None:
    text = "\ufeff\u3000\u3000甲\r\n\r\n乙 \u00a0\r丙\u2028丁\x85\n\t戊\u200b"
    assert [line.text for line in lines(text)] == ["甲", "乙", "丙", "丁", "戊"]


def test_hidden_places_stand_in_no_line() -> None:
    line = lines("## **甲**乙 ##", hidden=[(0, 3), (3, 5), (6, 8), (9, 12)])[0]
    assert line.text == "甲乙"
    assert [(piece.start, piece.end) for piece in line.pieces] == [(5, 6), (8, 9)]


def test_texts_of_more_lines_than_any_page_are_one_line_and_kept() -> None:
    text = "分享到\n" * MOST_LINES + "末行"
    found = lines(text)
    assert len(found) == 1
    assert clean(found).text == text


def test_columns_count_wide_characters_twice() -> None:
    assert columns("ab中文") == 6
    assert columns("中" * 50_000) == 100_000


SNIPPETS = [
    "分享到：",
    "相关文章",
    "责任编辑：张三",
    "首页 > 正文",
    "2021-05-08",
    "12",
    PARAGRAPH,
    SECOND,
    "标题一行",
    "\u3000\u3000",
    "",
    "Related articles",
]
TEXTS = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=40)), max_size=30).map("\n".join)


@given(TEXTS, st.sampled_from([None, True, False]))
def test_every_run_of_the_kept_text_stands_letter_for_letter_in_the_extracted_text(text: str, wrapped: bool | None) -> None:
    cleaned = clean(lines(text, wrapped=wrapped))
    covered = 0
    for run in cleaned.origin:
        assert run.length > 0
        assert cleaned.text[run.start : run.start + run.length] == text[run.origin : run.origin + run.length]
        covered += run.length
    between = "".join(cleaned.text[a.start + a.length : b.start] for a, b in zip(cleaned.origin, cleaned.origin[1:], strict=False))
    assert covered + len(between) == len(cleaned.text)
    assert not between.strip(" \n")


@given(TEXTS)
def test_no_line_is_lost_kept_and_removed_together_are_all(text: str) -> None:
    cleaned = clean(lines(text))
    kept = [line.text for line, keep in zip(cleaned.lines, cleaned.keeps, strict=True) if keep]
    assert sorted([*kept, *cleaned.removed]) == sorted(line.text for line in lines(text))
    assert "\n".join(kept) == cleaned.text


def test_saved_pages_marked_by_hand_lose_their_furniture_and_nothing_else(shared: Path) -> None:
    marks = read_marks(MARKS / "seeds.gold.jsonl")
    for name, known in marks.items():
        article = read_file(shared / "seeds" / name)
        kept = {line_hash(line) for line in article.text.split("\n")}
        assert [each for each in known.body if each not in kept] == []
        assert kept <= {*known.body, *known.either}
        assert (article.published.isoformat() if article.published else None) in known.published
        assert article.publisher in known.publishers
