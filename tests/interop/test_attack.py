# SPDX-License-Identifier: Apache-2.0
"""A minute with a hostile account: everything that a network lets a stranger send, at three running bots.

Meanwhile people with another client come in and ask. Nobody restarts, nobody is fooled, nobody waits in vain.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from bots.core.actions import BotName
from fakes.hostile import (
    DEPTHS,
    HALF,
    NEST,
    ODD,
    SECRET,
    Hostile,
    events_in_clear,
    olm_messages,
    state_under_encryption,
    text,
    to_device_messages,
    words_under_encryption,
)
from interop.conftest import Place, register
from interop.judge import Judge
from interop.test_journey import CONDITION, settle_in
from interop.test_killed import process_of, said_by, thread_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

QUESTION = "!find gluten free travel"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def operators_pages(http: aiohttp.ClientSession, state: Path, page: str) -> dict[BotName, str]:
    """`/healthz` or `/metrics` of each bot."""
    ports = yaml.safe_load((state / "kithroom.yaml").read_text("utf-8"))["health"]
    pages = {}
    for bot in BotName:
        async with http.get(f"http://127.0.0.1:{ports[bot.value]}/{page}") as response:
            pages[bot] = await response.text()
    return pages


async def figures(http: aiohttp.ClientSession, state: Path, name: str) -> list[float]:
    """One figure of each bot's `/metrics`."""
    pages = (await operators_pages(http, state, "metrics")).values()
    return [float(line.split()[1]) for page in pages for line in page.splitlines() if line.startswith(f"{name} ")]


@dataclass
class Siege:
    """What one hostile member does to a community. `sent` are the events that only repeat what was said before."""

    place: Place
    http: aiohttp.ClientSession
    member: Judge
    target: str
    overheard: list[Any]
    sent: list[str | None] = field(default_factory=list)

    @property
    def rooms(self) -> tuple[str, str]:
        """Where it happens."""
        return self.place.lobby, self.place.condition(CONDITION)

    async def device(self, name: str, user_id: str | None = None, password: str = "") -> Hostile:
        """A device with this id, of this account or of a fresh one."""
        if user_id is None:
            fresh = await asyncio.to_thread(register, self.place, "hostile")
            user_id, password = fresh.user_id, fresh.password
        device = Hostile(self.http, self.place.homeserver, user_id, name)
        await device.log_in(password)
        return device

    async def begin(self) -> None:
        """Find the bots' devices, take all of their one-time keys, and have somebody outside listen."""
        self.mallory = await self.device("MALLORY", self.member.user_id, self.member.password)
        await self.mallory.upload(self.mallory.device_keys())
        self.victims = [await self.mallory.find(user) for user in self.place.bots.values()]
        await asyncio.gather(*map(self.mallory.drain, self.victims))
        self.outsider = await self.device("OUTSIDER")
        await self.outsider.upload(self.outsider.device_keys(), self.outsider.one_time_key())

    async def go_on(self) -> None:
        """Do everything at the same time."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.bad_newcomer())
            group.create_task(self.bad_devices())
            group.create_task(self.to_devices())
            for room in self.rooms:
                group.create_task(self.to_room(room))

    async def bad_devices(self) -> None:
        """More devices of a member: one of garbage, one with a bot's device id, one whose one-time keys are none."""
        account = (self.member.user_id, self.member.password)
        garbage = await self.device("GARBAGE", *account)
        await garbage.upload(garbage.device_keys(keys={"curve25519:GARBAGE": "AAAA", "ed25519:GARBAGE": "A" * 44}))
        namesake = await self.device(self.victims[0].device_id, *account)
        await namesake.upload(namesake.device_keys())
        poisoned = await self.device("POISONED", *account)
        keys = {f"signed_curve25519:AAAA{n}": poisoned.sign({"key": "not a key"}) for n in range(5)}
        await poisoned.upload(poisoned.device_keys(), keys)

    async def bad_newcomer(self) -> None:
        """Somebody comes into the lobby whose only device is garbage."""
        garbage = await self.device("GARBAGE")
        await garbage.upload(garbage.device_keys(keys={"curve25519:GARBAGE": "AAAA", "ed25519:GARBAGE": "AAAA"}))
        await garbage.ask("POST", "join", self.place.lobby, body={"reason": HALF})

    async def to_devices(self) -> None:
        """Messages from device to device, to each bot."""
        await asyncio.gather(*map(self.mallory.drain, self.victims))
        for contents in zip(*(olm_messages(self.mallory, victim) for victim in self.victims), strict=True):
            await self.mallory.send_to_devices("m.room.encrypted", dict(zip(self._devices, contents, strict=True)))
        for kind, content in to_device_messages(self.mallory, self.place.lobby):
            await self.mallory.send_to_devices(kind, dict.fromkeys(self._devices, content))
        nest = {"x": NEST}
        for depth in DEPTHS:
            await self.mallory.send_to_devices("m.dummy", dict.fromkeys(self._devices, nest), depth=depth)

    async def to_room(self, room: str) -> None:
        """Events in a room whose keys the bots have."""
        mallory = self.mallory
        keys = [mallory.room_key(victim, room)["content"] for victim in self.victims]
        await mallory.send_to_devices("m.room.encrypted", dict(zip(self._devices, keys, strict=True)))
        for payload in state_under_encryption(self.place.bots["welcome"], [mallory.user_id, self.outsider.user_id]):
            await mallory.send(room, "m.room.encrypted", mallory.encrypted(room, payload))
        for content in words_under_encryption(mallory, room, self.target):
            await mallory.send(room, "m.room.encrypted", content)
        for content in (mallory.encrypted(room, text(QUESTION)), *self.overheard):
            self.sent += [await mallory.send(room, "m.room.encrypted", content) for _ in range(3)]
        for odd in ODD:
            state = {"membership": "join", "displayname": odd, "avatar_url": odd, "reason": odd}
            await mallory.ask("PUT", "rooms", room, "state", "m.room.member", mallory.user_id, body=state)
        for kind, content in events_in_clear():
            await mallory.send(room, kind, content)
        for depth in DEPTHS:
            await mallory.send(room, "m.room.message", {"msgtype": "m.text", "body": "x", "x": NEST}, depth=depth)

    @property
    def _devices(self) -> list[tuple[str, str]]:
        return [(victim.user_id, victim.device_id) for victim in self.victims]


