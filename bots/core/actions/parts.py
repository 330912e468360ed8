# SPDX-License-Identifier: Apache-2.0
"""Of what actions are made: where something is said, what it refers to, and the parts of which it consists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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
