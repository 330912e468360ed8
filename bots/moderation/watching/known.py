# SPDX-License-Identifier: Apache-2.0
"""The numbers and addresses of the community's own helplines and library: naming them gives nobody away. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bots.core.community import Community, Contact

_LINK = re.compile(r"https?://[^\s)>\]]+|(?<=mailto:)[^\s?]+@[^\s?]+")


def known_of(community: Community) -> frozenset[str]:
    """Numbers as digits only; hosts in lower case, without `www.`; and pages as host and path."""
    return frozenset(_all(community))


def _all(community: Community) -> Iterator[str]:
    for country in community.countries:
        yield from _digits(country.emergency)
        for line in country.helplines:
            yield from _page(line.source)
            for contact in line.contacts:
                yield from _contact(contact)
    for entry in community.library:
        for text in (entry.url or "", *entry.source.values(), *entry.summary.values()):
            yield from _page(text)
            for number in re.findall(r"\+?\d[\d ()-]{5,}\d", text):
                yield from _digits(number)
    if community.door is not None:
        yield from _page(community.door)


def _contact(contact: Contact) -> Iterator[str]:
    if contact.dial is not None:
        yield from _digits(contact.dial)
    if contact.url is not None:
        yield from _page(contact.url)


def _digits(number: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", number)
    if digits:
        yield digits


def _page(text: str) -> Iterator[str]:
    for link in _LINK.findall(text):
        host = (urlsplit(link).hostname or link.rpartition("@")[2]).removeprefix("www.").lower()
        if host:
            yield host
            yield f"{host}{urlsplit(link).path}".rstrip("/").lower()
