# SPDX-License-Identifier: Apache-2.0
"""Telling others what to do about their treatment, and what they have. What happened to oneself is no instruction."""

from __future__ import annotations

from bots.moderation.detectors.wording import Worded

GUIDELINES = {"treatment": "care-team", "dose": "care-team", "diagnosis": "experience", "order": "experience"}


class Instructing(Worded):
    """The detector `instructing`."""

    def __init__(self) -> None:
        super().__init__("instructing", GUIDELINES, files=False)
