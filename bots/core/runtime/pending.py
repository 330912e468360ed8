# SPDX-License-Identifier: Apache-2.0
"""What a bot has decided to change in rooms, and no sync has told of yet.

Decisions are made on rooms as the last sync left them. Between a decision, its being carried out and the sync that
tells of it lies a moment, or, while the homeserver is away, long: whoever decides meanwhile has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bots.core.actions import Ban, OpenDoor, Outward, Remove, SetPower, Unban
from bots.core.rooms import Member, MembershipState, RoomView
from bots.core.runtime.payload import from_json
from bots.core.runtime.ports import Waiting

Change = SetPower | Remove | Ban | Unban | OpenDoor
# What their rows say that they are: no other is opened for it.
_KINDS = frozenset({"set_power", "remove", "ban", "unban", "open_door"})


@dataclass
class Pending:
    """The changes of one bot: by room, and there by transaction id, in the order in which they were decided."""

    _changes: dict[str, dict[str, Change]] = field(default_factory=dict)
    # Where those are that were carried out, and how many syncs had begun by then.
    _done: dict[str, tuple[str, int]] = field(default_factory=dict)
    # A room of thousands is asked for many times in an event: by room, how it was, and how it will be.
    _over: dict[str, tuple[RoomView, RoomView]] = field(default_factory=dict)
    _syncs: int = 0

    def decided(self, rows: Iterable[Waiting]) -> None:
        """These are in the outbox."""
        for row in rows:
            if (change := changed_by(row)) is not None:
                self._changes.setdefault(change.room_id, {}).setdefault(row.transaction_id, change)
                self._over.pop(change.room_id, None)

    def finished(self, action: Outward, transaction_id: str, *, ok: bool) -> None:
        """It was carried out, and will show; or it never will be."""
        if isinstance(action, Change) and transaction_id in self._changes.get(action.room_id, {}):
            self._done[transaction_id] = (action.room_id, self._syncs)
            if not ok:
                self._forget(transaction_id)

    def asking(self) -> None:
        """The homeserver is asked what there is: its answer tells of what was carried out until now."""
        self._syncs += 1

    def told(self, room: Callable[[str], RoomView | None]) -> None:
        """It has answered; the rooms are as it says."""
        for id_, (room_id, begun) in list(self._done.items()):
            view = room(room_id)
            if begun < self._syncs or view is None or _changed(view, self._changes[room_id][id_]) == view:
                self._forget(id_)

    def over(self, view: RoomView) -> RoomView:
        """The room as it will be."""
        if view.room_id not in self._changes:
            return view
        known = self._over.get(view.room_id)
        if known is None or known[0] is not view:
            known = self._over[view.room_id] = (view, changed(view, self._changes[view.room_id].values()))
        return known[1]

    def _forget(self, transaction_id: str) -> None:
        room_id, _ = self._done.pop(transaction_id)
        del self._changes[room_id][transaction_id]
        self._over.pop(room_id, None)
        if not self._changes[room_id]:
            del self._changes[room_id]


def changed_by(row: Waiting) -> Change | None:
    """The change that a row of the outbox stands for, if it is one."""
    action = from_json(row.payload) if row.payload.get("kind") in _KINDS else None
    return action if isinstance(action, Change) else None


def changed(view: RoomView, changes: Iterable[Change]) -> RoomView:
    """The room after these."""
    for change in changes:
        view = _changed(view, change)
    return view


def _changed(view: RoomView, change: Change) -> RoomView:
    match change:
        case SetPower(user=user, level=level):
            if view.power_levels is None:
                return view
            users = {each: known for each, known in view.power_levels.users.items() if each != user}
            users |= {} if level is None else {user: level}
            return replace(view, power_levels=replace(view.power_levels, users=users))
        case OpenDoor(open=open_):
            return replace(view, join_rule="public" if open_ else "invite")
        case Ban(user=user):
            return _stands(view, user, MembershipState.BAN)
        case Remove(user=user):
            banned = user in view.members and view.members[user].state is MembershipState.BAN
            return view if banned or user not in view.members else _stands(view, user, MembershipState.LEAVE)
        case Unban(user=user):
            banned = user in view.members and view.members[user].state is MembershipState.BAN
            return _stands(view, user, MembershipState.LEAVE) if banned else view


def _stands(view: RoomView, user: str, state: MembershipState) -> RoomView:
    known = view.members.get(user)
    if known is not None and known.state is state:
        return view
    name = known.display_name if known is not None else None
    return replace(view, members={**view.members, user: Member(state, name)})
