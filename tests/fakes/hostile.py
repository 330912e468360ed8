# SPDX-License-Identifier: Apache-2.0
"""A hostile account on a real homeserver, and everything that it can think of sending."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import vodozemac
from yarl import URL

from bots.core.matrix.http import path
from fakes.crypto_peers import Stranger

OLM, MEGOLM = "m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"
# Text that Python holds and UTF-8 does not; text that PostgreSQL does not take.
HALF, NUL = "\ud800", "\0"
SECRET = "xylophone"


# Stands for a nest that is put in when everything around it is text already: Python could not write it.
NEST = "a nest of lists"
# From what every homeserver takes to what none does: somewhere between lies what Python reads here and not there.
DEPTHS = (90, 500, 800, 900, 940, 3_000)

# One of each kind, and none of them the kind that any field wants.
ODD = [None, True, -1, "", HALF, NUL, "A" * 5_000, [], [[]], {"a": []}]


def json_with_nest(body: Any, depth: int) -> bytes:
    """`body` as JSON, with lists in lists for NEST."""
    return json.dumps(body).replace(f'"{NEST}"', "[" * depth + "]" * depth).encode()


@dataclass
class Victim:
    """A bot's device, as `Stranger` sees it: its keys, and the one-time keys that were claimed of it."""

    user_id: str
    device_id: str
    identity_keys: dict[str, str]
    keys: list[str] = field(default_factory=list)

    def one_time_key(self) -> str:
        # The last one is the fallback key, which may be used again and again.
        return self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]


class Hostile(Stranger):
    """A device of a hostile account: real keys, raw HTTP, no manners. What a homeserver refuses was worth a try."""

    def __init__(self, http: aiohttp.ClientSession, homeserver: str, user_id: str, device_id: str) -> None:
        super().__init__(user_id, device_id)
        self._http, self._homeserver = http, homeserver
        self._token = ""
        self._number = 0
        self._sessions: dict[str, vodozemac.Session | None] = {}

    def olm_bytes(self, victim: Any, plaintext: bytes) -> dict[str, Any]:
        self.session = self._sessions.get(victim.user_id)
        event = super().olm_bytes(victim, plaintext)
        self._sessions[victim.user_id] = self.session
        return event

    async def ask(self, method: str, *parts: str, body: Any = None, query: str = "") -> dict[str, Any]:
        """What the homeserver answers, `{}` for a refusal. A 429 is waited for."""
        url = URL(self._homeserver + path(*parts) + query, encoded=True)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        while True:
            async with self._http.request(method, url, data=data, headers=headers) as response:
                answer = await response.json(content_type=None) if response.content_type == "application/json" else {}
                if response.status != 429:
                    return answer if response.ok else {}
            await asyncio.sleep(answer.get("retry_after_ms", 1000) / 1000)

    async def log_in(self, password: str) -> None:
        identifier = {"type": "m.id.user", "user": self.user_id}
        body = {"type": "m.login.password", "identifier": identifier, "password": password, "device_id": self.device_id}
        self._token = (await self.ask("POST", "login", body=body))["access_token"]

    async def upload(self, device_keys: Any, one_time_keys: Any = None) -> None:
        body = {"device_keys": device_keys, "one_time_keys": one_time_keys or {}}
        await self.ask("POST", "keys", "upload", body=body)

    async def send(self, room: str, kind: str, content: Any, *, depth: int = 0) -> str | None:
        self._number += 1
        body = json_with_nest(content, depth)
        return (await self.ask("PUT", "rooms", room, "send", kind, f"a{self._number}", body=body)).get("event_id")

    async def send_to_devices(self, kind: str, contents: dict[tuple[str, str], Any], *, depth: int = 0) -> None:
        """Send something to each of these devices."""
        self._number += 1
        messages = {user: {device: content} for (user, device), content in contents.items()}
        body = json_with_nest({"messages": messages}, depth)
        await self.ask("PUT", "sendToDevice", kind, f"a{self._number}", body=body)

    async def find(self, user_id: str) -> Victim:
        devices = (await self.ask("POST", "keys", "query", body={"device_keys": {user_id: []}}))["device_keys"]
        ((device_id, device),) = devices[user_id].items()
        keys = {name.partition(":")[0]: key for name, key in device["keys"].items()}
        return Victim(user_id, device_id, keys)

    async def drain(self, victim: Victim, most: int = 200) -> None:
        """Claim the victim's one-time keys until only the fallback key is given."""
        asked = {"one_time_keys": {victim.user_id: {victim.device_id: "signed_curve25519"}}}
        for _ in range(most):
            given = (await self.ask("POST", "keys", "claim", body=asked)).get("one_time_keys", {})
            for key in given.get(victim.user_id, {}).get(victim.device_id, {}).values():
                victim.keys.append(key["key"])
                if key.get("fallback"):
                    return

    def encrypted(self, room: str, payload: Any, **changes: Any) -> dict[str, Any]:
        """The content of an event in `room`, with this inside."""
        if isinstance(payload, dict):
            payload = {"room_id": room, **payload}
        return self.event(payload)["content"] | changes


