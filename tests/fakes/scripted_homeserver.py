# SPDX-License-Identifier: Apache-2.0
"""A homeserver that answers what a test wrote down, and remembers what it was asked."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = dict[str, Any] | list[Any] | web.Response
Script = Answer | Callable[["Asked"], Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Asked:
    """One request: its method, its unescaped path without `/_matrix/client/v3`, its query and its body."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    token: str | None


@dataclass
class ScriptedHomeserver:
    """`answers` by "METHOD path"; what is not there is 404 `M_UNRECOGNIZED`."""

    answers: dict[str, Script] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def requests(self, method: str, path: str) -> list[Asked]:
        """What was asked of one endpoint."""
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    async def _handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = (json.loads(raw) if request.content_type == "application/json" else raw) if raw else None
        path = request.path.removeprefix("/_matrix/client/v3")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
        asked = Asked(request.method, path, dict(request.query), body, token)
        self.asked.append(asked)
        script = self.answers.get(f"{asked.method} {path}")
        answer = script(asked) if callable(script) else script
        if inspect.isawaitable(answer):
            answer = await answer
        if answer is None:
            return refuse(404, "M_UNRECOGNIZED")
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


def refuse(status: int, errcode: str, **more: Any) -> web.Response:
    """A refusal in Matrix's form."""
    return web.json_response({"errcode": errcode, "error": "no", **more}, status=status)
