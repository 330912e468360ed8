# SPDX-License-Identifier: Apache-2.0
"""The people of the design, one after the other, with a client that refuses unsigned devices."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import asynccontextmanager

import pytest

from bots.cli.installation.deployment import load_deployment
from bots.cli.rooms import organiser
from bots.core.matrix.http import path
from bots.welcome.wording import SIGNS
from interop.conftest import said_in_clear

pytestmark = pytest.mark.real

CONDITION = "type-1-diabetes"


async def settle_in(newcomer, place, *, introduced="no", line=None, words="T1D", via=(), condition=CONDITION):
    """From the lobby to the condition's room; the private chat's room id.

    `line`: how they wish to be introduced, in their own words. `via`: servers that know the lobby.
    """
    welcome = place.bots["welcome"]
    await newcomer.do("join", room=place.lobby, via=list(via))
    chat = await newcomer.invited_to()
    await newcomer.knows(welcome)
    await newcomer.do("join", room=chat)
    greeting = await newcomer.hears("I'm a bot", room=chat, sender=welcome)
    assert greeting["encrypted"]
    await agree(newcomer, chat)
    await newcomer.say(chat, words)
    check = await newcomer.hears("A small check", room=chat)
    await newcomer.say(chat, word_asked_for(check))
    room = await newcomer.invited_to(other_than=(chat,))
    assert room == place.condition(condition)
    await newcomer.hears("The door is open", room=chat)
    for asked, answer in {
        "who are you here?": "skip",
        "May I tell the room": "my words" if line else introduced,
        **({"Then write it here": line, "Shall I say it like that": "yes"} if line else {}),
        "May I write to you here tomorrow": "no",
    }.items():
        await newcomer.hears(asked, room=chat)
        await newcomer.say(chat, answer)
    await newcomer.do("join", room=room)
    await newcomer.wait(lambda e: e["type"] == "my_membership" and e["room_id"] == room and e["membership"] == "join")
    return chat


async def agree(newcomer, chat):
    """Yes to all that is asked before the condition."""
    for asked in ("are you 18 or older", "Is that all right for you?", "something about your health"):
        await newcomer.hears(asked, room=chat)
        await newcomer.say(chat, "yes")
    await newcomer.hears("What brings you here?", room=chat)


def word_asked_for(check):
    """The one that only somebody who can read the message knows."""
    return re.search(r"Tap the (\w+)", check["content"]["body"].replace("*", ""))[1]


async def report_and_mute(ana, bo, moderator, place):
    """Bo is rude, ana reports it, a moderator mutes bo. Gives the id of what was said."""
    room = place.condition(CONDITION)
    rude = await bo.say(room, "buy my miracle cure, I will not stop asking")
    await ana.hears("miracle cure", room=room)
    report = await ana.reply(room, rude, "!report selling")
    await bo.wait(lambda e: e.get("redacts") == report or (e.get("event_id") == report and e.get("redacted")))
    snapshot = await moderator.hears("miracle cure", room=place.moderators)
    assert snapshot["encrypted"]
    assert snapshot["sender"] == place.bots["moderation"]

    command = await moderator.reply(room, rude, "!mute 2h please rest a little")
    await ana.wait(lambda e: e.get("redacts") == command or (e.get("event_id") == command and e.get("redacted")))
    await bo.hears("please rest a little", sender=place.bots["welcome"])
    await ana.wait(
        lambda e: (
            e["type"] == "m.room.power_levels"
            and e["room_id"] == room
            and e["content"].get("users", {}).get(bo.user_id, 0) < 0
        )
    )
    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await bo.say(room, "still here")
    return rude


def may_write(who, room, *, may=True):
    """Power levels of the room by which this person may write, or may not."""

    def says_so(event):
        if event["type"] != "m.room.power_levels" or event["room_id"] != room:
            return False
        return (event["content"].get("users", {}).get(who.user_id, 0) >= 0) is may

    return says_so


async def test_a_newcomer_gets_from_the_lobby_to_a_first_me_too(community, person):
    ana, bo = await person("ana"), await person("bo")
    chat = await settle_in(ana, community)
    await settle_in(bo, community, words="type one diabetis", introduced="yes")
    room = community.condition(CONDITION)

    await ana.hears("Somebody new is here", room=room)
    await ana.say(room, "diagnosed this morning. I am scared")
    await bo.hears("diagnosed this morning", room=room)
    await bo.say(room, "me too, last year")
    await ana.hears("me too", room=room)

    assert ana.unreadable() == bo.unreadable() == []
    for bot in community.bots.values():
        assert (await ana.do("device_is_signed", user=bot))["signed"] == [True], bot
    events = (await ana.do("timeline", room=chat))["events"]
    said = [e for e in events if e["type"] == "m.room.message" and e["sender"] == community.bots["welcome"]]
    assert said
    assert all(e["encrypted"] and e["readable"] for e in said)
    shields = [(await ana.do("shield", room=chat, event=e["event_id"]))["colour"] for e in said]
    assert set(shields) == {0}, "Element would show a shield on the bot"


async def test_who_comes_together_with_others_is_greeted_too(community, person):
    newcomers = [await person("together") for _ in range(6)]

    async def comes_in(newcomer) -> None:
        await newcomer.do("join", room=community.lobby)
        chat = await newcomer.invited_to()
        await newcomer.knows(community.bots["welcome"])
        await newcomer.do("join", room=chat)
        assert (await newcomer.hears("I'm a bot", room=chat))["encrypted"]
        await newcomer.hears("are you 18 or older", room=chat)

    await asyncio.gather(*map(comes_in, newcomers))
    assert said_in_clear(community.state, community.bots.values()) == []


async def test_taps_and_an_encrypted_poll_are_as_good_as_words(community, person):
    ana = await person("ana")
    await ana.do("join", room=community.lobby)
    chat = await ana.invited_to()
    await ana.knows(community.bots["welcome"])
    await ana.do("join", room=chat)
    for asked in ("are you 18 or older", "Is that all right for you?", "something about your health"):
        question = await ana.hears(asked, room=chat)
        await ana.react(chat, question["event_id"], "✅")
    await ana.hears("What brings you here?", room=chat)
    await ana.say(chat, "list")
    poll = await ana.wait(lambda e: e["type"] == "org.matrix.msc3381.poll.start" and e["room_id"] == chat)
    assert poll["encrypted"]
    answer = {"answers": [poll["content"]["org.matrix.msc3381.poll.start"]["answers"][0]["id"]]}
    relation = {"rel_type": "m.reference", "event_id": poll["event_id"]}
    kind = "org.matrix.msc3381.poll.response"
    await ana.do("send", room=chat, type=kind, content={kind: answer, "m.relates_to": relation})
    check = await ana.hears("A small check", room=chat)
    await ana.react(chat, check["event_id"], SIGNS[word_asked_for(check)])
    await ana.invited_to(other_than=(chat,))


async def test_a_question_in_a_room_is_answered_in_a_thread(community, person):
    ana = await person("ana")
    await settle_in(ana, community)
    room = community.condition(CONDITION)

    question = await ana.say(room, "!find gluten free travel")
    answer = await ana.wait(
        lambda e: e["type"] == "m.room.message" and e["sender"] == community.bots["resources"] and e["readable"]
    )

    assert answer["encrypted"]
    relation = answer["content"]["m.relates_to"]
    assert (relation["rel_type"], relation["event_id"]) == ("m.thread", question)
    assert "gluten" in answer["content"]["body"].casefold()


async def test_a_plain_question_in_private_is_answered(community, person):
    ana = await person("ana")
    await settle_in(ana, community)
    chat = (await ana.do("create_direct_chat", user=community.bots["resources"]))["room_id"]

    await ana.hears("I'm a bot that looks things up", room=chat)
    await ana.say(chat, "how do I fly with insulin?")
    await ana.hears("insulin", room=chat, sender=community.bots["resources"], since=len(ana.events) - 1)


async def test_a_report_becomes_a_case_and_what_a_moderator_decides_ends_by_word_and_by_itself(community, person):
    moderator = await person(account="moderator")
    ana, bo = await person("ana"), await person("bo")
    await settle_in(ana, community)
    chat = await settle_in(bo, community)
    room = community.condition(CONDITION)
    rude = await report_and_mute(ana, bo, moderator, community)

    since = len(ana.events) - 1
    await moderator.reply(room, rude, "!undo")
    await ana.wait(may_write(bo, room), since=since)
    await bo.say(room, "sorry, and thank you")
    await ana.hears("sorry, and thank you", room=room)

    # For a few seconds, and over by itself.
    since = len(ana.events) - 1
    await moderator.reply(room, rude, "!mute 3s a short pause")
    await bo.hears("a short pause", sender=community.bots["welcome"])
    await ana.wait(may_write(bo, room, may=False), since=since)
    await ana.wait(may_write(bo, room), since=since)
    await bo.say(room, "the pause is over")
    await ana.hears("the pause is over", room=room)

    # Out of the room for a few seconds, then asked in again.
    since = len(bo.events)
    await moderator.reply(room, rude, "!ban 3s enough for today")
    await bo.hears("enough for today", sender=community.bots["welcome"])
    assert await bo.invited_to(since=since) == room
    await bo.do("join", room=room)
    await bo.say(room, "here I am again")
    await ana.hears("here I am again", room=room)

    mia = await person("mia")
    async with moderating(mia, community):
        await taken_warned_and_appealed(bo, moderator, mia, community, chat)


@asynccontextmanager
async def moderating(person, place):
    """The organiser lets somebody into the moderators' room, and gives them a moderator's power where people talk."""
    room = place.condition(CONDITION)
    levels_at = path("rooms", room, "state", "m.room.power_levels", "")
    async with organiser(load_deployment(place.state / "kithroom.yaml")) as http:
        for each in (place.moderators, room):
            await http.request("POST", path("rooms", each, "invite"), {"user_id": person.user_id})
            await person.do("join", room=each)
        levels = await http.request("GET", levels_at)
        await http.request("PUT", levels_at, levels | {"users": levels["users"] | {person.user_id: 50}})
        try:
            yield
        finally:
            await http.request("PUT", levels_at, levels)
            await http.request("POST", path("rooms", place.moderators, "kick"), {"user_id": person.user_id})


async def taken_warned_and_appealed(bo, moderator, other, place, chat):
    """The case is taken and bo is warned; bo asks again, and not who warned but somebody else takes it back."""
    office = place.moderators
    card = await moderator.hears("Case #", room=office, sender=place.bots["moderation"])
    thread = in_thread(card["event_id"])
    await moderator.react(office, card["event_id"], "🙋")
    taken = await moderator.hears("looks after this", room=office)
    assert thread_of(taken) == card["event_id"]
    await moderator.say(office, "!warn please sell nothing here", **thread)
    warning = await bo.hears("please sell nothing here", room=chat)
    assert "You can ask for a second look until" in warning["content"]["body"]
    number = re.search(r"!appeal #(\d+)", warning["content"]["body"])[1]

    await bo.say(chat, f"!appeal #{number} I only told what helped me")
    await bo.hears("Somebody looks at it", room=chat)
    appeal = await moderator.hears("I only told what helped me", room=office)
    assert appeal["encrypted"]
    await moderator.react(office, appeal["event_id"], "🤝")
    refused = await moderator.hears("the second look is for somebody else", room=office)
    assert thread_of(refused) == appeal["event_id"]
    await other.hears("I only told what helped me", room=office)
    await other.say(office, "!grant you are right", **in_thread(appeal["event_id"]))
    answer = await bo.hears("it is taken back", room=chat)
    assert "you are right" in answer["content"]["body"]
    assert other.user_id not in str(answer["content"])
    # Somebody else's tests may have been here: a stranger who sends what nobody can read.
    ours = {bo.user_id, moderator.user_id, other.user_id, *place.bots.values()}
    assert [e for each in (moderator, bo) for e in each.unreadable() if e["sender"] in ours] == []


def in_thread(root):
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
    return {"m.relates_to": relation}


def thread_of(event):
    relation = event["content"].get("m.relates_to") or {}
    return relation.get("event_id") if relation.get("rel_type") == "m.thread" else None


async def test_a_second_start_of_a_bot_says_so_and_ends_and_the_first_one_goes_on(community, person):
    command = [sys.executable, "-m", "bots.cli", "run", "--config", str(community.state / "kithroom.yaml"), "resources"]
    second = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    output, _ = await asyncio.wait_for(second.communicate(), 60)
    assert second.returncode
    assert b"Another process" in output
    assert b"Traceback" not in output

    ana = await person("ana")
    await settle_in(ana, community)
    await ana.say(community.condition(CONDITION), "!find gluten free travel")
    await ana.hears("gluten", sender=community.bots["resources"])


async def test_nobody_but_a_moderator_moderates(community, person):
    ana, bo = await person("ana"), await person("bo")
    await settle_in(ana, community)
    await settle_in(bo, community, line="!ban me if you can, I'm new")
    room = community.condition(CONDITION)
    introduced = await ana.hears("> !ban me if you can, I'm new", room=room, sender=community.bots["welcome"])
    assert introduced["encrypted"]
    assert introduced["content"]["m.mentions"] == {}

    said = await bo.say(room, "hello")
    await ana.hears("hello", room=room, sender=bo.user_id)
    command = await ana.reply(room, said, "!ban")
    await bo.wait(lambda e: e.get("redacts") == command or (e.get("event_id") == command and e.get("redacted")))
    await bo.say(room, "I am still here")
    await ana.hears("I am still here", room=room)
