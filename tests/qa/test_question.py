import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from qa.question import MAX_CHARS, Kind, understand


@pytest.mark.parametrize(
    ("question", "language", "kind", "many", "years"),
    [
        ("who spoke at the 2022 opening", "en", Kind.PERSON, True, (2022,)),
        ("2022年開幕活動上有誰發言？", "zh", Kind.PERSON, True, (2022,)),
        ("谁在2022年产业周开幕式上发言？", "zh", Kind.PERSON, True, (2022,)),
        ("年会上谁作了主报告", "zh", Kind.PERSON, True, ()),
        ("谁出席了开幕式？", "zh", Kind.PERSON, True, ()),
        ("Who delivered a speech?", "en", Kind.PERSON, True, ()),
        ("who gave the opening remarks", "en", Kind.PERSON, True, ()),
        ("Whose words are quoted?", "en", Kind.PERSON, True, ()),
        ("who gave the hospital its name", "en", Kind.PERSON, False, ()),
        ("谁发表了看法", "zh", Kind.PERSON, True, ()),
        ("谁第一个发言？", "zh", Kind.PERSON, False, ()),
        ("谁主持了发布会？", "zh", Kind.PERSON, False, ()),
        ("Who is the mayor of Springfield?", "en", Kind.PERSON, False, ()),
        ("论坛什么时候举办？", "zh", Kind.TIME, False, ()),
        ("When did it open?", "en", Kind.TIME, False, ()),
        ("有多少家企业参加", "zh", Kind.NUMBER, False, ()),
        ("How large is the park?", "en", Kind.NUMBER, False, ()),
        ("在哪里举行", "zh", Kind.PLACE, False, ()),
        ("Which two hospitals were named?", "en", Kind.ORGANISATION, True, ()),
        ("哪些企业获奖", "zh", Kind.ORGANISATION, True, ()),
        ("主题是什么", "zh", Kind.FREE, False, ()),
        ("GDP是多少", "zh", Kind.NUMBER, False, ()),
        ("What is the venue of 昌平生命科学国际论坛?", "en", Kind.PLACE, False, ()),
        ("Dominique Jordan of the FIP说了什么", "zh", Kind.FREE, False, ()),
        ("Where was 《什么是美》 shown?", "en", Kind.PLACE, False, ()),
        ("要去哪几个国家", "zh", Kind.PLACE, True, ()),
        ("有几家公司", "zh", Kind.NUMBER, False, ()),
        ("哪几位专家发言", "zh", Kind.PERSON, True, ()),
        ("哪几家公司参加", "zh", Kind.ORGANISATION, True, ()),
        ("Which company executives talked about it?", "en", Kind.PERSON, True, ()),
        ("What did the manager announce?", "en", Kind.FREE, False, ()),
        ("2022 opening speakers", "en", Kind.PERSON, True, (2022,)),
        ("who chose the speakers", "en", Kind.PERSON, False, ()),
        ("iPhone 11 colors", "en", Kind.FREE, True, ()),
        ("iPhone 11 price", "en", Kind.NUMBER, False, ()),
        ("harbour museum opening date", "en", Kind.TIME, False, ()),
        ("harbour museum location", "en", Kind.PLACE, False, ()),
        ("What does the date mean", "en", Kind.FREE, False, ()),
        ("港口博物馆开放时间", "zh", Kind.TIME, False, ()),
        ("港口博物馆票价", "zh", Kind.NUMBER, False, ()),
        ("2022年开幕式嘉宾", "zh", Kind.PERSON, True, (2022,)),
        ("嘉宾说了什么", "zh", Kind.FREE, False, ()),
        ("港口博物馆馆长", "zh", Kind.PERSON, False, ()),
        ("港口博物馆的馆长叫什么名字？", "zh", Kind.PERSON, False, ()),
        ("馆长说了什么", "zh", Kind.FREE, False, ()),
        ("展品叫什么名字", "zh", Kind.FREE, False, ()),
        ("人口增长", "zh", Kind.FREE, False, ()),
        ("文章里提到了什么厂商", "zh", Kind.ORGANISATION, False, ()),
        ("harbour museum director", "en", Kind.PERSON, False, ()),
        ("head of the harbour museum", "en", Kind.PERSON, False, ()),
        ("director's office hours", "en", Kind.FREE, False, ()),
        ("What is the name of the museum's director?", "en", Kind.PERSON, False, ()),
        ("names of the donors", "en", Kind.PERSON, True, ()),
        ("name of the hospital the president visited", "en", Kind.FREE, False, ()),
        ("names of the companies the CEO met", "en", Kind.FREE, True, ()),
        ("What is the name of the minister's book?", "en", Kind.FREE, False, ()),
        ("city head count", "en", Kind.FREE, False, ()),
        ("shower head", "en", Kind.FREE, False, ()),
        ("name of the museum", "en", Kind.FREE, False, ()),
        ("Где это было?", "und", Kind.FREE, False, ()),
    ],
)
def test_what_the_wording_tells(question: str, language: str, kind: Kind, many: bool, years: tuple[int, ...]) -> None:
    query = understand(question)
    assert (query.language, query.kind, query.many, query.years) == (language, kind, many, years)


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("What are the types of water?", True),
        ("What were other populous cities of the time?", True),
        ("Which heavy metals does the plant take up?", True),
        ("What additional taxes can local governments enforce?", True),
        ("Which locations appear in the article?", True),
        ("What causes the noise?", False),
        ("What news has been reported?", False),
        ("What was the process called?", False),
        ("Which class is it in?", False),
        ("What is the status of the project?", False),
        ("What are you doing?", False),
        ("What does it mean?", False),
        ("Which species is endangered?", False),
    ],
)
def test_a_plural_asks_for_several_things(question: str, many: bool) -> None:
    assert understand(question).many is many


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u3000"])
def test_a_blank_question_says_what_to_do(question: str) -> None:
    with pytest.raises(QuestionError, match="type a few words"):
        understand(question)


