# SPDX-License-Identifier: Apache-2.0
"""What one can ask the resources bot for."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.commands import CommandSet, Rest, command
from bots.core.tips import Hack, MyTips, Save, TakeTipBack, TipCommand


@command(
    "find",
    short=("f", "search"),
    also={
        "es": (
            "buscar",
            "busca",
        ),
        "fr": (
            "chercher",
            "cherche",
        ),
        "de": (
            "suchen",
            "suche",
            "finden",
        ),
        "pt": (
            "procurar",
            "buscar",
        ),
    },
    help="resources.help.find",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """`!find gluten free travel`: at most three entries of the library."""

    question: Rest


@command(
    "helplines",
    short=("helpline", "hl"),
    also={"es": ("líneas",), "fr": ("écoute",), "de": ("hilfenummern",), "pt": ("linhas",)},
    help="resources.help.helplines",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Helplines:
    """`!helplines ireland`: the emergency number and at most three lines, answered in private."""

    country: Rest = ""


@command(
    "card",
    short=("cards",),
    also={"es": ("tarjeta",), "fr": ("carte",), "de": ("karte",), "pt": ("cartão",)},
    help="resources.help.card",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`!card breathing`: a card that needs no page; without a name, which there are."""

    name: Rest = ""


@command(
    "topics",
    also={"es": ("temas",), "fr": ("sujets",), "de": ("themen",), "pt": ("tópicos",)},
    help="resources.help.topics",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """`!topics`: what the library is about."""


@command(
    "more",
    also={"es": ("más",), "fr": ("plus", "encore"), "de": ("mehr",), "pt": ("mais",)},
    help="resources.help.more",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """`!more`, to an answer: the next three, in private."""


@command(
    "helped",
    short=("helpful",),
    also={"es": ("ayudó",), "fr": ("utile",), "de": ("geholfen",), "pt": ("ajudou",)},
    help="resources.help.helped",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """`!helped 2`, to an answer: its second entry helped."""

    which: Rest = ""


@command(
    "nothelped",
    short=("unhelpful", "didnt"),
    also={"es": ("noayudó",), "fr": ("pasutile",), "de": ("nichtgeholfen",), "pt": ("nãoajudou",)},
    help="resources.help.nothelped",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotHelped:
    """`!nothelped 2`, to an answer: its second entry did not help."""

    which: Rest = ""


@command(
    "talk",
    also={"es": ("hablar",), "fr": ("parler",), "de": ("reden",), "pt": ("conversar",)},
    help="resources.help.talk",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """`!talk 2`, to an answer: a thread about its second entry, in the room."""

    which: Rest = ""


Command = Find | Helplines | Card | Topics | More | Helped | NotHelped | Talk | TipCommand
COMMANDS: CommandSet[Command] = CommandSet(
    Find, Helplines, Card, Topics, More, Helped, NotHelped, Talk, Save, Hack, MyTips, TakeTipBack
)
