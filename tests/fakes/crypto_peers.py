# SPDX-License-Identifier: Apache-2.0
"""The people of the crypto tests: a machine of ours, plain nio, and a stranger with real keys and no manners."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import vodozemac
from nio import KeysUploadResponse
from nio.crypto import Olm
from nio.events import Event, ToDeviceEvent
from nio.store import SqliteStore

from bots.core.matrix.crypto import CryptoMachine
from bots.core.signing import canonical

ROOM = "!room:x"
START = 1_700_000_000.0


class Time:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Stranger:
    """A device made by hand from a real vodozemac account: whatever it says, its keys are good."""

    def __init__(self, user_id: str = "@mallory:x", device_id: str = "MALLORY") -> None:
        self.user_id, self.device_id = user_id, device_id
        self.account = vodozemac.Account()
        self.curve25519 = self.account.curve25519_key.to_base64()
        self.ed25519 = self.account.ed25519_key.to_base64()
        self.group = vodozemac.GroupSession()
        self.session: vodozemac.Session | None = None
        self.master = vodozemac.Account()
        self.self_signing = vodozemac.Account()

    def sign(self, value: dict[str, Any]) -> dict[str, Any]:
        signature = self.account.sign(canonical(value)).to_base64()
        return value | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": signature}}}

    def device_keys(self, **changes: Any) -> dict[str, Any]:
        keys = {
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
            "user_id": self.user_id,
            "device_id": self.device_id,
            "keys": {f"curve25519:{self.device_id}": self.curve25519, f"ed25519:{self.device_id}": self.ed25519},
        }
        return self.sign(keys | changes)

    def one_time_key(self) -> dict[str, Any]:
        self.account.generate_one_time_keys(1)
        ((name, key),) = self.account.one_time_keys.items()
        self.account.mark_keys_as_published()
        return {f"signed_curve25519:{name}": self.sign({"key": key.to_base64()})}

    def open_session(self, victim: Any) -> None:
        self.session = self.account.create_outbound_session(
            vodozemac.Curve25519PublicKey.from_base64(victim.identity_keys["curve25519"]),
            vodozemac.Curve25519PublicKey.from_base64(victim.one_time_key()),
        )

    def olm(self, victim: Any, kind: str, content: Any, **changes: Any) -> dict[str, Any]:
        """A to-device event with a correct payload, except for `changes`."""
        payload = {
            "type": kind,
            "content": content,
            "sender": self.user_id,
            "keys": {"ed25519": self.ed25519},
            "recipient": victim.user_id,
            "recipient_keys": {"ed25519": victim.identity_keys["ed25519"]},
        }
        return self.olm_bytes(victim, json.dumps(payload | changes).encode())

    def olm_bytes(self, victim: Any, plaintext: bytes) -> dict[str, Any]:
        if self.session is None:
            self.open_session(victim)
        assert self.session is not None
        number, body = self.session.encrypt(plaintext).to_parts()
        return self.sealed(victim, number, base64.b64encode(body).decode().rstrip("="))

    def sealed(self, victim: Any, number: Any, body: Any) -> dict[str, Any]:
        content = {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": self.curve25519,
            "ciphertext": {victim.identity_keys["curve25519"]: {"type": number, "body": body}},
        }
        return {"type": "m.room.encrypted", "sender": self.user_id, "content": content}

    def read(self, sealed: dict[str, Any]) -> dict[str, Any]:
        """What is in a to-device message that opens a session with us, or goes on in one that was opened so."""
        message = vodozemac.PreKeyMessage.from_base64(sealed["ciphertext"][self.curve25519]["body"])
        if self.session is None:
            sender = vodozemac.Curve25519PublicKey.from_base64(sealed["sender_key"])
            self.session, plaintext = self.account.create_inbound_session(sender, message)
        else:
            plaintext = self.session.decrypt(message.to_any())
        return dict(json.loads(bytes(plaintext)))

    def room_key(self, victim: Any, room_id: str = ROOM, **changes: Any) -> dict[str, Any]:
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": room_id,
            "session_id": self.group.session_id,
            "session_key": self.group.session_key.to_base64(),
        }
        return self.olm(victim, "m.room_key", content | changes)

    def event(self, payload: Any, event_id: str = "$1", sender: str | None = None) -> dict[str, Any]:
        plaintext = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "sender_key": self.curve25519,
            "device_id": self.device_id,
            "session_id": self.group.session_id,
            "ciphertext": self.group.encrypt(plaintext).to_base64(),
        }
        return {
            "type": "m.room.encrypted",
            "event_id": event_id,
            "sender": sender or self.user_id,
            "origin_server_ts": 1,
            "room_id": ROOM,
            "content": content,
        }

    def message(self, body: str = "hello", event_id: str = "$1") -> dict[str, Any]:
        return self.event({"type": "m.room.message", "content": {"body": body}, "room_id": ROOM}, event_id)

    def identity(self) -> dict[str, Any]:
        """`master_keys` and `self_signing_keys` of a `/keys/query` answer."""
        master, own = self.master.ed25519_key.to_base64(), self.self_signing.ed25519_key.to_base64()
        self_signing = {"user_id": self.user_id, "usage": ["self_signing"], "keys": {f"ed25519:{own}": own}}
        signature = self.master.sign(canonical(self_signing)).to_base64()
        return {
            "master_keys": {
                self.user_id: {"user_id": self.user_id, "usage": ["master"], "keys": {f"ed25519:{master}": master}}
            },
            "self_signing_keys": {
                self.user_id: self_signing | {"signatures": {self.user_id: {f"ed25519:{master}": signature}}}
            },
        }

    def cross_signed_device_keys(self) -> dict[str, Any]:
        keys = self.device_keys()
        own = self.self_signing.ed25519_key.to_base64()
        keys["signatures"][self.user_id][f"ed25519:{own}"] = self.self_signing.sign(canonical(keys)).to_base64()
        return keys


class Ours:
    """A machine of ours, with the homeserver's part played by hand."""

    def __init__(self, folder: Path, user_id: str = "@bot:x", device_id: str = "BOT", time: Time | None = None) -> None:
        self.folder, self.user_id, self.device_id = folder, user_id, device_id
        self.time = time or Time()
        self.uploaded: dict[str, Any] = {}
        self.reopen(create=True)
        self.upload()

    def reopen(self, create: bool = False) -> None:
        self.machine = CryptoMachine.open(
            self.folder, self.user_id, self.device_id, "pickle key", now=self.time, create=create
        )

    def upload(self) -> None:
        self.uploaded = self.machine.keys_to_upload() or {}
        self.keys = dict(self.uploaded["one_time_keys"])
        self.machine.keys_uploaded({"one_time_key_counts": {"signed_curve25519": 50}})

    @property
    def identity_keys(self) -> dict[str, str]:
        return self.machine.identity_keys

    def one_time_key(self) -> str:
        return str(self.keys.popitem()[1]["key"])

    def device_keys(self) -> dict[str, Any]:
        return self.machine.device_keys()

    def claim_one(self) -> dict[str, Any]:
        return dict([self.keys.popitem()])

    def meet(self, *peers: Any) -> None:
        """Learn the devices of peers, and open a session with each."""
        lists: dict[str, dict[str, Any]] = {}
        for peer in peers:
            lists.setdefault(peer.user_id, {})[peer.device_id] = peer.device_keys()
        self.machine.track(lists)
        self.machine.keys_queried({"device_keys": lists}, set(lists) | self.machine.users_to_query())

    def claim(self, *peers: Any) -> None:
        asked = self.machine.sessions_to_claim({peer.user_id for peer in peers})
        given: dict[str, dict[str, Any]] = {}
        for peer in peers:
            if peer.device_id in asked.get(peer.user_id, {}):
                given.setdefault(peer.user_id, {})[peer.device_id] = (
                    peer.claim_one() if isinstance(peer, Ours) else peer.one_time_key()
                )
        self.machine.keys_claimed({"one_time_keys": given}, asked)

    def share(self, users: Any, room_id: str = ROOM, size: int = 20) -> list[dict[str, Any]]:
        """Share the room's key; the to-device events, `(user id, device id, event)` by `to`."""
        sent = []
        for plan in self.machine.outgoing_shares(room_id, users, size):
            chunk = self.machine.encrypt_share(plan)
            self.machine.shared(chunk)
            for user_id, devices in chunk.body["messages"].items():
                for device_id, content in devices.items():
                    event = {"type": "m.room.encrypted", "sender": self.user_id, "content": content}
                    sent.append({"to": (user_id, device_id), "event": event})
        return sent

    def say(self, users: Any, event_id: str = "$1", body: str = "hello") -> dict[str, Any]:
        content = self.machine.encrypt(ROOM, users, "m.room.message", {"body": body})
        return {"type": "m.room.encrypted", "event_id": event_id, "sender": self.user_id, "content": content}


class PlainNio:
    """nio's own machine, fed the way nio's client feeds it: what our guards are measured against."""

    user_id, device_id = "@bot:x", "BOT"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reopen()
        self.keys = self.olm.share_keys()["one_time_keys"]
        self.olm.handle_response(KeysUploadResponse(50, 50))

    def reopen(self) -> None:
        self.olm = Olm(
            self.user_id, self.device_id, SqliteStore(self.user_id, self.device_id, str(self.folder), "key", "plain.db")
        )

    @property
    def identity_keys(self) -> dict[str, str]:
        return dict(self.olm.account.identity_keys)

    def one_time_key(self) -> str:
        return str(self.keys.popitem()[1]["key"])

    def deliver(self, event: dict[str, Any]) -> Any:
        return self.olm.handle_to_device_event(ToDeviceEvent.parse_event(event))

    def read(self, event: dict[str, Any]) -> Any:
        return self.olm.decrypt_megolm_event(Event.parse_event(event), ROOM)
