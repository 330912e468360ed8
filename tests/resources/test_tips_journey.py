# SPDX-License-Identifier: Apache-2.0
"""From a message that helped to an entry that is found: the three real bots, in memory."""

from dataclasses import replace
from functools import partial

import pytest

from bots.core.actions import BotName, EventRef, InRoom, Words
from bots.core.events import Message, Outcome, Redaction
from bots.core.pages import NOT_PUBLIC, Seen
from bots.core.records import TipAsked
from bots.resources.bot import make_bot
from bots.resources.records import MissingWord
from bots.resources.wisdom.records import OfferedTip, SharedTip, Stage, TipShelf
from bots.resources.wisdom.savers import Unreached, decide, to_saver
from bots.resources.wisdom.saving import MOST_WAITING, MOST_WISHES
from bots.resources.wisdom.telling import Listener
from bots.welcome.records import Conversation, Step
from fakes import house as houses
from fakes.house import ANA, BEN, MIA, MO, RESOURCES, WELCOME, House

TIP = "Freeze the caps of your pens. They click then."


def by_a_number(text, _where):
    return ("phone",) if "555" in text else ()


@pytest.fixture
async def house(monkeypatch):
    """Ana and Ben are members who have talked with the welcome bot."""
    made = partial(make_bot, gives_away=by_a_number)
    monkeypatch.setitem(houses._MADE, BotName.RESOURCES, (RESOURCES, made))
    house = await House.built(bots=tuple(BotName), library_news=True, keep_missing_words=True)
    for who in (ANA, BEN):
        await talks(house, who)
    house.homeserver.news = len(house.homeserver.stream)
    return house


async def talks(house, who):
    """Somebody has answered all that the welcome bot asks."""
    house.homeserver.join(who, chat_of(house, who))
    await house.settles()
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        known = await transaction.get(Conversation, who)
        done = replace(known, step=Step.DONE, adult=True, agreed=1, health=1, heard=True)
        await transaction.remember(done)


def chat_of(house, who):
    return next(
        room_id
        for room_id, room in house.homeserver.rooms.items()
        if room_id not in (house.lobby, house.office, house.harbour) and {who, WELCOME} <= set(room.members)
    )


def told(house, who):
    """What somebody read last in their chat with the welcome bot."""
    return house.said(chat_of(house, who), by=WELCOME)[-1]


async def writes(house, who, text, reply_to=None):
    """Somebody writes in their private chat. Gives what they read last."""
    await house.orders(who, text, room_id=chat_of(house, who), reply_to=reply_to)
    return told(house, who)


async def taps(house, who, key, words=""):
    """Somebody taps under the last message in their private chat that has these words."""
    chat = chat_of(house, who)
    said = [e for e in house.homeserver.timeline(chat) if isinstance(e, Message) and words in e.text]
    house.homeserver.react(who, chat, said[-1].event_id, key)
    await house.settles()
    return told(house, who)


async def finds(house, question):
    """What is found in the room."""
    before = len(house.homeserver.stream)
    await house.orders(BEN, f"!find {question}")
    return house.said(house.harbour, by=RESOURCES, since=before)[-1]


async def saves(house, text=TIP, why="no more leaks"):
    """Ana saves what she said. Gives the id of her message."""
    said = house.says(ANA, text)
    await house.orders(ANA, f"!save {why}", reply_to=said)
    return said


async def in_the_library(house, text=TIP):
    await saves(house, text)
    await writes(house, ANA, "yes")
    await house.taps("✅", "offers it to the library")


