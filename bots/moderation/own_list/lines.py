# SPDX-License-Identifier: Apache-2.0
"""The lines in the moderators' room that a tap or a reply is about, by their labels. Pure.

A label holds no name: of a rule that stands, its place in the room; of one that waits, a number.
"""

from __future__ import annotations

_WAITS, _STANDS = "own_list.waits:", "own_list.stands:"


def waiting_label(number: int) -> str:
    """The label of the question before somebody is published."""
    return f"{_WAITS}{number}"


def waiting_number(label: str | None) -> int | None:
    """The number in it; None for any other label."""
    return int(label.removeprefix(_WAITS)) if label is not None and label.startswith(_WAITS) else None


def standing_label(kind: str, state_key: str, told: str) -> str:
    """The label of the line that tells of a rule that stands now. `told` tells it from an earlier time."""
    return f"{_STANDS}{told}|{kind}|{state_key}"


def standing_rule(label: str | None) -> tuple[str, str] | None:
    """The rule's type and key in it; None for any other label."""
    if label is None or not label.startswith(_STANDS):
        return None
    _, kind, state_key = label.removeprefix(_STANDS).split("|", 2)
    return kind, state_key


def is_about_our_list(label: str | None) -> bool:
    """Whether `!undo` as a reply to it is for the list, and not for a decision."""
    return label is not None and label.startswith((_WAITS, _STANDS))
