# SPDX-License-Identifier: Apache-2.0
"""Nothing that acts by itself acts on somebody who needs people, whatever they write next."""

import pytest

from bots.core.events import Redaction
from bots.moderation.crisis.ears import hear
from fakes.crisis_house import EXAMPLE
from fakes.house import ANA, House

SPAM = "buy cheap bitcoin now, double your money, write to me on telegram t.me/richfast"


@pytest.fixture
async def at():
    return await House.built(hear=hear, guidelines=EXAMPLE.guidelines)


async def advertises(at):
    at.says(ANA, SPAM)
    await at.settles()


def untouched(at):
    return at.did(Redaction) == [] and at.level(ANA) in (None, 0)


async def test_what_is_clearly_spam_from_somebody_new_waits_for_a_person(at):
    await advertises(at)
    assert not untouched(at), "or what follows here proves nothing"


@pytest.mark.parametrize("cry", ["i want to die", "i am such a burden to everyone", "my brother wants to kill himself"])
async def test_whoever_cried_may_write_what_they_like_until_a_person_looks(at, cry):
    at.says(ANA, cry)
    await advertises(at)
    assert untouched(at)


async def test_the_day_after_everything_is_as_usual(at):
    at.says(ANA, "i want to die")
    await at.settles()
    await at.waits(hours=12)
    await advertises(at)
    assert not untouched(at)
