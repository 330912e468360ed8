# SPDX-License-Identifier: Apache-2.0
"""The files in `guidelines/`: those of the whole community, and what single rooms change about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from bots.core.community import HOLDING, FirstStep, Guideline, Guidelines
from bots.core.settings.forms import Form
from bots.core.settings.kinds import Id
from bots.core.settings.text_kinds import Text, Translated
from bots.core.settings.validators import once, one_of, wrong
from bots.core.settings.watch_kinds import DetectorName, OwnPattern, OwnWord

Step = Annotated[str, AfterValidator(one_of(*FirstStep))]
# More of them would not be read by those who have to answer for them.
_MOST = 500


class Watching(Form):
    """What a guideline says about who watches for it."""

    watched_by: dict[DetectorName, Step] = Field(default_factory=dict)
    words: Annotated[list[OwnWord], Field(max_length=_MOST), AfterValidator(once)] = Field(default_factory=list)
    patterns: Annotated[list[OwnPattern], Field(max_length=_MOST), AfterValidator(once)] = Field(default_factory=list)

    @field_validator("watched_by")
    @classmethod
    def _holds_only_spam(cls, value: dict[str, str]) -> dict[str, str]:
        for name, step in value.items():
            if step == FirstStep.HOLD and name.partition(".")[0] not in HOLDING:
                known = " and ".join(f"`{each}`" for each in sorted(HOLDING))
                raise wrong(f"Nothing that `{name}` sees is held: only {known} can be.", "Write `tell` or `remind`.")
        return value

    def _steps(self) -> dict[str, FirstStep]:
        return {name: FirstStep(step) for name, step in self.watched_by.items()}


class GuidelineForm(Watching):
    """One of `guidelines`."""

    id: Id
    text: Translated
    why: Translated
    source: Text
    reminder: Translated = Field(default_factory=dict)
    since: Annotated[int, Field(ge=1)] = 1

    def made(self) -> Guideline:
        """What policies see."""
        return Guideline(
            id=self.id,
            text=self.text,
            why=self.why,
            source=self.source,
            since=self.since,
            reminder=self.reminder,
            watched_by=self._steps(),
            words=tuple(self.words),
            patterns=tuple(self.patterns),
        )


class GuidelinesForm(Form):
    """`guidelines/guidelines.yaml`."""

    version: Annotated[int, Field(ge=1)]
    guidelines: Annotated[list[GuidelineForm], Field(min_length=1)]


class MoreGuidelinesForm(Form):
    """Any other file in `guidelines/`."""

    guidelines: Annotated[list[GuidelineForm], Field(min_length=1)]


class ChangeForm(Watching):
    """One of a room's `guidelines`: a new one, or what it says instead of one that the community has."""

    id: Id
    text: Translated | None = None
    why: Annotated[Translated | None, Field(validate_default=True)] = None
    source: str = ""
    reminder: Translated | None = None
    since: Annotated[int, Field(ge=1)] = 1

    @field_validator("why")
    @classmethod
    def _both_or_none(cls, value: dict[str, str] | None, info: ValidationInfo) -> dict[str, str] | None:
        if "text" in info.data and (value is None) != (info.data["text"] is None):
            raise wrong("A guideline that asks for something else has a `text` and a `why`.", "Write both, or neither.")
        return value

    def changing(self, known: Guideline | None) -> Guideline | None:
        """The guideline as it is in this room; None if it is new, and does not say what it asks."""
        if self.text is not None and self.why is not None:
            # What it asks is new, so the old words about it are not true any more.
            fresh = Guideline(id=self.id, text=self.text, why=self.why, source=self.source, since=self.since)
            known = fresh if known is None else replace(known, text=self.text, why=self.why, reminder={})
        if known is None:
            return None
        return replace(
            known,
            source=self.source or known.source,
            since=max(self.since, known.since),
            reminder=self.reminder or known.reminder,
            watched_by={**known.watched_by, **self._steps()},
            words=(*known.words, *self.words),
            patterns=(*known.patterns, *self.patterns),
        )


class RoomGuidelinesForm(Form):
    """A file in `guidelines/<room>/`."""

    without: Annotated[list[Id], AfterValidator(once)] = Field(default_factory=list)
    guidelines: list[ChangeForm] = Field(default_factory=list)


def changed(community: Guidelines, files: list[RoomGuidelinesForm]) -> Guidelines:
    """What holds in a room: the community's guidelines without some, with some changed, and its own at the end."""
    without = {name for file in files for name in file.without}
    items = {item.id: item for item in community.items if item.id not in without}
    for file in files:
        for change in file.guidelines:
            if (made := change.changing(items.get(change.id))) is not None:
                items[change.id] = made
    return Guidelines(version=community.version, items=tuple(items.values()))
