# SPDX-License-Identifier: Apache-2.0
"""Asking, as it goes between people and the running bot: what an answer says, and what can be said to it."""

import asyncio
import threading
from datetime import date

import pytest

from bots.core.actions import BotName
from bots.core.community import Condition
from bots.core.events import Message, Reaction, Redaction
from bots.core.library import Audience, Kind, Resource
from bots.core.records import PrivateChat
from bots.core.rooms import RoomRole
from bots.resources.library import Library
from bots.resources.records import Answered, Ballot, Opinion
from fakes.ears import by_marks
from fakes.house import ANA, BEN, RESOURCES, WELCOME, House

pytestmark = pytest.mark.usefixtures("by_words_alone")


def entry(entry_id, title, summary="Airport security and airlines.", **more):
    return Resource(
        **{
            "id": entry_id,
            "title": {"en": title},
            "summary": {"en": summary},
            "url": f"https://example.org/{entry_id}",
            "source": {"en": "A charity"},
            "kind": Kind.ARTICLE,
            "languages": ("en",),
            "reviewed": date(2020, 1, 1),
            "reviewed_by": "a nurse",
            "review_by": date(2099, 1, 1),
            **more,
        }
    )


LIBRARY = (
    entry("fly-1", "Flying with insulin", conditions=("type-1-diabetes",)),
    entry("fly-2", "Flying with a pump"),
    entry("fly-3", "Flying and time zones"),
    entry("fly-4", "Flying with a child", audience=(Audience.CARERS,)),
    entry("fly-5", "Flying and airport scanners", languages=("es",)),
    entry("work", "Telling your boss", "What the law asks.", countries=("de",)),
    entry("boss", "Telling your manager, the boss", "What the law asks.", countries=("ie",)),
    entry(
        "card-breathing",
        "A square",
        "Slow.",
        url=None,
        kind=Kind.COPING_CARD,
        text={"en": "1. In. 2. Out."},
    ),
)


