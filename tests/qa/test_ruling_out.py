"""What is out of the question whatever the reader thinks, and that it takes nothing away from the spans that aren't."""

import pytest

from qa import answering
from qa.question import understand
from qa.reader import Span
from qa.retrieval import Hit
from qa.ruling_out import cannot_answer
from tests.qa.conftest import SCORE_ALONE, MakeHit


def mark(hit: Hit, words: str, score: float = 5.0) -> Span:
    start = hit.passage.text.index(words)
    return Span(start, start + len(words), score)


def ruled_out(question: str, hit: Hit, words: str) -> bool:
    return cannot_answer(understand(question), hit, mark(hit, words))


@pytest.mark.parametrize(
    ("question", "text", "words", "given"),
    [
        ("谁发了言", "昨天他发了言。", "他", False),
        ("Who spoke?", "Then they spoke.", "they", False),
        ("Which body warned?", "Then WHO warned of it.", "WHO", True),
        ("What do they work in?", "They work in IT.", "IT", True),
    ],
)
def test_a_pronoun_is_no_answer(make_hit: MakeHit, question: str, text: str, words: str, given: bool) -> None:
    assert ruled_out(question, make_hit(text), words) is not given


@pytest.mark.parametrize(
    ("question", "text", "words", "given"),
    [
        ("黑产分为哪几类", "黑产分为五类。", "五类", False),
        ("有哪些算法被破解", "被破解的是这两大世界最安全的算法。", "这两大世界最安全的算法", False),
        ("Who spoke?", "Close to a hundred scientists spoke.", "Close to a hundred scientists", False),
        ("Which firms came?", "A dozen firms came.", "A dozen firms", False),
        ("Who spoke?", "A. Dozer spoke.", "A. Dozer", True),
        ("Which cities were visited?", "In May three large cities were visited.", "three large cities", False),
        ("哪些企业获奖", "三星获奖。", "三星", True),
        ("学的是哪些理论", "学的是三个代表。", "三个代表", True),
        ("Which films were shown?", "That night Seven Samurai was shown.", "Seven Samurai", True),
        ("What is it divided into?", "黑产分为五类。", "五类", True),
    ],
)
def test_how_many_there_are_is_no_item_of_a_list(make_hit: MakeHit, question: str, text: str, words: str, given: bool) -> None:
    assert ruled_out(question, make_hit(text), words) is not given


def test_words_of_the_question_are_no_answer(make_hit: MakeHit) -> None:
    hit = make_hit("2023年产业周10月16日举办。")
    assert ruled_out("2023年产业周什么时候举办", hit, "2023年")
    assert not ruled_out("2023年产业周什么时候举办", hit, "10月16日")


def test_who_wrote_the_article_is_not_in_it(make_hit: MakeHit) -> None:
    hit = make_hit("张文宏主持讨论。（记者 任远）", authors=("任远",))
    assert ruled_out("谁主持了讨论", hit, "任远") and not ruled_out("谁主持了讨论", hit, "张文宏")
    assert not ruled_out("记者是谁", hit, "任远")


@pytest.mark.parametrize(
    ("question", "text", "words", "stays"),
    [
        ("谁发言", "三位嘉宾发言", "三位嘉宾", False),
        ("who spoke", "Three guests spoke", "Three guests", False),
        ("which companies won", "Eight companies won", "Eight companies", False),
        ("谁发言", "万家宝发言", "万家宝", True),
        ("有多少嘉宾", "三位嘉宾发言", "三位", True),
        ("2023年的论坛什么时候举办", "论坛2021年举办", "2021年", False),
        ("论坛什么时候举办", "论坛2021年举办", "2021年", True),
        ("2023年的论坛什么时候举办", "论坛10月16日举办", "10月16日", True),
    ],
)
def test_what_cannot_be_the_answer_is_left_out(make_hit: MakeHit, question: str, text: str, words: str, stays: bool) -> None:
    assert ruled_out(question, make_hit(text), words) is not stays


@pytest.mark.parametrize(
    ("text", "name", "spoke"),
    [
        ("论坛由张文主持，李明致辞。", "李明", True),
        ("论坛由张文主持，李明致辞。", "张文", False),
        ("在张文的主持下，三人讨论了药物。", "张文", False),
        ("主持人是张文。", "张文", False),
        ("张文说，主持会议的人没有来。", "张文", True),
        ("Ann Li, head of the clinic, moderated a debate.", "Ann Li", False),
        ("The debate was chaired by Ann Li.", "Ann Li", False),
        ("Ann Li said the session that Bo Wu chaired was long.", "Ann Li", True),
        ("FIP希望各国合作。", "FIP", False),
        ("三位院士陈凯、蒋良、董辰共同探讨了产业的发展。", "陈凯", False),
        ("三位院士陈凯、蒋良、董辰共同探讨了产业的发展。", "董辰", False),
        ("张文和李明等专家参加了圆桌讨论。", "张文", False),
        ("参加讨论的三位院士是董辰、蒋良和陈凯，话题是疫苗。", "蒋良", False),
        ("They heard a discussion between three members of the academy: Ann Li, Bo Wu and Cy Ma.", "Bo Wu", False),
        ("There was a discussion of vaccines. Ann Li said it was long.", "Ann Li", True),
        ("张文在报告里探讨了疫苗。", "张文", True),
        ("张文说，三人共同探讨了疫苗。", "张文", True),
        ("Ann Li and Bo Wu took part in a panel discussion.", "Ann Li", False),
        ("Ann Li discussed vaccines in her speech.", "Ann Li", True),
    ],
)
def test_who_leads_or_joins_a_discussion_is_not_taken_for_a_speaker(make_hit: MakeHit, text: str, name: str, spoke: bool) -> None:
    hit = make_hit(text)
    for question, declined in (
        ("who spoke at the opening", not spoke),
        ("谁发言了？", not spoke),
        ("who was there", False),
    ):
        assert ruled_out(question, hit, name) is declined


