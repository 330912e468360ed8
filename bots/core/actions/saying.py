# SPDX-License-Identifier: Apache-2.0
"""What a bot says, and what it does with what it said itself."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.actions.base import BaseAction
from bots.core.actions.parts import Part, Place, Ref, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(BaseAction):
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
class Edit(BaseAction):
    """Say `parts` instead of what the bot itself said in the room with `target`; the buttons under it stay.

    For what grows while people look on (how far a ban of a hundred rooms has come), and notifies nobody.
    The performer refuses it for anybody else's words. It fails with `M_NOT_FOUND` for a label that nothing was sent
    under.
    """

    room_id: str
    target: Ref
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(BaseAction):
    """Take back what the bot itself said in the room with `target`: who asked for it took their own words back.

    The performer refuses it for anybody else's words. What was never said, or is gone, counts as taken back.
    """

    room_id: str
    target: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCopy(BaseAction):
    """Send `user`, in their private chat and encrypted, a copy of everything that is kept about them.

    It is gathered when the action is carried out, and is nowhere at rest.
    """

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTopic(BaseAction):
    """Say `parts` in the topic of the private chat with `user`; without any, take the topic away.

    A topic is never encrypted: whoever can't read what is said can read it, and so can the servers.
    So it holds whole sentences of the catalogue only, and the performer refuses one with anything filled in.
    """

    user: str
    parts: tuple[Words, ...] = ()
