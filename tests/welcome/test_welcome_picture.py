# SPDX-License-Identifier: Apache-2.0
"""What the file of an account's picture says about itself is told in private, and nothing else of it is known."""

import pytest

from bots.core.actions import Examine
from bots.core.events import Outcome
from bots.core.rooms import Member, MembershipState
from fakes.welcome_scene import LOBBY, PRIVATE, Scene


async def enters(picture=True):
    scene = Scene(seen_as=Member(MembershipState.JOIN, "CalmOtter", picture))
    await scene.joins(LOBBY)
    await scene.joins(PRIVATE, previous=MembershipState.INVITE)
    return scene


def examined(scene):
    return [(a.room_id, a.sender, a.follow_up) for a in scene.last if isinstance(a, Examine)]


async def found(scene, errcode):
    action = next(a for a in scene.last if isinstance(a, Examine))
    await scene.happens(Outcome(id="o", action=action, ok=errcode is None, errcode=errcode))


async def shown_before_the_door(scene):
    await scene.agrees()
    await scene.says("MS")
    return scene.said[0]


async def test_the_file_is_asked_when_somebody_comes_into_the_chat_with_a_picture():
    scene = await enters()
    assert examined(scene) == [(PRIVATE, scene.person, True)]


async def test_without_a_picture_there_is_nothing_to_ask():
    assert examined(await enters(picture=False)) == []


async def test_a_change_of_name_in_the_chat_asks_for_nothing():
    scene = await enters()
    await scene.joins(PRIVATE, previous=MembershipState.JOIN)
    assert examined(scene) == []


@pytest.mark.parametrize(
    ("errcode", "said"),
    [
        ("KITHROOM_TELLS_PLACE", "shows.picture.place"),
        ("KITHROOM_TELLS_OWNER", "shows.picture.owner"),
        (None, "shows.picture"),
        ("M_NOT_FOUND", "shows.picture"),
    ],
)
async def test_what_it_says_is_told_before_the_door_and_whenever_asked(errcode, said):
    scene = await enters()
    await found(scene, errcode)
    assert scene.said == []
    assert await shown_before_the_door(scene) == ["shows.intro", said, "shows.end"]
    await scene.says("check me")
    assert scene.said[0][0] == said
    await scene.says("my data")
    assert ("mydata.picture" in scene.said[0]) is ("TELLS" in (errcode or ""))


async def test_another_picture_that_says_nothing_is_told_as_such():
    scene = await enters()
    await found(scene, "KITHROOM_TELLS_PLACE")
    await scene.leaves(PRIVATE)
    await scene.joins(PRIVATE, previous=MembershipState.INVITE)
    await found(scene, None)
    assert await shown_before_the_door(scene) == ["shows.intro", "shows.picture", "shows.end"]