@pytest.mark.parametrize(
    ("text", "name", "chaired"),
    [
        ("开幕式上，馆长林秋致辞。", "林秋", False),
        ("会议由秘书长王芳主持，馆长林秋致辞。", "林秋", True),  # which of the two, the reader is to tell
        ("会议有一位主持人。他是王芳。", "王芳", True),
        ("会议由王芳主持。展品来自渔村。林秋捐赠了三件。", "林秋", False),
        ("論壇主席王芳宣布會議開始。", "王芳", True),
        ("馆长王芳担任司仪。", "王芳", True),
        ("Anna Berg spoke at the opening.", "Anna Berg", False),
        ("Anna Berg presided over the opening.", "Anna Berg", True),
        ("Anna Berg, president of the society, spoke.", "Anna Berg", False),
        ("The panel was led by Anna Berg.", "Anna Berg", True),
    ],
)
def test_nobody_chaired_where_no_word_says_so(make_hit: MakeHit, text: str, name: str, chaired: bool) -> None:
    hit = make_hit(text)
    for question in ("开幕式是谁主持的", "who chaired the opening", "Who moderated?"):
        assert ruled_out(question, hit, name) is not chaired
    for question in ("谁捐赠了展品", "who was there", "谁主持起草了方案", "who is the chairman of the society"):
        assert not ruled_out(question, hit, name)


def test_who_chaired_is_left_to_the_reader_in_other_languages(make_hit: MakeHit) -> None:
    assert not ruled_out("who chaired the opening", make_hit("Den Vorsitz hatte Anna Berg.", language="de"), "Anna Berg")


@pytest.mark.parametrize(
    ("text", "words", "dateline"),
    [
        ("新华社北京11月9日电（记者李明）论坛18日开幕。", "11月9日", True),
        ("新华社北京11月9日电（记者李明）论坛18日开幕。", "18日", False),
        ("中新網11月9日電 論壇開幕。", "11月9日", True),
        ("本报江北11月9日讯 论坛开幕。", "11月9日", True),
        ("11月9日电影节开幕。", "11月9日", False),
        ("BEIJING, 9 November 2023\nThe forum opens on 18 November.", "9 November 2023", True),
        ("BEIJING, 9 November 2023\nThe forum opens on 18 November.", "18 November", False),
        ("NEW YORK, N.Y., Nov. 9, 2023 /Wire/ -- The fair opens on Monday.", "Nov. 9, 2023", True),
        ("SHANGHAI, Nov. 9 (Xinhua) -- The fair opens on Monday.", "Nov. 9", True),
        ("In BEIJING, 9 November is the day.", "9 November", False),
        ("Saturday, 18 November 2023\nOpening ceremony", "18 November 2023", False),
        ("CIIE, 5 November 2023, was the sixth.", "5 November 2023", False),
    ],
)
def test_the_day_of_writing_is_no_answer_to_when_it_happened(make_hit: MakeHit, text: str, words: str, dateline: bool) -> None:
    hit = make_hit(text)
    for question in ("论坛什么时候开幕", "when does the forum open"):
        assert ruled_out(question, hit, words) is dateline
    for question in ("这篇报道是什么时候发布的", "when was the article published", "what is on the banner"):
        assert not ruled_out(question, hit, words)


@pytest.mark.parametrize(
    ("question", "words", "other"),
    [
        ("麒麟980有多少个晶体管", "103亿个", True),
        ("麒麟980有多少个晶体管", "69亿个", False),
        ("how many transistors has the Kirin 990", "69亿个", True),
        ("how many transistors has the Kirin 990", "103亿个", False),
        ("2017年销售收入多少", "2519亿元", True),
        ("2017年销售收入多少", "2073亿元", False),
        ("2016到2017年销售收入多少", "2073亿元", False),
        ("销售收入多少", "2519亿元", False),
        ("谁在2017年的会上介绍麒麟芯片", "林秋", False),
        ("麒麟980之后是哪一款", "麒麟990", False),
    ],
)
def test_a_figure_that_belongs_to_another_one_than_is_asked_for(make_hit: MakeHit, question: str, words: str, other: bool) -> None:
    text = "麒麟980有69亿个晶体管，麒麟990有103亿个。2018年林秋说，2017年收入2073亿元，2018年收入2519亿元。"
    assert ruled_out(question, make_hit(text), words) is other


@pytest.mark.parametrize("behind", ["和" * 2000, "和一" * 1000, "、甲" * 1000, " and a" * 1000, "二" * 3000, "参加讨论的" + "是" * 2000])
def test_no_text_takes_for_ever(make_hit: MakeHit, behind: str) -> None:
    hit = make_hit(f"张文{behind}。")
    query = understand("谁发言了，有哪些人？")
    assert cannot_answer(query, hit, Span(0, 2, 1.0)) is behind.startswith("参加讨论")
    assert not cannot_answer(query, hit, Span(2, len(hit.passage.text), 1.0))


def test_what_is_ruled_out_takes_no_belief_from_the_others(make_hit: MakeHit) -> None:
    hit = make_hit("2018年收入2519亿元，比2017年的2073亿元多。")
    query, right, wrong = understand("2017年收入多少"), mark(hit, "2073亿元", 2.0), mark(hit, "2519亿元", 9.0)
    (alone,) = answering.candidates(query, [hit], [[right]], SCORE_ALONE)
    (beside,) = answering.candidates(query, [hit], [[wrong, right]], SCORE_ALONE)
    assert beside == alone and alone.evidence.share == 1.0 and alone.evidence.behind == 0.0
