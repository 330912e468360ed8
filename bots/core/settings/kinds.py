# SPDX-License-Identifier: Apache-2.0
"""The kinds of value in the community's files: text, ids, languages, names that everybody can read, addresses.

A `Known` is handed to every validator, so that mistakes that need another file are found with all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

import re2
from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bots.core.community import WATCHED_BY
from bots.core.documents import did_you_mean, nearest


@dataclass(frozen=True, slots=True)
class Known:
    """What the other files say: languages, ids of conditions and topics, and the words a public name may not contain.

    `today` is the last day on which something can have happened.
    """

    languages: tuple[str, ...]
    default_language: str
    conditions: tuple[str, ...]
    private_words: frozenset[str]
    today: date = date.max
    topics: tuple[str, ...] = ()


def _known(info: ValidationInfo) -> Known:
    assert isinstance(info.context, Known)
    return info.context


def wrong(message: str, hint: str | None = None) -> PydanticCustomError:
    """What a validator raises: a finding that is already in plain words."""
    return PydanticCustomError("kithroom", "{message}", {"message": message, "hint": hint})


def matching(pattern: str, message: str, hint: str) -> Callable[[str], str]:
    """A validator for text that is wholly `pattern`; `message` goes on after the text itself."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"`{value}` {message}", hint)
        return value

    return check


# What people write for a setting that is `on` or `off`.
_SWITCH = {"yes": "on", "true": "on", "no": "off", "false": "off", "none": "off"}


def one_of(*allowed: str) -> Callable[[str], str]:
    """A validator for one of `allowed`."""

    def check(value: str) -> str:
        if value not in allowed:
            choices = ", ".join(f"`{choice}`" for choice in allowed)
            switch = _SWITCH.get(value.casefold(), "")
            meant = f"Did you mean `{switch}`?" if switch in allowed else did_you_mean(value, allowed)
            raise wrong(f"`{value}` is not one of {choices}.", meant)
        return value

    return check


@cache
def _language_names() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) <= 3}


def _language(code: str) -> str:
    try:
        if re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", code):
            Locale.parse(code, sep="-")
            return code
    except (UnknownLocaleError, ValueError):
        pass
    names = _language_names()
    meant = names.get(code.casefold()) or names.get(nearest(code, tuple(names)) or "")
    hint = f"Did you mean `{meant}`?" if meant and meant != code else "Write a code such as `en`, `de` or `pt-BR`."
    raise wrong(f"`{code}` is not a language code.", hint)


def is_language(value: str) -> bool:
    """Whether this is a language's code."""
    try:
        return bool(_language(value))
    except PydanticCustomError:
        return False


def _condition_id(value: str, info: ValidationInfo) -> str:
    conditions = _known(info).conditions
    # Where there are none, that is the mistake, and not each place that names one.
    if conditions and value not in conditions:
        raise wrong(
            f"There is no condition `{value}` in community.yaml.",
            did_you_mean(value, conditions) or f"There are: {', '.join(conditions)}.",
        )
    return value


def _topic_id(value: str, info: ValidationInfo) -> str:
    topics = _known(info).topics
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


def _neutral(value: str, info: ValidationInfo) -> str:
    for word in sorted(_known(info).private_words):
        said = value if word.isupper() else value.casefold()
        # Hundreds of words in five languages: no pattern is made for those that are not in there at all.
        if word in said and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said):
            raise wrong(
                f"`{value}` gives away what the room is about (`{word}`), and names and topics are never encrypted.",
                "Choose a neutral one, such as `Harbour`; members are told in private which room is whose.",
            )
    return value


def _in_use(code: str, info: ValidationInfo) -> str:
    languages = _known(info).languages
    if code not in languages:
        raise wrong(
            f"`{code}` is not one of the community's languages ({', '.join(languages)}).", "Add it to `languages`."
        )
    return code


def _texts(value: Any, info: ValidationInfo) -> Any:
    return {_known(info).default_language: value} if isinstance(value, str) else value


