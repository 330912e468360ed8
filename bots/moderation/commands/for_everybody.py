# SPDX-License-Identifier: Apache-2.0
"""What every member can ask for: about the guidelines, help, and that moderators look at a message."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import HELP, REPORT, Rest, command


@command(
    "guidelines",
    short=("g", "rules"),
    also={"es": ("normas",), "fr": ("règles",), "de": ("regeln",), "pt": ("regras",)},
    help="moderation.help.guidelines",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShowGuidelines:
    """What holds in this room, or in private: everywhere."""

    about: Rest = ""


@command(
    "why",
    also={"es": ("porqué",), "fr": ("pourquoi",), "de": ("warum",), "pt": ("porquê",)},
    help="moderation.help.why",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """By which guideline a bot went when it reminded somebody of it, or held what they wrote."""

    about: Rest = ""


@command(
    "report",
    short=("r",),
    also=REPORT,
    reaction="🚩",
    help="moderation.help.report",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Moderators, please look at this message."""

    remark: Rest = ""


@command(
    "help",
    short=("h",),
    also=HELP,
    help="moderation.help.help",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What there is to ask for."""

    about: Rest = ""


RuleCommand = ShowGuidelines | Why
