# SPDX-License-Identifier: Apache-2.0
"""What a moderator can ask for that is about no person: how things stand, and which lists are read.

Answered in the moderators' room, wherever it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import Rest, command


@command(
    "status",
    short=("st",),
    also={"es": ("estado",), "fr": ("etat",), "de": ("zustand",), "pt": ("situacao",)},
    help="moderation.help.status",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand."""


@command(
    "lists",
    also={"es": ("listas",), "fr": ("listes",), "de": ("listen",), "pt": ("listas",)},
    help="moderation.help.lists",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The policy lists that are read."""


@command(
    "subscribe",
    short=("sub",),
    also={"es": ("suscribir",), "fr": ("abonner",), "de": ("abonnieren",), "pt": ("assinar",)},
    help="moderation.help.subscribe",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """A policy list is to be read: `#list:server`, and how far it may go (tell, hold, remove, ban)."""

    room: Rest = ""


@command(
    "unsubscribe",
    short=("unsub",),
    also={"es": ("desuscribir",), "fr": ("desabonner",), "de": ("abbestellen",), "pt": ("desassinar",)},
    help="moderation.help.unsubscribe",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """A policy list is no longer to be read, and what was done for it ends."""

    room: Rest = ""


@command(
    "server",
    also={"es": ("servidor",), "fr": ("serveur",), "de": ("heimserver",), "pt": ("servidor",)},
    help="moderation.help.server",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which homeservers are shut out: shown, or `deny` and `allow` with a name."""

    what: Rest = ""


@command(
    "publish",
    short=("pub",),
    also={"es": ("publicar",), "fr": ("publier",), "de": ("veröffentlichen",), "pt": ("publicar",)},
    help="moderation.help.publish",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Somebody is to stand on our own list: whom, and one word why; or `yes` to what was asked back."""

    what: Rest = ""


@command(
    "unpublish",
    short=("unpub",),
    also={"es": ("despublicar",), "fr": ("dépublier",), "de": ("zurückziehen",), "pt": ("despublicar",)},
    help="moderation.help.unpublish",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublish:
    """Somebody is to stand on our own list no longer."""

    what: Rest = ""


OfficeCommand = Status | Lists | Subscribe | Unsubscribe | Server | Publish | Unpublish
OFFICE_COMMANDS: tuple[type[OfficeCommand], ...] = (
    *(Status, Lists, Subscribe, Unsubscribe, Server),
    *(Publish, Unpublish),
)
