# SPDX-License-Identifier: Apache-2.0
"""Room sessions: who has been given a room's key, when it is replaced, and writing with it.

nio's own loop is not used: it gives nothing to any device that happens to have our device id,
marks whoever it meets as trusted, and starts over whenever anybody renames a phone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nio.crypto import OlmDevice
from vodozemac import GroupSession

from bots.core.matrix.crypto.devices import Devices, Patience
from bots.core.matrix.crypto.errors import NotSharedError, ShareStaleError
from bots.core.matrix.crypto.olm import HardenedOlm
from bots.core.matrix.crypto.room_keys import MEGOLM, SHARED_HISTORY, RoomKeys

DeviceKey = tuple[str, str, str]
"""User id, device id, curve25519 key: what a room key is given to."""

_HOUR_MS = 3_600_000
_MESSAGES, _AGE_MS = 100, 168 * _HOUR_MS
"""When a session is replaced unless the room says otherwise: the specification's own numbers."""


@dataclass(frozen=True)
class SharePlan:
    """Some devices which still need a room's key. Nothing is encrypted yet, so plans are cheap."""

    room_id: str
    session_id: str
    devices: tuple[OlmDevice, ...]


@dataclass(frozen=True)
class ShareChunk:
    """A room's key for some devices: `body` is the body of `PUT /sendToDevice/m.room.encrypted/{txn}`."""

    room_id: str
    session_id: str
    body: dict[str, Any]
    devices: frozenset[DeviceKey]


@dataclass
class _Rules:
    messages: int = _MESSAGES
    age_ms: int = _AGE_MS
    shared_history: bool = False


@dataclass
class _Session:
    born: float
    group: GroupSession = field(default_factory=GroupSession)
    messages: int = 0
    given: set[DeviceKey] = field(default_factory=set)


def device_key(device: OlmDevice) -> DeviceKey:
    """What a room key is given to."""
    return device.user_id, device.device_id, device.curve25519


def _whole(content: Any, name: str, default: int, least: int, most: int) -> int:
    value = content.get(name) if isinstance(content, dict) else None
    return min(max(value, least), most) if type(value) is int else default


