# SPDX-License-Identifier: Apache-2.0
"""Which command somebody meant who has never learned one, and when a word is none of ours. Pure.

Nothing is done for a guess: who meant something is asked back, and only what is for other bots gets no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from bots.core.commands import PREFIX, Missing, Unknown, spec_of
from bots.core.events import Message
from bots.core.pills import people_named
from bots.moderation.commands import (
    COMMANDS,
    Aimed,
    Command,
    Confirm,
    Help,
    Mute,
    OfficeCommand,
    OnACase,
    Report,
    ShowGuidelines,
    Warn,
    Why,
)
from bots.moderation.crisis.commands import ANSWERS, DUTY
from bots.moderation.ladder.how_long import unclear
from bots.moderation.ladder.places import Refused

# A word that is this much like a command of ours was meant as one.
_MEANT = 0.75
# So are these words of the other bots, which are no slips: who writes them is answered there.
_ELSEWHERE = frozenset(
    {"ayudo", "ayudó", "export", "garder", "guardar", "helped", "mais", "notas", "notes", "notizen", "oublier"}
    | {"partir", "reprendre", "talk"}
)
# Others who take commands in a moderators' room, by how theirs begin.
_OTHERS = ("draupnir", "mjolnir", "meowlnir", "meow")
_FOR_EVERYBODY = (Report, ShowGuidelines, Why, Help)
# So short a name of a command is a word of a sentence more often than an order.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Bare:
    """What reads like an order in a case's thread, with a reason but without a `!`: it may be part of a talk."""

    name: str


def heard_as(event: Message, *, in_a_case: bool) -> Command | Unknown | Bare | None:
    """The command in a message, or one that it is a slip of the finger for.

    Under a case or a decision the bare name of a command is enough, when nothing else stands there.
    """
    marked = event.text.lstrip().startswith(PREFIX)
    people = people_named(event.text, event.formatted) if marked or in_a_case else ()
    parsed = COMMANDS.parse(event.text, people)
    if parsed is None and in_a_case:
        bare = COMMANDS.parse(f"{PREFIX}{event.text.strip()}", people)
        on_it = isinstance(bare, OnACase | Confirm) and len(event.text.split()) == 1
        if isinstance(bare, Aimed) and bare.reason:
            return _maybe_meant(event.text, bare)
        parsed = bare if on_it or isinstance(bare, Aimed) else None
    if isinstance(parsed, OfficeCommand):
        # About nobody: `bots.moderation.standing` answers it.
        return None
    return None if isinstance(parsed, Missing) else parsed


def _maybe_meant(text: str, command: Aimed) -> Bare | None:
    """An order that lacks its mark, rather than talk: it says how long or about whom, or nobody says that by chance."""
    name = text.split(maxsplit=1)[0].casefold()
    exact = command != type(command)(reason=command.reason)
    meant = exact or (isinstance(command, Warn | Mute) and not text.rstrip().endswith("?"))
    return Bare(name) if meant and len(name) >= _SHORTEST else None


def stranger(unknown: Unknown, *, in_office: bool, moderates: bool) -> Unknown | None:
    """What to ask back about a word that is no command, with what was probably meant; None where it is for others.

    In the moderators' room everything is answered that is not for another bot; elsewhere what is much like a command
    that they may give.
    """
    name = unknown.name
    if name in _ELSEWHERE and not in_office:
        return None
    if name.startswith(_OTHERS) or not isinstance(DUTY.parse(PREFIX + name), Unknown):
        return None
    if is_for_an_alert(name) and (in_office or moderates):
        return Unknown(name, None)
    known = COMMANDS.names if moderates or in_office else _names_of(_FOR_EVERYBODY)
    more = DUTY.names if moderates or in_office else ()
    nearest = next(iter(get_close_matches(name, (*known, *more), n=1)), None)
    if nearest is not None and SequenceMatcher(None, name, nearest).ratio() >= _MEANT:
        return Unknown(name, nearest)
    return Unknown(name, None) if in_office else None


def is_for_an_alert(name: str) -> bool:
    """Whether this is said to an alert, in its thread, and means nothing elsewhere."""
    return not isinstance(ANSWERS.parse(PREFIX + name), Unknown)


def half_said(command: Aimed) -> Refused | None:
    """Why to ask back about an order: half a name, or half of how long, stands where the reason does."""
    if command.user is None and command.reason.startswith("@"):
        return Refused("half_name")
    return unclear(command)


def _names_of(kinds: Sequence[type[Command]]) -> tuple[str, ...]:
    specs = [spec_of(kind) for kind in kinds]
    return tuple(
        n for spec in specs for n in (spec.name, *spec.short, *(o for also in spec.also.values() for o in also))
    )
