# SPDX-License-Identifier: Apache-2.0
"""What no bot ever does, whatever a policy decided: pure predicates, asked by the performer at the last moment.

Each gives None, or the sentence that says why the action was refused.
The room is the homeserver's state as of the last sync; the homeserver, of course, has its own say after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from bots.core.actions import (
    Ban,
    BotName,
    Edit,
    Examine,
    InPrivateChat,
    Invite,
    Join,
    Leave,
    LookAt,
    OpenDoor,
    Outward,
    Part,
    PutRule,
    Quote,
    ReadWords,
    Redact,
    Remove,
    Send,
    SendCopy,
    SetPower,
    SetTopic,
    ShareHistory,
    ShutOut,
    TakeBack,
    TakeRule,
    Unban,
    Words,
)
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.access_lists import host, matches
from bots.core.rooms.authority import may_set_level, outranks, power
from bots.core.rooms.policies import Reason, would_name
from bots.core.runtime.giving_back import given_back, gives_it_to_another
from bots.core.runtime.own_words import Written, own_line, puts_words_into_a_mouth


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the predicates look at.

    `room` is the room that the action is in (None: the bot is not there),
    `sender` who sent the event of a `Redact`, an `Edit`, a `TakeBack` or a `ReadWords`, by the homeserver's word,
    `inviter` who invited the person of a `ShareHistory` to the membership they have now, by the same,
    `shares` whether the organiser's settings say that the room shares its history,
    `written` what is known about the line of somebody's own that a `Send` has in it.
    """

    voice: BotName
    me: str
    bots: frozenset[str]
    room: RoomView | None = None
    sender: str | None = None
    inviter: str | None = None
    shares: bool = False
    written: Written = field(default_factory=Written)


def refusal(action: Outward, at: Circumstances) -> str | None:
    """Why this action must not happen, or None when no invariant stands against it."""
    match action:
        case Send():
            return (
                _speaks_for_another(action, at)
                or _quotes_in_the_open(action.parts, at)
                or puts_words_into_a_mouth(action.parts, action.place, at.voice, at.room, at.written)
                or gives_it_to_another(action.parts, action.place, at.voice, at.me, at.written)
            )
        case Edit() | TakeBack():
            parts = action.parts if isinstance(action, Edit) else ()
            return _not_its_own(at) or _quotes_in_the_open(parts, at) or _slips_words_in(parts)
        case SendCopy(user=user):
            return _overheard(user, at)
        case SetTopic(user=user, parts=parts):
            return _overheard(user, at) or _says_too_much(parts)
        case Redact(sender=sender, asked_by_sender=asked):
            return _not_the_one_named(sender, at) or _against(sender, at, their_wish=asked)
        case Remove(user=user) | Ban(user=user):
            return _against(user, at)
        case SetPower(user=user, level=level):
            return _against(user, at) or _raises(user, level, at)
        case OpenDoor() | ShutOut() | PutRule() | TakeRule():
            return _wrong_for_a_room(action, at)
        case ShareHistory():
            return _keeps_to_itself(at) or _not_our_guest(at)
        case ReadWords(sender=sender):
            return _not_the_one_named(sender, at) or _reads_on_its_own(at)
        case LookAt() | Examine() | Invite() | Unban() | Join() | Leave():
            return None
        case _ as never:
            assert_never(never)


def _speaks_for_another(send: Send, at: Circumstances) -> str | None:
    if isinstance(send.place, InPrivateChat) and at.voice is not BotName.WELCOME:
        return "only the welcome bot speaks in a private chat"
    return None


def _wrong_for_a_room(action: OpenDoor | ShutOut | PutRule | TakeRule, at: Circumstances) -> str | None:
    match action:
        case ShutOut():
            return _locks_itself_out(action.shut, at)
        case OpenDoor():
            return _is_no_lobby(at) if action.open else None
        case PutRule():
            return _not_our_list(at) or _wrong_rule(action, at)
        case TakeRule():
            return _not_our_list(at)


