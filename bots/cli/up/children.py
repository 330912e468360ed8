# SPDX-License-Identifier: Apache-2.0
"""The bots and the door as child processes of `kithroom up`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bots.cli.running.forked import Forked
from bots.cli.sorry import Sorry

DOOR = "door"


class Children:
    """Those of one state folder, by name: a bot's, or `DOOR`. Their settings are its `kithroom.yaml`."""

    def __init__(self, state: Path, console: Console) -> None:
        self._state = state
        self._console = console
        self._running: dict[str, Forked] = {}

    def start(self, name: str) -> None:
        """Start it, unless it is running."""
        if name not in self._running:
            self._running[name] = Forked(
                DOOR if name == DOOR else f"{name} bot",
                [DOOR] if name == DOOR else ["run", name],
                config=self._state / "kithroom.yaml",
                log=self._state / "log" / f"{name}.log",
            )

    def check(self, name: str) -> None:
        """Start it again if it was killed from outside. Raises Sorry if it stopped by itself: it would do so again."""
        child = self._running[name]
        if child.exit_code is None:
            return
        who = "The door" if name == DOOR else f"The {name} bot"
        if child.exit_code >= 0:
            raise Sorry(f"{who} stopped; the end of {child.log}:\n{child.last_lines()}")
        self._console.print(f"{who} was killed (signal {-child.exit_code}). Starting it again.")
        child.stop()
        del self._running[name]
        self.start(name)

    def check_all(self) -> None:
        """Check each that was started."""
        for name in tuple(self._running):
            self.check(name)

    def stop(self) -> None:
        """Stop all of them, side by side."""
        for child in self._running.values():
            child.terminate()
        for child in self._running.values():
            child.stop()
