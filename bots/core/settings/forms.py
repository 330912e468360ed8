# SPDX-License-Identifier: Apache-2.0
"""The shape of the community's files: what pydantic lets through, and what each form becomes.

Nothing outside `bots.core.settings` sees these; a policy sees the frozen `Community`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from bots.core.community import (
    HARMLESS,
    Condition,
    CrisisSettings,
    Deed,
    Federation,
    HistorySharing,
    Mode,
    OwnList,
)
from bots.core.documents import did_you_mean
from bots.core.settings.kinds import Id, Region, ServerName, Url, UserId
from bots.core.settings.text_kinds import Language, PublicName, SpokenHere, Text, Translated, WordLists
from bots.core.settings.validators import once, one_of, wrong
from bots.core.settings.watch_kinds import RuleName


class Form(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def day_and_name(name: str | None, info: ValidationInfo, day: str) -> str | None:
    """Who looked, and when, say something only together."""
    if day in info.data and (name is None) != (info.data[day] is None):
        missing, there = (info.field_name, day) if name is None else (day, info.field_name)
        raise wrong(f"There is `{there}`, but no `{missing}`.", "Write who looked and when, or leave both out.")
    return name


class PublicRoom(Form):
    """A room's name and topic as everybody can read them."""

    name: Annotated[Text, Field(max_length=250)]
    topic: Annotated[str, Field(max_length=250)] = ""
    language: SpokenHere | None = None


class ConditionForm(Form):
    """One of `conditions`."""

    id: Id
    name: Translated
    synonyms: WordLists = Field(default_factory=dict)
    room_name: PublicName
    room_topic: PublicName
    language: SpokenHere | None = None
    history: Annotated[str, AfterValidator(one_of(*HistorySharing))] = HistorySharing.OFF
    greeters: Annotated[list[UserId], AfterValidator(once)] = Field(default_factory=list)
    regions: Annotated[list[Region], AfterValidator(once)] = Field(default_factory=list)

    def made(self) -> Condition:
        """What policies see."""
        return Condition(
            id=self.id,
            name=self.name,
            room_name=self.room_name,
            room_topic=self.room_topic,
            language=self.language,
            synonyms={language: tuple(words) for language, words in self.synonyms.items()},
            history=HistorySharing(self.history),
            greeters=tuple(self.greeters),
            regions=tuple(self.regions),
        )


class CrisisForm(Form):
    """`crisis`."""

    call_next_after_minutes: Annotated[int, Field(ge=2, le=120)] = 10
    most_calls_a_day: Annotated[int, Field(ge=1, le=50)] = 4
    soft_pings: bool = False

    def made(self) -> CrisisSettings:
        """What policies see."""
        return CrisisSettings(
            call_next_after=timedelta(minutes=self.call_next_after_minutes),
            most_calls_a_day=self.most_calls_a_day,
            soft_pings=self.soft_pings,
        )


class OwnListForm(Form):
    """`own_list`."""

    name: PublicName
    topic: PublicName = ""
    join: Annotated[str, AfterValidator(one_of("public", "invite"))] = "public"
    names: Annotated[str, AfterValidator(one_of("hidden", "shown"))] = "hidden"

    def made(self) -> OwnList:
        """What policies see."""
        return OwnList(name=self.name, topic=self.topic, public=self.join == "public", hidden=self.names == "hidden")


class CommunityForm(Form):
    """`community.yaml`."""

    name: Text
    slug: Id
    languages: Annotated[list[Language], Field(min_length=1), AfterValidator(once)]
    default_language: Language | None = None
    lobby: PublicRoom
    moderators_room: PublicRoom
    moderators: Annotated[list[UserId], AfterValidator(once)] = Field(default_factory=list)
    federation: Annotated[str, AfterValidator(one_of(*Federation))] = Federation.CLOSED
    allies: Annotated[list[ServerName], Field(validate_default=True), AfterValidator(once)] = Field(
        default_factory=list
    )
    keep_missing_words: bool = False
    library_news: bool = False
    appeal_within_days: Annotated[int, Field(ge=1, le=365)] = 30
    show_reporters: bool = False
    history_days: Annotated[int, Field(ge=1, le=365)] = 30
    greeters_may: Annotated[list[Annotated[str, AfterValidator(one_of(*HARMLESS))]], AfterValidator(once)] = Field(
        default_factory=lambda: [str(Deed.NOTE)]
    )
    moderators_may: Annotated[list[Annotated[str, AfterValidator(one_of(*Deed))]], AfterValidator(once)] = Field(
        default_factory=lambda: [str(deed) for deed in Deed]
    )
    bans_by_two_after_days: Annotated[int, Field(ge=0, le=3650)] = 30
    minimum_age: Annotated[int, Field(ge=13, le=30)] = 18
    knock: bool = False
    door: Url | None = None
    library_page: Url | None = None
    mode: Annotated[str, AfterValidator(one_of(*Mode))] = Mode.ACT
    observe: Annotated[list[RuleName], AfterValidator(once)] = Field(default_factory=list)
    regions: Annotated[list[Region], AfterValidator(once)] = Field(default_factory=list)
    crisis: CrisisForm = Field(default_factory=CrisisForm)
    own_list: OwnListForm | None = None
    conditions: Annotated[list[ConditionForm], Field(min_length=1)]

    @field_validator("default_language")
    @classmethod
    def _is_spoken(cls, value: str | None, info: ValidationInfo) -> str | None:
        languages = info.data.get("languages", [value])
        if value is not None and value not in languages:
            raise wrong(f"The default language `{value}` is not in `languages`.", did_you_mean(value, languages))
        return value

    @field_validator("allies")
    @classmethod
    def _only_if_allied(cls, value: list[str], info: ValidationInfo) -> list[str]:
        federation = info.data.get("federation")
        if value and federation in (Federation.CLOSED, Federation.OPEN):
            raise wrong(f"There are allies, but `federation` is `{federation}`.", "Write `federation: allied`.")
        if not value and federation == Federation.ALLIED:
            raise wrong("`federation` is `allied`, but there are no allies.", "List their server names in `allies`.")
        return value

    @property
    def history_for(self) -> timedelta:
        """How far back newcomers can read where history is shared."""
        return timedelta(days=self.history_days)

    @property
    def bans_by_two_after(self) -> timedelta | None:
        """From when on a ban takes two people; None where one is always enough."""
        return timedelta(days=self.bans_by_two_after_days) if self.bans_by_two_after_days else None

    @property
    def appeal_within(self) -> timedelta:
        """How long a member may appeal."""
        return timedelta(days=self.appeal_within_days)
