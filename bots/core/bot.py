# SPDX-License-Identifier: Apache-2.0
"""How a bot says which events it handles.

A handler has two halves. `gather` reads what the decision needs (records, the clock, the room) through a `Reader`
and may not change anything. `decide` is pure: the same event, facts and settings give the same actions, always.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from bots.core.actions import Action, BotName
from bots.core.events import AnyEvent
from bots.core.records import Holding, Record
from bots.core.rooms import RoomRole, RoomView

E = TypeVar("E")
F = TypeVar("F")
R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Reader(Protocol):
    """What `gather` may look at: one consistent view, inside the deciding transaction."""

    @property
    def now(self) -> datetime:
        """The time of this decision, UTC."""

    @property
    def me(self) -> str:
        """The user id of the bot itself."""

    @property
    def bots(self) -> frozenset[str]:
        """The user ids of all of the community's bots, this one included."""

    def room(self, room_id: str) -> RoomView | None:
        """The room as the homeserver says it is; None for a room that the bot is not in."""

    def rooms(self, role: RoomRole) -> tuple[RoomView, ...]:
        """The community's rooms of this role that the bot is in, in the order of the settings."""

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it is known."""

    def pseudonym(self, user: str) -> str:
        """The keyed hash under which a `Hashed` field keeps this user id."""

    async def get(self, record: type[R], *key: object) -> R | None:
        """The record with this key. Keys of `Hashed` and `Person` fields are given as user ids."""

    async def find(self, record: type[R], **where: object) -> Sequence[R]:
        """The records whose fields equal `where`, oldest first. `Sealed` fields can't be searched."""

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about a user, in every bot's tables; without the names of other people."""

    async def label(self, event_id: str) -> str | None:
        """The label of the `Send` that made this event, if this bot said it and gave it one."""

    async def event_id(self, label: str) -> str | None:
        """The event that the `Send` with this label made, if it has been sent."""

    async def audit_counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind the audit log has from `since` on, before `until`."""

    async def audit_end(self) -> str:
        """The last line of the audit log, by its number and the beginning of its hash: `120:3f2a…`."""

    async def next_number(self, series: str) -> int:
        """The next number of a series (case numbers), starting at 1; taken when the decision commits."""

    async def waiting(self) -> int:
        """How many actions of this bot wait to be carried out."""

    async def about_to_say(self, user: str) -> Sequence[str]:
        """The labels of what this bot is about to say to somebody in private: nobody can have answered that yet."""

    async def message_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event, by the homeserver's word; None when it is unknown there or gone.

        Answers for the events that a handler's `target` named beforehand: nothing waits for a network in here.
        """

    async def aside(self, work: Callable[[], T]) -> T:
        """What `work` gives. It computes on a thread, so that the sync loop and what is being sent go on meanwhile."""


@dataclass(frozen=True)
class Handler(Generic[E, F]):
    """One kind of event, the facts its decision needs, and the decision.

    `target` names the event id whose sender `gather` will ask for: in the same room, or in the one that a tick's
    payload names as `room_id`.
    """

    event: type[E]
    target: Callable[[E], str | None] = field(default=lambda _: None, kw_only=True)
    gather: Callable[[E, Reader], Awaitable[F]]
    decide: Callable[[E, F], tuple[Action, ...]]


class Bot(Protocol):
    """One of the three. Handlers for one event run in order; each sees what the ones before it remembered."""

    @property
    def name(self) -> BotName:
        """Which voice."""

    @property
    def display_name(self) -> str:
        """The catalogue key of what stands beside its messages, in an account that nobody named."""

    @property
    def handlers(self) -> Sequence[Handler[AnyEvent, object]]:
        """What it does."""

    @property
    def records(self) -> Sequence[type[Record]]:
        """What it keeps."""
