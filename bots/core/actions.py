# SPDX-License-Identifier: Apache-2.0
"""What may go out: a closed union of frozen actions. Every one carries `why`, the id of the rule that asked for it.

A handler returns these; only `bots.core.runtime` carries them out, and only there do the hard invariants live.
Until they are carried out they wait in the outbox, sealed, and are deleted when done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from bots.core.records import Record

# How an action fails that could not be carried out before its `not_after`.
TOO_LATE = "KITHROOM_TOO_LATE"


class BotName(StrEnum):
    """The three voices."""

    WELCOME = "welcome"
    MODERATION = "moderation"
    RESOURCES = "resources"


class Priority(IntEnum):
    """Who goes first when the homeserver says "slow down". Lower is sooner."""

    CRISIS = 0
    MODERATION = 1
    CONVERSATION = 2
    BACKGROUND = 3


@dataclass(frozen=True, slots=True)
class InRoom:
    """A room by its id."""

    room_id: str


@dataclass(frozen=True, slots=True)
class InPrivateChat:
    """The one encrypted chat between the welcome bot and this person.

    Only the welcome bot speaks there: an action with this place goes to its outbox, whichever bot asked.
    `open` makes the chat when there is none (the welcome bot, to somebody who came to it);
    otherwise the action fails with `KITHROOM_NO_PRIVATE_CHAT`.
    """

    user: str
    open: bool = False


Place = InRoom | InPrivateChat


@dataclass(frozen=True, slots=True)
class EventRef:
    """An event by its id."""

    event_id: str


@dataclass(frozen=True, slots=True)
class LabelRef:
    """An event that a `Send` with this label made, or will have made by then."""

    label: str


Ref = EventRef | LabelRef


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of the catalogue, by key. `params` fill its placeholders: str, int, float, datetime, or other `Words`.

    `language` None means: the language of the place it is said in.
    """

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What an event said, fetched and decrypted when the action is carried out, never before and never at rest.

    The performer refuses it anywhere but in the moderators' room. A long one is cut.
    `marks` are places in its text, each with its end, that are set off in it.
    """

    room_id: str
    event_id: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A line that `user` wrote in their private chat, the event `event_id`, said for them: fetched like a `Quote`.

    The performer says it to nobody but themselves, and in a room to which they agreed that it hears just this line
    (`AgreedWords`). There it fails with `KITHROOM_NOT_AS_WRITTEN` once the line was changed or taken back.
    """

    user: str
    event_id: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What `user` said in a room, the event `event_id`, theirs to keep when it is taken out: fetched like those.

    The performer says it to nobody but themselves, in the encrypted private chat with them.
    It fails with `KITHROOM_NOT_AS_WRITTEN` once it is gone, or where the bot can't read it.
    """

    user: str
    room_id: str
    event_id: str


Param = str | int | float | datetime | Words | tuple[Words, ...]
Part = Words | Quote | OwnWords | GivenBack


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """What every action has.

    `why` is a rule id (`welcome.greet`, `moderation.mute`), in the audit log and in `!why`.
    `voice` is the bot that carries it out (None: the one that decided).
    `follow_up` asks for an `Outcome` event afterwards. `not_before` (UTC) holds it back.
    `not_after` (UTC) is from when on it does more harm than good: then it is given up, with `KITHROOM_TOO_LATE`.
    """

    why: str
    voice: BotName | None = None
    priority: Priority = Priority.CONVERSATION
    follow_up: bool = False
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(_Action):
    """Say `parts`, a paragraph each. In an encrypted room it is encrypted, or not sent at all.

    `label` names the event to be, for later `LabelRef`s and for telling which case a reaction belongs to;
    it is unique per bot.
    `memo` comes back with the outcome, and is nowhere after that: where to say it instead, for instance.
    `choices` make it a poll: `parts` is the question, and the id of each answer is its number, from "1".
    `buttons` are reactions that the bot puts under its own message, in order.
    `mentions` are user ids that may be notified; nobody is otherwise.
    """

    place: Place
    parts: tuple[Part, ...]
    label: str | None = None
    memo: str | None = None
    reply_to: Ref | None = None
    thread: Ref | None = None
    choices: tuple[Words, ...] = ()
    buttons: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(_Action):
    """Say `parts` instead of what the bot itself said in the room with `target`; the buttons under it stay.

    For what grows while people look on (how far a ban of a hundred rooms has come), and notifies nobody.
    The performer refuses it for anybody else's words. It fails with `M_NOT_FOUND` for a label that nothing was sent
    under.
    """

    room_id: str
    target: Ref
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(_Action):
    """Take back what the bot itself said in the room with `target`: who asked for it took their own words back.

    The performer refuses it for anybody else's words. What was never said, or is gone, counts as taken back.
    """

    room_id: str
    target: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCopy(_Action):
    """Send `user`, in their private chat and encrypted, a copy of everything that is kept about them.

    It is gathered when the action is carried out, and is nowhere at rest.
    """

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTopic(_Action):
    """Say `parts` in the topic of the private chat with `user`; without any, take the topic away.

    A topic is never encrypted: whoever can't read what is said can read it, and so can the servers.
    So it holds whole sentences of the catalogue only, and the performer refuses one with anything filled in.
    """

    user: str
    parts: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(_Action):
    """Take `event_id` out of the room. `sender` is who must have sent it: the performer checks before it acts.

    `asked_by_sender`: it is a command, whose sender wants it gone; then it does not matter who has more power.
    `after` is the label of a `Send` that quotes it, and is waited for: for half a minute, if it can't be said.
    It is that of `after_voice`, if another bot says it.
    No reason is sent: redaction reasons are not encrypted.
    """

    room_id: str
    event_id: str
    sender: str
    asked_by_sender: bool = False
    after: str | None = None
    after_voice: BotName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine(_Action):
    """Look into the file of a message for what it says of who took it and where; what it shows is not looked at.

    The bytes are fetched, opened in memory and thrown away. It fails with `KITHROOM_TELLS_PLACE` or
    `KITHROOM_TELLS_OWNER` where the file gives that away, and succeeds where it does not, or is too large to be asked.
    `sender` is who sent it.
    """

    room_id: str
    event_id: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWords(_Action):
    """Read what `sender` wrote in a message, as it stands now, because they asked for it to be kept.

    The words are the `result` of the outcome, sealed until that is decided on. The performer refuses every message
    that somebody else sent, and every room but those of members.
    `memo` comes back with the outcome.
    """

    room_id: str
    event_id: str
    sender: str
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAt(_Action):
    """Look at the page of a web address: politely, and at public addresses only (`bots.core.pages`).

    What it answered and what it calls itself is the `result` of the outcome. `memo` comes back with it.
    """

    url: str
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(_Action):
    """Invite `user`. Already invited or joined counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareHistory(_Action):
    """Give `user`, whom the bot invited, the keys of what the room shares of what was said since `since` (UTC).

    The performer refuses it for a room that shares nothing, and for whoever came in another way or left.
    It fails with `KITHROOM_NO_SIGNED_DEVICE` where there is no device yet that could be trusted with them.
    """

    room_id: str
    user: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(_Action):
    """Kick `user`, without a reason (it would be readable by every server). Not in the room counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(_Action):
    """Ban `user`, without a reason."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unban(_Action):
    """Lift the ban of `user`. Not banned counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPower(_Action):
    """Give `user` the power `level` in the room (−1 mutes; None takes the entry away: the room's default)."""

    room_id: str
    user: str
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor(_Action):
    """Let anybody join the room, or (not `open`) nobody but who is invited.

    The performer refuses to open any room but the lobby: a condition's room is never anybody's to walk into.
    """

    room_id: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutOut(_Action):
    """Put these homeservers (globs) on the room's access list as shut out, and take those off; the rest of it stays.

    The performer refuses what fits our own homeserver.
    """

    room_id: str
    shut: tuple[str, ...] = ()
    let_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(_Action):
    """The bot accepts an invitation, or comes into a room that anybody may enter; `via` are servers that know it.

    The organiser's invitations are accepted without asking.
    """

    room_id: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(_Action):
    """The bot leaves the room and forgets it, or declines an invitation."""

    room_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember(_Action):
    """Write `record`, in place of one with the same key. Happens in the deciding transaction."""

    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget(_Action):
    """Delete the record of this type and key. Happens in the deciding transaction."""

    record: type[Record]
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(_Action):
    """Delete or blank everything about `user`, table by table, as each table's duty says."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(_Action):
    """Have a `Tick` at `at` (UTC), in place of an earlier one with this id.

    `payload` holds JSON values and is sealed at rest.
    With a `voice` it is that bot which has it: so one bot lets another know of something, by ids.
    """

    id: str
    kind: str
    at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(_Action):
    """No tick with this id."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(_Action):
    """A line in the hash-chained audit log: who did what to whom, where. Never content.

    `actor` and `target` are user ids here and keyed hashes at rest.
    """

    kind: str
    actor: str
    target: str | None = None
    room_id: str | None = None
    case: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(_Action):
    """A line in the operator's log, in a sentence of ours, with `fields` that are ids, counts and words of ours.

    `alarm`: something that people were meant to hear reached nobody. It is an error there, and counted.
    """

    sentence: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    alarm: bool = False


Action = (
    Send
    | Edit
    | TakeBack
    | SendCopy
    | SetTopic
    | Redact
    | Invite
    | Examine
    | ReadWords
    | LookAt
    | ShareHistory
    | Remove
    | Ban
    | Unban
    | SetPower
    | OpenDoor
    | ShutOut
    | Join
    | Leave
    | Remember
    | Forget
    | Erase
    | Schedule
    | Cancel
    | Audit
    | Log
)

# Carried out by the deciding transaction itself; all others go through the outbox.
Bookkeeping = Remember | Forget | Erase | Schedule | Cancel | Audit | Log
