# SPDX-License-Identifier: Apache-2.0
"""What the command line says, without a homeserver."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from bots.cli import main
from bots.cli.progress import Stages
from bots.cli.up import invitation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kithroom():
    def call(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


def test_the_example_community_is_fine(kithroom):
    answer = kithroom("check", "--community", ROOT / "config")
    assert answer.exit_code == 0
    assert "8 conditions" in answer.output


def test_mistakes_are_told_with_file_and_line_and_no_traceback(kithroom, tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    file = tmp_path / "config" / "community.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("federation: closed", "federation: closd"), "utf-8")
    answer = kithroom("check", "--community", tmp_path / "config")
    assert answer.exit_code == 1
    assert str(file) in answer.stderr
    assert "Traceback" not in answer.output


def test_a_state_folder_that_can_t_be_is_one_sentence(kithroom, tmp_path):
    (tmp_path / "file").touch()
    answer = kithroom("up", "--community", ROOT / "config", "--state", tmp_path / "file" / "state")
    assert answer.exit_code == 1
    assert answer.stderr == f"{tmp_path / 'file' / 'state'} can't be used: Not a directory.\n"


def test_ctrl_c_while_everything_is_being_loaded_leaves_no_traceback(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    ended = subprocess.run(
        [sys.executable, "-m", "bots.cli", "up"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_where_nobody_watches_each_stage_says_that_it_begins():
    written = io.StringIO()
    with Stages(Console(file=written, highlight=False)).stage("Making it", "It is made") as tell:
        tell("half of it")
        assert written.getvalue() == "Making it …\n"
    assert "✓ It is made" in written.getvalue()


def test_what_is_to_be_copied_stands_in_one_piece_on_a_usual_terminal():
    facts = {
        "homeserver": "http://127.0.0.1:8008",
        "server_name": "kithroom.localhost",
        "rooms": {"lobby": "!JaR4x8vLPhRwRLKAztQruqQVTMzTdK2I9UjPntqej3g"},
        "accounts": {"member_1": {"user_id": "@member_1:kithroom.localhost", "password": "a2H6uX5WU-gV9NRL"}},
    }
    rows = dict(invitation(facts, Path("/var/ready.json")))
    assert rows["The lobby"].startswith("https://matrix.to/#/!JaR4x8vLPhRwRLKAztQruqQVTMzTdK2I9UjPntqej3g?via=")
    assert rows["member 1"] == "@member_1:kithroom.localhost, password a2H6uX5WU-gV9NRL"
    assert rows["All of it, for programs"] == "/var/ready.json"


@pytest.mark.parametrize("command", ["plan", "apply", "run", "doctor"])
def test_without_its_file_a_command_says_which_it_wants(kithroom, tmp_path, command):
    answer = kithroom(command, "--config", tmp_path / "nowhere.yaml")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "nowhere.yaml" in answer.stderr


def test_a_homeserver_that_does_not_answer_is_one_sentence(kithroom, tmp_path):
    file = tmp_path / "kithroom.yaml"
    file.write_text(
        f"homeserver: http://127.0.0.1:9\ncommunity: {ROOT / 'config'}\nstate: state\nsecrets: secrets\n"
        'organiser: "@organiser:kith.test"\nbots:\n'
        + "".join(f'  {bot}: "@{bot}:kith.test"\n' for bot in ("welcome", "moderation", "resources")),
        "utf-8",
    )
    (tmp_path / "secrets" / "organiser").mkdir(parents=True)
    (tmp_path / "secrets" / "organiser" / "password").write_text("x")
    for command in ("plan", "apply"):
        answer = kithroom(command, "--config", file)
        assert answer.exit_code == 1
        assert "no answer from the homeserver" in answer.stderr
    answer = kithroom("doctor", "--config", file)
    assert answer.exit_code == 2
    assert "no answer from the homeserver" in answer.output
