# SPDX-License-Identifier: Apache-2.0
"""Plays a newcomer's first minutes in a real community, and draws what was said: `make picture`.

Synapse, the three bots and two people with matrix-js-sdk run for about a minute.
Everything in the picture is what the newcomer's own client decrypted.
"""

from __future__ import annotations

import asyncio
import html
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from phones import Said, Screen, draw

from bots.core.matrix.http import Http, path
from bots.welcome.wording import NO, SIGNS, YES
from interop.conftest import Place, register, start_community, stop_community, wait_until_ready
from interop.judge import Judge
from interop.test_journey import word_asked_for

PICTURE = Path(__file__).with_suffix(".svg")
CONDITION = "type-1-diabetes"
A_MOMENT = 2.0


async def play(place: Place) -> list[Screen]:
    """A newcomer comes in, is met, finds somebody, and asks."""
    async with AsyncExitStack() as people:
        fern = await people.enter_async_context(await somebody(place, "Fern"))
        river = await people.enter_async_context(await somebody(place, "River"))
        await come_in(river, place, introduced=False)
        chat = await come_in(fern, place)
        room = place.condition(CONDITION)
        await river.hears("Somebody new is here", room=room)
        await river.say(room, "Welcome! No need to say anything. Most of us just read for the first week 🙂")
        await fern.hears("No need to say anything", room=room)
        await fern.say(room, "Thank you. I got my diagnosis on Monday and I don't know anybody who has it")
        await river.hears("on Monday", room=room)
        await river.say(room, "me too, two years ago. You know somebody now 💛")
        await fern.hears("me too", room=room)
        await fern.say(room, "we fly in two weeks, and I'm coeliac as well")
        await river.hears("coeliac", room=room)
        question = await river.say(room, "!find gluten free travel")
        await fern.wait(lambda e: e["type"] == "m.room.message" and _thread(e) == question and e["readable"])
        await fern.say(room, "oh, this is good", **in_thread(question))
        await river.hears("this is good", room=room)
        in_chat = await heard(fern, place, chat)
        in_room = await heard(fern, place, room)
        names = {each["room_id"]: each["name"] for each in (await fern.do("rooms"))["rooms"]}
    turn = next(number for number, each in enumerate(in_chat) if "What brings you here?" in each.markup)
    thread = [each for each in in_room if each.thread == question]
    main = [replace(each, replies=len(thread) if each.id == question else 0) for each in in_room if each.thread is None]
    return [
        Screen("Fern is new. A bot writes, in private.", names[chat], in_chat[:turn]),
        Screen("Three letters, and a door opens.", names[chat], in_chat[turn:]),
        Screen("The room. Its name gives nothing away.", names[room], main),
        Screen("What the group knows, in a thread.", "Thread", [replace(main[-1], replies=0), *thread]),
    ]


async def come_in(newcomer: Judge, place: Place, *, introduced: bool = True) -> str:
    """From the lobby into the room, by taps where a tap will do; the private chat's id."""
    await newcomer.do("join", room=place.lobby)
    chat = await newcomer.invited_to()
    await newcomer.knows(place.bots["welcome"])
    await newcomer.do("join", room=chat)
    for question in ("are you 18 or older", "Is that all right for you?", "something about your health"):
        await tap(newcomer, await newcomer.hears(question, room=chat))
    await newcomer.hears("What brings you here?", room=chat)
    await newcomer.say(chat, "T1D")
    check = await newcomer.hears("A small check", room=chat)
    await tap(newcomer, check, SIGNS[word_asked_for(check)])
    room = await newcomer.invited_to(other_than=(chat,))
    await newcomer.hears("who are you here?", room=chat)
    await newcomer.say(chat, "just diagnosed")
    await tap(newcomer, await newcomer.hears("May I tell the room", room=chat), YES if introduced else NO)
    await tap(newcomer, await newcomer.hears("May I write to you here tomorrow", room=chat))
    await newcomer.hears("you hear from me tomorrow", room=chat)
    await newcomer.do("join", room=room)
    if introduced:
        await newcomer.hears("Somebody new is here", room=room)
    return chat


async def tap(person: Judge, asked: dict[str, Any], button: str = YES) -> None:
    """Answer by the button under a question: when it has come, and a moment later, as people do."""
    about, room = asked["event_id"], asked["room_id"]
    await person.wait(
        lambda e: (
            e["type"] == "m.reaction"
            and (e["content"].get("m.relates_to") or {}).get("event_id") == about
            and e["content"]["m.relates_to"]["key"] == button
        )
    )
    await asyncio.sleep(A_MOMENT)
    await person.react(room, about, button)


async def somebody(place: Place, name: str) -> Judge:
    """Somebody new, under a nickname, with a client of their own."""
    account = await asyncio.to_thread(register, place, name.casefold())
    async with Http(place.homeserver, account.access_token) as http:
        await http.request("PUT", path("profile", account.user_id, "displayname"), {"displayname": name})
    return await Judge.start(place.homeserver, account)


def _thread(event: dict[str, Any]) -> str | None:
    relation = event["content"].get("m.relates_to") or {}
    return relation.get("event_id") if relation.get("rel_type") == "m.thread" else None


def in_thread(root: str) -> dict[str, Any]:
    """What a message in the thread on `root` holds besides."""
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
    return {"m.relates_to": relation}


async def heard(listener: Judge, place: Place, room: str) -> list[Said]:
    """The messages of a room, in order, as the listener's client decrypted them; each had to be readable."""
    events = (await listener.do("timeline", room=room))["events"]
    names = {e["state_key"]: e["content"].get("displayname") for e in events if e["type"] == "m.room.member"}
    taps: dict[str, dict[str, int]] = {}
    for event in events:
        relation = event["content"].get("m.relates_to") or {}
        if event["type"] == "m.reaction" and not event["redacted"]:
            under = taps.setdefault(relation["event_id"], {})
            under[relation["key"]] = under.get(relation["key"], 0) + 1
    said = []
    for event in events:
        if event["type"] == "m.room.message" and not event["redacted"]:
            assert event["encrypted"], "a message came in clear"
            assert event["readable"], "a message could not be read"
            sender = event["sender"]
            said.append(
                Said(
                    id=event["event_id"],
                    who=names.get(sender) or sender,
                    own=sender == listener.user_id,
                    bot=sender in place.bots.values(),
                    markup=event["content"].get("formatted_body") or html.escape(event["content"]["body"]),
                    thread=_thread(event),
                    taps=tuple(taps.get(event["event_id"], {}).items()),
                )
            )
    return said


def main() -> None:
    """Start a community, play, draw, stop."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "var"
        community = start_community(state)
        try:
            screens = asyncio.run(play(wait_until_ready(community, state)))
        finally:
            stop_community(community)
    PICTURE.write_text(draw(screens), "utf-8")


if __name__ == "__main__":
    main()
