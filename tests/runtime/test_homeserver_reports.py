# SPDX-License-Identifier: Apache-2.0
"""What people report with their app's own button reaches the moderation bot once, whatever order it comes in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, Log
from bots.core.bot import Handler
from bots.core.events import Report
from bots.core.runtime.loop import REPORTS_EVERY
from bots.core.transport import HomeserverReport, ReportKind
from fakes.parrot import Parrot, World, no_facts, settle


@pytest.fixture
async def world():
    heard = []

    def hear(event, _facts):
        heard.append((event.report_id, event.target, event.user, event.reason))
        return (Log(why="t.heard", sentence="heard"),)

    world = World(bot=replace(Parrot(), name=BotName.MODERATION, handlers=(Handler(Report, no_facts, hear),)))
    await world.apply()
    world.heard = heard
    return world


def about(world, number, **what):
    return HomeserverReport(number=number, reporter="@anna:x", at=world.clock.now(), **what)


async def test_each_report_is_heard_once_by_its_number(world):
    event = {"kind": ReportKind.EVENT, "room_id": world.lobby, "event_id": "$e", "reason": "rude"}
    world.homeserver.reports += [about(world, 1, **event), about(world, 3, **event)]
    world.homeserver.reports += [about(world, 1, kind=ReportKind.USER, user="@mo:x")]
    running = world.running()
    await settle(running)
    assert world.heard == [(1, "$e", None, "rude"), (3, "$e", None, "rude"), (1, None, "@mo:x", None)]

    real = running.transport.reports

    async def with_the_last_hour(kind, after):
        return await real(kind, max(0, after - 100))

    running.transport.reports = with_the_last_hour
    world.homeserver.reports += [about(world, 2, **event)]
    world.clock.advance(REPORTS_EVERY + timedelta(seconds=1))
    await settle(running)
    assert world.heard[3:] == [(2, "$e", None, "rude")]
    async with world.store.reading(BotName.MODERATION, world.clock.now()) as transaction:
        assert await transaction.position("reports") == "3"
