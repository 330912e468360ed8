# SPDX-License-Identifier: Apache-2.0
"""An installation's file, as an operator writes it, for a homeserver at which nobody answers; and a small community."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from bots.core.actions import BotName

EXAMPLE = Path(__file__).parents[2] / "config"


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


def write_small_community(folder: Path) -> Path:
    """The example community with its first condition alone, in a folder that is not there yet: fewer rooms to make."""
    shutil.copytree(EXAMPLE, folder)
    for of_all_conditions in ("library", "slang"):
        shutil.rmtree(folder / of_all_conditions)
    text = (folder / "community.yaml").read_text("utf-8")
    head, _, conditions = text.partition("\n  - id: ")
    first = conditions.split("\n  - id: ")[0]
    (folder / "community.yaml").write_text(f"{head}\n  - id: {first}", "utf-8")
    return folder
