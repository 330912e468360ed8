# SPDX-License-Identifier: Apache-2.0
"""Pictures and videos that say where they were taken, or whose camera it was: looked into apart from the conversation.

A message with a file asks for it; what comes back is answered like any other finding.
"""

from __future__ import annotations

from bots.core.actions import Action
from bots.core.events import Media, Message
from bots.core.metadata import ERRCODES, Tells, examine
from bots.moderation.detectors.finding import Finding, Whose
from bots.moderation.passages.passage import Field

GUIDELINE = "privacy"
DETECTOR = "identity.file"
WHY = f"moderation.{DETECTOR}"
_LOOKED_INTO = ("image/", "video/", "application/octet-stream")
_SURE = {Tells.PLACE: 0.9, Tells.OWNER: 0.6}


def asks(event: Message) -> tuple[Action, ...]:
    """Look into the file of a message, if it is of a kind that says such things."""
    return (examine(event, WHY),) if event.media is not None and _may_tell(event.media) else ()


def finding_of(errcode: str | None) -> Finding | None:
    """What looking into the file found."""
    for tells, code in ERRCODES.items():
        if errcode == code:
            return Finding(
                detector=f"{DETECTOR}_{tells.value}",
                guideline=GUIDELINE,
                start=0,
                end=0,
                confidence=_SURE[tells],
                field=Field.FILENAME,
                whose=Whose.UNKNOWN,
            )
    return None


def _may_tell(media: Media) -> bool:
    return media.mimetype.lower().startswith(_LOOKED_INTO)
