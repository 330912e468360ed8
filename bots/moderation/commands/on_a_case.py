# SPDX-License-Identifier: Apache-2.0
"""What a moderator does with a case as it is, or with an appeal: by one tap, or one word in its thread."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import Case, Rest, command


@command(
    "close",
    short=("c", "ignore"),
    also={
        "es": ("cerrar",),
        "fr": ("fermer",),
        "de": (
            "schließen",
            "fertig",
        ),
        "pt": ("fechar",),
    },
    reaction="✅",
    help="moderation.help.close",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A case is done."""

    case: Case | None = None


@command(
    "take",
    short=("mine",),
    also={"es": ("tomo",), "fr": ("prendre",), "de": ("übernehmen",), "pt": ("assumo",)},
    reaction="🙋",
    help="moderation.help.take",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Somebody looks after a case; by the one who does already: nobody any more."""

    case: Case | None = None


@command(
    "second",
    also={"es": ("segunda",), "fr": ("avis",), "de": ("zweite",), "pt": ("segunda",)},
    reaction="👥",
    help="moderation.help.second",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The other moderators are asked for a second opinion on a case."""

    case: Case | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnAnAppeal:
    """The answer to an appeal, with a word for the one who asked."""

    case: Case | None = None
    words: Rest = ""


@command(
    "grant",
    also={"es": ("conceder",), "fr": ("accorder",), "de": ("stattgeben",), "pt": ("conceder",)},
    reaction="🤝",
    help="moderation.help.grant",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(_OnAnAppeal):
    """The decision is taken back."""


@command(
    "keep",
    also={"es": ("mantener",), "fr": ("maintenir",), "de": ("bleibt",), "pt": ("manter",)},
    reaction="📌",
    help="moderation.help.keep",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(_OnAnAppeal):
    """The decision stays as it is."""


OnACase = Close | Take | Second
OnAnAppeal = Grant | Keep
