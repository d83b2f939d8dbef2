"""What a person removes by naming it: files go, and articles that no file holds any more."""

from __future__ import annotations

import pytest

from corpus.errors import ArticleNotFoundError
from corpus.removing import remove_named

TEXT = (
    "第三届茶业论坛4月18日在杭州龙坞开幕，来自12个省的300多名代表出席。中国茶叶学会理事长江用文致辞，他说，茶产业要靠科技和文化。\n"
    "论坛主题是“一叶知春”。浙江省农业农村厅副厅长王文斌介绍，2023年全省茶叶产值达到264亿元，比上年增长3.5%。"
)


@pytest.fixture
def forum(library, make_article):
    """An article of two files, one of which was removed elsewhere under the same name, and a repost that stands back for it."""
    for source in ("/articles/forum.html", "/copies/copy.html"):
        library.add(make_article(TEXT, title="茶业论坛开幕", source=source, script="Hans"))
    library.add(make_article(f"来源：每日茶讯\n{TEXT}", title="论坛开幕", source="/copies/repost.html", script="Hans"))
    (info,) = library.articles()
    assert len(info.sources) == 3
    return info


def test_a_file_goes_and_its_article_stays_while_another_file_holds_it(library, forum):
    for number, name in enumerate(("copy.html", "/copies/repost.html"), 1):
        (removed,) = remove_named(library, [name])
        assert [source.split("/")[-1] for source in removed.sources] == [name.split("/")[-1]]
        assert removed.article.id == forum.id and [left.id for left in removed.left] == [forum.id]
        assert len(library.articles()[0].sources) == 3 - number
    (removed,) = remove_named(library, ["forum.html"])
    assert removed.left == () and library.articles() == [] and library.verify() == []


def test_when_the_articles_own_files_go_its_repost_stays(library, forum):
    (removed,) = remove_named(library, ["forum.html", "copy.html"])
    (left,) = removed.left
    assert left.title == "论坛开幕" and left.sources == ("/copies/repost.html",)
    assert [info.id for info in library.articles()] == [left.id] and library.verify() == []


@pytest.mark.parametrize("name", ["{id}", "{id:.6}", "茶业论坛开幕"])
def test_an_article_named_by_id_or_title_goes_with_all_its_files(library, forum, name):
    (removed,) = remove_named(library, [name.format(id=forum.id)])
    assert removed.sources == forum.sources and removed.left == ()
    assert library.articles() == [] and library.sources_of("/copies/repost.html") == {}


def test_a_file_of_several_articles_goes_with_all_of_them_and_one_record_alone(library, make_article):
    for number in range(1, 5):
        library.add(make_article(f"第{number}条新闻，说的是第{number}件事。", source=f"/articles/news.csv#{number}"))
    library.add(make_article("别的新闻。", source="/articles/news.csv.txt"))
    assert [one.sources for one in remove_named(library, ["news.csv#2"])] == [("/articles/news.csv#2",)]
    assert len(remove_named(library, ["news.csv"])) == 3
    assert [info.source for info in library.articles()] == ["/articles/news.csv.txt"]


def test_a_path_may_be_relative_and_pass_through_a_link(library, make_article, tmp_path, monkeypatch):
    folder = tmp_path.resolve() / "articles"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    for name in ("one.txt", "two.txt"):
        library.add(make_article(f"文章 {name}", source=str(folder / name)))
    library.add(make_article("同名的另一篇", source="/elsewhere/one.txt"))
    monkeypatch.chdir(folder)
    assert remove_named(library, ["one.txt"])[0].sources == (str(folder / "one.txt"),)
    assert remove_named(library, [str(tmp_path / "link" / "two.txt")])[0].sources == (str(folder / "two.txt"),)
    assert [info.source for info in library.articles()] == ["/elsewhere/one.txt"]


def test_nothing_is_removed_when_one_name_means_nothing_or_several_files(library, forum, make_article):
    library.add(make_article("另一篇。", source="/elsewhere/copy.html"))
    for name in ("ffffffff", "copy.html", "", "a\0b", "\ud800"):
        with pytest.raises(ArticleNotFoundError):
            remove_named(library, ["forum.html", name])
    assert len(library.articles()) == 2 and library.articles()[0].sources


def test_a_name_given_twice_or_in_two_ways_is_removed_once(library, forum):
    (removed,) = remove_named(library, ["copy.html", "/copies/copy.html", "copy.html"])
    assert removed.sources == ("/copies/copy.html",)
    (removed,) = remove_named(library, ["forum.html", forum.id])
    assert set(removed.sources) == {"/articles/forum.html", "/copies/repost.html"} and library.articles() == []


def test_an_address_is_a_file_too(library, make_article):
    library.add(make_article("网上的一篇。", source="https://example.org/news?id=1"))
    assert remove_named(library, ["https://example.org/news?id=1"])[0].left == ()
    assert library.articles() == []
