# SPDX-License-Identifier: Apache-2.0
"""The library's pages over HTTP, below `/library/`: for everybody, and within another site's page, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from bots.door.choosing import best_language
from bots.door.rendering import Asset
from bots.door.shelves import name_of

PATH = "/library"
# Nobody signs in here and no form is sent: in another site's frame these pages can be used for nothing against anybody.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors *"
)
_NOT_HERE = frozenset({"X-Frame-Options"})
_FOUND = 302
_FRESH, _FOR_EVER = "public, max-age=3600", "public, max-age=31536000, immutable"
_PAGE = "text/html"


class Lending:
    """Gives out the files that `files` gives now: none while they are still being made."""

    def __init__(self, files: Callable[[], Mapping[str, Asset]], languages: tuple[str, ...]) -> None:
        self._files = files
        self._languages = languages

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [web.get(PATH, self._moved), web.get(f"{PATH}/{{name:[^/]*}}", self._give)]

    async def _moved(self, _: web.Request) -> web.Response:
        # Its pages know each other by bare names: without the slash they would look for each other in the door.
        return web.Response(status=_FOUND, headers={"Location": f"{PATH}/"})

    async def _give(self, request: web.Request) -> web.Response:
        files = self._files()
        if not files:
            raise web.HTTPServiceUnavailable
        asset = files.get(request.match_info["name"] or self._first(request))
        if asset is None:
            raise web.HTTPNotFound
        text = asset.kind.startswith("text/")
        response = web.Response(body=asset.content, content_type=asset.kind, charset="utf-8" if text else None)
        # A page says how old its entries are: it is made every day. What it loads is named after its content.
        fresh = asset.kind == _PAGE or "-" not in asset.name
        response.headers["Cache-Control"] = _FRESH if fresh else _FOR_EVER
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Vary"] = "Accept-Language"
        if text:
            response.enable_compression()
        return response

    def _first(self, request: web.Request) -> str:
        tag = best_language(request.headers.get("Accept-Language", ""), self._languages)
        return name_of("index", tag, self._languages)


def not_on(path: str) -> frozenset[str]:
    """Which of the door's headers are not on what is at this path."""
    return _NOT_HERE if path == PATH or path.startswith(f"{PATH}/") else frozenset()
