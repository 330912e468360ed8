# SPDX-License-Identifier: Apache-2.0
"""`kithroom up` as a person uses it: start, try, stop, resume, a second one beside it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bots.core.matrix.http import Http, path
from fakes.door_scene import field, names_offered, solved
from fakes.installation import write_small_community

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]


class Up:
    """One `kithroom up`, running."""

    def __init__(self, state, config, *arguments):
        self.ready_file = state / "ready.json"
        self.output = state.with_suffix(".out")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "bots.cli", "up"),
                    *("--state", str(state), "--community", str(config), *arguments),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self, seconds=180):
        deadline = time.monotonic() + seconds
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)
        return json.loads(self.ready_file.read_text())

    def stop(self, number=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def config(tmp_path):
    return write_small_community(tmp_path / "config")


@pytest.fixture
def start(config):
    running = []

    def begin(state, *arguments):
        running.append(Up(state, config, *arguments))
        return running[-1]

    yield begin
    for up in running:
        up.stop(signal.SIGTERM)


def processes_of(state):
    """The command lines of the processes that were started for this state folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if str(state) in line and "lifeline" in line:
            found.append(line)
    return found


async def come_in_by_the_door(facts):
    """What the page shows to somebody who presses the button: their user id and password."""
    async with ClientSession(facts["door"]) as visitor:
        async with visitor.get("/name") as answer:
            page = await answer.text()
        wish = {"form": field(page, "form"), "pick": names_offered(page)[0], "work": solved(page)}
        async with visitor.post("/name", data=wish) as answer:
            assert answer.status == 200
            shown = await answer.text()
        async with visitor.get("/apps") as answer:
            assert f"matrix:roomid/{facts['rooms']['lobby'][1:]}?" in await answer.text()
    user_id, password = (re.search(f'id="{each}">([^<]+)<', shown)[1] for each in ("user", "password"))
    return {"user_id": user_id, "password": password}


async def rooms_joined(facts, name, account=None):
    account = account or facts["accounts"][name]
    async with Http(facts["homeserver"]) as http:
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": account["user_id"]},
            "password": account["password"],
        }
        http.token = (await http.request("POST", path("login"), login))["access_token"]
        joined = (await http.request("GET", path("joined_rooms")))["joined_rooms"]
        levels = {}
        for room in joined:
            state = await http.request("GET", path("rooms", room, "state", "m.room.power_levels", ""))
            levels[room] = state["users"].get(account["user_id"])
        await http.request("POST", path("logout"), {})
    return levels


async def test_a_community_starts_resumes_and_has_room_for_another_beside_it(start, config, tmp_path):
    first = start(tmp_path / "first")
    facts = first.ready()
    assert first.ready_file.stat().st_mode & 0o777 == 0o600
    assert facts["server_name"] == "kithroom.localhost"
    assert set(facts) == {"homeserver", "server_name", "door", "bots", "rooms", "accounts"}
    assert set(facts["bots"]) == {"welcome", "moderation", "resources"}
    assert set(facts["rooms"]) == {"lobby", "moderators", "conditions"}
    assert set(facts["accounts"]) == {"moderator", "member_1", "member_2"}
    assert all(set(account) == {"user_id", "password"} for account in facts["accounts"].values())
    rooms = {facts["rooms"]["lobby"], facts["rooms"]["moderators"], *facts["rooms"]["conditions"].values()}
    assert await rooms_joined(facts, "moderator") == dict.fromkeys(rooms, 50)
    assert await rooms_joined(facts, "member_1") == {}
    newcomer = await come_in_by_the_door(facts)
    assert newcomer["user_id"].endswith(":kithroom.localhost")
    assert await rooms_joined(facts, "newcomer", newcomer) == {}

    planned = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bots.cli", "plan", "--config", str(tmp_path / "first" / "kithroom.yaml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert planned.returncode == 0, planned.stdout

    again = start(tmp_path / "first")
    assert again.process.wait(60) == 1
    assert "is running from" in again.output.read_text()
    assert "Traceback" not in again.output.read_text()

    second = start(tmp_path / "second")
    other = second.ready()
    assert other["homeserver"] != facts["homeserver"]
    assert other["rooms"]["lobby"] != facts["rooms"]["lobby"]

    assert first.stop() == 0
    assert not first.ready_file.exists()
    assert processes_of(tmp_path / "first") == []
    # Somebody has made a mistake meanwhile: it goes on with the settings of the last time, and says what is wrong.
    with (config / "community.yaml").open("a") as settings:
        settings.write("minimum_aeg: 21\n")
    resumed = start(tmp_path / "first")
    assert resumed.ready() == facts
    told = resumed.output.read_text()
    assert "The settings have mistakes, so I go on with those of " in told
    assert "community.yaml:" in told
    assert "minimum_aeg" in told
    assert second.process.poll() is None

    os.kill(resumed.process.pid, signal.SIGKILL)
    resumed.process.wait(10)
    deadline = time.monotonic() + 60
    while processes_of(tmp_path / "first"):
        assert time.monotonic() < deadline, "something outlived `kithroom up`"
        await asyncio.sleep(0.1)


def test_a_taken_port_is_one_sentence(start, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = start(tmp_path / "state", "--port", str(taken.getsockname()[1]))
        assert up.process.wait(60) == 1
    assert up.output.read_text().strip().endswith("is in use; choose another one with --port.")
    assert "Traceback" not in up.output.read_text()
