# SPDX-License-Identifier: Apache-2.0
"""What a sync response holds, completed: every `limited` gap is filled from the room's history.

Works on the homeserver's raw JSON; nothing is decrypted here.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bots.core.events import Membership
from bots.core.matrix.decode import decode
from bots.core.matrix.http import BAD_RESPONSE, Http, path
from bots.core.matrix.text import is_identifier
from bots.core.rooms import MembershipState
from bots.core.transport import TransportError

Json = Mapping[str, Any]
_log = logging.getLogger(__name__)

# The homeserver holds a long poll open for as long as it was asked to; it gets this much longer (seconds) to answer.
_ANSWER_WITHIN = 60.0
_PAGE = 500
# 50 000 events in one gap: more than that is not a gap but an attack, or a bot that was away for months.
_MOST_PAGES = 100
_FIRST_TIMELINE = 20
_TIMELINE = 100


def sync_filter(*, initial: bool) -> str:
    """The filter of a sync, as JSON: a long timeline, and nothing that a bot does not use.

    At first only the members who spoke are told of. Later all who changed: to whoever asks for the speakers with
    every sync, Synapse also says every time that the speakers' devices changed, and they are asked about anew.
    """
    nothing: dict[str, list[str]] = {"types": []}
    timeline = {"limit": _FIRST_TIMELINE if initial else _TIMELINE, "lazy_load_members": initial}
    return json.dumps(
        {
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "account_data": nothing,
                "ephemeral": nothing,
                "state": {"lazy_load_members": initial},
                "timeline": timeline,
            },
        },
        separators=(",", ":"),
    )


async def fetch_sync(http: Http, since: str | None, timeout_ms: int) -> dict[str, Any]:
    """One `/sync`, as the homeserver answers it."""
    query = {"filter": sync_filter(initial=since is None), "timeout": str(timeout_ms), "set_presence": "offline"}
    if since is not None:
        query["since"] = since
    return await http.request("GET", path("sync"), query=query, timeout=timeout_ms / 1000 + _ANSWER_WITHIN)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened in one joined room.

    `events` since the last sync, or since the bot came, oldest first; `state` what changed before them;
    `complete` is false when the room's state may hold more than these tell.
    """

    room_id: str
    events: Sequence[Json]
    state: Sequence[Json]
    complete: bool


async def read_timeline(http: Http, room_id: str, joined: Json, since: str | None, me: str) -> Timeline:
    """One of the response's `rooms.join`, its gap filled.

    The bot's own invitation is not among the events: `rooms.invite` told of it, under an id that was made up.
    """
    timeline = _mapping(joined.get("timeline"))
    state = _events(_mapping(joined.get("state")).get("events"))
    events = _events(timeline.get("events"))
    prev_batch = timeline.get("prev_batch")
    limited = timeline.get("limited") is True and since is not None
    if limited and isinstance(prev_batch, str) and since is not None and _arrival(events, me) is None:
        events = await _earlier(http, room_id, prev_batch, since, me) + events
    since_then = events[_arrival(events, me) or 0 :]
    return Timeline(room_id, _once([e for e in since_then if not _invites(e, me)]), state, complete=not limited)


async def _earlier(http: Http, room_id: str, prev_batch: str, since: str, me: str) -> list[Json]:
    """What came after `since` and before `prev_batch`, oldest first."""
    newest_first: list[Json] = []
    token = prev_batch
    for _ in range(_MOST_PAGES):
        query = {"dir": "b", "from": token, "to": since, "limit": str(_PAGE)}
        try:
            page = await http.request("GET", path("rooms", room_id, "messages"), query=query)
        except TransportError as error:
            if error.retryable:
                raise
            _log.warning("a gap in a room can't be filled: %s", error.errcode)
            break
        if not isinstance(page.get("chunk"), list):
            raise TransportError(BAD_RESPONSE, "the homeserver's page of a room has no events", retryable=True)
        chunk = _events(page["chunk"])
        newest_first += chunk
        following = page.get("end")
        if not chunk or not isinstance(following, str) or following == token or _arrival(chunk[::-1], me) is not None:
            break
        token = following
    else:
        _log.warning("a gap in a room is too long to be filled")
    return newest_first[::-1]


def _arrival(events: Sequence[Json], me: str) -> int | None:
    """Where the bot last came into the room: its invitation, if that is among `events` too, else its join."""
    arrived = None
    for index, event in enumerate(events):
        if event.get("type") != "m.room.member" or event.get("state_key") != me:
            continue
        change = decode("", event)
        if not isinstance(change, Membership):
            continue
        if change.now is MembershipState.JOIN:
            invited = change.previous is MembershipState.INVITE and arrived is not None
            arrived = arrived if invited else index
        elif change.now is MembershipState.INVITE:
            arrived = index
    return arrived


def _invites(event: Json, me: str) -> bool:
    if event.get("type") != "m.room.member" or event.get("state_key") != me:
        return False
    return _mapping(event.get("content")).get("membership") == "invite"


def invitation(room_id: str, invited: Json, me: str, since: str | None) -> Membership | None:
    """One of the response's `rooms.invite`, as the membership that it is.

    Stripped state may lack an id and a time: the id is then made from what is there, the same each time.
    """
    for event in _events(_mapping(invited.get("invite_state")).get("events")):
        if event.get("type") != "m.room.member" or event.get("state_key") != me:
            continue
        made_up = hashlib.sha256(f"{room_id}\n{event.get('sender')}\n{since}".encode(errors="replace")).hexdigest()
        change = decode(room_id, {"event_id": f"${made_up}", "origin_server_ts": 0, **event})
        if isinstance(change, Membership) and change.now is MembershipState.INVITE:
            return change
    return None


def rooms_in(response: Json, section: str) -> Iterator[tuple[str, Json]]:
    """The rooms of one section (`join`, `invite`, `leave`) of a sync response, with what is told of each."""
    for room_id, room in _mapping(_mapping(response.get("rooms")).get(section)).items():
        if is_identifier(room_id):
            yield room_id, _mapping(room)


def transaction_id(event: Json) -> str | None:
    """The transaction id under which this device sent the event, if it did."""
    made = _mapping(event.get("unsigned")).get("transaction_id")
    return made if isinstance(made, str) else None


def _once(events: Sequence[Json]) -> list[Json]:
    """Each event once: a page of history and the timeline may overlap."""
    return list({event.get("event_id"): event for event in events if isinstance(event.get("event_id"), str)}.values())


def _events(value: object) -> list[Json]:
    return [event for event in value if isinstance(event, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}
