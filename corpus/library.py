"""The library: one folder whose ``library.db`` is the only truth about the articles kept in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import checkup, conversations, duplicate_store, feedback, migrations, records, sources, vector_store, word_index
from corpus.article import Article
from corpus.conversations import ConversationInfo, StoredTurn
from corpus.database import Database
from corpus.database_file import Migration
from corpus.disk_errors import file_error
from corpus.errors import ArticleNotFoundError, LibraryBusyError, LibraryError, ReadOnlyLibraryError
from corpus.feedback import Feedback, Verdict
from corpus.records import Change, StoredPassage, clean, id_list, source_key, storable

__all__ = ["ArticleInfo", "Change", "Library", "StoredPassage"]

FILE_NAME = "library.db"
SCHEMA = resources.files("corpus").joinpath("schema.sql").read_text("utf-8")
MIGRATIONS: tuple[Migration, ...] = (migrations.feedback_and_conversations, migrations.near_duplicates, migrations.publishers)
"""The n-th brings a library of schema version n + 1 to n + 2; ``schema.sql`` is always the newest."""
SHORTEST_PREFIX = 4
"""Of an article's id, so many characters name it, where no other begins with the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInfo:
    """What there is to say about an article without reading it. ``source``, ``url``, ``published`` and so on are of its first source.

    An article that is nearly another one stands back for it (see `corpus.duplicates`): it is not listed, and its sources are the other's.
    """

    id: str
    title: str
    source: str
    url: str | None
    published: dt.date | None
    language: str
    script: str
    passages: int
    chars: int
    added_at: dt.datetime
    """UTC."""
    sources: tuple[str, ...]
    """All of them, in the order they were added; after its own, those of the articles that stand back for it."""
    authors: tuple[str, ...]
    publisher: str | None = None


