# SPDX-License-Identifier: Apache-2.0
"""What goes into one turn of the conversation, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bots.core.actions import Words
from bots.core.community import Community, Federation
from bots.core.records import Holding
from bots.welcome.answers import Intent
from bots.welcome.records import Consent, Conversation
from bots.welcome.showing import Account
from bots.welcome.wording import Say


@dataclass(frozen=True, slots=True)
class Said:
    """Words. `edits` names the message that these take the place of."""

    text: str
    event_id: str
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """A reaction under the question called `question`, or an answer to its poll, which comes `encrypted`."""

    key: str
    question: str
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Showed:
    """A picture, a file, a sticker."""


@dataclass(frozen=True, slots=True)
class Called:
    """A command that means the same as some plain words."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Speak:
    """A command for another language; an empty one asks which there are."""

    language: str


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A command that this bot does not know."""


Input = Said | Tapped | Showed | Called | Speak | Mistyped


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is so, at this moment.

    `server` is the person's homeserver, `ours` the bot's.
    `language` is the one that they chose to be spoken to in; empty, where they chose none.
    `rooms` are the condition ids that have a room, `inside` those whose room the person is in.
    `locked` are those into whose room nobody new is let for the moment.
    `waiting` are, by condition id, the addresses of rooms to which they are invited and have not come.
    `account` is what others can see of theirs.
    `receipts` is what the person agreed to; `kept` what is kept about them, as far as it was asked for;
    `by_hand` are names of rooms that they can only leave by themselves.
    `office` whether there is a room of moderators to tell something to.
    `asked` whether the question at hand stands in the chat: what was written before that is no answer to it.
    """

    now: datetime
    server: str
    ours: str
    rooms: frozenset[str]
    inside: frozenset[str]
    account: Account
    language: str = ""
    receipts: tuple[Consent, ...] = ()
    kept: tuple[Holding, ...] = ()
    by_hand: tuple[str, ...] = ()
    office: bool = False
    locked: frozenset[str] = frozenset()
    asked: bool = True
    waiting: Mapping[str, str] = field(default_factory=dict)

    def is_reached_by(self, community: Community) -> bool:
        """Whether the condition rooms may hold an account of that homeserver."""
        match community.federation:
            case Federation.OPEN:
                return True
            case Federation.ALLIED:
                return self.server in {self.ours, *community.allies}
            case Federation.CLOSED:
                return self.server == self.ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What comes of an input.

    `admit` are condition ids to invite the person to, `introduce` those whose room shall hear that somebody is new.
    `line` is the event id of a line of their own that they said yes to, `heard_by` the condition ids whose rooms are
    to hear it, now or when the person comes in.
    `office` is what the moderators' room hears, without a name.
    `past` are condition ids whose room's past is to be handed over once more, if it can be.
    `language` is the one that the person is spoken to in from now on (empty: the community's; None: as before).
    `copy`: the person gets all that is kept about them as a file.
    `leave`: they are taken out of every room. `erase`: all that is kept about them goes, after `says` have been said.
    """

    conversation: Conversation
    says: tuple[Say, ...] = ()
    admit: tuple[str, ...] = ()
    introduce: tuple[str, ...] = ()
    line: str = ""
    heard_by: tuple[str, ...] = ()
    office: tuple[Words, ...] = ()
    past: tuple[str, ...] = ()
    language: str | None = None
    copy: bool = False
    leave: bool = False
    erase: bool = False