async def test_what_helped_is_saved_looked_at_approved_and_found(house):
    said = await saves(house)
    preview = told(house, ANA)
    assert "Freeze the caps of your pens." in preview
    assert "no more leaks" in preview
    assert "unless you say yes" in preview
    assert house.told == [], "nobody sees it before its author's yes"

    assert "have it now" in await writes(house, ANA, "yes")
    (card,) = house.told
    assert "Freeze the caps" in card
    assert ANA not in card
    assert "nothing on this" in await finds(house, "pen caps leaking"), "nobody finds it before a moderator's yes"

    await house.taps("✅", "Tip 1")
    assert "in our library now" in told(house, ANA)
    # Its name stands on a line of its own: it may end without a full stop.
    assert told(house, ANA).splitlines()[1].startswith("It may be")
    found = await finds(house, "pen caps leaking")
    assert "Freeze the caps of your pens." in found
    assert "From a member of this group" in found
    assert not house.recorded(OfferedTip)
    (tip,) = house.recorded(SharedTip)
    assert (tip.event_id, tip.condition, tip.reviewer) == (said, "type-1-diabetes", MO)


async def test_the_command_is_nobodys_to_see(house):
    await saves(house)

    commands = [e for e in house.homeserver.timeline(house.harbour) if isinstance(e, Message) and "!save" in e.text]
    assert [e.target for e in house.did(Redaction)] == [e.event_id for e in commands]


async def test_every_tap_has_a_word_that_does_the_same(house):
    await saves(house)
    assert "have it now" in await taps(house, ANA, "✅", "what I would offer")
    await house.orders(MO, "approve", room_id=house.office, reply_to=card_of(house))
    assert house.recorded(SharedTip)

    await saves(house, "Keep a spare sensor in the car.")
    assert "kept nothing" in await taps(house, ANA, "❌", "spare sensor")
    assert not house.recorded(OfferedTip)


def card_of(house):
    cards = [e for e in house.homeserver.timeline(house.office) if isinstance(e, Message) and e.text.startswith("Tip")]
    return cards[-1].event_id


async def test_a_name_stands_there_only_if_its_author_wishes_it(house):
    await saves(house)
    await taps(house, ANA, "🙋", "what I would offer")
    assert f"with the name “{ANA}”" in house.told[-1]
    await house.taps("✅", "Tip 1")

    assert f"From {ANA}, a member of this group" in await finds(house, "pen caps")


async def test_what_gives_somebody_away_is_flagged_and_can_be_said_better(house):
    await saves(house, "Call me, 555 1234, I freeze the caps of my pens.")
    preview = told(house, ANA)
    assert "who you are" in preview
    assert "phone number" in preview

    shown = [e for e in house.homeserver.timeline(chat_of(house, ANA)) if isinstance(e, Message)][-1]
    better = await writes(house, ANA, "I freeze the caps of my pens.", reply_to=shown.event_id)
    assert "phone number" not in better
    # A tap under the older words is no yes to these.
    await taps(house, ANA, "✅", "555 1234")
    assert house.recorded(OfferedTip)[0].stage is Stage.SHOWN
    await writes(house, ANA, "yes")
    assert "555" not in house.told[-1]


async def test_somebody_elses_words_wait_for_their_yes(house):
    said = house.says(BEN, TIP)
    await house.orders(ANA, "!save", reply_to=said)
    (offer,) = house.recorded(OfferedTip)
    assert (offer.author, offer.words, offer.stage) == (BEN, "", Stage.ASKED)
    assert "asked them" in told(house, ANA)
    asked = told(house, BEN)
    assert ANA not in asked
    assert said in asked
    assert TIP not in asked

    assert "Freeze the caps" in await writes(house, BEN, "yes")
    assert house.told == []
    await writes(house, BEN, "yes")
    assert "Freeze the caps" in house.told[-1]


async def test_a_tip_of_one_sentence_is_shown_once(house):
    preview = await writes(house, ANA, "!hack I freeze the caps before I open them")

    assert preview.count("I freeze the caps before I open them") == 1
    await writes(house, ANA, "yes")
    await house.taps("✅", "offers it to the library")
    found = await finds(house, "freeze caps")
    assert found.count("I freeze the caps before I open them") == 1
    assert "a member of this group" in found


async def test_what_is_too_long_for_a_tip_is_asked_for_in_fewer_words(house):
    said = house.says(BEN, TIP * 30)
    await house.orders(ANA, "!save", reply_to=said)
    assert "long for a tip" in await writes(house, BEN, "yes")
    assert not house.recorded(OfferedTip)

    await saves(house)
    shown = [e for e in house.homeserver.timeline(chat_of(house, ANA)) if isinstance(e, Message)][-1]
    assert "long for a tip" in await writes(house, ANA, TIP * 30, reply_to=shown.event_id)
    (offer,) = house.recorded(OfferedTip)
    assert (offer.stage, offer.words) == (Stage.SHOWN, TIP)


