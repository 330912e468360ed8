# SPDX-License-Identifier: Apache-2.0
"""What is said to somebody who gave `!save` in a room: in private, or elsewhere where they have no private chat. Pure.

A moderator is answered in the moderators' room, which every one of them reads. Anybody else hears how to be answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, BotName, EventRef, InPrivateChat, InRoom, Send, Words
from bots.core.bot import Reader
from bots.core.events import OBSERVED, Outcome
from bots.core.rooms.authority import is_moderator
from bots.core.tips import WHY
from bots.resources.wisdom.facts import office
from bots.resources.wisdom.telling import Listener, to_author

_SAVER = f"{WHY}.saver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Who could not be told something, and where they had asked. `office` is set if they moderate that room."""

    who: str
    said: Send
    room_id: str
    about: str
    office: str | None


def to_saver(listener: Listener, words: Words, room_id: str, about: str | None) -> Send:
    """Answer somebody in private who wants the message `about` in that room to be kept."""
    return to_author(listener, words, memo=f"{_SAVER}|{room_id}|{about or ''}")


async def gather(event: Outcome, reader: Reader) -> Unreached | None:
    """Somebody who could not be answered."""
    match event.action:
        case Send(memo=str(memo), place=InPrivateChat(who)) as said if memo.startswith(f"{_SAVER}|"):
            if event.ok or event.errcode == OBSERVED:
                return None
            _, room_id, about = memo.split("|", 2)
            room = reader.room(room_id)
            theirs = await office(reader) if room is not None and is_moderator(room, who) else None
            return Unreached(who=who, said=said, room_id=room_id, about=about, office=theirs)
    return None


def decide(_event: Outcome, facts: Unreached | None) -> tuple[Action, ...]:
    """Say it to the moderators, or where it was asked for that it can be said in private only."""
    if facts is None:
        return ()
    if facts.office is None:
        thread = EventRef(facts.about) if facts.about else None
        return (Send(why=WHY, place=InRoom(facts.room_id), thread=thread, parts=(Words("wisdom.no_chat.saver"),)),)
    said = tuple(replace(part, language=None) for part in facts.said.parts if isinstance(part, Words))
    return (
        Send(
            why=WHY,
            voice=BotName.MODERATION,
            place=InRoom(facts.office),
            parts=(Words("wisdom.for_saver", {"who": facts.who}), *said),
            mentions=(facts.who,),
        ),
    )