def olm_messages(mallory: Hostile, victim: Victim) -> list[Any]:
    """The contents of Olm messages that are none, that open nothing, and that open and hold garbage."""
    unknown = Stranger(mallory.user_id, mallory.device_id)
    unknown.session = unknown.account.create_outbound_session(
        vodozemac.Curve25519PublicKey.from_base64(victim.identity_keys["curve25519"]),
        vodozemac.Account().curve25519_key,
    )
    events = [
        mallory.sealed(victim, 0, "AAAA"),
        mallory.sealed(victim, 0, "!"),
        mallory.sealed(victim, 1, "AAAA"),
        *(mallory.sealed(victim, odd, "AAAA") for odd in ODD),
        *(mallory.sealed(victim, 0, odd) for odd in ODD),
        unknown.olm(victim, "m.dummy", {}),
        mallory.room_key(victim, session_key="AAAA"),
        *(mallory.room_key(victim, room_id=odd) for odd in ODD),
        *(mallory.room_key(victim, session_id=odd) for odd in ODD),
        *(mallory.olm(victim, "m.room_key", odd) for odd in ODD),
        *(mallory.olm(victim, odd, {}) for odd in ODD),
        *(mallory.olm(victim, "m.room_key", {}, sender_device_keys=odd) for odd in ODD),
        mallory.olm(victim, "m.room_key", {}, sender="@moderator:elsewhere"),
        mallory.olm(victim, "m.forwarded_room_key", {"algorithm": MEGOLM, "room_id": "!x", "session_id": "x"}),
        mallory.olm_bytes(victim, b"\xff\xfe"),
        mallory.olm_bytes(victim, b"[" * 20_000),
        mallory.olm_bytes(victim, b'{"a":' * 10_000),
    ]
    ciphertext = {victim.identity_keys["curve25519"]: {"type": 0, "body": "AAAA"}}
    return [
        *(event["content"] for event in events),
        *({"algorithm": OLM, "sender_key": odd, "ciphertext": ciphertext} for odd in (*ODD, "A" * 44, "AAAA")),
        *({"algorithm": OLM, "sender_key": mallory.curve25519, "ciphertext": odd} for odd in ODD),
        *({"algorithm": odd} for odd in ODD),
    ]


def to_device_messages(mallory: Hostile, room: str) -> list[tuple[str, Any]]:
    """Everything else that goes from device to device, type and content."""
    refusal = {"algorithm": MEGOLM, "room_id": room, "session_id": mallory.group.session_id}
    kinds = ("m.room_key", "m.forwarded_room_key", "m.room_key_request", "m.secret.request", "m.key.verification.start")
    return [
        *(("m.room_key.withheld", refusal | {"code": odd}) for odd in ODD),
        *(("m.room_key.withheld", refusal | {"code": "m.no_olm", "sender_key": odd}) for odd in ODD),
        *(("m.room_key.withheld", {"room_id": odd, "session_id": odd, "code": "m.unverified"}) for odd in ODD),
        *((kind, {"content": odd, "room_id": odd, "body": odd}) for kind in kinds for odd in (HALF, [], 7)),
    ]


