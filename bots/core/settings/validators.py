# SPDX-License-Identifier: Apache-2.0
"""What validators of the community's files stand on: what the other files say, and how a mistake is told.

A `Known` is handed to every validator, so that mistakes that need another file are found with all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from bots.core.documents import did_you_mean


@dataclass(frozen=True, slots=True)
class Known:
    """What the other files say: languages, ids of conditions and topics, and the words a public name may not contain.

    `today` is the last day on which something can have happened.
    """

    languages: tuple[str, ...]
    default_language: str
    conditions: tuple[str, ...]
    private_words: frozenset[str]
    today: date = date.max
    topics: tuple[str, ...] = ()


def known(info: ValidationInfo) -> Known:
    """What was handed to this validator."""
    assert isinstance(info.context, Known)
    return info.context


def wrong(message: str, hint: str | None = None) -> PydanticCustomError:
    """What a validator raises: a finding that is already in plain words."""
    return PydanticCustomError("kithroom", "{message}", {"message": message, "hint": hint})


def matching(pattern: str, message: str, hint: str) -> Callable[[str], str]:
    """A validator for text that is wholly `pattern`; `message` goes on after the text itself."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"`{value}` {message}", hint)
        return value

    return check


# What people write for a setting that is `on` or `off`.
_SWITCH = {"yes": "on", "true": "on", "no": "off", "false": "off", "none": "off"}


def one_of(*allowed: str) -> Callable[[str], str]:
    """A validator for one of `allowed`."""

    def check(value: str) -> str:
        if value not in allowed:
            choices = ", ".join(f"`{choice}`" for choice in allowed)
            switch = _SWITCH.get(value.casefold(), "")
            meant = f"Did you mean `{switch}`?" if switch in allowed else did_you_mean(value, allowed)
            raise wrong(f"`{value}` is not one of {choices}.", meant)
        return value

    return check


def once(value: list[str]) -> list[str]:
    """A validator for a list in which nothing is twice."""
    for entry in value:
        if value.count(entry) > 1:
            raise wrong(f"`{entry}` is here twice.", "Keep one of them.")
    return value
