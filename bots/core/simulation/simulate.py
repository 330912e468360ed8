# SPDX-License-Identifier: Apache-2.0
"""What would the bots do? Their real handlers, run on a transcript, on a homeserver and a store in memory.

Nothing here touches a network or a disk. People accept every invitation at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bots.core.actions import Action, Bookkeeping, BotName, Edit, InPrivateChat, InRoom, Outward, Redact, Send, Words
from bots.core.bot import Bot
from bots.core.community import Community
from bots.core.events import Message
from bots.core.homeserver.desired import BOT_POWER, Cast, desired_rooms
from bots.core.language import Catalogue, Manner
from bots.core.records import CommunityRoom, PrivateChat
from bots.core.rooms import MembershipState, PowerLevels
from bots.core.runtime.decide import voice_of
from bots.core.runtime.effects import Recording
from bots.core.runtime.run import Running
from bots.core.simulation.happenings import SERVER, Happening, Wrong, compared, user_id
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transcript import PRIVATE, Expectation, Step, Transcript, Wait
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import TransportError

ORGANISER = f"@organiser:{SERVER}"
# A bot that answers its own answers would never come to rest.
_MOST_ROUNDS = 200


class SimulationError(Exception):
    """The transcript asks for something in `line` that can't happen there; the sentence says what."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line, self.sentence = line, sentence


def places(community: Community) -> tuple[str, ...]:
    """What a transcript may call a place."""
    return ("lobby", "moderators", PRIVATE, *(condition.id for condition in community.conditions))


@dataclass
class _StandingClock:
    """Stands still while the bots work, and moves when the transcript says so."""

    time: datetime

    def now(self) -> datetime:
        return self.time

    async def sleep_until(self, at: datetime) -> None:
        self.time = max(self.time, at)


