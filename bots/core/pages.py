# SPDX-License-Identifier: Apache-2.0
"""What a page answered when it was looked at, without anything of what it says but its title. Pure."""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

NOT_PUBLIC = "its address is not on the public internet"
NO_CONNECTION = "no connection"
GONE = frozenset({404, 410})
_MOVED_FOR_GOOD = frozenset({301, 308})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_FINE = range(200, 300)
_LONGEST = 500
# What pages call themselves that answer "200 OK", and are none; folded.
_NO_PAGE = re.compile(
    r"^(not found|nicht gefunden|404)\b|\b(404 error|error 404|page (was )?(not|can.t be|cannot be) found"
    r"|page (does not|doesn.t) exist|page (is )?no longer available|seite (wurde |konnte )?nicht gefunden"
    r"|page (introuvable|non trouvee)|pagina no encontrada|pagina nao encontrada"
    r"|domain (name )?(is )?for sale|buy this domain|domain parked|parked domain)\b"
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a link answered, and when (UTC).

    `status` is the last one (None: no answer, for the reason that `trouble` gives in a few words), `permanent` the
    address that the page names instead of its own, `landed` the one at the end of all redirects (None: there were
    none), `title` what the page calls itself. `not_asked` says that the site asks robots to stay away from it.
    Two are remembered from one look to the next (`remembering`): `since` when it has not answered as a page should,
    and what it was `known_as` when somebody last said that it is the right one.
    """

    at: datetime
    status: int | None = None
    permanent: str | None = None
    landed: str | None = None
    title: str | None = None
    trouble: str | None = None
    not_asked: bool = False
    since: datetime | None = None
    known_as: str | None = None

    @property
    def answered(self) -> bool:
        """Whether there was a page, or good reason not to ask for one."""
        return self.not_asked or self.status in _FINE


def remembering(seen: Seen, before: Seen | None, read: date | None) -> Seen:
    """What was seen, with what is known from `before`; `read` is the day on which somebody last read the page.

    Since a page can change under its address, its name is the one that it had when somebody last read it, or else
    when it was first looked at: a look does not make another page the right one.
    """
    since = None if seen.answered else (before.since if before is not None else None) or seen.at
    if before is None:
        known_as = seen.title
    elif read is not None and before.title is not None and read >= before.at.date():
        known_as = before.title
    else:
        known_as = before.known_as or before.title or seen.title
    return replace(seen, since=since, known_as=known_as)


def calls_itself_none(title: str | None) -> bool:
    """Whether what answers is no page by its own title: it was not found, or the site is for sale."""
    return title is not None and _NO_PAGE.search(folded(title)) is not None


def folded(text: str) -> str:
    """A text without capitals, accents and needless spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def public(host: str) -> bool:
    """Whether an IP address (or a name that is one) is one of the public internet; a name is not judged here.

    It is one however its digits and dots are written ("①②⑦。0。0。1"), and an address that wraps another is
    judged by the other, too.
    """
    plain = unicodedata.normalize("NFKC", host.strip("[]")).replace("\u3002", ".")
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return True
    wrapped = _wrapped(address)
    return address.is_global and not address.is_multicast and (wrapped is None or public(str(wrapped)))


def _wrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which some gateway may lead what is sent to this one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo is not None else None)


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
    return from_object(json.loads(text))


def from_object(value: Mapping[str, Any]) -> Seen:
    """What stands in such a text. Raises ValueError, TypeError, KeyError and AttributeError for anything else."""
    since = value.get("since")
    when = {"at": datetime.fromisoformat(value["at"]), "since": datetime.fromisoformat(since) if since else None}
    return Seen(**{**value, **when})


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
