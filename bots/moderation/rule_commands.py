# SPDX-License-Identifier: Apache-2.0
"""What anybody may ask about the guidelines: which there are, and of which a bot went by."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import Rest, command


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


RuleCommand = ShowGuidelines | Why
