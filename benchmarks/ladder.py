# SPDX-License-Identifier: Apache-2.0
"""(g): a moderator's word, to the first thing that is done; and one ban in a hundred rooms under Synapse's limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.ground import ENCRYPTION, Ground
from benchmarks.kithroom import Kithroom
from benchmarks.load import Latency, latency
from benchmarks.report import KITHROOM, Row
from benchmarks.subjects import DidNotStartError
from bots.cli.installation.database import open_database
from bots.core.actions import BotName
from bots.core.events import Membership, Redaction
from bots.core.homeserver.desired import BOT_POWER, MODERATOR_POWER
from bots.core.homeserver.synapse import Account
from bots.core.language import Rendered
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.http import Http, path
from bots.core.records import CommunityRoom
from bots.core.rooms import MembershipState, RoomRole
from bots.core.transport import Outgoing, TransportError

# What Synapse lets one account send unless it is told otherwise (`rc_message`, 1.1xx): so many at once, then so many a
# second. The bans count as that, one each.
AT_ONCE, A_SECOND = 10, 0.2
LIMITS = "the limits alone"
# A member is taken out of a hundred rooms in no time at all, but for the limits: what is longer than this is stuck.
_MOST = 1800.0
_PATIENCE = 30.0
_TRIES = 300
_LONG_POLL_MS = 10_000


@dataclass(frozen=True)
class Bans:
    """Seconds from a moderator's word to the first and to the last ban; how many came."""

    rooms: int
    first: float
    last: float
    came: int


@dataclass
class Moderator:
    """Somebody with a real client and moderator power in every room, and how far they have read."""

    client: MatrixClient
    rooms: list[str]
    since: str | None = None

    async def says(self, room_id: str, text: str) -> tuple[str, float]:
        """Write; the event's id, and when it began."""
        began = time.perf_counter()
        message = Outgoing(rendered=Rendered(text, text), notice=False)
        return await self.client.send(room_id, message, f"bench{began}"), began

    async def hears(self) -> list[object]:
        """What came since."""
        while True:
            try:
                batch = await self.client.sync(self.since, timeout_ms=_LONG_POLL_MS)
            except TransportError:
                await asyncio.sleep(0.2)
                continue
            self.since = batch.next_batch
            return list(batch.events)


async def opened(ground: Ground, rooms: int, tell: Callable[[], object]) -> tuple[Kithroom, Moderator, Account, str]:
    """A community with that many rooms more, a moderator and a member in all of them, and the moderators' room."""
    kithroom = await Kithroom.open(ground)
    bot = kithroom.account_of(BotName.MODERATION).user_id
    client = await ground.person("moderator")
    member = await ground.account("member")
    for person in (client.user_id, member.user_id):
        await ground.exempt(person)
    async with Http(ground.synapse.url, member.access_token) as http:
        made = []
        for _ in range(rooms):
            room_id = await _room(ground, {bot: BOT_POWER[BotName.MODERATION], client.user_id: MODERATOR_POWER})
            await ground.invite(room_id, member.user_id)
            await http.request("POST", path("join", room_id), {})
            await client.join(room_id)
            made.append(room_id)
            tell()
    async with open_database(kithroom.deployment) as store, store.transaction(BotName.MODERATION, _now()) as writing:
        (office,) = [room for room in await writing.find(CommunityRoom) if room.role is RoomRole.MODERATORS]
        for number, room_id in enumerate(made):
            room = CommunityRoom(
                room_id=room_id, role=RoomRole.CONDITION, condition=f"many-{number}", position=100 + number
            )
            await writing.remember(room)
    await ground.invite(office.room_id, client.user_id)
    await client.join(office.room_id)
    return kithroom, Moderator(client, made), member, office.room_id


async def settled_in(ground: Ground, kithroom: Kithroom) -> None:
    """Start the bots, and wait until the moderation bot has come to all of its rooms; so far it is not limited."""
    bot = kithroom.account_of(BotName.MODERATION)
    async with open_database(kithroom.deployment) as store, store.reading(BotName.MODERATION, _now()) as reading:
        rooms = {room.room_id for room in await reading.find(CommunityRoom)}
    await ground.exempt(bot.user_id)
    await kithroom.start_all()
    async with Http(ground.synapse.url, bot.access_token) as http:
        for _ in range(_TRIES):
            if rooms <= set((await http.request("GET", path("joined_rooms")))["joined_rooms"]):
                return
            await asyncio.sleep(1)
    raise DidNotStartError("the moderation bot has not come to all of its rooms")


async def first_actions(moderator: Moderator, commands: int, tell: Callable[[], object]) -> Latency:
    """From a command in an encrypted room, one a second, until the bot has taken it away."""
    room_id = moderator.rooms[0]
    took: list[float | None] = []
    for _ in range(commands):
        command, began = await moderator.says(room_id, "!hold")
        took.append(await _taken_away(moderator, command, began))
        tell()
        await asyncio.sleep(max(0.0, began + 1 - time.perf_counter()))
    return latency(took)


async def one_ban(moderator: Moderator, office: str, member: str, rooms: int, tell: Callable[[], object]) -> Bans:
    """Ban somebody everywhere, and look when each room has it."""
    banned: dict[str, float] = {}
    _, began = await moderator.says(office, f"!ban {member} everywhere")
    with suppress(TimeoutError):
        async with asyncio.timeout(_MOST):
            while len(banned) < rooms:
                for event in await moderator.hears():
                    if isinstance(event, Membership) and event.user == member and event.now is MembershipState.BAN:
                        banned.setdefault(event.room_id, time.perf_counter() - began)
                        tell()
    times = sorted(banned.values())
    all_of_them = len(times) == rooms
    return Bans(rooms, times[0] if times else float("inf"), times[-1] if all_of_them else float("inf"), len(times))


def ladder_rows(actions: Latency, bans: Bans) -> list[Row]:
    """The rows of (g)."""
    floor = max(0.0, (bans.rooms - AT_ONCE) / A_SECOND)
    return [
        Row(
            part="g", what="a command in an encrypted room is taken away, p50", unit="s", values={KITHROOM: actions.p50}
        ),
        Row(part="g", what="p95", unit="s", values={KITHROOM: actions.p95}),
        Row(part="g", what=f"one ban, the first of {bans.rooms} rooms", unit="s", values={KITHROOM: bans.first}),
        Row(
            part="g",
            what=f"the last of {bans.rooms} rooms",
            unit="s",
            values={LIMITS: floor, KITHROOM: bans.last},
            reference=LIMITS,
        ),
        Row(part="g", what="rooms that have it", unit="", values={KITHROOM: float(bans.came)}),
    ]


async def _taken_away(moderator: Moderator, command: str, began: float) -> float | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while True:
                for event in await moderator.hears():
                    if isinstance(event, Redaction) and event.target == command:
                        return time.perf_counter() - began
    return None


async def _room(ground: Ground, powers: dict[str, int]) -> str:
    body = {
        "preset": "private_chat",
        "initial_state": [ENCRYPTION],
        "invite": list(powers),
        "power_level_content_override": {"users": powers, "events": {"m.room.power_levels": 60}, "state_default": 100},
    }
    return str((await ground.http.request("POST", path("createRoom"), body))["room_id"])


def _now() -> datetime:
    return datetime.now(UTC)