@pytest.fixture(scope="module")
def by_words_alone():
    """The search by words is quick to set up; what meaning adds is tested where it is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bots.resources.library.installed_encoders", lambda: ())
        yield


class Asked(House):
    """Ana and Ben are in Harbour; Ana has a chat of two with the bot that finds."""

    @classmethod
    async def built(cls, **settings):
        house = await super().built(
            hear=by_marks, bots=(BotName.RESOURCES, BotName.WELCOME), **{"library": LIBRARY, **settings}
        )
        house.chat = house.homeserver.create_room(ANA, name=None)
        house.homeserver.invite(ANA, house.chat, RESOURCES)
        await house.settles()
        house.homeserver.join(RESOURCES, house.chat)
        await house.settles()
        return house

    async def asks(self, text, user=ANA, room_id=None, **other):
        event_id = self.homeserver.say(user, room_id or self.harbour, text, **other)
        await self.settles()
        return event_id

    async def taps(self, key, event_id, user=ANA, room_id=None):
        self.homeserver.react(user, room_id or self.harbour, event_id, key)
        await self.settles()

    def answers(self, room_id=None, by=RESOURCES):
        """What it says in the room now, edited as it was, without what it took back."""
        events = self.homeserver.timeline(room_id or self.harbour)
        mine = [e for e in events if isinstance(e, Message) and e.sender == by and e.replaces is None]
        shown = [self.homeserver.message(by, e.room_id, e.event_id) for e in mine]
        return [each for each in shown if each is not None]

    def buttons(self, event_id, room_id=None):
        events = self.homeserver.timeline(room_id or self.harbour)
        return [e.key for e in events if isinstance(e, Reaction) and e.sender == RESOURCES and e.target == event_id]

    async def has_a_private_chat(self, user):
        room_id = self.homeserver.create_room(WELCOME, name="Chat")
        self.homeserver.invite(WELCOME, room_id, user)
        self.homeserver.join(user, room_id)
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            await transaction.remember(PrivateChat(user=user, room_id=room_id))
        await self.settles()
        return room_id


@pytest.fixture
async def house():
    return await Asked.built()


async def test_an_answer_is_numbered_named_by_links_and_has_a_word_for_every_tap(house):
    await house.asks("!find flying with insulin")
    (answer,) = house.answers()

    assert "1. Flying with insulin (https://example.org/fly-1)" in answer.text
    assert '<a href="https://example.org/fly-1">Flying with insulin</a>' in answer.formatted
    assert "<table" not in answer.formatted
    await house.asks("!find flying")
    _, answer = house.answers()
    assert answer.text.count("https://") == 3
    assert all(word in answer.text for word in ("!more", "!helped", "!nothelped", "!talk", "➕", "👍", "👎", "💬"))
    # In a room, each would be one more event for everybody.
    assert house.buttons(answer.event_id) == []


async def test_in_private_the_taps_are_there_already(house):
    await house.asks("flying", room_id=house.chat)

    *_, answer = house.answers(house.chat)
    assert house.buttons(answer.event_id, house.chat) == ["➕", "👍", "👎", "💬"]


async def test_while_a_question_is_looked_up_everything_else_goes_on(house, monkeypatch):
    began, goes_on = threading.Event(), threading.Event()
    look = Library.search

    def slow(library, *asked):
        began.set()
        assert goes_on.wait(5), "nothing else went on"
        return look(library, *asked)

    monkeypatch.setattr(Library, "search", slow)
    asking = asyncio.create_task(house.asks("!find flying with insulin"))
    await asyncio.to_thread(began.wait, 5)
    goes_on.set()
    await asking

    (answer,) = house.answers()
    assert "1. Flying with insulin" in answer.text


# More.


async def test_more_is_told_in_private_to_whoever_taps_for_it(house):
    chat = await house.has_a_private_chat(BEN)
    await house.asks("!find flying")
    (answer,) = house.answers()
    await house.taps("➕", answer.event_id, BEN)

    *_, told = house.answers(chat, by=WELCOME)
    shown = [{each.id for each in LIBRARY if f"/{each.id})" in text} for text in (answer.text, told.text)]
    assert [len(each) for each in shown] == [3, 2]
    assert shown[0].isdisjoint(shown[1])
    assert [each.event_id for each in house.answers()] == [answer.event_id]


async def test_without_a_private_chat_the_room_is_not_filled_either(house):
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.forget(PrivateChat, BEN)
    question = await house.asks("!find flying")
    (answer,) = house.answers()
    await house.asks("more", BEN, reply_to=answer.event_id)
    _, said = house.answers()

    assert said.thread == question
    assert "in private" in said.text
    assert "https://" not in said.text


async def test_in_a_chat_of_two_more_comes_three_at_a_time_until_there_is_none(house):
    await house.asks("flying", room_id=house.chat)
    await house.asks("more", room_id=house.chat)
    await house.asks("!more", room_id=house.chat)
    first, second, end = house.answers(house.chat)[-3:]

    assert (first.text.count("https://"), second.text.count("https://"), end.text.count("https://")) == (3, 2, 0)
    assert "➕" in house.buttons(first.event_id, house.chat)
    assert "➕" not in house.buttons(second.event_id, house.chat)
    assert end.text.startswith("That was all")


async def test_an_entry_that_is_taken_out_while_it_is_shown_is_gone_from_what_comes_after(house):
    await house.asks("flying", room_id=house.chat)
    house.running[BotName.RESOURCES].bot.handlers[0].gather.__self__.library.take_out("fly-4")
    await house.asks("more", room_id=house.chat)
    *_, more = house.answers(house.chat)

    assert "Flying with a child" not in more.text
    assert "fly-5" in more.text


async def test_words_that_say_more_in_a_room_are_for_the_people_there(house):
    await house.asks("!find flying")
    await house.asks("more")
    await house.asks("talk about this", BEN)
    assert len(house.answers()) == 1


# Changed and taken back.


async def test_a_question_that_is_changed_changes_its_answer(house):
    question = await house.asks("!find flying")
    await house.asks("!find telling boss", replaces=question)
    (answer,) = house.answers()

    assert "Telling your boss" in answer.text
    assert "Flying" not in answer.text
    await house.taps("👍", answer.event_id, BEN)
    assert {each.entry for each in house.recorded(Opinion)} == {"work", "boss"}


async def test_a_message_that_becomes_a_question_is_answered_once(house):
    message = await house.asks("!fnid flying")
    await house.asks("!find flying", replaces=message)
    await house.asks("!find flying insulin", replaces=message)
    (answer,) = house.answers()

    assert answer.thread == message


async def test_nobody_changes_the_answer_to_somebody_elses_question(house):
    question = await house.asks("!find flying")
    await house.asks("!find telling boss", BEN, replaces=question)
    (answer,) = house.answers()

    assert "Flying" in answer.text


@pytest.mark.parametrize("how", ["taken back", "no question any more"])
async def test_what_was_asked_goes_whole(house, how):
    question = await house.asks("flying", room_id=house.chat)
    await house.asks("more", room_id=house.chat)
    before = len(house.answers(house.chat))
    if how == "taken back":
        house.homeserver.redact(ANA, house.chat, question)
    else:
        house.homeserver.say(ANA, house.chat, "…", replaces=question)
    await house.settles()

    assert len(house.answers(house.chat)) == before - 2
    assert not house.recorded(Answered)


async def test_an_answer_goes_with_its_question_when_the_record_of_it_is_gone(house):
    question = await house.asks("!find flying")
    await house.waits(days=31)
    async with house.store.transaction(BotName.RESOURCES, house.clock.now()) as transaction:
        await transaction.forget(Answered, question)
    house.homeserver.redact(ANA, house.harbour, question)
    await house.settles()

    assert house.answers() == []


async def test_a_taken_back_message_that_was_no_question_takes_nothing_along(house):
    message = await house.asks("hello you")
    await house.asks("!find flying")
    house.homeserver.redact(ANA, house.harbour, message)
    await house.settles()

    assert len(house.answers()) == 1
    assert sum(isinstance(e, Redaction) for e in house.homeserver.timeline(house.harbour)) == 1


# Helped, or not.


async def test_a_tap_counts_once_a_person_and_names_nobody(house):
    await house.asks("!find telling boss")
    (answer,) = house.answers()
    await house.taps("👍", answer.event_id)
    await house.taps("👍", answer.event_id, BEN)
    await house.asks("!helped", reply_to=answer.event_id)
    await house.asks("!nothelped 1", BEN, reply_to=answer.event_id)
    counted = {each.entry: (each.helped, each.unhelpful) for each in house.recorded(Opinion)}
    first = "work" if answer.text.index("/work") < answer.text.index("/boss") else "boss"

    assert counted == {"work": (2, 0), "boss": (2, 0)} | {first: (1, 1)}
    kept = str(house.recorded(Ballot)) + str(house.recorded(Opinion))
    assert not any(name in kept for name in (ANA, BEN))
    assert "work" not in str(house.recorded(Ballot))
    assert len(house.answers()) == 1


async def test_whoever_tells_the_bot_in_a_chat_of_two_is_thanked(house):
    await house.asks("telling boss", room_id=house.chat)
    await house.asks("That didn't help", room_id=house.chat)

    assert house.answers(house.chat)[-1].text.startswith("Thank you")
    assert {(each.helped, each.unhelpful) for each in house.recorded(Opinion)} == {(0, 1)}


@pytest.mark.parametrize("words", ["helped 9", "didn't help 9", "talk about this 9"])
async def test_a_number_that_no_entry_has_is_asked_about_and_not_thanked_for(house, words):
    await house.asks("flying", room_id=house.chat)
    await house.asks(words, room_id=house.chat)
    assert "which answer" in house.answers(house.chat)[-1].text


async def test_what_is_said_of_no_answer_is_asked_about(house):
    await house.asks("more", room_id=house.chat)
    assert "which answer" in house.answers(house.chat)[-1].text


# Talking about it.


async def test_talking_about_an_entry_starts_one_thread_in_the_room(house):
    question = await house.asks("!find flying with insulin")
    (answer,) = house.answers()
    await house.taps("💬", answer.event_id, BEN)
    await house.asks("!talk 1", reply_to=answer.event_id)
    _, root, first, already = house.answers()

    assert "Flying with insulin" in root.text
    assert BEN not in root.text
    assert "was asked" not in first.text, "who talks about it has asked nothing"
    assert (root.thread, first.thread, already.thread) == (None, root.event_id, question)
    assert root.event_id in already.text


async def test_from_a_chat_of_two_the_thread_starts_in_the_room_of_theirs_and_says_no_name(house):
    await house.asks("flying", room_id=house.chat)
    await house.asks("talk about this 2", room_id=house.chat)
    root, first = house.answers()

    assert first.thread == root.event_id
    assert ANA not in root.text + first.text
    assert "Your name is not in it" in house.answers(house.chat)[-1].text


async def test_where_there_is_no_one_room_for_it_the_bot_does_not_choose():
    house = await Asked.built(conditions=(*House().community.conditions, _other()))
    await house.room(RoomRole.CONDITION, "Other", 3, condition="other")
    other = list(house.homeserver.rooms)[-1]
    for user in (ANA, RESOURCES):
        house.enters(user, other)
    await house.settles()
    await house.asks("boss", room_id=house.chat)
    await house.asks("talk about this", room_id=house.chat)

    assert "which room" in house.answers(house.chat)[-1].text
    assert house.answers() == house.answers(other) == []


def _other():
    return Condition(id="other", name={"en": "Other"}, room_name="Other", room_topic="")


# For whom.


async def test_carers_are_shown_what_is_for_them_and_told_why(house):
    await house.asks("!find my daughter is flying")
    (answer,) = house.answers()

    assert "Flying with a child" in answer.text
    assert "for carers" in answer.text


@pytest.mark.parametrize(("place", "first"), [("Germany", "work"), ("Ireland", "boss"), ("Deutschland", "work")])
async def test_a_country_in_the_question_brings_its_entries_forward(place, first):
    house = await Asked.built(languages=("en", "de"))
    await house.asks(f"!find telling boss in {place}")
    (answer,) = house.answers()

    assert min(("/work", "/boss"), key=answer.text.index) == f"/{first}"
    assert "of use in" in answer.text


async def test_a_language_in_the_question_brings_its_entries_forward_and_is_said(house):
    await house.asks("!find flying in Spanish")
    (answer,) = house.answers()

    assert "Flying and airport scanners" in answer.text
    assert "(español)" in answer.text


# People first.


async def test_distress_gets_words_and_people_before_links(house):
    await house.asks("!find [T1] flying")
    (answer,) = house.answers()

    assert answer.text.startswith("That sounds like a lot to carry.")
    assert answer.text.index("!helplines") < answer.text.index("https://")


@pytest.mark.parametrize(
    "text",
    [
        "I'm so scared of flying with insulin",
        "im overwhelmed flying with insulin feels impossible",
        "Ich habe solche Angst, flying insulin",
        "tengo mucho miedo, flying con insulina",
        "j’ai peur de flying avec l'insuline",
        "tenho medo de flying com insulina",
    ],
)
async def test_whoever_is_afraid_hears_of_people_before_pages(house, text):
    await house.asks(f"!find {text}")
    (answer,) = house.answers()

    assert answer.text.startswith("That sounds like a lot to carry.")
    assert answer.text.index("!helplines") < answer.text.index("https://")


async def test_an_emoji_or_thanks_around_a_word_is_said_to_the_answer(house):
    await house.asks("flying with insulin", room_id=house.chat)
    await house.asks("thank you, that really helped!", room_id=house.chat)
    *_, thanks = house.answers(house.chat)
    assert "I count it without your name" in thanks.text
    await house.asks("👎🏾", room_id=house.chat)
    assert {(each.helped, each.unhelpful) for each in house.recorded(Opinion)} == {(0, 1)}


async def test_of_a_card_one_can_say_that_it_helped(house):
    await house.asks("breathing", room_id=house.chat)
    *_, card = house.answers(house.chat)
    assert "1. In. 2. Out." in card.text
    await house.asks("that helped", room_id=house.chat)
    assert [each.entry for each in house.recorded(Opinion)] == ["card-breathing"]


async def test_distress_that_the_library_has_nothing_on_is_not_told_that_there_is_nothing(house):
    await house.asks("[T1] zebrafish", room_id=house.chat)
    answer = house.answers(house.chat)[-1]

    assert answer.text.startswith("That sounds like a lot to carry.")
    assert "nothing" not in answer.text


@pytest.mark.parametrize(
    "text", ["[T2] flying", "!find [T3] flying", "!card [T2] breathing", "!helplines [T-MED] flying"]
)
async def test_a_cry_gets_people_and_no_articles(house, text):
    await house.asks(text, room_id=house.chat)
    answer = house.answers(house.chat)[-1]

    assert "https://example.org" not in answer.text
    assert "emergency" in answer.text


async def test_a_question_that_becomes_a_cry_loses_its_articles(house):
    question = await house.asks("!find flying")
    await house.asks("!find [T2] flying", replaces=question)
    assert house.answers() == []


# Weak matches, and how it was searched.


async def test_what_was_searched_by_words_alone_says_so(house):
    await house.asks("!find flying")
    assert "the words alone" in house.answers()[0].text


async def test_a_long_question_with_a_weak_match_is_answered_and_asked_for_in_one_line(house):
    await house.asks("!find flying with a zebrafish" + " and so on" * 13)
    (answer,) = house.answers()

    assert "not sure that I got it" in answer.text
    assert "in one line" in answer.text
    assert "https://" in answer.text


# People to call.


async def test_helplines_are_told_in_the_room_if_that_is_asked_for(house):
    question = await house.asks("!helplines ireland here")
    (answer,) = house.answers()

    assert answer.thread == question


@pytest.mark.parametrize(
    "text", ["🙂🙃", "!find 👍", "!find the of and", "!find " + "x" * 10_000, "!find السفر", "!find 旅行"]
)
async def test_whatever_is_asked_there_is_one_answer_at_most(text):
    house = await Asked.built(library=())
    await house.asks(text)
    assert len(house.answers()) <= 1