def _locks_itself_out(shut: Sequence[str], at: Circumstances) -> str | None:
    own = host(at.me.partition(":")[2])
    return "a bot never shuts its own homeserver out" if any(matches(each, own) for each in shut) else None


def _not_its_own(at: Circumstances) -> str | None:
    return None if at.sender == at.me else "a bot changes nobody's words but its own"


def _quotes_in_the_open(parts: Sequence[Part], at: Circumstances) -> str | None:
    if not any(isinstance(part, Quote) for part in parts):
        return None
    if at.room is None or at.room.role is not RoomRole.MODERATORS or not at.room.encrypted:
        return "a member is quoted nowhere but in the encrypted moderators' room"
    return None


def _slips_words_in(parts: Sequence[Part]) -> str | None:
    own = own_line(parts) or given_back(parts)
    return None if own is None else "somebody's own words are said once, and never by changing others"


def _overheard(user: str, at: Circumstances) -> str | None:
    """Unless it is the encrypted private chat, with the person and nobody else in it."""
    room = at.room
    if room is None or room.role is not RoomRole.PRIVATE or room.private_with != user or not room.encrypted:
        return "what is for one person only is said nowhere but in the encrypted private chat with them"
    if room.joined() != {at.me, user}:
        return "somebody else is in the private chat, or the person is not"
    return None


def _says_too_much(parts: Sequence[Words]) -> str | None:
    return "a topic is never encrypted, so nothing is filled into it" if any(words.params for words in parts) else None


def _not_the_one_named(named: str, at: Circumstances) -> str | None:
    if at.sender != named:
        return "the event was not sent by the person it was said to be from"
    return None


def _reads_on_its_own(at: Circumstances) -> str | None:
    members_room = at.room is not None and at.room.role in (RoomRole.LOBBY, RoomRole.CONDITION)
    if at.voice is not BotName.RESOURCES or not members_room:
        return "words are read to be kept by the resources bot alone, in the rooms of members"
    return None


def _is_no_lobby(at: Circumstances) -> str | None:
    if at.room is None or at.room.role is not RoomRole.LOBBY:
        return "no room but the lobby is opened to anybody"
    return None


def _not_our_list(at: Circumstances) -> str | None:
    if at.room is None or at.room.role is not RoomRole.OWN_LIST:
        return "rules are written on the community's own policy list, and nowhere else"
    return None


def _wrong_rule(action: PutRule, at: Circumstances) -> str | None:
    if action.policy.reason not in list(Reason):
        return "what is said of anybody in public is one of a few words"
    if would_name(action.policy, (at.me, *at.bots)):
        return "a bot never tells others to keep its own homeserver or a fellow bot out"
    return None


def _keeps_to_itself(at: Circumstances) -> str | None:
    room = at.room
    if not at.shares or room is None or room.role is not RoomRole.CONDITION or not room.encrypted:
        return "a room's keys stay in it unless the organiser shares its history"
    if room.history_visibility not in ("shared", "world_readable"):
        return "the room itself does not let newcomers read what was said before"
    return None


def _not_our_guest(at: Circumstances) -> str | None:
    if at.inviter is None or at.inviter != at.me:
        return "keys are handed only to somebody who is in the room, or invited to it, by this bot's invitation"
    return None


def _against(user: str, at: Circumstances, *, their_wish: bool = False) -> str | None:
    """Against oneself, a fellow bot, or, unless they asked for it, somebody of equal or more power."""
    if user == at.me or user in at.bots:
        return "a bot never acts on itself or on a fellow bot"
    if at.room is None:
        return "the bot is not in that room"
    if not their_wish and not outranks(at.room, at.me, user):
        return "a bot never acts on somebody whose power is equal to its own or more"
    return None


def _raises(user: str, level: int | None, at: Circumstances) -> str | None:
    """A bot gives nobody a power equal to its own, and takes none it could not give back."""
    assert at.room is not None  # `_against` has answered before
    if level is not None and (level >= power(at.room, at.me) or not may_set_level(at.room, at.me, user, level)):
        return "a bot gives nobody as much power as it has itself"
    return None
