# SPDX-License-Identifier: Apache-2.0
"""The first conversation when nothing goes as it should."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, InPrivateChat, InRoom, Invite
from bots.core.community import Condition
from bots.core.events import Membership, Message
from bots.core.language import Catalogue, shipped_words
from bots.core.records import PrivateChat
from bots.core.rooms import MembershipState
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import TransportError
from bots.welcome.conversation.machine import MOST_MESSAGES
from bots.welcome.records import Conversation, FirstWords, Step
from bots.welcome.wording import SIGNS, sign_asked
from fakes.crashes import Countdown, Mortal, MortalStore, Reborn
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, COMMUNITY, OFFICE, Scene
from welcome.test_welcome_running import Place, invited

CATALOGUE = Catalogue.load(shipped_words(), ["en"])
BEN, CLEO = "@ben:kith.test", "@cleo:kith.test"


async def _greeted(**scene):
    scene = Scene(**scene)
    await scene.joins()
    return scene


_THROUGH = ("yes", "yes", "yes", "ms", "SIGN", "skip", "no", "no")


async def _at(step):
    """A conversation that has come to this question, as people come to it."""
    scene = await _greeted()
    ways = {
        Step.AGE: (),
        Step.YOUNG: ("no",),
        Step.GUIDELINES: ("yes",),
        Step.HEALTH: ("yes", "yes"),
        Step.CONDITION: ("yes", "yes", "yes"),
        Step.CHOOSE: ("yes", "yes", "yes", "diabetes"),
        Step.MISSING: ("yes", "yes", "yes", "none"),
        Step.READ: ("yes", "yes", "yes", "ms"),
        Step.APP: ("yes", "yes", "yes", "ms", "can't read"),
        Step.WHO: ("yes", "yes", "yes", "ms", "SIGN"),
        Step.INTRODUCE: ("yes", "yes", "yes", "ms", "SIGN", "skip"),
        Step.LINE: ("yes", "yes", "yes", "ms", "SIGN", "skip", "my words"),
        Step.PREVIEW: ("yes", "yes", "yes", "ms", "SIGN", "skip", "my words", "hi from me"),
        Step.DAYS: ("yes", "yes", "yes", "ms", "SIGN", "skip", "no"),
        Step.DONE: (*_THROUGH,),
        Step.COUNTRY: (*_THROUGH, "settings"),
        Step.CLOCK: (*_THROUGH, "settings", "skip"),
        Step.QUIET: (*_THROUGH, "settings", "skip", "14:30"),
    }
    for word in ways[step]:
        await (scene.picks_the_sign() if word == "SIGN" else scene.says(word))
    assert scene.conversation.step is step
    return scene


# LANGUAGE is asked where there are several: see test_welcome_languages.py.
EVERY_QUESTION = [step for step in Step if step not in (Step.ELSEWHERE, Step.LANGUAGE)]


@pytest.mark.parametrize("step", EVERY_QUESTION)
@pytest.mark.parametrize("text", ["🦆🦆🦆", "a" * 10_000, "word " * 2_000, "\u202e\u0000 \ufffd", "🧑‍🧑‍🧒‍🧒" * 500])
async def test_whatever_is_not_understood_is_answered_shortly_and_changes_no_answer(step, text):
    scene = await _at(step)
    before = scene.conversation
    await scene.says(text)
    if step is Step.MISSING:
        # It is passed on, and not at its full length.
        told = next(send for send in scene.sends if send.place == InRoom(OFFICE))
        assert len(str(told.parts[0].params["words"])) <= 300
        return
    assert 1 <= len(scene.sends) <= MOST_MESSAGES
    assert not any(isinstance(action, Invite) for action in scene.last)
    after = scene.conversation
    if step in (Step.LINE, Step.PREVIEW):
        # It is shown, and nobody else sees it.
        before, after = (replace(each, step=Step.PREVIEW) for each in (before, after))
    kept = ("step", "adult", "agreed", "health", "notes", "chosen", "wanted", "who", "reads")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


@pytest.mark.parametrize("step", EVERY_QUESTION)
async def test_a_picture_or_a_sticker_is_no_answer_and_the_question_stays(step):
    scene = await _at(step)
    await scene.shows()
    assert scene.conversation.step is step
    assert scene.said[0][0] == "only_words"


@pytest.mark.parametrize("step", EVERY_QUESTION)
@pytest.mark.parametrize(("word", "said"), [("stop", "stopped"), ("later", "later"), ("help", "help")])
async def test_what_always_works_works_at_every_question(step, word, said):
    scene = await _at(step)
    await scene.says(word)
    assert scene.said[0][0] == said
    assert scene.conversation.step is step
    if word != "help":
        await scene.says("hm")
        assert scene.said[0][0] == "resumed"
        assert scene.conversation.step is step


@pytest.mark.parametrize("step", EVERY_QUESTION)
@pytest.mark.parametrize("word", ["back", "skip"])
async def test_back_and_skip_get_an_answer_at_every_question_and_open_no_door(step, word):
    scene = await _at(step)
    await scene.says(word)
    assert scene.sends
    assert not any(isinstance(action, Invite) for action in scene.last)


async def test_back_at_the_first_of_the_settings_leads_out_of_them():
    scene = await _at(Step.COUNTRY)
    await scene.says("back")
    assert scene.conversation.step is Step.DONE


async def test_emoji_alone_lead_from_the_greeting_to_the_room():
    scene = await _greeted()
    for answer in ("👍", "✅", "👌🏿", "📋", "1️⃣"):
        await scene.says(answer)
    await scene.picks_the_sign()
    assert scene.done == ["invites to !type-1-diabetes"]
    for answer in ("1️⃣", "❌", "❌"):
        await scene.taps(answer)
    assert scene.conversation.step is Step.DONE


async def test_somebody_who_leaves_mid_way_goes_on_a_year_later_where_they_stopped():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("ms")
    await scene.leaves("!private")
    await scene.lets_time_pass(days=364)
    assert scene.last == ()
    await scene.joins()
    assert scene.said == [["back", "read.ask"]]
    await scene.picks_the_sign()
    assert scene.done == ["invites to !ms"]


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def _step(place, user=ANA):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        return (await transaction.get(Conversation, user)).step


async def test_a_yes_that_was_sent_twice_answers_the_one_question_that_stood_there(place):
    chat = await place.comes()
    place.homeserver.say(ANA, chat, "yes")
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    assert await _step(place) is Step.GUIDELINES
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    assert await _step(place) is Step.HEALTH


@pytest.mark.parametrize(("first", "second", "step"), [("yes", "back", Step.AGE), ("back", "yes", Step.GUIDELINES)])
async def test_two_answers_in_one_sync_are_two_answers_in_their_order(place, first, second, step):
    """But for a yes or a no to a question that was not there yet: see `test_welcome_side_by_side`."""
    chat = await place.comes()
    place.homeserver.say(ANA, chat, first)
    place.homeserver.say(ANA, chat, second)
    await settle(place.running)
    assert await _step(place) is step


async def test_three_devices_that_tap_at_once_have_answered_once(place):
    chat = await place.comes()
    asked = next(e for e in place.homeserver.timeline(chat) if isinstance(e, Message) and "18 or older" in e.text)
    for key in ("✅", "👍", "☑"):
        place.homeserver.react(ANA, chat, asked.event_id, key)
    await settle(place.running)
    assert await _step(place) is Step.GUIDELINES


async def test_who_does_everything_on_three_devices_at_once_is_let_in_once(place):
    room = place.rooms["coeliac"]

    async def taps(*keys):
        asked = [e for e in place.homeserver.timeline(chat) if isinstance(e, Message) and e.sender == BOT][-1]
        for key in keys:
            place.homeserver.react(ANA, chat, asked.event_id, key)
        await settle(place.running)

    for _ in range(3):
        place.homeserver.join(ANA, place.lobby)
    await settle(place.running)
    chat = await place.chat()
    for _ in range(3):
        place.homeserver.join(ANA, chat)
    await settle(place.running)
    for _ in ("age", "guidelines", "health"):
        await taps("✅", "👍", "☑")
    await place.says(chat, "celiac")
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        sign = sign_asked((await transaction.get(Conversation, ANA)).round)
    await taps(SIGNS[sign], sign, f"{SIGNS[sign]}{SIGNS[sign]}")
    await place.says(chat, "skip")
    await taps("✅", "👍", "☑")
    for _ in range(3):
        place.homeserver.join(ANA, room)
    await settle(place.running)

    moves = [e for e in place.homeserver.timeline(room) if isinstance(e, Membership) and e.user == ANA]
    assert [move.now for move in moves] == [MembershipState.INVITE, MembershipState.JOIN]
    assert place.said(chat).count("The door is open") == 1
    assert place.said(chat).count("I'm a bot. I open the doors") == 1
    assert place.said(room).count("Somebody new is here") == 1
    assert await _step(place) is Step.DAYS


async def test_the_invitation_goes_out_when_the_homeserver_is_back():
    class Down(MemoryTransport):
        tries = 3

        async def invite(self, room_id, user):
            if self.tries:
                self.tries -= 1
                raise TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
            await super().invite(room_id, user)

    place = Place(transport=Down)
    await place.opens()
    chat = await place.comes()
    await place.agrees(chat)
    await place.says(chat, "ms, celiac")
    await place.reads(chat)
    for _ in range(10):
        place.clock.advance(timedelta(minutes=5))
        await settle(place.running)
    assert place.rooms["coeliac"] in invited(place, ANA)
    assert "could not invite" not in place.said(chat)


@pytest.mark.parametrize("errcode", ["M_RESOURCE_LIMIT_EXCEEDED", "M_FORBIDDEN", "M_LIMIT_EXCEEDED"])
async def test_a_room_that_takes_nobody_in_is_said_and_tried_once_more(errcode):
    scene = await _at(Step.WHO)
    scene.last = tuple(action for action in scene.last if isinstance(action, Invite))
    await scene.is_refused(errcode)
    assert scene.said == [["invite.failed"]]
    await scene.lets_time_pass(hours=1)
    assert scene.done == ["has invited to !ms"], "by another hand"
    await scene.is_refused(errcode)
    assert scene.said == [["invite.lost"]]


async def test_what_got_through_by_another_hand_is_said_with_the_rooms_address():
    scene = await _at(Step.WHO)
    scene.last = tuple(action for action in scene.last if isinstance(action, Invite))
    await scene.is_refused("M_INVITE_BLOCKED")
    await scene.lets_time_pass(hours=1)
    await scene.is_done(Invite)
    assert scene.said == [["invite.other_hand"]]
    assert scene.sends[0].parts[0].params["link"] == "https://matrix.to/#/!ms?via=kith.test"


@pytest.mark.parametrize("what", ["upgraded", "gone"])
async def test_nobody_is_invited_to_a_room_that_was_upgraded_or_is_gone(what):
    scene = await _at(Step.READ)
    if what == "gone":
        del scene.views["!ms"]
    else:
        scene.views["!ms"] = replace(scene.views["!ms"], tombstone="!newer")
    await scene.picks_the_sign()
    assert scene.said == [["no_room"]]
    assert scene.done == []


async def test_a_troll_with_five_hundred_chats_is_answered_once_and_heard_by_nobody_else():
    scene = Scene()
    said = []
    for _ in range(500):
        await scene.invites_the_bot()
        said += scene.sends
        assert scene.done == ["leaves !elsewhere"]
    assert len(said) == 2
    assert [send.place for send in said] == [InPrivateChat(ANA, open=True), InPrivateChat(ANA)]
    assert len([key for key in scene.records if key[0] in (Conversation, PrivateChat)]) == 1


async def test_five_hundred_accounts_each_have_their_own_chat_and_no_room_hears_of_them():
    for number in range(500):
        scene = await _greeted(person=f"@troll{number}:kith.test")
        await scene.says("yes")
        assert all(send.place.user == scene.person for send in scene.sends)
        assert scene.done == []


# Several people.


async def test_who_comes_within_an_hour_is_told_of_together_and_nobody_is_pinged(place):
    room = place.rooms["coeliac"]
    for user in (ANA, BEN, CLEO):
        chat = await place.comes(user)
        await place.agrees(chat, user)
        await place.says(chat, "celiac", user)
        await place.reads(chat, user)
        await place.says(chat, "skip", user)
        await place.says(chat, "yes", user)
        place.homeserver.join(user, room)
        await settle(place.running)
    assert place.said(room) == "Somebody new is here. A few kind words are welcome. (I'm a bot.)"
    place.clock.advance(timedelta(hours=1))
    await settle(place.running)
    assert place.said(room).splitlines()[1:] == ["2 people are new here. A few kind words are welcome. (I'm a bot.)"]
    place.clock.advance(timedelta(hours=9))
    await settle(place.running)
    assert len(place.said(room).splitlines()) == 2


async def _with_notes(place, user=ANA):
    chat = await place.comes(user)
    await place.agrees(chat, user)
    await place.says(chat, "celiac", user)
    await place.reads(chat, user)
    for answer in ("skip", "no", "yes"):
        await place.says(chat, answer, user)
    place.homeserver.join(user, place.rooms["coeliac"])
    place.homeserver.say(user, place.rooms["coeliac"], "hi, I'm new, and I am zebrafinch")
    await settle(place.running)
    return place.rooms["coeliac"]


async def _waits(place):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        return await transaction.find(FirstWords)


def _with_greeters(*greeters: str):
    def greeted_by(condition: Condition):
        return replace(condition, greeters=greeters) if condition.id == "coeliac" else condition

    return replace(COMMUNITY, conditions=tuple(map(greeted_by, COMMUNITY.conditions)))


async def test_a_first_message_that_nobody_answers_reaches_the_rooms_greeters_without_a_name():
    place = Place(community=_with_greeters(BEN))
    await place.opens()
    await _with_notes(place)
    assert "zebrafinch" not in repr(await _waits(place))
    place.clock.advance(timedelta(hours=4))
    await settle(place.running)
    told = place.said(await place.chat(BEN))
    assert "In Meadow" in told.replace("*", "")
    assert "otter" not in told
    assert not await _waits(place)
    assert "nobody has answered" not in place.said(await place.chat(ANA))


@pytest.mark.parametrize("answer", ["says", "taps"])
async def test_a_first_message_that_somebody_answers_is_nobodys_task(answer):
    place = Place(community=_with_greeters(BEN))
    await place.opens()
    room = await _with_notes(place)
    assert len(await _waits(place)) == 1
    place.homeserver.invite(BOT, room, CLEO)
    place.homeserver.join(CLEO, room)
    first = next(e for e in place.homeserver.timeline(room) if isinstance(e, Message) and e.sender == ANA)
    if answer == "says":
        place.homeserver.say(CLEO, room, "welcome")
    else:
        place.homeserver.react(CLEO, room, first.event_id, "💛")
    await settle(place.running)
    assert not await _waits(place)


async def test_without_greeters_the_moderators_room_hears_it():
    scene = await _at(Step.DAYS)
    await scene.says("yes")
    await scene.joins("!ms")
    await scene.says("hello, I am new", room_id="!ms")
    await scene.lets_time_pass(hours=4)
    assert [send.place for send in scene.sends] == [InRoom(OFFICE)]
    assert all(send.voice is BotName.MODERATION for send in scene.sends)


async def test_the_first_message_of_somebody_who_wants_no_notes_is_not_watched():
    scene = await _at(Step.DONE)
    await scene.joins("!ms")
    await scene.says("hello, I am new", room_id="!ms")
    assert scene.last == ()


# Killed.


async def _a_conversation(place, countdown):
    """From the lobby into the room, with a bot that may die at any moment and is started again then."""

    def born():
        return place.start(
            wrap_store=lambda store: MortalStore(store, countdown),
            wrap_transport=lambda transport: Mortal(transport, countdown),
        )

    live = Reborn(born, countdown).live

    place.homeserver.join(ANA, place.lobby)
    await live()
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        chat = (await transaction.get(PrivateChat, ANA)).room_id
    place.homeserver.join(ANA, chat)
    for answer in ("yes", "yes", "yes", "celiac", None, "skip", "my words", "a line of mine", "yes", "yes"):
        async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
            sign = sign_asked((await transaction.get(Conversation, ANA)).round)
        place.homeserver.say(ANA, chat, answer or sign)
        await live()
    place.homeserver.join(ANA, place.rooms["coeliac"])
    await live()
    place.clock.advance(timedelta(days=1))
    await live()
    return [e.text for e in place.homeserver.timeline(chat) if isinstance(e, Message)] + [
        e.text for e in place.homeserver.timeline(place.rooms["coeliac"]) if isinstance(e, Message)
    ]


# Three or four in each step of the conversation. tests/runtime kills a runtime at every single moment.
MOMENTS = 40


async def test_killed_at_moments_in_every_step_it_says_everything_once():
    place, countdown = Place(), Countdown()
    await place.opens()
    everything, moments = await _a_conversation(place, countdown), countdown.moments
    assert everything[-1].startswith("Somebody new is here")
    assert everything[-1].endswith("> a line of mine")
    assert any("This is the note that you asked for" in text for text in everything)
    for at in range(1, moments + 1, moments // MOMENTS):
        place = Place()
        await place.opens()
        assert await _a_conversation(place, Countdown(at)) == everything, f"killed at moment {at} of {moments}"
