# SPDX-License-Identifier: Apache-2.0
"""Somebody whose homeserver was an ally, and is one no longer."""

from __future__ import annotations

import pytest

from bots.core.community import Federation
from bots.core.events import Membership
from bots.core.rooms import MembershipState
from bots.welcome.records import Step
from fakes.welcome_scene import ORGANISER, PRIVATE, Scene, with_federation

BO = "@bo:ally.test"
ALLIES, ALONE = with_federation(Federation.ALLIED, "ally.test"), with_federation(Federation.ALLIED, "other.test")


async def guest_in_a_room():
    """Bo came in while ally.test was an ally; then the organiser changed the settings, and started the bots again."""
    before = Scene(community=ALLIES, person=BO)
    await before.joins()
    after = Scene(community=ALONE, person=BO, records=before.records)
    after.views[PRIVATE] = before.views[PRIVATE]
    assert after.conversation.step is not Step.ELSEWHERE
    return after


async def is_taken_out(scene, *, by=ORGANISER, room="!bowel", to=MembershipState.LEAVE):
    base = scene._base(room, by)
    return await scene.happens(Membership(**base, user=scene.person, now=to, previous=MembershipState.JOIN))


async def test_they_are_told_why_once_and_in_private():
    scene = await guest_in_a_room()
    await is_taken_out(scene)
    assert (scene.said, scene.done) == ([["elsewhere"]], [])
    assert scene.conversation.step is Step.ELSEWHERE
    await is_taken_out(scene, room="!ms")
    assert scene.said == []


@pytest.mark.parametrize(
    "how", [{"by": BO}, {"by": "@moderation:kith.test"}, {"to": MembershipState.JOIN}, {"to": MembershipState.BAN}]
)
async def test_whoever_left_or_was_removed_for_another_reason_hears_nothing_of_it(how):
    scene = await guest_in_a_room()
    await is_taken_out(scene, **how)
    assert scene.said == []


async def test_somebody_with_an_account_here_who_is_taken_out_hears_nothing_of_it():
    scene = Scene(community=ALONE)
    await scene.joins()
    await is_taken_out(scene)
    assert scene.said == []


async def test_who_left_the_private_chat_is_left_in_peace():
    scene = await guest_in_a_room()
    await scene.leaves(PRIVATE)
    await is_taken_out(scene)
    assert scene.said == []


async def test_when_their_homeserver_is_let_in_again_the_conversation_goes_on():
    scene = await guest_in_a_room()
    await is_taken_out(scene)
    back = Scene(community=ALLIES, person=BO, records=scene.records)
    back.views[PRIVATE] = scene.views[PRIVATE]
    await back.says("hello again")
    assert back.conversation.step is not Step.ELSEWHERE
