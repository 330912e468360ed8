# SPDX-License-Identifier: Apache-2.0
"""A bot that does a little of everything, for tests of the runtime, and the small world it lives in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.core.actions import (
    BotName,
    EventRef,
    InPrivateChat,
    InRoom,
    LabelRef,
    Redact,
    Remember,
    Schedule,
    Send,
    Words,
)
from bots.core.bot import Handler
from bots.core.events import Membership, Message, Outcome, Reaction, Tick, Unreadable
from bots.core.language import Catalogue
from bots.core.records import CommunityRoom, Record
from bots.core.rooms import MembershipState, PowerLevels, RoomRole
from bots.core.runtime.run import Running
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transport import MemoryTransport
from bots.welcome.records import Consent, Purpose
from fakes.clock import FakeClock
from fakes.communities import BARE

ORGANISER, ME, OTHER_BOT = "@organiser:x", "@welcome:x", "@moderation:x"
BOTS = frozenset({ME, OTHER_BOT})

CATALOGUE = Catalogue(
    {
        "en": {
            "test.echo": "you said {text}",
            "test.second": "and that was that",
            "test.greet": "hello {name}",
            "test.later": "it is later",
            "test.outcome": "outcome {code}",
            "test.unreadable": "can't read",
            "core.private_chat_name": "Private chat",
            "core.quote_gone": "gone",
            "core.quote_edited": "edited",
        },
        "es": {"test.greet": "hola {name}", "core.private_chat_name": "Chat privado"},
    },
    "en",
)
COMMUNITY = replace(BARE, languages=("en", "es"))


async def no_facts(_event, _reader):
    return None


async def greeted(event, reader):
    record = await reader.get(Consent, event.user, Purpose.GUIDELINES)
    return (record.version if record else 0, event.user in reader.bots)


def echo(event, _facts):
    """Say it back with a button, say a second thing in reply to that, and take `!gone` out of the room."""
    if event.text == "boom":
        raise RuntimeError(event.text)
    actions = [
        Send(
            why="t.echo",
            place=InRoom(event.room_id),
            parts=(Words("test.echo", {"text": event.text}),),
            label=f"echo:{event.event_id}",
            buttons=("👍",),
        ),
        Send(
            why="t.second",
            place=InRoom(event.room_id),
            parts=(Words("test.second"),),
            reply_to=LabelRef(f"echo:{event.event_id}"),
        ),
    ]
    if event.text == "half":
        actions[1] = replace(actions[1], parts=(Words("test.echo", {"text": object()}),))
    if event.text == "!gone":
        actions.append(
            Redact(why="t.gone", room_id=event.room_id, event_id=event.event_id, sender=event.sender, follow_up=True)
        )
    return tuple(actions)


def greet(event, facts):
    count, is_bot = facts
    if event.now is not MembershipState.JOIN or is_bot:
        return ()
    return (
        Remember(
            why="t.greet",
            record=Consent(user=event.user, purpose=Purpose.GUIDELINES, version=count + 1, agreed_at=event.sent_at),
        ),
        Send(
            why="t.greet",
            place=InPrivateChat(event.user, open=True),
            parts=(Words("test.greet", {"name": event.user}),),
        ),
    )


def plan(event, _facts):
    if event.text != "!later":
        return ()
    at = event.sent_at + timedelta(hours=1)
    return (Schedule(why="t.later", id="later", kind="later", at=at, payload={"room_id": event.room_id}),)


def later(event, _facts):
    room_id = str(event.payload["room_id"])
    return (Send(why="t.later", place=InRoom(room_id), parts=(Words("test.later"),)),)


def outcome(event, _facts):
    words = Words("test.outcome", {"code": event.errcode or "none"})
    return (Send(why="t.outcome", place=InRoom(event.action.room_id), parts=(words,)),)


def unreadable(event, _facts):
    place = InRoom(event.room_id)
    return (
        Send(why="t.unreadable", place=place, parts=(Words("test.unreadable"),), reply_to=EventRef(event.event_id)),
    )


async def tapped_on(event, reader):
    return await reader.label(event.target)


def tapped(event, label):
    """Say under which label the event was sent that somebody reacted to."""
    words = Words("test.echo", {"text": f"{event.key} on {'nothing' if label is None else 'an echo'}"})
    return (Send(why="t.tapped", place=InRoom(event.room_id), parts=(words,)),)


@dataclass(frozen=True)
class Parrot:
    name: BotName = BotName.WELCOME
    display_name: str = "test.second"
    handlers: tuple[Handler, ...] = (
        Handler(Message, no_facts, echo),
        Handler(Message, no_facts, plan),
        Handler(Membership, greeted, greet),
        Handler(Tick, no_facts, later),
        Handler(Outcome, no_facts, outcome),
        Handler(Unreadable, no_facts, unreadable),
        Handler(Reaction, tapped_on, tapped),
    )
    records: tuple[type[Record], ...] = (Consent,)


@dataclass
class World:
    """A lobby with the parrot, a moderation bot and Anna in it."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    bot: Parrot = field(default_factory=Parrot)

    def __post_init__(self):
        self.homeserver = MemoryHomeserver(self.clock.now)
        levels = PowerLevels(users={ME: 60, OTHER_BOT: 60, "@mo:x": 50})
        self.lobby = self.homeserver.create_room(ORGANISER, join_rule="public", power_levels=levels)

    async def apply(self):
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            await transaction.remember(CommunityRoom(room_id=self.lobby, role=RoomRole.LOBBY))

    def running(self, *, wrap_store=lambda s: s, wrap_transport=lambda t: t, **kwargs) -> Running:
        return Running(
            bot=self.bot,
            transport=wrap_transport(MemoryTransport(self.homeserver, ME)),
            store=wrap_store(self.store),
            community=COMMUNITY,
            catalogue=CATALOGUE,
            bots=BOTS,
            organiser=ORGANISER,
            clock=self.clock,
            random=lambda: 0.0,
            **kwargs,
        )

    def said(self, room_id: str | None = None, by: str = ME) -> list[str]:
        """What the parrot said, in order, by room (everywhere: None)."""
        return [
            entry.event.text
            for entry in self.homeserver.stream
            if isinstance(entry.event, Message) and entry.event.sender == by and room_id in (None, entry.event.room_id)
        ]


async def settle(running: Running, turns: int = 50) -> None:
    """Take steps until nothing happens any more."""
    for _ in range(turns):
        if not await running.step():
            return
    raise AssertionError("it never came to rest")
