# SPDX-License-Identifier: Apache-2.0
"""What can't be looked up just now is asked again; what can't be looked up at all stops no bot."""

import pytest

from bots.core.runtime.lookups import PATIENCE, PATIENCE_WITH_SILENCE, Lookups
from bots.core.transport import TokenRevokedError, TransportError

BROKEN = TransportError("M_UNKNOWN", "broken", status=500, retryable=True)
UNREACHABLE = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
AWAY = TransportError("KITHROOM_HTTP_502", "bad gateway", status=502, retryable=True)
SLOW_DOWN = TransportError("M_LIMIT_EXCEEDED", "slow down", status=429, retryable=True)


class Deaf:
    """A homeserver that says nothing of rooms but `error`."""

    def __init__(self, error):
        self.error = error

    async def load_rooms(self, _room_ids):
        raise self.error


async def tries(error, most=100):
    """How often a batch is tried before it is decided on without what could not be looked up."""
    lookups = Lookups(Deaf(error), lambda _: ())
    for number in range(1, most):
        try:
            await lookups.rooms(frozenset({"!a"}))
        except TransportError:
            continue
        return number
    return most


@pytest.mark.parametrize(
    ("error", "patience"), [(BROKEN, PATIENCE), (UNREACHABLE, PATIENCE_WITH_SILENCE), (AWAY, PATIENCE_WITH_SILENCE)]
)
async def test_one_bad_lookup_does_not_stop_a_bot(error, patience):
    assert await tries(error) == patience + 1


async def test_who_is_asked_to_slow_down_asks_as_often_as_it_takes():
    assert await tries(SLOW_DOWN) == 100


async def test_a_lost_account_is_not_gone_on_without():
    assert await tries(TokenRevokedError("M_UNKNOWN_TOKEN", "gone", status=401)) == 100


async def test_each_batch_is_as_patient_as_the_first():
    lookups = Lookups(Deaf(BROKEN), lambda _: ())
    for _ in range(3):
        for _ in range(PATIENCE):
            with pytest.raises(TransportError):
                await lookups.rooms(frozenset({"!a"}))
        lookups.batch_decided()
