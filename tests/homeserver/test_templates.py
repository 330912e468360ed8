# SPDX-License-Identifier: Apache-2.0
"""What lies in `deploy/` is read by those who would read it, as far as they are here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bots.core.homeserver.configuration import Secrets, homeserver_configuration

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.real
def test_synapse_accepts_the_template_on_top_of_its_own_file(tmp_path):
    own = homeserver_configuration(
        server_name="kith.test", port=8008, state=tmp_path, secrets=Secrets(registration="a", macaroon="b", form="c")
    )
    (tmp_path / "homeserver.yaml").write_text(yaml.safe_dump(own))
    (tmp_path / "log.yaml").write_text("version: 1\n")
    (tmp_path / "signing.key").write_text("ed25519 a_1 " + "A" * 43 + "\n")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "synapse.config", "read", "registration.registration_requires_token"),
            *("-c", str(tmp_path / "homeserver.yaml"), "-c", str(DEPLOY / "synapse" / "kithroom.yaml")),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().endswith("True")


def test_every_bot_and_the_door_have_a_service_in_the_compose_file():
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    config = ["--config", "/etc/kithroom/kithroom.yaml"]
    assert {name: service["command"] for name, service in compose["services"].items()} == {
        "welcome": ["run", *config, "welcome"],
        "moderation": ["run", *config, "moderation"],
        "resources": ["run", *config, "resources"],
        "door": ["door", *config],
    }


def test_no_service_may_do_more_than_a_bots():
    names = ("kithroom@", "kithroom-door", "kithroom")
    bot, door, together = ((DEPLOY / "systemd" / f"{name}.service").read_text() for name in names)

    def confined(unit):
        return unit.partition("ProtectSystem")[2]

    assert "kithroom door --config" in door
    assert "kithroom run --config /etc/kithroom/kithroom.yaml\n" in together
    assert confined(door) == confined(together) == confined(bot) != ""


def test_the_proxy_logs_no_address_and_no_path():
    proxy = (DEPLOY / "nginx" / "kithroom.conf").read_text()
    (form,) = re.findall(r"log_format kithroom '([^']+)'", proxy)
    assert not {"$remote_addr", "$request", "$request_uri", "$uri", "$http_user_agent", "$http_referer"} & set(
        form.split()
    )
    assert (
        len(re.findall(r"access_log \S+ kithroom;", proxy)) == len(re.findall(r"^server \{", proxy, re.MULTILINE)) == 2
    )
