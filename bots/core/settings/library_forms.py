# SPDX-License-Identifier: Apache-2.0
"""The shape of the files in `library/`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from bots.core.library import LONGEST, Audience, Evidence, Kind, Resource, Topic
from bots.core.settings.forms import Form, day_and_name
from bots.core.settings.kinds import ConditionId, Id, LowerCountry, Past, TopicId, Url
from bots.core.settings.text_kinds import Language, Text, Translated, WordLists, no_longer_than
from bots.core.settings.validators import once, one_of, wrong


class ResourceForm(Form):
    """One of a library file's `resources`."""

    id: Id
    title: Annotated[Translated, AfterValidator(no_longer_than(LONGEST["title"]))]
    summary: Annotated[Translated, AfterValidator(no_longer_than(LONGEST["summary"]))]
    kind: Annotated[str, AfterValidator(one_of(*Kind))]
    text: Annotated[Translated, AfterValidator(no_longer_than(LONGEST["text"]))] = Field(default_factory=dict)
    url: Annotated[Url | None, Field(validate_default=True)] = None
    source: Annotated[Translated, AfterValidator(no_longer_than(LONGEST["source"]))]
    languages: Annotated[list[Language], Field(min_length=1), AfterValidator(once)]
    countries: Annotated[list[LowerCountry], AfterValidator(once)] = Field(default_factory=list)
    conditions: Annotated[list[ConditionId], AfterValidator(once)] = Field(default_factory=list)
    topics: Annotated[list[TopicId], AfterValidator(once)] = Field(default_factory=list)
    audience: Annotated[list[Annotated[str, AfterValidator(one_of(*Audience))]], AfterValidator(once)] = Field(
        default_factory=list
    )
    keywords: list[Text] = Field(default_factory=list)
    evidence: Annotated[str, AfterValidator(one_of(*Evidence))] | None = None
    licence: Text | None = None
    reviewed: Past | None = None
    reviewed_by: Annotated[Text | None, Field(validate_default=True)] = None
    review_by: date

    @field_validator("url")
    @classmethod
    def _leads_or_says(cls, value: str | None, info: ValidationInfo) -> str | None:
        # What has a mistake of its own is not in `data`, and is told there. A life-hack is said in its summary.
        says_nothing = info.data.get("text") == {} and info.data.get("kind", Kind.LIFE_HACK) != Kind.LIFE_HACK
        if value is None and says_nothing:
            raise wrong("There is neither `url` nor `text`.", "Write where it is, or what it says.")
        return value

    @field_validator("reviewed_by")
    @classmethod
    def _both_or_none(cls, value: str | None, info: ValidationInfo) -> str | None:
        return day_and_name(value, info, "reviewed")

    @field_validator("review_by")
    @classmethod
    def _later(cls, value: date, info: ValidationInfo) -> date:
        reviewed = info.data.get("reviewed")
        if reviewed and value <= reviewed:
            raise wrong(f"`review_by` ({value}) is not after `reviewed` ({reviewed}).")
        return value

    def made(self) -> Resource:
        """What policies see."""
        return Resource(
            **dict(self)
            | {
                "kind": Kind(self.kind),
                "evidence": None if self.evidence is None else Evidence(self.evidence),
                "audience": tuple(map(Audience, self.audience)),
            }
            | {name: tuple(getattr(self, name)) for name in _LISTS}
        )


_LISTS = ("languages", "countries", "conditions", "topics", "keywords")


class LibraryForm(Form):
    """A file in `library/`."""

    resources: list[ResourceForm]


class TopicForm(Form):
    """One of `topics`."""

    id: Id
    name: Translated
    words: WordLists = Field(default_factory=dict)

    def made(self) -> Topic:
        """What policies see."""
        return Topic(
            id=self.id, name=self.name, words={language: tuple(words) for language, words in self.words.items()}
        )


class TopicsForm(Form):
    """`topics.yaml`."""

    topics: list[TopicForm]
