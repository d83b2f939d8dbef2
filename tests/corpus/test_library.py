from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus.article import Article, Run
from corpus.errors import ArticleNotFoundError, LibraryError
from corpus.library import Change, Library

TEXT = "2022年11月14日，张文宏在开幕式上致辞。他说：“欢迎来到上海。”\nThe panel was moderated by Wu Li in 2021."


@pytest.fixture
def article() -> Article:
    return Article(
        title="2022年开幕式",
        text=TEXT,
        source="/articles/开幕.html",
        sha256="ab" * 32,
        url="https://example.org/开幕?a=1",
        published=dt.date(2022, 11, 14),
        published_from="markup",
        authors=("王力", "A. N. Other"),
        publisher="每日茶讯",
        language="zh",
        script="Hans",
        origin=(Run(0, 12, 20), Run(20, 40, 5)),
        removed=("分享到微信", "相关阅读"),
    )


def renewed(article: Article, **fields: object) -> Article:
    return Article(**({name: getattr(article, name) for name in Article.__dataclass_fields__} | fields))  # type: ignore[arg-type]


def test_an_article_comes_back_as_it_was_added(library, article):
    assert library.add(article) is Change.ADDED
    assert library.article(article.id) == article


def test_passages_are_slices_of_the_text(library, article, make_article):
    library.add(make_article("另一篇。"))
    library.add(article)
    passages = library.passages(article.id)
    assert passages
    for passage in passages:
        assert passage.article_id == article.id
        assert article.text[passage.start : passage.end] == passage.text
    assert library.passages_by_id([passages[-1].id, 999, passages[0].id, -1, 2**70]) == {
        passage.id: passage for passage in (passages[-1], passages[0])
    }


def test_the_passages_of_several_articles_are_named_by_their_ids(library, article, make_article):
    other = make_article("另一篇。")
    for each in (other, article, make_article("第三篇。")):
        library.add(each)
    ids = [passage.id for each in (other, article) for passage in library.passages(each.id)]
    assert library.passage_ids([article.id, other.id, "unknown", "\ud800"]) == sorted(ids)
    assert library.passage_ids([]) == []


def test_an_article_without_text_is_kept_without_passages(library, make_article):
    article = make_article("", title="标题")
    library.add(article)
    assert library.passages(article.id) == []
    assert library.article(article.id) == article
    assert library.verify() == []


def test_the_same_file_again_is_unchanged_and_costs_no_write(library, article):
    library.add(article)
    before = library.generation
    assert library.has(article.source, article.sha256)
    assert library.add(article) is Change.UNCHANGED
    assert library.generation == before
    assert len(library.articles()) == 1


def test_another_file_or_other_bytes_are_not_in(library, article):
    library.add(article)
    assert not library.has(article.source, "other bytes")
    assert not library.has("other source", article.sha256)


def test_a_changed_file_replaces_its_old_version(library, article, make_article):
    library.add(article)
    new = make_article("全新的内容。", source=article.source)
    assert library.add(new) is Change.UPDATED
    assert [info.id for info in library.articles()] == [new.id]
    assert library.search(["张文宏"], limit=5) == []
    with pytest.raises(ArticleNotFoundError):
        library.article(article.id)
    assert library.verify() == []


def test_the_same_content_from_another_source_is_one_article_with_two_sources(library, article):
    library.add(article)
    before = library.generation
    assert library.add(renewed(article, source="/copy.html", sha256="cd")) is Change.DUPLICATE
    (info,) = library.articles()
    assert info.sources == (article.source, "/copy.html")
    assert library.generation == before
    assert library.has(article.source, article.sha256)
    assert library.has("/copy.html", "cd")
    assert library.article(article.id) == article


def test_the_second_source_speaks_for_the_article_when_the_first_has_changed(library, article, make_article):
    copy = renewed(article, source="/copy.html", sha256="cd", url=None, published=None, published_from=None, origin=(), removed=())
    library.add(article)
    library.add(copy)
    kept = library.passages(article.id)
    assert library.add(make_article("全新的内容。", source=article.source)) is Change.UPDATED
    assert library.article(article.id) == copy
    assert library.passages(article.id) == kept
    assert len(library.articles()) == 2


def test_a_source_that_turns_into_a_known_article_moves_over_to_it(library, article, make_article):
    other = make_article("另一篇文章。", source="/other.txt")
    library.add(article)
    library.add(other)
    assert library.add(renewed(article, source="/other.txt")) is Change.UPDATED
    (info,) = library.articles()
    assert (info.id, info.sources) == (article.id, (article.source, "/other.txt"))
    assert library.verify() == []


