# SPDX-License-Identifier: Apache-2.0
"""`kithroom run` starts the three bots, and the door where there is one; when one of them stops, they all do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from bots.cli.running.bots import run_all
from bots.cli.running.door import run_door
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from fakes.door_scene import CONFIG
from fakes.installation import write_installation

DOOR = {"address": "https://door.kith.example", "accounts": "synapse", "account": "@door:kith.example"}


class Forked:
    """Runs until it is stopped, but for the one whose command begins with `stops`."""

    started: ClassVar[list[list[str]]] = []
    stopped: ClassVar[list[list[str]]] = []
    stops = ""

    def __init__(self, title, command, *, config, log):
        self.arguments = [*command, str(config)]
        self.started.append(self.arguments)

    @property
    def exit_code(self):
        return 3 if self.stops and self.arguments[0] == self.stops else None

    def terminate(self):
        pass

    def stop(self):
        self.stopped.append(self.arguments)


@pytest.fixture
def children(monkeypatch):
    made = type("Children", (Forked,), {"started": [], "stopped": [], "stops": "door"})
    # `bots.cli.running.bots` by name is the command.
    monkeypatch.setattr(sys.modules[run_all.__module__], "Forked", made)
    return made


@pytest.fixture
def config(tmp_path):
    def write(**more):
        return write_installation(tmp_path, server="kith.example", community=str(CONFIG), **more)

    return write


async def test_the_door_is_started_with_the_bots_and_its_end_is_the_end_of_all(children, config, capsys):
    file = config(door=DOOR)
    assert await run_all(file, tuple(BotName)) == 3
    started = [["run", bot.value, str(file)] for bot in BotName] + [["door", str(file)]]
    assert children.started == children.stopped == started
    assert "The door stopped, and so the others are stopped." in capsys.readouterr().err


async def test_where_there_is_no_door_none_is_started(children, config, capsys):
    children.stops = "run"
    assert await run_all(config(), tuple(BotName)) == 3
    assert [arguments[0] for arguments in children.started] == ["run"] * 3
    assert "The welcome bot stopped" in capsys.readouterr().err


async def test_a_door_without_its_password_is_told_before_anything_starts(children, config, tmp_path):
    file = config(door=DOOR)
    (tmp_path / "secrets" / "door" / "password").unlink()
    with pytest.raises(Sorry, match="no token for door"):
        await run_all(file, tuple(BotName))
    assert children.started == []


async def test_a_mistake_in_the_settings_stops_the_door_no_more_than_the_bots(tmp_path):
    folder = Path(shutil.copytree(CONFIG, tmp_path / "community"))
    file = write_installation(tmp_path, server="kith.example", community=str(folder), door=DOOR)
    (tmp_path / "secrets" / "door" / "password").unlink()
    for text in ((folder / "community.yaml").read_text("utf-8"), "langauges: [en]\n"):
        (folder / "community.yaml").write_text(text, "utf-8")
        # So far, and no further: it goes on with the settings that were right the last time.
        with pytest.raises(Sorry, match="no token for door"):
            await run_door(file)


async def test_without_settings_the_door_says_what_is_missing(config):
    with pytest.raises(Sorry, match="There is no `door` in"):
        await run_door(config())