@dataclass
class Simulation:
    """A whole community in memory. `happened` grows as the steps are taken, `wrong` where one was not as expected."""

    community: Community
    catalogue: Catalogue
    bots: Sequence[Bot]
    transcript: Transcript
    happened: list[Happening] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    _said: list[tuple[int, Send | Edit]] = field(default_factory=list)
    _step_began: int = 0
    _line: int = 1

    def __post_init__(self) -> None:
        self._clock = _StandingClock(self.transcript.start)
        self._homeserver = MemoryHomeserver(self._clock.now)
        self._store = MemoryStore()
        self._users = {name: user_id(name.value) for name in BotName}
        self._rooms: dict[str, str] = {}
        moderators = tuple(user_id(name) for name in self.transcript.moderators)
        self._community = replace(self.community, moderators=(*self.community.moderators, *moderators))
        if self.transcript.mode is not None:
            self._community = replace(self._community, mode=self.transcript.mode)
        if self.transcript.observe is not None:
            self._community = replace(self._community, observe=self.transcript.observe)
        self._running = [self._start(bot) for bot in self.bots]

    async def run(self) -> list[Happening]:
        """Everything, from the empty homeserver to the end of the transcript. Raises SimulationError."""
        await self._set_up()
        for step in self.transcript.steps:
            if isinstance(step, Expectation):
                self.wrong += compared(step, self.happened, self._step_began)
                continue
            self._step_began, self._line = len(self.happened), step.line
            match step:
                case Wait(time=time):
                    await self._wait(time)
                case Step():
                    self._take(step, await self._room_of(step))
                    await self._settle()
        return self.happened

    def _start(self, bot: Bot) -> Running:
        running = Running(
            bot=bot,
            transport=MemoryTransport(self._homeserver, self._users[bot.name]),
            store=self._store,
            community=self._community,
            catalogue=self.catalogue,
            bots=frozenset(self._users.values()),
            organiser=ORGANISER,
            clock=self._clock,
            random=lambda: 0.0,
        )
        running.decider.heard = partial(self._decided, bot.name)
        running.performer.effects = Recording(running.live, lambda action, error: self._failed(bot.name, action, error))
        return running

    async def _set_up(self) -> None:
        cast = Cast(organiser=ORGANISER, bots=self._users)
        async with self._store.transaction(BotName.WELCOME, self._clock.now()) as transaction:
            for position, room in enumerate(desired_rooms(self._community, cast, self.catalogue)):
                levels = PowerLevels(
                    users=room.powers,
                    state_default=100,
                    events={"m.room.power_levels": BOT_POWER[BotName.MODERATION]},
                    invite=BOT_POWER[BotName.WELCOME],
                )
                room_id = self._homeserver.create_room(
                    ORGANISER,
                    name=room.name,
                    join_rule=room.join_rule,
                    power_levels=levels,
                    history_visibility=room.history_visibility,
                )
                for user in room.members:
                    self._homeserver.invite(ORGANISER, room_id, user)
                    self._homeserver.join(user, room_id)
                self._rooms[room.condition or room.role.value] = room_id
                record = CommunityRoom(room_id=room_id, role=room.role, condition=room.condition, position=position)
                await transaction.remember(record)
        await self._settle()
        self.happened.clear()

    async def _wait(self, time: timedelta) -> None:
        """Let the time go by from one tick to the next, so that each comes at its own."""
        end = self._clock.now() + time
        while True:
            due: list[datetime] = []
            for running in self._running:
                async with self._store.transaction(running.bot.name, self._clock.now()) as transaction:
                    if (next_due := await transaction.next_due()) is not None:
                        due.append(next_due)
            if not due or min(due) > end:
                break
            self._clock.time = max(self._clock.time, min(due))
            await self._settle()
        self._clock.time = end
        await self._settle()

    async def _settle(self) -> None:
        """Let everybody react until nobody has anything left to do."""
        for _ in range(_MOST_ROUNDS):
            accepted = self._accept_invitations()
            moved = [await running.step() for running in self._running]
            if not accepted and not any(moved):
                await self._read()
                return
        raise SimulationError(self._line, "The bots do not come to rest after that.")

    def _accept_invitations(self) -> bool:
        bots = frozenset(self._users.values())
        invited = [
            (user, room_id)
            for room_id, room in self._homeserver.rooms.items()
            for user, member in room.members.items()
            if member.state is MembershipState.INVITE and user not in bots
        ]
        for user, room_id in invited:
            self._homeserver.join(user, room_id)
        return bool(invited)

    async def _room_of(self, step: Step) -> str:
        if step.place != PRIVATE:
            return self._rooms[step.place]
        async with self._store.transaction(BotName.WELCOME, self._clock.now()) as transaction:
            chat = await transaction.get(PrivateChat, user_id(step.who))
        if chat is None:
            raise SimulationError(
                step.line, f"{step.who} has no private chat with the welcome bot. Join the lobby first."
            )
        return chat.room_id

    def _take(self, step: Step, room_id: str) -> None:
        user = user_id(step.who)
        if step.act != "joins" and user not in self._homeserver.rooms[room_id].joined():
            raise SimulationError(step.line, f"{step.who} is not in {step.place} by then.")
        self._note(step.who, step.act, step.place, step.text)
        try:
            match step.act:
                case "joins":
                    self._homeserver.join(user, room_id)
                case "leaves":
                    self._homeserver.leave(user, room_id)
                case "taps":
                    self._homeserver.react(user, room_id, self._message(step, room_id), step.text)
                case _:
                    reply_to = self._message(step, room_id) if step.to is not None else None
                    self._homeserver.say(user, room_id, step.text, reply_to=reply_to)
        except TransportError as error:
            raise SimulationError(step.line, f"{step.who} can't do that: {error.message}.") from None

    def _message(self, step: Step, room_id: str) -> str:
        """The last message in the room with the step's words in it."""
        messages = (event for event in self._homeserver.timeline(room_id) if isinstance(event, Message))
        wanted = [event.event_id for event in messages if (step.to or "") in event.text]
        if not wanted:
            words = f" with “{step.to}” in it" if step.to else ""
            raise SimulationError(step.line, f"There is no message{words} in {step.place} by then.")
        return wanted[-1]

    def _decided(self, bot: BotName, action: Action) -> None:
        if isinstance(action, Send | Edit):
            self._said.append((len(self.happened), action))
        whom = self._whom(action)
        voice = "" if isinstance(action, Bookkeeping) else voice_of(action, bot).value
        self._note(bot.value, type(action).__name__, self._place(action), rule=action.why, whom=whom, voice=voice)

    def _failed(self, bot: BotName, action: Outward, error: TransportError) -> None:
        whom, place = self._whom(action), self._place(action)
        self._note(bot.value, type(action).__name__, place, rule=action.why, failed=error.errcode, whom=whom)

    async def _read(self) -> None:
        """What was said, as whoever it is for reads it: in the language that they or their room speak."""
        for number, action in self._said:
            place = action.place if isinstance(action, Send) else InRoom(action.room_id)
            manner = await self._running[0].live.directory.manner(place)
            self.happened[number] = replace(self.happened[number], text=" / ".join(self._text(action, manner)))
        self._said.clear()

    def _text(self, said: Send | Edit, manner: Manner) -> Iterator[str]:
        for part in said.parts:
            if isinstance(part, Words):
                yield self.catalogue.render(part, manner.language, place=manner.place).body
            else:
                yield f"[what {part.event_id} says]"
        if isinstance(said, Send) and said.buttons:
            yield " ".join(f"[{button}]" for button in said.buttons)

    def _place(self, action: Action) -> str:
        match action:
            case Send(place=InPrivateChat(user=user)):
                return f"{PRIVATE}:{user}"
            case Send(place=InRoom(room_id=room_id)):
                pass
            case _:
                room_id = getattr(action, "room_id", None) or ""
        return next((name for name, known in self._rooms.items() if known == room_id), room_id)

    def _whom(self, action: Action) -> str:
        match action:
            case Send(place=InPrivateChat(user=user)) | Redact(sender=user):
                return user
            case _:
                return str(getattr(action, "user", ""))

    def _note(self, who: str, what: str, place: str, text: str = "", **other: str) -> None:
        self.happened.append(Happening(at=self._clock.now(), who=who, what=what, place=place, text=text, **other))
