# SPDX-License-Identifier: Apache-2.0
"""One failure at each moment there is, before or after what was asked for is done: nothing is lost, or said twice."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bots.core.runtime.ports import StoreAwayError
from bots.core.transport import TransportError
from fakes.crashes import Countdown, Mortal, MortalStore
from fakes.parrot import World, settle
from runtime.test_crash import a_busy_day, effects

UNREACHABLE = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
BROKEN = TransportError("M_UNKNOWN", "broken", status=500, retryable=True)
SLOW_DOWN = TransportError("M_LIMIT_EXCEEDED", "slow down", status=429, retryable=True, retry_after=2)
AWAY = StoreAwayError("full")


class Stumble(Countdown):
    """At moment number `at` something fails, once."""

    def __init__(self, error, at=None):
        super().__init__(at)
        self.error = error

    def moment(self):
        self.moments += 1
        if self.moments == self.at:
            raise self.error


class Patient:
    """One bot for all of the day, whose loops sleep a little when something has failed."""

    def __init__(self, world, stumble):
        self._world = world
        of_the_store = isinstance(stumble.error, StoreAwayError)
        self._running = world.running(
            wrap_store=lambda store: MortalStore(store, stumble) if of_the_store else store,
            wrap_transport=lambda transport: transport if of_the_store else Mortal(transport, stumble),
        )

    async def live(self):
        # What is put off for some seconds is done before anything else happens.
        for _ in range(4):
            with suppress(TransportError, StoreAwayError):
                await settle(self._running)
            self._world.clock.advance(timedelta(seconds=3))


async def the_day(error, at=None):
    world, stumble = World(), Stumble(error, at)
    await world.apply()
    await a_busy_day(world, Patient(world, stumble).live)
    assert world.store.tables.outbox == {}, f"after a failure at moment {at}"
    return effects(world), stumble.moments


@pytest.mark.parametrize("error", [UNREACHABLE, BROKEN, SLOW_DOWN, AWAY], ids=["silent", "broken", "busy", "full"])
async def test_one_failure_at_any_moment_loses_nothing_and_repeats_nothing(error):
    undisturbed, moments = await the_day(error)
    assert moments > 80

    for at in range(1, moments + 1):
        assert (await the_day(error, at))[0] == undisturbed, f"after a failure at moment {at} of {moments}"
