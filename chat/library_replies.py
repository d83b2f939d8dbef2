"""What the library's tab shows after each thing a visitor does there: always a piece of safe HTML, whatever happens.

As in `replies`, every exception ends here: logged with its trace, and a calm sentence for the visitor that holds no path.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chat import library_page, rendering
from chat.adding import Added, Adding, is_address, library_trouble
from chat.library_view import View
from chat.wording import Wording
from corpus.doctor import examine
from corpus.errors import ArticleNotFoundError, LibraryError

if TYPE_CHECKING:
    from qa.assistant import Assistant

LOG = logging.getLogger("yuanwen.chat")

MOST_NOTES = 100
"""Sentences shown for one dropped file; an archive may hold thousands of articles."""
MOST_CONCERNED = 40
"""Articles named with one finding; some of them removed, the next check names others."""
_WAITING_PASSAGES = 5000
"""Passages without a vector that are looked at to say which articles wait: beyond that nearly all of them do."""


class LibraryReplies:
    """What is said in the library's tab. Safe from several threads."""

    def __init__(self, assistant: Assistant, adding: Adding) -> None:
        self._assistant = assistant
        self._adding = adding

    def shown(self, view: View, *, words: Wording) -> str:
        """The list, or the opened article."""
        return self._calmly(lambda: self._shown(view, words), words)

    def remove(self, article_id: str, *, words: Wording) -> str:
        """Forget an article, and say so."""
        say = words.library

        def remove() -> str:
            try:
                title = self._assistant.library.article(article_id).title
                self._assistant.library.remove(article_id)
            except ArticleNotFoundError:
                return library_page.notes([say.gone], words=words)
            return library_page.notes([say.removed.format(title=rendering.clip(title, rendering.TITLE_CHARS))], words=words)

        return self._calmly(remove, words)

    def add_file(self, path: Path, name: str, *, progress: Callable[[int, int], None] | None = None) -> list[Added]:
        """See `Adding.file`."""
        return self._adding.file(path, name, progress=progress)

    def add_pasted(self, text: str, *, words: Wording, progress: Callable[[int, int], None] | None = None) -> list[Added]:
        """Store a pasted text, or what is found at a pasted address."""
        if is_address(text):
            return self._adding.address(text.strip(), progress=progress)
        return self._adding.text(text, name=words.library.pasted_name, progress=progress)

    def told(self, added: list[Added], *, words: Wording) -> str:
        """What became of one or several files, a sentence for each article; counts first when there are many."""
        say = words.library
        sentences = [one.sentence(words) for one in added]
        if len(sentences) > 1:
            changes = [one.change.value if one.change else "failed" for one in added]
            counts = {name: changes.count(name) for name in ("added", "updated", "failed")}
            sentences.insert(0, say.summary.format(**counts, known=len(changes) - sum(counts.values())))
        return library_page.notes(sentences[: MOST_NOTES + 1], words=words)

    def nothing_pasted(self, words: Wording) -> str:
        """When the button is pressed over an empty box."""
        return library_page.notes([words.library.nothing_pasted], words=words)

    def examined(self, *, words: Wording) -> str:
        """What is amiss with the library, if anything, and what to do about it."""
        return self._calmly(lambda: self._examined(words), words)

    def _examined(self, words: Wording) -> str:
        say = words.library
        library = self._assistant.library
        found = examine(library, fingerprint=self._assistant.fingerprint)
        infos = {info.id: info for info in library.articles()}
        told = []
        for finding in found:
            concerned = [infos[one] for one in finding.articles if one in infos]
            told.append((say.finding(finding.kind), concerned[:MOST_CONCERNED]))
        return library_page.findings(told, words=words)

    def _shown(self, view: View, words: Wording) -> str:
        library = self._assistant.library
        infos = library.articles()
        if view.opened is None:
            return library_page.listing(infos, view, words=words, waiting=self._waiting())
        info = next((info for info in infos if info.id == view.opened), None)
        try:
            return library_page.article(library.article(view.opened), info, view, words=words) if info else library_page.gone(words)
        except ArticleNotFoundError:
            return library_page.gone(words)

    def _waiting(self) -> set[str]:
        passages = self._assistant.library.missing_vectors(self._assistant.fingerprint, limit=_WAITING_PASSAGES)
        return {passage.article_id for passage in passages}

    def _calmly(self, make: Callable[[], str], words: Wording) -> str:
        try:
            return make()
        except LibraryError as error:
            LOG.warning("the library's tab: %s", error)
            return library_page.notes([words.alone(library_trouble(error))], words=words)
        except Exception:
            LOG.exception("the library's tab failed")
            return library_page.notes([words.alone("library_trouble")], words=words)
