# SPDX-License-Identifier: Apache-2.0
"""Whoever reviewed an entry of the folder hears of it before its day: the real bots, in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bots.core.actions import BotName
from bots.core.library import Kind, Resource
from bots.core.records import PrivateChat
from fakes.clock import FakeClock
from fakes.house import ANA, WELCOME, House

TODAY = FakeClock().now().date()
pytestmark = pytest.mark.usefixtures("by_words_alone")


@pytest.fixture(scope="module")
def by_words_alone():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bots.resources.library.installed_encoders", lambda: ())
        yield


def entry(entry_id, reviewer, days, **more):
    """An entry that is good for so many days from today on."""
    return Resource(
        id=entry_id,
        title={"en": f"All about {entry_id}"},
        summary={"en": "A page."},
        url=f"https://example.org/{entry_id}",
        source={"en": "A charity"},
        kind=Kind.ARTICLE,
        languages=("en",),
        reviewed=date(2020, 1, 1) if reviewer else None,
        reviewed_by=reviewer,
        review_by=TODAY + timedelta(days=days),
        **more,
    )


async def built(*library):
    """Ana is somebody whom the welcome bot talks with."""
    house = await House.built(bots=tuple(BotName), library=library)
    house.chat = house.homeserver.create_room(WELCOME, name="Chat")
    house.homeserver.invite(WELCOME, house.chat, ANA)
    house.homeserver.join(ANA, house.chat)
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.remember(PrivateChat(user=ANA, room_id=house.chat))
    await house.settles()
    house.homeserver.news = len(house.homeserver.stream)
    return house


async def passing(house, days):
    """Day after day."""
    for _ in range(days):
        await house.waits(days=1)


def asked(house, room_id=None, by=None):
    """The titles of the entries that somebody is asked to read again, one for each time."""
    texts = house.told if room_id is None else house.said(room_id, by=by or WELCOME, since=house.homeserver.news)
    return [text.partition("All about ")[2].split()[0].strip("*.,()") for text in texts if "All about " in text]


async def test_a_reviewer_who_is_known_by_a_matrix_id_is_asked_in_private_a_month_before_and_once():
    house = await built(entry("insulin", ANA, 40))
    await passing(house, 9)
    assert asked(house, house.chat) == []
    await passing(house, 5)
    assert asked(house, house.chat) == ["insulin"]
    await passing(house, 60)
    assert (asked(house, house.chat), asked(house)) == (["insulin"], []), "nobody is asked every day"


async def test_any_other_reviewer_is_asked_by_name_where_the_moderators_are():
    house = await built(entry("insulin", "Ruth of the clinic", 20))
    await passing(house, 3)
    assert asked(house) == ["insulin"]
    assert any("Ruth of the clinic" in text for text in house.told)


async def test_a_reviewer_with_whom_there_is_no_chat_is_asked_there_too():
    house = await built(entry("insulin", "@gone:kith.test", 20))
    await passing(house, 3)
    assert asked(house) == ["insulin"]
    assert any("@gone:kith.test" in text for text in house.told)


async def test_an_entry_that_is_past_its_day_already_is_asked_for_at_once():
    house = await built(entry("insulin", ANA, -100))
    await passing(house, 1)
    assert asked(house, house.chat) == ["insulin"]


async def test_three_are_asked_for_a_day_and_the_others_on_the_days_after():
    house = await built(*(entry(f"page{number}", "Ruth", 10) for number in range(7)))
    counts = []
    for _ in range(4):
        await passing(house, 1)
        counts.append(len(asked(house)))
    assert counts == [3, 6, 7, 7]
    assert len(set(asked(house))) == 7


async def test_a_later_day_is_asked_for_anew():
    house = await built(entry("insulin", ANA, 20))
    await passing(house, 2)
    house.community = replace(house.community, library=(entry("insulin", ANA, 390),))
    house.runs(*BotName)
    await passing(house, 2)
    assert asked(house, house.chat) == ["insulin"], "a restart asks nobody again"
    await house.waits(days=365)
    assert asked(house, house.chat) == ["insulin", "insulin"]


async def test_what_another_community_shares_is_for_its_own_reviewers():
    house = await built(entry("insulin", ANA, 10, shared_by="The Friends"))
    await passing(house, 3)
    assert (asked(house, house.chat), asked(house)) == ([], [])


async def test_what_nobody_has_read_has_no_reviewer_to_ask():
    house = await built(entry("insulin", None, 10))
    await passing(house, 3)
    assert (asked(house, house.chat), asked(house)) == ([], [])
