# SPDX-License-Identifier: Apache-2.0
"""What a sync brings, in the order in which it can be understood: keys, then what they open."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from bots.core.events import Message, Unreadable
from bots.core.matrix.cross_signing import Identity
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.http import Http
from bots.core.matrix.known_rooms import KnownRooms, joined_rooms
from bots.core.matrix.latecomers import Latecomers
from bots.core.matrix.reading import ENCRYPTED, Reading, RoomEvent
from bots.core.matrix.sync import Timeline, fetch_sync, invitation, read_timeline, rooms_in, transaction_id
from bots.core.transport import SyncBatch, TokenRevokedError, TransportError

Json = Mapping[str, Any]
_log = logging.getLogger(__name__)
_GAPS_AT_ONCE = 8
# Whoever was stopped between having a key and having decided on what it opens is told of it again at the next start.
# What has waited for longer is looked at anyhow (`bots.core.runtime.unreadable`).
_TOLD_AGAIN = 20 * 60.0


class Receiving:
    """Syncs for the device of `identity`. `decrypted` and `undecryptable` count messages since start."""

    def __init__(
        self,
        http: Http,
        identity: Identity,
        encryption: Encryption,
        rooms: KnownRooms,
        reading: Reading,
        latecomers: Latecomers,
    ) -> None:
        self._http = http
        self._identity = identity
        self._user_id = identity.device.user_id
        self._encryption = encryption
        self._rooms = rooms
        self._reading = reading
        self._latecomers = latecomers
        self._synced = False
        # Keys that came, until the batch that tells of them is surely kept: a sync that fails half-way is asked again,
        # and what came with it is old news to the engine then.
        self._keys_came: frozenset[tuple[str, str]] = frozenset()
        self._told_until: str | None = None
        # What devices sent and was taken in with this `since`: asked again, the homeserver gives it again.
        self._taken_with: tuple[str | None, set[str]] = (None, set())
        self._identity_is_due = False
        self._filling = asyncio.Semaphore(_GAPS_AT_ONCE)
        self.decrypted = 0
        self.undecryptable = 0

    async def sync(self, since: str | None, *, timeout_ms: int) -> SyncBatch:
        """What came after `since`: keys first, then gaps filled, then decrypted and decoded."""
        if not self._synced:
            self._rooms.joined = frozenset(await joined_rooms(self._http))
            self._keys_came |= await self._encryption.keys_of_the_last(_TOLD_AGAIN)
        response = await fetch_sync(self._http, since, timeout_ms)
        next_batch = response.get("next_batch")
        if not isinstance(next_batch, str):
            raise TransportError("KITHROOM_BAD_RESPONSE", "the homeserver's sync has no end", retryable=True)
        if since is not None and since == self._told_until:
            # The batch that told of them was kept.
            self._keys_came, self._told_until = frozenset(), None
        self._keys_came |= await self._take_from_devices(response, since)
        changed = _changed_users(response)
        if self._user_id in changed or self._identity_is_due:
            await self._check_identity()
        left = frozenset(room_id for room_id, _ in rooms_in(response, "leave"))
        timelines = await asyncio.gather(
            *(self._read_timeline(room_id, joined, since) for room_id, joined in rooms_in(response, "join"))
        )
        self._rooms.joined = (self._rooms.joined | {timeline.room_id for timeline in timelines}) - left
        for room_id in left:
            self._rooms.forget(room_id)
            await self._encryption.forget_room(room_id)
        events: list[RoomEvent] = [
            invited
            for room_id, room in rooms_in(response, "invite")
            if (invited := invitation(room_id, room, self._user_id, since)) is not None
        ]
        own: dict[str, str] = {}
        # Whose device sent it must be known before it is opened: only then can it be told whether it is theirs.
        await self._know_senders(timelines)
        if since is not None:
            # What stands in clear is to be believed or not: in a room that the bot has just come to, the state says.
            await self._rooms.load(timeline.room_id for timeline in timelines if _speaks_in_clear(timeline))
        for timeline in timelines:
            await self._take_in(timeline, events, own)
        room_ids = frozenset(event.room_id for event in events) & self._rooms.joined
        # What happened in a gap is in the room's state, whether or not it made an event for anybody.
        await self._rooms.load(room_ids | {timeline.room_id for timeline in timelines if not timeline.complete})
        self._latecomers.look_for_them(timelines, self._rooms)
        self._synced, self._told_until = True, next_batch
        return SyncBatch(
            next_batch=next_batch,
            events=in_order_of_time(events),
            own=own,
            keys_came=self._keys_came,
            devices_changed=changed,
            left=left,
            initial=since is None,
            room_ids=room_ids,
        )

    async def _take_from_devices(self, response: Json, since: str | None) -> frozenset[tuple[str, str]]:
        """Take in what is for the engine, and each message of a device once: it opens but once. Gives the new keys."""
        if self._taken_with[0] != since:
            self._taken_with = since, set()
        taken = self._taken_with[1]
        section = response.get("to_device")
        listed = section.get("events") if isinstance(section, Mapping) else None
        messages = [(_digest(event), event) for event in listed] if isinstance(listed, list) else []
        fresh = [event for digest, event in messages if digest not in taken]
        received = await self._encryption.receive({**response, "to_device": {"events": fresh}})
        taken.update(digest for digest, _ in messages)
        return received.keys_came

    async def _read_timeline(self, room_id: str, joined: Json, since: str | None) -> Timeline:
        async with self._filling:
            return await read_timeline(self._http, room_id, joined, since, self._user_id)

    async def _know_senders(self, timelines: Sequence[Timeline]) -> None:
        events = (event for timeline in timelines for event in timeline.events if event.get("type") == ENCRYPTED)
        try:
            await self._encryption.know(sender for event in events if isinstance(sender := event.get("sender"), str))
        except TransportError as error:
            if error.retryable or isinstance(error, TokenRevokedError):
                raise
            _log.warning("some senders' devices are not known: %s", error.errcode)

    async def _take_in(self, timeline: Timeline, events: list[RoomEvent], own: dict[str, str]) -> None:
        room_id = timeline.room_id
        await self._rooms.apply(room_id, (*timeline.state, *timeline.events))
        if not timeline.complete or any(map(_is_departure, (*timeline.state, *timeline.events))):
            await self._encryption.somebody_left(room_id)
        if not timeline.complete:
            self._rooms.outdate(room_id)
        for raw in timeline.events:
            if raw.get("sender") == self._user_id:
                made_by = transaction_id(raw)
                if made_by is not None:
                    own[made_by] = str(raw["event_id"])
                continue
            event = await self._reading.read(room_id, raw)
            if isinstance(event, Unreadable):
                self.undecryptable += 1
            elif isinstance(event, Message) and event.encrypted:
                self.decrypted += 1
            if event is not None:
                events.append(event)

    async def _check_identity(self) -> None:
        try:
            published = await self._identity.is_published(self._http)
        except TransportError as error:
            self._identity_is_due = error.retryable
            _log.warning("the bot's own identity could not be checked: %s", error.errcode)
            return
        self._identity_is_due = False
        self._encryption.cross_signed(confirmed=published)
        if not published:
            _log.error("the homeserver shows another identity for this account, or the device is not signed any more")


def _digest(event: object) -> str:
    try:
        text = json.dumps(event, sort_keys=True)
    except RecursionError:
        # Somebody's deep nest is no message; whether it can be written here hangs on how deep we stand ourselves.
        text = ""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def in_order_of_time(events: Sequence[RoomEvent]) -> tuple[RoomEvent, ...]:
    """What happened in several rooms, as it happened: a sync tells of one room after the other.

    Within a room the homeserver's order holds, whatever times the events say.
    """
    latest: dict[str, datetime] = {}
    timed: list[tuple[datetime, RoomEvent]] = []
    for event in events:
        at = latest[event.room_id] = max(event.sent_at, latest.get(event.room_id, event.sent_at))
        timed.append((at, event))
    return tuple(event for _, event in sorted(timed, key=itemgetter(0)))


def _speaks_in_clear(timeline: Timeline) -> bool:
    return any(event.get("type") != ENCRYPTED and "state_key" not in event for event in timeline.events)


def _changed_users(response: Json) -> frozenset[str]:
    lists = response.get("device_lists")
    changed = lists.get("changed") if isinstance(lists, Mapping) else None
    return frozenset(user for user in changed if isinstance(user, str)) if isinstance(changed, list) else frozenset()


def _is_departure(event: Json) -> bool:
    """Whether somebody left, declined, or was sent away."""
    content = event.get("content")
    membership = content.get("membership") if isinstance(content, Mapping) else None
    return event.get("type") == "m.room.member" and membership not in ("join", "invite", "knock")
