# SPDX-License-Identifier: Apache-2.0
"""Links that sell, recruit, or only look like a place that the community knows. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bots.moderation.passages.folding import fold

# A host's names are at most 63 characters (RFC 1035), and nobody reads longer paths.
_LINK = re.compile(
    r"(?<![\w@.-])(?P<scheme>https?://)?(?P<host>(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24})(?P<path>[/?#][^\s<>\"']{0,500})?",
    re.IGNORECASE,
)
_INVITES = re.compile(
    r"(?:discord\.gg|discord(?:app)?\.com/invite|chat\.whatsapp\.com|t\.me|telegram\.(?:me|dog)|signal\.group|wa\.me"
    r"|join\.skype\.com|(?:www\.|m\.)?facebook\.com/groups|fb\.me|kik\.me|snapchat\.com/add|invite\.viber\.com)(?:/|$)"
)
_FUNDRAISERS = re.compile(
    r"(?:www\.)?(?:gofundme\.com|gofund\.me|justgiving\.com|leetchi\.com|betterplace\.(?:org|me)|vakinha\.com\.br|fundly\.com"
    r"|givesendgo\.com|ko-fi\.com|buymeacoffee\.com|patreon\.com|paypal\.me|cash\.app|venmo\.com|lepotcommun\.fr|ulule\.com"
    r"|kickstarter\.com|indiegogo\.com|crowdfunder\.co\.uk|onlyfans\.com)(?:/|$)"
)
_SURVEYS = re.compile(
    r"(?:forms\.gle|docs\.google\.com/forms|(?:[\w-]+\.)?surveymonkey\.com|(?:[\w-]+\.)?qualtrics\.com|(?:[\w-]+\.)?typeform\.com"
    r"|(?:[\w-]+\.)?limesurvey\.(?:org|net)|(?:[\w-]+\.)?onlinesurveys\.ac\.uk|redcap\.[\w.-]+|(?:[\w-]+\.)?jotform\.com)(?:/|$)"
)
_AFFILIATE = re.compile(
    r"[?&](?:ref|refid|referral|referrer|aff|aff_?id|affiliate|coupon|promo|discount|tag|partner)=|/(?:ref|aff|referral|invite)/"
)
_SHORTENERS = frozenset(
    ("bit.ly", "tinyurl.com", "goo.gl", "cutt.ly", "rb.gy", "is.gd", "shorturl.at", "ow.ly", "rebrand.ly")
)
# What looks alike in most typefaces, within plain letters and digits.
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("3", "e"), ("-", ""))
# Shorter names are one slip apart from too many others.
_SHORTEST_NAME = 6


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link stands in the text, and what is the matter with it."""

    kind: str
    guideline: str
    start: int
    end: int
    confidence: float


def places(text: str) -> tuple[tuple[int, int], ...]:
    """Where links begin and end, wherever they lead: the words in them are nobody's."""
    return tuple(found.span() for found in _LINK.finditer(text)) if "." in text else ()


def links(text: str, known: frozenset[str]) -> Iterator[Link]:
    """The links in a text that something is the matter with; never those to a known host itself."""
    if "." not in text:
        return
    for found in _LINK.finditer(text):
        host = found["host"].lower()
        if _within(host, known):
            continue
        said = _matter(host, f"{host}{(found['path'] or '').lower()}", known)
        if said:
            kind, guideline, sure = said
            yield Link(kind, guideline, found.start(), found.end(), sure)


def _matter(host: str, address: str, known: frozenset[str]) -> tuple[str, str, float] | None:
    if _looks_like_one(host, known):
        return "lookalike", "no-selling", 0.9
    if _INVITES.match(address):
        return "invite", "no-selling", 0.7
    if _FUNDRAISERS.match(address):
        return "fundraising", "no-selling", 0.8
    if _SURVEYS.match(address):
        return "research", "confidential", 0.7
    if _AFFILIATE.search(address):
        return "advert", "no-selling", 0.7
    if host in _SHORTENERS:
        return "hidden", "no-selling", 0.4
    return None


def _within(host: str, known: frozenset[str]) -> bool:
    """Whether it is a known host, or a part of one."""
    labels = host.split(".")
    return any(".".join(labels[at:]) in known for at in range(len(labels) - 1))


def _looks_like_one(host: str, known: frozenset[str]) -> bool:
    """Whether it would be taken for a known host by somebody who reads it in passing."""
    ours = _skeletons(known)
    labels = host.removeprefix("www.").split(".")
    for label in labels[:-1]:
        skeleton = _skeleton(label)
        for name in ours:
            if skeleton == name or (len(name) >= _SHORTEST_NAME and OSA.distance(skeleton, name, score_cutoff=1) <= 1):
                return True
            # `nhs-uk-help.example`: a known name inside another's.
            if len(name) >= _SHORTEST_NAME and name in skeleton:
                return True
    return False


@lru_cache(maxsize=16)
def _skeletons(known: frozenset[str]) -> tuple[str, ...]:
    hosts = (host.removeprefix("www.").split(".")[0] for host in known if "." in host)
    return tuple(sorted({_skeleton(name) for name in hosts if len(name) >= _SHORTEST_NAME}))


def _skeleton(label: str) -> str:
    if label.startswith("xn--"):
        try:
            label = label.encode("ascii").decode("idna")
        except UnicodeError:
            return label
    alike = fold(label)[0]
    for like, plain in _ALIKE:
        alike = alike.replace(like, plain)
    return alike
