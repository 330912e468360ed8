# SPDX-License-Identifier: Apache-2.0
"""What an account does in rooms that is never encrypted: membership, power, redactions, reactions.

What is done already counts as done. No request carries a reason: every server in the room could read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bots.core.matrix.content import reaction_content
from bots.core.matrix.http import Http, path
from bots.core.rooms import MembershipState
from bots.core.rooms.access_lists import with_shut_out
from bots.core.transport import TransportError

_FORBIDDEN = 403
_NOT_FOUND = 404
# How many memberships of one person, one after the other, are looked through for an invitation.
_MEMBERSHIPS = 20
# How often a level is written before others who change them are left to finish.
_TRIES = 5


class RoomActions:
    """Acts through `http`, which carries the account's token. Every method raises TransportError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def react(self, room_id: str, event_id: str, key: str, transaction_id: str) -> str:
        """React with an emoji. Gives the event id."""
        target = path("rooms", room_id, "send", "m.reaction", transaction_id)
        answer = await self._http.request("PUT", target, reaction_content(event_id, key))
        return event_id_in(answer)

    async def redact(self, room_id: str, event_id: str, transaction_id: str) -> None:
        """Redact, without a reason."""
        await self._http.request("PUT", path("rooms", room_id, "redact", event_id, transaction_id), {})

    async def invite(self, room_id: str, user: str) -> None:
        """Invite; somebody who is invited or in the room already stays so."""
        await self._change_unless(room_id, "invite", user, done=("invite", "join"))

    async def kick(self, room_id: str, user: str) -> None:
        """Kick; somebody who is not in the room stays out."""
        await self._change(room_id, "kick", user, done=("leave", "ban", None))

    async def ban(self, room_id: str, user: str) -> None:
        """Ban; who is banned already stays so."""
        await self._change_unless(room_id, "ban", user, done=("ban",))

    async def unban(self, room_id: str, user: str) -> None:
        """Unban; somebody who is not banned is left as they are."""
        await self._change(room_id, "unban", user, done=("leave", "invite", "join", "knock", None))

    async def set_power(self, room_id: str, user: str, level: int | None) -> None:
        """Set one user's level (None: the room's default), reading the rest from the homeserver at that moment.

        It is read again after: of two who change the levels at the same time a homeserver keeps one's,
        and what it says then, with this level, is written once more.
        """
        target = path("rooms", room_id, "state", "m.room.power_levels", "")
        for _ in range(_TRIES):
            content = await self._state(room_id, "m.room.power_levels") or {}
            users = content.get("users")
            users = dict(users) if isinstance(users, Mapping) else {}
            before = dict(users)
            users.pop(user, None)
            if level is not None:
                users[user] = level
            if users == before:
                return
            await self._http.request("PUT", target, {**content, "users": users})
        raise TransportError("KITHROOM_NOT_KEPT", "somebody else changes the levels all the time", retryable=True)

    async def set_topic(self, room_id: str, topic: str) -> None:
        """Set the topic, which every server in the room can read; an empty one takes it away."""
        await self._http.request("PUT", path("rooms", room_id, "state", "m.room.topic", ""), {"topic": topic})

    async def set_join_rule(self, room_id: str, rule: str) -> None:
        """Say who may join: "public" or "invite". Where that is so already, nothing is changed."""
        target = path("rooms", room_id, "state", "m.room.join_rules", "")
        if (await self._http.found(target) or {}).get("join_rule") != rule:
            await self._http.request("PUT", target, {"join_rule": rule})

    async def shut_out(self, room_id: str, shut: Sequence[str], let_in: Sequence[str]) -> None:
        """Change who is shut out by the room's access list; what else it says stays as it is at that moment."""
        own = (await self._http.request("GET", path("account", "whoami")))["user_id"].partition(":")[2]
        changed = with_shut_out(await self._state(room_id, "m.room.server_acl"), shut, let_in, own)
        if changed is not None:
            await self._http.request("PUT", path("rooms", room_id, "state", "m.room.server_acl", ""), changed)

    async def put_rule(self, room_id: str, kind: str, state_key: str, content: Mapping[str, Any]) -> None:
        """Write a rule of a policy list: the state event of this type and key."""
        await self._http.request("PUT", path("rooms", room_id, "state", kind, state_key), dict(content))

    async def take_rule(self, room_id: str, kind: str, state_key: str) -> None:
        """Empty it, and redact what it said before. What never stood there counts as taken. Safe to repeat.

        Emptied first, since that is what every tool reads as the end of a rule; whoever was stopped after that
        finds what it said as the event that the empty one took the place of.
        """
        target = path("rooms", room_id, "state", kind, state_key)
        event = await self._http.found(target, query={"format": "event"}) or {}
        said = event.get("event_id") if event.get("content") else _replaced_by(event)
        if event.get("content"):
            await self._http.request("PUT", target, {})
        if isinstance(said, str):
            await self.redact(room_id, said, f"taken.{said}")

    async def join(self, room_id: str, via: Sequence[str] = ()) -> str:
        """Accept an invitation, or join a public room, by its id or its alias; `via` are servers that know it.

        Gives the room's id.
        """
        # `via` since v1.12 of the specification, `server_name` before.
        query = {"via": list(via), "server_name": list(via)} if via else None
        answer = await self._http.request("POST", path("join", room_id), {}, query=query)
        joined = answer.get("room_id")
        return joined if isinstance(joined, str) else room_id

    async def leave(self, room_id: str) -> None:
        """Leave and forget; what was left already is only forgotten."""
        try:
            await self._http.request("POST", path("rooms", room_id, "leave"), {})
        except TransportError as error:
            if error.retryable or error.status not in (_FORBIDDEN, _NOT_FOUND):
                raise
        await self._http.request("POST", path("rooms", room_id, "forget"), {})

    async def _change_unless(self, room_id: str, change: str, user: str, *, done: Sequence[str]) -> None:
        """The homeserver would make another event of what is so already."""
        if await self.membership(room_id, user) not in done:
            await self._change(room_id, change, user, done=done)

    async def _change(self, room_id: str, change: str, user: str, *, done: Sequence[str | None]) -> None:
        try:
            await self._http.request("POST", path("rooms", room_id, change), {"user_id": user})
        except TransportError as error:
            if error.retryable or error.status != _FORBIDDEN or await self.membership(room_id, user) not in done:
                raise

    async def membership(self, room_id: str, user: str) -> MembershipState | None:
        """The user's membership, by the homeserver's word now; None when they never had one."""
        membership = (await self._state(room_id, "m.room.member", user) or {}).get("membership")
        return MembershipState(membership) if membership in list(MembershipState) else None

    async def inviter(self, room_id: str, user: str) -> str | None:
        """Who invited the user to the membership that they have now, by the homeserver's word.

        None for somebody who is not in the room, who came in without an invitation, or of whom it is not known.
        """
        target = path("rooms", room_id, "state", "m.room.member", user)
        event = await self._http.found(target, query={"format": "event"}, or_forbidden=True) or {}
        for _ in range(_MEMBERSHIPS):
            content = event.get("content")
            membership = content.get("membership") if isinstance(content, Mapping) else None
            if membership == "invite":
                sender = event.get("sender")
                return sender if isinstance(sender, str) else None
            before = _replaced_by(event)
            if membership != "join" or not isinstance(before, str):
                return None
            # A join takes the invitation's place, and a new name a join's.
            event = await self._http.found(path("rooms", room_id, "event", before), or_forbidden=True) or {}
            if (event.get("type"), event.get("state_key")) != ("m.room.member", user):
                return None
        return None

    async def _state(self, room_id: str, kind: str, state_key: str = "") -> dict[str, Any] | None:
        """The content of one state event; None when there is none."""
        return await self._http.found(path("rooms", room_id, "state", kind, state_key))


def _replaced_by(event: Mapping[str, Any]) -> object:
    """The event whose place in the room's state this one took."""
    unsigned = event.get("unsigned")
    return unsigned.get("replaces_state") if isinstance(unsigned, Mapping) else None


def event_id_in(answer: Mapping[str, Any]) -> str:
    """The event id that a send answered. Raises TransportError when there is none."""
    event_id = answer.get("event_id")
    if not isinstance(event_id, str):
        raise TransportError("KITHROOM_BAD_RESPONSE", "the homeserver named no event", retryable=True)
    return event_id
