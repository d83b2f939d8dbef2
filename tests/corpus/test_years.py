import pytest

from corpus.years import years_in


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("who spoke at the 2022 opening", {2022}),
        ("2022年11月14日", {2022}),
        ("二〇二二年，二零二三年", {2022, 2023}),
        ("2022-11-16 16:07", {2022}),
        ("2022-2023", {2022, 2023}),
        ("2022年，2022年", {2022}),
        ("投资2000亿元，共3000家，1500人", set()),
        ("电话 2022-1234567", set()),
        ("13391219793", set()),
        ("1,2022", set()),
        ("面积2022.5平方米", set()),
        ("", set()),
    ],
)
def test_years_are_told_from_other_figures(text: str, years: set[int]) -> None:
    assert set(years_in(text)) == years


def test_each_mention_counts() -> None:
    assert years_in("2022年与2023年，2022年")[2022] == 2
