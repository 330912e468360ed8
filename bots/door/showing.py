# SPDX-License-Identifier: Apache-2.0
"""The door's pages as answers to requests, each in the language that its reader wants."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bots.core.actions import Words
from bots.door.choosing import best_language
from bots.door.pages import Pages


class Showing:
    """Answers with `pages`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def page(self, request: web.Request, page: str, title: Words, /, *, status: int = 200, **more: Any) -> web.Response:
        """One of the pages; `more` is what its template asks for."""
        more.setdefault("code", request.query.get("code", "")[:32])
        more.setdefault("path", request.path)
        html = self._pages.show(page, self.language(request), title, **more)
        return web.Response(text=html, content_type="text/html", status=status, headers={"Vary": "Accept-Language"})

    def sorry(self, request: web.Request, what: str, status: int) -> web.Response:
        """A page that says what went wrong, in the words of `door.sorry`."""
        language = self.language(request)
        notice = self._pages.words(Words(f"door.sorry.{what}"), language)
        return self.page(request, "sorry", Words("door.sorry.title"), status=status, path="/", notice=notice)

    def language(self, request: web.Request) -> str:
        """The one that was chosen on the page, else the best of those that the browser asks for."""
        wanted = request.query.get("l", "")
        if wanted in self._pages.languages:
            return wanted
        return best_language(request.headers.get("Accept-Language", ""), self._pages.languages)
