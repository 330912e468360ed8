# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bots.core.runtime.backoff import BASE, CAP, backoff

attempts = st.integers(1, 10_000)
chances = st.floats(0, 1, exclude_max=True)


@given(attempts, chances)
def test_a_wait_is_never_shorter_than_half_the_first_nor_longer_than_the_cap(attempt, chance):
    assert BASE / 2 <= backoff(attempt, chance) <= CAP


@given(st.integers(1, 40), chances)
def test_waits_do_not_get_shorter(attempt, chance):
    assert backoff(attempt + 1, chance) >= backoff(attempt, chance)


@given(attempts, chances, st.floats(0, 86_400))
def test_the_homeserver_is_never_asked_before_the_time_it_named(attempt, chance, seconds):
    assert backoff(attempt, chance, retry_after=seconds) >= timedelta(seconds=seconds)


def test_two_bots_do_not_come_back_together():
    assert backoff(5, 0.1) != backoff(5, 0.9)
