# SPDX-License-Identifier: Apache-2.0
"""What somebody found out is saved, approved and found, with clients that are not ours, in encrypted rooms."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.real

# A word that is in no entry of the example's library, nor in anything else that is said here.
WORD = "snorkelfrost"
TIP = f"I freeze the caps of my pens with {WORD}. They click then."


async def test_a_tip_is_saved_approved_and_found(community, person):
    ana, moderator = await person("ana"), await person(account="moderator")
    room, welcome = community.lobby, community.bots["welcome"]
    await ana.do("join", room=room)
    chat = await ana.invited_to()
    await ana.knows(welcome)
    await ana.do("join", room=chat)
    await ana.hears("are you 18 or older", room=chat)
    said = await ana.say(room, TIP)
    command = await ana.reply(room, said, "!save no more leaks")

    preview = await ana.hears("This is what I would offer", room=chat, sender=welcome)
    assert preview["encrypted"]
    assert WORD in preview["content"]["body"]
    await ana.wait(lambda e: e.get("redacts") == command or (e.get("event_id") == command and e.get("redacted")))
    await ana.react(chat, preview["event_id"], "✅")
    await ana.hears("have it now", room=chat, sender=welcome)

    card = await moderator.hears(WORD, room=community.moderators, sender=community.bots["moderation"])
    assert card["encrypted"]
    assert ana.user_id not in card["content"]["body"]
    await moderator.react(community.moderators, card["event_id"], "✅")
    await ana.hears("in our library now", room=chat, sender=welcome)

    await ana.say(room, f"!find {WORD}")
    found = await ana.hears(WORD, room=room, sender=community.bots["resources"])
    assert "a member of this group" in found["content"]["body"]

    for file in (*community.state.rglob("community.db*"), *community.state.parent.glob("*.log")):
        assert WORD.encode() not in file.read_bytes(), f"the words lie open in {file}"
