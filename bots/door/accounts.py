# SPDX-License-Identifier: Apache-2.0
"""Making accounts, behind one interface: Synapse's registration tokens, or the matrix-authentication-service.

Either way a name and a password go in and nothing else: no e-mail address, no telephone number, no device.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote

import aiohttp

from bots.core.matrix.http import BAD_RESPONSE, UNREACHABLE, Http, UserInteractiveAuthError, path, refusal
from bots.core.transport import TransportError

_TOKENS = "/_synapse/admin/v1/registration_tokens"
# How long the one-use token is good: for as long as one request takes.
_TOKEN_SECONDS = 120
_TIMEOUT = 30.0
_TAKEN = frozenset({"M_USER_IN_USE", "M_EXCLUSIVE"})
_CONFLICT = 409
_NOT_FOUND = 404
_UNAUTHORIZED = 401


class NameTakenError(Exception):
    """Somebody has this name, or it is kept for something else."""


class Accounts(Protocol):
    """A homeserver's accounts, as the door sees them. Everything raises TransportError when it does not answer."""

    async def is_free(self, name: str) -> bool:
        """Whether nobody has this name."""

    async def make(self, name: str, password: str) -> str:
        """Make the account, and give its user id. Raises NameTakenError."""


class SynapseAccounts:
    """Through a token of one use, which the administrator `admin` makes, and ordinary registration.

    Needs `enable_registration` and `registration_requires_token`. `http` is without a token, `admin` with one.
    """

    def __init__(self, http: Http, admin: Http, *, clock: Callable[[], float] = time.time) -> None:
        self._http = http
        self._admin = admin
        self._clock = clock

    async def is_free(self, name: str) -> bool:
        """Whether nobody has this name."""
        try:
            answer = await self._admin.request(
                "GET", "/_synapse/admin/v1/username_available", query={"username": name}, timeout=_TIMEOUT
            )
        except TransportError as error:
            if error.errcode in _TAKEN:
                return False
            raise
        return answer.get("available") is True

    async def make(self, name: str, password: str) -> str:
        """Make the account, and give its user id. Raises NameTakenError."""
        expires = int((self._clock() + _TOKEN_SECONDS) * 1000)
        wish = {"uses_allowed": 1, "expiry_time": expires}
        made = await self._admin.request("POST", f"{_TOKENS}/new", wish, timeout=_TIMEOUT)
        token = str(made.get("token", ""))
        try:
            return await self._register({"username": name, "password": password, "inhibit_login": True}, token)
        except TransportError as error:
            if error.errcode in _TAKEN:
                raise NameTakenError from None
            raise
        finally:
            # Used or not: how many came is nobody's business.
            with suppress(TransportError):
                await self._admin.request("DELETE", f"{_TOKENS}/{quote(token, safe='')}", timeout=_TIMEOUT)

    async def _register(self, body: dict[str, Any], token: str) -> str:
        proofs = iter(({"type": "m.login.registration_token", "token": token}, {"type": "m.login.dummy"}))
        while True:
            try:
                answer = await self._http.request("POST", path("register"), body, timeout=_TIMEOUT)
                return str(answer["user_id"])
            except UserInteractiveAuthError as wanted:
                proof = next((p for p in proofs if p["type"] in wanted.stages), None)
                if proof is None:
                    raise TransportError(
                        "KITHROOM_REGISTRATION", "the homeserver wants more of a newcomer than a token"
                    ) from None
                body = {**body, "auth": {**proof, "session": wanted.session}}


class MasAccounts:
    """Through the admin API of a matrix-authentication-service at `address`, as a client of the scope `urn:mas:admin`.

    Close it, or use `async with`.
    """

    def __init__(self, address: str, client_id: str, client_secret: str, server_name: str) -> None:
        self._address = address.rstrip("/")
        self._login = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._server_name = server_name
        self._client: aiohttp.ClientSession | None = None
        self._token: str | None = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def is_free(self, name: str) -> bool:
        """Whether nobody has this name in the service; the homeserver is asked when the account is made."""
        try:
            await self._request("GET", f"users/by-username/{quote(name, safe='')}")
        except TransportError as error:
            if error.status == _NOT_FOUND:
                return True
            raise
        return False

    async def make(self, name: str, password: str) -> str:
        """Make the account, and give its user id. Raises NameTakenError."""
        try:
            made = await self._request("POST", "users", {"username": name})
        except TransportError as error:
            if error.status == _CONFLICT:
                raise NameTakenError from None
            raise
        try:
            user = quote(str(made["data"]["id"]), safe="")
        except (KeyError, TypeError):
            raise TransportError(BAD_RESPONSE, "the authentication service's answer has the wrong shape") from None
        # Ours is stronger than its rules ask for, and they may ask for a kind of letter that ours has not.
        wish = {"password": password, "skip_password_check": True}
        try:
            await self._request("POST", f"users/{user}/set-password", wish)
        except TransportError:
            # An account that nobody can open takes a name away from somebody.
            with suppress(TransportError):
                await self._request("POST", f"users/{user}/deactivate")
            raise
        return f"@{name}:{self._server_name}"

    async def _request(self, method: str, where: str, body: dict[str, Any] | None = None) -> Any:
        """One request; with a new token, once, when the old one is over."""
        for fresh in (False, True):
            if self._token is None or fresh:
                self._token = await self._log_in()
            headers = {"Authorization": f"Bearer {self._token}"}
            status, answer = await self._exchange(method, f"/api/admin/v1/{where}", json=body, headers=headers)
            if status != _UNAUTHORIZED:
                break
        if status >= 400:
            raise refusal(status, {"error": "the authentication service refused"}, None)
        return answer

    async def _log_in(self) -> str:
        wish = {"grant_type": "client_credentials", "scope": "urn:mas:admin"}
        status, answer = await self._exchange(
            "POST", "/oauth2/token", data=wish, headers={"Authorization": f"Basic {self._login}"}
        )
        if status >= 400 or not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise TransportError(
                "KITHROOM_MAS", "the authentication service does not let the door in as an administrator", status=status
            )
        return str(answer["access_token"])

    async def _exchange(self, method: str, where: str, **more: Any) -> tuple[int, Any]:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT))
        try:
            async with self._client.request(method, self._address + where, allow_redirects=False, **more) as response:
                content = await response.read()
                return response.status, await response.json(content_type=None) if content else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise TransportError(
                UNREACHABLE, f"no answer from the authentication service ({type(error).__name__})", retryable=True
            ) from None
