# SPDX-License-Identifier: Apache-2.0
"""What a moderator asks of a whole room: a slower pace, or that nobody new comes in for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bots.core.commands import Flag, Rest, command


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfARoom:
    """A command about a whole room: the one it is written in, the one that is named, or `everywhere`."""

    everywhere: Flag = False
    place: Rest = ""


@command(
    "slow",
    short=("sl",),
    also={"es": ("despacio",), "fr": ("doucement",), "de": ("langsam",), "pt": ("devagar",)},
    help="moderation.help.slow",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(_OfARoom):
    """One message in so long, for a while; `off` ends it."""

    every: timedelta = timedelta(seconds=30)
    lasts: timedelta = timedelta(hours=1)
    off: Flag = False


@command(
    "lock",
    short=("lo",),
    also={"es": ("cerrojo",), "fr": ("verrou",), "de": ("riegel",), "pt": ("trancar",)},
    help="moderation.help.lock",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(_OfARoom):
    """Nobody new comes in, for a while."""

    lasts: timedelta = timedelta(hours=1)


@command(
    "unlock",
    short=("ul",),
    also={"es": ("sin-cerrojo",), "fr": ("sans-verrou",), "de": ("aufriegeln",), "pt": ("destrancar",)},
    help="moderation.help.unlock",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock(_OfARoom):
    """The door is as it was."""


OnARoom = Slow | Lock | Unlock
