# SPDX-License-Identifier: Apache-2.0
"""What waits to be published until somebody says yes. What stands on the list is on the homeserver alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bots.core.records import Duty, Hashed, Person, Record
from bots.core.rooms.policies import About, Policy, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPublish(Record):
    """A moderator wants `entity` (a user, a homeserver, a room, or a glob) on the list, and was asked once more."""

    number: int
    entity: Person
    about: About
    reason: Reason
    by: Hashed

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="asks a moderator once more before anything about somebody is made public",
        keep=timedelta(days=1),
        subject="entity",
    )

    @property
    def policy(self) -> Policy:
        """The rule that it would be."""
        return Policy(self.about, self.entity, reason=self.reason)
