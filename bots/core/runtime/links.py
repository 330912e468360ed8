# SPDX-License-Identifier: Apache-2.0
"""Asks pages whether they are still there: politely, and nothing on this machine or its network.

One page of a site at a time with a pause between, after the site's robots.txt, and after that of each site to which it
leads; what answered within a week is not asked again. Of a page only its beginning is read, for its title.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bots.core.pages import NO_CONNECTION, NOT_PUBLIC, Seen, moved_for_good, public
from bots.core.runtime.clock import Clock

AGENT = "KithroomLinks/1"
FRESH = timedelta(days=7)
PAUSE = timedelta(seconds=2)
# As long as that one waits for a site that asks for longer pauses.
LONGEST_PAUSE = timedelta(minutes=1)
_SITES_AT_ONCE = 8
_MOST_REDIRECTS = 5
_BEGINNING = 65_536
_LONGEST_TITLE = 200
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_FAILS = 500


class NotPublicError(OSError):
    """An address that is not one of the public internet: nothing there is asked."""


class InCirclesError(OSError):
    """An address that leads to another, and that to another, without end."""


class _UnwelcomeError(Exception):
    """A site asks robots to stay away from an address."""


class _NoRulesError(Exception):
    """A site can't say what it asks of robots."""


async def _at_once(_url: str) -> None:
    """Nothing is to be found out before an address is asked."""


@asynccontextmanager
async def followed(
    session: aiohttp.ClientSession,
    url: str,
    way: list[tuple[int, str]],
    allowed: Callable[[str], bool] = public,
    welcome: Callable[[str], Awaitable[None]] = _at_once,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer at the end of all redirects: each address on the way is looked at before it is asked.

    Each redirect (its status, where to) goes on `way`. `allowed` says which hosts may be asked, and `welcome` raises
    where an address should not be. Raises NotPublicError, InCirclesError, and what aiohttp and `welcome` raise.
    """
    here = url
    for _ in range(_MOST_REDIRECTS + 1):
        # What is judged is what is asked: the address as the client reads it, whatever its letters look like.
        asked = URL(here)
        if asked.scheme not in ("http", "https") or not asked.raw_host or not allowed(asked.raw_host):
            raise NotPublicError(here)
        await welcome(here)
        async with session.get(asked, allow_redirects=False) as answer:
            where = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not where:
                yield answer
                return
        here = urljoin(here, where)
        way.append((answer.status, here))
    raise InCirclesError(url)


class PublicResolver(AbstractResolver):
    """The system's resolver, whose answers are believed as far as they are public: checked where it connects."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The public addresses of a name. Raises NotPublicError when it has none."""
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]  # an int, whatever it is called
        allowed = [each for each in found if public(each["host"])]
        if not allowed:
            raise NotPublicError(f"{host} is not on the public internet")
        return allowed

    async def close(self) -> None:
        """Let go."""
        await self._inner.close()


class Links:
    """Looks at pages. `clock` tells the time and pauses; `session` is closed by whoever made it."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._robots: dict[str, RobotFileParser] = {}

    async def look(
        self,
        urls: Iterable[str],
        known: Mapping[str, Seen],
        looked: Callable[[str, Seen], object] = lambda _url, _seen: None,
    ) -> dict[str, Seen]:
        """What each address answers, or answered within the last week; one that did not answer is asked again.

        `looked` is told of each as soon as it is known.
        """
        sites: dict[str, list[str]] = defaultdict(list)
        for url in dict.fromkeys(urls):
            sites[urlsplit(url).netloc].append(url)
        free = asyncio.Semaphore(_SITES_AT_ONCE)
        seen: dict[str, Seen] = {}

        async def site(pages: list[str]) -> None:
            async with free:
                asked = False
                for url in pages:
                    last = known.get(url)
                    if last is not None and last.answered and self._clock.now() - last.at < FRESH:
                        seen[url] = last
                    else:
                        if asked:
                            await self._clock.sleep_until(self._clock.now() + self._pause(url))
                        seen[url], asked = await self._page(url), True
                    looked(url, seen[url])

        await asyncio.gather(*map(site, sites.values()))
        return seen

    async def _page(self, url: str) -> Seen:
        now = self._clock.now()
        try:
            return replace(await self._ask(url), at=now)
        except _UnwelcomeError:
            return Seen(at=now, not_asked=True)
        except _NoRulesError:
            return Seen(at=now, trouble="its robots.txt can't be read now")
        except NotPublicError:
            return Seen(at=now, trouble=NOT_PUBLIC)
        except TimeoutError:
            return Seen(at=now, trouble="it did not answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            private = isinstance(error.__cause__, NotPublicError) or isinstance(
                getattr(error, "os_error", None), NotPublicError
            )
            trouble = NOT_PUBLIC if private else NO_CONNECTION
            return Seen(at=now, trouble=trouble)

    async def _ask(self, url: str) -> Seen:
        way = list[tuple[int, str]]()
        try:
            async with followed(self._session, url, way, welcome=self._welcome) as answer:
                title = _title(await answer.content.read(_BEGINNING)) if answer.status == _OK else None
                return Seen(
                    at=self._clock.now(),
                    status=answer.status,
                    permanent=moved_for_good(way),
                    landed=way[-1][1] if way else None,
                    title=title,
                )
        except InCirclesError:
            return Seen(at=self._clock.now(), trouble="it leads in circles")

    async def _welcome(self, url: str) -> None:
        rules = await self._rules(url)
        if rules is None:
            raise _NoRulesError
        if not rules.can_fetch(AGENT, url):
            raise _UnwelcomeError

    async def _rules(self, url: str) -> RobotFileParser | None:
        """What the site's robots.txt says (RFC 9309); where there is none, all is allowed.

        None where the site fails at it: it may say anything, and so nothing is asked.
        """
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._robots:
            text = ""
            try:
                async with followed(self._session, f"{root}/robots.txt", []) as answer:
                    if answer.status >= _FAILS:
                        return None
                    if answer.status == _OK:
                        text = (await answer.content.read(_BEGINNING)).decode("utf-8", "replace")
            except InCirclesError:
                pass
            rules = RobotFileParser()
            rules.parse(text.splitlines())
            self._robots[root] = rules
        return self._robots[root]

    def _pause(self, url: str) -> timedelta:
        """How long to wait before the next page of this site: longer, where its robots.txt asks for that."""
        parts = urlsplit(url)
        rules = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        wished = float(rules.crawl_delay(AGENT) or 0) if rules is not None else 0
        return max(PAUSE, min(timedelta(seconds=wished), LONGEST_PAUSE))


def open_session(*, unpack: bool = True) -> aiohttp.ClientSession:
    """A session that sends no cookies, waits thirty seconds at most, and connects to public addresses only.

    What comes compressed is decompressed, unless told otherwise.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=PublicResolver(), use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": AGENT},
        timeout=_TIMEOUT,
        auto_decompress=unpack,
    )


def _title(page: bytes) -> str | None:
    found = _TITLE.search(page)
    text = " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""
    # What can't be seen steers a terminal, or turns what stands around it.
    return "".join(filter(str.isprintable, text))[:_LONGEST_TITLE] or None


async def look_at(url: str, clock: Clock) -> Seen:
    """What one page answers, now."""
    async with open_session() as session:
        return (await Links(session, clock).look([url], {}))[url]
