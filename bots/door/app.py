# SPDX-License-Identifier: Apache-2.0
"""The web server: requests to the pages, and nothing about who asked into any log."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from markupsafe import Markup

from bots.core.actions import Words
from bots.core.language import Catalogue
from bots.core.transport import TransportError
from bots.door import work
from bots.door.accounts import Accounts
from bots.door.codes import Codes
from bots.door.forms import Forms
from bots.door.guarding import Guard
from bots.door.lending import Lending
from bots.door.limits import Limits, What
from bots.door.making import Again, Made, Maker, NotYet, Wish
from bots.door.pages import Pages, Place
from bots.door.pseudonyms import suggestions
from bots.door.rendering import Asset
from bots.door.showing import Showing

# How many names are offered, and how many are tried for that many that are free.
_NAMES, _TRIED = 5, 15
# A form has a few short fields.
_LARGEST = 16_384
# Where other communities find the library that is shared with them: it stays the same for ever.
FEED = "/feed.json"
_FOR_EVER = "public, max-age=31536000, immutable"
_TOO_MANY, _UNAVAILABLE, _UNPROCESSABLE, _CONFLICT = 429, 503, 422, 409
_STATUS = {Again.MANY: _TOO_MANY, Again.USED: _CONFLICT}


class Door:
    """The door of one community.

    `codes` is None where the settings want none. `address_header` names the header in which a proxy tells a visitor's
    address, which is hashed for the limits and forgotten; None: there is no proxy, or it keeps addresses to itself.
    `feed` is the file with the library that is shared with other communities, if it is.
    `library` gives the library's files, where the place says that it can be looked at.
    """

    def __init__(
        self,
        place: Place,
        catalogue: Catalogue,
        accounts: Accounts,
        codes: Codes | None,
        *,
        address_header: str | None = None,
        feed: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: random.Random | None = None,
        new_key: Callable[[], bytes] = lambda: secrets.token_bytes(32),
        library: Callable[[], Mapping[str, Asset]] = dict,
    ) -> None:
        self._place = place
        self._pages = Pages(place, catalogue)
        self._showing = Showing(self._pages)
        self._lending = Lending(library, self._pages.languages) if place.library else None
        self._accounts = accounts
        self._address_header = address_header
        self._feed = feed
        self._clock = clock
        self._chance = chance or random.SystemRandom()
        self._new_key = new_key
        self._key = new_key()
        self._forms = Forms(new_key())
        self._limits = Limits(new_key)
        self._maker = Maker(
            community=place.community,
            accounts=accounts,
            codes=None if place.invites == "off" else codes,
            code_needed=place.invites == "required",
            forms=self._forms,
            limits=self._limits,
            key=self._key,
            clock=clock,
        )

    def application(self) -> web.Application:
        """The pages, as an aiohttp application."""
        app = web.Application(middlewares=[Guard(self._place.address, self._showing).around], client_max_size=_LARGEST)
        app.add_routes(
            [
                web.get("/", self._welcome),
                web.get("/name", self._name),
                web.post("/name", self._make),
                web.get("/apps", self._apps),
                web.get("/help", self._help),
                web.get("/static/{name}", self._static),
                web.get(FEED, self._library_feed),
                web.get("/healthz", self._health),
                *(self._lending.routes() if self._lending else ()),
            ]
        )
        return app

    # Pages.

    async def _welcome(self, request: web.Request) -> web.Response:
        return self._showing.page(request, "welcome", Words("door.welcome.title"))

    async def _apps(self, request: web.Request) -> web.Response:
        return self._showing.page(
            request, "apps", Words("door.apps.title"), **self._pages.apps(self._showing.language(request))
        )

    async def _library_feed(self, _request: web.Request) -> web.StreamResponse:
        """The community's library for others, signed by its librarian: the key is not here."""
        if self._feed is None or not await asyncio.to_thread(self._feed.is_file):
            raise web.HTTPNotFound
        return web.FileResponse(self._feed, headers={"Content-Type": "application/feed+json"})

    async def _help(self, request: web.Request) -> web.Response:
        return self._showing.page(
            request, "help", Words("door.help.title"), **self._pages.apps(self._showing.language(request))
        )

    async def _name(self, request: web.Request) -> web.Response:
        return await self._name_page(request, code=request.query.get("code", ""))

    async def _make(self, request: web.Request) -> web.Response:
        posted = await request.post()
        fields = {name: posted.get(name, "") for name in ("form", "pick", "own", "keep", "work", "code")}
        wish = Wish(**{name: value if isinstance(value, str) else "" for name, value in fields.items()})
        try:
            made = await self._maker.make(wish, self._address(request))
        except TransportError as error:
            structlog.get_logger().warning("no account was made", errcode=error.errcode, status=error.status)
            return await self._name_page(request, wish, again=Again.SERVER, status=_UNAVAILABLE)
        if isinstance(made, Made):
            title = Words("door.account.title")
            # No link on it leads to this page in another language: it is shown once.
            shown: dict[str, Any] = {"user_id": made.user_id, "password": made.password, "languages": [], "code": ""}
            return self._showing.page(request, "account", title, **shown)
        return await self._name_page(request, wish, made, again=made.again)

    async def _name_page(
        self,
        request: web.Request,
        wish: Wish | None = None,
        not_yet: NotYet | None = None,
        *,
        again: Again | None = None,
        status: int = 200,
        code: str = "",
    ) -> web.Response:
        language, now = self._showing.language(request), self._clock()
        form = None if wish is None or again is Again.USED else self._forms.take(wish.form, now)
        form_id = self._new_key().hex() if form is None else form.id
        sealed = wish.form if form is not None and wish is not None else self._forms.give(form_id, now)
        done = not_yet is not None and not_yet.work_done and form is not None
        rounds = work.cost(self._limits.happened(What.MADE, now))
        problem = not_yet.choice.problem if not_yet else None
        if again is not None:
            notice = self._pages.words(Words(f"door.again.{again}"), language)
            status = status if status != 200 else _STATUS.get(again, _UNPROCESSABLE)
        elif problem is not None:
            notice, status = self._pages.problem(problem, language), _UNPROCESSABLE
        elif not_yet is not None and not_yet.taken:
            notice, status = self._pages.words(Words("door.problem.taken"), language), _CONFLICT
        else:
            notice = Markup("")
        findings = not_yet.choice.findings if not_yet and not notice else ()
        return self._showing.page(
            request,
            "name",
            Words("door.name.title"),
            status=_UNPROCESSABLE if findings else status,
            code=wish.code if wish else code,
            notice=notice,
            wrong=problem is not None or bool(not_yet and not_yet.taken),
            findings=self._pages.findings(findings, language),
            own=wish.name[:64] if wish else "",
            form=sealed,
            work=wish.work if wish and done else "",
            challenge="" if done or self._place.invites == "required" else work.challenge(self._key, form_id, rounds),
            names=await self._names(language, self._address(request), now),
            invites=self._place.invites,
        )

    async def _names(self, language: str, address: str | None, now: datetime) -> list[str]:
        """Some that nobody has. Where the homeserver can't be asked (so often), they are offered all the same."""
        names = suggestions(language, self._chance)
        if not self._limits.allows(What.LOOKED, address, now):
            return list(islice(names, _NAMES))
        self._limits.count(What.LOOKED, address, now)
        free: list[str] = []
        try:
            for name in islice(names, _TRIED):
                if await self._accounts.is_free(name):
                    free.append(name)
                if len(free) == _NAMES:
                    break
        except TransportError as error:
            structlog.get_logger().info("whether names are free is not known", errcode=error.errcode)
            free += islice(names, _NAMES - len(free))
        return free

    async def _static(self, request: web.Request) -> web.Response:
        asset = self._pages.assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(
            body=asset.content, content_type=asset.kind, charset="utf-8", headers={"Cache-Control": _FOR_EVER}
        )

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    def _address(self, request: web.Request) -> str | None:
        if self._address_header is not None:
            # The last one is the one that our own proxy wrote.
            return request.headers.get(self._address_header, "").rpartition(",")[2].strip() or None
        return request.remote


@asynccontextmanager
async def serve(door: Door, host: str, port: int) -> AsyncIterator[int]:
    """Serve while the context lasts. Port 0 takes a free one; the port taken is given. Nothing is logged of a request.

    Raises OSError when the port is in use.
    """
    runner = web.AppRunner(door.application(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