class Library:
    """Articles, their passages, word index, years and vectors in one folder.

    Usable from several threads, and from several processes at once: reads see one committed moment and never wait; one writes at a
    time, the next waits up to ``timeout_s``. A crash at any point leaves the library as of the last commit. Text is stored exactly
    as given, save that half a surrogate pair, which no file can hold, becomes U+FFFD (in ``source``, its escape ``\\udc80``).

    Args:
        folder: holds ``library.db``; made with its parents if need be.
        create: begin a library where there is none.
        timeout_s: how long a write waits for another writer, in seconds.

    Raises:
        LibraryError: the folder cannot be used, the file is damaged or another program's, or there is none and ``create`` is False.
        LibraryVersionError: a newer version of the program wrote it.
        ReadOnlyLibraryError: nothing can be written there, and there is nothing to read either.

    Every method may raise `LibraryError`; those that write, `ReadOnlyLibraryError` and `LibraryBusyError` too.
    """

    def __init__(self, folder: Path | str, *, create: bool = True, timeout_s: float = 10.0) -> None:
        self.folder = Path(folder)
        try:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            elif self.folder.exists() and not self.folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
        except (OSError, ValueError) as error:
            raise file_error(self.folder, error) from error
        path = self.folder.absolute() / FILE_NAME  # the program may change its working directory later
        if not create and not path.exists():
            raise LibraryError(f"There is no library in {self.folder}. Add articles first, or check the folder's name.")
        self._database = Database(path, schema=SCHEMA, migrations=MIGRATIONS, create=create, timeout_s=timeout_s)
        self._listed: tuple[int, list[ArticleInfo]] | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Library({str(self.folder)!r})"

    def close(self) -> None:
        """Closes the file for all threads; the library cannot be used after. Closing twice does no harm."""
        self._database.close()

    # --- adding and removing -------------------------------------------------------------------------------------------------

    def add(self, article: Article) -> Change:
        """Stores an article, in one transaction, unless it is there already.

        The article's id in the library is that of the text as stored (see the class on surrogates).
        """
        article = storable(article)
        with self._database.reading() as db:
            if records.is_known(db, article):
                return Change.UNCHANGED
        with self._database.writing() as db:
            return records.add(db, article)

    @contextlib.contextmanager
    def batch(self, *, every: int = 100, seconds: float = 2.0) -> Iterator[None]:
        """Groups this thread's adds and removes into one transaction for each ``every`` of them, or after so many ``seconds``.

        An exception that leaves the block (Ctrl-C too) undoes the transaction at hand; what was committed before stays.
        """
        with self._database.batch(every=every, seconds=seconds):
            yield

    def has(self, source: str, sha256: str) -> bool:
        """Whether this very file is in: the same source, the same bytes."""
        with self._database.reading() as db:
            row = db.execute("SELECT 1 FROM source WHERE source = ? AND sha256 = ?", (source_key(source), clean(sha256))).fetchone()
        return row is not None

    def sources_of(self, name: str) -> dict[str, str]:
        """Every source of a file, itself and the places in it (``file.csv#12``, ``file.zip!a.html``), with the SHA-256 it came with."""
        with self._database.reading() as db:
            return sources.of_file(db, source_key(name))

    def rename_sources(self, names: Mapping[str, str]) -> None:
        """Moves sources to new names all at once: ``names`` from old to new. What stood under a new name and isn't moved is forgotten."""
        with self._database.writing() as db:
            sources.rename(db, {source_key(old): source_key(new) for old, new in names.items()})

    def article_of(self, source: str) -> str | None:
        """The id of the content that was read from a source (see `standing`); None for a source that is not in."""
        with self._database.reading() as db:
            row = db.execute("SELECT article_id FROM source WHERE source = ?", (source_key(source),)).fetchone()
        return None if row is None else str(row[0])

    def remove(self, article_id: str) -> None:
        """Forgets an article with all that was derived from it, whatever its sources. Verdicts on its answers and conversations stay.

        The articles that stand back for it go with it; one that stands back itself goes alone.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._database.writing() as db:
            if not records.remove(db, clean(article_id)):
                raise _unknown(article_id)

    def remove_source(self, source: str) -> None:
        """Forgets one source, and its article only if that has no other. What nearly was that article then stands for itself.

        Raises:
            ArticleNotFoundError: no article has this source.
        """
        with self._database.writing() as db:
            if not records.remove_source(db, source_key(source)):
                raise ArticleNotFoundError(f"No article from {source!r} is in the library. List the articles to see their sources.")

    def join_duplicates(self) -> int:
        """Joins articles that are nearly the same and stand apart, as those do that an older version of the program added.

        Returns:
            How many stand back now for another one.
        """
        with self._database.writing() as db:
            return records.join(db)

    def duplicates_apart(self) -> list[tuple[str, str]]:
        """The pairs that `join_duplicates` would join: ids of the article that would stand back, and of the one that would stay."""
        with self._database.reading() as db:
            return list(records.apart(db))

    def standing(self, article_id: str) -> str:
        """The article that answers for this one: itself, or the one that it stands back for.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._database.reading() as db:
            if db.execute("SELECT 1 FROM article WHERE id = ?", (clean(article_id),)).fetchone() is None:
                raise _unknown(article_id)
            return duplicate_store.standing(db, clean(article_id)) or clean(article_id)

    # --- articles and passages -----------------------------------------------------------------------------------------------

    def find(self, text: str) -> str:
        """The id of the article that a person means by its id or at least four characters of its beginning, its source, its file
        name, or its title.

        Raises:
            ArticleNotFoundError: none is meant, or several are (the message lists them).
        """
        known = self.articles()
        wanted, source = _plain(clean(text)), source_key(text)
        for info in known:
            if info.id == wanted.lower() or source in info.sources:
                return info.id
        with contextlib.suppress(ArticleNotFoundError):
            return self.standing(wanted.lower())
        meant = [info for info in known if _is_meant(info, wanted)]
        if not meant:
            raise ArticleNotFoundError(
                f"No article {text!r} is in the library. Give its id, at least the first {SHORTEST_PREFIX} characters of it, its source, "
                "its file name or its full title."
            )
        if len(meant) > 1:
            listed = "; ".join(f"{info.id} {info.title} ({info.source})" for info in meant[:10])
            more = f" and {len(meant) - 10} more" if len(meant) > 10 else ""
            raise ArticleNotFoundError(f"{text!r} could be any of {len(meant)} articles. Give more of the id: {listed}{more}.")
        return meant[0].id

    def find_sources(self, text: str) -> tuple[str, ...]:
        """The sources that a person means by a file: by its path, by its name, or by its address.

        A file that holds several articles has as many sources, all of them meant; ``file.csv#12`` is one of them. Empty when no such
        file was added.

        Raises:
            ArticleNotFoundError: files of this name were added from several folders (the message lists them).
        """
        with self._database.reading() as db:
            for name in (source_key(text), source_key(_whole_path(text))):
                if found := sources.of_file(db, name):
                    return (name,) if name in found else tuple(found)
            named = sources.of_file_name(db, _plain(clean(text)), spelling=_plain)
        if len(named) > 1:
            raise ArticleNotFoundError(
                f"{text!r} could be any of {len(named)} files. Give the whole path: {'; '.join(list(named)[:10])}"
                f"{f' and {len(named) - 10} more' if len(named) > 10 else ''}."
            )
        return next(iter(named.values()), ())

    def article(self, article_id: str) -> Article:
        """The article as it was added from its first source.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._database.reading() as db:
            found = records.load_article(db, clean(article_id))
        if found is None:
            raise _unknown(article_id)
        return found

    def articles(self) -> list[ArticleInfo]:
        """All articles that stand for themselves, the latest published first, then by title; those without a date last.

        Kept until something changes, in whatever process: asking again costs microseconds.
        """
        with self._database.reading() as db:
            (revision,) = db.execute("SELECT revision FROM state").fetchone()
            listed = self._listed
            if listed is None or listed[0] != revision:
                listed = (revision, _infos(db))
                if not self._database.is_writing:  # what is not committed may be undone
                    self._listed = listed
        return list(listed[1])

    def passages(self, article_id: str) -> list[StoredPassage]:
        """The passages of an article, in the order of its text.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._database.reading() as db:
            article = db.execute("SELECT text FROM article WHERE id = ?", (clean(article_id),)).fetchone()
            if article is None:
                raise _unknown(article_id)
            rows = db.execute(
                'SELECT id, article_id, start, "end" FROM passage WHERE article_id = ? ORDER BY start, id', (clean(article_id),)
            ).fetchall()
            return [records.stored_passage(row, article[0]) for row in rows]

    def passages_by_id(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """The passages of these ids, in their order; ids that are no longer in the library are left out."""
        with self._database.reading() as db:
            return records.passages(db, id_list(ids))

    def passage_ids(self, article_ids: Collection[str]) -> list[int]:
        """The ids of all passages of these articles, ascending."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id FROM passage WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps([clean(article_id) for article_id in article_ids]),),
            ).fetchall()
        return [passage_id for (passage_id,) in rows]

    # --- searching -----------------------------------------------------------------------------------------------------------

    def search(
        self,
        terms: Sequence[str | Collection[str]],
        *,
        limit: int,
        languages: Collection[str] | None = None,
        article_ids: Collection[str] | None = None,
    ) -> list[tuple[int, float]]:
        """Passages that hold any of the terms, in themselves or in their article's title, best first.

        Args:
            terms: as `corpus.words.query_terms` gives them; any text is safe. Several together, as a collection, are one term that stands
                wherever any of them does. The first `corpus.word_index.MAX_TERMS` distinct ones count.
            limit: at most so many passages.
            languages: only articles in one of these.
            article_ids: only these articles.

        Returns:
            (passage id, BM25 of its words, ≥ 0, larger is better). Scores of one search compare with each other and with nothing
            else; in a very small library, words of most passages hardly count.
        """
        with self._database.reading() as db:
            return word_index.search(
                db,
                [{clean(term)} if isinstance(term, str) else set(map(clean, term)) for term in terms],
                limit=limit,
                languages=None if languages is None else [clean(language) for language in languages],
                article_ids=None if article_ids is None else [clean(article_id) for article_id in article_ids],
            )

    def passage_years(self, ids: Iterable[int]) -> dict[int, set[int]]:
        """The years that each passage names, for every id asked; an empty set where it names none."""
        ids = id_list(ids)
        years: dict[int, set[int]] = {passage_id: set() for passage_id in ids}
        with self._database.reading() as db:
            for passage_id, year in db.execute(
                "SELECT passage_id, year FROM passage_year WHERE passage_id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
            ).fetchall():
                years[passage_id].add(year)
        return years

    def article_years(self, article_id: str) -> dict[int, int]:
        """How often each year is named in an article's title and text; empty for an article that is not there."""
        with self._database.reading() as db:
            rows = db.execute("SELECT year, times FROM article_year WHERE article_id = ? ORDER BY year", (clean(article_id),)).fetchall()
        return dict(rows)

    # --- vectors -------------------------------------------------------------------------------------------------------------
    # They are made of committed passages only, and so may be cached by `generation`: a batch of this thread is committed first.

    @property
    def generation(self) -> int:
        """Grows with every committed change of the passages, by any process. Costs a few microseconds."""
        with self._database.reading(committed=True) as db:
            return int(db.execute("SELECT generation FROM state").fetchone()[0])

    def missing_vectors(self, fingerprint: str, *, limit: int) -> list[StoredPassage]:
        """The first passages, by id, that this embedder has not embedded yet."""
        self._database.commit()
        with self._database.reading() as db:
            return list(records.passages(db, vector_store.missing(db, clean(fingerprint), limit)).values())

    def put_vectors(self, fingerprint: str, ids: Iterable[int], vectors: NDArray[np.float32]) -> None:
        """Stores vectors (n, dim) float32 for the passages ``ids``; passages that are gone meanwhile are passed over.

        Raises:
            LibraryError: the shape does not fit the ids or the vectors already there, or a value is not finite.
        """
        self._database.commit()
        with self._database.writing() as db:
            vector_store.put(db, clean(fingerprint), ids, vectors)
        self._database.commit()

    def vectors(self, fingerprint: str, ids: Iterable[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Vectors of an embedder, all or those of the passages ``ids``: their ids (n,), ascending, and vectors (n, dim), as put."""
        self._database.commit()
        with self._database.reading() as db:
            return vector_store.load(db, clean(fingerprint), None if ids is None else id_list(ids))

    def vector_ids(self, fingerprint: str) -> NDArray[np.int64]:
        """Ids of the passages that have a vector of this embedder, (n,), ascending."""
        self._database.commit()
        with self._database.reading() as db:
            return vector_store.present(db, clean(fingerprint))

    def count_vectors(self, fingerprint: str) -> int:
        """How many passages have a vector of this embedder."""
        self._database.commit()
        with self._database.reading() as db:
            return vector_store.count(db, clean(fingerprint))

    def fingerprints(self) -> list[str]:
        """The embedders that have vectors here."""
        self._database.commit()
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT fingerprint FROM embedder WHERE id IN (SELECT embedder_id FROM vector) ORDER BY fingerprint"
            ).fetchall()
        return [fingerprint for (fingerprint,) in rows]

    def drop_vectors(self, except_fingerprint: str | None) -> None:
        """Forgets the vectors of every embedder but this one; of all for None."""
        self._database.commit()
        with self._database.writing() as db:
            db.execute("DELETE FROM embedder WHERE fingerprint IS NOT ?", (except_fingerprint and clean(except_fingerprint),))
        self._database.commit()

    def count_orphaned_vectors(self) -> int:
        """How many vectors are of a passage or an embedder that is not there: none, unless another program wrote to the file."""
        with self._database.reading() as db:
            return vector_store.count_orphans(db)

    # --- what the user said of answers ---------------------------------------------------------------------------------------

    def give_feedback(
        self,
        question: str,
        verdict: Verdict,
        *,
        article_id: str | None = None,
        start: int | None = None,
        end: int | None = None,
        confidence: float | None = None,
    ) -> int:
        """Stores a verdict and returns its id; it replaces the earlier one on the same question and place.

        Args:
            question: as it was asked; the same in other letters, widths and blanks is the same question.
            verdict: RIGHT and CORRECTED are of a place, ABSENT of none; WRONG of a place, or of none where finding nothing was wrong.
            article_id, start, end: the place, where ``article.text[start:end]`` is the answer.
            confidence: of the answer that is judged, 0–1, as it was shown.

        Raises:
            ArticleNotFoundError: the article is not in the library (any more).
            QuestionError: the question is empty.
            ValueError: the verdict and its place or its confidence do not go together.
        """
        with self._database.writing() as db:
            return feedback.give(
                db,
                clean(question),
                verdict,
                article_id=article_id and clean(article_id),
                start=start,
                end=end,
                confidence=confidence,
            )

    def feedback(self) -> list[Feedback]:
        """All verdicts, in the order they were given."""
        with self._database.reading() as db:
            return feedback.load(db)

    def remove_feedback(self, feedback_id: int) -> None:
        """Forgets a verdict.

        Raises:
            FeedbackNotFoundError: there is none of this id.
        """
        with self._database.writing() as db:
            feedback.remove(db, feedback_id)

    # --- conversations -------------------------------------------------------------------------------------------------------

    def add_turn(self, conversation_id: str | None, question: str, answer: dict[str, Any]) -> str:
        """Adds a question and its answer to a conversation and returns the conversation's id.

        Args:
            conversation_id: a new conversation is begun for None, and where this one was removed meanwhile.
            question: as it was asked.
            answer: ``Answer.to_dict()``; where it would take more than `corpus.conversations.MAX_ANSWER_CHARS`, its lists are cut.

        Raises:
            LibraryError: JSON cannot hold the answer, or it is too long however its lists are cut.
            QuestionError: the question is empty.
        """
        with self._database.writing() as db:
            return conversations.add_turn(db, conversation_id and clean(conversation_id), question, answer)

    def conversations(self, *, limit: int | None = None, offset: int = 0) -> list[ConversationInfo]:
        """The conversations, the latest first: ``limit`` of them after the first ``offset``."""
        with self._database.reading() as db:
            return conversations.infos(db, limit=limit, offset=offset)

    def find_conversation(self, text: str) -> ConversationInfo:
        """The conversation that a person means by its id or at least four characters of its beginning.

        Raises:
            ConversationNotFoundError: none is meant, or several are.
        """
        with self._database.reading() as db:
            return conversations.find(db, text)

    def conversation(self, conversation_id: str, *, limit: int | None = None, offset: int = 0) -> list[StoredTurn]:
        """The turns of a conversation in the order they were added: ``limit`` of them after the first ``offset``.

        Raises:
            ConversationNotFoundError: there is none of this id.
        """
        with self._database.reading() as db:
            return conversations.turns(db, clean(conversation_id), limit=limit, offset=offset)

    def remove_conversation(self, conversation_id: str) -> None:
        """Forgets a conversation.

        Raises:
            ConversationNotFoundError: there is none of this id.
        """
        with self._database.writing() as db:
            conversations.remove(db, clean(conversation_id))

    def remove_last_turn(self, conversation_id: str) -> None:
        """Forgets the latest turn of a conversation, and with the only one the conversation.

        Raises:
            ConversationNotFoundError: there is none of this id.
        """
        with self._database.writing() as db:
            conversations.remove_last_turn(db, clean(conversation_id))

    # --- settings and health -------------------------------------------------------------------------------------------------

    def setting(self, key: str, default: Any = None) -> Any:
        """A stored JSON value."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM setting WHERE key = ?", (clean(key),)).fetchone()
            return default if row is None else records.from_json(row[0])

    def set_setting(self, key: str, value: Any) -> None:
        """Stores a value that JSON can hold.

        Raises:
            LibraryError: JSON cannot hold it.
        """
        try:
            stored = json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise LibraryError(f"The setting {key!r} cannot be stored: {error}.") from error
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (clean(key), stored))

    def tidy(self) -> int:
        """Drops vectors that belong to nothing, and gives the room of all that was removed back to the disk.

        Returns:
            How many vectors were dropped.
        """
        self._database.commit()
        with self._database.writing() as db:
            dropped = vector_store.drop_orphans(db)
        self._database.compact()
        return dropped

    def snapshot(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """A connection for modules of this package that read whole tables; it sees one moment, what this thread's batch has written too."""
        return self._database.reading()

    def changing(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """The same for those that write; all of it is undone when an exception leaves the block."""
        return self._database.writing()

    def verify(self) -> list[str]:
        """What is wrong inside the library, one sentence each; empty when all is well. Reads the whole file.

        Raises:
            LibraryBusyError: another program is writing, and nothing can be said of the word index until it is done.
        """
        self._database.commit()
        try:
            with self._database.reading() as db:
                found = checkup.problems(db)
            with contextlib.suppress(ReadOnlyLibraryError), self._database.writing() as db:
                found += checkup.word_index_problems(db)
        except LibraryBusyError:
            raise
        except LibraryError as error:
            return [str(error)]
        return found


def _infos(db: sqlite3.Connection) -> list[ArticleInfo]:
    passages = dict(db.execute("SELECT article_id, count(*) FROM passage GROUP BY article_id").fetchall())
    sources: dict[str, list[tuple[str, str | None, str | None, str, str | None]]] = {}
    for article_id, *of_source in db.execute(
        """
        SELECT coalesce(of_id, source.article_id), source, url, published, authors, publisher
        FROM source LEFT JOIN duplicate ON duplicate.article_id = source.article_id ORDER BY of_id IS NOT NULL, source.id
        """
    ).fetchall():
        sources.setdefault(article_id, []).append(tuple(of_source))
    rows = db.execute(
        "SELECT id, title, language, script, chars, added_at FROM article WHERE id NOT IN (SELECT article_id FROM duplicate)"
    ).fetchall()
    found = []
    for article_id, title, language, script, chars, added_at in rows:
        if article_id not in sources:  # only in a damaged file; `verify` tells of it
            continue
        source, url, published, authors, publisher = sources[article_id][0]
        found.append(
            ArticleInfo(
                id=article_id,
                title=title,
                source=source,
                url=url,
                published=records.parse_date(published),
                language=language,
                script=script,
                passages=passages.get(article_id, 0),
                chars=chars,
                added_at=records.parse_time(added_at),
                sources=tuple(name for name, *_ in sources[article_id]),
                authors=tuple(records.from_json(authors)),
                publisher=publisher,
            )
        )
    return sorted(found, key=lambda info: (info.published is None, -(info.published or dt.date.min).toordinal(), info.title, info.id))


def _unknown(article_id: str) -> ArticleNotFoundError:
    return ArticleNotFoundError(f"No article {article_id!r} is in the library. It may have been removed or replaced; list the articles.")


def _plain(text: str) -> str:
    """One spelling for letters with marks: file systems and keyboards write them as one code point or as two."""
    return unicodedata.normalize("NFC", text)


def _whole_path(text: str) -> str:
    """A path from the root, as files are added under: links on the way are followed, a file that is itself a link is not."""
    folder, name = os.path.split(text)
    with contextlib.suppress(OSError, ValueError):  # no path at all
        return os.path.join(os.path.realpath(folder or "."), name)  # noqa: PTH118 (Path would drop a "./" that belongs to an address)
    return text


def _is_meant(info: ArticleInfo, wanted: str) -> bool:
    if len(wanted) >= SHORTEST_PREFIX and info.id.startswith(wanted.lower()):
        return True
    names = {_plain(path(source).name) for source in info.sources for path in (PurePosixPath, PureWindowsPath)}
    return wanted in names or wanted == _plain(info.title)
