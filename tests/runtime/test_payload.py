# SPDX-License-Identifier: Apache-2.0
import json
from typing import get_args

import pytest
from hypothesis import Phase, find, given, settings

from bots.core.actions import Bookkeeping, Outward
from bots.core.runtime.payload import from_json, to_json
from fakes.actions_made_up import actions


@given(actions)
def test_an_action_comes_back_from_json_as_it_was(action):
    assert from_json(json.loads(json.dumps(to_json(action)))) == action


# It stops at the first one; the chance that there is none among so many is nothing.
_LONG_ENOUGH = settings(max_examples=5_000, phases=[Phase.generate], database=None)


@pytest.mark.parametrize("kind", get_args(Outward))
def test_actions_of_every_kind_that_goes_out_are_made_up_here(kind):
    assert find(actions, lambda action: isinstance(action, kind), settings=_LONG_ENOUGH)


def test_no_action_is_both_bookkeeping_and_goes_out():
    assert not set(get_args(Outward)) & set(get_args(Bookkeeping))


def test_an_unknown_kind_is_an_error():
    value = {
        "common": {"why": "x", "voice": None, "priority": 2, "follow_up": False, "not_before": None, "not_after": None}
    }

    with pytest.raises(ValueError, match="no action"):
        from_json({**value, "kind": "dance"})
