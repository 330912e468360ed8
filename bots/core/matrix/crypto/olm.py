# SPDX-License-Identifier: Apache-2.0
"""nio's Olm machine, hardened: one-to-one sessions with other devices, and nothing a stranger sends raises."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nio.crypto import Olm, OlmDevice, OutboundSession, Session
from vodozemac import AnyOlmMessage, PreKeyMessage

from bots.core.matrix.crypto.devices import read_device
from bots.core.matrix.crypto.signed_json import signed_by
from bots.core.matrix.crypto.store import KeyStore
from bots.core.signing import base64_of, canonical

OLM = "m.olm.v1.curve25519-aes-sha2"
_MOST_SESSIONS = 8
"""How many Olm sessions with one device are kept. A fallback key lets a stranger open as many as he likes."""


@dataclass(frozen=True)
class OlmEvent:
    """An event that came through Olm: `sender` and `sender_key` are proven to belong together by the payload only.

    `ed25519` is what the sender claims; it counts once it is compared with a device of the sender.
    """

    sender: str
    sender_key: str
    ed25519: str
    type: str
    content: dict[str, Any]


class WedgedError(ValueError):
    """A message of a session that does not fit any more: the session must be opened anew. The text says what."""


class HardenedOlm(Olm):  # type: ignore[misc]  # nio ships no types
    """nio's machine with its own ways into Olm replaced.

    What stays nio's: the account, the session objects and their tables.
    What is replaced reads raw JSON, saves the account after a one-time key was really used up (nio: before),
    compares devices by user and device, and tells every failure with a `ValueError`.
    """

    store: KeyStore

    def __init__(self, user_id: str, device_id: str, store: KeyStore, now: Callable[[], float]) -> None:
        super().__init__(user_id, device_id, store)
        self._now = now
        self.own_device_keys: dict[str, Any] = self.signed_device_keys()

    @property
    def curve25519(self) -> str:
        """Our own curve25519 identity key."""
        return str(self.account.identity_keys["curve25519"])

    @property
    def ed25519(self) -> str:
        """Our own Ed25519 identity key."""
        return str(self.account.identity_keys["ed25519"])

    def sign(self, value: Mapping[str, Any]) -> str:
        """Our device's signature over `value`, unpadded base64."""
        return str(self.account.sign(canonical(value).decode()))

    def signed(self, value: dict[str, Any]) -> dict[str, Any]:
        """`value` with our device's signature in it."""
        return value | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": self.sign(value)}}}

    def signed_device_keys(self) -> dict[str, Any]:
        """Our device as it is published, signed by itself."""
        return self.signed(
            {
                "algorithms": self._algorithms,
                "device_id": self.device_id,
                "user_id": self.user_id,
                "keys": {f"curve25519:{self.device_id}": self.curve25519, f"ed25519:{self.device_id}": self.ed25519},
            }
        )

    def back_to_what_is_kept(self) -> None:
        """Take the account and the sessions as they are on disk: whatever was sent was written there before."""
        kept = self.store.load_account()
        assert kept is not None, "it was there before anything was sent"
        self.account = kept
        self.load()

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC).replace(tzinfo=None)  # as nio's table stores it

    def session_with(self, curve25519: str) -> Session | None:
        """The session with a device that was used last: the one its other end surely has."""
        sessions = self.session_store._entries.get(curve25519)
        return max(sessions, key=lambda session: session.use_time) if sessions else None

    def _keep(self, curve25519: str, session: Session) -> None:
        session.use_time = self._time()
        self.session_store.add(curve25519, session)
        self.save_session(curve25519, session)
        sessions = self.session_store[curve25519]
        if len(sessions) > _MOST_SESSIONS:
            oldest = min(sessions, key=lambda kept: kept.use_time)
            sessions.remove(oldest)
            self.store.delete_session(oldest.id)

    def start_session(self, device: OlmDevice, key_object: Any) -> None:
        """Open a session with a device from the one-time key the homeserver handed out for it.

        Raises `ValueError` for a key that is none, or not signed by the device.
        """
        if not isinstance(key_object, dict):
            raise ValueError("not a key")
        if not signed_by(key_object, device.user_id, device.device_id, device.ed25519):
            raise ValueError("not signed by the device")
        session = OutboundSession(self.account, device.curve25519, base64_of(key_object.get("key"), 32))
        session.creation_time = self._time()
        self._keep(device.curve25519, session)

    def seal(self, device: OlmDevice, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The `m.room.encrypted` content that carries one event to one device, our own device keys with it (MSC4147).

        Raises `LookupError` when there is no session with the device.
        """
        session = self.session_with(device.curve25519)
        if session is None:
            raise LookupError("no session with the device")
        payload = {
            "sender": self.user_id,
            "sender_device": self.device_id,
            "keys": {"ed25519": self.ed25519},
            "recipient": device.user_id,
            "recipient_keys": {"ed25519": device.ed25519},
            "sender_device_keys": self.own_device_keys,
            "type": event_type,
            "content": content,
        }
        kind, body = session._session.encrypt(json.dumps(payload).encode()).to_parts()
        session.use_time = self._time()
        # The ratchet has moved: it is saved before the message leaves, or a crash would use one key twice.
        self.save_session(device.curve25519, session)
        ciphertext = {"type": kind, "body": base64.b64encode(body).decode().rstrip("=")}
        return {"algorithm": OLM, "sender_key": self.curve25519, "ciphertext": {device.curve25519: ciphertext}}

    def unseal(self, sender: str, content: Any) -> OlmEvent | None:
        """Decrypt the content of a to-device `m.room.encrypted`; `None` when it is not for us.

        Raises `WedgedError` when it should have opened and did not, and `ValueError` for everything else.
        """
        try:
            ciphertext = content["ciphertext"].get(self.curve25519)
            if content["algorithm"] != OLM or ciphertext is None:
                return None
            sender_key = base64_of(content["sender_key"], 32)
            kind, body = ciphertext["type"], ciphertext["body"]
            message = _message(kind, body)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(type(error).__name__) from None
        return self._read(sender, sender_key, self._decrypt(sender_key, message))

    def _decrypt(self, sender_key: str, message: PreKeyMessage | AnyOlmMessage) -> bytes:
        opening = isinstance(message, PreKeyMessage)
        sealed = message.to_any() if isinstance(message, PreKeyMessage) else message
        for session in list(self.session_store._entries.get(sender_key, ())):
            if opening and not session.matches(message):
                continue
            try:
                plaintext = bytes(session._session.decrypt(sealed))
            except ValueError:
                continue
            session.use_time = self._time()
            self.save_session(sender_key, session)
            return plaintext
        if not opening:
            raise WedgedError("no session opens it")
        try:
            opened, plaintext = self.account.create_inbound_session(sender_key, message)
        except ValueError:
            raise WedgedError("no session can be opened from it") from None
        # Only now is the one-time key used up; saved together with its session.
        self.save_account()
        session = Session(opened)
        session.creation_time = self._time()
        self._keep(sender_key, session)
        return bytes(plaintext)

    def _read(self, sender: str, sender_key: str, plaintext: bytes) -> OlmEvent:
        try:
            payload = json.loads(plaintext)
            ed25519, kind, content = payload["keys"]["ed25519"], payload["type"], payload["content"]
            ours = payload["recipient"] == self.user_id and payload["recipient_keys"]["ed25519"] == self.ed25519
            if payload["sender"] != sender or not ours:
                raise ValueError("not from its sender, or not to us")
            if not (isinstance(ed25519, str) and isinstance(kind, str) and isinstance(content, dict)):
                raise ValueError("malformed payload")
            described = payload.get("sender_device_keys")
            if described is not None:
                device = read_device(sender, described["device_id"], described)
                if device is None or (device.curve25519, device.ed25519) != (sender_key, ed25519):
                    raise ValueError("the sender's device keys are another's")
        except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise ValueError(type(error).__name__) from None
        return OlmEvent(sender, sender_key, ed25519, kind, content)


def _message(kind: Any, body: Any) -> PreKeyMessage | AnyOlmMessage:
    if not isinstance(body, str) or type(kind) is not int or kind not in {0, 1}:
        raise ValueError("not an Olm message")
    if kind == 0:
        return PreKeyMessage.from_base64(body)
    return AnyOlmMessage.normal(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
