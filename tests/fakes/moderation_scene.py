# SPDX-License-Identifier: Apache-2.0
"""Members, moderators and the moderation bot, without a homeserver: what the bot decides happens to the rooms at once.

Each action is asked of the runtime's hard invariants first, as the performer does, and outcomes come back as events.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import get_args

from bots.core.actions import (
    Action,
    Audit,
    Ban,
    Bookkeeping,
    BotName,
    Cancel,
    Erase,
    Forget,
    InPrivateChat,
    InRoom,
    Invite,
    OpenDoor,
    Redact,
    Remember,
    Remove,
    Schedule,
    Send,
    SetPower,
    Unban,
)
from bots.core.community import Community
from bots.core.events import Membership, Message, Outcome, Reaction, Redaction, Report, Tick, Unreadable
from bots.core.passed_on import PassedAppeal, PassedReport, passed_on
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomRole, RoomView
from bots.core.rooms.authority import Act, can, power
from bots.core.runtime.invariants import Circumstances, refusal
from bots.core.simulation.store import MemoryStore, MemoryTransaction
from bots.moderation.bot import make_bot
from bots.moderation.records import Case, Decision
from fakes.welcome_scene import COMMUNITY

ORGANISER = "@organiser:kith.test"
BOT, WELCOME, RESOURCES = "@moderation:kith.test", "@welcome:kith.test", "@resources:kith.test"
BOTS = frozenset({BOT, WELCOME, RESOURCES})
# Mo and Mia moderate every room, Leo the lantern room only. Hel has a little power in the harbour room.
MO, MIA, LEO, HEL = "@mo:kith.test", "@mia:kith.test", "@leo:kith.test", "@hel:kith.test"
ANA, BEN = "@ana:kith.test", "@ben:kith.test"
LOBBY, HARBOUR, LANTERN, OFFICE = "!lobby", "!harbour", "!lantern", "!office"
MEMBERS_ROOMS = (LOBBY, HARBOUR, LANTERN)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
# What the homeserver asks for.
_ACTS = {SetPower: Act.SET_POWER, Remove: Act.KICK, Ban: Act.BAN, Unban: Act.BAN}
_ASIDE = ("tell.appeal_until", "tell.message")
_JOINED = Member(MembershipState.JOIN)


def _members_room(room_id, role, name, **powers):
    users = {BOT: 60, WELCOME: 25, MO: 50, MIA: 50, **{f"@{who}:kith.test": level for who, level in powers.items()}}
    return RoomView(
        room_id=room_id,
        role=role,
        name=name,
        version="12",
        creators=frozenset({ORGANISER}),
        power_levels=PowerLevels(users=users, invite=25, state_default=100, events={"m.room.power_levels": 60}),
        members=dict.fromkeys((ORGANISER, *sorted(BOTS), MO, MIA, LEO, HEL, ANA, BEN), _JOINED),
        encrypted=True,
    )


def _office():
    return RoomView(
        room_id=OFFICE,
        role=RoomRole.MODERATORS,
        name="The office",
        version="12",
        creators=frozenset({ORGANISER}),
        power_levels=PowerLevels(users={BOT: 60}),
        members=dict.fromkeys((ORGANISER, BOT, WELCOME, MO, MIA, LEO), _JOINED),
        encrypted=True,
    )


@dataclass
class Scene:
    """`last` is what the last event brought, with all that followed; `decided` its first decision; `all` everything.

    `without_chat` are people whom the welcome bot has no private chat with;
    `broken` action types, or such a type and a room, that fail, and how;
    `held` keeps outcomes back until `hears_back`.
    """

    now: datetime = START
    me: str = BOT
    community: Community = COMMUNITY
    bots: frozenset[str] = BOTS
    without_chat: set = field(default_factory=set)
    broken: dict = field(default_factory=dict)
    held: bool = False
    views: dict = field(default_factory=dict)
    store: MemoryStore = field(default_factory=MemoryStore)
    authors: dict = field(default_factory=dict)
    sent: dict = field(default_factory=dict)
    audits: list = field(default_factory=list)
    decided: tuple[Action, ...] = ()
    last: list = field(default_factory=list)
    all: list = field(default_factory=list)
    _queue: deque = field(default_factory=deque)
    _asked: set = field(default_factory=set)
    _ids: count = field(default_factory=lambda: count(1))

    def __post_init__(self):
        self.bot = make_bot(self.community)
        self.views = {
            LOBBY: _members_room(LOBBY, RoomRole.LOBBY, "The lobby"),
            HARBOUR: _members_room(HARBOUR, RoomRole.CONDITION, "Harbour", hel=10),
            LANTERN: _members_room(LANTERN, RoomRole.CONDITION, "Lantern", leo=50),
            OFFICE: _office(),
        }

    # The reader.

    @property
    def _tables(self):
        return MemoryTransaction(self.store.tables, BotName.MODERATION, self.now)

    def room(self, room_id):
        return self.views.get(room_id)

    def rooms(self, role):
        return tuple(view for view in self.views.values() if view.role is role)

    def pseudonym(self, user):
        return self._tables.pseudonym(user)

    async def get(self, record, *key):
        return await self._tables.get(record, *key)

    async def find(self, record, **where):
        return await self._tables.find(record, **where)

    async def label(self, event_id):
        return await self._tables.label(event_id)

    async def event_id(self, label):
        return await self._tables.event_id(label)

    async def next_number(self, series):
        return await self._tables.next_number(series)

    async def audit_counts(self, since, until):
        return await self._tables.audit_counts(since, until)

    async def waiting(self):
        return 0

    async def audit_end(self):
        return await self._tables.audit_end()

    async def message_sender(self, room_id, event_id):
        """Only what a handler's `target` named beforehand is known, as in the runtime."""
        return self.authors.get((room_id, event_id)) if (room_id, event_id) in self._asked else None

    async def aside(self, work):
        return work()

    # What people do.

    def wrote(self, who, room_id=HARBOUR):
        """Something that somebody said before. Gives its event id."""
        event_id = f"$said{next(self._ids)}"
        self.authors[room_id, event_id] = who
        return event_id

    async def says(self, who, text, room_id=HARBOUR, **other):
        return await self.happens(Message(**{**self._base(room_id, who), "text": text, "encrypted": True, **other}))

    async def replies(self, who, text, to, room_id=HARBOUR, **other):
        """Reply to a message of somebody's."""
        return await self.says(who, text, room_id, reply_to=self.wrote(to, room_id), **other)

    async def taps(self, who, key, target, room_id=OFFICE):
        return await self.happens(Reaction(**self._base(room_id, who), target=target, key=key.replace("\ufe0f", "")))

    async def unsays(self, who, target, room_id=HARBOUR):
        """Somebody deletes what they said, or takes a tap back."""
        return await self.happens(Redaction(**self._base(room_id, who), target=target))

    async def reports(self, who, of, room_id=HARBOUR, event_id=None, remark=""):
        """Reply to a message with `!report`."""
        reply_to = event_id or self.wrote(of, room_id)
        return await self.says(who, f"!report {remark}", room_id, reply_to=reply_to)

    async def presses_report(self, who, event_id, room_id=HARBOUR):
        """The homeserver's own button."""
        return await self.happens(Report(**self._base(room_id, who), report_id=next(self._ids), target=event_id))

    async def presses_report_of_a_person(self, who, user):
        """The same, of somebody as a whole."""
        about = {"report_id": next(self._ids), "target": None, "user": user, "reason": "rude to everybody"}
        return await self.happens(Report(**{**self._base("", who), **about}))

    async def asks_again(self, who, number=None, words=""):
        """Appeal, in the private chat with the welcome bot."""
        return await self._is_passed_on(PassedAppeal(who=who, number=number, words=words))

    async def tells(self, who, words, room_id=None, event_id=None):
        """Report, in the private chat with the welcome bot."""
        return await self._is_passed_on(PassedReport(who=who, words=words, room_id=room_id, event_id=event_id))

    async def _is_passed_on(self, what):
        tick = passed_on(what, f"$private{next(self._ids)}", self.now)
        return await self.happens(Tick(id=tick.id, kind=tick.kind, due_at=tick.at, payload=tick.payload))

    async def case(self, target=ANA, by=BEN, room_id=HARBOUR):
        """Somebody reports a message of the target's. Gives the card."""
        before = {each.number for each in self.cases}
        await self.reports(by, target, room_id)
        (number,) = {each.number for each in self.cases} - before
        return self.card(number)

    async def joins(self, who, room_id=HARBOUR):
        return await self._moves(who, room_id, MembershipState.JOIN)

    async def leaves(self, who, room_id=HARBOUR):
        return await self._moves(who, room_id, MembershipState.LEAVE)

    async def is_unreadable(self, who, room_id=HARBOUR, withheld=None):
        return await self.happens(Unreadable(**self._base(room_id, who), session_id="s", withheld=withheld))

    def gives_power(self, who, level, *room_ids):
        """The organiser changes a level by hand."""
        for room_id in room_ids or MEMBERS_ROOMS:
            self._set_power(room_id, who, level)

    async def remembers(self, record):
        """Something is written down already."""
        await self._tables.remember(record)

    async def waits(self, **time):
        """Time passes, and what is due happens when it is due."""
        until = self.now + timedelta(**time)
        self.last = []
        while due := sorted(await self._tables.due(until), key=lambda tick: (tick.due_at, tick.id)):
            self.now = max(self.now, due[0].due_at)
            await self._tables.cancel(due[0].id)
            await self._decide(due[0])
            await self.hears_back()
        self.now = until
        return self

    async def hears_back(self):
        """The outcomes that wait come home, and the outcomes of what is done about them."""
        while self._queue:
            await self._decide(self._queue.popleft())
        return self

    # What the bot did.

    @property
    def cases(self):
        return [each for (kind, _), each in self.store.tables.records.items() if kind is Case]

    @property
    def decisions(self):
        return [each for (kind, _), each in self.store.tables.records.items() if kind is Decision]

    @property
    def ticks(self):
        return sorted(self.store.tables.ticks.values(), key=lambda tick: tick.due_at)

    @property
    def office(self):
        """The keys of what was said in the moderators' room."""
        sends = (a for a in self.last if isinstance(a, Send) and a.place == InRoom(OFFICE))
        return [_key(part) for send in sends for part in send.parts if hasattr(part, "key")]

    def told(self, who):
        """The keys of what this person was told in private, but for when they may appeal and about which message."""
        sends = (a for a in self.last if isinstance(a, Send) and a.place == InPrivateChat(who))
        return [key for send in sends for part in send.parts if (key := _key(part)) not in _ASIDE]

    @property
    def told_anybody(self):
        return {a.place.user for a in self.last if isinstance(a, Send) and isinstance(a.place, InPrivateChat)}

    @property
    def deeds(self):
        """What was done to people, each as a word, who and where."""
        kinds = (SetPower, Remove, Ban, Unban, Invite)
        return [(type(a).__name__, a.user, a.room_id) for a in self.last if isinstance(a, kinds)]

    def level(self, who, room_id=HARBOUR):
        return self.views[room_id].power_levels.users.get(who)

    def state(self, who, room_id=HARBOUR):
        member = self.views[room_id].members.get(who)
        return member.state if member else None

    def card(self, number):
        """The event id of a case's card."""
        return self.store.tables.labels[BotName.MODERATION, f"case:{number}"]

    def said_with(self, key):
        """The event id of the last thing the bot said in the moderators' room that has this sentence in it."""
        fitting = [
            event_id for event_id, send in self.sent.items() if any(getattr(p, "key", "") == key for p in send.parts)
        ]
        return fitting[-1]

    async def happens(self, event):
        self.last = []
        self.decided = await self._decide(event)
        if not self.held:
            await self.hears_back()
        return self

    # Inside.

    async def _decide(self, event):
        actions = []
        for handler in self.bot.handlers:
            if isinstance(event, handler.event):
                target = handler.target(event)
                room_id = event.payload.get("room_id") if isinstance(event, Tick) else getattr(event, "room_id", None)
                self._asked = {(room_id, target)} if target else set()
                these = handler.decide(event, await handler.gather(event, self))
                for action in these:
                    await self._write_down(action)
                # How lively a room is counts with every message: it is written down, and would be in the way here.
                actions += [action for action in these if action.why != "moderation.life"]
        self.last += actions
        self.all += actions
        for action in actions:
            self._carry_out(action)
        return tuple(actions)

    async def _write_down(self, action):
        tables = self._tables
        match action:
            case Remember(record=record):
                await tables.remember(record)
            case Forget(record=record, key=key):
                await tables.forget(record, *key)
            case Erase(user=user):
                await tables.erase(user)
            case Schedule(id=id_, kind=kind, at=at, payload=payload, voice=voice):
                await tables.schedule(id_, kind, at, payload, bot=voice)
            case Cancel(id=id_):
                await tables.cancel(id_)
            case Audit():
                self.audits.append(action)

    def _carry_out(self, action):
        if isinstance(action, get_args(Bookkeeping)):
            return
        errcode = self._errcode(action)
        if errcode is None and isinstance(action, OpenDoor):
            rule = "public" if action.open else "invite"
            self.views[action.room_id] = replace(self.views[action.room_id], join_rule=rule)
        elif errcode is None:
            self._happens_to_the_room(action)
        if action.follow_up:
            ok = errcode is None
            self._queue.append(Outcome(id=f"o{next(self._ids)}", action=action, ok=ok, errcode=errcode))

    def _errcode(self, action):
        if type(action) in self.broken:
            return self.broken[type(action)]
        in_chat = isinstance(action, Send) and isinstance(action.place, InPrivateChat)
        if in_chat:
            return "KITHROOM_NO_PRIVATE_CHAT" if action.place.user in self.without_chat else None
        room_id = action.place.room_id if isinstance(action, Send) else action.room_id
        if (type(action), room_id) in self.broken:
            return self.broken[type(action), room_id]
        sender = self.authors.get((room_id, action.event_id)) if isinstance(action, Redact) else None
        voice = action.voice or BotName.MODERATION
        me = WELCOME if voice is BotName.WELCOME else BOT
        at = Circumstances(voice=voice, me=me, bots=BOTS, room=self.views.get(room_id), sender=sender)
        if refusal(action, at) is not None:
            return "KITHROOM_REFUSED"
        if (act := _ACTS.get(type(action))) is not None and not can(self.views[room_id], me, act):
            return "M_FORBIDDEN"
        if isinstance(action, OpenDoor) and not _may_move_doors(self.views[room_id], me):
            return "M_FORBIDDEN"
        if isinstance(action, Invite) and self.state(action.user, room_id) is MembershipState.BAN:
            return "M_FORBIDDEN"
        return None

    def _happens_to_the_room(self, action):
        match action:
            case Send(label=label):
                event_id = f"$sent{next(self._ids)}"
                self.sent[event_id] = action
                if isinstance(action.place, InRoom):
                    self.authors[action.place.room_id, event_id] = BOT
                if label:
                    assert (BotName.MODERATION, label) not in self.store.tables.labels, f"said {label} twice"
                    self.store.tables.labels[BotName.MODERATION, label] = event_id
            case SetPower(room_id=room_id, user=user, level=level):
                self._set_power(room_id, user, level)
            case Invite(room_id=room_id, user=user):
                if self.state(user, room_id) is not MembershipState.JOIN:
                    self._set_state(room_id, user, MembershipState.INVITE)
            case Remove(room_id=room_id, user=user):
                if self.state(user, room_id) in {MembershipState.JOIN, MembershipState.INVITE}:
                    self._set_state(room_id, user, MembershipState.LEAVE)
            case Ban(room_id=room_id, user=user):
                self._set_state(room_id, user, MembershipState.BAN)
            case Unban(room_id=room_id, user=user):
                if self.state(user, room_id) is MembershipState.BAN:
                    self._set_state(room_id, user, MembershipState.LEAVE)

    def _set_power(self, room_id, user, level):
        view = self.views[room_id]
        users = {who: old for who, old in view.power_levels.users.items() if who != user}
        if level is not None:
            users[user] = level
        self.views[room_id] = replace(view, power_levels=replace(view.power_levels, users=users))

    def _set_state(self, room_id, user, state):
        view = self.views[room_id]
        self.views[room_id] = replace(view, members={**view.members, user: Member(state)})

    async def _moves(self, who, room_id, state):
        previous = self.state(who, room_id)
        self._set_state(room_id, who, state)
        return await self.happens(Membership(**self._base(room_id, who), user=who, now=state, previous=previous))

    def _base(self, room_id, sender):
        event_id = f"$e{next(self._ids)}"
        self.authors[room_id, event_id] = sender
        return {"room_id": room_id, "event_id": event_id, "sender": sender, "sent_at": self.now}


def _may_move_doors(room, who):
    levels = room.power_levels
    return power(room, who) >= levels.events.get("m.room.join_rules", levels.state_default)


def _key(part):
    return part.key.removeprefix("moderation.")
