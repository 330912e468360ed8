# SPDX-License-Identifier: Apache-2.0
"""JSON over HTTP to a homeserver: every refusal becomes a `TransportError`, and nothing is tried twice.

Knows nothing of encryption, so whoever only sets rooms up can use it too.
When to try again is the caller's decision: `retryable` and `retry_after` say what the homeserver said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp
from yarl import URL

from bots.core.transport import TokenRevokedError, TransportError

UNREACHABLE = "KITHROOM_UNREACHABLE"
BAD_RESPONSE = "KITHROOM_BAD_RESPONSE"
REQUEST_TIMEOUT = 60.0
# The homeserver's own sentence is for the operator; nobody reads more than this of it.
_LONGEST_ERROR = 200
_REVOKED = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"})
_TOO_MANY = 429
_OK = 200
_FORBIDDEN = 403
_NOT_FOUND = 404
_REFUSED = 400
_SERVER_ERROR = 500
_RETRYABLE = frozenset({408, _TOO_MANY})
# What somebody in between says of this one request, and would say of it again.
_TOO_LARGE = frozenset({_REFUSED, 413, 414, 431})
_DEEPEST = 100
_MARKS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
Query = Mapping[str, str | Sequence[str]]


class UserInteractiveAuthError(TransportError):
    """The homeserver wants a proof before it does this (401). `session` goes into the next try.

    `flows` are the ways to give it: each the stages to go through, in this order.
    """

    def __init__(self, session: str, flows: tuple[tuple[str, ...], ...]) -> None:
        super().__init__("KITHROOM_AUTHENTICATION_WANTED", "the homeserver wants a further proof", status=401)
        self.session = session
        self.flows = flows

    @property
    def stages(self) -> frozenset[str]:
        """Every stage of every way."""
        return frozenset(stage for flow in self.flows for stage in flow)


def path(*parts: str, version: str = "v3", area: str = "client") -> str:
    """The path of a Matrix endpoint, every part escaped: `path("rooms", room_id, "state")`."""
    return "/".join(("/_matrix", area, version, *(quote(part, safe="", errors="replace") for part in parts)))


class Http:
    """A connection pool to one homeserver, with or without an access token. Close it, or use `async with`.

    `homeserver` is the client API's base URL. Timeouts are in seconds.
    """

    def __init__(self, homeserver: str, token: str | None = None, *, timeout: float = REQUEST_TIMEOUT) -> None:
        self._homeserver = homeserver.rstrip("/")
        self._timeout = timeout
        self._client: aiohttp.ClientSession | None = None
        self.token = token

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - aiohttp's own limit, which covers reading the answer too
    ) -> dict[str, Any]:
        """The JSON object that the homeserver answers. `path` is escaped already (see `path`).

        Raises TransportError; TokenRevokedError when the token is no longer good, soft logout included;
        UserInteractiveAuthError when the endpoint wants a further proof.
        """
        answer = await self._exchange(method, path, body, query, timeout)
        if not isinstance(answer, dict):
            raise _bad_response(method)
        return answer

    async def found(
        self, path: str, *, query: Query | None = None, or_forbidden: bool = False
    ) -> dict[str, Any] | None:
        """What is there; None where there is nothing, or (`or_forbidden`) nothing for us. Raises TransportError."""
        try:
            return await self.request("GET", path, query=query)
        except TransportError as error:
            if error.retryable or not (error.status == _NOT_FOUND or (or_forbidden and error.status == _FORBIDDEN)):
                raise
            return None

    async def upload(self, data: bytes) -> str:
        """Put bytes, encrypted beforehand, into the homeserver's store of files; their `mxc://` address."""
        answer = await self._exchange("POST", path("upload", area="media"), data, None, None)
        address = answer.get("content_uri") if isinstance(answer, dict) else None
        if not isinstance(address, str):
            raise _bad_response("POST")
        return address

    async def download(self, server: str, media: str, most: int) -> bytes | None:
        """A file in the homeserver's store, as it lies there; None if it is larger than `most` bytes.

        Raises TransportError.
        """
        url = URL(self._homeserver + path("media", "download", server, media, version="v1"), encoded=True)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limit = aiohttp.ClientTimeout(total=self._timeout)
        try:
            async with self._pool().get(url, headers=headers, timeout=limit, allow_redirects=False) as response:
                if response.status != _OK:
                    raise refusal(response.status, None, response.headers.get("Retry-After"))
                data = bytearray()
                async for piece in response.content.iter_chunked(1 << 16):
                    data += piece
                    if len(data) > most:
                        return None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _no_answer(error) from None
        return bytes(data)

    async def request_list(self, method: str, path: str, *, query: Query | None = None) -> list[Any]:
        """As `request`, for the few endpoints that answer a list."""
        answer = await self._exchange(method, path, None, query, None)
        if not isinstance(answer, list):
            raise _bad_response(method)
        return answer

    def _pool(self) -> aiohttp.ClientSession:
        if self._client is None:
            # No connection limit: a long poll and sends to many rooms go on at the same time.
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._client

    async def _exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None,
        query: Query | None,
        timeout: float | None,  # noqa: ASYNC109 - as above
    ) -> object:
        url = URL(self._homeserver + path, encoded=True)
        if query:
            url = url.with_query(query)
        headers = {"Accept": "application/json"}
        data = None
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/octet-stream"
            data = body
        elif body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            data = text.encode(errors="replace")
        limit = aiohttp.ClientTimeout(total=timeout or self._timeout)
        try:
            async with self._pool().request(
                method, url, data=data, headers=headers, timeout=limit, allow_redirects=False
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _no_answer(error) from None
        answer = _read_json(content)
        if response.ok and response.status < _REFUSED and answer is not None:
            return answer
        raise refusal(response.status, answer, response.headers.get("Retry-After"))


def _no_answer(error: Exception) -> TransportError:
    # The exception's own text may hold the URL: its name says enough.
    return TransportError(UNREACHABLE, f"no answer from the homeserver ({type(error).__name__})", retryable=True)


def refusal(status: int, answer: object, retry_after: str | None) -> TransportError:
    """The error that a response stands for: its status, its JSON (None if it was none), its `Retry-After` header."""
    fields: dict[str, Any] = answer if isinstance(answer, dict) else {}
    if status == 401 and isinstance(fields.get("session"), str) and isinstance(fields.get("flows"), list):
        return UserInteractiveAuthError(fields["session"], _flows(fields["flows"]))
    errcode, message = fields.get("errcode"), fields.get("error")
    retryable = status in _RETRYABLE or status >= _SERVER_ERROR or status < _REFUSED
    if not isinstance(errcode, str):
        # A proxy whose homeserver is away may well say "not found", and it is not the homeserver's word.
        retryable = retryable or status not in _TOO_LARGE
        errcode = BAD_RESPONSE if status < _REFUSED else f"KITHROOM_HTTP_{status}"
    if not isinstance(message, str):
        message = "the homeserver's answer is not Matrix's"
    message = message[:_LONGEST_ERROR]
    if errcode in _REVOKED:
        return TokenRevokedError(errcode, message, status=status)
    return TransportError(
        errcode,
        message,
        status=status,
        retryable=retryable,
        retry_after=_seconds(retry_after, fields.get("retry_after_ms")),
    )


def _seconds(header: str | None, milliseconds: object) -> float | None:
    """The header is the standard's way since v1.10, the field the older one; whichever can be read."""
    if header is not None:
        try:
            return max(0.0, float(int(header)))
        except ValueError:
            pass
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds >= 0:
        return milliseconds / 1000
    return None


def _flows(flows: list[Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(stage for stage in flow["stages"] if isinstance(stage, str))
        for flow in flows
        if isinstance(flow, dict) and isinstance(flow.get("stages"), list)
    )


def _read_json(content: bytes) -> object:
    try:
        try:
            return json.loads(content)
        except RecursionError:
            return json.loads(_shallow(content))
    except (ValueError, RecursionError):
        return None


def _shallow(content: bytes) -> bytes:
    """The same JSON with `null` for what is nested deeper than anything that a bot reads.

    Somebody's event in a sync may be nested so deeply that Python gives up, and the same sync comes again and again.
    """
    kept: list[bytes] = []
    depth = start = 0
    for token in _MARKS.finditer(content):
        if token.group() in (b"[", b"{"):
            if depth == _DEEPEST:
                kept.append(content[start : token.start()])
            depth += 1
        elif token.group() in (b"]", b"}"):
            depth -= 1
            if depth == _DEEPEST:
                kept.append(b"null")
                start = token.end()
    return b"".join((*kept, content[start:]))


def _bad_response(method: str) -> TransportError:
    return TransportError(BAD_RESPONSE, f"the homeserver's answer to a {method} has the wrong shape", retryable=True)
