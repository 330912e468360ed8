# SPDX-License-Identifier: Apache-2.0
"""The doctor in front of real Synapses: one as we ship it, and one as it comes, with what people often turn on."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bots.cli.doctor.examining import examine
from bots.cli.doctor.federation import not_to_be_asked
from bots.cli.doctor.findings import Trouble, Unasked
from bots.cli.installation.deployment import load_deployment
from bots.cli.rooms import look, make_so, organiser
from bots.core.actions import BotName
from bots.core.matrix.http import Http, path
from bots.core.matrix.opening import open_client
from bots.core.matrix.private_files import write_private
from fakes.other_synapses import PlainSynapse, shipped

pytestmark = pytest.mark.real

EXAMPLE = Path(__file__).parents[2] / "config"
THREE_DAYS = 3 * 24 * 60 * 60

# What Synapse gives away as it comes …
AS_IT_COMES = {
    "Strangers see no profile",
    "Members see the profiles of those they share a room with, and no others",
    "Nobody sees who is awake",
    "Nobody can be looked up in a directory",
    "Nobody can add an e-mail address or a telephone number",
    "Members give rooms no public address",
    "Faces stay out",
    "The homeserver speaks with no other homeserver",
    "Addresses on the internet are forgotten soon",
}
# … and what it does when people turn on what they often do.
TURNED_ON = {
    "Accounts are made by invitation",
    "Nobody is asked for an e-mail address or a telephone number",
    "Nobody learns whether a name is taken",
    "Guests have no account",
    "Strangers see no list of rooms",
    "Other homeservers find no door here",
    "Rooms are made in the newest way",
    "Nobody is looked up by their address book",
    "The homeserver does not look at the links that people share",
    "No registration token can be used without end",
}


def careless(state: Path) -> PlainSynapse:
    server = PlainSynapse(
        state,
        {
            "public_baseurl": "https://kith.test",
            "serve_server_wellknown": True,
            "default_identity_server": "https://identity.kith.test",
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "email": {"smtp_host": "localhost", "notif_from": "kith@kith.test"},
            "allow_guest_access": True,
            "allow_public_rooms_without_auth": True,
            "default_room_version": "10",
            "url_preview_enabled": True,
            "url_preview_ip_range_blacklist": ["127.0.0.0/8", "::1/128"],
        },
    )
    server.settings["listeners"] = [
        {
            "port": server.port,
            "type": "http",
            "bind_addresses": ["127.0.0.1"],
            "resources": [{"names": ["client", "federation"]}],
        }
    ]
    return server


async def installed(folder: Path, server: PlainSynapse):
    """A community on `server` as an operator makes it, its bots as they are after their first start."""
    accounts = {name: server.register(name) for name in (*map(str, BotName), "organiser")}
    for name, account in accounts.items():
        write_private(folder / "secrets" / name / "password", account.password)
    administrator = server.register("administrator", admin=True)
    write_private(folder / "secrets" / "administrator" / "token", administrator.access_token)
    shutil.copytree(EXAMPLE, folder / "config")
    file = folder / "kithroom.yaml"
    installation = {
        "homeserver": server.url,
        "community": "config",
        "state": "state",
        "secrets": "secrets",
        "organiser": accounts["organiser"].user_id,
        "bots": {bot.value: accounts[bot.value].user_id for bot in BotName},
    }
    file.write_text(yaml.safe_dump(installation), "utf-8")
    deployment = load_deployment(file)
    community = deployment.load_community()
    community = replace(community, conditions=community.conditions[:1])
    async with organiser(deployment) as http:
        await make_so(deployment, community, http)
        lobby = (await look(deployment, community, http))[0].rooms["lobby"].room_id
    for bot in BotName:
        client = await open_client(
            deployment.homeserver,
            deployment.bots[bot],
            deployment.credentials(bot.value),
            deployment.state / bot.value,
            deployment.secrets_of(bot.value),
        )
        await client.join(lobby)
        await client.close()
    return deployment, community


def an_old_visit(server: PlainSynapse, user: str) -> None:
    """Three days ago somebody came from an address."""
    visit = (user, "token", "DEVICE", "203.0.113.7", "a phone", int((time.time() - THREE_DAYS) * 1000))
    with contextlib.closing(sqlite3.connect(server.state / "homeserver.db", timeout=30)) as database, database:
        database.execute("insert into user_ips values (?, ?, ?, ?, ?, ?)", visit)


async def test_the_homeserver_that_we_ship_settings_for_passes(tmp_path):
    with shipped(tmp_path / "homeserver") as server:
        deployment, community = await installed(tmp_path, server)
        findings = [finding async for finding in examine(deployment, community)]

    assert [finding for finding in findings if isinstance(finding.verdict, Trouble)] == []
    unasked = {finding.what for finding in findings if isinstance(finding.verdict, Unasked)}
    # How long addresses are kept shows after days only; Synapse takes them away once a minute.
    unknown = {"Addresses on the internet are forgotten soon", *(f"The {bot.value} bot is well" for bot in BotName)}
    assert unasked == unknown | {finding.what for finding in not_to_be_asked()}
    assert server.settings["user_ips_max_age"] == "1h"
    assert "127.0.0.1" not in (server.state / "homeserver.log").read_text("utf-8")


async def test_a_homeserver_as_it_comes_does_not_and_each_thing_is_named_with_its_setting(tmp_path):
    with careless(tmp_path / "homeserver") as server:
        deployment, community = await installed(tmp_path, server)
        an_old_visit(server, deployment.organiser)
        async with Http(server.url, deployment.credentials("administrator").token) as http:
            await http.request("POST", "/_synapse/admin/v1/registration_tokens/new", {})
            await http.request(
                "PUT", f"/_synapse/admin/v1/users/{deployment.bots[BotName.WELCOME]}/admin", {"admin": True}
            )
        async with organiser(deployment) as http:
            rooms = (await look(deployment, community, http))[0].rooms
            harbour = rooms["condition:type-1-diabetes"].room_id
            await http.request("PUT", path("rooms", harbour, "state", "m.room.join_rules", ""), {"join_rule": "public"})
        findings = [finding async for finding in examine(deployment, community)]

    troubles = {finding.what: finding.verdict for finding in findings if isinstance(finding.verdict, Trouble)}
    assert set(troubles) == AS_IT_COMES | TURNED_ON | {
        "The welcome bot has no power that it does not need",
        "Rooms of conditions, and the moderators' room, are by invitation only",
    }
    assert all(trouble.seen and trouble.risk and trouble.fix for trouble in troubles.values())
