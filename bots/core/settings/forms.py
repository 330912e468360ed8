# SPDX-License-Identifier: Apache-2.0
"""The shape of the community's files: what pydantic lets through, and what each form becomes.

Nothing outside `bots.core.settings` sees these; a policy sees the frozen `Community`.
A `Known` is handed to every validator, so that mistakes that need another file are found with all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from bots.core.community import (
    Condition,
    Contact,
    Country,
    Federation,
    Guideline,
    Guidelines,
    Helpline,
    HistorySharing,
    Resource,
)
from bots.core.documents import did_you_mean, nearest


@dataclass(frozen=True, slots=True)
class Known:
    """What the other files say: languages, condition ids, and the words a public name may not contain."""

    languages: tuple[str, ...]
    default_language: str
    conditions: tuple[str, ...]
    private_words: frozenset[str]


def _known(info: ValidationInfo) -> Known:
    assert isinstance(info.context, Known)
    return info.context


def _wrong(message: str, hint: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("kithroom", "{message}", {"message": message, "hint": hint})


def _matching(pattern: str, message: str, hint: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise _wrong(f"`{value}` {message}", hint)
        return value

    return check


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in allowed:
            choices = ", ".join(f"`{choice}`" for choice in allowed)
            raise _wrong(f"`{value}` is not one of {choices}.", did_you_mean(value, allowed))
        return value

    return check


@cache
def _language_names() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) <= 3}


def check_language(code: str) -> str:
    """The code again, if it is one ("en", "pt-BR"). Raises PydanticCustomError, which says what was probably meant."""
    try:
        if re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", code):
            Locale.parse(code, sep="-")
            return code
    except (UnknownLocaleError, ValueError):
        pass
    names = _language_names()
    meant = names.get(code.casefold()) or names.get(nearest(code, tuple(names)) or "")
    hint = f"Did you mean `{meant}`?" if meant and meant != code else "Write a code such as `en`, `de` or `pt-BR`."
    raise _wrong(f"`{code}` is not a language code.", hint)


def _condition_id(value: str, info: ValidationInfo) -> str:
    conditions = _known(info).conditions
    if value not in conditions:
        raise _wrong(
            f"There is no condition `{value}` in community.yaml.",
            did_you_mean(value, conditions) or f"There are: {', '.join(conditions) or 'none yet'}.",
        )
    return value


def _neutral(value: str, info: ValidationInfo) -> str:
    for word in sorted(_known(info).private_words):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", value if word.isupper() else value.casefold()):
            raise _wrong(
                f"`{value}` gives away what the room is about (`{word}`), and names and topics are never encrypted.",
                "Choose a neutral one, such as `Harbour`; members are told in private which room is whose.",
            )
    return value


def _texts(value: Any, info: ValidationInfo) -> Any:
    return {_known(info).default_language: value} if isinstance(value, str) else value


def _said_everywhere(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    known = _known(info)
    for code in value:
        if code not in known.languages:
            raise _wrong(
                f"`{code}` is not one of the community's languages ({', '.join(known.languages)}).",
                "Add it to `languages`, or take this text out.",
            )
    if known.default_language not in value:
        raise _wrong(f"The text in `{known.default_language}`, the default language, is missing.")
    return value


def _synonyms(value: Any, info: ValidationInfo) -> Any:
    return {_known(info).default_language: value} if isinstance(value, list) else value


Text = Annotated[str, Field(min_length=1)]
Id = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[a-z0-9]+(-[a-z0-9]+)*",
            "can't be an id.",
            "Use lower-case letters, digits and hyphens, such as `type-1-diabetes`.",
        )
    ),
]
Language = Annotated[str, AfterValidator(check_language)]
ConditionId = Annotated[str, AfterValidator(_condition_id)]
PublicName = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(_neutral)]
Translated = Annotated[dict[str, Text], BeforeValidator(_texts), AfterValidator(_said_everywhere)]
WordLists = Annotated[dict[Language, list[Text]], BeforeValidator(_synonyms)]
Url = Annotated[
    str, AfterValidator(_matching(r"https?://[^\s/]+\.[^\s]+", "is not a web address.", "It starts with `https://`."))
]
Dial = Annotated[
    str,
    AfterValidator(
        _matching(r"[+*#]?[0-9][0-9 *#-]{1,24}", "can't be dialled.", "Digits and spaces, as one types it: `116 123`.")
    ),
]
UserId = Annotated[
    str,
    AfterValidator(
        _matching(
            r"@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(:[0-9]{1,5})?",
            "is not a Matrix user id.",
            "It looks like `@ana:example.org`, in quotation marks.",
        )
    ),
]
ServerName = Annotated[
    str,
    AfterValidator(
        _matching(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?", "is not a server name.", "Such as `example.org`.")
    ),
]


class Form(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class PublicRoom(Form):
    """A room's name and topic as everybody can read them."""

    name: Text
    topic: str = ""


