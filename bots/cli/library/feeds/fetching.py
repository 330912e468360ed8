# SPDX-License-Identifier: Apache-2.0
"""Fetches what somebody publishes: nothing on this machine or its network, and no more of it than is read."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from bots.cli.sorry import Sorry
from bots.core.pages import public
from bots.core.runtime.links import AGENT, InCirclesError, NotPublicError, followed, open_session

_TIMEOUT = aiohttp.ClientTimeout(total=30)
_OK = 200
_PIECE = 65_536


def session_for(*, local: bool) -> aiohttp.ClientSession:
    """A session for one feed: on the public internet only, unless it may be `local`; nothing is decompressed."""
    if not local:
        return open_session(unpack=False)
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": AGENT}, timeout=_TIMEOUT, auto_decompress=False
    )


async def fetch(session: aiohttp.ClientSession, url: str, most: int, *, local: bool = False) -> bytes:
    """What is at the address, `most` bytes at most. Raises Sorry, with one sentence that says why not."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise Sorry(f"{url} is not a web address. It starts with https://")
    try:
        async with followed(session, url, [], (lambda _: True) if local else public) as answer:
            if answer.status != _OK:
                raise Sorry(f"{url} answered {answer.status}.")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise Sorry(f"{url} sends something compressed, which nobody asked for.")
            read = bytearray()
            while piece := await answer.content.read(_PIECE):
                read += piece
                if len(read) > most:
                    raise Sorry(f"{url} is larger than {most // 1_000_000} MB.")
            return bytes(read)
    except InCirclesError:
        raise Sorry(f"{url} leads in circles.") from None
    except TimeoutError:
        raise Sorry(f"{url} did not answer in time.") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if _is_private(error):
            raise Sorry(f"{url} is not an address of the public internet. If you trust it, say --local.") from None
        raise Sorry(f"There is no connection to {url}.") from None


def _is_private(error: Exception) -> bool:
    around = (error, error.__cause__, getattr(error, "os_error", None))
    return any(isinstance(each, NotPublicError) for each in around)
