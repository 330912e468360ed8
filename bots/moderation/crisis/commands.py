# SPDX-License-Identifier: Apache-2.0
"""What those who look after the rooms can say to an alert, by one tap or one word, and to their rota."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import CommandSet, Rest, command


@command(
    "take",
    short=("taking", "mine"),
    also={"es": ("tomo", "voy"), "fr": ("prends", "jy-vais"), "de": ("nehme", "übernehme"), "pt": ("pego", "assumo")},
    reaction="🙋",
    help="moderation.crisis.help.take",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """I look after it."""


@command(
    "pass",
    short=("next",),
    also={"es": ("paso",), "fr": ("passe",), "de": ("weiter",), "pt": ("passo",)},
    reaction="⏭️",
    help="moderation.crisis.help.pass",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """I can't, so call the next."""


@command(
    "takeout",
    short=("take-out",),
    also={"es": ("quitar",), "fr": ("retirer",), "de": ("rausnehmen",), "pt": ("tirar",)},
    reaction="🗑️",
    help="moderation.crisis.help.takeout",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOut:
    """What was said is not for others to read."""


@command(
    "stays",
    short=("keep",),
    also={"es": ("queda",), "fr": ("reste",), "de": ("bleibt",), "pt": ("fica",)},
    reaction="✅",
    help="moderation.crisis.help.stays",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """It may stay where it is."""


Answer = Take | Pass | TakeOut | Stays
ANSWERS: CommandSet[Answer] = CommandSet(Take, Pass, TakeOut, Stays)


@command(
    "on-call",
    short=("oncall", "duty"),
    also={"es": ("guardia",), "fr": ("garde",), "de": ("dienst",), "pt": ("plantão",)},
    help="moderation.crisis.help.oncall",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`!on-call on`, `off`, `hours 18:00-22:00`, `quiet 23:00-07:00`, `show`."""

    what: Rest = ""


DUTY: CommandSet[Duty] = CommandSet(Duty)
