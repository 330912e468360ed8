# SPDX-License-Identifier: Apache-2.0
"""What other devices send to ours: rooms' keys, refusals of them, and word that a session is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bots.core.matrix.crypto.errors import BAD_INPUT
from bots.core.matrix.crypto.olm import HardenedOlm, OlmEvent, WedgedError
from bots.core.matrix.crypto.room_keys import MEGOLM, SHARED_HISTORY, RoomKeys
from bots.core.matrix.crypto.sessions import Sessions
from bots.core.matrix.text import is_identifier

_CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")


@dataclass(frozen=True)
class Received:
    """What a sync response brought for the crypto engine.

    `keys_came`: (room id, session id) of keys which open more than before; try what was waiting for them again.
    `withheld`: (room id, session id) to the code with which the sender refused the key.
    `dropped`: how many to-device events were good for nothing.
    """

    keys_came: frozenset[tuple[str, str]] = frozenset()
    withheld: dict[tuple[str, str], str] | None = None
    dropped: int = 0


class Inbox:
    """Takes to-device events in, raw, whatever is in them."""

    def __init__(self, olm: HardenedOlm, keys: RoomKeys, sessions: Sessions, now: Callable[[], float]) -> None:
        self._olm = olm
        self._keys = keys
        self._sessions = sessions
        self._now = now

    def take_in(self, events: Iterable[Any]) -> Received:
        """All of them, in order."""
        came: set[tuple[str, str]] = set()
        withheld: dict[tuple[str, str], str] = {}
        dropped = 0
        for event in events:
            try:
                self._receive(event, came, withheld)
            except BAD_INPUT:
                dropped += 1
        return Received(frozenset(came), withheld, dropped)

    def _receive(self, event: Any, came: set[tuple[str, str]], withheld: dict[tuple[str, str], str]) -> None:
        kind, sender, content = event["type"], event["sender"], event["content"]
        if not (isinstance(sender, str) and isinstance(content, dict)):
            raise ValueError("malformed to-device event")
        if kind == "m.room.encrypted":
            try:
                opened = self._olm.unseal(sender, content)
            except WedgedError:
                self._sessions.wedged(sender, content["sender_key"])
                raise
            if opened is not None and opened.type == "m.room_key":
                self._room_key(opened, came)
        elif kind in {"m.room_key.withheld", "org.matrix.room_key.withheld"}:
            code = content["code"]
            if code == "m.no_olm":
                self._sessions.wedged(sender, content["sender_key"])
                return
            room_id, session_id = content["room_id"], content["session_id"]
            # It goes into the database, and before moderators.
            if not (_CODE.fullmatch(code) and is_identifier(room_id) and is_identifier(session_id)):
                raise ValueError("malformed refusal")
            self._keys.withhold(room_id, session_id, code)
            withheld[room_id, session_id] = code

    def _room_key(self, event: OlmEvent, came: set[tuple[str, str]]) -> None:
        content = event.content
        room_id, session_id = content["room_id"], content["session_id"]
        if content["algorithm"] != MEGOLM or not (is_identifier(room_id) and is_identifier(session_id)):
            raise ValueError("not a Megolm key")
        shared_history = any(content.get(name) is True for name in SHARED_HISTORY)
        opens_more = self._keys.add(
            room_id,
            session_id,
            content["session_key"],
            event.sender_key,
            event.ed25519,
            shared_history=shared_history,
            now=self._now(),
        )
        if opens_more:
            came.add((room_id, session_id))
