# SPDX-License-Identifier: Apache-2.0
"""Links that sell, recruit, or only look like a place that the community knows. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import OSA

from bots.moderation.detectors.identity.context import words_of
from bots.moderation.passages.folding import fold

# A dot, also one that is written so that nobody sees a link: "t(.)me", "gofundme [dot] com".
_DOT = r"(?:\.|\s?[(\[{]\s?(?:\.|dot|punkt|punto|ponto|point)\s?[)\]}]\s?|\s\.\s(?=(?:com|org|net|me|gg)\b))"
# A host's names are at most 63 characters (RFC 1035), and nobody reads longer paths.
_LINK = re.compile(
    rf"(?<![\w@.-])(?P<scheme>h(?:tt|xx)ps?://)?(?P<host>(?:[^\W_][\w-]{{0,62}}{_DOT}){{1,6}}[^\W\d_]{{2,24}})"
    r"(?P<path>[/?#][^\s<>\"']{0,500})?",
    re.IGNORECASE,
)
_DOTS = re.compile(_DOT, re.IGNORECASE)
_MAY_HAVE_ONE = re.compile(r"\.|[(\[{]\s?(?:dot|punkt|punto|ponto|point)", re.IGNORECASE)
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
# Shorter names are one slip apart from too many others, or a part of them.
_SHORTEST_NAME, _LONG_NAME = 6, 8
# `co.uk`, `org.br`.
_SHORT_ENDING = 3
_TRICK, _CHANCE = 0.9, 0.6
# Known hosts have such names, and so have many that nobody would mistake for them.
_EVERYDAY = words_of(
    """
    diabetes diabete epilepsy epilepsia epilepsie asthma cancer coeliac celiac arthritis lupus crohns colitis autism
    stroke kidney migraine depression anxiety endometriosis relate online carers caregiver lifeline helpline health
    medical mental support patient patients disease pubmed accueil sanidad salud sante saude gesundheit
    """
)
# Nobody needs more of them to know what to do.
_MOST = 200
# What is no host, unless it says so.
_FILES = words_of("pdf doc docx odt txt csv xls xlsx jpg jpeg png gif webp heic mp3 mp4 mov ogg wav zip html")


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
    return tuple(found.span() for found in _LINK.finditer(text)) if _MAY_HAVE_ONE.search(text) else ()


def links(text: str, known: frozenset[str]) -> Iterator[Link]:
    """The links in a text that something is the matter with; never those to a known host itself."""
    if not _MAY_HAVE_ONE.search(text):
        return
    for found in islice(_LINK.finditer(text), _MOST):
        host = _DOTS.sub(".", found["host"].lower())
        if _within(host, known) or (found["scheme"] is None and host.rpartition(".")[2] in _FILES):
            continue
        said = _matter(host, f"{host}{(found['path'] or '').lower()}", known)
        if said:
            kind, guideline, sure = said
            yield Link(kind, guideline, found.start(), found.end(), sure)


def _matter(host: str, address: str, known: frozenset[str]) -> tuple[str, str, float] | None:
    alike = _looks_like_one(host, known)
    if alike:
        return "lookalike", "no-selling", alike
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


def _looks_like_one(host: str, known: frozenset[str]) -> float:
    """How surely it would be taken for a known host by somebody who reads it in passing.

    Surely with letters that only look like its own, or with the whole of it inside another's. Its name under another
    ending, one slip away, or beside other words may be chance, and words of every day are nobody's name.
    """
    if any(f"-{ours}-" in f"-{host.replace('.', '-')}-" for ours in _dashed(known)):
        return _TRICK
    found = 0.0
    for label in _names(host):
        skeleton, plain = _skeleton(label), label.replace("-", "")
        for name, ours in _skeletons(known):
            if skeleton == ours and plain != name:
                return _TRICK
            if name in _EVERYDAY or len(name) < _SHORTEST_NAME:
                continue
            if plain == name or (len(name) >= _LONG_NAME and _is_near(label, skeleton, ours)):
                found = _CHANCE
    return found


def _is_near(label: str, skeleton: str, ours: str) -> bool:
    inside = any(_skeleton(part) == ours for part in label.split("-"))
    return inside or skeleton.startswith(ours) or OSA.distance(skeleton, ours, score_cutoff=1) <= 1


def _names(host: str) -> list[str]:
    """What somebody called it: without its ending, as far as that can be told."""
    labels = host.removeprefix("www.").split(".")[:-1]
    return labels[:-1] if len(labels) > 1 and len(labels[-1]) <= _SHORT_ENDING else labels


@lru_cache(maxsize=16)
def _skeletons(known: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The names of known hosts, each with its skeleton."""
    hosts = (_names(host) for host in known if "." in host and "/" not in host)
    names = {names[-1].replace("-", "") for names in hosts if names}
    return tuple(sorted((name, _skeleton(name)) for name in names if len(name) >= _SHORTEST_NAME))


@lru_cache(maxsize=16)
def _dashed(known: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(host.replace(".", "-") for host in known if "." in host and "/" not in host))


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
