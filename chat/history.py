"""Earlier conversations: the list beside the page, and whole ones to take away as Markdown or JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chat import wording
from chat.limits import of_turn
from chat.references import plain_markdown
from chat.rendering import button, clip, escaped, limits_note, said, shown
from chat.wording import Wording
from corpus.conversations import ConversationInfo, StoredTurn
from corpus.errors import AnswerFormatError, LibraryError
from corpus.library import Library
from qa.results import Answer

LOG = logging.getLogger("yuanwen.chat")

LISTED = 100
"""Conversations in the list, the latest ones."""
PATH = "conversations"
"""Under the page's own address, where they are handed out."""


def side_list(library: Library, *, current: str | None, asked_about: str | None, wording: Wording) -> str:
    """The latest conversations with what can be done with them.

    Args:
        library: that keeps them.
        current: the one on the page.
        asked_about: the one whose removal is to be confirmed.
        wording: in the language of the interface.
    """
    try:
        infos = library.conversations(limit=LISTED)
    except LibraryError as error:
        LOG.warning("the conversations could not be listed: %s", error)
        infos = []
    if not infos:
        return f'<div class="yw-history">{said(wording.no_conversations, "p", wording)}</div>'
    rows = "".join(f"<li>{_row(info, info.id == current, info.id == asked_about, wording)}</li>" for info in infos)
    return f'<div class="yw-history"><ul>{rows}</ul></div>'


def _row(info: ConversationInfo, current: bool, asked_about: bool, wording: Wording) -> str:
    title = shown(clip(info.title, 60), "span", name="yw-past-title")
    when = shown(f"{info.last.astimezone():%Y-%m-%d %H:%M}", "time")
    turns = said(wording.turns.format(count=info.turns), "span", wording)
    name = "yw-do yw-past yw-current" if current else "yw-do yw-past"
    opens = f'<button type="button" class="{name}" value="reopen {escaped(info.id)}">{title}<small>{when} {turns}</small></button>'
    if asked_about:
        sure = said(wording.delete_sure, "span", wording)
        yes, no = button(wording.delete_yes, f"forget {info.id}", wording), button(wording.delete_no, "keep", wording)
        return f'{opens}<p class="yw-past-does">{sure}{yes}{no}</p>'
    links = "".join(
        f'<a href="{PATH}/{escaped(info.id)}.{suffix}" download target="_self">{said(name, "span", wording)}</a>'
        for suffix, name in (("md", "Markdown"), ("json", "JSON"))
    )
    return f'{opens}<p class="yw-past-does">{links}{button(wording.delete, f"delete {info.id}", wording)}</p>'


def as_markdown(info: ConversationInfo, turns: Sequence[StoredTurn], *, wording: Wording) -> str:
    """A conversation to keep or to send on: questions, answers, and each answer's sentence with its source."""
    lines = [f"# {plain_markdown(info.title)}", ""]
    for turn in turns:
        lines += [f"## {plain_markdown(' '.join(turn.question.split()))}", "", f"{turn.asked_at.astimezone():%Y-%m-%d %H:%M}", ""]
        try:
            if limits := of_turn(turn):
                lines += [plain_markdown(limits_note(limits, wording)), ""]
            lines += _answer_lines(Answer.from_dict(turn.answer), wording)
        except AnswerFormatError:
            lines += [wording.turn_unreadable, ""]
    return "\n".join(lines).rstrip() + "\n"


def _answer_lines(answer: Answer, wording: Wording) -> list[str]:
    if not answer.found:
        return [wording.not_found, ""]
    lines = []
    for number, item in enumerate(answer.answers, 1):
        text = plain_markdown(" ".join(item.text.split()))
        lines += [f"{number}. **{text}** ({wording.sure(item.confidence)}, {item.confidence:.0%})", ""]
        for place in (*item.citations, *item.also):
            lines += [f"   > {plain_markdown(line)}" for line in place.quote.split("\n") if line.strip()]
            said_of = [plain_markdown(" ".join(place.title.split())), *([place.published.isoformat()] if place.published else [])]
            lines += ["   >", f"   > — {', '.join(said_of)}", ""]
    return lines


def as_json(info: ConversationInfo, turns: Sequence[StoredTurn]) -> str:
    """A conversation as data: its answers as `Answer.to_dict` gave them, with what the question was limited to."""
    plain: dict[str, Any] = {
        "title": info.title,
        "started": info.started.isoformat(),
        "last": info.last.isoformat(),
        "turns": [{"question": turn.question, "asked_at": turn.asked_at.isoformat(), "answer": turn.answer} for turn in turns],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def download_route(library: Library) -> Route:
    """Hands out ``conversations/ID.md`` and ``conversations/ID.json``."""

    def download(request: Request) -> Response:
        name, _, suffix = str(request.path_params["name"]).rpartition(".")
        words = wording.for_header(request.headers.get("accept-language"))
        kinds = {"md": "text/markdown; charset=utf-8", "json": "application/json"}
        if suffix not in kinds:
            return Response(status_code=404)
        try:
            info = library.find_conversation(name)
            turns = library.conversation(info.id)
        except LibraryError as error:
            LOG.info("a conversation was not handed out: %s", error)
            return Response(words.conversation_gone, status_code=404, media_type="text/plain; charset=utf-8")
        content = as_markdown(info, turns, wording=words) if suffix == "md" else as_json(info, turns)
        file_name = f"yuanwen-{info.last.astimezone():%Y%m%d-%H%M}-{info.id[:8]}.{suffix}"
        return Response(
            content,
            media_type=kinds[suffix],
            headers={"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"},
        )

    return Route(f"/{PATH}/{{name}}", download, methods=["GET"])
