# SPDX-License-Identifier: Apache-2.0
"""Reports of a message and of a person, made as an app makes them, and read from a real Synapse."""

import pytest

from bots.core.matrix.http import Http, path
from bots.core.matrix.opening import REPORTS_FILE
from bots.core.matrix.private_files import write_private
from bots.core.transport import ReportKind, TransportError

pytestmark = pytest.mark.real


async def test_what_apps_report_is_read_with_an_administrators_token_and_not_without(
    synapse, new_account, open_device, tmp_path
):
    bot, ana, bo = new_account("bot"), new_account("ana"), new_account("bo")
    administrator = new_account("admin", admin=True)
    client = await open_device(bot)
    assert list(await client.reports(ReportKind.EVENT, 0)) == []
    await client.close()

    async with Http(synapse.url, bo.access_token) as his, Http(synapse.url, ana.access_token) as hers:
        room = (await his.request("POST", path("createRoom"), {"preset": "public_chat"}))["room_id"]
        await hers.request("POST", path("join", room), {})
        body = {"msgtype": "m.text", "body": "buy this"}
        said = (await his.request("PUT", path("rooms", room, "send", "m.room.message", "1"), body))["event_id"]
        await hers.request("POST", path("rooms", room, "report", said), {"reason": "selling"})
        await hers.request("POST", path("users", bo.user_id, "report"), {"reason": "everywhere"})

    write_private(tmp_path / bot.user_id[1:].partition(":")[0] / "secrets" / REPORTS_FILE, administrator.access_token)
    client = await open_device(bot)
    (event,) = [each for each in await client.reports(ReportKind.EVENT, 0) if each.event_id == said]
    assert (event.room_id, event.reporter, event.reason) == (room, ana.user_id, "selling")
    (person,) = [each for each in await client.reports(ReportKind.USER, 0) if each.user == bo.user_id]
    assert (person.reporter, person.reason) == (ana.user_id, "everywhere")

    async with Http(synapse.url, administrator.access_token) as http:
        await http.request("POST", path("logout"), {})
    with pytest.raises(TransportError) as lost:
        await client.reports(ReportKind.EVENT, 0)
    assert type(lost.value) is TransportError, "the bot's own token is still good"
