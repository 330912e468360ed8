# SPDX-License-Identifier: Apache-2.0
"""From a homeserver's JSON, or what was inside an encrypted event, to the frozen types of `bots.core.events`.

Pure. Whatever a stranger sends, the answer is an event or None, never an exception.
Only what stands in clear can be state: a `state_key` inside an encrypted event makes nothing but None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from bots.core.events import (
    Media,
    Membership,
    Message,
    MessageKind,
    PollAnswer,
    Reaction,
    Redaction,
    RoomStateChanged,
    Unreadable,
)
from bots.core.matrix import polls
from bots.core.matrix.text import LONGEST_ID, is_identifier, mended
from bots.core.rooms import MembershipState

Said = Message | Reaction | PollAnswer
Decoded = Said | Redaction | Membership | RoomStateChanged
Json = Mapping[str, Any]

# An event is at most 65 536 bytes by the specification; nothing longer gets past here.
LONGEST_TEXT = 65_536
_LONGEST_NAME = 1_000
_MOST_MENTIONS = 100
# MSC3381: what is beyond the first twenty does not count.
_MOST_ANSWERS = 20
_LARGEST = 2**53 - 1  # the largest integer that JSON of Matrix's may hold
_LATEST = 253_402_300_799_000  # the last second of the year 9999, in ms
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a telephone adds to an emoji by itself: how it is drawn, the colour of a skin, and whether it is he or she.
_VARIANTS = re.compile("\ufe0f|[\U0001f3fb-\U0001f3ff]|\u200d[\u2640\u2642]\ufe0f?")
_KINDS = {
    "m.text": MessageKind.TEXT,
    "m.notice": MessageKind.NOTICE,
    "m.emote": MessageKind.EMOTE,
    "m.image": MessageKind.MEDIA,
    "m.file": MessageKind.MEDIA,
    "m.audio": MessageKind.MEDIA,
    "m.video": MessageKind.MEDIA,
}
_QUOTED_REPLY = re.compile(r"^> (?:\* )?<@[^\n]*(?:\n>[^\n]*)*\n*")
_REPLY_BLOCK = re.compile(r"^\s*<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)


class Common(TypedDict):
    """The fields that every event has."""

    room_id: str
    event_id: str
    sender: str
    sent_at: datetime


def decode(room_id: str, raw: Json) -> Decoded | None:
    """An event as the homeserver gave it, in clear. None for what no policy handles, and for what is malformed."""
    common = _common(room_id, raw)
    content, kind = raw.get("content"), raw.get("type")
    if common is None or not isinstance(content, Mapping) or not isinstance(kind, str):
        return None
    if "state_key" in raw:
        return _state(common, kind, raw, content)
    if kind == "m.room.redaction":
        target = _identifier(raw.get("redacts")) or _identifier(content.get("redacts"))
        return Redaction(**common, target=target) if target else None
    return _said(common, kind, content, encrypted=False, authentic=True)


def decode_decrypted(room_id: str, raw: Json, payload: Json, *, authentic: bool) -> Said | None:
    """What was inside the encrypted event `raw`: `payload`, with `type` and `content`.

    `authentic` says whether the sender owns the Megolm session.
    The relation stands in clear, outside; one inside counts only where there is none outside.
    """
    common = _common(room_id, raw)
    content, kind = payload.get("content"), payload.get("type")
    if common is None or "state_key" in payload or not isinstance(content, Mapping) or not isinstance(kind, str):
        return None
    outside = raw.get("content")
    if isinstance(outside, Mapping) and isinstance(outside.get("m.relates_to"), Mapping):
        content = {**content, "m.relates_to": outside["m.relates_to"]}
    return _said(common, kind, content, encrypted=True, authentic=authentic)


def decode_unreadable(room_id: str, raw: Json) -> Unreadable | None:
    """The encrypted event `raw`, which could not be opened, by its ids. None when they are malformed."""
    common, content = _common(room_id, raw), _mapping(raw.get("content"))
    session_id = _identifier(content.get("session_id"))
    return Unreadable(**common, session_id=session_id) if common and session_id else None


def sent_at(raw: Json) -> datetime | None:
    """The event's `origin_server_ts`, UTC, where it is a time at all."""
    stamp = raw.get("origin_server_ts")
    if not isinstance(stamp, int) or isinstance(stamp, bool) or not 0 <= stamp <= _LATEST:
        return None
    return _EPOCH + timedelta(milliseconds=stamp)


def _common(room_id: str, raw: Json) -> Common | None:
    event_id, sender, when = _identifier(raw.get("event_id")), _identifier(raw.get("sender")), sent_at(raw)
    if event_id is None or sender is None or when is None:
        return None
    return Common(room_id=room_id, event_id=event_id, sender=sender, sent_at=when)


def _state(common: Common, kind: str, raw: Json, content: Json) -> Membership | RoomStateChanged | None:
    state_key = raw["state_key"]
    if not (state_key == "" or is_identifier(state_key)) or not is_identifier(kind):
        return None
    if kind != "m.room.member":
        return RoomStateChanged(**common, type=kind, state_key=state_key)
    now, previous = _membership(content), _membership(_previous_content(raw))
    if now is None or now is previous:
        return None
    return Membership(
        **common,
        user=state_key,
        now=now,
        previous=previous,
        display_name=_text(content.get("displayname"), _LONGEST_NAME),
        reason=_text(content.get("reason"), _LONGEST_NAME),
        direct=content.get("is_direct") is True,
    )


def _membership(content: object) -> MembershipState | None:
    value = content.get("membership") if isinstance(content, Mapping) else None
    return MembershipState(value) if isinstance(value, str) and value in list(MembershipState) else None


