"""Verdicts: given, replaced, kept when the article goes or changes, and exported as a question set."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import ArticleNotFoundError, FeedbackNotFoundError, LibraryError, QuestionError
from corpus.feedback import MAX_ANSWER_CHARS, MAX_QUESTION_CHARS, Feedback, Verdict, as_squad, question_key, quote_around
from corpus.library import Change, Library

TEXT = "第三届茶业论坛在杭州龙坞开幕。江用文致辞。\n论坛主题是“一叶知春”。"
MakeArticle = Callable[..., Article]


@pytest.fixture
def forum(library: Library, make_article: MakeArticle) -> Article:
    article = make_article(TEXT, source="/forum.txt", title="茶业论坛")
    library.add(article)
    return article


def judge(library: Library, article: Article, question: str, words: str, verdict: Verdict, confidence: float | None = None) -> int:
    start = article.text.index(words)
    return library.give_feedback(question, verdict, article_id=article.id, start=start, end=start + len(words), confidence=confidence)


def checked(library: Library) -> list[Feedback]:
    """All verdicts, each of the words that stand at its place."""
    assert library.verify() == []
    found = library.feedback()
    for one in found:
        assert one.quote[one.offset :].startswith(one.answer_text)
        if one.article_id is not None:
            assert library.article(one.article_id).text[one.start : one.end] == one.answer_text
    return found


# --- giving


def test_a_verdict_keeps_the_words_and_their_sentence(library: Library, forum: Article) -> None:
    given_id = judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT, 0.7)
    (one,) = checked(library)
    assert (one.id, one.question, one.verdict, one.answer_text) == (given_id, "谁致辞？", Verdict.RIGHT, "江用文")
    assert (one.article_id, one.confidence, one.title, one.quote, one.offset) == (forum.id, 0.7, "茶业论坛", "江用文致辞。", 0)
    assert one.created.utcoffset() is not None


def test_the_same_question_and_place_judged_again_is_one_verdict(library: Library, forum: Article) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.WRONG, 0.7)
    judge(library, forum, "誰致辭?", "江用文", Verdict.RIGHT)  # the same question in other letters
    judge(library, forum, "谁致辞？", "龙坞", Verdict.WRONG)
    library.give_feedback("谁致辞", Verdict.WRONG)
    library.give_feedback("谁致辞", Verdict.ABSENT)
    assert [(one.answer_text, one.verdict) for one in checked(library)] == [
        ("江用文", Verdict.RIGHT),
        ("龙坞", Verdict.WRONG),
        ("", Verdict.ABSENT),
    ]


def test_a_removed_verdict_is_gone_and_its_id_is_not_given_again(library: Library, forum: Article) -> None:
    first = judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    library.remove_feedback(first)
    assert checked(library) == []
    with pytest.raises(FeedbackNotFoundError, match=str(first)):
        library.remove_feedback(first)
    assert judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT) > first


@pytest.mark.parametrize(
    ("verdict", "place", "error"),
    [
        (Verdict.RIGHT, {}, ValueError),
        (Verdict.CORRECTED, {}, ValueError),
        (Verdict.ABSENT, {"start": 0, "end": 2}, ValueError),
        (Verdict.RIGHT, {"start": 0}, ValueError),
        (Verdict.RIGHT, {"start": 3, "end": 3}, LibraryError),
        (Verdict.RIGHT, {"start": 5, "end": 2}, LibraryError),
        (Verdict.RIGHT, {"start": -1, "end": 2}, LibraryError),
        (Verdict.RIGHT, {"start": 0, "end": len(TEXT) + 1}, LibraryError),
        (Verdict.RIGHT, {"start": 0, "end": 2, "article_id": "f" * 64}, ArticleNotFoundError),
        (Verdict.RIGHT, {"start": 0, "end": 2, "confidence": 1.1}, ValueError),
        (Verdict.RIGHT, {"start": 0, "end": 2, "confidence": float("nan")}, ValueError),
    ],
)
def test_what_makes_no_sense_is_refused(
    library: Library, forum: Article, verdict: Verdict, place: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        library.give_feedback("谁？", verdict, **({"article_id": forum.id} | place if "start" in place else place))
    assert library.feedback() == []


def test_a_verdict_is_of_an_answer_not_of_a_chapter(library: Library, make_article: MakeArticle) -> None:
    article = make_article("茶" * (MAX_ANSWER_CHARS + 1))
    library.add(article)
    with pytest.raises(LibraryError, match=str(MAX_ANSWER_CHARS)):
        library.give_feedback("什么？", Verdict.CORRECTED, article_id=article.id, start=0, end=MAX_ANSWER_CHARS + 1)
    library.give_feedback("什" * 9999, Verdict.CORRECTED, article_id=article.id, start=0, end=MAX_ANSWER_CHARS)
    (one,) = checked(library)
    assert len(one.question) == MAX_QUESTION_CHARS and len(one.quote) <= MAX_ANSWER_CHARS + 800


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_refused(library: Library, question: str) -> None:
    with pytest.raises(QuestionError):
        library.give_feedback(question, Verdict.ABSENT)


def test_half_a_surrogate_pair_and_nul_are_stored(library: Library) -> None:
    library.give_feedback("谁\ud83d\0？", Verdict.ABSENT)
    assert library.feedback()[0].question == "谁\ufffd\0？"


@given(st.text(max_size=60))
def test_a_question_is_the_same_in_its_own_key(question: str) -> None:
    key = question_key(question)
    assert question_key(key) == key == question_key(f"  {question}  ?")


@given(st.text(alphabet="茶a。. \n“”？!\t", min_size=1, max_size=1200), st.data())
def test_a_quote_holds_the_words_and_is_cut_from_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote, offset = quote_around(text, start, end)
    assert quote[offset : offset + end - start] == text[start:end]
    assert text[start - offset :].startswith(quote)
    assert len(quote) <= end - start + 800


# --- when articles go and change


def test_verdicts_outlive_their_article_and_wake_when_it_comes_back(library: Library, forum: Article) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT, 0.7)
    library.remove(forum.id)
    (one,) = checked(library)
    assert (one.article_id, one.start, one.end) == (None, None, None)
    assert (one.answer_text, one.quote, one.title) == ("江用文", "江用文致辞。", "茶业论坛")
    library.add(forum)
    (one,) = checked(library)
    assert one.article_id == forum.id


def test_verdicts_follow_their_sentence_into_the_new_version_of_a_file(library: Library, forum: Article, make_article: MakeArticle) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    judge(library, forum, "主题是什么？", "一叶知春", Verdict.RIGHT)
    changed = make_article("【更正】主办方来函。" + TEXT.replace("一叶知春", "万里茶香"), source="/forum.txt", title="茶业论坛")
    assert library.add(changed) is Change.UPDATED
    moved, left = checked(library)
    assert moved.article_id == changed.id and moved.answer_text == "江用文"
    assert left.article_id is None and left.answer_text == "一叶知春"  # its sentence says something else now


def test_of_equal_sentences_the_nearest_is_followed(library: Library, make_article: MakeArticle) -> None:
    old = make_article("甲说好。乙说好。丙走了。乙说好。", source="/a.txt")
    library.add(old)
    place = old.text.rindex("乙")
    library.give_feedback("谁？", Verdict.RIGHT, article_id=old.id, start=place, end=place + 1)
    new = make_article("前言。" + old.text, source="/a.txt", title=old.title)
    library.add(new)
    (one,) = checked(library)
    assert one.start == new.text.rindex("乙")


def test_two_verdicts_that_come_to_one_place_are_one(library: Library, make_article: MakeArticle) -> None:
    old = make_article("乙说好。丙走了。乙说好。", source="/a.txt")
    library.add(old)
    for place in (0, old.text.rindex("乙")):
        library.give_feedback("谁？", Verdict.RIGHT if place else Verdict.WRONG, article_id=old.id, start=place, end=place + 1)
    library.add(make_article("乙说好。丁来了。", source="/a.txt"))
    (one,) = checked(library)
    assert one.verdict is Verdict.RIGHT  # the later one


def test_an_article_with_another_source_left_keeps_its_verdicts(library: Library, forum: Article, make_article: MakeArticle) -> None:
    library.add(make_article(TEXT, source="/copy.txt", title="茶业论坛"))
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    library.add(make_article(TEXT + "又及。", source="/forum.txt"))
    (one,) = checked(library)
    assert one.article_id == forum.id


def test_a_verdict_that_was_moved_by_hand_is_noticed(library: Library, forum: Article) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    library.close()
    with sqlite3.connect(library.folder / "library.db") as db:
        db.execute('UPDATE feedback SET start = start + 1, "end" = "end" + 1')
    db.close()
    with Library(library.folder) as again:
        assert any("verdict" in problem for problem in again.verify())


# --- as a question set


def questions(squad: dict, kind: str = "qas") -> dict[str, dict]:
    return {qa["question"]: qa for entry in squad["data"] for paragraph in entry["paragraphs"] for qa in paragraph.get(kind, ())}


def test_the_question_set_of_a_library(library: Library, forum: Article) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    judge(library, forum, "谁致辞？", "龙坞", Verdict.WRONG)
    judge(library, forum, "主题是什么？", "一叶知春", Verdict.CORRECTED)
    judge(library, forum, "第四届在哪里？", "龙坞", Verdict.WRONG)
    library.give_feedback("第四届在哪里？", Verdict.ABSENT)
    judge(library, forum, "在哪里开幕？", "江用文", Verdict.WRONG)
    library.give_feedback("谁获奖？", Verdict.ABSENT)
    squad = as_squad(library)
    assert squad["version"] == "v2.0"
    assert [(entry["title"], entry["article_id"]) for entry in squad["data"]] == [("茶业论坛", forum.id), ("", None)]
    found = questions(squad)
    assert found.keys() == {"谁致辞？", "主题是什么？", "第四届在哪里？", "谁获奖？"}
    assert found["谁致辞？"]["answers"] == [{"text": "江用文", "answer_start": TEXT.index("江用文")}]
    assert found["谁致辞？"]["wrong_answers"] == [{"text": "龙坞", "answer_start": TEXT.index("龙坞")}]
    assert found["主题是什么？"]["answers"][0]["text"] == "一叶知春"
    assert found["第四届在哪里？"]["is_impossible"] and found["谁获奖？"]["is_impossible"]
    assert questions(squad, "wrong_only").keys() == {"在哪里开幕？"}
    assert len({qa["id"] for qa in found.values()}) == len(found)
    assert as_squad(library) == squad
    assert json.loads(json.dumps(squad)) == squad


def test_the_later_of_right_and_absent_counts(library: Library, forum: Article) -> None:
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    library.give_feedback("谁致辞？", Verdict.ABSENT)
    qa = questions(as_squad(library))["谁致辞？"]
    assert qa["is_impossible"] and not qa["answers"]
    judge(library, forum, "谁致辞？", "江用文", Verdict.RIGHT)
    qa = questions(as_squad(library))["谁致辞？"]
    assert not qa["is_impossible"] and qa["answers"]


def test_what_was_said_of_an_article_that_is_gone_comes_with_its_sentence(library: Library, forum: Article) -> None:
    judge(library, forum, "主题是什么？", "一叶知春", Verdict.RIGHT)
    library.remove(forum.id)
    (entry,) = as_squad(library)["data"]
    assert entry["title"] == "茶业论坛" and entry["article_id"] is None
    (paragraph,) = entry["paragraphs"]
    assert paragraph["context"] == "论坛主题是“一叶知春”。"
    assert paragraph["qas"][0]["answers"] == [{"text": "一叶知春", "answer_start": 6}]


def test_an_empty_library_has_no_questions(library: Library) -> None:
    assert as_squad(library) == {"version": "v2.0", "data": []}


@given(st.data())
def test_every_exported_answer_stands_at_its_place(data: st.DataObject) -> None:
    texts = data.draw(
        st.lists(st.text(alphabet="茶é🍵\u0301。. \n“”ab", min_size=3, max_size=80).filter(str.strip), min_size=1, max_size=3)
    )
    with TemporaryDirectory() as folder, Library(Path(folder)) as library:
        for number, text in enumerate(texts):
            article = Article(title="题", text=text, source=f"/{number}", sha256=str(number))
            library.add(article)
            for question in data.draw(st.lists(st.sampled_from(["甲？", "乙？", "丙？"]), max_size=4)):
                verdict = data.draw(st.sampled_from(Verdict))
                if verdict is Verdict.ABSENT:
                    library.give_feedback(question, verdict)
                    continue
                start = data.draw(st.integers(0, len(text) - 1))
                end = data.draw(st.integers(start + 1, len(text)))
                library.give_feedback(question, verdict, article_id=article.id, start=start, end=end)
        if data.draw(st.booleans()):
            library.remove(library.articles()[0].id)
        if data.draw(st.booleans()):
            library.add(Article(title="题", text="前言。" + texts[-1], source=f"/{len(texts) - 1}", sha256="new"))
        given_feedback = checked(library)
        squad = as_squad(library)
        ids = []
        for entry in squad["data"]:
            for paragraph in entry["paragraphs"]:
                for qa in (*paragraph["qas"], *paragraph.get("wrong_only", ())):
                    ids.append(qa["id"])
                    assert not (qa["is_impossible"] and qa["answers"])
                    for answer in (*qa["answers"], *qa["wrong_answers"]):
                        assert paragraph["context"][answer["answer_start"] :][: len(answer["text"])] == answer["text"] != ""
        assert len(set(ids)) == len(ids)
        asked = {question_key(one.question) for one in given_feedback}
        assert {question_key(q) for kind in ("qas", "wrong_only") for q in questions(squad, kind)} == asked
