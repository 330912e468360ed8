# SPDX-License-Identifier: Apache-2.0
"""The `kithroom.yaml` of a community that is tried out, and its ports: those of the last time, if they are free."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from bots.cli.installation.deployment import Deployment, load_deployment
from bots.cli.up.accounts import MODERATOR
from bots.cli.up.children import DOOR
from bots.cli.up.ready import user_id
from bots.core.actions import BotName
from bots.core.documents import SettingsError
from bots.core.homeserver.process import LOOPBACK, free_port
from bots.core.homeserver.synapse import Synapse
from bots.core.matrix.private_files import write_private

# Matrix's usual port.
USUAL_PORT = 8008
# The door's usual port.
DOOR_PORT = 8010


class OwnSettings:
    """What is written into `state`, for the organiser's settings in `config`; both paths are absolute."""

    def __init__(self, state: Path, config: Path) -> None:
        self._state = state
        self._config = config
        self._file = state / "kithroom.yaml"
        self._place: socket.socket | None = None

    def homeserver_port(self) -> int:
        """The homeserver's port of the last time: clients that are logged in find it again."""
        last = self._last()
        return urlsplit(last.homeserver).port or USUAL_PORT if last else USUAL_PORT

    def write(self, synapse: Synapse) -> Deployment:
        """Write what `kithroom run` needs, as an operator would, and read it back. The door's port is held."""
        last = self._last()
        door = self._keep_a_place(last.door.port if last and last.door else DOOR_PORT)
        ports: dict[str, int] = {}
        for bot in BotName:
            ports[bot.value] = free_port()
        settings = {
            "homeserver": synapse.url,
            "community": str(self._config),
            "state": str(self._state),
            "secrets": str(self._state / "secrets"),
            "organiser": user_id("organiser"),
            "moderators": [user_id(MODERATOR)],
            "bots": {bot.value: user_id(bot.value) for bot in BotName},
            "health": ports,
            "door": {
                "address": f"http://{LOOPBACK}:{door}",
                "listen": f"{LOOPBACK}:{door}",
                "accounts": "synapse",
                "account": user_id(DOOR),
                # No name on the internet leads here.
                "server": synapse.url,
            },
        }
        write_private(self._file, "# Made by `kithroom up`, anew at every start.\n" + yaml.safe_dump(settings))
        return load_deployment(self._file)

    def give_the_place(self) -> None:
        """Let go of the door's port, for the door."""
        if self._place is not None:
            self._place.close()

    def _keep_a_place(self, wanted: int) -> int:
        """A port for the door, held until it starts: that takes a while, and another community may start meanwhile."""
        try:
            self._place = socket.create_server((LOOPBACK, wanted))
        except OSError:
            self._place = socket.create_server((LOOPBACK, 0))
        return int(self._place.getsockname()[1])

    def _last(self) -> Deployment | None:
        if self._file.exists():
            # The file is made anew at each start, so that a broken one only forgets the ports.
            with contextlib.suppress(SettingsError, ValueError):
                return load_deployment(self._file)
        return None
