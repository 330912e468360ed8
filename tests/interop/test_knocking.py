# SPDX-License-Identifier: Apache-2.0
"""Somebody who has a room's address from a friend knocks at it, with a client that is not ours."""

from __future__ import annotations

import pytest

from interop.test_journey import CONDITION, agree, word_asked_for

pytestmark = pytest.mark.real


async def test_who_knocks_is_answered_in_private_and_what_they_wrote_is_gone(community, person):
    room, welcome = community.condition(CONDITION), community.bots["welcome"]
    moderator, ana = await person(account="moderator"), await person("ana")
    await ana.do("knock", room=room, reason="I have it too, since Monday")

    chat = await ana.invited_to()
    await ana.knows(welcome)
    await ana.do("join", room=chat)
    await ana.hears("You knocked at one of our rooms", room=chat, sender=welcome)
    knocked = await moderator.wait(
        lambda e: e["type"] == "m.room.member" and e.get("state_key") == ana.user_id and e["room_id"] == room
    )
    await moderator.wait(lambda e: e.get("redacts") == knocked["event_id"])
    now = (await moderator.do("state", room=room, type="m.room.member", key=ana.user_id))["content"]
    assert (now["membership"], now.get("reason")) == ("knock", None)

    await agree(ana, chat)
    await ana.say(chat, "T1D")
    await ana.say(chat, word_asked_for(await ana.hears("A small check", room=chat)))
    assert await ana.invited_to(other_than=(chat,)) == room

    # Who is forgotten knocks nowhere any more.
    other = community.condition("epilepsy")
    await ana.do("knock", room=other)
    await ana.say(chat, "forget me")
    await ana.hears("Shall I forget you?", room=chat)
    await ana.say(chat, "yes")
    await moderator.wait(
        lambda e: (
            (e["type"], e["room_id"], e.get("state_key")) == ("m.room.member", other, ana.user_id)
            and e["content"]["membership"] == "leave"
            and e["sender"] == community.bots["moderation"]
        )
    )