class ConditionForm(Form):
    """One of `conditions`."""

    id: Id
    name: Translated
    synonyms: WordLists = Field(default_factory=dict)
    room_name: PublicName
    room_topic: PublicName
    history: Annotated[str, AfterValidator(_one_of(*HistorySharing))] = HistorySharing.OFF

    def made(self) -> Condition:
        """What policies see."""
        return Condition(
            id=self.id,
            name=self.name,
            room_name=self.room_name,
            room_topic=self.room_topic,
            synonyms={language: tuple(words) for language, words in self.synonyms.items()},
            history=HistorySharing(self.history),
        )


class CommunityForm(Form):
    """`community.yaml`."""

    name: Text
    slug: Id
    languages: Annotated[list[Language], Field(min_length=1)]
    default_language: Language | None = None
    lobby: PublicRoom
    moderators_room: PublicRoom
    moderators: list[UserId] = Field(default_factory=list)
    federation: Annotated[str, AfterValidator(_one_of(*Federation))] = Federation.CLOSED
    allies: Annotated[list[ServerName], Field(validate_default=True)] = Field(default_factory=list)
    keep_missing_words: bool = False
    appeal_within_days: Annotated[int, Field(ge=1, le=365)] = 30
    conditions: Annotated[list[ConditionForm], Field(min_length=1)]

    @field_validator("default_language")
    @classmethod
    def _is_spoken(cls, value: str | None, info: ValidationInfo) -> str | None:
        languages = info.data.get("languages", [value])
        if value is not None and value not in languages:
            raise _wrong(f"The default language `{value}` is not in `languages`.", did_you_mean(value, languages))
        return value

    @field_validator("allies")
    @classmethod
    def _only_if_allied(cls, value: list[str], info: ValidationInfo) -> list[str]:
        federation = info.data.get("federation")
        if value and federation in (Federation.CLOSED, Federation.OPEN):
            raise _wrong(f"There are allies, but `federation` is `{federation}`.", "Write `federation: allied`.")
        if not value and federation == Federation.ALLIED:
            raise _wrong("`federation` is `allied`, but there are no allies.", "List their server names in `allies`.")
        return value

    @property
    def appeal_within(self) -> timedelta:
        """How long a member may appeal."""
        return timedelta(days=self.appeal_within_days)


class GuidelineForm(Form):
    """One of `guidelines`."""

    id: Id
    text: Translated
    why: Translated
    source: Text

    def made(self) -> Guideline:
        """What policies see."""
        return Guideline(id=self.id, text=self.text, why=self.why, source=self.source)


class GuidelinesForm(Form):
    """`guidelines/guidelines.yaml`."""

    version: Annotated[int, Field(ge=1)]
    guidelines: Annotated[list[GuidelineForm], Field(min_length=1)]

    def made(self) -> Guidelines:
        """What policies see."""
        return Guidelines(version=self.version, items=tuple(item.made() for item in self.guidelines))


