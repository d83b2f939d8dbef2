"""Files made to do harm, or damaged as badly: each gets its reason, the rest goes on, and nothing is written but the library.

All of them are added in one process of its own, whose memory is measured.
"""

from __future__ import annotations

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from corpus.errors import ReadingError
from corpus.reading import packed, read, read_all

GOOD = "图书展在老火车站开幕\n\n第三届图书展昨天在老火车站开幕，来自全国的一百二十家出版社带来了两万多种新书，展览将持续到下周日。\n"
SECRET = "the words of a file that nobody named"
MOST_MB = 700
"""Above what the program itself takes. The largest file that is read has 60 MB, and is text."""

ADD = """
import json, resource, sys
from pathlib import Path
from corpus.intake import add_files
from corpus.library import Library
from corpus.reading import apart

apart.FIRST_S, apart.PAGE_S = 5.0, 0.1

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)

with Library(sys.argv[2]) as library:
    add_files(library, [Path(sys.argv[1], "good.txt")])
    before = peak_mb()
    outcomes = add_files(library, [Path(sys.argv[1])])
    rows = [(o.source, o.change and o.change.value, o.error) for o in outcomes]
    texts = [library.article(info.id).text for info in library.articles()]
    print(json.dumps({"outcomes": rows, "mb": peak_mb() - before, "titles": [i.title for i in library.articles()], "texts": texts}))
"""


# --- how each is made --------------------------------------------------------------------------------------------------------


