# SPDX-License-Identifier: Apache-2.0
"""The shape of the files in `helplines/`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from bots.core.community import Contact, Country, Helpline
from bots.core.settings.forms import Form, day_and_name
from bots.core.settings.kinds import Dial, Id, Past, Url
from bots.core.settings.text_kinds import Language, Text, Translated
from bots.core.settings.validators import one_of, wrong


class ContactForm(Form):
    """One of a helpline's `contacts`."""

    method: Annotated[str, AfterValidator(one_of("phone", "text", "chat", "email", "relay"))]
    dial: Annotated[Dial | None, Field(validate_default=True)] = None
    url: Annotated[str | None, Field(validate_default=True)] = None
    sms_body: str | None = None
    hours: Translated = Field(default_factory=dict)
    languages: list[Language] = Field(default_factory=list)
    cost: str = ""

    @field_validator("dial")
    @classmethod
    def _can_be_dialled(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("method") in ("phone", "text", "relay"):
            raise wrong(f"A contact by {info.data['method']} needs `dial`, the number to type.")
        return value

    @field_validator("url")
    @classmethod
    def _can_be_opened(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("method") in ("chat", "email"):
            raise wrong(f"A contact by {info.data['method']} needs `url`.")
        if value is not None and not re.fullmatch(r"(https?://|mailto:)\S+\.\S+", value):
            raise wrong(f"`{value}` is not an address.", "It starts with `https://` or `mailto:`.")
        return value

    def made(self) -> Contact:
        """What policies see."""
        return Contact(**dict(self) | {"languages": tuple(self.languages)})


class HelplineForm(Form):
    """One of a country's `helplines`."""

    id: Id
    name: Text
    kind: Annotated[
        str, AfterValidator(one_of("crisis", "suicide", "mental-health", "child", "lgbtq", "domestic", "condition"))
    ]
    contacts: Annotated[list[ContactForm], Field(min_length=1)]
    what_happens: Translated
    source: Url
    verified_at: Past | None = None
    verified_by: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("verified_by")
    @classmethod
    def _both_or_none(cls, value: str | None, info: ValidationInfo) -> str | None:
        return day_and_name(value, info, "verified_at")

    def made(self, noted: date | None) -> Helpline:
        """What policies see."""
        contacts = tuple(contact.made() for contact in self.contacts)
        return Helpline(**dict(self) | {"contacts": contacts, "noted": noted})


class CountryForm(Form):
    """`helplines/<country code>.yaml`."""

    name: Translated
    names_used: list[Text] = Field(default_factory=list)
    emergency: Dial
    noted: Past | None = None
    helplines: list[HelplineForm] = Field(default_factory=list)

    @field_validator("helplines")
    @classmethod
    def _has_an_age(cls, value: list[HelplineForm], info: ValidationInfo) -> list[HelplineForm]:
        # Without one, a number would be given to people in need for ever. A wrong date is told where it is.
        if info.data.get("noted", date.min) is None and (never := [line.id for line in value if not line.verified_at]):
            raise wrong(
                f"Nobody has checked {', '.join(f'`{each}`' for each in never)}, and there is no `noted`.",
                "Write the day on which these lines were written down, as `noted: 2026-11-26` above `helplines`.",
            )
        return value

    def made(self, code: str) -> Country:
        """What policies see."""
        return Country(
            code=code,
            name=self.name,
            emergency=self.emergency,
            helplines=tuple(helpline.made(self.noted) for helpline in self.helplines),
            names_used=tuple(self.names_used),
        )
