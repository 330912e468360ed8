# SPDX-License-Identifier: Apache-2.0
"""Observing: everything is decided and shown to the moderators, and nothing is done. Pure.

It stands between deciding and the outbox, so that no policy has to know of it.
What passes is what is written down, what is said in the moderators' room, and reading: coming into a room, looking
into a file or at a page, reading what its author asked to be kept.
All else is held back and told there as what would have been done.
A policy that asked for an outcome hears that it failed, with `OBSERVED`: what it wrote down it puts right, as it does
whenever the homeserver says no, so that no record tells of something that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from bots.core.actions import (
    Action,
    Audit,
    Ban,
    Bookkeeping,
    Edit,
    Examine,
    InPrivateChat,
    InRoom,
    Invite,
    Join,
    LookAt,
    Outward,
    Param,
    Part,
    Priority,
    ReadWords,
    Redact,
    Remove,
    Schedule,
    Send,
    SendCopy,
    SetPower,
    SetTopic,
    TakeBack,
    Unban,
    Words,
)
from bots.core.community import Community, Mode
from bots.core.events import OBSERVED

__all__ = ["OBSERVED", "Observed", "Watching", "hold_back", "would_have"]

# A case in which a hundred rooms are concerned is still read on a phone.
_MOST_LINES = 12
_BOOKKEEPING = get_args(Bookkeeping)


@dataclass(frozen=True, slots=True)
class Watching:
    """What is only watched: everything (`all_of_it`), or what these detectors and policies ask for."""

    all_of_it: bool = False
    names: Collection[str] = ()

    @classmethod
    def of(cls, community: Community) -> Watching:
        """What the settings say."""
        return cls(community.mode is Mode.OBSERVE, community.observe)

    def __bool__(self) -> bool:
        return self.all_of_it or bool(self.names)

    def holds(self, why: str) -> bool:
        """Whether what this rule asks for is held back. A name stands for itself and for all that is below it."""
        rule = f".{why.partition('#')[0]}."
        return self.all_of_it or any(f".{name}." in rule for name in self.names)


@dataclass(frozen=True, slots=True)
class Observed:
    """A decision in two: what passes, and, by its place in the decision, what is held back."""

    passes: tuple[tuple[int, Action], ...]
    held: tuple[tuple[int, Outward | Schedule], ...]


def hold_back(actions: Sequence[Action], watching: Watching, office: str | None) -> Observed:
    """What passes of a decision. `office` is the moderators' room.

    Of a decision in which something is held back, the audit log says that it was only observed.
    """
    passes: list[tuple[int, Action]] = []
    held: list[tuple[int, Outward | Schedule]] = []
    for place, action in enumerate(actions):
        if _harmless(action, office) or not watching.holds(action.why):
            passes.append((place, action))
        else:
            held.append((place, action))  # type: ignore[arg-type]  # what is no bookkeeping goes through the outbox
    if held:
        passes = [(place, _only_observed(action, watching)) for place, action in passes]
    return Observed(tuple(passes), tuple(held))


def would_have(held: Sequence[Outward | Schedule], office: str | None, name: Callable[[str], str]) -> Send | None:
    """The line for the moderators; None where there is nothing to tell, or nowhere. `name` is what a room is called."""
    if not held or office is None:
        return None
    together: dict[tuple[str, str], list[Outward | Schedule]] = {}
    for action in held:
        together.setdefault((_what(action), _whom(action)), []).append(action)
    lines = [_line(what, whom, actions, name) for (what, whom), actions in together.items()]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], Words("core.observed.more", {"count": more})]
    return Send(
        why="runtime.observe",
        priority=Priority.MODERATION,
        place=InRoom(office),
        parts=(Words("core.observed", {"deeds": tuple(lines)}),),
    )


def _harmless(action: Action, office: str | None) -> bool:
    match action:
        case Send(place=InRoom(room_id=room_id)) | Edit(room_id=room_id) | TakeBack(room_id=room_id):
            return office is not None and room_id == office
        case Schedule(voice=voice):
            # A tick for another bot is how that one is asked to do something.
            return voice is None
        case _:
            return isinstance(action, (Join, Examine, ReadWords, LookAt, *_BOOKKEEPING))


def _only_observed(action: Action, watching: Watching) -> Action:
    if isinstance(action, Audit) and watching.holds(action.why):
        return replace(action, kind=f"observed.{action.kind}")
    return action


def _what(action: Outward | Schedule) -> str:
    match action:
        case Redact() | Invite() | Remove() | Ban() | Unban():
            return type(action).__name__.lower()
        case SetPower(level=level):
            return "mute" if level is not None and level < 0 else "power"
        case Send(place=InPrivateChat()) | SendCopy() | SetTopic():
            return "tell"
        case Send() | Edit():
            return "say"
        case _:
            return "other"


def _whom(action: Outward | Schedule) -> str:
    match action:
        case Redact(sender=sender):
            return sender
        case Send(place=InPrivateChat(user=user)):
            return user
        case Send() | Edit():
            return ""
        case _:
            return str(getattr(action, "user", ""))


def _line(what: str, whom: str, actions: Sequence[Outward | Schedule], name: Callable[[str], str]) -> Words:
    if what == "other":
        return Words("core.observed.other", {"rule": actions[0].why.partition("#")[0]})
    params: dict[str, Param] = {"who": whom} if whom else {}
    if what in ("tell", "say"):
        params["words"] = tuple(part for action in actions for part in _parts(action) if isinstance(part, Words))
    if what != "tell":
        rooms = tuple(dict.fromkeys(_room(action) for action in actions))
        params["room"] = name(rooms[0]) if len(rooms) == 1 else Words("core.observed.rooms", {"count": len(rooms)})
    return Words(f"core.observed.{what}", params)


def _parts(action: Outward | Schedule) -> tuple[Part, ...]:
    return action.parts if isinstance(action, Send | Edit) else ()


def _room(action: Outward | Schedule) -> str:
    if isinstance(action, Send):
        return action.place.room_id if isinstance(action.place, InRoom) else ""
    return str(getattr(action, "room_id", ""))
