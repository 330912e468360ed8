# SPDX-License-Identifier: Apache-2.0
"""A newcomer and the welcome bot, without a homeserver: events go in, the actions come out, records are a dict."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from bots.core.actions import (
    Action,
    BotName,
    Cancel,
    Erase,
    Forget,
    InPrivateChat,
    InRoom,
    Invite,
    Leave,
    OwnWords,
    Redact,
    Remember,
    Schedule,
    Send,
    SetTopic,
)
from bots.core.community import Community, Condition, Federation, Guideline, Guidelines
from bots.core.events import Membership, Message, MessageKind, Outcome, PollAnswer, Reaction, Tick, Unreadable
from bots.core.records import CommunityRoom, PrivateChat
from bots.core.rooms import Member, MembershipState, RoomRole, RoomView
from bots.core.settings import load_community
from bots.welcome.bot import WelcomeBot, make_bot
from bots.welcome.records import Conversation
from bots.welcome.wording import SIGNS, sign_asked
from fakes.ears import by_plain_words

ORGANISER = "@organiser:kith.test"
BOT = "@welcome:kith.test"
BOTS = frozenset({BOT, "@moderation:kith.test", "@resources:kith.test"})
MODERATOR = "@mo:kith.test"
ANA = "@otter:kith.test"
LOBBY, PRIVATE, OFFICE = "!lobby", "!private", "!office"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def condition(id_: str, name: str, room_name: str, *synonyms: str) -> Condition:
    return Condition(
        id=id_, name={"en": name}, room_name=room_name, room_topic="A quiet place.", synonyms={"en": synonyms}
    )


COMMUNITY = Community(
    name="Kithroom",
    slug="kithroom",
    languages=("en",),
    default_language="en",
    lobby_name="The lobby",
    lobby_topic="Come in.",
    moderators_room_name="The office",
    moderators_room_topic="For volunteers.",
    moderators=(MODERATOR,),
    conditions=(
        condition(
            "type-1-diabetes", "Type 1 diabetes", "Harbour",
            "T1D", "T1", "type one diabetes", "type 1", "diabetes type 1", "juvenile diabetes", "LADA", "type 1.5",
            "insulin dependent diabetes",
        ),
        condition(
            "type-2-diabetes", "Type 2 diabetes", "Orchard",
            "T2D", "T2", "type 2", "diabetes type 2", "sugar diabetes", "high sugar", "prediabetes",
        ),
        condition(
            "bowel", "Crohn's and colitis", "Lantern",
            "IBD", "inflammatory bowel disease", "Crohn's", "Crohn's disease", "colitis", "ulcerative colitis", "UC",
        ),
        condition(
            "coeliac", "Coeliac disease", "Meadow",
            "coeliac", "celiac", "celiac disease", "gluten intolerance", "can't eat gluten", "dermatitis herpetiformis",
        ),
        condition(
            "arthritis", "Rheumatoid arthritis", "Terrace", "RA", "rheumatoid", "swollen joints"
        ),
        condition(
            "me-cfs", "ME/CFS", "Hammock",
            "ME", "CFS", "myalgic encephalomyelitis", "chronic fatigue", "chronic fatigue syndrome",
            "post-exertional malaise",
        ),
        condition("epilepsy", "Epilepsy", "Lighthouse", "seizures", "fits", "epileptic", "absence seizures"),
        condition("ms", "Multiple sclerosis", "Bridge", "MS", "RRMS", "relapsing remitting MS"),
    ),
    guidelines=Guidelines(
        version=1,
        items=(
            Guideline(id="kind", text={"en": "Be kind."}, why={"en": "It helps."}, source="NAMI"),
            Guideline(id="here", text={"en": "What is said here stays here."}, why={"en": "Trust."}, source="NAMI"),
        ),
    ),
)  # fmt: skip


@cache
def example():
    """What a scene is made of where the example community in its five languages is played."""
    community = load_community(Path(__file__).parents[2] / "config")
    return {"community": community, "bot": make_bot(community, by_plain_words)}


@dataclass
class Scene:
    """One person meets the bot. `said` and `done` are what the last event brought."""

    community: Community = COMMUNITY
    person: str = ANA
    now: datetime = START
    me: str = BOT
    bots: frozenset[str] = BOTS
    missing_rooms: frozenset[str] = frozenset()
    records: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)
    kept: tuple = ()
    ticks: dict = field(default_factory=dict)
    office: bool = True
    seen_as: Member = field(default_factory=lambda: Member(MembershipState.JOIN))
    devices: tuple[str, ...] = ()
    views: dict = field(default_factory=dict)
    last: tuple[Action, ...] = ()
    buttons: tuple[str, ...] = ()
    question: str = ""
    poll: str = ""
    bot: WelcomeBot | None = None
    _ids: count = field(default_factory=lambda: count(1))

    def __post_init__(self):
        self.bot = self.bot or make_bot(self.community, by_plain_words)
        lobby = RoomView(
            room_id=LOBBY, role=RoomRole.LOBBY, creators=frozenset({ORGANISER}), version="12", encrypted=True
        )
        self.views = {LOBBY: lobby}
        for c in self.community.conditions:
            if c.id not in self.missing_rooms:
                view = RoomView(room_id=f"!{c.id}", role=RoomRole.CONDITION, condition=c.id, encrypted=True)
                self.views[view.room_id] = view
        if self.office:
            self._keep(CommunityRoom(room_id=OFFICE, role=RoomRole.MODERATORS))

    # The reader.

    def room(self, room_id):
        return self.views.get(room_id)

    def rooms(self, role):
        return tuple(view for view in self.views.values() if view.role is role)

    def device_names(self, user):
        return self.devices if user == self.person else ()

    async def get(self, record, *key):
        if record is PrivateChat:
            return PrivateChat(user=key[0], room_id=PRIVATE) if PRIVATE in self.views else None
        return self.records.get((record, key))

    async def find(self, record, **where):
        fitting = (each for (kind, _), each in self.records.items() if kind is record)
        return tuple(each for each in fitting if all(getattr(each, name) == value for name, value in where.items()))

    async def holdings(self, user):
        return self.kept if user == self.person else ()

    def pseudonym(self, user):
        return user

    async def about_to_say(self, _user):
        return []

    async def label(self, event_id):
        return self.labels.get(event_id)

    # What the person does.

    async def joins(self, room_id=LOBBY, *, previous=None):
        return await self._moves(room_id, MembershipState.JOIN, previous)

    async def leaves(self, room_id=LOBBY, *, previous=MembershipState.JOIN):
        return await self._moves(room_id, MembershipState.LEAVE, previous)

    async def knocks_at(self, room_id, reason=None):
        return await self._moves(room_id, MembershipState.KNOCK, None, reason=reason)

    async def turns_down(self, room_id):
        return await self._moves(room_id, MembershipState.LEAVE, MembershipState.INVITE)

    async def invites_the_bot(self, sender=None):
        event = Membership(
            **self._base("!elsewhere", sender or self.person), user=self.me, now=MembershipState.INVITE, direct=True
        )
        return await self.happens(event)

    async def says(self, text, *, room_id=PRIVATE, **other):
        base = self._base(room_id, other.pop("sender", self.person))
        return await self.happens(Message(**{**base, "text": text, "encrypted": True, **other}))

    async def shows(self):
        return await self.says("", kind=MessageKind.MEDIA)

    async def taps(self, key, *, target=None):
        base = self._base(PRIVATE, self.person)
        return await self.happens(Reaction(**base, target=target or self.question, key=key.replace("\ufe0f", "")))

    async def votes(self, answer, **other):
        """Picks an answer of the last poll."""
        base = self._base(PRIVATE, self.person)
        picked = {"target": self.poll, "answers": (answer,), "encrypted": True, **other}
        return await self.happens(PollAnswer(**base, **picked))

    async def agrees(self):
        """To everything that comes before the condition."""
        for _ in range(3):
            await self.says("yes")
        return self

    async def picks_the_sign(self):
        """Taps the picture that the bot named."""
        return await self.taps(SIGNS[sign_asked(self.conversation.round)])

    async def comes_for(self, text):
        """Names a condition, and shows that both sides can read each other."""
        await self.says(text)
        return await self.picks_the_sign()

    async def writes_unreadably(self):
        return await self.happens(Unreadable(**self._base(PRIVATE, self.person), session_id="s"))

    async def lets_time_pass(self, **time):
        """What was put by comes, one after the other; `last` is all that it led to."""
        until, everything = self.now + timedelta(**time), ()
        while due := sorted((tick for tick in self.ticks.values() if tick.due_at <= until), key=lambda t: t.due_at):
            del self.ticks[due[0].id]
            self.now = max(self.now, due[0].due_at)
            await self.happens(due[0])
            everything += self.last
        self.now, self.last = until, everything
        return self

    async def is_refused(self, errcode, kind=Invite):
        """The homeserver refused the last action of this kind."""
        action = next(a for a in self.last if isinstance(a, kind))
        if isinstance(action, Invite):
            view = self.views[action.room_id]
            members = {user: member for user, member in view.members.items() if user != action.user}
            self.views[action.room_id] = replace(view, members=members)
        return await self.happens(Outcome(id=f"o{next(self._ids)}", action=action, ok=False, errcode=errcode))

    async def is_done(self, kind=Send):
        """The last action of this kind was carried out."""
        action = next(a for a in self.last if isinstance(a, kind))
        return await self.happens(Outcome(id=f"o{next(self._ids)}", action=action, ok=True))

    def waits(self, **time):
        self.now += timedelta(**time)

    # What the bot did.

    @property
    def sends(self):
        return [a for a in self.last if isinstance(a, Send)]

    @property
    def said(self):
        """The keys of what was said in private, a list for each message; what repeats is there once."""
        private = [
            s
            for s in self.sends
            if not s.choices and (isinstance(s.place, InPrivateChat) or s.place.room_id == PRIVATE)
        ]
        return [list(dict.fromkeys(map(_called, s.parts))) for s in private]

    @property
    def done(self):
        """Everything else that others can notice, and what was erased."""
        done = []
        for action in self.last:
            match action:
                case Invite(room_id=room_id, voice=BotName.MODERATION):
                    done.append(f"has invited to {room_id}")
                case Invite(room_id=room_id):
                    done.append(f"invites to {room_id}")
                case Send(place=InRoom(room_id), parts=parts, voice=BotName.MODERATION):
                    done.append(f"has {parts[0].key} said in {room_id}")
                case Send(place=InRoom(room_id), parts=(words, *lines)) if room_id != PRIVATE:
                    done += [f"says {words.key} in {room_id}", *("and their line" for _ in lines)]
                case Leave(room_id=room_id):
                    done.append(f"leaves {room_id}")
                case SetTopic(parts=parts):
                    done.append("sets the topic" if parts else "takes the topic away")
                case Redact(room_id=room_id, voice=BotName.MODERATION):
                    done.append(f"has an event taken out of {room_id}")
                case Erase():
                    done.append("erases")
        return done

    @property
    def conversation(self):
        return self.records.get((Conversation, (self.person,)))

    async def happens(self, event):
        actions = []
        for handler in self.bot.handlers:
            if isinstance(event, handler.event):
                actions += handler.decide(event, await handler.gather(event, self))
        self.last = tuple(actions)
        for action in self.last:
            self._apply(action)
        return self

    def _apply(self, action):
        match action:
            case Remember(record=record):
                self._keep(record)
            case Schedule(id=id_, kind=kind, at=at, payload=payload, voice=None):
                self.ticks[id_] = Tick(id=id_, kind=kind, due_at=at, payload=payload)
            case Cancel(id=id_):
                self.ticks.pop(id_, None)
            case Invite(room_id=room_id, user=user):
                view = self.views[room_id]
                members = {**view.members, user: view.members.get(user, Member(MembershipState.INVITE))}
                self.views[room_id] = replace(view, members=members)
            case Forget(record=record, key=key):
                self.records.pop((record, key), None)
            case Erase():
                self.records = {key: kept for key, kept in self.records.items() if key[0] is CommunityRoom}
            case Leave(room_id=room_id):
                self.views.pop(room_id, None)
            case Send(place=InPrivateChat(user=user, open=open_), label=label, buttons=buttons):
                if open_ and PRIVATE not in self.views:
                    members = {user: Member(MembershipState.JOIN), self.me: Member(MembershipState.JOIN)}
                    self.views[PRIVATE] = RoomView(
                        room_id=PRIVATE, role=RoomRole.PRIVATE, private_with=user, encrypted=True, members=members
                    )
                assert PRIVATE in self.views, "spoke in a private chat that is not there"
                if label and action.choices:
                    self.poll = f"$p{next(self._ids)}"
                    self.labels[self.poll] = label
                elif label:
                    assert label not in self.labels.values()
                    self.question, self.buttons = f"$q{next(self._ids)}", buttons
                    self.labels[self.question] = label

    def _keep(self, record):
        self.records[type(record), tuple(getattr(record, name) for name in record.key)] = record

    async def _moves(self, room_id, now, previous, **other):
        view = self.views[room_id]
        self.views[room_id] = replace(view, members={**view.members, self.person: replace(self.seen_as, state=now)})
        base = self._base(room_id, self.person)
        return await self.happens(
            Membership(**{**base, "sender": self.person}, user=self.person, now=now, previous=previous, **other)
        )

    def _base(self, room_id, sender):
        return {"room_id": room_id, "event_id": f"$e{next(self._ids)}", "sender": sender, "sent_at": self.now}


def _called(part):
    return "(their line)" if isinstance(part, OwnWords) else part.key.removeprefix("welcome.")


def with_federation(federation: Federation, *allies: str) -> Community:
    return replace(COMMUNITY, federation=federation, allies=allies)
