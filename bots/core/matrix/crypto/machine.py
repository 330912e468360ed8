# SPDX-License-Identifier: Apache-2.0
"""The crypto engine of one device: raw JSON in, raw JSON out, no network, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from nio.crypto import OlmDevice
from peewee import PeeweeException

from bots.core.matrix.crypto.decrypting import Decrypted, decrypted
from bots.core.matrix.crypto.devices import Devices, Patience, Queried
from bots.core.matrix.crypto.errors import DISK, StoreMissingError, StoreUnreadableError, is_full
from bots.core.matrix.crypto.history import Past, past_of
from bots.core.matrix.crypto.inbox import Inbox, Received
from bots.core.matrix.crypto.key_supply import KeySupply
from bots.core.matrix.crypto.olm import HardenedOlm
from bots.core.matrix.crypto.room_keys import RoomKeys
from bots.core.matrix.crypto.sessions import Sessions, ToDevice
from bots.core.matrix.crypto.sharing import ShareChunk, SharePlan, Sharing, device_key
from bots.core.matrix.crypto.store import FolderLock, KeyStore

_DATABASE = "crypto.db"


class CryptoMachine:
    """One device's encryption. Every method must be called on the thread that called `open`.

    The order of things before something is said in a room:
    `track` its members, then `users_to_query`/`keys_queried`, `sessions_to_claim`/`keys_claimed`,
    `outgoing_shares`/`encrypt_share`/`shared`, and `encrypt`, which refuses when one was left out.
    What is written to disk is written before the method comes back.
    Only the disk makes a method fail which does not say that it raises.
    """

    def __init__(self, olm: HardenedOlm, lock: FolderLock, is_new: bool, now: Callable[[], float]) -> None:
        """Not for callers: use `open`."""
        self._olm = olm
        self._lock = lock
        self._now = now
        self.is_new = is_new
        """Whether this device's keys were made just now: no homeserver can know them yet."""
        self._keys = RoomKeys(olm.store)
        self._devices = Devices(olm.user_id, olm.device_id, olm.ed25519, olm.curve25519, olm.store)
        self._devices.track([olm.user_id])
        unclaimed = Patience()
        self._sessions = Sessions(olm, self._devices, unclaimed, now)
        self._sharing = Sharing(olm, self._devices, self._keys, unclaimed, now)
        self._supply = KeySupply(olm)
        self._inbox = Inbox(olm, self._keys, self._sessions, now)

    @classmethod
    def open(
        cls, folder: Path, user_id: str, device_id: str, pickle_key: str, *, now: Callable[[], float], create: bool
    ) -> Self:
        """Open the store in `folder`, or make one where there is none and `create` allows it.

        `pickle_key` seals every secret in the store and must have the strength of a random 32-byte key;
        `now` tells the time in seconds since 1970.
        Raises `StoreInUseError`, `StoreMissingError` (nothing for this device, and `create` is false)
        and `StoreUnreadableError` (damaged, or another pickle key); what a full disk raises, as it is.
        """
        if not create and not (folder / _DATABASE).exists():
            raise StoreMissingError(f"no crypto store in {folder}")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(folder)
        store: KeyStore | None = None
        try:
            store = KeyStore(user_id, device_id, str(folder), pickle_key, _DATABASE)
            is_new = store.load_account() is None
            if is_new and not create:
                raise StoreMissingError(f"the crypto store {folder} is another device's")
            return cls(HardenedOlm(user_id, device_id, store, now), lock, is_new, now)
        except BaseException as error:
            if store is not None:
                store.database.close()
            lock.release()
            if isinstance(error, (PeeweeException, ValueError, ImportError)) and not is_full(error):
                raise StoreUnreadableError(f"the crypto store {folder} cannot be read") from error
            raise

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What is done inside is on disk afterwards; what the disk does not take is forgotten, and can come again.

        A message opens once: a session that had opened it in memory alone would not open it when it comes again.
        """
        try:
            with self._olm.store.database.atomic():
                yield
        except DISK:
            self._olm.back_to_what_is_kept()
            self._keys.back_to_what_is_kept()
            raise

    def close(self) -> None:
        """Close the store and give its folder back."""
        self._olm.store.database.close()
        self._lock.release()

    # ——— our own device ———

    @property
    def identity_keys(self) -> dict[str, str]:
        """Our device's public keys: `ed25519` and `curve25519`, unpadded base64."""
        return {"ed25519": self._olm.ed25519, "curve25519": self._olm.curve25519}

    def device_keys(self) -> dict[str, Any]:
        """Our device as it is published, signed by itself."""
        return self._olm.signed_device_keys()

    def set_own_device_keys(self, device_keys: dict[str, Any]) -> None:
        """Take the form of our device keys which also carries our identity's signature, to send to other devices."""
        self._olm.own_device_keys = {key: part for key, part in device_keys.items() if key != "unsigned"}

    def sign(self, value: dict[str, Any]) -> str:
        """Our device's Ed25519 signature over the canonical JSON of `value`, unpadded base64."""
        return self._olm.sign(value)

    def keys_to_upload(self) -> dict[str, Any] | None:
        """The body of `POST /keys/upload`, or `None` when the homeserver has enough.

        New keys are on disk before this comes back. Asked again before `keys_uploaded`, it gives the same keys.
        """
        return self._supply.to_upload()

    def keys_uploaded(self, response: Any) -> None:
        """The homeserver took the last `keys_to_upload`; `response` is its answer."""
        self._supply.uploaded(response)

    # ——— what a sync response brings ———

    def receive_sync(
        self,
        to_device: Iterable[Any],
        changed: Iterable[Any] = (),
        left: Iterable[Any] = (),
        one_time_key_count: Any = None,
        unused_fallback_types: Any = None,
    ) -> Received:
        """Take in the parts of a sync response that concern encryption, raw.

        `one_time_key_count` is `device_one_time_keys_count.signed_curve25519`: hand in 0 when the object is there
        without the entry. `unused_fallback_types` is `device_unused_fallback_key_types`, `None` when absent.
        All of it is on disk, in one transaction, before this comes back: save the sync token only afterwards.
        """
        with self._all_or_nothing():
            received = self._inbox.take_in(to_device)
        self._devices.changed(user for user in changed if isinstance(user, str))
        self._devices.left(user for user in left if isinstance(user, str))
        self._supply.left(one_time_key_count, unused_fallback_types)
        return received

    def keys_of_the_last(self, seconds: float) -> frozenset[tuple[str, str]]:
        """(room id, session id) of the keys that came within this time."""
        return self._keys.since(self._now() - seconds)

    # ——— whose devices there are ———

    def track(self, users: Iterable[str]) -> None:
        """Follow these users' device lists; who is new becomes one of `users_to_query`."""
        self._devices.track(users)

    def knows(self, users: Iterable[str]) -> bool:
        """Whether nobody among these users need be asked about before they are written to."""
        return self._devices.unknown(users, self._now()) == 0

    def users_to_query(self) -> set[str]:
        """Who to ask `POST /keys/query` about now, in as many requests as one likes; empty when nobody."""
        return self._devices.to_query(self._now())

    def keys_queried(self, response: Any, asked: Iterable[str]) -> Queried:
        """Take in the answer to a `/keys/query` about `asked`. Whoever was not answered is asked again later."""
        with self._olm.store.database.atomic():
            return self._devices.answered(response, asked, self._now())

    def server_retry_at(self) -> dict[str, float]:
        """For each server that did not answer a query, from when (seconds since 1970) it is asked again."""
        return self._devices.server_retry_at()

    def accept_identity(self, user_id: str) -> None:
        """Take the user's present master key as theirs, after `Queried.new_identities` named them."""
        self._devices.accept_identity(user_id)

    def is_cross_signed(self, user_id: str, device_id: str) -> bool:
        """Whether the device is signed by its owner's identity, and that identity is the one first seen."""
        return self._devices.is_cross_signed(user_id, device_id)

    # ——— sessions with devices ———

    def sessions_to_claim(self, users: Iterable[str]) -> dict[str, dict[str, str]]:
        """The `one_time_keys` of a `POST /keys/claim`: devices of `users` without a session, and wedged ones.

        Devices that failed lately are not among them. Make one claim at a time.
        """
        return self._sessions.to_claim(users)

    def keys_claimed(self, response: Any, asked: dict[str, dict[str, str]]) -> None:
        """Take in the answer to a `/keys/claim` for `asked`.

        A device without a usable key is waited for, told so once (`m.room_key.withheld`, `m.no_olm`),
        and costs no other device anything.
        """
        self._sessions.claimed(response, asked)

    def outgoing_to_device(self) -> list[ToDevice]:
        """Messages to other devices that wait to be sent; each stays until `sent_to_device`."""
        return self._sessions.outgoing()

    def sent_to_device(self, message: ToDevice) -> None:
        """The homeserver took this message."""
        self._sessions.sent(message)

    # ——— rooms ———

    def room_encryption(self, room_id: str, content: Any) -> None:
        """Take the rotation periods from the content of the room's `m.room.encryption`, whatever is in it."""
        self._sharing.room_encryption(room_id, content)

    def set_shared_history(self, room_id: str, shared: bool) -> None:
        """Say whether the room's keys may later be handed to newcomers; not, unless said. A change rotates."""
        self._sharing.set_shared_history(room_id, shared)

    def rotate(self, room_id: str) -> None:
        """Write with a new session from now on."""
        self._sharing.rotate(room_id)

    def somebody_left(self, room_id: str) -> None:
        """Somebody left, declined, was removed or banned: where history is shared, write with a new session."""
        self._sharing.somebody_left(room_id)

    def forget_room(self, room_id: str) -> None:
        """Delete the keys of a room we are not in any more."""
        self._sharing.rotate(room_id)
        self._keys.forget(room_id)

    def outgoing_shares(self, room_id: str, users: Iterable[str], size: int = 20) -> list[SharePlan]:
        """Which devices of `users` (all members) still need the room's key, `size` to a plan; nothing is encrypted yet.

        Rotates first when the session is used up, or a user or device that has its key is not among them any more.
        """
        try:
            with self._all_or_nothing():
                return self._sharing.plan(room_id, users, size)
        except DISK:
            # Our own copy of its key is not on disk.
            self._sharing.rotate(room_id)
            raise

    def encrypt_share(self, plan: SharePlan) -> ShareChunk:
        """Encrypt the key for one plan's devices, some milliseconds each. Raises `ShareStaleError`: plan again."""
        return self._sharing.seal(plan)

    def shared(self, chunk: ShareChunk) -> None:
        """The homeserver took this chunk."""
        self._sharing.shared(chunk)

    def room_key(self, room_id: str) -> dict[str, Any] | None:
        """The content of an `m.room_key` that opens the room's next event, and those after it. It is secret."""
        return self._sharing.room_key(room_id)

    def encrypt(self, room_id: str, users: Iterable[str], event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """The `m.room.encrypted` content of one event for a room whose members are `users`.

        `m.relates_to` also stands outside, in clear, for the homeserver to aggregate.
        Raises `NotSharedError` unless every reachable device of `users` has the key, and nobody else has.
        """
        return self._sharing.encrypt(room_id, users, event_type, content)

    # ——— a room's past, for somebody new (MSC4268) ———

    def ask_again(self, users: Iterable[str]) -> None:
        """Have these users among `users_to_query`, however lately they were asked about."""
        self._devices.track(users)
        self._devices.changed(users)

    def past(self, room_id: str, since: float) -> Past:
        """The keys of the room that a newcomer may have, which came at `since` or later, and those that stay here."""
        return past_of(self._keys.of_room(room_id), since)

    def cross_signed_devices(self, user_id: str) -> list[OlmDevice]:
        """The devices of a user that their own identity, the one first seen, has signed, and that can be reached."""
        return [
            device
            for device in self._devices.of(user_id)
            if self._devices.is_cross_signed(user_id, device.device_id)
            and self._olm.session_with(device.curve25519) is not None
        ]

    def reachable_devices(self, users: Iterable[str]) -> list[OlmDevice]:
        """The devices of these users that something can be sealed for."""
        devices = (device for user in users for device in self._devices.of(user))
        return [device for device in devices if self._olm.session_with(device.curve25519) is not None]

    def encrypt_key(self, key: Mapping[str, Any], devices: Iterable[OlmDevice]) -> ShareChunk:
        """A `room_key` for these devices, as one of the chunks that `shared` takes."""
        some = list(devices)
        body = self.seal_for(some, "m.room_key", dict(key))
        return ShareChunk(key["room_id"], key["session_id"], body, frozenset(map(device_key, some)))

    def seal_for(self, devices: Iterable[OlmDevice], event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """The body of a `PUT /sendToDevice/m.room.encrypted/{txn}` that carries one event to each of the devices."""
        messages: dict[str, dict[str, Any]] = {}
        with self._olm.store.database.atomic():
            for device in devices:
                sealed = self._olm.seal(device, event_type, content)
                messages.setdefault(device.user_id, {})[device.device_id] = sealed
        return {"messages": messages}

    def decrypt(self, room_id: str, event: Any) -> Decrypted:
        """Open one raw `m.room.encrypted` event of a room. Raises `UndecryptableError`, and nothing else."""
        return decrypted(room_id, event, self._olm, self._keys, self._devices)
