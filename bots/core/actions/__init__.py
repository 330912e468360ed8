# SPDX-License-Identifier: Apache-2.0
"""What may go out: a closed union of frozen actions. Every one carries `why`, the id of the rule that asked for it.

A handler returns these; only `bots.core.runtime` carries them out, and only there do the hard invariants live.
Until they are carried out they wait in the outbox, sealed, and are deleted when done.
"""

from bots.core.actions.base import TOO_LATE, BaseAction, BotName, Priority
from bots.core.actions.bookkeeping import Audit, Cancel, Erase, Forget, Log, Remember, Schedule
from bots.core.actions.looking import Examine, LookAt, ReadWords
from bots.core.actions.parts import (
    EventRef,
    GivenBack,
    InPrivateChat,
    InRoom,
    LabelRef,
    OwnWords,
    Param,
    Part,
    Place,
    Quote,
    Ref,
    Words,
)
from bots.core.actions.rooms import (
    Ban,
    Invite,
    Join,
    Leave,
    OpenDoor,
    PutRule,
    Redact,
    Remove,
    SetPower,
    ShareHistory,
    ShutOut,
    TakeRule,
    Unban,
)
from bots.core.actions.saying import Edit, Send, SendCopy, SetTopic, TakeBack

__all__ = [
    "TOO_LATE",
    "Action",
    "Audit",
    "Ban",
    "BaseAction",
    "Bookkeeping",
    "BotName",
    "Cancel",
    "Edit",
    "Erase",
    "EventRef",
    "Examine",
    "Forget",
    "GivenBack",
    "InPrivateChat",
    "InRoom",
    "Invite",
    "Join",
    "LabelRef",
    "Leave",
    "Log",
    "LookAt",
    "OpenDoor",
    "Outward",
    "OwnWords",
    "Param",
    "Part",
    "Place",
    "Priority",
    "PutRule",
    "Quote",
    "ReadWords",
    "Redact",
    "Ref",
    "Remember",
    "Remove",
    "RoomChange",
    "Schedule",
    "Send",
    "SendCopy",
    "SetPower",
    "SetTopic",
    "ShareHistory",
    "ShutOut",
    "TakeBack",
    "TakeRule",
    "Unban",
    "Words",
]

# What changes a room, or who is in it, and says nothing.
RoomChange = Invite | ShareHistory | Remove | Ban | Unban | SetPower | OpenDoor | ShutOut | PutRule | TakeRule | Leave

# What goes through the outbox, to the homeserver.
Outward = Send | Edit | TakeBack | SendCopy | SetTopic | Redact | Examine | ReadWords | LookAt | Join | RoomChange

# What the deciding transaction carries out itself.
Bookkeeping = Remember | Forget | Erase | Schedule | Cancel | Audit | Log

Action = Outward | Bookkeeping
