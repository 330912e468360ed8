# SPDX-License-Identifier: Apache-2.0
"""What the command line says, without a homeserver."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.cli import main

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