class Sharing:
    """The sessions we write with, one a room, in memory: after a restart each room gets a new one."""

    def __init__(
        self, olm: HardenedOlm, devices: Devices, keys: RoomKeys, unreachable: Patience, now: Callable[[], float]
    ) -> None:
        self._olm = olm
        self._devices = devices
        self._keys = keys
        self._unreachable = unreachable
        self._now = now
        self._rules: dict[str, _Rules] = {}
        self._sessions: dict[str, _Session] = {}

    def room_encryption(self, room_id: str, content: Any) -> None:
        """Take the rotation periods from the content of the room's `m.room.encryption`.

        Absurd ones are brought to between 1 and 10 000 messages, and between an hour and a year:
        whoever may set them could otherwise make every message as dear as a first one, or never rotate.
        """
        rules = self._rules.setdefault(room_id, _Rules())
        rules.messages = _whole(content, "rotation_period_msgs", _MESSAGES, 1, 10_000)
        rules.age_ms = _whole(content, "rotation_period_ms", _AGE_MS, _HOUR_MS, 365 * 24 * _HOUR_MS)

    def set_shared_history(self, room_id: str, shared: bool) -> None:
        """Say whether the room's keys may later be handed to newcomers (MSC3061); a change replaces the session."""
        rules = self._rules.setdefault(room_id, _Rules())
        if rules.shared_history != shared:
            rules.shared_history = shared
            self.rotate(room_id)

    def rotate(self, room_id: str) -> None:
        """Write with a new session from now on."""
        self._sessions.pop(room_id, None)

    def somebody_left(self, room_id: str) -> None:
        """Write with a new session where history is shared: who left may have our key from somebody else.

        Elsewhere keys go from hand to hand only, and `_current` knows whom we gave ours.
        """
        if self._rules.get(room_id, _Rules()).shared_history:
            self.rotate(room_id)

    def _expired(self, room_id: str, session: _Session) -> bool:
        rules = self._rules.get(room_id) or _Rules()
        return session.messages >= rules.messages or (self._now() - session.born) * 1000 >= rules.age_ms

    def _wanted(self, users: Iterable[str]) -> dict[DeviceKey, OlmDevice]:
        return {device_key(device): device for user in set(users) for device in self._devices.of(user)}

    def _current(self, room_id: str, wanted: Mapping[DeviceKey, OlmDevice]) -> _Session:
        session = self._sessions.get(room_id)
        # Who was given the key and is no member, or no device, any more must not read on.
        if session is None or self._expired(room_id, session) or session.given - wanted.keys():
            session = self._sessions[room_id] = _Session(self._now())
            shared_history = self._rules.get(room_id, _Rules()).shared_history
            # Our own copy, so that we can read what we wrote.
            self._keys.add(
                room_id,
                session.group.session_id,
                session.group.session_key.to_base64(),
                self._olm.curve25519,
                self._olm.ed25519,
                shared_history=shared_history,
                now=self._now(),
            )
        return session

    def plan(self, room_id: str, users: Iterable[str], size: int) -> list[SharePlan]:
        """Which devices of `users` still need the room's key and can get it, `size` to a plan.

        Replaces the session first when it is used up, or somebody who has its key is not among `users` any more.
        """
        wanted = self._wanted(users)
        session = self._current(room_id, wanted)
        needy = [
            device
            for key, device in wanted.items()
            if key not in session.given and self._olm.session_with(device.curve25519) is not None
        ]
        return [
            SharePlan(room_id, session.group.session_id, tuple(needy[start : start + size]))
            for start in range(0, len(needy), size)
        ]

    def seal(self, plan: SharePlan) -> ShareChunk:
        """Encrypt the room's key, from its present index on, to each device of the plan.

        Raises `ShareStaleError` when the session was replaced since.
        """
        session = self._sessions.get(plan.room_id)
        if session is None or session.group.session_id != plan.session_id:
            raise ShareStaleError("the room's session was replaced")
        content = self._room_key(plan.room_id, session)
        messages: dict[str, dict[str, Any]] = {}
        with self._olm.store.database.atomic():
            for device in plan.devices:
                messages.setdefault(device.user_id, {})[device.device_id] = self._olm.seal(
                    device, "m.room_key", content
                )
        return ShareChunk(
            plan.room_id, plan.session_id, {"messages": messages}, frozenset(map(device_key, plan.devices))
        )

    def _room_key(self, room_id: str, session: _Session) -> dict[str, Any]:
        content: dict[str, Any] = {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": session.group.session_id,
            "session_key": session.group.session_key.to_base64(),
        }
        if self._rules.get(room_id, _Rules()).shared_history:
            content |= dict.fromkeys(SHARED_HISTORY, True)
        return content

    def room_key(self, room_id: str) -> dict[str, Any] | None:
        """The content of an `m.room_key` with which the next event of the room can be read; None where there is none.

        It is secret: for one who should have had it with the others.
        """
        session = self._sessions.get(room_id)
        return self._room_key(room_id, session) if session is not None else None

    def shared(self, chunk: ShareChunk) -> None:
        """The homeserver took this chunk: its devices have the key."""
        session = self._sessions.get(chunk.room_id)
        if session is not None and session.group.session_id == chunk.session_id:
            session.given |= chunk.devices

    def encrypt(self, room_id: str, users: Iterable[str], event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """The `m.room.encrypted` content of one event for a room whose members are `users`.

        Raises `NotSharedError` unless every reachable device of `users` has the key and nobody else has;
        a device is unreachable while its one-time key, or its server, is being waited for.
        """
        users = set(users)
        wanted = self._wanted(users)
        session = self._sessions.get(room_id)
        usable = session is not None and not self._expired(room_id, session) and not session.given - wanted.keys()
        now = self._now()
        unclaimed = unshared = 0
        for key, device in wanted.items():
            if usable and session is not None and key in session.given:
                continue
            if self._olm.session_with(device.curve25519) is not None:
                unshared += 1
            elif not self._unreachable.waiting(key, now):
                unclaimed += 1
        unknown = self._devices.unknown(users, now)
        if session is None or not usable or unknown or unclaimed or unshared:
            raise NotSharedError(unknown, unclaimed, unshared)
        session.messages += 1
        payload = {"type": event_type, "content": content, "room_id": room_id}
        encrypted: dict[str, Any] = {
            "algorithm": MEGOLM,
            "sender_key": self._olm.curve25519,
            "device_id": self._olm.device_id,
            "session_id": session.group.session_id,
            "ciphertext": session.group.encrypt(json.dumps(payload).encode()).to_base64(),
        }
        if "m.relates_to" in content:
            encrypted["m.relates_to"] = content["m.relates_to"]
        return encrypted