def events_in_clear() -> list[tuple[str, Any]]:
    """Events whose every field is of the wrong kind, type and content."""
    message, relation = {"msgtype": "m.text", "body": "!find gluten"}, {"rel_type": "m.thread", "event_id": "$x"}
    contents: list[tuple[str, Any]] = []
    for odd in ODD:
        contents += [
            ("m.room.message", {"msgtype": odd, "body": odd, "m.relates_to": odd, "m.mentions": odd}),
            ("m.room.message", message | {"format": odd, "formatted_body": odd, "m.new_content": odd, "info": odd}),
            ("m.room.message", message | {"m.relates_to": relation | {"m.in_reply_to": odd, "is_falling_back": odd}}),
            ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": odd, "key": odd}}),
            ("m.room.encrypted", {"algorithm": odd, "session_id": odd, "ciphertext": odd, "sender_key": odd}),
            ("m.room.encrypted", {"algorithm": MEGOLM, "session_id": odd, "ciphertext": "AAAA", "device_id": odd}),
            ("m.room.redaction", {"redacts": odd, "reason": odd}),
            ("m.sticker", {"body": odd, "info": odd, "url": odd}),
        ]
    return contents


def text(body: Any, **more: Any) -> dict[str, Any]:
    """What is inside an encrypted message."""
    return {"type": "m.room.message", "content": {"msgtype": "m.text", "body": body, **more}}


def reply(event_id: Any) -> dict[str, Any]:
    """The relation of a reply."""
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}}


def state_under_encryption(victim: str, pretenders: Iterable[str]) -> list[dict[str, Any]]:
    """State that stands inside encrypted events, where nobody may believe it."""
    powers = {"users": dict.fromkeys(pretenders, 100), "ban": 0, "kick": 0, "redact": 0, "state_default": 0}
    states: list[tuple[str, str, Any]] = [
        ("m.room.power_levels", "", powers),
        ("m.room.member", victim, {"membership": "ban"}),
        ("m.room.encryption", "", {"algorithm": "none"}),
        ("m.room.create", "", {"room_version": "1"}),
        ("m.room.tombstone", "", {"replacement_room": "!x"}),
        *(("m.room.member", user, {"membership": "join"}) for user in pretenders),
    ]
    return [{"type": kind, "state_key": key, "content": content} for kind, key, content in states]


def words_under_encryption(mallory: Hostile, room: str, target: str) -> list[Any]:
    """The contents of encrypted events that open and hold garbage, or orders that nobody may give."""
    payloads: list[Any] = [
        text(f"!ban {SECRET}", **reply(target)),
        text(f"!mute 2h {SECRET}", **reply(target)),
        text("!find " + "gluten " * 5_000),
        text("!find " + "g" * 40_000),
        text("!find " + " ".join(f"word{number}" for number in range(4_000))),
        text("> <@a:b> x\n" * 4_000 + "!help"),
        b"\xff\xfe",
        b"[" * 40_000,
        b'{"type":"m.room.message","content":' + b'{"a":' * 6_000,
        *(text(f"!report {SECRET}", **reply(odd)) for odd in ODD),
        *(text(f"!ban {SECRET}", **reply(odd)) for odd in ODD),
        *({"type": odd, "content": odd} for odd in ODD),
        *(text(odd, msgtype=odd, info=odd, **{"m.new_content": odd, "m.mentions": odd}) for odd in ODD),
        *(text(f"!find {odd} {SECRET}") for odd in (HALF, NUL)),
        {
            "type": "m.reaction",
            "content": {"m.relates_to": {"rel_type": "m.annotation", "event_id": HALF, "key": "🚩"}},
        },
    ]
    return [
        *(mallory.encrypted(room, payload) for payload in payloads),
        mallory.encrypted("!elsewhere:x", text("!find gluten free travel")),
        mallory.encrypted(room, text("!ban", **reply(target)), device_id="MODERATOR", sender_key="A" * 43),
    ]