def test_the_same_text_from_other_bytes_keeps_its_passages_and_renews_what_is_said_of_it(library, article):
    library.add(article)
    passages, before = library.passages(article.id), library.generation
    read_anew = renewed(article, sha256="ef", published=dt.date(2022, 11, 15), removed=("新广告",), language="en", script="Latn")
    assert library.add(read_anew) is Change.UNCHANGED
    assert library.article(article.id) == read_anew
    assert library.has(article.source, "ef")
    assert not library.has(article.source, article.sha256)
    assert (library.passages(article.id), library.generation) == (passages, before)


def test_the_same_bytes_read_to_another_text_replace_the_article(library, article):
    library.add(article)
    cleaner = renewed(article, text=TEXT.split("\n")[0])
    assert library.add(cleaner) is Change.UPDATED
    assert [info.id for info in library.articles()] == [cleaner.id]


def test_a_removed_article_leaves_nothing_behind(library, article):
    library.add(article)
    library.add(renewed(article, source="/copy.html"))
    library.remove(article.id)
    assert library.articles() == []
    assert library.search(["张文宏", "2022"], limit=5) == []
    assert library.article_years(article.id) == {}
    assert not library.has(article.source, article.sha256)
    assert library.verify() == []
    assert library.add(article) is Change.ADDED


def test_a_passage_id_is_never_given_twice(library, article, make_article):
    library.add(article)
    old = {passage.id for passage in library.passages(article.id)}
    library.remove(article.id)
    new = make_article("后来的一篇。")
    library.add(new)
    assert not old & {passage.id for passage in library.passages(new.id)}


@pytest.mark.parametrize("call", ["article", "passages", "remove", "find"])
@pytest.mark.parametrize("unknown", ["0123456789abcdef", "", "\0", "\ud800", "' OR 1=1 --"])
def test_an_unknown_article_is_named_in_the_error(library, article, call, unknown):
    library.add(article)
    with pytest.raises(ArticleNotFoundError) as caught:
        getattr(library, call)(unknown)
    assert repr(unknown) in str(caught.value)
    assert len(library.articles()) == 1


def test_articles_are_listed_latest_first_then_by_title_and_the_undated_last(library, make_article):
    library.add(make_article("甲", title="b", published=dt.date(2022, 1, 1)))
    library.add(make_article("乙", title="a", published=dt.date(2022, 1, 1)))
    library.add(make_article("丙", title="c", published=dt.date(2023, 1, 1)))
    library.add(make_article("丁", title="0"))
    library.add(make_article("戊", title="1", published=dt.date.min))
    assert [info.title for info in library.articles()] == ["c", "a", "b", "1", "0"]


def test_the_list_tells_of_each_article_what_there_is_to_tell(library, article):
    before = dt.datetime.now(dt.UTC)
    library.add(article)
    (info,) = library.articles()
    assert (info.id, info.title, info.source, info.url, info.published, info.language, info.script) == (
        article.id,
        article.title,
        article.source,
        article.url,
        article.published,
        "zh",
        "Hans",
    )
    assert info.passages == len(library.passages(article.id))
    assert info.chars == len(article.text)
    assert before <= info.added_at <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    "text", ["{id}", "{id:.4}", "{id:.9}", "/articles/开幕.html", "开幕.html", "2022年开幕式"], ids=lambda text: text.strip("{}")
)
def test_an_article_is_found_by_what_a_person_would_call_it(library, article, make_article, text):
    library.add(make_article("另一篇。", source="C:\\文章\\另一篇.txt"))
    library.add(article)
    assert library.find(text.format(id=article.id)) == article.id
    assert library.find(text.format(id=article.id.upper())) == article.id


def test_a_file_name_is_found_on_either_kind_of_path_and_in_either_spelling_of_its_marks(library, make_article):
    article = make_article("text", source="C:\\articles\\Cafe\u0301.txt")
    library.add(article)
    assert library.find("Caf\u00e9.txt") == article.id


def test_what_could_be_several_articles_lists_them(library, make_article):
    library.add(make_article("甲", title="同名", source="/a/same.txt"))
    library.add(make_article("乙", title="同名", source="/b/same.txt"))
    for text in ("同名", "same.txt"):
        with pytest.raises(ArticleNotFoundError, match=r"/a/same\.txt.*/b/same\.txt|/b/same\.txt.*/a/same\.txt"):
            library.find(text)
    assert library.find("/a/same.txt")


def test_fewer_than_four_characters_of_an_id_name_nothing(library, article):
    library.add(article)
    with pytest.raises(ArticleNotFoundError):
        library.find(article.id[:3])


def test_years_are_counted_in_the_article_and_known_for_each_passage(library, article, make_article):
    library.add(article)
    other = make_article("没有年份。")
    library.add(other)
    ids = [passage.id for passage in library.passages(article.id)]
    quiet = library.passages(other.id)[0].id
    assert library.article_years(article.id) == {2021: 1, 2022: 2}
    assert library.article_years(other.id) == {}
    years = library.passage_years([*ids, quiet, 999])
    assert set.union(*(years[passage_id] for passage_id in ids)) == {2021, 2022}
    assert years[quiet] == set()
    assert years[999] == set()