async def test_somebody_elses_no_is_the_end_of_it(house):
    said = house.says(BEN, TIP)
    await house.orders(ANA, "!save", reply_to=said)
    await writes(house, BEN, "no")
    before = told(house, BEN)
    await house.orders(MIA, "!save", reply_to=said)

    assert told(house, BEN) == before, "nobody is asked twice about one message"
    (offer,) = house.recorded(OfferedTip)
    assert (offer.stage, offer.words) == (Stage.REFUSED, "")
    assert not house.recorded(TipAsked)


async def test_nobody_is_asked_more_than_a_few_times(house):
    for number in range(5):
        said = house.says(BEN, f"{number}: {TIP}")
        await house.orders(ANA, "!save", reply_to=said)

    asked = [text for text in house.said(chat_of(house, BEN), by=WELCOME) if "found something helpful" in text]
    assert len(asked) == MOST_WISHES


async def test_without_a_private_chat_nothing_is_kept(house):
    said = house.says(MO, TIP)
    await house.orders(ANA, "!save", reply_to=said)
    assert "can't ask them" in told(house, ANA)
    assert not house.recorded(OfferedTip)

    said = house.says(MO, TIP)
    await house.orders(MO, "!save", reply_to=said)
    assert "in private" in house.said(house.harbour, by=RESOURCES)[-1]
    assert not house.recorded(OfferedTip)


async def test_who_moderates_and_has_no_private_chat_is_answered_where_the_moderators_are(house):
    said = house.says(BEN, TIP)
    await house.orders(MO, "!save", reply_to=said)
    assert "asked them" in house.told[-1]
    assert MO in house.told[-1]
    await house.orders(MO, "!save")
    assert "Answer the message" in house.told[-1]
    assert not house.said(house.harbour, by=RESOURCES)


def test_and_anybody_else_hears_how_to_be_answered():
    said = to_saver(Listener(user=BEN), Words("wisdom.known"), "!room", "$about")
    failed = Outcome(id="o", action=said, ok=False, errcode="KITHROOM_NO_PRIVATE_CHAT")
    facts = Unreached(who=BEN, said=said, room_id="!room", about="$about", office=None)
    (answer,) = decide(failed, facts)
    assert (answer.place, answer.thread) == (InRoom("!room"), EventRef("$about"))
    assert answer.parts == (Words("wisdom.no_chat.saver"),)


async def test_a_cry_for_help_is_never_a_tip(house):
    await saves(house, "I want to die")
    assert "emergency" in told(house, ANA).lower()
    assert not house.recorded(OfferedTip)
    assert "Tip 1" not in "".join(house.told)

    said = house.says(ANA, TIP)
    await house.orders(ANA, "!save I want to die", reply_to=said)
    assert not house.recorded(OfferedTip)

    await writes(house, ANA, "!hack I want to die")
    assert not house.recorded(OfferedTip)


async def test_a_tip_in_private_without_a_message(house):
    assert "what I would offer" in await writes(house, ANA, "!hack I freeze the caps. They click then.")
    await writes(house, ANA, "ok")
    await house.taps("✅", "Tip 1")

    assert "I freeze the caps." in await finds(house, "freeze caps")


async def looked(house, status=200, title="Travelling with insulin", trouble=None):
    urls = []

    async def look(url):
        urls.append(url)
        return Seen(at=house.clock.now(), status=status, title=title, trouble=trouble)

    house.running[BotName.RESOURCES].live.look = look
    return urls


