# SPDX-License-Identifier: Apache-2.0
"""The kinds of text in the community's files: in which languages it is, and what a name that all can read may say."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bots.core.documents import nearest
from bots.core.settings.validators import known, wrong


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


def _in_use(code: str, info: ValidationInfo) -> str:
    languages = known(info).languages
    if code not in languages:
        raise wrong(
            f"`{code}` is not one of the community's languages ({', '.join(languages)}).", "Add it to `languages`."
        )
    return code


def _texts(value: Any, info: ValidationInfo) -> Any:
    return {known(info).default_language: value} if isinstance(value, str) else value


def _said_everywhere(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    told = known(info)
    for code in value:
        # What is there in a language that is not spoken here (yet, or any more) harms nobody.
        if code not in told.languages and not is_language(code):
            raise wrong(
                f"`{code}` is not one of the community's languages ({', '.join(told.languages)}).",
                "Add it to `languages`, or take this text out.",
            )
    if told.default_language not in value:
        raise wrong(f"The text in `{told.default_language}`, the default language, is missing.")
    return value


def _synonyms(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, str):
        raise wrong("This should be a list.", "Put each word in a line that starts with a dash.")
    return {known(info).default_language: value} if isinstance(value, list) else value


def _neutral(value: str, info: ValidationInfo) -> str:
    for word in sorted(known(info).private_words):
        said = value if word.isupper() else value.casefold()
        # Hundreds of words in five languages: no pattern is made for those that are not in there at all.
        if word in said and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said):
            raise wrong(
                f"`{value}` gives away what the room is about (`{word}`), and names and topics are never encrypted.",
                "Choose a neutral one, such as `Harbour`; members are told in private which room is whose.",
            )
    return value


def no_longer_than(most: int) -> Callable[[dict[str, str]], dict[str, str]]:
    """A validator for texts of `most` characters, in each language."""

    def check(value: dict[str, str]) -> dict[str, str]:
        for code, text in value.items():
            if len(text) > most:
                raise wrong(
                    f"In `{code}` it has {len(text):,} characters; {most:,} are read.", "Say it in fewer words."
                )
        return value

    return check


Text = Annotated[str, Field(min_length=1)]
Language = Annotated[str, AfterValidator(_language)]
SpokenHere = Annotated[Language, AfterValidator(_in_use)]
Translated = Annotated[dict[str, Text], BeforeValidator(_texts), AfterValidator(_said_everywhere)]
WordLists = Annotated[dict[Language, list[Text]], BeforeValidator(_synonyms)]
PublicName = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(_neutral)]
# Too common in names of conditions to give one away.
_COMMON = frozenset({"chronic", "condition", "disease", "disorder", "illness", "syndrome", "after", "living"})


def private_words(names: Collection[str], synonyms: Collection[str]) -> frozenset[str]:
    """What a public name may not contain: names, synonyms, and the telling words of a name.

    Case-folded, but for abbreviations such as ME, which only give something away in capitals.
    """
    words = {word if word.isupper() and len(word) <= 3 else word.casefold() for word in (*names, *synonyms) if word}
    telling = {word for name in names for word in re.findall(r"[^\W\d_]{5,}", name.casefold())}
    return frozenset(words | (telling - _COMMON))