@pytest.mark.parametrize(
    ("question", "kinds"), [("When and where is it held?", [Kind.TIME, Kind.PLACE]), ("什么时候在哪里举行", [Kind.TIME, Kind.PLACE])]
)
def test_a_double_question_is_taken_apart(question: str, kinds: list[Kind]) -> None:
    assert [facet.kind for facet in understand(question).facets] == kinds


@given(st.text(min_size=1).filter(str.strip))
def test_no_question_is_refused_for_its_characters(question: str) -> None:
    assert understand(question).text


def test_a_huge_question_is_read_up_to_a_limit() -> None:
    assert len(understand("谁" * 100_000).text) == MAX_CHARS


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Which two hospitals were named?", 2),
        ("what 12 companies signed", 12),
        ("破解了哪两个算法？", 2),
        ("新选了哪五家公司", 5),
        ("哪3位专家发言", 3),
        ("哪几家公司参加", None),
        ("哪十二家公司参加", None),
        ("哪些公司在2019年参加", None),
        ("In which 3 years did it fall?", 3),
        ("which companies signed two contracts", None),
        ("哪一家公司", None),
    ],
)
def test_how_many_are_asked_for(question: str, count: int | None) -> None:
    assert understand(question).count == count


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("张文宏是谁？", Kind.FREE),
        ("請問張文宏是誰？", Kind.FREE),
        ("多米尼克·乔丹是谁", Kind.FREE),
        ("who is Zhang Wenhong?", Kind.FREE),
        ("Who was Ludwig van Beethoven", Kind.FREE),
        ("who is 张文宏", Kind.FREE),
        ("董事长是谁", Kind.PERSON),
        ("高通总裁是谁", Kind.PERSON),
        ("金奖得主是谁？", Kind.PERSON),
        ("SpaceX的总裁是谁", Kind.PERSON),
        ("张文宏的老师是谁", Kind.PERSON),
        ("谁是张文宏的老师", Kind.PERSON),
        ("who is the mayor?", Kind.PERSON),
        ("Who is CEO of Apple", Kind.PERSON),
        ("Who was Prime Minister?", Kind.PERSON),
        ("who is responsible", Kind.PERSON),
    ],
)
def test_who_somebody_is_asks_for_no_name(question: str, kind: Kind) -> None:
    assert understand(question).kind is kind
