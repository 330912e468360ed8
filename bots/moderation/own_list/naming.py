# SPDX-License-Identifier: Apache-2.0
"""What stands after `!publish`: whom it is about, and the one word why. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from bots.core.rooms.policies import About, Policy, Reason

_LINK = re.compile(r"(?:https?://matrix\.to/#/)(?P<entity>[^\s?/]+)(?:\?\S*)?")
_SHAPES = {
    About.USER: re.compile(r"@[!-9;-~]{1,200}:[0-9A-Za-z.*?\-\[\]:]{1,230}"),
    About.ROOM: re.compile(r"[!#][!-9;-~]{1,200}(:[0-9A-Za-z.*?\-\[\]:]{1,230})?"),
    About.SERVER: re.compile(r"(?=.*(\.[0-9A-Za-z*?]|:[0-9]))[0-9A-Za-z.*?\-\[\]:]{3,230}"),
}
_LONGEST = 255
# What is left of a name without its wildcards is long enough to mean somebody, and a name has few of them.
_LEAST, _MOST_WILDCARDS = 5, 4
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a moderator names, and why. `entity` is empty where they name nobody; `reason` None where it is no word."""

    entity: str = ""
    about: About = About.USER
    reason: Reason | None = None

    @property
    def policy(self) -> Policy:
        """The rule that it would be."""
        return Policy(self.about, self.entity, reason=self.reason or "")


def wanted(text: str, referred: str | None = None, *, mentioned: bool = False) -> Wanted | None:
    """`@somebody:server spam`, in either order; `referred` is who is meant where nobody is named.

    `mentioned`: they are, and what they call themselves stands in place of their name, whatever that looks like.
    Otherwise None where there is more, or anything else: nobody is to think that a sentence would be published.
    """
    words = text.split()
    reasons = [Reason(word.casefold()) for word in words if word.casefold() in list(Reason)]
    if mentioned:
        return Wanted(referred or "", About.USER, reasons[-1] if reasons else None)
    named = [found for word in words if word.casefold() not in list(Reason) and (found := _named(word)) is not None]
    if len(named) > 1 or len(reasons) > 1 or len(named) + len(reasons) != len(words):
        return None
    who = named[0] if named else Wanted(referred or "")
    return Wanted(who.entity, who.about, reasons[0] if reasons else None)


def too_wide(policy: Policy) -> bool:
    """Whether a glob says so little that it fits people whom nobody has thought of."""
    if not policy.is_glob:
        return False
    if len(_WILD.findall(policy.entity)) > _MOST_WILDCARDS:
        return True
    name, _, server = policy.entity.rpartition(":") if policy.about is not About.SERVER else ("", "", policy.entity)
    # `*.evil.example` and `@*:evil.example` name somebody's domain; `evil.*` and `*.org` name everybody's.
    labels = server.split(".")
    if len(labels) > 1 and not any(_WILD.search(label) for label in labels[-2:]):
        return False
    return len(re.findall(r"[^\W_]", name)) < _LEAST


def _named(word: str) -> Wanted | None:
    link = _LINK.fullmatch(word)
    entity = unquote(link["entity"]) if link else word
    about = next((about for about, shape in _SHAPES.items() if shape.fullmatch(entity)), None)
    if about is None or len(entity) > _LONGEST:
        return None
    name, colon, server = ("", "", entity) if about is About.SERVER else entity.partition(":")
    # Servers are known whatever the case, and written in small letters.
    return Wanted(f"{name}{colon}{server.casefold()}", about)
