# SPDX-License-Identifier: Apache-2.0
"""What came in: the handful of frozen types that every bot sees.

`bots.core.matrix.decode` is the only maker of the Matrix ones,
so edits, replies, threads, captions and reactions look the same to a policy whether they were encrypted or not.
Nothing here does I/O or reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bots.core.actions import Action
from bots.core.rooms import MembershipState

# The code of the outcome of an action that was not carried out because what asked for it is only observed.
OBSERVED = "KITHROOM_OBSERVED"


# How the id of a `Membership` begins that stands for somebody who was in a room before the bot came to it.
PRESENT = "$present-"


class MessageKind(StrEnum):
    """The `msgtype`s a policy tells apart."""

    TEXT = "text"
    NOTICE = "notice"
    EMOTE = "emote"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event from a room has.

    `sent_at` is the homeserver's `origin_server_ts` (UTC): a claim by a server, good for order and age, not for proof.
    """

    room_id: str
    event_id: str
    sender: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An image, file, audio or video, encrypted or not; the bytes are not here."""

    mimetype: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """Something said: text, a notice, a caption, or an edit of one.

    `text` is plain, without the quoted part of a reply and without the `* ` of an edit;
    for media it is the caption, or empty.
    `replaces` names the event that this one edits: an edit is assessed like a new message.
    `authentic` is true when the sender owns the Megolm session that carried it (or the room is not encrypted):
    a command from a message that is not authentic is not a command.
    `edited` is only ever true of one that was asked for by its id: it reads as its sender's last edit left it.
    `late` that its key came after others had been answered: it may speak of what was so when it was sent.
    """

    text: str
    kind: MessageKind = MessageKind.TEXT
    formatted: str | None = None
    reply_to: str | None = None
    thread: str | None = None
    replaces: str | None = None
    mentions: frozenset[str] = frozenset()
    mentions_room: bool = False
    media: Media | None = None
    encrypted: bool = False
    authentic: bool = True
    edited: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Event):
    """An `m.annotation` on another event. `key` has no variation selector (U+FE0F), skin tone or gender left in it."""

    target: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswer(Event):
    """Somebody's answer to the poll `target` (MSC3381): the ids that they picked, an empty one to take it back.

    Unlike a reaction it is encrypted. `authentic` as in `Message`.
    """

    target: str
    answers: tuple[str, ...]
    encrypted: bool = False
    authentic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction(Event):
    """`sender` took back the event `target`."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Event):
    """`user` went from `previous` to `now` in the room; `sender` is who did it (often the same person).

    A change of display name alone is not a membership change and never becomes one of these.
    `reason` is plain text that every server in the room can read.
    """

    user: str
    now: MembershipState
    previous: MembershipState | None = None
    display_name: str | None = None
    reason: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomStateChanged(Event):
    """A state event other than a membership changed, in clear; the `RoomView` holds the new value."""

    type: str
    state_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Event):
    """An encrypted event whose key has not come.

    Kept by ids, tried again when the key comes (and then delivered as what it is), never held against its sender.
    `withheld` is the code of `m.room_key.withheld`, where the sender's client gave one.
    """

    session_id: str
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Event):
    """A report that came through the homeserver's own report button.

    `sender` is the reporter, `report_id` the homeserver's number for it. It is about the event `target`,
    or about a person, `user`, and then in no room: `room_id` is empty.
    """

    report_id: int
    target: str | None
    user: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesChanged(Event):
    """The devices of `sender`, or what their own identity says of them, are not what they were. In no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The bot runs, and has heard its homeserver: once a process, before anything else is decided by the clock.

    `mistakes` are what is wrong with the organiser's settings, a sentence each;
    then the bot goes on with those that were right the last time, at `settings_of`.
    """

    at: datetime
    mistakes: tuple[str, ...] = ()
    settings_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The bot is in a room no more: it went, or was removed or banned."""

    room_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something that was scheduled is due.

    `id` is what `Schedule` gave it; `due_at` when it should have come; `payload` what was put by, as JSON values.
    """

    id: str
    kind: str
    due_at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an action that asked for a `follow_up`.

    `errcode` is Matrix's (`M_FORBIDDEN`, `M_INVITE_BLOCKED` …) or one of ours (`KITHROOM_REFUSED` when a hard
    invariant stopped it, `KITHROOM_NO_PRIVATE_CHAT` when there is no agreed chat to speak in), and `None` on success.
    `error` is the sentence that came with it, never a member's words.
    `result` is what came of it: the id of the event that was sent or of the room that was joined, the words that were
    read, what a page answered.
    """

    id: str
    action: Action
    ok: bool
    errcode: str | None = None
    error: str | None = None
    result: str | None = None


AnyEvent = (
    Message
    | Reaction
    | PollAnswer
    | Redaction
    | Membership
    | RoomStateChanged
    | Unreadable
    | Report
    | DevicesChanged
    | Started
    | Left
    | Tick
    | Outcome
)
