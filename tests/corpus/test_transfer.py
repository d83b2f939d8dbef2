"""A library as a file: what goes out comes in, what is here stays, and a file that is not right changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus import portable_file, transfer
from corpus.article import Article, Run
from corpus.errors import LibraryError, LibraryVersionError, TransferError
from corpus.feedback import Verdict
from corpus.library import Change, Library
from corpus.transfer import export_library, import_library

TEXT = "第三届茶业论坛4月18日在杭州龙坞开幕，来自12个省的300多名代表出席。中国茶叶学会理事长江用文致辞，他说，茶产业要靠科技和文化。" * 2


def vectors_for(library: Library, fingerprint: str = "model", *, dimension: int = 8) -> None:
    passages = library.missing_vectors(fingerprint, limit=10_000)
    rows = np.array([[passage.start, passage.end, *range(dimension - 2)] for passage in passages], np.float32)
    library.put_vectors(fingerprint, [passage.id for passage in passages], rows.reshape(-1, dimension))


@pytest.fixture
def full(tmp_path, make_article) -> Library:
    """A library with everything that a file may hold."""
    library = Library(tmp_path / "full")
    rich = Article(
        title="茶业论坛开幕",
        text=TEXT,
        source="/a/论坛.html",
        sha256="ab" * 32,
        url="https://example.org/1",
        published=dt.date(2024, 4, 18),
        published_from="markup",
        authors=("王力", "A. N. Other"),
        publisher="每日茶讯",
        language="zh",
        script="Hans",
        origin=(Run(0, 12, 20),),
        removed=("分享到微信",),
    )
    copy = make_article(f"来源：每日茶讯\n{TEXT}", source="/b/copy.txt", title="")
    for article in (rich, make_article(TEXT, title=rich.title, source="/c/same.txt"), copy, make_article("短。\0🎉", source="/d")):
        library.add(article)
    library.add(make_article("Tea is a drink. " * 200, source="/e", language="en"))
    vectors_for(library)
    vectors_for(library, "other model", dimension=4)
    start = TEXT.index("江用文")
    library.give_feedback("谁致辞？", Verdict.RIGHT, article_id=rich.id, start=start, end=start + 3, confidence=0.5)
    library.give_feedback("谁唱歌？", Verdict.ABSENT)
    conversation = library.add_turn(None, "谁致辞？", {"found": True, "text": "江用文"})
    library.add_turn(conversation, "在哪里？", {"found": False})
    return library


def contents(library: Library) -> dict[str, Any]:
    """All that a library holds, without the ids and moments that are its own."""
    articles = {}
    for info in library.articles():
        with library.snapshot() as db:
            behind = [row[0] for row in db.execute("SELECT article_id FROM duplicate WHERE of_id = ? ORDER BY 1", (info.id,))]
        articles[info.id] = (info.sources, library.article(info.id), [library.article(each) for each in behind], info.published)
    with library.snapshot() as db:
        vectors = db.execute(
            "SELECT fingerprint, article_id, start, vector FROM vector JOIN passage ON passage.id = passage_id JOIN embedder "
            "ON embedder.id = embedder_id ORDER BY 1, 2, 3"
        ).fetchall()
        feedback = db.execute(
            "SELECT question, asked, verdict, article_id, start, answer, quote, confidence, created FROM feedback"
        ).fetchall()
        turns = db.execute("SELECT conversation_id, question, asked_at, answer FROM turn ORDER BY id").fetchall()
        talks = db.execute("SELECT * FROM conversation").fetchall()
    return {"articles": articles, "vectors": vectors, "feedback": feedback, "turns": turns, "talks": talks}


def test_a_library_comes_back_whole(full, tmp_path):
    path, steps = tmp_path / "library.yuanwen", []
    out = export_library(full, path, with_history=True, progress=lambda done, total: steps.append((done, total)))
    assert (out.articles, out.feedback, out.conversations) == (4, 2, 1)
    assert steps[-1] == (4, 4)
    with Library(tmp_path / "new") as new:
        steps.clear()
        came = import_library(new, path, progress=lambda done, total: steps.append((done, total)))
        assert (came.added, came.duplicate, came.unchanged, came.kept) == (3, 2, 0, ())
        assert (came.vectors, came.feedback, came.conversations) == (out.vectors, 2, 1)
        assert steps[-1] == (4, 4)
        assert contents(new) == contents(full)
        assert new.verify() == []
        again = import_library(new, path)
        assert (again.added, again.duplicate, again.unchanged, again.vectors, again.feedback, again.conversations) == (0, 0, 5, 0, 0, 0)
        assert contents(new) == contents(full)
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_history_stays_unless_it_is_asked_for(full, tmp_path):
    export_library(full, tmp_path / "plain")
    assert "谁唱歌" not in "".join(_members(tmp_path / "plain").values())
    export_library(full, tmp_path / "whole", with_history=True)
    with Library(tmp_path / "new") as new:
        import_library(new, tmp_path / "plain")
        import_library(new, tmp_path / "whole", with_history=False)
        assert (new.feedback(), new.conversations()) == ([], [])


def test_what_is_here_stays(full, tmp_path, make_article):
    export_library(full, tmp_path / "file", with_history=True)
    with Library(tmp_path / "other") as other:
        own = make_article("我自己的版本，和文件里的不一样。", source="/a/论坛.html", title="own")
        other.add(own)
        other.add(make_article("别的一篇。", source="/z"))
        vectors_for(other)
        came = import_library(other, tmp_path / "file")
        assert came.kept == ("/a/论坛.html",)
        assert other.article(own.id) == own
        assert {"/c/same.txt", "/z", "/e"} < {source for info in other.articles() for source in info.sources}
        assert other.fingerprints() == ["model"]  # the other embedder's are of no use here
        assert other.missing_vectors("model", limit=10) == []
        assert other.verify() == []


def test_another_embedders_vectors_are_left_out(full, tmp_path, make_article):
    export_library(full, tmp_path / "file")
    with Library(tmp_path / "other") as other:
        other.add(make_article("别的一篇。"))
        vectors_for(other, "third model")
        assert import_library(other, tmp_path / "file").vectors == 0
        assert other.fingerprints() == ["third model"]


def test_an_empty_library_makes_a_file_too(library, tmp_path):
    export_library(library, tmp_path / "file", with_history=True)
    with Library(tmp_path / "new") as new:
        assert import_library(new, tmp_path / "file").added == 0


def test_nothing_is_overwritten_and_nothing_is_left_when_writing_fails(full, tmp_path, monkeypatch):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(TransferError, match="already"):
        export_library(full, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(TransferError, match="cannot be written"):
        export_library(full, tmp_path / "no folder" / "file")
    before = sorted(tmp_path.iterdir())

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_library(full, tmp_path / "file", progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_an_interrupted_import_is_finished_by_importing_again(full, tmp_path):
    export_library(full, tmp_path / "file", with_history=True)

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with Library(tmp_path / "new") as new:
        with pytest.raises(KeyboardInterrupt):
            import_library(new, tmp_path / "file", progress=stop)
        assert new.verify() == []
        import_library(new, tmp_path / "file")
        assert contents(new) == contents(full)


# --- files that are not right


def _members(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def is_refused(path: Path, folder: Path, error: type[LibraryError] = TransferError, match: str | None = None) -> str:
    """Whether importing fails as it should and changes nothing; what was said."""
    with Library(folder) as library:
        before = contents(library)
        with pytest.raises(error, match=match) as caught:
            import_library(library, path)
        assert contents(library) == before
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.fixture
def file(full, tmp_path) -> Path:
    export_library(full, tmp_path / "file", with_history=True)
    return tmp_path / "file"


@pytest.fixture
def forge(file, tmp_path) -> Callable[..., Path]:
    """The file with some members, or the manifest, as somebody else would have them; sizes and checksums fit."""

    def make(changed: dict[str, bytes | None] | None = None, manifest: Callable[[dict[str, Any]], Any] | None = None) -> Path:
        with zipfile.ZipFile(file) as archive:
            members: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
        about = json.loads(members.pop("manifest.json") or b"")
        members |= changed or {}
        about["members"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in members.items() if data is not None
        }
        if manifest is not None:
            about = manifest(about) or about
        with zipfile.ZipFile(tmp_path / "forged", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                if data is not None:
                    archive.writestr(name, data)
            archive.writestr("manifest.json", json.dumps(about))
        return tmp_path / "forged"

    return make


def test_the_forge_itself_makes_files_that_are_right(forge, tmp_path):
    with Library(tmp_path / "new") as library:
        assert import_library(library, forge()).added == 3


def test_a_file_of_an_older_version_that_says_nothing_of_publishers_comes_in(forge, file, tmp_path):
    with zipfile.ZipFile(file) as archive:
        rows = [json.loads(line) for line in archive.read("articles.jsonl").splitlines()]
    assert "每日茶讯" in [source.pop("publisher") for row in rows for source in row["sources"]]
    older = forge({"articles.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()})
    with Library(tmp_path / "new") as library:
        assert import_library(library, older).added == 3
        assert [info.publisher for info in library.articles()] == [None] * 3


@pytest.mark.parametrize("seed", range(15))
def test_a_damaged_file_is_noticed_before_anything_is_stored(file, tmp_path, seed):
    chance, data = random.Random(seed), bytearray(file.read_bytes())
    if seed % 3 == 0:
        data = data[: chance.randrange(len(data))]
    else:
        # Within the members: a zip has bytes of its own, such as moments, that nobody reads.
        with zipfile.ZipFile(file) as archive:
            info = chance.choice([each for each in archive.infolist() if each.compress_size > 200])
            at = info.header_offset + 100 + chance.randrange(info.compress_size - 120)
        data[at] ^= 1 << chance.randrange(8)
    (tmp_path / "damaged").write_bytes(data)
    is_refused(tmp_path / "damaged", tmp_path / "new")


def test_a_missing_file_another_file_and_a_folder_are_named(tmp_path):
    assert "no file" in is_refused(tmp_path / "nowhere", tmp_path / "new")
    (tmp_path / "text").write_text("plain text")
    assert "no exported library" in is_refused(tmp_path / "text", tmp_path / "new")
    (tmp_path / "empty").touch()
    is_refused(tmp_path / "empty", tmp_path / "new")
    is_refused(tmp_path, tmp_path / "new")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("article.txt", "text")
    assert "yuanwen add" in is_refused(tmp_path / "zip", tmp_path / "new")


def test_a_database_is_not_opened(full, tmp_path):
    full.close()
    is_refused(tmp_path / "full" / "library.db", tmp_path / "new", match="no exported library")


def test_a_newer_version_is_refused(forge, tmp_path):
    is_refused(forge(manifest=lambda about: about.update(version=2)), tmp_path / "new", LibraryVersionError, match="newer version.*Update")


@pytest.mark.parametrize("value", [{"format": "other"}, {"version": "1"}, {"version": 0}, {"members": []}, {"members": {"a": {}}}])
def test_a_manifest_that_is_not_ours_is_refused(forge, tmp_path, value):
    is_refused(forge(manifest=lambda about: about.update(value)), tmp_path / "new")


@pytest.mark.parametrize("value", [[1], 5, "text", {"embedders": [{"fingerprint": 5, "dimension": 8, "count": 1}]}, {"articles": 99}])
def test_a_manifest_that_tells_something_else_is_refused(forge, tmp_path, value):
    is_refused(forge(manifest=lambda about: (about | value) if isinstance(value, dict) else value), tmp_path / "new")


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "C:\\evil", "articles.jsonl/../x", "more.txt"])
def test_members_that_the_manifest_does_not_name_are_refused_and_nothing_is_unpacked(file, tmp_path, name):
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "evil")
    before = {each for each in tmp_path.rglob("*") if "new" not in each.parts}
    is_refused(file, tmp_path / "new")
    assert {each for each in tmp_path.rglob("*") if "new" not in each.relative_to(tmp_path).parts} - before == set()


def test_a_member_that_is_there_twice_is_refused(file, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("articles.jsonl", "{}")
    is_refused(file, tmp_path / "new")


def test_a_bomb_is_refused_by_its_size(forge, tmp_path, monkeypatch):
    monkeypatch.setattr(portable_file, "_ALWAYS_ALLOWED", 1_000_000)
    bomb = b"[" + b" " * 20_000_000 + b"]\n"
    assert "unpack" in is_refused(forge({"articles.jsonl": bomb}), tmp_path / "new")


def test_a_line_without_an_end_is_not_read_into_memory(forge, tmp_path, monkeypatch):
    monkeypatch.setattr(portable_file, "_LARGEST_LINE", 1000)
    is_refused(forge({"articles.jsonl": b'"' + b"a" * 5000 + b'"\n'}), tmp_path / "new", match="line 1")


ARTICLE = {"id": "", "title": "t", "text": "x", "language": "en", "script": "Latn", "sources": []}
SOURCE = {
    "source": "s", "sha256": "0", "url": None, "published": None, "published_from": None, "authors": [], "origin": [], "removed": []
}  # fmt: skip
ID = Article(title="t", text="x", source="s", sha256="0").id


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "5",
        "[" * 100_000,
        json.dumps(ARTICLE),
        json.dumps(ARTICLE | {"id": ID}),
        json.dumps(ARTICLE | {"id": "0" * 16, "sources": [SOURCE]}),
        json.dumps(ARTICLE | {"id": ID, "sources": [SOURCE | {"published": "yesterday"}]}),
        json.dumps(ARTICLE | {"id": ID, "sources": [SOURCE | {"origin": [[0, -1, 2]]}]}),
        json.dumps(ARTICLE | {"id": ID, "sources": [SOURCE | {"origin": [[0, 1e9, 2]]}]}),
        json.dumps(ARTICLE | {"id": ID, "sources": [SOURCE | {"authors": 5}]}),
        json.dumps(ARTICLE | {"id": ID, "sources": [SOURCE | {"source": None}]}),
        json.dumps(ARTICLE | {"id": ID, "text": 5, "sources": [SOURCE]}),
    ],
)
def test_an_article_that_is_none_is_refused_before_the_first_is_stored(forge, file, tmp_path, line):
    good = zipfile.ZipFile(file).read("articles.jsonl")
    path = forge({"articles.jsonl": good + line.encode() + b"\n"}, lambda about: about.update(articles=about["articles"] + 1))
    is_refused(path, tmp_path / "new")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vectors-0.f32", np.full(8, np.nan, "<f4").tobytes()),
        ("vectors-0.f32", b"\0" * 31),
        ("vectors-0.f32", None),
        ("vectors-0.jsonl", b'["a", 0, 1]\n' * 500),
        ("vectors-0.jsonl", b"{}\n"),
        ("vectors-0.jsonl", b""),
        ("feedback.jsonl", b'{"question": "q"}\n'),
        ("conversations.jsonl", b'{"id": "a", "title": "t", "started": "x", "last": "x", "turns": []}\n'),
        ("conversations.jsonl", b"\xff\xfe\n"),
    ],
)
def test_vectors_and_history_that_are_none_are_refused(forge, tmp_path, name, data):
    is_refused(forge({name: data}), tmp_path / "new")


def test_a_verdict_of_other_words_than_stand_there_is_left_out(forge, file, tmp_path):
    verdict = json.loads(zipfile.ZipFile(file).read("feedback.jsonl").splitlines()[0])
    lines = [verdict | {"answer": "别人"}, verdict | {"article_id": "f" * 16}]
    with Library(tmp_path / "new") as library:
        assert (
            import_library(library, forge({"feedback.jsonl": b"".join(json.dumps(each).encode() + b"\n" for each in lines)})).feedback == 1
        )
        assert library.verify() == []


def test_a_text_that_is_split_otherwise_by_now_is_embedded_anew(forge, tmp_path):
    def other_places(about: dict[str, Any]) -> None:
        about["embedders"] = [{"fingerprint": "model", "dimension": 2, "count": 1}]

    members = {"vectors-0.jsonl": b'["%s", 0, 3]\n' % ID.encode(), "vectors-0.f32": np.ones(2, "<f4").tobytes()}
    path = forge({**members, "vectors-1.jsonl": None, "vectors-1.f32": None}, other_places)
    with Library(tmp_path / "new") as library:
        assert import_library(library, path).vectors == 0
        assert library.missing_vectors("model", limit=1)


def test_the_version_that_is_written_is_the_one_that_is_read(file):
    manifest = json.loads(_members(file)["manifest.json"])
    assert (manifest["format"], manifest["version"]) == ("yuanwen-library", portable_file.VERSION)
    assert transfer.ARTICLES in manifest["members"]


def test_importing_into_the_library_it_came_from_changes_nothing(full, file):
    before = contents(full)
    assert import_library(full, file).unchanged == 5
    assert contents(full) == before
    assert full.add(full.article(full.articles()[0].id)) is Change.UNCHANGED
