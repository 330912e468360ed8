# SPDX-License-Identifier: Apache-2.0
"""What is known about somebody, taken along and left behind, with a client that is not ours."""

from __future__ import annotations

import pytest

from interop.test_journey import CONDITION, settle_in

pytestmark = pytest.mark.real


async def test_somebody_takes_a_copy_and_leaves_everything(community, person):
    ana = await person("ana")
    chat = await settle_in(ana, community)
    welcome, room = community.bots["welcome"], community.condition(CONDITION)

    await ana.say(chat, "copy")
    copy = await ana.hears("my-data.json", room=chat, sender=welcome)
    assert copy["encrypted"]
    assert copy["content"]["msgtype"] == "m.file"
    assert copy["content"]["file"]["url"].startswith("mxc://")

    await ana.say(chat, "leave")
    await ana.hears("take you out of every room", room=chat)
    await ana.say(chat, "yes")
    receipt = await ana.hears("This is your receipt", room=chat, sender=welcome)
    assert "What no bot can erase" in receipt["content"]["body"]
    for left in (room, community.lobby):
        await ana.wait(
            lambda e, left=left: e["type"] == "my_membership" and e["room_id"] == left and e["membership"] == "leave"
        )
    membership = (await ana.do("state", room=chat, type="m.room.member", key=welcome))["content"]["membership"]
    assert membership == "leave"
    assert ana.unreadable() == []
