# SPDX-License-Identifier: Apache-2.0
"""The keys that open what is said in rooms, and the opening: raw JSON in, a typed answer or a typed refusal out."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from nio.crypto import InboundGroupSession
from vodozemac import MegolmMessage, SessionKey

from bots.core.matrix.crypto.errors import Reason, UndecryptableError
from bots.core.matrix.crypto.store import KeyStore

MEGOLM = "m.megolm.v1.aes-sha2"
SHARED_HISTORY = ("m.shared_history", "org.matrix.msc3061.shared_history")
"""How a sender says, with a key, that newcomers may have it: the name, and the one before there was a name."""
_TRIES = 8
"""How many claims of one session are tried on one event; the claims of the event's sender come first."""
_INDEXES = 100_000
"""How many opened messages are remembered against replay, about 20 MB."""
_WITHHELD = 2_000
"""How many refusals are remembered: anyone may send them."""


@dataclass(frozen=True)
class Opened:
    """What was inside an encrypted event, and whose key opened it."""

    type: str
    content: dict[str, Any]
    session_id: str
    sender_key: str
    ed25519: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One session as one sender gave it to us.

    `shared_history`: the sender said that newcomers may have it (MSC3061). `came_at` (seconds) is when we first had it.
    """

    session: InboundGroupSession
    shared_history: bool
    came_at: float


class RoomKeys:
    """Every Megolm session we can read, found by room and session id.

    One session may be claimed by several senders (curve25519 keys): whoever got a key can send it on as her own.
    All claims are kept apart, so nobody can take another's session away.
    """

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._sessions: dict[str, dict[str, dict[str, Claim]]] = {}
        self._indexes: OrderedDict[tuple[str, str, int], str] = OrderedDict()
        self._withheld: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.back_to_what_is_kept()

    def back_to_what_is_kept(self) -> None:
        """Take the keys as they are on disk."""
        self._sessions.clear()
        for session, shared_history, came_at in self._store.room_keys():
            self._put(Claim(session, shared_history, came_at))

    def _put(self, claim: Claim) -> None:
        session = claim.session
        self._sessions.setdefault(session.room_id, {}).setdefault(session.id, {})[session.sender_key] = claim

    def add(
        self,
        room_id: str,
        session_id: str,
        session_key: str,
        sender_key: str,
        ed25519: str,
        *,
        shared_history: bool,
        now: float,
    ) -> bool:
        """Take a key that came over Olm from `sender_key`; whether it opens anything we could not open before.

        Raises `ValueError` for a key that is none, or not the one it says.
        """
        session = InboundGroupSession(SessionKey(session_key).to_base64(), ed25519, sender_key, room_id)
        if session.id != session_id:
            raise ValueError("the session id is another one")
        claims = self._sessions.get(room_id, {}).get(session_id, {})
        known = claims.get(sender_key)
        if known is not None and known.session.first_known_index <= session.first_known_index:
            return False
        # An earlier copy of the key opens what was said earlier; it is as old as the one we had.
        claim = Claim(session, shared_history, min(now, known.came_at) if known else now)
        self._store.save_room_key(claim.session, claim.shared_history, claim.came_at)
        self._put(claim)
        return True

    def withhold(self, room_id: str, session_id: str, code: str) -> None:
        """Remember that a sender refused us a key."""
        self._withheld[room_id, session_id] = code
        if len(self._withheld) > _WITHHELD:
            self._withheld.popitem(last=False)

    def withheld(self, room_id: str, session_id: str) -> str | None:
        """The code with which this key was refused, if it was."""
        return self._withheld.get((room_id, session_id))

    def forget(self, room_id: str) -> None:
        """Forget a room's keys."""
        self._store.delete_room_keys(room_id)
        self._sessions.pop(room_id, None)

    def since(self, when: float) -> frozenset[tuple[str, str]]:
        """(room id, session id) of the keys that came at `when` (seconds) or later."""
        return frozenset(
            (room_id, session_id)
            for room_id, sessions in self._sessions.items()
            for session_id, claims in sessions.items()
            if any(claim.came_at >= when for claim in claims.values())
        )

    def of_room(self, room_id: str) -> list[tuple[Claim, ...]]:
        """Every session of a room, each with all claims of it, in the order in which they came."""
        return [tuple(claims.values()) for claims in self._sessions.get(room_id, {}).values()]

    def open(self, room_id: str, event: Any, sender_keys: frozenset[str]) -> Opened:
        """Decrypt one raw `m.room.encrypted` event of a room.

        `sender_keys` are the curve25519 keys of the event's sender: a session claimed by one of them is preferred.
        The deprecated `sender_key` and `device_id` of the event are not read.
        Raises `UndecryptableError`, and nothing else, whatever the event is.
        """
        try:
            content, event_id = event["content"], event["event_id"]
            algorithm, session_id, ciphertext = content["algorithm"], content["session_id"], content["ciphertext"]
        except (KeyError, TypeError, IndexError):
            raise UndecryptableError(None, Reason.MALFORMED) from None
        fields = (event_id, session_id, ciphertext)
        if algorithm != MEGOLM or not all(isinstance(field, str) for field in fields):
            raise UndecryptableError(session_id if isinstance(session_id, str) else None, Reason.MALFORMED)
        if "state_key" in event:
            raise UndecryptableError(session_id, Reason.STATE)
        claims = self._sessions.get(room_id, {}).get(session_id)
        if not claims:
            reason = Reason.WITHHELD if (room_id, session_id) in self._withheld else Reason.NO_KEY
            raise UndecryptableError(session_id, reason)
        # The sender's own claim first; the order of arrival decides among the rest.
        rightful = [claims[key].session for key in sender_keys if key in claims]
        others = (claim.session for key, claim in claims.items() if key not in sender_keys)
        tries = list(islice(chain(rightful, others), _TRIES))
        session, plaintext, index = self._decrypt(session_id, tries, ciphertext)
        payload = _payload(session_id, room_id, plaintext)
        self._once(session, index, event_id)
        _copy_relation(content, payload["content"])
        return Opened(payload["type"], payload["content"], session_id, session.sender_key, session.ed25519)

    def _decrypt(
        self, session_id: str, claims: list[InboundGroupSession], ciphertext: str
    ) -> tuple[InboundGroupSession, bytes, int]:
        for session in claims:
            try:
                # The session of the library, since nio's wrapper decodes UTF-8 without a net.
                opened = session._session.decrypt(MegolmMessage.from_base64(ciphertext))
            except ValueError:
                continue
            return session, bytes(opened.plaintext), opened.message_index
        raise UndecryptableError(session_id, Reason.UNDECIPHERABLE)

    def _once(self, session: InboundGroupSession, index: int, event_id: str) -> None:
        # The claim's sender is not part of the key: the same session passed on is the same session.
        key = (session.room_id, session.id, index)
        if self._indexes.setdefault(key, event_id) != event_id:
            raise UndecryptableError(session.id, Reason.REPLAYED)
        if len(self._indexes) > _INDEXES:
            self._indexes.popitem(last=False)


def _payload(session_id: str, room_id: str, plaintext: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(plaintext)
    except (ValueError, RecursionError):
        raise UndecryptableError(session_id, Reason.MALFORMED) from None
    if not (
        isinstance(payload, dict) and isinstance(payload.get("type"), str) and isinstance(payload.get("content"), dict)
    ):
        raise UndecryptableError(session_id, Reason.MALFORMED)
    if payload.get("room_id") != room_id:
        raise UndecryptableError(session_id, Reason.WRONG_ROOM)
    if "state_key" in payload:
        raise UndecryptableError(session_id, Reason.STATE)
    return payload


def _copy_relation(outside: dict[str, Any], inside: dict[str, Any]) -> None:
    # Relations are sent in clear so that the homeserver can aggregate; what was encrypted has the last word.
    relation = outside.get("m.relates_to")
    if isinstance(relation, dict):
        inside.setdefault("m.relates_to", relation)