class ResourceForm(Form):
    """One of a library file's `resources`."""

    id: Id
    title: Translated
    summary: Translated
    url: Url | None = None
    source: Text
    kind: Annotated[str, AfterValidator(_one_of("guide", "organisation", "life-hack", "tool", "research"))]
    language: Language
    conditions: list[ConditionId] = Field(default_factory=list)
    keywords: list[Text] = Field(default_factory=list)
    reviewed: date
    reviewed_by: Text
    review_by: date

    @field_validator("review_by")
    @classmethod
    def _later(cls, value: date, info: ValidationInfo) -> date:
        reviewed = info.data.get("reviewed")
        if reviewed and value <= reviewed:
            raise _wrong(f"`review_by` ({value}) is not after `reviewed` ({reviewed}).")
        return value

    def made(self) -> Resource:
        """What policies see."""
        fields = dict(self)
        return Resource(**fields | {"conditions": tuple(self.conditions), "keywords": tuple(self.keywords)})


class LibraryForm(Form):
    """A file in `library/`."""

    resources: list[ResourceForm]


class ContactForm(Form):
    """One of a helpline's `contacts`."""

    method: Annotated[str, AfterValidator(_one_of("phone", "text", "chat", "email", "relay"))]
    dial: Annotated[Dial | None, Field(validate_default=True)] = None
    url: Annotated[str | None, Field(validate_default=True)] = None
    sms_body: str | None = None
    hours: str = ""
    languages: list[Language] = Field(default_factory=list)
    cost: str = ""

    @field_validator("dial")
    @classmethod
    def _can_be_dialled(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("method") in ("phone", "text", "relay"):
            raise _wrong(f"A contact by {info.data['method']} needs `dial`, the number to type.")
        return value

    @field_validator("url")
    @classmethod
    def _can_be_opened(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("method") in ("chat", "email"):
            raise _wrong(f"A contact by {info.data['method']} needs `url`.")
        if value is not None and not re.fullmatch(r"(https?://|mailto:)\S+\.\S+", value):
            raise _wrong(f"`{value}` is not an address.", "It starts with `https://` or `mailto:`.")
        return value

    def made(self) -> Contact:
        """What policies see."""
        return Contact(**dict(self) | {"languages": tuple(self.languages)})


class HelplineForm(Form):
    """One of a country's `helplines`."""

    id: Id
    name: Text
    kind: Annotated[
        str, AfterValidator(_one_of("crisis", "suicide", "mental-health", "child", "lgbtq", "domestic", "condition"))
    ]
    contacts: Annotated[list[ContactForm], Field(min_length=1)]
    what_happens: Translated
    source: Url
    verified_at: date
    verified_by: Text

    def made(self) -> Helpline:
        """What policies see."""
        return Helpline(**dict(self) | {"contacts": tuple(contact.made() for contact in self.contacts)})


class CountryForm(Form):
    """`helplines/<country code>.yaml`."""

    name: Translated
    names_used: list[Text] = Field(default_factory=list)
    emergency: Dial
    helplines: list[HelplineForm] = Field(default_factory=list)

    def made(self, code: str) -> Country:
        """What policies see."""
        return Country(
            code=code,
            name=self.name,
            emergency=self.emergency,
            helplines=tuple(helpline.made() for helpline in self.helplines),
            names_used=tuple(self.names_used),
        )


# Too common in names of conditions to give one away.
_COMMON = frozenset({"chronic", "condition", "disease", "disorder", "illness", "syndrome", "after", "living"})


def private_words(names: Collection[str], synonyms: Collection[str]) -> frozenset[str]:
    """What a public name may not contain: names, synonyms, and the telling words of a name.

    Case-folded, but for abbreviations such as ME, which only give something away in capitals.
    """
    words = {word if word.isupper() and len(word) <= 3 else word.casefold() for word in (*names, *synonyms) if word}
    telling = {word for name in names for word in re.findall(r"[^\W\d_]{5,}", name.casefold())}
    return frozenset(words | (telling - _COMMON))
