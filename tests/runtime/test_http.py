# SPDX-License-Identifier: Apache-2.0
import re

import aiohttp
import pytest

from bots.core.runtime.http import application, serve
from bots.core.runtime.metrics import Metrics
from bots.core.transport import Health
from fakes.clock import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def metrics():
    return Metrics()


async def fetched(metrics, clock, path, health=None):
    health = health or Health(cross_signed=True, one_time_keys=42, fallback_key=True, decrypted=3, undecryptable=1)
    async with (
        serve(application(metrics, lambda: health, clock), 0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_a_bot_that_hears_the_homeserver_is_healthy(metrics, clock):
    metrics.last_sync = clock.now()

    status, _ = await fetched(metrics, clock, "/healthz")

    assert status == 200


@pytest.mark.parametrize("seconds", [91, 100_000])
async def test_a_bot_that_has_not_heard_the_homeserver_for_long_is_not(metrics, clock, seconds):
    metrics.last_sync = clock.now()
    clock.advance(seconds)

    status, _ = await fetched(metrics, clock, "/healthz")

    assert status == 503


async def test_a_bot_that_never_heard_the_homeserver_is_not(metrics, clock):
    status, _ = await fetched(metrics, clock, "/healthz")

    assert status == 503


async def test_a_bot_whose_device_nobody_vouches_for_is_not(metrics, clock):
    metrics.last_sync = clock.now()

    status, _ = await fetched(metrics, clock, "/healthz", Health(cross_signed=False))

    assert status == 503


async def test_the_figures_are_there_and_say_nothing_about_anybody(metrics, clock):
    metrics.last_sync = clock.now()
    clock.advance(7)
    metrics.outbox_depth.set(3)
    metrics.event_to_action.observe(0.3)

    status, text = await fetched(metrics, clock, "/metrics")

    assert status == 200
    for line in (
        "kithroom_sync_age_seconds 7.0",
        "kithroom_undecryptable_ratio 0.25",
        "kithroom_one_time_keys 42.0",
        "kithroom_fallback_key 1.0",
        "kithroom_cross_signed 1.0",
        "kithroom_outbox_depth 3.0",
        "kithroom_event_to_action_seconds_count 1.0",
    ):
        assert line in text.splitlines()
    assert set(re.findall(r"\{(\w+)=", text)) == {"le"}
