# SPDX-License-Identifier: Apache-2.0
"""What the command line says, without a homeserver."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from bots.cli import main
from bots.cli.rooms import differences_table
from bots.cli.up.accounts import new_password
from bots.cli.up.own_settings import USUAL_PORT, OwnSettings
from bots.cli.up.progress import Stages
from bots.cli.up.ready import invitation
from bots.core.homeserver.plan import Difference
from bots.core.homeserver.synapse import Synapse

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kithroom():
    def call(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


def kithroom_process(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "bots.cli", *(str(argument) for argument in arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_example_community_is_fine(kithroom):
    answer = kithroom("check", "--community", ROOT / "config")
    assert answer.exit_code == 0
    assert "12 conditions" in answer.output


def test_a_language_that_the_bots_do_not_speak_is_said_and_is_no_mistake(kithroom, tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    file = tmp_path / "config" / "community.yaml"
    text = file.read_text(encoding="utf-8")
    assert "languages: [en, es, fr, de, pt]" in text
    file.write_text(text.replace("languages: [en, es, fr, de, pt]", "languages: [en, pl, pt-BR]"), "utf-8")
    answer = kithroom("check", "--community", tmp_path / "config")
    assert answer.exit_code == 0
    assert "don't speak `pl`" in answer.output
    assert "pt-BR" not in answer.output


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
        "door": "http://127.0.0.1:8010",
        "rooms": {"lobby": "!JaR4x8vLPhRwRLKAztQruqQVTMzTdK2I9UjPntqej3g"},
        "accounts": {"member_1": {"user_id": "@member_1:kithroom.localhost", "password": "a2H6uX5WU-gV9NRL"}},
    }
    rows = dict(invitation(facts, Path("/var/ready.json")))
    assert rows["The lobby"].startswith("https://matrix.to/#/!JaR4x8vLPhRwRLKAztQruqQVTMzTdK2I9UjPntqej3g?via=")
    assert rows["member 1"] == "@member_1:kithroom.localhost, password a2H6uX5WU-gV9NRL"
    assert rows["The door, to come in by"] == "http://127.0.0.1:8010"
    assert rows["All of it, for programs"] == "/var/ready.json"


def test_what_rooms_are_called_is_shown_as_it_is():
    written = io.StringIO()
    topic = Difference(room="lobby", what="topic changed", found="[b]tea[/b] [/x] \x1b[31mred", wanted="milk")
    Console(file=written, width=200).print(differences_table([topic], "What differs"))
    assert "[b]tea[/b] [/x] [31mred" in written.getvalue()


def test_a_try_out_password_can_be_typed_on_a_phone_and_is_never_the_same():
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[a-z2-9]{6}-[a-z2-9]{6}", password) for password in made)
    assert not set("01ilo") & set("".join(made))


@pytest.mark.parametrize("broken", ["homeserver: [", "", "homeserver: http://127.0.0.1:port\n"])
def test_a_broken_file_of_its_own_only_makes_up_forget_its_port(tmp_path, broken):
    (tmp_path / "kithroom.yaml").write_text(broken)
    assert OwnSettings(tmp_path, ROOT / "config").homeserver_port() == USUAL_PORT


@pytest.mark.parametrize("command", ["plan", "apply", "run", "doctor"])
def test_without_its_file_a_command_says_which_it_wants(kithroom, tmp_path, command):
    answer = kithroom(command, "--config", tmp_path / "nowhere.yaml")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "nowhere.yaml" in answer.stderr


@pytest.fixture
def installation(tmp_path):
    """An installation whose homeserver is at `homeserver`, with a password for everybody."""

    def make(homeserver="http://127.0.0.1:9"):
        file = tmp_path / "kithroom.yaml"
        everybody = ("welcome", "moderation", "resources")
        file.write_text(
            f"homeserver: {homeserver}\ncommunity: {ROOT / 'config'}\nstate: state\nsecrets: secrets\n"
            'organiser: "@organiser:kith.test"\nbots:\n'
            + "".join(f'  {bot}: "@{bot}:kith.test"\n' for bot in everybody),
            "utf-8",
        )
        for who in ("organiser", *everybody):
            (tmp_path / "secrets" / who).mkdir(parents=True)
            (tmp_path / "secrets" / who / "password").write_text("x")
        return file

    return make


def test_a_homeserver_that_does_not_answer_is_one_sentence(kithroom, installation):
    file = installation()
    for command in ("plan", "apply"):
        answer = kithroom(command, "--config", file)
        assert answer.exit_code == 1
        assert answer.stderr.startswith("No answer from the homeserver")
        assert answer.stderr.count("\n") == 1
    answer = kithroom("doctor", "--config", file)
    assert answer.exit_code == 2
    assert "no answer from the homeserver" in answer.output


def test_a_room_to_replace_that_is_not_there_is_told_with_those_that_are(kithroom, installation):
    answer = kithroom("apply", "--config", installation(), "--replace", "condition:gout", "--replace", "lobby")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("There is no room called condition:gout. There are: lobby, moderators, condition:")


@pytest.mark.real
def test_a_wrong_password_is_told_with_whose_it_is_and_where_it_stands(synapse, installation):
    file = installation(synapse.url)
    answer = kithroom_process("plan", "--config", file)
    assert answer.returncode == 1
    assert "does not let organiser in as @organiser:kith.test" in answer.stderr
    assert str(file.parent / "secrets" / "organiser") in answer.stderr
    answer = kithroom_process("doctor", "--config", file)
    assert answer.returncode == 2
    assert "✗ The organiser can log in" in answer.stdout
    answer = kithroom_process("run", "--config", file, "welcome")
    assert answer.returncode == 3, "a service manager would try for ever"
    assert "does not let welcome in as @welcome:kith.test" in answer.stderr
    assert "KITHROOM_WELCOME_PASSWORD" in answer.stderr


@pytest.mark.real
def test_of_several_bots_the_one_that_stopped_is_named(synapse, installation):
    answer = kithroom_process("run", "--config", installation(synapse.url))
    assert answer.returncode == 3
    assert "bot stopped, and so the others are stopped." in answer.stderr


def test_what_is_missing_for_any_of_several_bots_is_told_before_one_starts(kithroom, installation):
    file = installation()
    (file.parent / "secrets" / "resources" / "password").unlink()
    answer = kithroom("run", "--config", file)
    assert answer.exit_code == 1
    assert "There is no password and no token for resources" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (file.parent / "state").exists()


def test_two_communities_that_start_at_once_do_not_want_one_door(tmp_path):
    first, second = (OwnSettings(tmp_path / name, ROOT / "config") for name in ("first", "second"))
    synapse = Synapse(tmp_path / "homeserver", server_name="kith.test")
    try:
        doors = [settings.write(synapse).door.port for settings in (first, second)]
        assert len(set(doors)) == 2
    finally:
        first.give_the_place()
        second.give_the_place()
    # The same again, once nobody holds it.
    again = OwnSettings(tmp_path / "first", ROOT / "config")
    try:
        assert again.write(synapse).door.port == doors[0]
    finally:
        again.give_the_place()
