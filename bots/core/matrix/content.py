# SPDX-License-Identifier: Apache-2.0
"""What a bot sends, as Matrix event content. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.core.transport import Outgoing, OutgoingFile


def message_content(message: Outgoing) -> dict[str, Any]:
    """The content of an `m.room.message`: both forms of the text, and always `m.mentions`, lest somebody be pinged.

    In a thread, a message that replies to nothing still points at the thread's root, for clients without threads.
    """
    content: dict[str, Any] = {
        "msgtype": "m.notice" if message.notice else "m.text",
        "body": message.rendered.body,
        "format": "org.matrix.custom.html",
        "formatted_body": message.rendered.html,
        "m.mentions": {"user_ids": list(message.mentions)} if message.mentions else {},
    }
    if message.replaces is not None:
        return _edit_content(content, message.replaces)
    if message.thread is not None:
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": message.thread,
            "is_falling_back": message.reply_to is None,
            "m.in_reply_to": {"event_id": message.reply_to or message.thread},
        }
    elif message.reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": message.reply_to}}
    return content


def _edit_content(content: dict[str, Any], replaced: str) -> dict[str, Any]:
    """An edit: the new words, and the same with a star for apps that know no edits."""
    return {
        **content,
        "body": f"* {content['body']}",
        "formatted_body": f"* {content['formatted_body']}",
        "m.new_content": content,
        "m.relates_to": {"rel_type": "m.replace", "event_id": replaced},
    }


# The name that the apps of today know; they read the stable one, `m.poll.start`, as well or not at all.
POLL_START = "org.matrix.msc3381.poll.start"
_TEXT = "org.matrix.msc1767.text"


def poll_content(message: Outgoing) -> dict[str, Any]:
    """The content of a poll (MSC3381), under its stable and its unstable names: one answer, and nobody's shown."""
    question, choices = message.rendered.body, tuple(enumerate(message.choices, start=1))
    fallback = "\n".join((question, *(f"{number}. {text}" for number, text in choices)))
    return {
        POLL_START: {
            "kind": "org.matrix.msc3381.poll.undisclosed",
            "max_selections": 1,
            "question": {_TEXT: question},
            "answers": [{"id": str(number), _TEXT: text} for number, text in choices],
        },
        _TEXT: fallback,
        "m.poll": {
            "kind": "m.undisclosed",
            "max_selections": 1,
            "question": {"m.text": [{"body": question}]},
            "answers": [{"m.id": str(number), "m.text": [{"body": text}]} for number, text in choices],
        },
        "m.text": [{"body": fallback}],
        "m.mentions": {},
    }


def file_content(file: OutgoingFile, encrypted: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an `m.room.message` that carries a file; `encrypted` says where it lies and what opens it."""
    return {
        "msgtype": "m.file",
        "body": file.name,
        "filename": file.name,
        "info": {"mimetype": file.mimetype, "size": len(file.content)},
        "file": dict(encrypted),
        "m.mentions": {},
    }


def reaction_content(event_id: str, key: str) -> dict[str, Any]:
    """The content of an `m.reaction`."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}
