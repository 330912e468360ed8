# SPDX-License-Identifier: Apache-2.0
"""The door to the homeserver: what the runtime may ask of it, whoever stands behind it.

`bots.core.matrix` is the real one. `tests/fakes` has one in memory; `tests/contract` holds both to the same promises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bots.core.events import AnyEvent, Message, Unreadable
from bots.core.language import Rendered
from bots.core.metadata import Tells
from bots.core.rooms import MembershipState, RoomView

OUR_OWN = "KITHROOM_"
"""How the codes begin that no homeserver gave."""
_PASSES = frozenset({408, 429})
_REFUSED, _SERVER_ERROR = 400, 500


class TransportError(Exception):
    """The homeserver said no, or did not answer.

    `errcode` is Matrix's, or one of ours (`KITHROOM_UNREACHABLE`).
    `retry_after` (seconds) is set when the homeserver named a time.
    `retryable` says whether the same request may succeed later (429, 5xx, no answer).
    The text never holds what a member wrote.
    """

    def __init__(
        self, errcode: str, message: str, *, status: int = 0, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{errcode}: {message}")
        self.errcode = errcode
        self.message = message
        self.status = status
        self.retryable = retryable
        self.retry_after = retry_after

    @property
    def may_stay(self) -> bool:
        """Whether it may be this very request that can't be carried out, now or ever.

        Not so when nobody answered, or a proxy did whose homeserver is away, or when it was "slow down":
        that goes for whatever is asked, and passes.
        """
        gateways = self.status > _SERVER_ERROR and self.errcode.startswith(OUR_OWN)
        return not self.retryable or (self.status >= _REFUSED and self.status not in _PASSES and not gateways)


class TokenRevokedError(TransportError):
    """The access token is no longer good: stop, and say so."""


class NotReadyError(TransportError):
    """The message would not be readable yet (the person has no device with keys); try again when devices change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncBatch:
    """One sync response, decrypted, back-filled and decoded.

    `events` are in room order, rooms interleaved by nothing in particular; the bot's own events are not among them,
    except that `own` maps transaction ids to the event ids they made.
    `keys_came` are (room id, session id) of Megolm sessions that this response brought.
    `devices_changed` are the users whose devices changed; `left` the rooms the bot is no longer in.
    `initial` is true for a first sync without a token: what it holds happened before the bot was here.
    `room_ids` are the rooms that the events are from: their views are loaded.
    """

    next_batch: str
    events: Sequence[AnyEvent] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    keys_came: frozenset[tuple[str, str]] = frozenset()
    devices_changed: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    initial: bool = False
    room_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to send. `thread` and `reply_to` are event ids; `mentions` the only people notified.

    `shared_history`: the organiser lets newcomers to the room read it later, if the room is so set.
    `choices` make it a poll with these answers, to the question that `rendered` is.
    `replaces` makes it the edit of the bot's own message with this event id; it is then no reply and in no thread.
    """

    rendered: Rendered
    reply_to: str | None = None
    thread: str | None = None
    mentions: tuple[str, ...] = ()
    notice: bool = True
    choices: tuple[str, ...] = ()
    shared_history: bool = False
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """A file to send."""

    name: str
    mimetype: str
    content: bytes


class ReportKind(StrEnum):
    """What an app's own report button can be about, as far as a homeserver tells of it."""

    EVENT = "event"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeserverReport:
    """What somebody reported with their app's own button: a message (`room_id`, `event_id`), or a person (`user`).

    `number` is the homeserver's, one series a kind. `reason` is in the reporter's words.
    """

    kind: ReportKind
    number: int
    reporter: str
    at: datetime
    room_id: str | None = None
    event_id: str | None = None
    user: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/healthz` and `/metrics` tell about the Matrix side. `None`: not known yet."""

    cross_signed: bool | None = None
    one_time_keys: int | None = None
    fallback_key: bool | None = None
    decrypted: int = 0
    undecryptable: int = 0


class Transport(Protocol):
    """One logged-in, cross-signed device. All methods raise `TransportError`; none blocks the event loop."""

    @property
    def user_id(self) -> str:
        """Whose device it is."""

    @property
    def health(self) -> Health:
        """The state of the device's keys, and counts since start."""

    async def sync(self, since: str | None, *, timeout_ms: int) -> SyncBatch:
        """What came after `since`. Crypto state is on disk before this returns; nothing else is kept.

        The same `since` again gives the same events again.
        """

    def room(self, room_id: str) -> RoomView | None:
        """The room as the homeserver says it is, as of the last batch; None before it was loaded, or when not in it."""

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it says so and they were asked about."""

    def joined_rooms(self) -> frozenset[str]:
        """The ids of the rooms the bot is in, as of the last batch."""

    async def load_rooms(self, room_ids: frozenset[str]) -> None:
        """Fetch the state of these rooms where it is not known yet, so that `room` answers."""

    async def retry(self, unreadable: Unreadable) -> Message | None:
        """Fetch and decrypt again an event that could not be read; None while the key is still missing."""

    async def event(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, as the sender's last edit left it; None when it is gone, redacted or unreadable."""

    async def as_written(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, if it is still what its sender last wrote there.

        None when it, or the message that it is an edit of, is gone, redacted or unreadable, or was edited since.
        """

    async def file_tells(self, room_id: str, event_id: str) -> frozenset[Tells]:
        """What the file of a message, or the picture in a membership, says of who took it and where.

        Nothing, where there is none, or it is too large. It is fetched and opened in memory, and kept nowhere.
        """

    async def event_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event; None when the homeserver does not know it."""

    async def withheld(self, room_id: str, session_id: str) -> str | None:
        """The code with which a sender's client withheld this session's key, if it did."""

    async def send(self, room_id: str, message: Outgoing, transaction_id: str) -> str:
        """Send, encrypted if the room is (or ever was); everybody in the room has the key first. Gives the event id.

        Raises `NotReadyError` when nobody but bots could read it.
        """

    async def send_file(self, room_id: str, file: OutgoingFile, transaction_id: str) -> str:
        """Send a file, encrypted, into an encrypted room. Gives the event id. Refuses any other room."""

    async def react(self, room_id: str, event_id: str, key: str, transaction_id: str) -> str:
        """React with an emoji. Gives the event id."""

    async def redact(self, room_id: str, event_id: str, transaction_id: str) -> None:
        """Redact, without a reason."""

    async def invite(self, room_id: str, user: str) -> None:
        """Invite."""

    async def membership(self, room_id: str, user: str) -> MembershipState | None:
        """The user's membership by the homeserver's word at this moment; None when they never had one."""

    async def inviter(self, room_id: str, user: str) -> str | None:
        """Who invited the user to the membership that they have now, by the homeserver's word at this moment.

        None for somebody who is not in the room, who came in without an invitation, or of whom it is not known.
        """

    async def share_history(self, room_id: str, user: str, since: datetime) -> int | None:
        """Give the user's cross-signed devices, asked for anew, the keys of what the room shares of its past.

        Only what was said since `since`, and only keys whose senders let newcomers have them.
        Gives how many devices can fetch them now; None where there is nothing to give. Safe to repeat.
        Raises for a room that shares nothing.
        """

    async def kick(self, room_id: str, user: str) -> None:
        """Kick, without a reason."""

    async def ban(self, room_id: str, user: str) -> None:
        """Ban, without a reason."""

    async def unban(self, room_id: str, user: str) -> None:
        """Unban."""

    async def set_power(self, room_id: str, user: str, level: int | None) -> None:
        """Set one user's level, reading the rest from the homeserver at that moment."""

    async def set_topic(self, room_id: str, topic: str) -> None:
        """Set the room's topic, which is never encrypted; an empty one takes it away."""

    async def set_join_rule(self, room_id: str, rule: str) -> None:
        """Say who may join: "public" or "invite"."""

    async def shut_out(self, room_id: str, shut: Sequence[str], let_in: Sequence[str]) -> None:
        """Change who is shut out by the room's access list; the rest of it stays as it is at that moment."""

    async def put_rule(self, room_id: str, kind: str, state_key: str, content: Mapping[str, Any]) -> None:
        """Write a rule of a policy list: the state event of this type and key."""

    async def take_rule(self, room_id: str, kind: str, state_key: str) -> None:
        """Empty it, and redact what it said before. What never stood there counts as taken. Safe to repeat."""

    async def join(self, room_id: str, via: Sequence[str] = ()) -> str:
        """Accept an invitation, or enter a public room, by its id or its alias; `via` are servers that know it.

        Gives the room's id.
        """

    async def leave(self, room_id: str) -> None:
        """Leave and forget."""

    async def create_private_chat(self, user: str, marker: str, name: str) -> str:
        """The encrypted room with `user`: the one that carries `marker` if there is one, else a new one.

        Safe to repeat: `marker` (opaque, unique per person) is in the room's create event. Gives the room id.
        """

    async def reports(self, kind: ReportKind, after: int) -> Sequence[HomeserverReport]:
        """The homeserver's own reports with a number above `after`, in the order of their numbers.

        Some that were told of before may be among them. Empty where nobody may read them for the bot.
        """

    async def close(self) -> None:
        """Stop; the crypto store is on disk."""