def test_the_generation_grows_with_every_change_of_passages(library, article, make_article):
    seen = [library.generation]
    library.add(article)
    seen.append(library.generation)
    library.add(make_article("新内容。", source=article.source))
    seen.append(library.generation)
    library.remove(library.articles()[0].id)
    seen.append(library.generation)
    assert seen == sorted(set(seen))
    library.set_setting("a", 1)
    assert library.generation == seen[-1]


def test_settings_hold_any_json_and_outlive_the_library(tmp_path):
    values = {"threshold": 0.25, "名": "原文", "none": None, "list": [1, "a", {"b": False}], "half": "\ud800"}
    with Library(tmp_path) as library:
        for key, value in values.items():
            library.set_setting(key, value)
        library.set_setting("threshold", 0.5)
    with Library(tmp_path) as library:
        assert {key: library.setting(key) for key in values} == values | {"threshold": 0.5}
        assert library.setting("unknown") is None
        assert library.setting("unknown", 7) == 7


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_a_setting_that_json_cannot_hold_is_refused(library, value):
    with pytest.raises(LibraryError, match="'odd'"):
        library.set_setting("odd", value)


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_offsets_stay(library, make_article):
    article = make_article("好\ud83d。坏\udc80的。", title="标\udfff题", url="\ud800", authors=("\ud800",), removed=("\udc80",))
    library.add(article)
    (info,) = library.articles()
    kept = library.article(info.id)
    assert (kept.title, kept.text, kept.url, kept.authors, kept.removed) == (
        "标\ufffd题",
        "好\ufffd。坏\ufffd的。",
        "\ufffd",
        ("\ufffd",),
        ("\ufffd",),
    )
    assert kept.id == info.id
    assert library.add(article) is Change.UNCHANGED


def test_file_names_of_another_encoding_stay_different_sources(library, make_article):
    names = [b"/\xd6\xd0\xce\xc4.txt".decode("utf-8", "surrogateescape"), b"/\xc2\xdb\xce\xc4.txt".decode("utf-8", "surrogateescape")]
    for name in names:
        assert library.add(make_article(f"内容 {name!r}", source=name)) is Change.ADDED
    assert len(library.articles()) == 2
    assert len({library.find(name) for name in names}) == 2
    assert all(library.has(name, f"bytes of 内容 {name!r}") for name in names)


@pytest.mark.parametrize("folder", ["中文 文件夹", "a?b#c%20d&mode=ro", "it's", "-wal", "\U0001f4da"])
def test_any_folder_name_will_do(tmp_path, make_article, folder):
    with Library(tmp_path / "new" / folder) as library:
        library.add(make_article())
    assert (tmp_path / "new" / folder / "library.db").is_file()
    with Library(str(tmp_path / "new" / folder), create=False) as library:
        assert len(library.articles()) == 1
        assert library.folder == tmp_path / "new" / folder


def test_a_relative_folder_stays_the_same_when_the_program_moves(tmp_path, make_article, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Library("here") as library:
        monkeypatch.chdir("/")
        library.add(make_article())
        assert len(library.articles()) == 1
    assert (tmp_path / "here" / "library.db").is_file()


def test_without_create_a_missing_library_is_an_error_and_nothing_is_made(tmp_path):
    with pytest.raises(LibraryError, match="no library"):
        Library(tmp_path / "nowhere", create=False)
    with pytest.raises(LibraryError, match="no library"):
        Library(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_closed_library_says_so(tmp_path, make_article):
    library = Library(tmp_path)
    library.close()
    library.close()
    for use in (library.articles, lambda: library.add(make_article()), lambda: library.generation):
        with pytest.raises(LibraryError, match="closed"):
            use()


def test_a_closed_library_is_one_file(tmp_path, make_article):
    with Library(tmp_path) as library:
        library.add(make_article())
        library.articles()
    assert [path.name for path in tmp_path.iterdir()] == ["library.db"]


def test_verify_names_what_is_wrong(library, article, tmp_path):
    import sqlite3

    library.add(article)
    path = Path(library.folder) / "library.db"
    other = sqlite3.connect(path)
    other.execute("DELETE FROM passage_fts")
    other.execute("UPDATE article SET text = text || 'x'")
    other.execute("INSERT INTO passage_year (passage_id, year) VALUES (77, 2000)")
    other.commit()
    other.close()
    found = "\n".join(library.verify())
    assert "missing from the word index" in found
    assert article.id in found
    assert "passage_year" in found