def _said_everywhere(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    known = _known(info)
    for code in value:
        # What is there in a language that is not spoken here (yet, or any more) harms nobody.
        if code not in known.languages and not is_language(code):
            raise wrong(
                f"`{code}` is not one of the community's languages ({', '.join(known.languages)}).",
                "Add it to `languages`, or take this text out.",
            )
    if known.default_language not in value:
        raise wrong(f"The text in `{known.default_language}`, the default language, is missing.")
    return value


def _synonyms(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, str):
        raise wrong("This should be a list.", "Put each word in a line that starts with a dash.")
    return {_known(info).default_language: value} if isinstance(value, list) else value


def once(value: list[str]) -> list[str]:
    """A validator for a list in which nothing is twice."""
    for entry in value:
        if value.count(entry) > 1:
            raise wrong(f"`{entry}` is here twice.", "Keep one of them.")
    return value


def _has_been(value: date, info: ValidationInfo) -> date:
    if value > _known(info).today:
        raise wrong(f"`{value}` has not come yet.", "Write the day on which somebody looked, or leave it out.")
    return value


Text = Annotated[str, Field(min_length=1)]
# Of a day in the past: when something was checked.
Past = Annotated[date, AfterValidator(_has_been)]
Id = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z0-9]+(-[a-z0-9]+)*",
            "can't be an id.",
            "Use lower-case letters, digits and hyphens, such as `type-1-diabetes`.",
        )
    ),
]
Language = Annotated[str, AfterValidator(_language)]
SpokenHere = Annotated[Language, AfterValidator(_in_use)]
ConditionId = Annotated[str, AfterValidator(_condition_id)]
TopicId = Annotated[str, AfterValidator(_topic_id)]
LowerCountry = Annotated[str, AfterValidator(_country)]
PublicName = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(_neutral)]
Translated = Annotated[dict[str, Text], BeforeValidator(_texts), AfterValidator(_said_everywhere)]
WordLists = Annotated[dict[Language, list[Text]], BeforeValidator(_synonyms)]
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
# A detector or a policy, by the name that its findings and actions carry.
RuleName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z0-9_-]+(\.[a-z0-9_-]+)*",
            "can't be a detector or a policy.",
            "Their names are such as `identity.email`; see bots/moderation/README.md.",
        )
    ),
]
ServerName = Annotated[
    str,
    AfterValidator(
        matching(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?", "is not a server name.", "Such as `example.org`.")
    ),
]


# Too common in names of conditions to give one away.
_COMMON = frozenset({"chronic", "condition", "disease", "disorder", "illness", "syndrome", "after", "living"})


def private_words(names: Collection[str], synonyms: Collection[str]) -> frozenset[str]:
    """What a public name may not contain: names, synonyms, and the telling words of a name.

    Case-folded, but for abbreviations such as ME, which only give something away in capitals.
    """
    words = {word if word.isupper() and len(word) <= 3 else word.casefold() for word in (*names, *synonyms) if word}
    telling = {word for name in names for word in re.findall(r"[^\W\d_]{5,}", name.casefold())}
    return frozenset(words | (telling - _COMMON))


# What countries' telephone numbers and addresses are like, libphonenumber knows.
Region = Annotated[
    str, AfterValidator(matching(r"[A-Z]{2}", "is not the code of a country.", "Two capital letters: `GB`, `DE`."))
]
_LONGEST_PATTERN = 300
_PATTERN_MEMORY = 1 << 20


def _detector(value: str) -> str:
    family = value.partition(".")[0]
    if family not in WATCHED_BY or not re.fullmatch(r"[a-z]+(\.[a-z_]+)*", value):
        hint = did_you_mean(family, list(WATCHED_BY)) or f"There are: {', '.join(WATCHED_BY)}."
        raise wrong(f"No detector is called `{value}`.", hint)
    return value


def _pattern(value: str) -> str:
    if len(value) > _LONGEST_PATTERN:
        raise wrong(f"This pattern is too long: {_LONGEST_PATTERN} characters at most.", "Make two of it.")
    options = re2.Options()
    options.max_mem, options.log_errors = _PATTERN_MEMORY, False
    try:
        compiled = re2.compile(value, options)
    except re2.error as error:
        told = error.args[0]
        why = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise wrong(
            f"`{value}` is not a pattern: {why}.", "Patterns are RE2's: github.com/google/re2/wiki/Syntax."
        ) from None
    if compiled.search("") is not None:
        raise wrong(
            f"`{value}` is found in everything, even where nothing is written.", "Ask for a character at least."
        )
    return value


DetectorName = Annotated[str, AfterValidator(_detector)]
OwnWord = Annotated[str, Field(min_length=2, max_length=80)]
# A pattern that can neither take long nor much memory, whatever it is held against.
OwnPattern = Annotated[str, AfterValidator(_pattern)]
