# SPDX-License-Identifier: Apache-2.0
"""What a page answered when it was looked at, without anything of what it says but its title. Pure."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

NOT_PUBLIC = "its address is not on the public internet"
GONE = frozenset({404, 410})
_MOVED_FOR_GOOD = frozenset({301, 308})
_LONGEST = 500
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a link answered, and when (UTC).

    `status` is the last one (None: no answer, for the reason that `trouble` gives in a few words), `permanent` the
    address that the page names instead of its own, `title` what the page calls itself.
    `not_asked` says that the site asks robots to stay away from it.
    """

    at: datetime
    status: int | None = None
    permanent: str | None = None
    title: str | None = None
    trouble: str | None = None
    not_asked: bool = False


def public(host: str) -> bool:
    """Whether an IP address (or a name that is one) is one of the public internet; a name is not judged here."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return True


def moved_for_good(statuses: Sequence[tuple[int, str]]) -> str | None:
    """Of the redirects on the way (status, where to), the address that the last permanent one in a row names."""
    address = None
    for status, where in statuses:
        if status not in _MOVED_FOR_GOOD:
            break
        address = where
    return address


def to_json(seen: Seen) -> str:
    """As text, for an outcome."""
    return json.dumps(asdict(seen), default=datetime.isoformat)


def from_json(text: str) -> Seen:
    """What `to_json` wrote."""
    value = json.loads(text)
    return Seen(**value | {"at": datetime.fromisoformat(value["at"])})


def link_in(text: str) -> tuple[str, str] | None:
    """The first web address in a text, and the text without it; None where there is none that may be looked at.

    >>> link_in("see https://example.org/a). It helped")
    ('https://example.org/a', 'see ). It helped')
    """
    found = _LINK.search(text)
    if found is None:
        return None
    url = found[0].rstrip(".,;:!?)]}'")
    rest = f"{text[: found.start()]}{text[found.start() + len(url) :]}".strip()
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.username is None and len(url) <= _LONGEST
    except ValueError:
        good = False
    return (url, rest) if good else None
