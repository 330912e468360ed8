# SPDX-License-Identifier: Apache-2.0
"""A command is a typed, frozen dataclass: parsing, help and the tables in the docs all come from it.

    @command("mute", short=("m",), reaction="🔇", help="moderation.help.mute")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Mute:
        user: User | None = None
        duration: timedelta = timedelta(hours=2)
        everywhere: Flag = False
        reason: Rest = ""

    MODERATION = CommandSet(Mute, ...)
    MODERATION.parse("!mute 30m everywhere please rest a little")
        == Mute(duration=timedelta(minutes=30), everywhere=True, reason="please rest a little")

Arguments are known by their shape, so their order is free; what is left is the reason or the question.
How long may also be said later, and in words: `!ban spam 7d`, `!mute please rest for half an hour`.
Nobody has to learn a syntax, and nothing here does I/O.
"""

from __future__ import annotations

import difflib
import re
import types
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import timedelta
from enum import Enum
from functools import cached_property
from typing import Annotated, Generic, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import unquote

from bots.core.durations import meant_within, parse_duration, said_first

PREFIX = "!"
# What more than one bot is asked for is called the same by all: the `also` of `!help` and of `!report`.
HELP: Mapping[str, tuple[str, ...]] = {"es": ("ayuda",), "fr": ("aide",), "de": ("hilfe",), "pt": ("ajuda",)}
REPORT: Mapping[str, tuple[str, ...]] = {
    "es": ("denunciar", "reportar"),
    "fr": ("signaler",),
    "de": ("melden",),
    "pt": ("denunciar",),
}


class Shape(Enum):
    """What a word must look like to fill a field."""

    USER = "user"
    CASE = "case"
    FLAG = "flag"
    REST = "rest"
    DURATION = "duration"


User = Annotated[str, Shape.USER]  # "@ana:example.org", or a matrix.to link to it
Case = Annotated[int, Shape.CASE]  # "#12"
Flag = Annotated[bool, Shape.FLAG]  # the field's own name
Rest = Annotated[str, Shape.REST]  # everything that is left

_USER_ID = re.compile(r"@[!-9;-~]{1,200}:[0-9A-Za-z.\-\[\]:]{1,230}")
_MATRIX_TO = re.compile(r"(?:https?://matrix\.to/#/|matrix:u/)(?P<user>[^\s?/]+)")
_CASE = re.compile(r"#(\d{1,9})")


def parse_user(text: str) -> str:
    """`@ana:example.org`, or a link to it → the user id. Raises ValueError for anything else."""
    link = _MATRIX_TO.fullmatch(text)
    candidate = unquote(link["user"]) if link else text
    if not candidate.startswith("@"):
        candidate = f"@{candidate}" if link else candidate
    if not _USER_ID.fullmatch(candidate):
        raise ValueError("not a user id")
    return candidate


def _parse_case(text: str) -> int:
    number = _CASE.fullmatch(text)
    if not number:
        raise ValueError("not a case number")
    return int(number[1])


_PARSERS: dict[Shape, Callable[[str], object]] = {
    Shape.USER: parse_user,
    Shape.CASE: _parse_case,
    Shape.DURATION: parse_duration,
}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a command is called, and under which catalogue key its one-line help is.

    `also` is what it is called in other languages. All of them work everywhere.
    """

    name: str
    short: tuple[str, ...]
    also: Mapping[str, tuple[str, ...]]
    reaction: str | None
    help: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A `!word` that is no command; `nearest` is what was probably meant."""

    name: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A command that lacks something it can't do without."""

    command: str
    field: str


C = TypeVar("C")
_SPECS: dict[type, Spec] = {}


def command(
    name: str,
    *,
    short: Sequence[str] = (),
    also: Mapping[str, Sequence[str]] | None = None,
    reaction: str | None = None,
    help: str,  # noqa: A002 - the field's word
) -> Callable[[type[C]], type[C]]:
    """Declare a frozen dataclass to be a command. Raises TypeError for a field of a shape that is not known."""

    def declare(cls: type[C]) -> type[C]:
        _shapes(cls)
        other = {language: tuple(names) for language, names in (also or {}).items()}
        _SPECS[cls] = Spec(name, tuple(short), other, reaction, help)
        return cls

    return declare


def spec_of(cls: type) -> Spec:
    """The declaration of a command type."""
    return _SPECS[cls]


