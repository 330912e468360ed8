# SPDX-License-Identifier: Apache-2.0
"""What a bot finds out for a policy: how the action ends, or its `result`, says what."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.actions.base import BaseAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine(BaseAction):
    """Look into the file of a message for what it says of who took it and where; what it shows is not looked at.

    The bytes are fetched, opened in memory and thrown away. It fails with `KITHROOM_TELLS_PLACE` or
    `KITHROOM_TELLS_OWNER` where the file gives that away, and succeeds where it does not, or is too large to be asked.
    `sender` is who sent it.
    """

    room_id: str
    event_id: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWords(BaseAction):
    """Read what `sender` wrote in a message, as it stands now, because they asked for it to be kept.

    The words are the `result` of the outcome, sealed until that is decided on. The performer refuses every message
    that somebody else sent, and every room but those of members.
    `memo` comes back with the outcome.
    """

    room_id: str
    event_id: str
    sender: str
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAt(BaseAction):
    """Look at the page of a web address: politely, and at public addresses only (`bots.core.pages`).

    What it answered and what it calls itself is the `result` of the outcome. `memo` comes back with it.
    """

    url: str
    memo: str = ""
