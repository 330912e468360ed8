# SPDX-License-Identifier: Apache-2.0
"""The welcome bot's commands. All of them have plain words, too, in the private chat."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import HELP, REPORT, Case, CommandSet, Rest, command


@command(
    "help",
    short=("h",),
    also=HELP,
    help="welcome.command.help",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """`!help`."""


@command(
    "mydata",
    short=("privacy",),
    also={
        "es": (
            "mis-datos",
            "misdatos",
        ),
        "fr": (
            "mes-données",
            "mesdonnées",
        ),
        "de": (
            "meine-daten",
            "meinedaten",
        ),
        "pt": (
            "meus-dados",
            "meusdados",
        ),
    },
    help="welcome.command.mydata",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyData:
    """`!mydata`: what is kept about the person, in plain words. `!privacy export` and `!privacy erase` work, too."""

    what: Rest = ""


@command(
    "copy",
    short=("export",),
    also={"es": ("copia",), "fr": ("copie",), "de": ("kopie",), "pt": ("cópia",)},
    help="welcome.command.copy",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """`!copy`: all of it as a file, for all bots, in the private chat."""


@command(
    "forget",
    short=("forgetme", "erase"),
    also={
        "es": (
            "olvidar",
            "olvídame",
        ),
        "fr": (
            "oublier",
            "oublie-moi",
        ),
        "de": (
            "vergessen",
            "vergiss-mich",
        ),
        "pt": (
            "esquecer",
            "esqueça",
        ),
    },
    help="welcome.command.forget",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetMe:
    """`!forget`: erase it, after asking once more."""


@command(
    "leave",
    also={
        "es": ("salir",),
        "fr": ("partir",),
        "de": (
            "gehen",
            "verlassen",
        ),
        "pt": ("sair",),
    },
    help="welcome.command.leave",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveUs:
    """`!leave`: out of every room, and forgotten, after asking once more."""


@command(
    "language",
    short=("lang",),
    also={
        "es": ("idioma",),
        "fr": ("langue",),
        "de": ("sprache",),
        "pt": (
            "idioma",
            "língua",
        ),
    },
    help="welcome.command.language",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`!language es`: another language; without a code, which there are."""

    language: Rest = ""


@command(
    "appeal",
    also={"es": ("apelar",), "fr": ("appel",), "de": ("einspruch",), "pt": ("apelar",)},
    help="welcome.command.appeal",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """`!appeal #12` and a few words: a second look at a decision; without a number, at the last about the person."""

    number: Case | None = None
    words: Rest = ""


@command(
    "notes",
    also={"es": ("notas",), "fr": ("notes",), "de": ("notizen",), "pt": ("notas",)},
    help="welcome.command.notes",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotesAgain:
    """`!notes`: who wanted no note when their words sound like danger wants them again."""


@command(
    "report",
    short=("r",),
    also=REPORT,
    help="welcome.command.report",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`!report` and a link to a message, or what happened: the moderators look; without either, the bot asks."""

    words: Rest = ""


@command(
    "guidelines",
    short=("g", "rules"),
    also={"es": ("normas",), "fr": ("règles",), "de": ("regeln",), "pt": ("regras",)},
    help="welcome.command.guidelines",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShowGuidelines:
    """`!guidelines`: what holds in all rooms."""


@command(
    "why",
    also={"es": ("porqué",), "fr": ("pourquoi",), "de": ("warum",), "pt": ("porquê",)},
    help="welcome.command.why",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """`!why`: by which guideline a bot went when it reminded the person of it, or held what they wrote."""


Command = Appeal | Report | Help | MyData | Copy | ForgetMe | LeaveUs | Language | NotesAgain | ShowGuidelines | Why
COMMANDS: CommandSet[Command] = CommandSet(
    Appeal, Report, Help, MyData, Copy, ForgetMe, LeaveUs, Language, NotesAgain, ShowGuidelines, Why
)
