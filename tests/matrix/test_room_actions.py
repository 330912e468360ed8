# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from bots.core.matrix.room_actions import RoomActions
from bots.core.transport import TransportError
from fakes.scripted_homeserver import Asked, ScriptedHomeserver

LEVELS = "/rooms/!r/state/m.room.power_levels/"


class Levels(ScriptedHomeserver):
    """Power levels in a room. `meanwhile` are what others write at the same moment, which wins."""

    def __init__(self, *meanwhile: dict[str, int]) -> None:
        super().__init__()
        self.users = {"@mo:x": 50}
        self.meanwhile = list(meanwhile)
        self.answers = {f"GET {LEVELS}": lambda _: {"users": self.users, "ban": 50}, f"PUT {LEVELS}": self.write}

    def write(self, asked: Asked):
        self.users = self.meanwhile.pop(0) if self.meanwhile else asked.body["users"]
        return {"event_id": "$e"}


@pytest.fixture
async def server():
    async with Levels() as running:
        yield running


async def test_a_level_that_is_so_already_is_not_written(server, http):
    await RoomActions(http).set_power("!r", "@mo:x", 50)
    assert server.requests("PUT", LEVELS) == []


async def test_a_level_holds_although_somebody_changes_another_at_the_same_moment(server, http):
    server.meanwhile = [{"@mo:x": 0}, {"@mo:x": 0, "@mia:x": 50}]
    await RoomActions(http).set_power("!r", "@ben:x", -1)
    assert server.users == {"@mo:x": 0, "@mia:x": 50, "@ben:x": -1}
    assert server.requests("PUT", LEVELS)[-1].body["ban"] == 50


async def test_where_others_never_stop_it_is_tried_again_later(server, http):
    server.meanwhile = [{"@mo:x": number} for number in range(20)]
    with pytest.raises(TransportError) as raised:
        await RoomActions(http).set_power("!r", "@ben:x", -1)
    assert raised.value.retryable
