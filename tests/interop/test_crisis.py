# SPDX-License-Identifier: Apache-2.0
"""A cry for help in an encrypted room, with clients that are not ours: people are called, the room is left alone."""

from __future__ import annotations

import pytest

from interop.test_journey import CONDITION, settle_in

pytestmark = pytest.mark.real

WORDS = "swallowsleaveonthursday"
CRY = f"i have the pills here and i am going to kill myself tonight {WORDS}"


async def test_a_cry_is_answered_in_private_and_brought_to_people_by_a_link_alone(community, person):
    ana, moderator = await person("ana"), await person(account="moderator")
    chat = await settle_in(ana, community)
    room = community.condition(CONDITION)
    begun = len(ana.events)
    said = await ana.say(room, CRY)

    note = await ana.hears("your life may be in danger", room=chat, sender=community.bots["welcome"], since=begun)
    text = note["content"]["body"]
    assert note["encrypted"]
    assert ("112" in text, "findahelpline.com" in text, "may be hours" in text) == (True, True, True)
    assert WORDS not in text

    alert = await moderator.hears("Urgent, alert", room=community.moderators, sender=community.bots["moderation"])
    text = alert["content"]["body"]
    assert alert["encrypted"]
    assert f"{room}/{said}" in text
    assert WORDS not in text
    assert alert["content"]["m.mentions"].get("user_ids", []) == []
    await moderator.react(community.moderators, alert["event_id"], "🙋")
    await moderator.hears("Thank you", room=community.moderators, sender=community.bots["moderation"])

    bots = set(community.bots.values())
    in_the_room = [e for e in ana.events[begun:] if e.get("room_id") == room]
    assert [e for e in in_the_room if e.get("sender") in bots] == []
    assert not any(e.get("redacted") or e.get("redacts") for e in in_the_room)
    await ana.say(room, "thank you all")
    await moderator.hears("I wrote to them in private", room=community.moderators)

    kept = [file for file in community.state.rglob("*") if file.is_file()]
    logs = list(community.state.parent.glob("*.log"))
    assert any(file.suffix == ".db" for file in kept)
    assert logs
    for file in (*kept, *logs):
        assert WORDS.encode() not in file.read_bytes(), f"the words lie in {file}"
