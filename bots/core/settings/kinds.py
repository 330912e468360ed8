# SPDX-License-Identifier: Apache-2.0
"""The kinds of value in the community's files that are no text: ids, days, countries, addresses."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, ValidationInfo

from bots.core.documents import did_you_mean
from bots.core.settings.elsewhere import listing, slip_of
from bots.core.settings.validators import known, matching, wrong

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _condition_id(value: str, info: ValidationInfo) -> str:
    conditions = known(info).conditions
    # Where there are none, that is the mistake, and not each place that names one.
    if conditions and value not in conditions and (slip_of(value, conditions) or not _ID.fullmatch(value)):
        raise wrong(
            f"There is no condition `{value}` in community.yaml.",
            did_you_mean(value, conditions) or listing(conditions),
        )
    return value


def _topic_id(value: str, info: ValidationInfo) -> str:
    topics = known(info).topics
    if value not in topics:
        hint = did_you_mean(value, topics) or (
            f"There are: {', '.join(topics)}." if topics else "Write that file first."
        )
        raise wrong(f"There is no topic `{value}` in topics.yaml.", hint)
    return value


@cache
def country_codes() -> tuple[str, ...]:
    """The two-letter codes of countries (ISO 3166-1), lower case."""
    return tuple(code.lower() for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def _country(value: str) -> str:
    if value not in country_codes():
        hint = "The United Kingdom is `gb`." if value == "uk" else did_you_mean(value.lower(), country_codes())
        raise wrong(f"`{value}` is not the two-letter code of a country (ISO 3166).", hint)
    return value


def _has_been(value: date, info: ValidationInfo) -> date:
    if value > known(info).today:
        raise wrong(f"`{value}` has not come yet.", "Write the day on which somebody looked, or leave it out.")
    return value


# Of a day in the past: when something was checked.
Past = Annotated[date, AfterValidator(_has_been)]
Id = Annotated[
    str,
    AfterValidator(
        matching(
            _ID.pattern,
            "can't be an id.",
            "Use lower-case letters, digits and hyphens, such as `type-1-diabetes`.",
        )
    ),
]
ConditionId = Annotated[str, AfterValidator(_condition_id)]
TopicId = Annotated[str, AfterValidator(_topic_id)]
LowerCountry = Annotated[str, AfterValidator(_country)]
Url = Annotated[
    str, AfterValidator(matching(r"https?://[^\s/]+\.[^\s]+", "is not a web address.", "It starts with `https://`."))
]
PublicKey = Annotated[
    str,
    AfterValidator(
        matching(r"[A-Za-z0-9+/]{43}", "is not a public key.", "It has 43 letters and digits; its owner tells it.")
    ),
]
Dial = Annotated[
    str,
    AfterValidator(
        matching(r"[+*#]?[0-9][0-9 *#-]{1,24}", "can't be dialled.", "Digits and spaces, as one types it: `116 123`.")
    ),
]
UserId = Annotated[
    str,
    AfterValidator(
        matching(
            r"@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(:[0-9]{1,5})?",
            "is not a Matrix user id.",
            "It looks like `@ana:example.org`, in quotation marks.",
        )
    ),
]
ServerName = Annotated[
    str,
    AfterValidator(
        matching(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?", "is not a server name.", "Such as `example.org`.")
    ),
]
# What countries' telephone numbers and addresses are like, libphonenumber knows.
Region = Annotated[
    str, AfterValidator(matching(r"[A-Z]{2}", "is not the code of a country.", "Two capital letters: `GB`, `DE`."))
]
