"""A whole library as one file, to keep, to move, or to merge into another one.

The file (see `corpus.portable_file`) holds the articles with all that is known of their sources; the vectors of every embedder, so that
nothing need be embedded again where the same model is at work; and, if asked for, verdicts and conversations. Settings belong to a
machine and stay. Passages and the word index are made anew.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import conversations, feedback, portable_file
from corpus.article import Article, Run
from corpus.library import Library
from corpus.portable_file import Progress, Reader, Writer
from corpus.records import clean, from_json, storable

ARTICLES, FEEDBACK, CONVERSATIONS = "articles.jsonl", "feedback.jsonl", "conversations.jsonl"
_VECTORS = np.dtype("<f4")
_ROWS_AT_ONCE = 1024
_LARGEST_DIMENSION = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How much was written."""

    articles: int
    vectors: int
    feedback: int
    conversations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the sources in the file, and how much came with them."""

    added: int
    """Articles that were not here."""
    duplicate: int
    """Sources of articles that were here, or nearly so."""
    unchanged: int
    """Sources that were here, with the same content."""
    kept: tuple[str, ...]
    """Sources that were here with other content, which was kept."""
    vectors: int
    feedback: int
    conversations: int


# --- out ---------------------------------------------------------------------------------------------------------------------


def export_library(library: Library, path: Path, *, with_history: bool = False, progress: Progress | None = None) -> Exported:
    """Write a library, as of one moment, to a new file at ``path``.

    Args:
        with_history: verdicts and conversations too: they tell what you asked.
        progress: called with how many articles are written and how many there are.

    Raises:
        LibraryError: the library cannot be read.
        TransferError: something is at ``path`` already, or nothing can be written there.
    """
    with library.snapshot() as db, portable_file.writing(path) as writer:
        (total,) = db.execute("SELECT count(*) FROM article").fetchone()
        articles = writer.lines(ARTICLES, _counted(_article_rows(db), total, progress))
        embedders = [_write_vectors(db, writer, number, *row) for number, row in enumerate(_embedders(db))]
        verdicts = writer.lines(FEEDBACK, _feedback_rows(db)) if with_history else 0
        talks = writer.lines(CONVERSATIONS, _conversation_rows(db)) if with_history else 0
        writer.finish({"created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "articles": articles, "embedders": embedders})
    return Exported(articles=articles, vectors=sum(each["count"] for each in embedders), feedback=verdicts, conversations=talks)


def _counted(rows: Iterator[Any], total: int, progress: Progress | None) -> Iterator[Any]:
    for done, row in enumerate(rows, 1):
        yield row
        if progress is not None:
            progress(done, total)


def _article_rows(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The articles in the order of their first sources; those that stand for themselves first, so that they'll be there to stand behind."""
    ids = db.execute(
        """
        SELECT article.id FROM article JOIN source ON article_id = article.id
        GROUP BY article.id ORDER BY article.id IN (SELECT article_id FROM duplicate), min(source.id)
        """
    ).fetchall()
    for (article_id,) in ids:
        row = db.execute("SELECT title, text, language, script FROM article WHERE id = ?", (article_id,)).fetchone()
        sources = db.execute(
            """
            SELECT source, sha256, url, published, published_from, publisher, authors, origin, removed
            FROM source WHERE article_id = ? ORDER BY id
            """,
            (article_id,),
        ).fetchall()
        names = ("source", "sha256", "url", "published", "published_from", "publisher", "authors", "origin", "removed")
        yield {
            "id": article_id,
            **dict(zip(("title", "text", "language", "script"), row, strict=True)),
            "sources": [
                dict(zip(names, (*plain, *map(from_json, as_json)), strict=True)) for *plain, as_json in ((*s[:6], s[6:]) for s in sources)
            ],
        }


def _embedders(db: sqlite3.Connection) -> list[tuple[int, str, int]]:
    return db.execute("SELECT id, fingerprint, dimension FROM embedder WHERE id IN (SELECT embedder_id FROM vector) ORDER BY id").fetchall()


