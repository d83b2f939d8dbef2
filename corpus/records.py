"""Articles as rows of the library's tables: what adding one does, and how its passages are read back."""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from corpus import duplicate_store, duplicates, feedback, word_index
from corpus.article import Article, Run
from corpus.splitting import split
from corpus.years import years_in

T = TypeVar("T")

_HALF_PAIR = re.compile("[\ud800-\udfff]")
_LARGEST_ID = 2**63 - 1


class Change(enum.Enum):
    """What adding an article did."""

    ADDED = "added"
    UPDATED = "updated"
    """The same source had other content, which is replaced."""
    UNCHANGED = "unchanged"
    """The same source, the same content."""
    DUPLICATE = "duplicate"
    """The content is known from another source, or nearly so (see `corpus.duplicates`): one article now has both."""
    REMOVED = "removed"
    """The article is no longer in the file of several that it came from."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage and its id in the library, which is never given to another one: ``article.text[start:end] == text``."""

    id: int
    article_id: str
    start: int
    end: int
    text: str


# --- the door: what SQLite cannot hold ---------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Text that UTF-8 can hold: each half of a surrogate pair becomes U+FFFD, one for one, so that offsets stay.

    >>> clean("a\\ud83db")
    'a\ufffdb'
    """
    return _HALF_PAIR.sub("\ufffd", text)


def source_key(source: str) -> str:
    """A source that UTF-8 can hold and that still differs from every other: file names of another encoding hold such halves.

    >>> source_key("\\udcd6.txt")
    '\\\\udcd6.txt'
    """
    return source.encode("utf-8", "backslashreplace").decode("utf-8")


def storable(article: Article) -> Article:
    """The article as it is kept."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else clean(text)

    return replace(
        article,
        title=clean(article.title),
        text=clean(article.text),
        source=source_key(article.source),
        sha256=clean(article.sha256),
        url=maybe(article.url),
        published_from=maybe(article.published_from),
        authors=tuple(clean(author) for author in article.authors),
        publisher=maybe(article.publisher),
        language=clean(article.language),
        script=clean(article.script),
        removed=tuple(clean(line) for line in article.removed),
    )


def id_list(ids: Iterable[int]) -> list[int]:
    """Passage ids, each once, as plain integers; those that no passage can have are left out."""
    return [passage_id for passage_id in dict.fromkeys(int(each) for each in ids) if 0 < passage_id <= _LARGEST_ID]


# --- adding ------------------------------------------------------------------------------------------------------------------


def is_known(db: sqlite3.Connection, article: Article) -> bool:
    """Whether the article is in, just as it is, from its source."""
    row = db.execute(
        """
        SELECT article_id, sha256, url, published, published_from, authors, origin, removed, publisher, language, script
        FROM source JOIN article ON article.id = article_id WHERE source = ?
        """,
        (article.source,),
    ).fetchone()
    return bool(row == (*_source_values(article), article.language, article.script))