def _previous_content(raw: Json) -> object:
    unsigned = raw.get("unsigned")
    if isinstance(unsigned, Mapping) and "prev_content" in unsigned:
        return unsigned["prev_content"]
    return raw.get("prev_content")


def _said(common: Common, kind: str, content: Json, *, encrypted: bool, authentic: bool) -> Said | None:
    match kind:
        case "m.poll.response" | "org.matrix.msc3381.poll.response":
            return _poll_answer(common, content, encrypted=encrypted, authentic=authentic)
        case "m.reaction":
            return _reaction(common, content)
        case "m.room.message":
            return _message(common, content, encrypted=encrypted, authentic=authentic)
        case "m.poll.start" | "org.matrix.msc3381.poll.start":
            return _message(common, polls.as_message(content), encrypted=encrypted, authentic=authentic)
        case "m.sticker":
            media = _media({"msgtype": "m.image", **content})
            return Message(
                **common, text="", kind=MessageKind.MEDIA, media=media, encrypted=encrypted, authentic=authentic
            )
    return None


def _poll_answer(common: Common, content: Json, *, encrypted: bool, authentic: bool) -> PollAnswer | None:
    """By the stable name, or the unstable one that today's apps send."""
    relation = _relation(content)
    target = _identifier(relation.get("event_id"))
    unstable = _mapping(content.get("org.matrix.msc3381.poll.response")).get("answers")
    picked = content.get("m.selections", unstable)
    if relation.get("rel_type") != "m.reference" or target is None or not isinstance(picked, list):
        return None
    answers = tuple(answer for answer in picked[:_MOST_ANSWERS] if _identifier(answer))
    return PollAnswer(**common, target=target, answers=answers, encrypted=encrypted, authentic=authentic)


def _reaction(common: Common, content: Json) -> Reaction | None:
    relation = _relation(content)
    target, key = _identifier(relation.get("event_id")), _text(relation.get("key"), LONGEST_ID)
    if relation.get("rel_type") != "m.annotation" or target is None or key is None:
        return None
    key = _VARIANTS.sub("", key)
    return Reaction(**common, target=target, key=key) if key else None


def _message(common: Common, content: Json, *, encrypted: bool, authentic: bool) -> Message | None:
    relation = _relation(content)
    replaces = thread = reply_to = None
    said = content
    if relation.get("rel_type") == "m.replace":
        replaces = _identifier(relation.get("event_id"))
        new = content.get("m.new_content")
        if isinstance(new, Mapping):
            said = new
    else:
        if relation.get("rel_type") == "m.thread":
            thread = _identifier(relation.get("event_id"))
        # A thread's message points at the one before it for old clients; that is no reply.
        if thread is None or relation.get("is_falling_back") is not True:
            reply_to = _identifier(_mapping(relation.get("m.in_reply_to")).get("event_id"))
    body = _text(said.get("body"), LONGEST_TEXT)
    if body is None:
        return None
    place = _text(said.get("geo_uri"), _LONGEST_NAME)
    if place is not None and said.get("msgtype") == "m.location" and place not in body:
        body = f"{body}\n{place}"
    if replaces is not None and said is content:
        body = body.removeprefix("* ")
    if reply_to is not None or replaces is not None:
        body = _QUOTED_REPLY.sub("", body)
    msgtype = said.get("msgtype")
    kind = _KINDS.get(msgtype, MessageKind.TEXT) if isinstance(msgtype, str) else MessageKind.TEXT
    media = _media(said) if kind is MessageKind.MEDIA else None
    if kind is MessageKind.MEDIA and not _has_caption(said):
        body = ""
    users, everyone = _mentions(content)
    return Message(
        **common,
        text=body,
        kind=kind,
        formatted=_formatted(said, is_reply=reply_to is not None or replaces is not None),
        reply_to=reply_to,
        thread=thread,
        replaces=replaces,
        mentions=users,
        mentions_room=everyone,
        media=media,
        encrypted=encrypted,
        authentic=authentic,
    )


def _has_caption(content: Json) -> bool:
    """Since v1.10 `body` is a caption when there is a `filename` besides, and another one."""
    filename = content.get("filename")
    return isinstance(filename, str) and filename != content.get("body")


def _media(content: Json) -> Media:
    information = _mapping(content.get("info"))
    size = information.get("size")
    return Media(
        mimetype=_text(information.get("mimetype"), LONGEST_ID) or "application/octet-stream",
        filename=_text(content.get("filename"), _LONGEST_NAME) or _text(content.get("body"), _LONGEST_NAME) or "",
        size=size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= _LARGEST else 0,
    )


def _formatted(content: Json, *, is_reply: bool) -> str | None:
    """The HTML; of a reply without what it quotes, and of nothing else: apps show it there."""
    if content.get("format") != "org.matrix.custom.html":
        return None
    html = _text(content.get("formatted_body"), LONGEST_TEXT)
    return html if html is None or not is_reply else _REPLY_BLOCK.sub("", html, count=1)


def _mentions(content: Json) -> tuple[frozenset[str], bool]:
    mentions = _mapping(content.get("m.mentions"))
    users = mentions.get("user_ids")
    named = users[:_MOST_MENTIONS] if isinstance(users, list) else []
    return frozenset(user for user in named if _identifier(user)), mentions.get("room") is True


def _relation(content: Json) -> Json:
    return _mapping(content.get("m.relates_to"))


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _identifier(value: object) -> str | None:
    return value if isinstance(value, str) and is_identifier(value) else None


def _text(value: object, longest: int) -> str | None:
    return mended(value[:longest]) if isinstance(value, str) else None
