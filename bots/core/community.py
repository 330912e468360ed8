# SPDX-License-Identifier: Apache-2.0
"""The community as policies see it: frozen, validated, pure; `bots.core.settings` makes it from the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bots.core.language import Wordings
from bots.core.library import Resource, Topic


class Federation(StrEnum):
    """Which other homeservers the condition rooms may reach."""

    CLOSED = "closed"
    ALLIED = "allied"
    OPEN = "open"


class HistorySharing(StrEnum):
    """What a newcomer can read of what was said before: nothing, or what the room shares."""

    OFF = "off"
    ON = "on"


class Mode(StrEnum):
    """Whether what the moderation bot decides is done, or only shown to the moderators."""

    ACT = "act"
    OBSERVE = "observe"


class Deed(StrEnum):
    """What a volunteer can be allowed to ask the moderation bot for; each with its way back (a ban with the unban)."""

    NOTE = "note"
    WARN = "warn"
    HOLD = "hold"
    MUTE = "mute"
    REMOVE = "remove"
    BAN = "ban"
    UNDO = "undo"
    CLOSE = "close"
    SLOW = "slow"
    LOCK = "lock"


# What takes no power over anybody: the one who greets newcomers in a room can be allowed these.
HARMLESS = (Deed.NOTE, Deed.WARN)


# Text per language code ("en", "pt-BR"); the community's default language is always there.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition and its room. `room_name` is neutral (names are never encrypted); `name` is what members are told.

    `synonyms` are what members call it, per language: lay words, abbreviations, old names.
    `language` is what is spoken in the room (None: the community's default).
    `regions` are the countries whose telephone numbers are known there (none: the community's).
    """

    id: str
    name: Texts
    room_name: str
    room_topic: str
    language: str | None = None
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    history: HistorySharing = HistorySharing.OFF
    greeters: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class FirstStep(StrEnum):
    """What happens first when a detector sees something. The moderators are told in each case but the first."""

    OFF = "off"
    TELL = "tell"  # the moderators are told, with buttons
    REMIND = "remind"  # and the person is, in private and gently
    HOLD = "hold"  # and clear spam from somebody new waits until a moderator has looked


# What the detectors that come with the moderation bot look for, and what happens unless a guideline says otherwise.
# `words` are the organiser's own.
WATCHED_BY = {
    "identity": FirstStep.REMIND,
    "selling": FirstStep.HOLD,
    "instructing": FirstStep.REMIND,
    "harm": FirstStep.TELL,
    "noise": FirstStep.HOLD,
    "words": FirstStep.TELL,
}


