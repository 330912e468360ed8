# SPDX-License-Identifier: Apache-2.0
import json
from typing import get_args

import pytest
from hypothesis import given

from bots.core.actions import Action, Bookkeeping
from bots.core.runtime.payload import Outward, from_json, to_json
from fakes.actions_made_up import actions


@given(actions)
def test_an_action_comes_back_from_json_as_it_was(action):
    assert from_json(json.loads(json.dumps(to_json(action)))) == action


def test_every_action_is_either_bookkeeping_or_goes_out():
    assert set(get_args(Outward)) | set(get_args(Bookkeeping)) == set(get_args(Action))


def test_an_unknown_kind_is_an_error():
    value = {
        "common": {"why": "x", "voice": None, "priority": 2, "follow_up": False, "not_before": None, "not_after": None}
    }

    with pytest.raises(ValueError, match="no action"):
        from_json({**value, "kind": "dance"})
