# SPDX-License-Identifier: Apache-2.0
"""What is kept of policy lists: which are read, how far each may go, what came of them; and who is shut out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from bots.core.records import Duty, Person, Record


class May(StrEnum):
    """How far a list may go by itself, when it names somebody who is here."""

    TELL = "tell"
    HOLD = "hold"
    REMOVE = "remove"
    BAN = "ban"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyList(Record):
    """A list that moderators subscribed to. Until somebody has said yes to its preview, it is not `active`.

    `name` is what they called it. `asked` is how far it may go as soon as somebody says yes to the preview of that;
    None: nothing waits for a yes. `gone`: the bot is not in its room any more, and they know.
    """

    room_id: str
    name: str
    may: May
    asked: May | None = None
    active: bool = False
    gone: bool = False

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="says which policy lists are read, and how far each may go; until a moderator unsubscribes",
        keep=None,
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMatch(Record):
    """Somebody who is here is on a list: that moderators were told so, and what was done for it.

    `order` is the first decision that it came to (0: none).
    """

    list_id: str
    user: Person
    number: int
    order: int = 0

    key: ClassVar[tuple[str, ...]] = ("list_id", "user")
    duty: ClassVar[Duty] = Duty(
        purpose="tells of somebody who is on a policy list once, and takes back what was done when they no longer are",
        keep=timedelta(days=365),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedServer(Record):
    """A homeserver (or a glob for several) that the bot shut out of the rooms: by a moderator's hand, or for a list."""

    server: str
    by_hand: bool

    key: ClassVar[tuple[str, ...]] = ("server",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a homeserver in again when a moderator says so, or when no list names it any more; until then",
        keep=None,
        subject=None,
    )
