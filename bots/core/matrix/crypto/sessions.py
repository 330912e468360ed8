# SPDX-License-Identifier: Apache-2.0
"""Olm sessions with other devices: begun by claiming a key of theirs, begun anew when one is wedged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from nio.crypto import OlmDevice

from bots.core.matrix.crypto.devices import Devices, Patience
from bots.core.matrix.crypto.errors import BAD_INPUT
from bots.core.matrix.crypto.olm import HardenedOlm
from bots.core.matrix.crypto.room_keys import MEGOLM
from bots.core.matrix.crypto.sharing import DeviceKey, device_key

_UNWEDGE_EVERY = 3600.0
"""Seconds between two attempts to mend the sessions with one device (the specification's hour)."""


@dataclass(frozen=True, eq=False)
class ToDevice:
    """A request to make: `PUT /sendToDevice/{event_type}/{txn}` with `body`."""

    event_type: str
    body: dict[str, Any]


class Sessions:
    """Whose key to claim, and what to tell devices by the way. `now` tells the time in seconds since 1970.

    `unclaimed`: for each device whose key could not be had, when it is asked for again.
    """

    def __init__(self, olm: HardenedOlm, devices: Devices, unclaimed: Patience, now: Callable[[], float]) -> None:
        self._olm = olm
        self._devices = devices
        self._unclaimed = unclaimed
        self._now = now
        self._wedged: dict[DeviceKey, OlmDevice] = {}
        self._mended: dict[DeviceKey, float] = {}
        self._told_no_olm: set[DeviceKey] = set()
        self._outgoing: list[ToDevice] = []

    def wedged(self, sender: str, sender_key: Any) -> None:
        """What came over the sessions with this device could not be opened: begin a new one, once an hour."""
        device = self._devices.with_sender_key(sender, sender_key)
        if device is not None and self._now() - self._mended.get(device_key(device), 0.0) >= _UNWEDGE_EVERY:
            self._wedged[device_key(device)] = device

    def to_claim(self, users: Iterable[str]) -> dict[str, dict[str, str]]:
        """The `one_time_keys` of a `POST /keys/claim`: devices of `users` without a session, and wedged ones.

        Devices that failed lately are not among them. Make one claim at a time.
        """
        now = self._now()
        claim: dict[str, dict[str, str]] = {}
        missing = (
            device
            for user in set(users)
            for device in self._devices.of(user)
            if self._olm.session_with(device.curve25519) is None
        )
        for device in (*missing, *self._wedged.values()):
            if not self._unclaimed.waiting(device_key(device), now):
                claim.setdefault(device.user_id, {})[device.device_id] = "signed_curve25519"
        return claim

    def claimed(self, response: Any, asked: dict[str, dict[str, str]]) -> None:
        """Take in the answer to a `/keys/claim` for `asked`.

        A device without a usable key is waited for, told so once (`m.room_key.withheld`, `m.no_olm`),
        and costs no other device anything.
        """
        given = response.get("one_time_keys") if isinstance(response, dict) else None
        now = self._now()
        with self._olm.store.database.atomic():
            for user_id, names in asked.items():
                for device_id in names:
                    device = self._devices.get(user_id, device_id)
                    if device is not None:
                        self._claimed(device, given, now)

    def outgoing(self) -> list[ToDevice]:
        """Messages to other devices that wait to be sent; each stays until `sent`."""
        return list(self._outgoing)

    def sent(self, message: ToDevice) -> None:
        """The homeserver took this message."""
        self._outgoing.remove(message)

    def _claimed(self, device: OlmDevice, given: Any, now: float) -> None:
        key = device_key(device)
        try:
            (key_object,) = given[device.user_id][device.device_id].values()
            self._olm.start_session(device, key_object)
        except BAD_INPUT:
            self._unclaimed.failed(key, now)
            self._tell_no_olm(device)
            return
        self._unclaimed.worked(key)
        self._told_no_olm.discard(key)
        if self._wedged.pop(key, None) is not None:
            self._mended[key] = now
            self._send(device, "m.room.encrypted", self._olm.seal(device, "m.dummy", {}))

    def _tell_no_olm(self, device: OlmDevice) -> None:
        if device_key(device) not in self._told_no_olm:
            self._told_no_olm.add(device_key(device))
            content = {"algorithm": MEGOLM, "code": "m.no_olm", "sender_key": self._olm.curve25519}
            self._send(device, "m.room_key.withheld", content)

    def _send(self, device: OlmDevice, event_type: str, content: dict[str, Any]) -> None:
        self._outgoing.append(ToDevice(event_type, {"messages": {device.user_id: {device.device_id: content}}}))