# Of these, something can be so clear that it waits until a moderator has looked. A phone number never is.
HOLDING = frozenset({"selling", "noise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One of the group's guidelines: what it asks, why, and where that comes from.

    `reminder` is what somebody is told who forgot it (in languages that it leaves out: `text`).
    `since` is the version of the guidelines in which its meaning changed last.
    `watched_by` says of detectors, by the beginning of their names, what they bring about here (`WATCHED_BY`, unless
    it says otherwise). `words` and `patterns` (RE2) are what the organiser wants to be told of besides.
    """

    id: str
    text: Texts
    why: Texts
    source: str
    since: int = 1
    reminder: Texts = field(default_factory=dict)
    watched_by: Mapping[str, FirstStep] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def first_step(self, detector: str) -> FirstStep:
        """What happens when this detector (`identity.phone`) sees something; the longest name that fits decides."""
        steps = {**WATCHED_BY, **self.watched_by}
        name = detector
        while name not in steps and "." in name:
            name = name.rpartition(".")[0]
        return steps.get(name, FirstStep.TELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidelines:
    """All of them, in order. `version` rises when the meaning changes; members are then asked again."""

    version: int
    items: tuple[Guideline, ...]

    def named(self, guideline: str) -> Guideline | None:
        """The one with this id."""
        return next((item for item in self.items if item.id == guideline), None)

    def changed_since(self, version: int) -> tuple[tuple[int, Guideline], ...]:
        """Those, with their numbers, that are new to somebody who agreed to `version` (0: never); all, if unmarked."""
        every = tuple(enumerate(self.items, start=1))
        return tuple((number, item) for number, item in every if item.since > version) or every


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach a helpline. `dial` is what one types on the phone, short codes included."""

    method: str
    dial: str | None = None
    url: str | None = None
    sms_body: str | None = None
    hours: Texts = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    cost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpline:
    """Somebody to call, text or write to, checked by a person on a date (None: by nobody yet).

    `noted` is the day on which it was written down, which makes it old where nobody has checked it.
    """

    id: str
    name: str
    kind: str
    contacts: tuple[Contact, ...]
    what_happens: Texts
    source: str
    verified_at: date | None = None
    verified_by: str | None = None
    noted: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country's emergency number and helplines, best first. `code` is ISO 3166-1 alpha-2, lower case."""

    code: str
    name: Texts
    emergency: str
    helplines: tuple[Helpline, ...] = ()
    names_used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisSettings:
    """How people are called to somebody whose words sound near to danger.

    `call_next_after`: so long after one was called and did not answer, the next is.
    `most_calls_a_day` are so many that nobody is called more often.
    `soft_pings`: distress without any thought of harm is told, too, and nobody called.
    """

    call_next_after: timedelta = timedelta(minutes=10)
    most_calls_a_day: int = 4
    soft_pings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """The policy list that the community publishes: its room's name and topic, which anybody can read.

    `public`: whoever finds the room may read it; otherwise whom the organiser invites.
    `hidden`: of people there stands the hash of a name (MSC4205), and not the name.
    """

    name: str
    topic: str = ""
    public: bool = True
    hidden: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One organiser's folder, whole.

    `moderators` are Matrix user ids. `allies` are server names (only with `Federation.ALLIED`).
    `keep_missing_words` is the organiser's switch: keep the words of questions that found nothing, unattributed.
    `library_news`: rooms hear once a month what came to the library.
    `appeal_within` is how long a member may appeal, `show_reporters` whether moderators see who reported something.
    `minimum_age` is in years. `knock`: one can knock at the rooms of conditions, and is answered in private.
    `door` is the address of the page where people make an account here, `library_page` the one of the library's pages.
    `greeters_may` and `moderators_may` are what these can ask the moderation bot for; organisers can ask for all of it.
    `bans_by_two_after` is how long somebody has to have been here for a ban to take two people (None: one is enough).
    `history_for` is how far back a newcomer can read, in the rooms that share their history.
    `observe` names the detectors and policies that are only watched while `mode` lets the others act.
    `regions` are countries (ISO 3166-1 alpha-2, upper case), the likeliest first; none: those with helplines.
    `room_guidelines` are those of rooms that have others, by their place.
    `words` are the organiser's own wording, by language and key; `room_words` the same for one room, by its place.
    A place is what the settings call a room: "lobby", "moderators", or a condition's id.
    `own_list` is the policy list that the community publishes, if it does.
    `slang` are phrases by condition that sound like a cry for help and are none among those who live with it.
    """

    name: str
    slug: str
    languages: tuple[str, ...]
    default_language: str
    lobby_name: str
    lobby_topic: str
    moderators_room_name: str
    moderators_room_topic: str
    conditions: tuple[Condition, ...]
    guidelines: Guidelines
    library: tuple[Resource, ...] = ()
    topics: tuple[Topic, ...] = ()
    countries: tuple[Country, ...] = ()
    moderators: tuple[str, ...] = ()
    federation: Federation = Federation.CLOSED
    allies: tuple[str, ...] = ()
    keep_missing_words: bool = False
    library_news: bool = False
    appeal_within: timedelta = timedelta(days=30)
    show_reporters: bool = False
    history_for: timedelta = timedelta(days=30)
    greeters_may: frozenset[Deed] = frozenset({Deed.NOTE})
    moderators_may: frozenset[Deed] = frozenset(Deed)
    bans_by_two_after: timedelta | None = timedelta(days=30)
    minimum_age: int = 18
    knock: bool = False
    door: str | None = None
    library_page: str | None = None
    mode: Mode = Mode.ACT
    observe: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    room_guidelines: Mapping[str, Guidelines] = field(default_factory=dict)
    words: Wordings = field(default_factory=dict)
    room_words: Mapping[str, Wordings] = field(default_factory=dict)
    lobby_language: str | None = None
    moderators_room_language: str | None = None
    crisis: CrisisSettings = field(default_factory=CrisisSettings)
    own_list: OwnList | None = None
    slang: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def condition(self, condition_id: str) -> Condition | None:
        """The condition with this id."""
        return next((c for c in self.conditions if c.id == condition_id), None)

    def guidelines_in(self, place: str | None) -> Guidelines:
        """What holds in the room that the settings call `place`."""
        return self.room_guidelines.get(place or "", self.guidelines)

    def slang_in(self, condition: str | None) -> tuple[str, ...]:
        """The phrases that mean no harm in the room of this condition; none anywhere else."""
        return self.slang.get(condition or "", ())

    def regions_in(self, place: str | None) -> tuple[str, ...]:
        """The countries whose telephone numbers and the like are known in the room."""
        condition = self.condition(place or "")
        own = condition.regions if condition else ()
        return own or self.regions or tuple(country.code.upper() for country in self.countries)

    def language_in(self, place: str | None) -> str:
        """What is spoken in the room that the settings call `place`."""
        own = {"lobby": self.lobby_language, "moderators": self.moderators_room_language}
        own |= {condition.id: condition.language for condition in self.conditions}
        return own.get(place or "") or self.default_language


def in_language(texts: Texts, language: str, default: str) -> str:
    """The text in `language`, else in its base language ("pt" for "pt-BR"), else in `default`."""
    for candidate in (language, language.split("-", maxsplit=1)[0], default):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()))
