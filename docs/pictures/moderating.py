# SPDX-License-Identifier: Apache-2.0
"""Plays a report and an appeal in a real community, and draws what each of them saw: `make picture`.

Synapse, the three bots and four people with matrix-js-sdk run for a few minutes.
Everything in the pictures is what somebody's own client decrypted.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from conversation import CONDITION, come_in, heard, in_thread, somebody, tap
from phones import Said, Screen, draw

from interop.conftest import Place, start_community, stop_community, wait_until_ready
from interop.judge import Judge
from interop.test_journey import moderating

HERE = Path(__file__).parent
# A card is shown whole: it is what moderators decide on.
WHOLE = 40


async def play(place: Place) -> tuple[list[Screen], list[Screen]]:
    """Sol sells something, River reports it, Mo takes the case and warns; Sol appeals, and Mia looks again."""
    async with AsyncExitStack() as people:
        river = await people.enter_async_context(await somebody(place, "River"))
        sol = await people.enter_async_context(await somebody(place, "Sol"))
        mia = await people.enter_async_context(await somebody(place, "Mia"))
        account = place.accounts["moderator"]
        mo = await people.enter_async_context(
            await Judge.start(place.homeserver, account["user_id"], account["password"])
        )
        rivers = await come_in(river, place, introduced=False)
        sols = await come_in(sol, place, introduced=False)
        await people.enter_async_context(moderating(mia, place))
        room, office = place.condition(CONDITION), place.moderators

        selling = await sol.say(
            room, "I got rid of it with these drops. Write to me, a bottle is 60, I send them anywhere"
        )
        await river.hears("these drops", room=room)
        await river.reply(room, selling, "!report this again")
        await river.hears("Thank you for telling us", room=rivers)
        card = await mo.hears("Case #", room=office)
        await tap(mo, card, "🙋")
        await mo.hears("looks after this", room=office)
        await mo.say(office, "!warn please sell nothing here, it is in our guidelines", **in_thread(card["event_id"]))
        warning = await sol.hears("please sell nothing here", room=sols)
        await mo.hears("has had a warning", room=office)
        number = re.search(r"!appeal #(\d+)", warning["content"]["body"])
        assert number is not None

        await sol.say(sols, f"!appeal #{number[1]} they are my own drops, I only wanted to help somebody")
        await sol.hears("Somebody looks at it", room=sols)
        appeal = await mia.hears("they are my own drops", room=office)
        await mo.hears("they are my own drops", room=office)
        await mia.say(
            office,
            "!keep I believe that you meant well. Selling stays out, telling what helped you is fine",
            **in_thread(appeal["event_id"]),
        )
        await sol.hears("It stays as it is", room=sols)
        await mo.hears("The decision stays", room=office)

        in_office = [replace(each, most=WHOLE) for each in await heard(mo, place, office)]
        in_chat = [replace(each, most=WHOLE) for each in await heard(sol, place, sols)]
        names = {each["room_id"]: each["name"] for each in (await mo.do("rooms"))["rooms"]}
        chat = {each["room_id"]: each["name"] for each in (await sol.do("rooms"))["rooms"]}[sols]
        rivers_chat = await heard(river, place, rivers)
        rivers_name = {each["room_id"]: each["name"] for each in (await river.do("rooms"))["rooms"]}[rivers]
    warned = next(number for number, each in enumerate(in_chat) if "please sell nothing" in each.markup)
    asked = next(number for number, each in enumerate(in_chat) if "!appeal #" in each.markup and each.own)
    case = [
        Screen("River reports it. In the room nobody sees that.", rivers_name, rivers_chat[-1:]),
        Screen("The moderators' room: a case.", names[office], [_root(in_office, card["event_id"])]),
        Screen("Its thread. Mo takes it, and warns.", "Thread", _thread(in_office, card["event_id"])),
        Screen("What Sol reads, and can ask for.", chat, in_chat[warned:asked]),
    ]
    appealed = [
        Screen("Sol asks for a second look.", chat, in_chat[asked : asked + 2]),
        Screen("The moderators' room: an appeal.", names[office], [_root(in_office, appeal["event_id"])]),
        Screen("Mia, who did not decide it, answers.", "Thread", _thread(in_office, appeal["event_id"])),
        Screen("What Sol reads. Not who answered.", chat, in_chat[asked + 2 :]),
    ]
    return case, appealed


def _root(said: Sequence[Said], event_id: str) -> Said:
    return next(each for each in said if each.id == event_id)


def _thread(said: Sequence[Said], root: str) -> list[Said]:
    return [each for each in said if each.thread == root]


def main() -> None:
    """Start a community, play, draw, stop."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "var"
        community = start_community(state)
        try:
            case, appealed = asyncio.run(play(wait_until_ready(community, state)))
        finally:
            stop_community(community)
    (HERE / "case.svg").write_text(draw(case), "utf-8")
    (HERE / "appeal.svg").write_text(draw(appealed), "utf-8")


if __name__ == "__main__":
    main()
