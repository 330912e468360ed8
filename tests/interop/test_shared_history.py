# SPDX-License-Identifier: Apache-2.0
"""A room that shares its history, with a client that is not ours: who can read what was said before, and who can't."""

from __future__ import annotations

import pytest

from bots.core.matrix.http import Http, path
from bots.core.matrix.login import kept_session
from interop.conftest import SHARING
from interop.test_journey import settle_in

pytestmark = pytest.mark.real


async def invited_by_a_moderator(place, room, somebody):
    """By hand: a client that invites would hand the history over itself."""
    moderator = place.accounts["moderator"]
    async with Http(place.homeserver) as http:
        identifier = {"type": "m.id.user", "user": moderator["user_id"]}
        login = {"type": "m.login.password", "identifier": identifier, "password": moderator["password"]}
        http.token = (await http.request("POST", path("login"), login))["access_token"]
        await http.request("POST", path("rooms", room, "invite"), {"user_id": somebody.user_id})
        await http.request("POST", path("logout"), {})
    await somebody.wait(lambda e: e["type"] == "my_membership" and e["room_id"] == room and e["membership"] == "invite")
    await somebody.do("join", room=room)


async def invited_by_the_moderation_bot(place, room, somebody):
    """As it does where the welcome bot's own invitation does not get through."""
    session = kept_session(place.state / "secrets" / "moderation")
    async with Http(place.homeserver, session.access_token) as http:
        await http.request("POST", path("rooms", room, "invite"), {"user_id": somebody.user_id})
    await somebody.wait(lambda e: e["type"] == "my_membership" and e["room_id"] == room and e["membership"] == "invite")
    await somebody.do("join", room=room)


async def read(somebody, room):
    """By event id, whether this person can read what is in the room's timeline."""
    events = (await somebody.do("timeline", room=room))["events"]
    return {e["event_id"]: e["readable"] for e in events if e["encrypted"]}


def bundles(somebody):
    return [e for e in somebody.events if e.get("to_device") and "room_key_bundle" in e["type"]]


async def test_an_invited_newcomer_reads_the_past_and_nobody_else_does(community, person):
    room = community.condition(SHARING)
    ana, bo, eve = await person("ana"), await person("bo"), await person("eve")
    await settle_in(ana, community, words="ME/CFS", condition=SHARING)
    topic = (await ana.do("state", room=room, type="m.room.topic"))["content"]["topic"]
    assert "last 30 days" in topic
    before = await ana.say(room, "said before anybody else came")

    # Eve has met the bot, and comes in by another's invitation.
    await eve.do("join", room=community.lobby)
    await eve.invited_to()
    await invited_by_a_moderator(community, room, eve)
    # Bo comes in by the bot's.
    await settle_in(bo, community, words="ME/CFS", condition=SHARING)
    await bo.hears("said before anybody else came", room=room)
    together = await ana.say(room, "hello, both of you")
    await bo.hears("hello, both of you", room=room)
    await eve.hears("hello, both of you", room=room)

    assert (await read(bo, room))[before]
    assert {bundle["room_id"] for bundle in bundles(bo)} == {room}
    seen_by_eve = await read(eve, room)
    assert seen_by_eve[together]
    assert not seen_by_eve[before]
    assert bundles(eve) == []

    # Cy comes in by the moderation bot's: the past comes by that hand.
    cy = await person("cy")
    await cy.do("join", room=community.lobby)
    await cy.invited_to()
    await invited_by_the_moderation_bot(community, room, cy)
    await cy.hears("said before anybody else came", room=room)
    assert (await read(cy, room))[before]

    # Bo leaves, and comes back by another's invitation: what was said meanwhile is not his to read.
    given = len(bundles(bo))
    await bo.do("leave", room=room)
    await ana.wait(
        lambda e: e.get("state_key") == bo.user_id and e["room_id"] == room and e["content"]["membership"] == "leave"
    )
    meanwhile = await ana.say(room, "said while bo was away")
    await eve.hears("said while bo was away", room=room)
    await invited_by_a_moderator(community, room, bo)
    after = await ana.say(room, "welcome back")
    await bo.hears("welcome back", room=room)

    seen_by_bo = await read(bo, room)
    assert seen_by_bo[after]
    assert not seen_by_bo[meanwhile]
    assert len(bundles(bo)) == given
