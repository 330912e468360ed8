# SPDX-License-Identifier: Apache-2.0
"""The whole journey of somebody whose account is on another homeserver, with a client that refuses unsigned devices.

The community is set up the way an operator does it: a file, `kithroom apply`, `kithroom run`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
import yaml

from bots.cli.installation.deployment import load_deployment
from bots.cli.rooms import look, organiser
from bots.core.actions import BotName
from bots.core.homeserver.process import Child, free_port
from bots.core.matrix.private_files import write_private
from bots.core.settings import load_community
from fakes.installation import write_small_community
from interop.conftest import Place
from interop.judge import Judge
from interop.test_journey import CONDITION, report_and_mute, settle_in
from interop.test_killed import thread_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

PEOPLE = ("organiser", "moderator", "bo")
WELL_WITHIN = 60.0


def written_down(folder: Path, server) -> Path:
    """Accounts on `server`, and the files of an open community there; the installation's file."""
    accounts = {name: server.register(name) for name in (*map(str, BotName), *PEOPLE)}
    for name, account in accounts.items():
        write_private(folder / "secrets" / name / "password", account.password)
    settings = write_small_community(folder / "config") / "community.yaml"
    text = settings.read_text("utf-8").replace("federation: closed", "federation: open")
    settings.write_text(text.replace("moderators: []", f'moderators: ["{accounts["moderator"].user_id}"]'), "utf-8")
    installation = {
        "homeserver": server.url,
        "community": "config",
        "state": "state",
        "secrets": "secrets",
        "organiser": accounts["organiser"].user_id,
        "bots": {bot.value: accounts[bot.value].user_id for bot in BotName},
        "health": {bot.value: str(free_port()) for bot in BotName},
    }
    (folder / "kithroom.yaml").write_text(yaml.safe_dump(installation), "utf-8")
    return folder / "kithroom.yaml"


async def as_it_is(file: Path, server) -> Place:
    """The community that was applied, when its bots are well."""
    deployment = load_deployment(file)
    async with organiser(deployment) as http:
        rooms = (await look(deployment, load_community(deployment.community), http))[0].rooms
    deadline = time.monotonic() + WELL_WITHIN
    async with aiohttp.ClientSession() as client:
        for port in deployment.health.values():
            while not await is_well(client, port):
                assert time.monotonic() < deadline, "the bots are not well"
                await asyncio.sleep(0.2)
    conditions = {key.partition(":")[2]: room.room_id for key, room in rooms.items() if key.startswith("condition:")}
    return Place(
        homeserver=server.url,
        server_name=server.server_name,
        bots={bot.value: user for bot, user in deployment.bots.items()},
        rooms={"lobby": rooms["lobby"].room_id, "moderators": rooms["moderators"].room_id, "conditions": conditions},
        accounts={
            name: {
                "user_id": f"@{name}:{server.server_name}",
                "password": (deployment.secrets_of(name) / "password").read_text("utf-8"),
            }
            for name in PEOPLE
        },
        state=deployment.state,
    )


async def is_well(client: aiohttp.ClientSession, port: int) -> bool:
    """Whether the bot says so."""
    try:
        async with client.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.ok
    except aiohttp.ClientError:
        return False


@pytest.fixture(scope="module")
def open_community(federated_pair, tmp_path_factory) -> Iterator[Place]:
    """A community on the first homeserver that people of other homeservers may come into."""
    folder = tmp_path_factory.mktemp("open")
    file = written_down(folder, federated_pair.first)
    applied = subprocess.run(
        [sys.executable, "-m", "bots.cli", "apply", "--config", str(file)], capture_output=True, text=True, check=False
    )
    assert applied.returncode == 0, applied.stdout + applied.stderr
    bots = Child("bots.cli", ["run", "--config", str(file)], log=folder / "bots.log")
    try:
        yield asyncio.run(as_it_is(file, federated_pair.first))
    except AssertionError as error:
        raise AssertionError(f"{error}:\n{bots.last_lines()}") from error
    finally:
        bots.stop()


async def test_somebody_from_another_homeserver_is_told_what_it_sees_and_is_at_home(federated_pair, open_community):
    place, second = open_community, federated_pair.second
    room, resources = place.condition(CONDITION), place.bots["resources"]
    foreign = second.register("ana")
    async with AsyncExitStack() as people:
        moderator, bo = [
            await people.enter_async_context(
                await Judge.start(place.homeserver, account["user_id"], account["password"])
            )
            for account in (place.accounts["moderator"], place.accounts["bo"])
        ]
        ana = await people.enter_async_context(await Judge.start(second.url, foreign))
        for each in (place.moderators, place.lobby, room):
            await moderator.do("join", room=each)
        await settle_in(bo, place)
        chat = await settle_in(ana, place, via=[place.server_name])

        told = await ana.hears(f"Your account is on {second.server_name}", room=chat, sender=place.bots["welcome"])
        assert told["encrypted"]
        assert "can see which of our rooms you are in" in told["content"]["body"]

        await bo.wait(lambda e: e["type"] == "m.room.member" and e["state_key"] == ana.user_id and e["room_id"] == room)
        question = await ana.say(room, "!find gluten free travel")
        answer = await ana.wait(lambda e: e.get("sender") == resources and thread_of(e) == question)
        assert answer["encrypted"]
        assert answer["readable"]
        await bo.hears("!find gluten free travel", room=room, sender=ana.user_id)

        await report_and_mute(ana, bo, moderator, place)

        for somebody in (ana, bo, moderator):
            assert somebody.unreadable() == []
        for bot in place.bots.values():
            assert (await ana.do("device_is_signed", user=bot))["signed"] == [True], bot
        assert (await ana.do("shield", room=chat, event=told["event_id"]))["colour"] == 0