async def test_a_link_is_read_for_its_title_by_the_bot_itself(house):
    urls = await looked(house)
    preview = await writes(house, ANA, "https://example.org/travel it calmed me down")
    assert urls == ["https://example.org/travel"]
    assert "calls itself “Travelling with insulin”" in preview
    await writes(house, ANA, "yes")
    await house.taps("✅", "Tip 1")

    assert "https://example.org/travel" in await finds(house, "calmed travel")


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"status": None, "trouble": NOT_PUBLIC}, {"title": "Error 404 – Page not found"}]
)
async def test_a_dead_end_is_no_tip(house, answer):
    await looked(house, **{"title": None, **answer})

    assert "could not find that page" in await writes(house, ANA, "!hack https://example.org/gone so good")
    assert not house.recorded(OfferedTip)


async def test_a_page_that_nobody_could_look_at_is_for_people_to_open(house):
    assert "could not look at that page" in await writes(house, ANA, "!hack https://example.org/x so good")
    assert house.recorded(OfferedTip)[0].stage is Stage.SHOWN


async def test_declined_with_a_kind_reason(house):
    await saves(house)
    await writes(house, ANA, "yes")
    await house.orders(
        MO, "decline: it worked once, and has hurt others", room_id=house.office, reply_to=card_of(house)
    )

    assert "hurt others" in told(house, ANA)
    assert not house.recorded(OfferedTip)


async def test_a_double_names_what_is_there(house):
    await in_the_library(house)
    await saves(house, "Put pen caps into the freezer.")
    await writes(house, ANA, "yes")
    await house.orders(MO, "!duplicate of freeze caps of pens", room_id=house.office, reply_to=card_of(house))

    assert "has something like it already: Freeze the caps of your pens." in told(house, ANA)
    assert len(house.recorded(SharedTip)) == 1


async def test_other_words_go_to_its_author_first(house):
    await saves(house)
    await writes(house, ANA, "yes")
    await house.orders(MO, "!edit Cold caps click.", room_id=house.office, reply_to=card_of(house))
    assert "Cold caps click." in told(house, ANA)
    # Meanwhile it is nobody's to approve.
    await house.taps("✅", "Tip 1", user=MIA)
    assert not house.recorded(SharedTip)

    await writes(house, ANA, "yes")
    assert "Cold caps click." in await finds(house, "cold caps")

    await saves(house, "Keep a spare sensor in the car.")
    await writes(house, ANA, "yes")
    await house.orders(MO, "!edit Spare sensors are good.", room_id=house.office, reply_to=card_of(house))
    await writes(house, ANA, "no")
    (offer,) = house.recorded(OfferedTip)
    assert (offer.stage, offer.better) == (Stage.QUEUED, "")
    assert "own words" in house.told[-1]


async def test_two_approvals_at_once_do_it_once(house):
    await saves(house)
    await writes(house, ANA, "yes")
    card, before = card_of(house), len(house.said(chat_of(house, ANA), by=WELCOME))
    for who in (MO, MIA):
        house.homeserver.react(who, house.office, card, "✅")
    await house.settles()

    assert len(house.recorded(SharedTip)) == 1
    assert len(house.said(chat_of(house, ANA), by=WELCOME)) == before + 1
    (shelf,) = house.recorded(TipShelf)
    assert shelf.changes == 1


async def test_who_does_not_moderate_decides_nothing(house):
    house.enters(BEN, house.office)
    await saves(house)
    await writes(house, ANA, "yes")
    await house.taps("✅", "Tip 1", user=BEN)

    assert not house.recorded(SharedTip)


async def test_talk_under_a_card_is_talk(house):
    await in_the_library(house)
    for words in ("out of curiosity, did it work for you?", "no idea", "approve it? I am not sure", "yes"):
        await house.orders(MO, words, room_id=house.office, reply_to=card_of(house))

    assert house.recorded(SharedTip)


async def test_its_author_takes_it_back_at_any_time(house):
    await in_the_library(house)
    assert "in the library" in await writes(house, ANA, "!mytips")
    assert "no tip of yours" in await writes(house, BEN, "!takeback 1"), "it is not Ben's"
    assert "taken out" in await writes(house, ANA, "!takeback 1")

    assert not house.recorded(SharedTip)
    assert "nothing on this" in await finds(house, "pen caps leaking")