async def overhear(siege: Siege, room: str, sender: str) -> list[Any]:
    """The ciphertexts that somebody sent to a room."""
    history = await siege.mallory.ask("GET", "rooms", room, "messages", query="?dir=b&limit=50")
    return [
        event["content"]
        for event in history["chunk"]
        if event["type"] == "m.room.encrypted" and event["sender"] == sender
    ]


async def ask(somebody: Judge, place: Place, question: str) -> str:
    """Ask in the condition's room and be answered in a thread; the question's event id."""
    asked = await somebody.say(place.condition(CONDITION), question)
    await somebody.wait(lambda e: e.get("sender") == place.bots["resources"] and thread_of(e) == asked)
    return asked


async def test_a_hostile_minute_stops_nobody_and_fools_nobody(community, person, http):
    room = community.condition(CONDITION)
    processes = [process_of(community.state, bot) for bot in BotName]
    errors = await figures(http, community.state, "kithroom_handler_errors_total")
    moderator, bo, pretender = await person(account="moderator"), await person("bo"), await person("mallory")
    await settle_in(bo, community)
    await settle_in(pretender, community)
    levels = (await bo.do("state", room=room, type="m.room.power_levels"))["content"]
    target = await bo.say(room, "good morning everybody")
    questions = [await ask(bo, community, QUESTION)]
    siege = Siege(community, http, pretender, target, [])
    await siege.begin()
    siege.overheard += await overhear(siege, room, bo.user_id)
    assert siege.overheard

    async def keep_asking(attacking: asyncio.Task[None]) -> None:
        while not attacking.done():
            questions.append(await ask(bo, community, f"{QUESTION} {len(questions)}"))

    async with asyncio.TaskGroup() as group:
        attacking = group.create_task(siege.go_on())
        group.create_task(keep_asking(attacking))
        newcomer = await person("ana")
        await settle_in(newcomer, community)
    assert len(questions) > 3

    # After it, all goes on as before: welcome, resources, moderation.
    late = await person("cleo")
    await settle_in(late, community)
    await ask(late, community, "!find insulin at night")
    await moderator.say(community.moderators, "!help")
    await moderator.hears("In a room, reply to a message", room=community.moderators)
    order = await pretender.reply(room, target, "!ban")
    await bo.wait(lambda e: e.get("redacts") == order or (e.get("event_id") == order and e.get("redacted")))
    await bo.say(room, "still here, all of us")
    await late.hears("still here, all of us", room=room)

    assert (await bo.do("state", room=room, type="m.room.power_levels"))["content"] == levels
    answers = Counter(thread_of(event) for event in said_by(bo, community.bots["resources"]))
    assert {question: answers[question] for question in questions} == dict.fromkeys(questions, 1)
    assert sum(answers[event_id] for event_id in siege.sent if event_id) <= len(siege.rooms), (
        "a repetition was answered"
    )
    assert not (await siege.outsider.ask("GET", "sync")).get("to_device"), "somebody outside was given a key"
    # Who has just come in may miss what was said before the others' clients heard of it; who greets them knows them.
    bots, welcome = set(community.bots.values()), {community.bots["welcome"]}
    for somebody, senders in ((bo, bots), (newcomer, welcome), (late, welcome)):
        assert [e for e in somebody.unreadable() if e["sender"] in senders] == []

    assert [process_of(community.state, bot) for bot in BotName] == processes
    for bot, page in (await operators_pages(http, community.state, "healthz")).items():
        report = json.loads(page)
        assert report["ok"], (bot, report)
        assert report["one_time_keys"], (bot, report)
        assert report["fallback_key"], (bot, report)
        assert SECRET not in (community.state / "log" / f"{bot.value}.log").read_text("utf-8")
    assert await figures(http, community.state, "kithroom_handler_errors_total") == errors
