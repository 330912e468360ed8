# SPDX-License-Identifier: Apache-2.0
"""What is around every request: where a form may come from, what browsers are told, and that failures tell nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bots.door.lending import not_on
from bots.door.showing import Showing

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Our own pages may know where somebody came from (a form's origin is then told); nobody else learns it.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=(), browsing-topics=()",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "no-store",
    "Server": "kithroom",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Guards the door at `address`, and says sorry with `showing`."""

    def __init__(self, address: str, showing: Showing) -> None:
        self._address = address
        self._showing = showing

    @web.middleware
    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what came from another site's page, turn failures into a page, and add the headers to everything."""
        try:
            if request.method == "POST" and not self._from_here(request):
                response: web.StreamResponse = self._showing.sorry(request, "forged", 403)
            else:
                response = await handler(request)
        except web.HTTPException as error:
            response = self._showing.sorry(request, "missing", error.status)
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback, and no log gets a request's text
            structlog.get_logger().error("a page failed", error_type=type(error).__name__)
            response = self._showing.sorry(request, "wrong", 500)
        for name in _HEADERS.keys() - not_on(request.path):
            response.headers.setdefault(name, _HEADERS[name])
        if self._address.startswith("https:"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    def _from_here(self, request: web.Request) -> bool:
        """Whether a form was sent by a page of ours, as far as the browser says: all of today's do."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc in (request.host, urlsplit(self._address).netloc)
