# SPDX-License-Identifier: Apache-2.0
"""Bots forked from one process that has loaded everything: each is the command, and none outlives who started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fakes.door_scene import CONFIG
from fakes.installation import write_installation

pytestmark = pytest.mark.real

# One forks, says what came of it, and waits until it is killed itself.
SCRIPT = """
import json, multiprocessing.util, pathlib, sys, time
from bots.cli.running.forked import _CONTEXT, Forked

def note_what_was_read(file):
    from bots.cli.installation import beforehand
    file.write_text("".join(map(str, beforehand._READ)))

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    def end_of(name, *arguments):
        child = Forked(name, arguments, config=None, log=folder / f"{name}.log")
        while child.exit_code is None:
            time.sleep(0.01)
        return child.exit_code, child.last_lines()
    config = folder / "kithroom.yaml"
    bot = Forked("welcome bot", ["run", "welcome"], config=config, log=folder / "bot.log")
    killed = Forked("door", ["run", "resources"], config=config, log=folder / "door.log")
    killed.stop(grace=0)
    ends = [end_of("version", "--version"), end_of("wrong", "run", "nobody")]
    noting = _CONTEXT.Process(target=note_what_was_read, args=(folder / "read.txt",))
    noting.start()
    noting.join()
    told = {"ends": ends, "bot": bot.pid, "killed": [killed.pid, killed.exit_code]}
    print(json.dumps({**told, "folder": multiprocessing.util.get_temp_dir()}), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def config(tmp_path):
    # Nobody answers there: the bot waits.
    write_installation(tmp_path, community=str(CONFIG))
    (tmp_path / "parent.py").write_text(SCRIPT)
    return tmp_path


def test_a_fork_is_the_command_and_ends_with_its_parent(config):
    parent = subprocess.Popen([sys.executable, "parent.py", str(config)], stdout=subprocess.PIPE, text=True, cwd=config)
    try:
        told = json.loads(parent.stdout.readline())
        process = Path(f"/proc/{told['bot']}")
        expected = ("welcome bot", config / "bot.log")
        # A fork is there before it has said who it is.
        await_that(lambda: ((process / "comm").read_text().strip(), (process / "fd" / "1").readlink()) == expected)
        loaded = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        # A fork has one thread only: what another one held at that moment would be held for ever.
        assert len(list(Path(f"/proc/{loaded}/task").iterdir())) == 1
        assert Path(told["folder"]).exists()
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()

    (version, said), (wrong, complaint) = told["ends"]
    assert (version, wrong) == (0, 2)
    assert said.startswith("kithroom, version ")
    assert "'nobody' is not one of 'welcome', 'moderation', 'resources'" in complaint
    assert (config / "read.txt").read_text() == str(CONFIG)
    assert told["killed"][1] in (-signal.SIGTERM, -signal.SIGKILL)
    for pid in (told["bot"], told["killed"][0], loaded):
        await_that(lambda pid=pid: not Path(f"/proc/{pid}").exists())
    assert not Path(told["folder"]).exists()


def await_that(condition):
    """Wait until it is true: another process makes it so."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never was"
        time.sleep(0.05)
