# SPDX-License-Identifier: Apache-2.0
"""What was said in a room, opened, and whether its sender said it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bots.core.matrix.crypto.devices import Devices
from bots.core.matrix.crypto.errors import Reason, UndecryptableError
from bots.core.matrix.crypto.olm import HardenedOlm
from bots.core.matrix.crypto.room_keys import RoomKeys


@dataclass(frozen=True)
class Decrypted:
    """What was inside an encrypted event.

    `authentic`: the key came over Olm from a device which the event's sender has on the homeserver.
    Without it the homeserver, or whoever the key was passed on by, may have put words into the sender's mouth:
    read it, and do not act with the sender's power. `device_id` is that device, `None` when there is none.
    """

    type: str
    content: dict[str, Any]
    session_id: str
    authentic: bool
    device_id: str | None


def decrypted(room_id: str, event: Any, olm: HardenedOlm, keys: RoomKeys, devices: Devices) -> Decrypted:
    """Open one raw `m.room.encrypted` event of a room. Raises `UndecryptableError`, and nothing else."""
    sender = event.get("sender") if isinstance(event, dict) else None
    if not isinstance(sender, str):
        raise UndecryptableError(None, Reason.MALFORMED)
    theirs = {device.curve25519: device for device in devices.of(sender)}
    ours = sender == olm.user_id
    opened = keys.open(room_id, event, frozenset(theirs) | ({olm.curve25519} if ours else set()))
    device = theirs.get(opened.sender_key)
    if ours and opened.sender_key == olm.curve25519:
        device_id: str | None = olm.device_id
    else:
        device_id = device.device_id if device is not None and device.ed25519 == opened.ed25519 else None
    return Decrypted(opened.type, opened.content, opened.session_id, device_id is not None, device_id)