def add(db: sqlite3.Connection, article: Article) -> Change:
    """Stores a storable article within the transaction at hand."""
    if is_known(db, article):
        return Change.UNCHANGED
    article_id, *of_source = _source_values(article)
    old = db.execute("SELECT article_id FROM source WHERE source = ?", (article.source,)).fetchone()
    known = db.execute("SELECT 1 FROM article WHERE id = ?", (article_id,)).fetchone() is not None
    if old == (article_id,):
        # The same content read anew, from other bytes or by better rules: its passages stay, what is said of it is renewed.
        db.execute(
            """
            UPDATE source SET sha256 = ?, url = ?, published = ?, published_from = ?, authors = ?, origin = ?, removed = ?, publisher = ?
            WHERE source = ?
            """,
            (*of_source, article.source),
        )
        db.execute("UPDATE article SET language = ?, script = ? WHERE id = ?", (article.language, article.script, article_id))
        return Change.UNCHANGED
    gone = None if old is None else _leave(db, article.source)
    if not known:
        _insert_article(db, article)
    db.execute(
        """
        INSERT INTO source (article_id, sha256, url, published, published_from, authors, origin, removed, publisher, source)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (article_id, *of_source, article.source),
    )
    alone = False
    if not known:
        alone = _settle(db, article)
    if gone is not None:
        for freed in gone.freed:  # after the newcomer, which its owner means to have read
            _settle_stored(db, freed)
        feedback.follow(db, gone.article_id, article.id, article.text)
    if (gone is not None and gone.stood) or (not known and duplicate_store.standing(db, article.id) is None):
        passages_changed(db)
    if old is not None:
        return Change.UPDATED
    return Change.ADDED if alone else Change.DUPLICATE


def remove(db: sqlite3.Connection, article_id: str) -> bool:
    """Deletes an article and those that stand back for it; False when there is none. For one that itself stands back, that alone."""
    stood = duplicate_store.standing(db, article_id) is None
    db.execute("DELETE FROM article WHERE id IN (SELECT article_id FROM duplicate WHERE of_id = ?)", (article_id,))
    if not db.execute("DELETE FROM article WHERE id = ?", (article_id,)).rowcount:
        return False
    if stood:
        passages_changed(db)
    return True


def remove_source(db: sqlite3.Connection, source: str) -> bool:
    """Deletes a source, and its article if that has no other; those that stood back for it stand for themselves. False: no such source."""
    if db.execute("SELECT 1 FROM source WHERE source = ?", (source,)).fetchone() is None:
        return False
    gone = _leave(db, source)
    if gone is not None:
        for freed in gone.freed:
            _settle_stored(db, freed)
        if gone.stood:
            passages_changed(db)
    return True


def join(db: sqlite3.Connection) -> int:
    """Has every article that is nearly another one, and stands beside it, stand back for it. Returns how many did.

    New articles are settled as they come; two may still stand apart that were added before the program looked for this.
    """
    count = "SELECT count(*) FROM duplicate"
    (before,) = db.execute(count).fetchone()
    latest_first = db.execute("SELECT id FROM article ORDER BY added_at DESC, id").fetchall()  # so that it's the earlier one that stays
    for (article_id,) in latest_first:
        article = load_article(db, article_id)
        if article is None or duplicate_store.standing(db, article_id) is not None:
            continue
        mine = duplicates.outline(article.title, article.text, script=article.script)
        ahead, back = _alike(db, mine, duplicates.bands(mine), but=article_id)
        if ahead is not None:
            _step_back(db, article_id, ahead)
        for other in back:
            _step_back(db, other, article_id)
    (after,) = db.execute(count).fetchone()
    if after != before:
        passages_changed(db)
    return int(after - before)


def apart(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Pairs of standing articles of which the first would stand back for the second, as `join` has it."""
    for (article_id,) in db.execute("SELECT article_id FROM signature ORDER BY id").fetchall():
        title, text, script = db.execute("SELECT title, text, script FROM article WHERE id = ?", (article_id,)).fetchone()
        mine = duplicates.outline(title, text, script=script)
        ahead, _ = _alike(db, mine, duplicates.bands(mine), but=article_id)
        if ahead is not None:
            yield article_id, ahead


@dataclass(frozen=True, slots=True)
class _Gone:
    """What went when an article lost its last source."""

    article_id: str
    stood: bool
    freed: list[str]
    """Articles that stood back for it."""


def _leave(db: sqlite3.Connection, source: str) -> _Gone | None:
    """Takes a source from its article, and the article away that has none left; None while others are."""
    (article_id,) = db.execute("DELETE FROM source WHERE source = ? RETURNING article_id", (source,)).fetchall()[0]
    if db.execute("SELECT 1 FROM source WHERE article_id = ?", (article_id,)).fetchone() is not None:
        return None
    stood = duplicate_store.standing(db, article_id) is None
    freed = duplicate_store.release(db, article_id)
    db.execute("DELETE FROM article WHERE id = ?", (article_id,))
    return _Gone(article_id, stood, freed)


def _settle(db: sqlite3.Connection, article: Article, *, steps_ahead: bool = True) -> bool:
    """Finds a new article's place: behind the stored one that holds its text, ahead of those whose text it holds, or by itself.

    A stored article stays where the two are worth the same, as it may have been cited. Returns whether the article is by itself.
    """
    mine = duplicates.outline(article.title, article.text, script=article.script)
    hashes = duplicates.bands(mine)
    ahead, back = _alike(db, mine, hashes)
    if ahead is not None:
        duplicate_store.stand_back(db, article.id, ahead)
        return False
    _insert_passages(db, article)
    duplicate_store.sign(db, article.id, hashes)
    if not steps_ahead:
        return True
    for other in back:
        _step_back(db, other, article.id)
    return not back


def _settle_stored(db: sqlite3.Connection, article_id: str) -> None:
    """Finds the place of an article whose place is open: behind one that stands, or by itself."""
    article = load_article(db, article_id)
    if article is not None:
        _settle(db, article, steps_ahead=False)


def _step_back(db: sqlite3.Connection, article_id: str, of_id: str) -> None:
    """Makes a standing article stand back. Those behind it are settled anew: what holds their text may be another one now."""
    duplicate_store.unsign(db, article_id)
    db.execute("DELETE FROM passage WHERE article_id = ?", (article_id,))
    freed = duplicate_store.release(db, article_id)
    duplicate_store.stand_back(db, article_id, of_id)
    for each in freed:
        _settle_stored(db, each)


def _alike(db: sqlite3.Connection, mine: duplicates.Outline, hashes: list[int], *, but: str = "") -> tuple[str | None, list[str]]:
    """The standing article, ``but`` this one, that holds a text, if any, and if none, those that the text holds."""
    back = []
    for other_id in duplicate_store.candidates(db, hashes, chars=mine.chars, but=but):
        title, text, script = db.execute("SELECT title, text, script FROM article WHERE id = ?", (other_id,)).fetchone()
        likeness = duplicates.compare(mine, duplicates.outline(title, text, script=script))
        if likeness.first_in_second:
            return other_id, []
        if likeness.second_in_first:
            back.append(other_id)
    return None, back


def passages_changed(db: sqlite3.Connection) -> None:
    """To be said once in every transaction that adds or deletes passages."""
    db.execute("UPDATE state SET generation = generation + 1")


def _source_values(article: Article) -> tuple[str | None, ...]:
    return (
        article.id,
        article.sha256,
        article.url,
        None if article.published is None else article.published.isoformat(),
        article.published_from,
        json.dumps(article.authors, ensure_ascii=False),
        json.dumps([(run.start, run.origin, run.length) for run in article.origin]),
        json.dumps(article.removed, ensure_ascii=False),
        article.publisher,
    )


def _insert_article(db: sqlite3.Connection, article: Article) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    db.execute(
        "INSERT INTO article (id, language, script, chars, added_at, title, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (article.id, article.language, article.script, len(article.text), now, article.title, article.text),
    )
    years = years_in(article.title) + years_in(article.text)
    db.executemany(
        "INSERT INTO article_year (article_id, year, times) VALUES (?, ?, ?)",
        ((article.id, year, times) for year, times in years.items()),
    )


def _insert_passages(db: sqlite3.Connection, article: Article) -> None:
    stored: list[tuple[int, str]] = []
    for passage in split(article):
        cursor = db.execute('INSERT INTO passage (article_id, start, "end") VALUES (?, ?, ?)', (article.id, passage.start, passage.end))
        stored.append((int(cursor.lastrowid or 0), article.text[passage.start : passage.end]))
    word_index.put(db, article.title, stored)
    db.executemany(
        "INSERT INTO passage_year (passage_id, year) VALUES (?, ?)",
        ((passage_id, year) for passage_id, text in stored for year in years_in(text)),
    )


# --- reading back ------------------------------------------------------------------------------------------------------------


def load_article(db: sqlite3.Connection, article_id: str) -> Article | None:
    """The article as it was added from its first source."""
    row = db.execute(
        """
        SELECT title, text, language, script, source, sha256, url, published, published_from, authors, origin, removed, publisher
        FROM article JOIN source ON article_id = article.id WHERE article.id = ? ORDER BY source.id LIMIT 1
        """,
        (article_id,),
    ).fetchone()
    if row is None:
        return None
    title, text, language, script, source, sha256, url, published, published_from, authors, origin, removed, publisher = row
    return Article(
        title=title,
        text=text,
        source=source,
        sha256=sha256,
        url=url,
        published=parse_date(published),
        published_from=published_from,
        authors=tuple(from_json(authors)),
        publisher=publisher,
        language=language,
        script=script,
        origin=tuple(Run(*run) for run in from_json(origin)),
        removed=tuple(from_json(removed)),
    )


def passages(db: sqlite3.Connection, ids: list[int]) -> dict[int, StoredPassage]:
    """The passages of these ids, in their order; an id that no passage has is left out."""
    rows = db.execute(
        'SELECT id, article_id, start, "end" FROM passage WHERE id IN (SELECT value FROM json_each(?))', (json.dumps(ids),)
    ).fetchall()
    texts = dict(
        db.execute(
            "SELECT id, text FROM article WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted({row[1] for row in rows})),)
        ).fetchall()
    )
    found = {row[0]: stored_passage(row, texts[row[1]]) for row in rows if row[1] in texts}
    return {passage_id: found[passage_id] for passage_id in ids if passage_id in found}


def stored_passage(row: tuple[int, str, int, int], text: str) -> StoredPassage:
    """A passage from its row (id, article id, start, end) and the text of its article."""
    passage_id, article_id, start, end = row
    return StoredPassage(passage_id, article_id, start, end, text[start:end])


def parse_date(stored: str | None) -> dt.date | None:
    """A stored date, None where there is none."""
    return None if stored is None else _parsed(dt.date.fromisoformat, stored)


def parse_time(stored: str) -> dt.datetime:
    """A stored moment."""
    return _parsed(dt.datetime.fromisoformat, stored)


def from_json(stored: str) -> Any:
    """A stored JSON value."""
    return _parsed(json.loads, stored)


def _parsed(parse: Callable[[str], T], stored: str) -> T:
    try:
        return parse(stored)
    except ValueError as error:
        raise sqlite3.DataError(f"it holds {stored[:40]!r} where something else was stored") from error
