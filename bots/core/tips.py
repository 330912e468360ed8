# SPDX-License-Identifier: Apache-2.0
"""Tips: what members found out themselves and give to the library, and how the three bots hand them on. Pure.

The resources bot decides. The welcome bot hears what is said of them in the private chat, the moderation bot what
moderators say of them in their room; each passes it on as a tick, sealed, that is gone when it is decided on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bots.core.actions import BotName, Schedule
from bots.core.commands import CommandSet, Rest, command
from bots.core.events import Tick
from bots.core.pages import link_in

WHY = "resources.tips"
SAID, JUDGED = "resources.tips.said", "resources.tips.judged"
YES_BUTTON, NAME_BUTTON, NO_BUTTON = "✅", "🙋", "❌"
_ASK = re.compile(r"tip:ask:(\d+):(\d+)")
_CARD = re.compile(r"tip:card:(\d+)(?::\d+)?")
_LEADS_INTO_A_ROOM = re.compile(r"https?://(?:www\.)?matrix\.to/", re.IGNORECASE)


@command(
    "save",
    also={"es": ("guardar",), "fr": ("garder",), "de": ("merken",), "pt": ("guardar",)},
    help="resources.help.save",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """`!save why it helped`, as a reply: to be kept in the library, if whoever wrote it says yes."""

    why: Rest = ""


@command(
    "hack",
    short=("tip",),
    also={"es": ("truco",), "fr": ("astuce",), "de": ("tipp",), "pt": ("dica",)},
    help="resources.help.hack",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hack:
    """`!hack` and a tip or a link, in private."""

    words: Rest = ""


@command(
    "mytips",
    short=("my-tips",),
    also={
        "es": (
            "mis-trucos",
            "mistrucos",
        ),
        "fr": (
            "mes-astuces",
            "mesastuces",
        ),
        "de": (
            "meine-tipps",
            "meinetipps",
        ),
        "pt": (
            "minhas-dicas",
            "minhasdicas",
        ),
    },
    help="resources.help.mytips",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyTips:
    """`!mytips`, in private: what one gave, and where it stands."""


@command(
    "takeback",
    short=("take-back",),
    also={"es": ("recuperar",), "fr": ("reprendre",), "de": ("zurückziehen",), "pt": ("recuperar",)},
    help="resources.help.takeback",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTipBack:
    """`!takeback 12`, in private: a tip of one's own is in the library no more."""

    number: Rest = ""


TipCommand = Save | Hack | MyTips | TakeTipBack
TIP_COMMANDS: CommandSet[TipCommand] = CommandSet(Save, Hack, MyTips, TakeTipBack)


class Answer(StrEnum):
    """What its author says to a tip that is shown to them."""

    YES = "yes"
    NAMED = "named"
    NO = "no"


_ANSWERS: Mapping[Answer, frozenset[str]] = {
    Answer.YES: frozenset({"yes", "y", "yeah", "yep", "ok", "okay", "sure", "si", "oui", "ja", "sim", "👍", "✅"}),
    Answer.NAMED: frozenset({"name", "with my name", "nombre", "con mi nombre", "nom", "avec mon nom", "mit namen"})
    | {"nome", "com meu nome", "com o meu nome", "🙋"},
    Answer.NO: frozenset({"no", "n", "nope", "no thanks", "non", "nein", "nao", "no gracias", "non merci", "👎", "❌"}),
}


def answer_in(text: str) -> Answer | None:
    """The answer that a few words or an emoji are, in any of the languages.

    >>> answer_in("Não."), answer_in("with my name"), answer_in("well, perhaps")
    (<Answer.NO: 'no'>, <Answer.NAMED: 'named'>, None)
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("\ufe0f", ""))
    kept = (c for c in folded if not unicodedata.combining(c) and not "\U0001f3fb" <= c <= "\U0001f3ff")
    plain = " ".join("".join(" " if unicodedata.category(c)[0] == "P" else c for c in kept).split())
    return next((answer for answer, words in _ANSWERS.items() if plain in words), None)


def is_a_link(text: str) -> bool:
    """Whether a message begins with a web address, and not with a link to a message: that is for the moderators."""
    text = text.strip()
    found = link_in(text)
    return found is not None and text.startswith(found[0]) and not _LEADS_INTO_A_ROOM.match(text)


def ask_label(number: int, time: int) -> str:
    """The label under which an author is asked about a tip, for the first time or the next."""
    return f"tip:ask:{number}:{time}"


def card_label(number: int, time: int = 0) -> str:
    """The label of a tip's card in the moderators' room, and of what they are asked of it later."""
    return f"tip:card:{number}:{time}" if time else f"tip:card:{number}"


def asked_about(label: str | None) -> tuple[int, int] | None:
    """The tip that an author was asked about with this label, and which time; None for anything else."""
    found = _ASK.fullmatch(label or "")
    return (int(found[1]), int(found[2])) if found else None


def on_the_card_of(label: str | None) -> int | None:
    """The tip whose card has this label; None for anything else."""
    found = _CARD.fullmatch(label or "")
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What `who` said about tips in private: `words`, or a tap on `key`, about tip `number` as it was shown at `time`.

    `chat` is the room, if it is not the private chat with the welcome bot.
    """

    who: str
    event_id: str
    words: str = ""
    key: str = ""
    number: int | None = None
    time: int | None = None
    chat: str = ""

    def passed_on(self, now: datetime) -> Schedule:
        """The tick that carries it."""
        return _passed_on(SAID, self, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What `by` said about tip `number` in the moderators' room: `words`, or a tap on `key`.

    `moderates`: they may decide.
    """

    by: str
    event_id: str
    number: int
    moderates: bool
    words: str = ""
    key: str = ""

    def passed_on(self, now: datetime) -> Schedule:
        """The tick that carries it."""
        return _passed_on(JUDGED, self, now)


def said_in(tick: Tick) -> Said | None:
    """What a tick carries of what was said in private."""
    return Said(**tick.payload) if tick.kind == SAID else None  # type: ignore[arg-type]  # only `passed_on` makes them


def judged_in(tick: Tick) -> Judged | None:
    """What a tick carries of what moderators said."""
    return Judged(**tick.payload) if tick.kind == JUDGED else None  # type: ignore[arg-type]  # the same


def _passed_on(kind: str, what: Said | Judged, now: datetime) -> Schedule:
    id_ = f"{kind}:{what.event_id}"
    return Schedule(why=WHY, voice=BotName.RESOURCES, id=id_, kind=kind, at=now, payload=asdict(what))
