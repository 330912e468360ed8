# SPDX-License-Identifier: Apache-2.0
"""What the doctor reads from an answer to `/keys/query`."""

from bots.cli.doctor import session_keys, unsigned

BOT = "@welcome:kith.test"
KEY = "abcdEFGHijklMNOPqrstUVWXyz0123456789+/abcde"
DEVICE = {"keys": {"ed25519:XY": KEY, "curve25519:XY": "other"}}


def test_session_keys_are_shown_in_groups_of_four_as_clients_show_them():
    shown = session_keys({"device_keys": {BOT: {"XY": DEVICE}}}, BOT)

    assert shown == "device XY, session key abcd EFGH ijkl MNOP qrst UVWX yz01 2345 6789 +/ab cde"


def test_who_has_no_device_has_nothing_to_show_and_is_told_to_start():
    assert session_keys({}, BOT) == ""
    assert "start the bot" in unsigned({}, BOT)


def test_a_device_that_nobody_vouches_for_is_named():
    keys = {"device_keys": {BOT: {"XY": DEVICE}}, "self_signing_keys": {BOT: {"keys": {"ed25519:s": "s"}}}}

    assert "XY" in unsigned(keys, BOT)
