# SPDX-License-Identifier: Apache-2.0
"""The kinds of value that say what is watched for: detectors by name, and the organiser's own words and patterns."""

from __future__ import annotations

import re
from typing import Annotated

import re2
from pydantic import AfterValidator, Field

from bots.core.community import WATCHED_BY
from bots.core.documents import did_you_mean
from bots.core.settings.validators import matching, wrong

_LONGEST_PATTERN = 300
_PATTERN_MEMORY = 1 << 20


def _detector(value: str) -> str:
    family = value.partition(".")[0]
    if family not in WATCHED_BY or not re.fullmatch(r"[a-z]+(\.[a-z_]+)*", value):
        hint = did_you_mean(family, list(WATCHED_BY)) or f"There are: {', '.join(WATCHED_BY)}."
        raise wrong(f"No detector is called `{value}`.", hint)
    return value


def _rule(value: str) -> str:
    """A detector or any policy; a detector's name with a slip in it would be a policy that nobody has."""
    family = value.partition(".")[0]
    hint = did_you_mean(family, list(WATCHED_BY))
    if family not in WATCHED_BY and hint is not None:
        raise wrong(f"No detector is called `{value}`, and it would go on acting.", hint)
    return value


def _pattern(value: str) -> str:
    if len(value) > _LONGEST_PATTERN:
        raise wrong(f"This pattern is too long: {_LONGEST_PATTERN} characters at most.", "Make two of it.")
    options = re2.Options()
    options.max_mem, options.log_errors = _PATTERN_MEMORY, False
    try:
        compiled = re2.compile(value, options)
    except re2.error as error:
        told = error.args[0]
        why = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise wrong(
            f"`{value}` is not a pattern: {why}.", "Patterns are RE2's: github.com/google/re2/wiki/Syntax."
        ) from None
    if compiled.search("") is not None:
        raise wrong(
            f"`{value}` is found in everything, even where nothing is written.", "Ask for a character at least."
        )
    return value


# A detector or a policy, by the name that its findings and actions carry.
RuleName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z0-9_-]+(\.[a-z0-9_-]+)*",
            "can't be a detector or a policy.",
            "Their names are such as `identity.email`; see bots/moderation/README.md.",
        )
    ),
    AfterValidator(_rule),
]
DetectorName = Annotated[str, AfterValidator(_detector)]
OwnWord = Annotated[str, Field(min_length=2, max_length=80)]
# A pattern that can neither take long nor much memory, whatever it is held against.
OwnPattern = Annotated[str, AfterValidator(_pattern)]
