# SPDX-License-Identifier: Apache-2.0
"""A clock that was ahead for a while and is set back silences nothing until it comes round again."""

from __future__ import annotations

from datetime import timedelta

from bots.core.actions import InRoom, Send
from fakes.moderation_scene import ANA, LOBBY, OFFICE
from moderation.test_watching import NUMBER, flood, known, scene, wave

AHEAD = timedelta(days=2)


def said(here):
    return [a.parts[0].key for a in here.all if isinstance(a, Send) and a.place == InRoom(OFFICE)]


async def test_a_flood_is_told_again():
    here = known(scene())
    here.now += AHEAD
    await flood(here, times=12)
    here.now -= AHEAD
    await flood(here, times=12, text="something else that is long enough")
    assert len(said(here)) == 2


async def test_many_who_come_at_once_are_told_again():
    here = scene()
    here.now += AHEAD
    await wave(here, 9)
    here.now -= AHEAD
    for number in range(8):
        assert said(here) == ["moderation.wave"], "what came in a time to come is no part of it"
        here.now += timedelta(seconds=2)
        await here.joins(f"@again{number}:kith.test", LOBBY)
    assert said(here) == ["moderation.wave"] * 2


async def test_what_can_not_be_read_is_told_again():
    here = scene()
    here.now += AHEAD
    await here.is_unreadable(ANA)
    here.now -= AHEAD
    await here.is_unreadable(ANA)
    assert said(here) == ["moderation.unreadable.room"] * 2


async def test_a_reminder_comes_again():
    here = known(scene())
    here.now += AHEAD
    await here.says(ANA, NUMBER)
    here.now -= AHEAD
    await here.says(ANA, NUMBER)
    assert here.told(ANA) == ["remind"]
