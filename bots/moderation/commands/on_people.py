# SPDX-License-Identifier: Apache-2.0
"""What a moderator can ask for about somebody, and the second person's word to a ban.

By reply to a message, by reply to or reaction on a case, or naming `@somebody:server` or a case `#12`.
`everywhere` means all of the community's rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bots.core.commands import Case, Flag, Rest, User, command

USUAL_MUTE = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aimed:
    """A command about somebody."""

    user: User | None = None
    case: Case | None = None
    everywhere: Flag = False
    reason: Rest = ""


@command(
    "note",
    short=("n",),
    also={"es": ("nota",), "fr": ("note",), "de": ("notiz",), "pt": ("nota",)},
    reaction="📝",
    help="moderation.help.note",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(_Aimed):
    """A kind word in private."""


@command(
    "warn",
    short=("w",),
    also={
        "es": (
            "advertir",
            "avisar",
        ),
        "fr": ("avertir",),
        "de": (
            "warnen",
            "verwarnen",
        ),
        "pt": (
            "advertir",
            "avisar",
        ),
    },
    reaction="⚠️",
    help="moderation.help.warn",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(_Aimed):
    """A clear word in private."""


@command(
    "mute",
    short=("m",),
    also={"es": ("silenciar",), "fr": ("muet",), "de": ("stumm",), "pt": ("silenciar",)},
    reaction="🔇",
    help="moderation.help.mute",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(_Aimed):
    """Reading without writing, for a while: `USUAL_MUTE`, where nobody says how long."""

    duration: timedelta | None = None


@command(
    "hold",
    short=("ho",),
    also={"es": ("espera",), "fr": ("attente",), "de": ("warten",), "pt": ("espera",)},
    reaction="✋",
    help="moderation.help.hold",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(_Aimed):
    """Reading without writing, until a moderator has looked; for a day at most."""


@command(
    "unmute",
    short=("um",),
    also={"es": ("dejar-hablar",), "fr": ("rendre-parole",), "de": ("laut",), "pt": ("deixar-falar",)},
    help="moderation.help.unmute",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unmute(_Aimed):
    """A mute ends."""


@command(
    "remove",
    short=("kick", "rm"),
    also={"es": ("sacar",), "fr": ("retirer",), "de": ("entfernen",), "pt": ("retirar",)},
    reaction="👋",
    help="moderation.help.remove",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(_Aimed):
    """Out of the room, and free to come back."""


@command(
    "ban",
    short=("b",),
    also={"es": ("vetar",), "fr": ("bannir",), "de": ("sperren",), "pt": ("banir",)},
    help="moderation.help.ban",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(_Aimed):
    """Out of the room; with a duration (`!ban 7d`), for that long."""

    duration: timedelta | None = None


@command(
    "unban",
    short=("ub",),
    also={"es": ("readmitir",), "fr": ("débannir",), "de": ("entsperren",), "pt": ("desbanir",)},
    help="moderation.help.unban",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unban(_Aimed):
    """A ban ends."""


@command(
    "undo",
    short=("u",),
    also={"es": ("deshacer",), "fr": ("annuler",), "de": ("zurück",), "pt": ("desfazer",)},
    reaction="↩️",
    help="moderation.help.undo",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(_Aimed):
    """The last decision is taken back: about whom it is aimed at, or else one's own last."""


@command(
    "confirm",
    short=("agree",),
    also={"es": ("confirmar",), "fr": ("confirmer",), "de": ("bestätigen",), "pt": ("confirmar",)},
    reaction="👍",
    help="moderation.help.confirm",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """A second person agrees to a ban that takes two."""

    case: Case | None = None


Aimed = Note | Warn | Mute | Hold | Unmute | Remove | Ban | Unban | Undo
