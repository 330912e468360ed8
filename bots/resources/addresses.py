# SPDX-License-Identifier: Apache-2.0
"""Where members are sent, and what is there by now: dead, moved, or something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from bots.core.community import Community
from bots.core.library import Resource
from bots.core.pages import GONE, Seen, calls_itself_none, folded
from bots.resources.finding.words import stop_words, words_of
from bots.resources.upkeep import Finding, Weight, page_of

# A page that has not answered for so long is no page, for members.
_LONG_AWAY = timedelta(days=6)
# A page whose title shares fewer of its words with what it was called before is another page.
_LEAST_SHARED = 0.3
_WORD = re.compile(r"\w{3,}")
# Words are taken for the same that begin alike: "diabetic" and "diabetes".
_ALIKE = 5
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Leads:
    """An address that members get, from the entry or the helpline `where`; `read` is when somebody last read it.

    `about` is how words begin of which the page's title should have one (none: any title will do), `idle` how those
    do that say nothing of it: common ones, and the name of its site.
    """

    where: str
    url: str
    read: date | None
    about: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()


def leads(community: Community) -> Iterator[Leads]:
    """Every web address that members get: of the library's entries, and of the helplines."""
    nothing = _beginnings(stop_words(community.languages))
    names = {
        **{each.id: tuple(each.name.values()) for each in community.conditions},
        **{each.id: tuple(each.name.values()) for each in community.topics},
    }
    for entry in community.library:
        if entry.url is not None:
            subjects = [name for each in (*entry.conditions, *entry.topics) for name in names.get(each, ())]
            yield _leads(entry, entry.url, subjects, nothing)
    for country in community.countries:
        for line in country.helplines:
            urls = (line.source, *(contact.url for contact in line.contacts if contact.url))
            for url in dict.fromkeys(url for url in urls if url.startswith(("http://", "https://"))):
                yield Leads(f"{country.code}/{line.id}", url, line.verified_at)


def judged(addresses: Iterable[Leads], seen: Mapping[str, Seen]) -> Iterator[Finding]:
    """What is to be done about what the addresses answered; each address stands on a line of its own."""
    for each in addresses:
        if each.url in seen and (said := _of(each, seen[each.url])) is not None:
            weight, sentence = said
            yield Finding(weight, each.where, f"{sentence}\n{each.url}")


def _leads(entry: Resource, url: str, subjects: Iterable[str], nothing: frozenset[str]) -> Leads:
    titles = _beginnings(entry.title.values()) - nothing
    site = _beginnings((*entry.source.values(), (urlsplit(url).hostname or "").replace("-", " ")))
    about = titles | (_beginnings((*entry.summary.values(), *entry.keywords, *subjects)) - nothing)
    # Where an organisation is what is said of the page, its name is enough.
    return Leads(entry.id, url, entry.reviewed, about, nothing | site if titles - site else nothing)


def _beginnings(texts: Iterable[str]) -> frozenset[str]:
    words = (word for text in texts for word in words_of(text))
    return frozenset(word[:_ALIKE] for word in words if len(word) >= _SHORTEST)


def _of(page: Leads, seen: Seen) -> tuple[Weight, str] | None:
    url = page.url
    if seen.not_asked:
        return Weight.KNOW, "The site asks robots to stay away. Open it yourself:"
    if seen.status in GONE:
        return Weight.WRONG, f"The page is gone ({seen.status}). Find where it went, or take it out:"
    if not seen.answered:
        why = seen.trouble or f"it answered {seen.status}"
        if seen.since is not None and seen.at - seen.since >= _LONG_AWAY:
            return Weight.WRONG, f"Since {seen.since:%Y-%m-%d} the page can't be looked at ({why}). Open it yourself:"
        return Weight.SOON, f"The page could not be looked at ({why}). Open it yourself:"
    if calls_itself_none(seen.title):
        return Weight.WRONG, f"What answers is no page, and calls itself “{seen.title}”:"
    if _is_another(seen.title, seen.known_as):
        return Weight.WRONG, (
            f"It was “{seen.known_as}”, and is called “{seen.title}” now. Is it still what is said of it? "
            "If so, write today into `reviewed` (of a helpline: `verified_at`):"
        )
    if _is_the_front_page(url, seen.landed):
        return Weight.SOON, f"It leads to the front page of {urlsplit(seen.landed or '').netloc} now:"
    if seen.permanent is not None and page_of(seen.permanent) != page_of(url):
        return Weight.SOON, f"The page has moved for good, to {seen.permanent} from"
    if page.read is None and _is_strange(seen.title, page):
        return Weight.SOON, (
            f"It calls itself “{seen.title}”, and what the library says of it has none of these words. "
            "Is it the right page? If so, write today into `reviewed`:"
        )
    return None


def _is_another(title: str | None, before: str | None) -> bool:
    now, then = (set(_WORD.findall(folded(text or ""))) for text in (title, before))
    return bool(now and then) and len(now & then) / len(now | then) < _LEAST_SHARED


def _is_strange(title: str | None, page: Leads) -> bool:
    """Whether a page that nobody here has read yet shares no word with what is said of it: it may always have been so.

    What a title says besides the name of its site is what counts; a title that is that name alone says nothing.
    """
    said = _beginnings((title or "",)) - page.idle
    return bool(said and page.about) and said.isdisjoint(page.about)


def _is_the_front_page(url: str, landed: str | None) -> bool:
    """Whether an address inside a site leads to its beginning: so sites answer for pages that they took away."""
    if landed is None:
        return False
    there = urlsplit(landed)
    return urlsplit(url).path.strip("/") != "" and there.path.strip("/") == "" and not there.query
