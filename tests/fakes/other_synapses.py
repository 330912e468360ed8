# SPDX-License-Identifier: Apache-2.0
"""Synapses that are set up in another way than ours: as it comes, with what people turn on, with a shipped template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bots.core.homeserver.synapse import Synapse

TEMPLATE = Path(__file__).parents[2] / "deploy" / "synapse" / "kithroom.yaml"
# What Synapse can't start without; rate limits are left out as well, which only make a test slow.
_OWN = (
    "server_name", "pid_file", "listeners", "database", "log_config", "media_store_path", "signing_key_path",
    "registration_shared_secret", "macaroon_secret_key", "form_secret", "report_stats", "trusted_key_servers",
    "suppress_key_server_warning", "bcrypt_rounds",
)  # fmt: skip


class PlainSynapse(Synapse):
    """As Synapse generates it, but for where its files are, and with `settings` on top."""

    def __init__(self, state: Path, settings: dict[str, Any]) -> None:
        super().__init__(state, server_name="kith.test", unlimited=True)
        self.settings = settings

    def _write_files(self) -> None:
        super()._write_files()
        file = self.state / "homeserver.yaml"
        ours = yaml.safe_load(file.read_text("utf-8"))
        file.write_text(
            yaml.safe_dump({key: ours[key] for key in ours if key in _OWN or key.startswith("rc_")} | self.settings),
            "utf-8",
        )


def shipped(state: Path) -> PlainSynapse:
    """With the templates for operators on top, as they are, but for the port and for where the log is."""
    server = PlainSynapse(state, yaml.safe_load(TEMPLATE.read_text("utf-8")))
    server.settings["listeners"][0]["port"] = server.port
    log = yaml.safe_load(TEMPLATE.with_name("log.yaml").read_text("utf-8"))
    log["handlers"]["file"]["filename"] = str(server.state / "homeserver.log")
    server.settings["log_config"] = str(server.state / "shipped-log.yaml")
    server.state.mkdir(parents=True)
    (server.state / "shipped-log.yaml").write_text(yaml.safe_dump(log), "utf-8")
    return server
