# SPDX-License-Identifier: Apache-2.0
"""What a moderator can ask for that is about no person: how things stand. Answered in the moderators' room."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import command


@command(
    "status",
    short=("st",),
    also={"es": ("estado",), "fr": ("etat",), "de": ("zustand",), "pt": ("situacao",)},
    help="moderation.help.status",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand."""


OfficeCommand = Status
OFFICE_COMMANDS: tuple[type[OfficeCommand], ...] = (Status,)
