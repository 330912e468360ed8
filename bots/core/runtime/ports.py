# SPDX-License-Identifier: Apache-2.0
"""What the runtime asks of others, as protocols: the part of `bots.core.store` that it uses, and who is where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bots.core.actions import Audit, BotName, Place
from bots.core.events import Tick, Unreadable
from bots.core.language import Manner
from bots.core.records import Holding, Record
from bots.core.rooms import RoomView

R = TypeVar("R", bound=Record)


class StoreAwayError(Exception):
    """The database can't be used at the moment: its disk is full, it starts anew, somebody else keeps it locked.

    What was to be read or written in it is as it was; the same may well succeed later.
    """


def what_failed(error: Exception) -> dict[str, str]:
    """An error for the log: its kind, and of a database that is away why it is."""
    return {"error_type": type(error).__name__} | ({"detail": str(error)} if isinstance(error, StoreAwayError) else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A row of the outbox. `asked_by` is the bot that decided; `created_at` when it did."""

    transaction_id: str
    asked_by: BotName
    place: str
    priority: int
    not_before: datetime | None
    created_at: datetime
    payload: Mapping[str, Any]


class Transaction(Protocol):
    """One transaction of one bot. Times are UTC."""

    @property
    def now(self) -> datetime:
        """When it began, by the clock of whoever began it."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What is written inside is undone if it raises; what was written before stays."""

    def pseudonym(self, user: str) -> str:
        """The keyed hash of a user id."""

    async def get(self, record: type[R], *key: object) -> R | None:
        """The record with this key; `Hashed` and `Person` keys are given as user ids."""

    async def find(self, record: type[R], **where: object) -> Sequence[R]:
        """The records whose fields equal `where`, oldest first."""

    async def remember(self, record: Record) -> None:
        """Write a record, in place of one with the same key."""

    async def forget(self, record: type[Record], *key: object) -> None:
        """Delete a record."""

    async def erase(self, user: str) -> None:
        """Delete everything about a user, in every bot's tables, that its duty does not keep."""

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about a user, in every bot's tables; without the names of other people."""

    async def audit(self, entry: Audit) -> None:
        """Add a line to the audit log."""

    async def audit_counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind the audit log has from `since` on, before `until`."""

    async def audit_end(self) -> str:
        """The last line of the audit log, by its number and the beginning of its hash: `120:3f2a…`."""

    async def next_number(self, series: str) -> int:
        """The next number of a series, from 1."""

    async def position(self, name: str) -> str | None:
        """How far this bot has come in a stream (`sync`, `reports`)."""

    async def set_position(self, name: str, value: str) -> None:
        """Write down how far."""

    async def seen(self, source: str) -> bool:
        """Whether this bot has decided on an event before."""

    async def mark_seen(self, source: str) -> bool:
        """Write down that this bot has decided on the event. Gives whether that is news."""

    async def label(self, event_id: str) -> str | None:
        """The label of the send that made an event."""

    async def event_id(self, label: str) -> str | None:
        """The event that the send with this label made."""

    async def set_label(self, label: str, event_id: str) -> None:
        """Keep which event a labelled send made."""

    async def enqueue(
        self,
        voice: BotName,
        *,
        transaction_id: str,
        place: str,
        priority: int,
        not_before: datetime | None,
        payload: Mapping[str, Any],
    ) -> None:
        """Put an action into the outbox of `voice`; one with this transaction id is there once."""

    async def waiting_ids(self) -> Sequence[str]:
        """The transaction ids of the outbox of the transaction's bot, oldest first."""

    async def waiting(self, of: Collection[str] | None = None) -> Sequence[Waiting]:
        """The outbox of the transaction's bot, oldest first; only these transaction ids, if some are named."""

    async def waiting_at(self, place: str) -> Sequence[Waiting]:
        """What of the outbox is for this place, oldest first."""

    async def done(self, transaction_id: str) -> None:
        """Delete the row."""

    async def schedule(
        self, id_: str, kind: str, at: datetime, payload: Mapping[str, object], *, bot: BotName | None = None
    ) -> None:
        """Put a tick by, in place of one with this id; for another bot, if one is named."""

    async def cancel(self, id_: str, *, due_at: datetime | None = None) -> bool:
        """No tick with this id (and due at that time, if one is named). Gives whether there was one."""

    async def due(self, now: datetime) -> Sequence[Tick]:
        """The ticks that are due, earliest first. They stay until cancelled."""

    async def next_due(self) -> datetime | None:
        """When the earliest tick is due."""

    async def expire(self) -> int:
        """Delete what is past its retention, in every table. Gives the number of rows."""

    async def keep_unreadable(self, event: Unreadable) -> None:
        """Keep the ids of an event without a key."""

    async def unreadable(self, room_id: str, session_id: str) -> Sequence[Unreadable]:
        """Those of one session, oldest first."""

    async def drop_unreadable(self, event_id: str) -> bool:
        """It has been read. Gives whether it was still kept: else somebody has read it meanwhile."""


class Store(Protocol):
    """The database of a community. Whatever is done with it raises StoreAwayError while it is away."""

    def transaction(self, bot: BotName, now: datetime) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end; an exception undoes it all. Those of one bot come one after the other."""

    def reading(self, bot: BotName, now: datetime) -> AbstractAsyncContextManager[Transaction]:
        """To look something up, without waiting for anybody who writes; nothing may be written in it."""


class Directory(Protocol):
    """What `Live` has to look up."""

    async def private_chat(self, user: str) -> str | None:
        """The room id of the welcome bot's chat with this person."""

    async def remember_private_chat(self, user: str, room_id: str) -> None:
        """Write down where the chat with this person is."""

    async def agreed_words(self, user: str, room_id: str) -> str | None:
        """The event id of the line that this person agreed to having said for them in a room."""

    async def event_id(self, label: str, voice: BotName | None = None) -> str | None:
        """The event that the `Send` with this label made, by the bot with this voice (None: by this one)."""

    async def view(self, room_id: str) -> RoomView | None:
        """The room as the homeserver says it is, with its place in the community; None when the bot is not in it."""

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about this person, in every bot's tables."""

    async def marker(self, user: str) -> str:
        """An opaque name for the private chat with this person, the same each time."""

    async def manner(self, place: Place, view: RoomView | None = None) -> Manner:
        """How one speaks in a place; `view` is the room, if it has just been looked up."""
