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