async def test_what_was_erased_is_shown_to_nobody(house):
    await in_the_library(house)
    assert "Freeze" in await finds(house, "pen caps leaking")
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.erase(ANA)

    assert "nothing on this" in await finds(house, "pen caps leaking")


async def test_moderators_take_it_out_again_with_a_reason(house):
    await in_the_library(house)
    await house.orders(MO, "!out it broke a pen", room_id=house.office, reply_to=card_of(house))

    assert "it broke a pen" in told(house, ANA)
    assert not house.recorded(SharedTip)


async def test_after_a_restart_it_is_still_found(house):
    await in_the_library(house)
    house.runs(*BotName)
    await house.settles()

    assert "Freeze the caps" in await finds(house, "pen caps leaking")


async def test_without_an_answer_nothing_of_it_stays(house):
    await saves(house)
    await house.waits(days=7, minutes=1)

    assert not house.recorded(OfferedTip)


async def test_a_tip_is_read_again_before_its_year_is_over(house):
    await in_the_library(house)
    await house.waits(days=340)
    reminders = [text for text in house.told if "read again by" in text]
    assert len(reminders) == 1, "once, and not every day"
    await house.taps("✅", "read again by")

    (tip,) = house.recorded(SharedTip)
    assert tip.reviewed == house.clock.now().date()


async def test_the_rooms_hear_once_a_month_what_came(house):
    await in_the_library(house)
    async with house.store.transaction(BotName.RESOURCES, house.clock.now()) as transaction:
        for word, count in (("zebrafish", 5), ("unicorn", 4)):
            await transaction.remember(MissingWord(word=word, month=f"{house.clock.now():%Y-%m}", count=count))
    await house.waits(days=32)
    news = [text for text in house.said(house.harbour, by=RESOURCES) if "Members gave this" in text]
    assert len(news) == 1
    assert "Freeze the caps" in news[0]
    assert "zebrafish" in news[0], "what is still looked for is asked, too"
    assert "unicorn" not in news[0]

    await house.waits(days=32)
    assert len([text for text in house.said(house.harbour, by=RESOURCES) if "Members gave this" in text]) == 1


async def test_an_organiser_who_switched_the_news_off_has_them_off(house):
    await in_the_library(house)
    house.community = replace(house.community, library_news=False)
    house.runs(*BotName)
    await house.waits(days=32)
    assert not [text for text in house.said(house.harbour, by=RESOURCES) if "Members gave this" in text]


async def test_somebody_with_many_tips_that_wait_hears_what_became_of_those_first(house):
    for number in range(MOST_WAITING + 1):
        answer = await writes(house, ANA, f"!hack {number}: {TIP}")
    assert f"{MOST_WAITING} tips are waiting already" in answer
    await saves(house)
    assert f"{MOST_WAITING} tips are waiting already" in told(house, ANA)
    assert len(house.recorded(OfferedTip)) == MOST_WAITING


async def test_in_a_chat_of_two_with_the_library_itself(house):
    chat = house.homeserver.create_room(ANA)
    house.homeserver.invite(ANA, chat, RESOURCES)
    house.homeserver.join(RESOURCES, chat)
    await house.settles()
    await house.orders(ANA, "!hack I freeze the caps. They click then.", room_id=chat)
    assert "what I would offer" in house.said(chat, by=RESOURCES)[-1]
    await house.orders(ANA, "yes", room_id=chat)

    assert house.said(chat, by=RESOURCES)[-1].startswith("Thank you.")
    assert "I freeze the caps" in house.told[-1]

    # Whatever else it asks for, and if it was said before in other words.
    for words, before in (
        ("!hack I want to die", None),
        ("!mytips I want to die", None),
        ("!hack I want to die", "old"),
    ):
        said = house.homeserver.say(ANA, chat, before or "hello")
        await house.settles()
        house.homeserver.say(ANA, chat, words, replaces=said if before else None)
        await house.settles()
        assert "emergency" in house.said(chat, by=RESOURCES)[-1].lower() or "call" in house.said(chat, by=RESOURCES)[-1]
    assert len(house.recorded(OfferedTip)) == 1