def archive(*files: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files:
            opened.writestr(name, data)
    return file.getvalue()


def sparse(megabytes: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(megabytes * 2**20)  # takes no room on the disk

    return make


def lying_sizes() -> bytes:
    """Says of a member that unpacks to 50 MB that it has a hundred bytes."""
    data = bytearray(archive(("a.txt", b"a" * 50 * 2**20)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def nested(levels: int) -> bytes:
    data = archive(("a.txt", GOOD.encode()))
    for _ in range(levels):
        data = archive(*((f"{number}.zip", data) for number in range(4)))
    return data


def pdf(content: bytes, *, pages: str = "/Kids [3 0 R] /Count 1", packed: bool = False) -> bytes:
    stream = zlib.compress(content, 9) if packed else content
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages %s >>" % pages.encode(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d %s>> stream\n%s\nendstream" % (len(stream), b"/Filter /FlateDecode " if packed else b"", stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj %s endobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def word_file(entities: str, paragraph: str) -> bytes:
    """A Word file whose text is written with the help of entities."""
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("HERE")
    document.save(file)
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                head, rest = data.split(b"?>", 1)
                data = head + b"?>" + entities.encode() + rest.replace(b"HERE", paragraph.encode())
            new.writestr(name, data)
    return made.getvalue()


def endless_word_file() -> bytes:
    """Of three million empty paragraphs, and a picture so that it doesn't shrink as bombs do."""
    file = io.BytesIO(word_file("", "</w:t></w:r></w:p>" + "<w:p/>" * 3_000_000 + "<w:p><w:r><w:t>"))
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr("word/media/noise.png", random.Random(1).randbytes(2**20))
    return file.getvalue()


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format("".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)))
LAUGHING_FEED = "<rss><channel><item><title>t</title><description>&a9; once more</description></item></channel></rss>"

HOSTILE: dict[str, tuple[bytes | Callable[[Path], Any], str]] = {
    # name: what is in it, and what its reason says; "" where it may be read as well
    "huge.txt": (sparse(300), "has 300 MB, more than the 200 MB"),
    "huge.zip": (sparse(300), "has 300 MB, more than the 200 MB"),
    "long.txt": (lambda path: path.write_bytes("很长的一行。".encode() * 3 * 2**20), "more than 10 million characters"),
    "bomb.zip": (lambda path: path.write_bytes(archive(("a.txt", b"\0" * 100 * 2**20))), "times its size"),
    "bomb.docx": (lambda path: path.write_bytes(archive(("word/document.xml", b" " * 260 * 2**20))), "unpacks to 260 MB"),
    "bomb.epub": (lambda path: path.write_bytes(archive(("META-INF/container.xml", b" " * 100 * 2**20))), "times its size"),
    "many.zip": (lambda path: path.write_bytes(archive(*((f"{n}.txt", b"") for n in range(50_001)))), "50,001 files, more than 50,000"),
    "lying.zip": (lying_sizes(), "can't be unpacked"),
    "nested.zip": (nested(3), "an archive in an archive in an archive"),
    "cut.zip": (archive(("a.txt", GOOD.encode() * 99))[:-200], "this zip archive is damaged"),
    "outside.zip": (archive(("../../outside.txt", GOOD.encode()), ("/tmp/outside.txt", b"")), "this file is empty"),
    "loop.pdf": (pdf(b"", pages="/Kids [2 0 R 2 0 R] /Count 2"), "pdf"),
    "parents.pdf": (pdf(b"BT /F 12 Tf (text) Tj ET", pages="/Kids [3 0 R] /Count 999999999 /Parent 2 0 R"), ""),
    "slow.pdf": (pdf(b"BT /F 12 Tf (a) Tj ET\n" * 1_000_000, packed=True), "pdf is damaged"),
    "bomb.pdf": (pdf(b" " * 120 * 2**20, packed=True), "pdf"),
    "cut.pdf": (pdf(b"BT /F 12 Tf (text) Tj ET")[:120], "pdf"),
    "slow.docx": (lambda path: path.write_bytes(endless_word_file()), "this file can't be read"),
    "packed.docx": (lambda path: path.write_bytes(word_file("", " " * 60 * 2**20)), "times its size"),
    "external.docx": (word_file("<!DOCTYPE x [<!ENTITY s SYSTEM 'SECRET_URI'>]>", "Words &s; and more words."), ""),
    "laughs.docx": (word_file(LAUGHS, "Words &a9; and more words."), ""),
    "laughs.xml": (f"<?xml version='1.0'?>{LAUGHS}{LAUGHING_FEED}".encode(), ""),
    "laughs.rss": (f"<?xml version='1.0'?>{LAUGHING_FEED}{LAUGHS}{LAUGHING_FEED}".encode(), ""),
    "attributes.html": (
        lambda path: path.write_bytes(b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(500_000)) + b">" + GOOD.encode()),
        "",  # as a rule it takes too long; a fast machine may read it
    ),
    "damaged.rss": (
        b"<rss><channel><item><title>t</title><description>" + b"&lt;p " * 300_000 + b"</description></item></channel></rss>",
        "",  # as above
    ),
    "deep.html": (b"<html><body>" + b"<div>" * 100_000 + GOOD.encode(), ""),
    "deep.json": (b"[" * 1_000_000, "no JSON"),
    "deep.jsonl": (b'{"text":' * 500_000 + b"\n", "no JSON objects"),
    "quote.csv": (b'title,text\na,"' + b"never closed\n" * 900_000, "can't be read"),
    "columns.csv": (b"," * 1_000_000, "not one word"),
    "nul.txt": (b"\0" * 100_000, "no text in any known encoding"),
    "some-nul.txt": (GOOD.replace("，", "，\0").encode(), ""),
    "lying.html": (f"<html><head><meta charset='utf-8'></head><body>{GOOD.replace('图书', '花卉')}".encode("gb18030"), ""),
    "marked.txt": (b"\xef\xbb\xbf" + GOOD.replace("图书", "茶叶").encode("gb18030"), ""),
    "mojibake.txt": (GOOD.replace("图书", "陶瓷").encode().decode("latin-1").encode(), ""),
    "devil.mhtml": (b"Content-Type: multipart/related; boundary=b\n\n--b\n" * 50_000, "parts within parts"),
    "pipe.txt": (os.mkfifo if hasattr(os, "mkfifo") else b"", "pipe or device" if hasattr(os, "mkfifo") else "empty"),
    "endless.txt": (lambda path: path.symlink_to("/dev/zero"), "pipe or device" if os.name != "nt" else "can't be read"),
    "named\u202etxt.exe.txt": (b"\x89PNG\r\n", "PNG"),
}  # fmt: skip


# --- what becomes of them ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All of them added; what came of it, and what lies in the folders around afterwards."""
    pytest.importorskip("resource", reason="measures memory as POSIX does")
    place = tmp_path_factory.mktemp("hostile")
    articles = place / "a" / "b" / "articles"
    articles.mkdir(parents=True)
    (place / "secret.txt").write_text(SECRET, encoding="utf-8")
    (articles / "good.txt").write_text(GOOD, encoding="utf-8")
    for name, (made, _) in HOSTILE.items():
        if callable(made):
            made(articles / name)
        else:
            (articles / name).write_bytes(made.replace(b"SECRET_URI", (place / "secret.txt").as_uri().encode()))
    before = {path for path in place.rglob("*") if "library" not in path.parts}
    command = [sys.executable, "-c", ADD, str(articles), str(place / "library")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    found["new"] = {path for path in place.rglob("*") if "library" not in path.parts} - before
    found["folder"] = str(articles)
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_each_has_its_reason_or_is_read(added: dict[str, Any], name: str) -> None:
    of_file = [row for row in added["outcomes"] if row[0] == f"{added['folder']}/{name}" or row[0].startswith(f"{added['folder']}/{name}!")]
    of_file += [row for row in added["outcomes"] if row[0].startswith(f"{added['folder']}/{name}#")]
    assert of_file
    reason = HOSTILE[name][1]
    for source, change, error in of_file:
        assert (change is None) == (error is not None)
        assert error is None or error.startswith(source)
    if reason:
        assert any(reason in (error or "") for _, _, error in of_file), of_file[:5]


def test_the_rest_goes_on(added: dict[str, Any]) -> None:
    assert [f"{added['folder']}/good.txt", "unchanged", None] in added["outcomes"]


def test_memory_stays_bounded(added: dict[str, Any]) -> None:
    assert added["mb"] < MOST_MB


def test_nothing_is_written_but_the_library(added: dict[str, Any]) -> None:
    assert added["new"] == set()
    assert not Path("/tmp/outside.txt").exists()


def test_no_other_file_is_read_and_no_entity_unfolded(added: dict[str, Any]) -> None:
    assert not any(SECRET in text or "hahahaha" in text for text in (*added["texts"], *added["titles"]))


def test_what_lies_about_its_encoding_is_read_all_the_same(added: dict[str, Any]) -> None:
    whole = "\n".join(added["texts"])
    for topic in ("花卉", "茶叶"):
        assert f"第三届{topic}展昨天在老火车站开幕" in whole


def test_an_archive_names_what_it_says_it_holds() -> None:
    member = zipfile.ZipInfo("a.txt")
    member.file_size, member.compress_size = 3 * 2**30, 2**30
    with pytest.raises(ReadingError, match=r"a\.zip: this zip archive unpacks to 3,072 MB, more than 2,048"):
        packed.check_sizes([member], name="a.zip", what="this zip archive")


def test_names_that_would_lead_out_of_a_folder_are_only_names() -> None:
    data = archive(("../../outside.txt", GOOD.encode()), ("C:\\a\\outside.txt", GOOD.replace("图书", "花卉").encode()))
    assert [article.source for article in read_all(data, name="a.zip")] == ["a.zip!../../outside.txt", "a.zip!C:/a/outside.txt"]


def test_a_member_under_a_password_says_so() -> None:
    data = bytearray(archive(("a.txt", GOOD.encode())))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadingError, match=r"a\.zip!a\.txt: this file needs a password"):
        read(bytes(data), name="a.zip")
