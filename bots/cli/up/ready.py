# SPDX-License-Identifier: Apache-2.0
"""How to try a community that is up: for people, and for programs (`ready.json`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.homeserver.plan import ActualRoom

# The name is nobody's: `.localhost` never leaves the machine.
SERVER_NAME = "kithroom.localhost"


def user_id(name: str) -> str:
    """The Matrix id of an account here."""
    return f"@{name}:{SERVER_NAME}"


def ready(
    homeserver: str,
    door: str,
    community: Community,
    rooms: Mapping[str, ActualRoom],
    passwords: Mapping[str, str | None],
) -> dict[str, Any]:
    """What `ready.json` holds. `rooms` are those of the plan by name; `passwords` are the try-out accounts'."""
    return {
        "homeserver": homeserver,
        "server_name": SERVER_NAME,
        "door": door,
        "bots": {bot.value: user_id(bot.value) for bot in BotName},
        "rooms": {
            "lobby": rooms["lobby"].room_id,
            "moderators": rooms["moderators"].room_id,
            "conditions": {c.id: rooms[f"condition:{c.id}"].room_id for c in community.conditions},
        },
        "accounts": {name: {"user_id": user_id(name), "password": word} for name, word in passwords.items()},
    }


def invitation(facts: Mapping[str, Any], file: Path) -> list[tuple[str, str]]:
    """How to try it: what it is, and what to copy. `facts` are what `file` holds."""
    lobby = quote(facts["rooms"]["lobby"], safe="!")
    return [
        ("The door, to come in by", facts["door"]),
        ("Homeserver for Element", facts["homeserver"]),
        ("The lobby", f"https://matrix.to/#/{lobby}?via={facts['server_name']}"),
        *(
            (name.replace("_", " "), f"{account['user_id']}, password {account['password']}")
            for name, account in facts["accounts"].items()
        ),
        ("All of it, for programs", str(file)),
    ]
