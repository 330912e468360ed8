# SPDX-License-Identifier: Apache-2.0
"""A real Synapse from PyPI as a child process: SQLite, loopback only, no Docker, no root."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import importlib.util
import json
import secrets
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from bots.core.homeserver.configuration import (
    FederationListener,
    Secrets,
    homeserver_configuration,
    log_configuration,
)
from bots.core.homeserver.process import LOOPBACK, Child, claim_port, free_port
from bots.core.matrix.private_files import write_private


class HomeserverError(Exception):
    """The homeserver can't be had, or refuses; one sentence says why, `errcode` is Matrix's where there is one."""

    def __init__(self, message: str, errcode: str | None = None) -> None:
        super().__init__(message)
        self.errcode = errcode


@dataclass(frozen=True, slots=True)
class Account:
    """A registered account, logged in once."""

    user_id: str
    password: str
    access_token: str
    device_id: str


class Synapse:
    """One homeserver and its state folder. The same folder again resumes the same homeserver.

    `port` 0 takes any free one. `unlimited` takes the rate limits away, for tests;
    `but_for_messages` leaves Synapse's own of what one account sends.
    """

    def __init__(
        self,
        state: Path,
        *,
        server_name: str,
        port: int = 0,
        federation: FederationListener | None = None,
        unlimited: bool = False,
        but_for_messages: bool = False,
    ) -> None:
        self.state = state.resolve()
        self.server_name = server_name
        self.port = free_port(port)
        self._claim: socket.socket | None = None
        self._federation = federation
        self._unlimited = unlimited
        self._but_for_messages = but_for_messages
        self._child: Child | None = None
        self._secrets: Secrets | None = None

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.exit_code is None

    def start(self, *, timeout: float = 120.0) -> None:
        """Start it and wait until it answers, at most `timeout` seconds. Raises `HomeserverError`."""
        if importlib.util.find_spec("synapse") is None:
            raise HomeserverError("Synapse is not installed; add it with: pip install 'kithroom[homeserver]'")
        self.choose_port()
        first = self._begin_anew_unless_begun()
        self._write_files()
        self._child = Child(
            "synapse.app.homeserver",
            ["-c", str(self.state / "homeserver.yaml")],
            log=self.state / "output.log",
            # One allocator arena: Synapse then takes half the memory.
            environment={"MALLOC_ARENA_MAX": "1"},
        )
        try:
            self._wait(time.monotonic() + timeout)
        except BaseException:
            self.stop()
            raise
        first.unlink(missing_ok=True)

    def choose_port(self) -> None:
        """Settle which port it will be: another one than `port` when somebody was quicker. `start` does it, too.

        Of two that start at once, the later would otherwise take the earlier's answers for its own homeserver's.
        """
        while self._claim is None:
            self._claim = claim_port(self.port)
            if self._claim is None or free_port(self.port) != self.port:
                self._give_port_back()
                self.port = free_port()

    def _give_port_back(self) -> None:
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    def stop(self) -> None:
        """Stop it; what it knows is on disk. Safe to repeat."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        self._give_port_back()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        self._give_port_back()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def register(self, name: str, password: str | None = None, *, admin: bool = False) -> Account:
        """Make the account `@name:server_name`. Raises `HomeserverError`, also when it exists already."""
        password = password or secrets.token_urlsafe(18)
        nonce = self._request("GET", "/_synapse/admin/v1/register")["nonce"]
        parts = (nonce, name, password, "admin" if admin else "notadmin")
        key = self._read_secrets().registration.encode()
        answer = self._request(
            "POST",
            "/_synapse/admin/v1/register",
            {
                "nonce": nonce,
                "username": name,
                "password": password,
                "admin": admin,
                "mac": hmac.new(key, "\x00".join(parts).encode(), hashlib.sha1).hexdigest(),
            },
        )
        return Account(answer["user_id"], password, answer["access_token"], answer["device_id"])

    def _begin_anew_unless_begun(self) -> Path:
        """Throw away the tables of a first start that was stopped: Synapse can't go on from half of them.

        Gives the file that says, while it is there, that nobody has used this database yet.
        """
        database, first = self.state / "homeserver.db", self.state / "first-start"
        if first.exists():
            for part in self.state.glob(f"{database.name}*"):
                part.unlink()
        elif not database.exists():
            write_private(first, "")
        return first

    def _wait(self, deadline: float) -> None:
        assert self._child is not None
        while True:
            if self._child.exit_code is not None:
                raise HomeserverError(
                    f"The homeserver stopped while starting; the end of {self._child.log}:\n{self._child.last_lines()}"
                )
            try:
                self._request("GET", "/_matrix/client/versions", timeout=2)
            except (OSError, http.client.HTTPException, HomeserverError):
                if time.monotonic() > deadline:
                    raise HomeserverError(
                        f"The homeserver did not answer in time; its log is {self.state / 'homeserver.log'}"
                    ) from None
                time.sleep(0.1)
            else:
                return

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, timeout: float = 30.0
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=timeout)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body))
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read() or b"{}")
        except json.JSONDecodeError:
            raise HomeserverError(f"The homeserver answered {method} {path} with something that is not JSON") from None
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise HomeserverError(
                f"The homeserver answered {method} {path} with {response.status}: {answer.get('error')}",
                answer.get("errcode"),
            )
        return answer

    def _write_files(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._secrets = self._read_secrets()
        key = self.state / "signing.key"
        if not key.exists():
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            write_private(key, f"ed25519 a_{secrets.token_hex(3)} {seed}\n")
        settings = homeserver_configuration(
            server_name=self.server_name,
            port=self.port,
            state=self.state,
            secrets=self._secrets,
            federation=self._federation,
            unlimited=self._unlimited,
            but_for_messages=self._but_for_messages,
        )
        write_private(self.state / "homeserver.yaml", yaml.safe_dump(settings))
        write_private(self.state / "log.yaml", yaml.safe_dump(log_configuration(self.state / "homeserver.log")))

    def _read_secrets(self) -> Secrets:
        if self._secrets is None:
            path = self.state / "secrets.json"
            if not path.exists():
                made = Secrets(
                    registration=secrets.token_hex(32), macaroon=secrets.token_hex(32), form=secrets.token_hex(32)
                )
                write_private(path, json.dumps(asdict(made)))
            self._secrets = Secrets(**json.loads(path.read_text(encoding="utf-8")))
        return self._secrets
