# SPDX-License-Identifier: Apache-2.0
"""An installation's file, as an operator writes it, for a homeserver at which nobody answers."""

from __future__ import annotations

from pathlib import Path

import yaml

from bots.core.actions import BotName


def write_installation(folder: Path, *, server: str = "kith.test", **more: object) -> Path:
    """Write `kithroom.yaml` into the folder, with a password for each bot and the door. `more` settings go on top."""
    settings = {
        "homeserver": "http://127.0.0.1:9",
        "community": "config",
        "state": "state",
        "secrets": "secrets",
        "organiser": f"@organiser:{server}",
        "bots": {bot.value: f"@{bot.value}:{server}" for bot in BotName},
    }
    for who in (*BotName, "door"):
        (folder / "secrets" / who).mkdir(parents=True, exist_ok=True)
        (folder / "secrets" / who / "password").write_text("a password", "utf-8")
    file = folder / "kithroom.yaml"
    file.write_text(yaml.safe_dump(settings | more), "utf-8")
    return file
