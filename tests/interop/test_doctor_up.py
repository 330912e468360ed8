# SPDX-License-Identifier: Apache-2.0
"""The doctor in front of the community that `kithroom up` makes."""

from __future__ import annotations

import pytest

from bots.cli.doctor.examining import examine
from bots.cli.doctor.findings import Trouble
from bots.cli.installation.deployment import load_deployment

pytestmark = pytest.mark.real


async def test_the_homeserver_and_the_rooms_of_a_community_on_this_machine_give_nothing_away(community):
    deployment = load_deployment(community.state / "kithroom.yaml")
    findings = [finding async for finding in examine(deployment, deployment.load_community())]
    assert len(findings) > 30
    # What happens to the bots and the door is other tests' business here, in the same community.
    troubles = [each for each in findings if isinstance(each.verdict, Trouble)]
    assert [each for each in troubles if " bot" not in each.what and "door" not in each.what] == []
