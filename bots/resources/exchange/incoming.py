# SPDX-License-Identifier: Apache-2.0
"""Entries that come from people whom nobody here has met: what they may be before the library's own checks see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bots.core.library import LONGEST
from bots.core.pages import public
from bots.resources.exchange.draft import KEYS, Draft

_LONGEST = {**LONGEST, "id": 80, "url": 2_000}
_LONGEST_OTHER = 500
_MOST_PARTS = 100
# Names of machines that are nobody else's.
_AT_HOME = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
# Below it are ASCII's control characters, and those of Latin-1.
_FIRST_SEEN = 0xA0
# What turns text around, so that it reads as something that it is not.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class UnfitError(ValueError):
    """An entry can't be taken. The message is for the person who looks after the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What an entry can be about in this community: the ids of its conditions and topics."""

    conditions: Collection[str]
    topics: Collection[str]


def settled(drafts: Iterable[Draft], here: Here, prefix: str = "") -> tuple[list[Draft], dict[str, str]]:
    """The entries as they can stand here; and why the others can't, by their ids (or numbers, where they have none).

    An id gets the prefix. What is about topics or conditions that are not known here is not about them here;
    an entry of which no condition is known is not taken at all: it would be shown to everybody.
    """
    good, wrong = list[Draft](), dict[str, str]()
    for draft in drafts:
        try:
            values = _settled(draft.values, here)
        except UnfitError as error:
            name = draft.values.get("id")
            named = isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST["id"]
            wrong[f"{prefix}{name}" if named else f"#{draft.line}"] = str(error)
        else:
            good.append(Draft(draft.line, {**values, "id": f"{prefix}{values['id']}"}))
    return good, wrong


def can_be_seen(text: str) -> bool:
    """Whether no character in it steers a terminal, or turns the text around."""
    steers = (ord(each) < _FIRST_SEEN and not each.isprintable() and each not in "\n\t" for each in text)
    return not any(steers) and _TURNS.isdisjoint(text)


def _settled(values: Mapping[str, Any], here: Here) -> dict[str, Any]:
    known = {key: _plain(key, values[key]) for key in KEYS if key in values}
    if not isinstance(known.get("id"), str):
        raise UnfitError("It has no id.")
    if (url := known.get("url")) is not None:
        _leads_out(url)
    for key, allowed in (("conditions", here.conditions), ("topics", here.topics)):
        said = known.pop(key, [])
        if not isinstance(said, list):
            raise UnfitError(f"`{key}` is not a list.")
        if kept := [each for each in said if each in allowed]:
            known[key] = kept
        elif said and key == "conditions":
            raise UnfitError(f"It is for {', '.join(said)}, and there is no such room here.")
    return known


def _plain(key: str, value: Any) -> Any:
    """Text, a list of texts, or a text for each language: whatever else it is, it is not taken."""
    if isinstance(value, str):
        return _text(key, value)
    if isinstance(value, list) and len(value) <= _MOST_PARTS and all(isinstance(each, str) for each in value):
        return [_text(key, each) for each in value]
    if isinstance(value, dict) and len(value) <= _MOST_PARTS and all(isinstance(each, str) for each in value.values()):
        return {_text(key, name): _text(key, each) for name, each in value.items()}
    raise UnfitError(f"`{key}` is neither text nor a list of texts.")


def _text(key: str, text: str) -> str:
    longest = _LONGEST.get(key, _LONGEST_OTHER)
    if len(text) > longest:
        raise UnfitError(f"`{key}` is too long: {longest} characters at most.")
    if not can_be_seen(text):
        raise UnfitError(f"There are characters in `{key}` that can't be seen.")
    return text


def _leads_out(url: Any) -> None:
    """Raises UnfitError where an address is not one of the public web."""
    if not isinstance(url, str):
        raise UnfitError("`url` is not text.")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise UnfitError(f"`{url}` is not a web address.") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or not url.isprintable():
        raise UnfitError(f"`{url}` is not an address of the web.")
    if not public(host) or host == "localhost" or host.endswith(_AT_HOME):
        raise UnfitError(f"`{url}` is not on the public internet.")
