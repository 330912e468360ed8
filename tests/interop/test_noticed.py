# SPDX-License-Identifier: Apache-2.0
"""What a detector sees becomes a case, a moderator presses a button, and the member hears why: with foreign clients."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.real

SAID = "here is my number, call me any evening: 07700 900123"


async def test_a_detector_finds_it_a_moderator_taps_and_the_member_hears_why_in_private(community, person):
    ana, moderator = await person("ana"), await person(account="moderator")
    room, office, bots = community.lobby, community.moderators, community.bots
    await ana.do("join", room=room)
    chat = await ana.invited_to()
    await ana.knows(bots["welcome"])
    await ana.do("join", room=chat)
    await ana.hears("I'm a bot", room=chat, sender=bots["welcome"])
    begun, before = len(ana.events), len(moderator.events)
    said = await ana.say(room, SAID)

    case = await moderator.hears("07700 900123", room=office, sender=bots["moderation"], since=before)
    assert case["encrypted"]
    assert said.removeprefix("$") in case["content"]["formatted_body"]
    await moderator.wait(
        lambda e: (
            e["type"] == "m.reaction"
            and e["sender"] == bots["moderation"]
            and e["content"]["m.relates_to"]["event_id"] == case["event_id"]
            and e["content"]["m.relates_to"]["key"].startswith("⚠")
        ),
        since=before,
    )
    # A telephone adds to an emoji whose hand it is.
    await moderator.react(office, case["event_id"], "🙋🏽\u200d♀️")
    await moderator.hears("looks after this", room=office, sender=bots["moderation"], since=before)
    tapped = await moderator.react(office, case["event_id"], "⚠️")

    told = await ana.hears("warn", room=chat, sender=bots["welcome"], since=begun)
    assert told["encrypted"]
    assert said.removeprefix("$") in told["content"]["formatted_body"], "which message it is about"
    await moderator.do("redact", room=office, target=tapped)
    await moderator.hears("took a tap back", room=office, sender=bots["moderation"], since=before)
    in_the_room = [e for e in ana.events[begun:] if e.get("room_id") == room and e.get("sender") in bots.values()]
    assert in_the_room == []
