import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.boundaries import tidy, whole_date


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("他说， 张三，来了", " 张三，", "张三"),
        ("主题为“共济未来”，由", "“共济未来”，", "共济未来"),
        ("读《红楼梦》吧", "《红楼梦》", "《红楼梦》"),  # a work's title keeps its marks
        ("读《红楼梦》吧", "《红楼梦", "《红楼梦》"),
        ("（甲公司）和（乙公司）", "甲公司）和（乙公司", "（甲公司）和（乙公司）"),
        ("共1234人", "23", "1234"),
        ("about 3.5 million", "5 million", "3.5 million"),
        ("meet Johnson today", "John", "Johnson"),
        ("Acme Inc. said", "Acme Inc.", "Acme Inc."),
        ("It ended.", "ended.", "ended"),
        ("气温为-5度", "-5度", "-5度"),
        ("预报9日的天气", "9日的", "9日"),
        ("说明他的目的。", "他的目的。", "他的目的"),
        ("他的书", "的", ""),
        ("她今年48岁", "48", "48岁"),
        ("于2月24日撤离", "2月24", "2月24日"),
        ("涨价5％后", "5", "5％"),
        ("售价5800日元", "5800", "5800"),
        ("乘2号线到", "2", "2"),
        ("6日在海军基地", "日在海军基地", "在海军基地"),
        ("2019年会在此举行", "年会", "年会"),
        ("2019年度报告", "年度报告", "年度报告"),
        ("，。", "，。", ""),
        ("le cafe\u0301 ouvert", "cafe", "cafe\u0301"),
        ("the mayor’s office", "’s office", "office"),
    ],
)
def test_edges(text: str, marked: str, expected: str) -> None:
    start = text.index(marked)
    a, b = tidy(text, start, start + len(marked))
    assert text[a:b] == expected


@given(st.text(alphabet="“”‘’「」《》（）()，。 a1.甲乙-", max_size=30), st.data())
def test_any_span_comes_out_within_the_text_and_settles(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    a, b = tidy(text, start, end)
    assert 0 <= a <= b <= len(text)
    assert a == b or tidy(text, a, b) == (a, b)


@pytest.mark.parametrize(
    ("text", "marked", "whole"),
    [
        ("始于1996年12月1日。", "1996年", "1996年12月1日"),
        ("始于1996年12月。", "1996年", "1996年12月"),
        ("始于1996年12月1日。", "1996年12月", "1996年12月1日"),
        ("始于一九九六年十二月三十一日。", "一九九六年", "一九九六年十二月三十一日"),
        ("始于1996年春。", "1996年", "1996年"),
        ("始于1996年", "1996年", "1996年"),
        ("共12人", "12", "12"),
    ],
)
def test_whole_dates(text: str, marked: str, whole: str) -> None:
    start = text.index(marked)
    assert text[start : whole_date(text, start, start + len(marked))] == whole