def _write_vectors(
    db: sqlite3.Connection, writer: Writer, number: int, embedder_id: int, fingerprint: str, dimension: int
) -> dict[str, Any]:
    """The vectors of one embedder and, line by line, the places that they are of."""
    query = """
        SELECT article_id, start, "end", vector FROM vector JOIN passage ON passage.id = passage_id
        WHERE embedder_id = ? AND length(vector) = ? ORDER BY passage_id
    """
    parameters = (embedder_id, dimension * _VECTORS.itemsize)
    with writer.member(f"vectors-{number}.f32") as write:
        for *_, vector in db.execute(query, parameters):
            write(vector)
    count = writer.lines(f"vectors-{number}.jsonl", (list(place) for *place, _ in db.execute(query, parameters)))
    return {"fingerprint": fingerprint, "dimension": dimension, "count": count}


def _feedback_rows(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    names = ("question", "verdict", "article_id", "start", "end", "answer", "quote", "offset", "title", "confidence", "created")
    for row in db.execute(
        'SELECT question, verdict, article_id, start, "end", answer, quote, "offset", title, confidence, created FROM feedback ORDER BY id'
    ):
        yield dict(zip(names, row, strict=True))


def _conversation_rows(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for talk_id, title, started, last in db.execute("SELECT id, title, started, last FROM conversation ORDER BY started, id").fetchall():
        turns = db.execute("SELECT question, asked_at, answer FROM turn WHERE conversation_id = ? ORDER BY id", (talk_id,)).fetchall()
        yield {
            "id": talk_id,
            "title": title,
            "started": started,
            "last": last,
            "turns": [{"question": question, "asked_at": asked_at, "answer": from_json(answer)} for question, asked_at, answer in turns],
        }


# --- in ----------------------------------------------------------------------------------------------------------------------


def import_library(library: Library, path: Path, *, with_history: bool = True, progress: Progress | None = None) -> Imported:
    """Merge an exported file into a library.

    All of the file is checked before anything is stored. What is here stays: where a source is known with other content, its own version
    is kept. Interrupted at any moment, what was stored stays, and importing again does the rest. Vectors are taken where this library
    has some of the same embedder, or none at all; the others are left, as they'd be of no use.

    Args:
        with_history: verdicts and conversations too, where the file has them.
        progress: called with how many articles are stored and how many there are.

    Raises:
        LibraryError: the library cannot be written.
        LibraryVersionError: a newer version of the program wrote the file.
        TransferError: the file is missing, damaged, or no exported library.
    """
    with portable_file.reading(path) as reader:
        reader.check()
        try:
            contents = _Contents(reader)
            contents.validate()
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise portable_file.damaged(path, f"it holds something else than a library does ({error})") from error
        counts = _add_articles(library, contents, progress)
        known = library.fingerprints()
        useful = [number for number, each in enumerate(contents.embedders) if not known or each.fingerprint in known]
        vectors = sum(_add_vectors(library, contents, number) for number in useful)
        verdicts = _add_feedback(library, contents) if with_history else 0
        talks = _add_conversations(library, contents) if with_history else 0
    return Imported(**counts, vectors=vectors, feedback=verdicts, conversations=talks)


@dataclass(frozen=True, slots=True)
class _Embedder:
    fingerprint: str
    dimension: int
    count: int


class _Contents:
    """The members of a file as what they stand for. Anything that is not as `export_library` writes it raises one of Python's errors."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.articles_count = _int(reader.manifest["articles"])
        self.embedders = [
            _Embedder(_text(each["fingerprint"]), _int(each["dimension"]), _int(each["count"])) for each in reader.manifest["embedders"]
        ]

    def validate(self) -> None:
        """Goes through everything once."""
        if sum(1 for _ in self.articles()) != self.articles_count:
            raise ValueError("another number of articles than it says")
        for number, embedder in enumerate(self.embedders):
            if not 1 <= embedder.dimension <= _LARGEST_DIMENSION:
                raise ValueError(f"vectors of {embedder.dimension} dimensions")
            if self._reader.size(f"vectors-{number}.f32") != embedder.count * embedder.dimension * _VECTORS.itemsize:
                raise ValueError("another number of vectors than it says")
            rows = sum(len(places) for places, vectors in self.vectors(number) if np.isfinite(vectors).all())
            if rows != embedder.count:
                raise ValueError("vectors that are no numbers, or that are of no place")
        for _ in self.feedback():
            pass
        for _ in self.conversations():
            pass

    def articles(self) -> Iterator[list[Article]]:
        """Each article as often as it has sources."""
        for row in self._reader.lines(ARTICLES):
            made = [_article(row, source) for source in row["sources"]]
            if not made or any(article.id != row["id"] for article in made):
                raise ValueError("an article whose id is not that of its content")
            yield made

    def vectors(self, number: int) -> Iterator[tuple[list[tuple[str, int, int]], NDArray[np.float32]]]:
        """Places (article id, start, end) and vectors (n, dimension), some at a time."""
        dimension = self.embedders[number].dimension
        places = self._reader.lines(f"vectors-{number}.jsonl")
        for chunk in self._reader.chunks(f"vectors-{number}.f32", _ROWS_AT_ONCE * dimension * _VECTORS.itemsize):
            rows = np.frombuffer(chunk, _VECTORS).reshape(-1, dimension)
            at = [place for place, _ in zip(places, rows, strict=False)] if len(rows) else []
            yield [(_text(article_id), _int(start), _int(end)) for article_id, start, end in at], rows
        if next(places, None) is not None:
            raise ValueError("more places than vectors")

    def feedback(self) -> Iterator[dict[str, Any]]:
        """The verdicts, each as the columns of its row."""
        for row in self._reader.lines(FEEDBACK) if FEEDBACK in self._reader else ():
            place = (row["article_id"], row["start"], row["end"])
            if place != (None, None, None) and not 0 <= _int(row["start"]) < _int(row["end"]):
                raise ValueError("a verdict of no place")
            if row["confidence"] is not None and not (math.isfinite(row["confidence"]) and 0 <= row["confidence"] <= 1):
                raise ValueError("a confidence that is none")
            question = _text(row["question"]).strip()[: feedback.MAX_QUESTION_CHARS]
            if not question:
                raise ValueError("a verdict on no question")
            yield {
                "question": question,
                "asked": feedback.question_key(question),
                "verdict": feedback.Verdict(row["verdict"]).value,
                "article_id": None if row["article_id"] is None else _text(row["article_id"]),
                "start": row["start"],
                "end": row["end"],
                **{name: _text(row[name]) for name in ("answer", "quote", "title")},
                "offset": _int(row["offset"]),
                "confidence": row["confidence"],
                "created": _moment(row["created"]),
            }

    def conversations(self) -> Iterator[dict[str, Any]]:
        """The conversations, each with its turns."""
        for row in self._reader.lines(CONVERSATIONS) if CONVERSATIONS in self._reader else ():
            turns = []
            for turn in row["turns"]:
                answer = json.dumps(turn["answer"], ensure_ascii=False, allow_nan=False)
                if not isinstance(turn["answer"], dict) or len(answer) > conversations.MAX_ANSWER_CHARS:
                    raise ValueError("an answer that is none")
                turns.append((_text(turn["question"])[: conversations.MAX_QUESTION_CHARS], _moment(turn["asked_at"]), clean(answer)))
            if not turns:
                raise ValueError("a conversation without a turn")
            yield {
                "id": _text(row["id"])[:64],
                "title": _text(row["title"])[: conversations.TITLE_CHARS],
                "started": _moment(row["started"]),
                "last": _moment(row["last"]),
                "turns": turns,
            }


def _article(row: dict[str, Any], source: dict[str, Any]) -> Article:
    made = Article(
        title=_text(row["title"]),
        text=_text(row["text"]),
        source=_text(source["source"]),
        sha256=_text(source["sha256"]),
        url=None if source["url"] is None else _text(source["url"]),
        published=None if source["published"] is None else dt.date.fromisoformat(source["published"]),
        published_from=None if source["published_from"] is None else _text(source["published_from"]),
        authors=tuple(_text(author) for author in source["authors"]),
        publisher=None if source.get("publisher") is None else _text(source["publisher"]),  # older files say nothing of it
        language=_text(row["language"]),
        script=_text(row["script"]),
        origin=tuple(Run(_int(start), _int(origin), _int(length)) for start, origin, length in source["origin"]),
        removed=tuple(_text(line) for line in source["removed"]),
    )
    return storable(made)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where a text was stored")
    return clean(value)


def _int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise TypeError(f"{value!r:.40} where a number was stored")
    return value


def _moment(value: object) -> str:
    return dt.datetime.fromisoformat(_text(value)).astimezone(dt.UTC).isoformat(timespec="microseconds")


def _add_articles(library: Library, contents: _Contents, progress: Progress | None) -> dict[str, Any]:
    added = duplicate = unchanged = 0
    kept = []
    with library.batch():
        for done, versions in enumerate(contents.articles(), 1):
            for article in versions:
                here = library.article_of(article.source)
                if here == article.id:
                    unchanged += 1
                elif here is not None:
                    kept.append(article.source)
                elif library.add(article).value == "added":
                    added += 1
                else:
                    duplicate += 1
            if progress is not None:
                progress(done, contents.articles_count)
    return {"added": added, "duplicate": duplicate, "unchanged": unchanged, "kept": tuple(kept)}


def _add_vectors(library: Library, contents: _Contents, number: int) -> int:
    """Stores the vectors of passages that have none of this embedder yet. Where texts are split otherwise by now, there are none."""
    fingerprint = contents.embedders[number].fingerprint
    done = {int(passage_id) for passage_id in library.vector_ids(fingerprint)}
    standing = {info.id for info in library.articles()}
    passages: dict[str, dict[tuple[int, int], int]] = {}
    stored = 0
    for places, rows in contents.vectors(number):
        ids, chosen = [], []
        for row, (article_id, start, end) in enumerate(places):
            if article_id in standing and article_id not in passages:
                passages[article_id] = {(passage.start, passage.end): passage.id for passage in library.passages(article_id)}
            passage_id = passages.get(article_id, {}).get((start, end))
            if passage_id is not None and passage_id not in done:
                done.add(passage_id)
                ids.append(passage_id)
                chosen.append(row)
        library.put_vectors(fingerprint, ids, rows[chosen])
        stored += len(ids)
    return stored


def _add_feedback(library: Library, contents: _Contents) -> int:
    """Verdicts that are not here; where the same question and place were judged here, that judgement is kept."""
    stored = 0
    with library.changing() as db:
        for row in contents.feedback():
            place = (row["article_id"], row["start"], row["end"])
            text = db.execute("SELECT text FROM article WHERE id = ?", place[:1]).fetchone()
            if text is not None and text[0][row["start"] : row["end"]] != row["answer"]:
                continue  # of other words than stand there
            known = db.execute(
                'SELECT 1 FROM feedback WHERE asked = ? AND article_id IS ? AND start IS ? AND "end" IS ?', (row["asked"], *place)
            )
            if known.fetchone() is None:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO feedback ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 (names are ours)
                stored += 1
    return stored


def _add_conversations(library: Library, contents: _Contents) -> int:
    """Conversations that are not here."""
    stored = 0
    with library.changing() as db:
        for row in contents.conversations():
            *values, turns = row.values()
            inserted = db.execute("INSERT INTO conversation (id, title, started, last) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
            if inserted.rowcount:
                db.executemany(
                    "INSERT INTO turn (conversation_id, question, asked_at, answer) VALUES (?, ?, ?, ?)",
                    ((row["id"], *turn) for turn in turns),
                )
                stored += 1
    return stored
