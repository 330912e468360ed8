# SPDX-License-Identifier: Apache-2.0
"""The judge can be trusted: two matrix-js-sdk people read each other, and would notice if they could not."""

import pytest

from interop.judge import Judge, JudgeError

pytestmark = pytest.mark.real


async def test_two_people_read_each_other_in_an_encrypted_room(synapse, new_account):
    ana, bo = new_account("ana"), new_account("bo")
    async with (
        await Judge.start(synapse.url, ana) as a,
        await Judge.start(synapse.url, bo.user_id, bo.password) as b,
    ):
        room = (await a.do("create_direct_chat", user=b.user_id))["room_id"]
        await b.invited_to()
        await b.do("join", room=room)
        await a.wait(lambda e: e.get("state_key") == b.user_id and e["content"].get("membership") == "join")
        said = await a.say(room, "is anybody there?")
        heard = await b.hears("is anybody there?", room=room)
        await b.react(room, said, "👍")
        reaction = await a.wait(lambda e: e["type"] == "m.reaction")

        assert heard["encrypted"]
        assert heard["event_id"] == said
        assert reaction["content"]["m.relates_to"]["key"] == "👍"
        assert (await b.do("shield", room=room, event=said))["colour"] == 0
        assert (await b.do("device_is_signed", user=a.user_id))["signed"] == [True]
        assert a.unreadable() == b.unreadable() == []
        with pytest.raises(JudgeError, match="M_FORBIDDEN"):
            await b.do("invite", room="!elsewhere:kith.test", user=a.user_id)