class CommandSet(Generic[C]):
    """The commands of one bot. Names, short forms and reactions are unique within it (ValueError otherwise).

    Accents don't matter: `!ecoute` is `!écoute`.
    """

    def __init__(self, *types: type[C]) -> None:
        self._types = types
        self._by_name: dict[str, type[C]] = {}
        self._by_reaction: dict[str, type[C]] = {}
        for cls in types:
            spec = spec_of(cls)
            for name in (spec.name, *spec.short, *(name for names in spec.also.values() for name in names)):
                if self._by_name.setdefault(_plain(name), cls) is not cls:
                    raise ValueError(f"two commands are called {name!r}")
            if spec.reaction and self._by_reaction.setdefault(spec.reaction, cls) is not cls:
                raise ValueError(f"two commands have the reaction {spec.reaction!r}")

    @property
    def types(self) -> tuple[type[C], ...]:
        """The commands, in the order of the help."""
        return self._types

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name and short form."""
        return tuple(self._by_name)

    def parse(self, text: str, people: Sequence[tuple[str, str]] = ()) -> C | Unknown | Missing | None:
        """What the text asks for; None when it does not start like a command.

        `people` are those whom it names otherwise than by their ids: as they are named there, and who they are.
        """
        match = re.match(rf"\s*{re.escape(PREFIX)}([^\W\d_][\w-]*)(?:\s+|$)", text)
        if not match:
            return None
        name = match[1].casefold()
        cls = self._by_name.get(_plain(name))
        if cls is None:
            near = difflib.get_close_matches(_plain(name), self._by_name, n=1, cutoff=0.6)
            return Unknown(name, near[0] if near else None)
        return _fill(cls, text[match.end() :], people)

    def by_reaction(self, key: str) -> type[C] | None:
        """The command whose reaction twin this is, with or without a variation selector."""
        bare = key.replace("\ufe0f", "")
        return next((cls for r, cls in self._by_reaction.items() if r.replace("\ufe0f", "") == bare), None)


def _plain(name: str) -> str:
    """Without capitals and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def _fill(cls: type[C], text: str, people: Sequence[tuple[str, str]]) -> C | Missing:
    """Words that look like an argument fill it, until the first that does not: from there on it is the rest."""
    spec, shapes = _SPECS[cls], _shapes(cls)
    open_fields = {name: shape for name, shape in shapes.items() if shape is not Shape.REST}
    given: dict[str, object] = {}
    rest = text.strip()
    while rest and (filled := _first(rest, open_fields, people)) is not None:
        name, value, rest = filled
        given[name] = value
        del open_fields[name]
    duration = next((name for name, shape in open_fields.items() if shape is Shape.DURATION), None)
    if duration is not None and (said := meant_within(rest)) is not None:
        # The words stay whole: somebody reads them.
        given[duration] = said.length
    for name, shape in shapes.items():
        if shape is Shape.REST and rest:
            given[name] = rest
    for field in fields(cls):  # type: ignore[arg-type]  # `command` is for dataclasses: `_shapes` has checked
        if field.name not in given and _is_required(field):
            return Missing(spec.name, field.name)
    return cls(**given)


def _first(
    rest: str, open_fields: Mapping[str, Shape], people: Sequence[tuple[str, str]]
) -> tuple[str, object, str] | None:
    """The field that the text's beginning fills, with what, and what is left."""
    word, _, after = rest.partition(" ")
    for name, shape in open_fields.items():
        if shape is Shape.FLAG:
            if word.strip().casefold() == name:
                return name, True, after.strip()
            continue
        if shape is Shape.USER:
            for shown, user in people:
                if rest.startswith(shown) and not rest[len(shown) :][:1].isalnum():
                    return name, user, rest.removeprefix(shown).lstrip(" :,")
        try:
            return name, _PARSERS[shape](word.strip()), after.strip()
        except ValueError:
            if shape is Shape.DURATION and (said := said_first(rest)) is not None:
                return name, *said
    return None


def _is_required(field: Field[object]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _shapes(cls: type) -> dict[str, Shape]:
    return {name: _shape(cls, name, hint) for name, hint in get_type_hints(cls, include_extras=True).items()}


def _shape(cls: type, name: str, hint: object) -> Shape:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
    if hint is timedelta:
        return Shape.DURATION
    if get_origin(hint) is Annotated:
        shape = next((extra for extra in get_args(hint)[1:] if isinstance(extra, Shape)), None)
        if shape is not None:
            return shape
    raise TypeError(f"{cls.__name__}.{name}: no argument has the shape {hint!r}")
