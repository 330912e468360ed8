# SPDX-License-Identifier: Apache-2.0
"""`kill -9` at random moments of a busy minute: everybody is greeted once, every command is carried out once.

`kithroom up` starts a killed bot again, as a service manager would.
Fifty times each bot is killed, anywhere from its first import to the middle of an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from bots.core.actions import BotName
from interop.test_journey import CONDITION, settle_in

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

KILLS = 50
# Longer than a start takes (a second), so that as many kills hit a bot at work as one that only wakes up.
LONGEST_LIFE = 2.0
NEWCOMERS = 6
QUESTIONS = 12
# One person may report three things in five minutes.
REPORTS = 3


def process_of(state: Path, bot: BotName) -> int | None:
    """The process id of a bot of the community in `state`."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # Forks of one process: what differs is where they write.
            log = state / "log" / f"{bot.value}.log"
            if (folder / "comm").read_text().strip() == f"{bot.value} bot" and (folder / "fd" / "1").readlink() == log:
                return int(folder.name)
    return None


async def kill_again_and_again(state: Path, bot: BotName, chance: random.Random) -> int:
    """Kill the bot `KILLS` times, each time a new process at a random age; how often it was done."""
    killed = set()
    while len(killed) < KILLS:
        process = process_of(state, bot)
        if process is None or process in killed:
            await asyncio.sleep(0.05)
            continue
        await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            killed.add(process)
    return len(killed)


def said_by(judge, user, *, room=None):
    """The different messages of somebody which this person's client has read: (event id, room, text, relation)."""
    found = {}
    for event in judge.events:
        if event["type"] == "m.room.message" and event["sender"] == user and event["readable"]:
            found[event["event_id"]] = event
    return [event for event in found.values() if room is None or event["room_id"] == room]


async def test_every_newcomer_is_greeted_once_and_every_command_carried_out_once(community, person):
    # pytest-randomly seeds this, and says the seed.
    chance = random.Random(random.random())
    moderator = await person(account="moderator")
    ana, bo = await person("ana"), await person("bo")
    bo_chat = await settle_in(bo, community)
    await settle_in(ana, community)
    room, resources = community.condition(CONDITION), community.bots["resources"]
    newcomers = [await person("new") for _ in range(NEWCOMERS)]

    async def come_in():
        for newcomer in newcomers:
            await asyncio.sleep(chance.uniform(2, 10))
            await newcomer.do("join", room=community.lobby)

    async def ask():
        questions = []
        for number in range(QUESTIONS):
            await asyncio.sleep(chance.uniform(1, 8))
            questions.append(await ana.say(room, f"!find gluten free travel {number}"))
        return questions

    async def report():
        for number in range(REPORTS):
            await asyncio.sleep(chance.uniform(5, 15))
            rude = await bo.say(room, f"buy miracle number {number}")
            await ana.hears(f"miracle number {number}", room=room)
            await ana.reply(room, rude, f"!report selling {number}")
            await moderator.hears(f"miracle number {number}", room=room)
            await moderator.reply(room, rude, f"!warn kindly {number}")

    async with asyncio.TaskGroup() as group:
        killers = [group.create_task(kill_again_and_again(community.state, bot, chance)) for bot in BotName]
        asking = group.create_task(ask())
        group.create_task(report())
        group.create_task(come_in())
    assert [killer.result() for killer in killers] == [KILLS] * 3
    questions = asking.result()

    # Nobody is killed any more; what was begun comes to its end.
    for newcomer in newcomers:
        chat = await newcomer.invited_to(patience=90)
        await newcomer.knows(community.bots["welcome"])
        await newcomer.do("join", room=chat)
        await newcomer.hears("are you 18 or older", room=chat)
    for number in range(REPORTS):
        await bo.hears(f"kindly {number}", room=bo_chat, patience=90)
        await moderator.hears(f"miracle number {number}", room=community.moderators)
    # What a bot does in one room, it does in order: after this answer, no other one is coming.
    last = await ana.say(room, "!find insulin at night")
    await ana.wait(lambda e: e.get("sender") == resources and thread_of(e) == last)
    await moderator.say(community.moderators, "!help")
    await moderator.hears("In a room, reply to a message", room=community.moderators)

    answers = Counter(thread_of(event) for event in said_by(ana, resources, room=room))
    assert {question: answers[question] for question in questions} == dict.fromkeys(questions, 1)
    for number in range(REPORTS):
        warnings = [e for e in said_by(bo, community.bots["welcome"]) if f"kindly {number}" in e["content"]["body"]]
        assert len(warnings) == 1, f"warning {number} came {len(warnings)} times"
        cards = [
            e
            for e in said_by(moderator, community.bots["moderation"], room=community.moderators)
            if f"miracle number {number}" in e["content"]["body"]
        ]
        assert len(cards) == 1, f"report {number} came {len(cards)} times"
    for newcomer in newcomers:
        invitations = {
            e["room_id"] for e in newcomer.events if e["type"] == "my_membership" and e["membership"] == "invite"
        }
        assert len(invitations) == 1
        said = Counter(e["content"]["body"] for e in said_by(newcomer, community.bots["welcome"]))
        assert set(said.values()) == {1}, said
    # Other tests' people may be in these rooms, and hostile.
    everybody = (ana, bo, moderator, *newcomers)
    ours = {*community.bots.values(), *(somebody.user_id for somebody in everybody)}
    for somebody in everybody:
        assert [e for e in somebody.unreadable() if e["sender"] in ours] == []


def thread_of(event):
    """The event whose thread this one is in."""
    return event.get("content", {}).get("m.relates_to", {}).get("event_id")
