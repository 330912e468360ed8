# SPDX-License-Identifier: Apache-2.0
"""What people's devices are called: as the homeserver says, and no more than that."""

from __future__ import annotations

import pytest

from bots.core.matrix.encryption import Encryption


class Answers:
    """A homeserver that answers everything with this."""

    def __init__(self, answer):
        self.answer = answer

    async def request(self, method, path, body=None):
        return self.answer


class Machine:
    """Knows nothing, and believes everything."""

    def track(self, users): ...

    def knows(self, users):
        return False

    def users_to_query(self):
        return {"@a:x", "@b:x"}

    def keys_queried(self, answer, users): ...


class HereAndNow:
    """Runs at once what belongs on the crypto thread."""

    async def run(self, function, *args):
        return function(*args)


@pytest.mark.parametrize(
    ("devices", "names"),
    [
        ({"D": {"unsigned": {"device_display_name": "Anna's iPhone"}}}, ("Anna's iPhone",)),
        ({"D": {"unsigned": {"device_display_name": "x" * 999}}}, ("x" * 255,)),
        ({"D": {"unsigned": {"device_display_name": 7}}, "E": {"unsigned": []}, "F": None, "G": {}}, ()),
        ([], ()),
    ],
)
async def test_names_of_devices_are_what_the_homeserver_says_they_are(devices, names):
    encryption = Encryption(Answers({"device_keys": {"@a:x": devices}}), Machine(), HereAndNow())
    await encryption.know(["@a:x", "@b:x"])
    assert encryption.device_names("@a:x") == names
    assert encryption.device_names("@b:x") == encryption.device_names("@c:x") == ()
