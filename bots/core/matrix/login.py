# SPDX-License-Identifier: Apache-2.0
"""Logging in: once, as one device, which is kept. A lost token is an error that says what to do, never a new device.

A device is its access token and its crypto store together; with one of them gone, the other is worth nothing.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bots.core.matrix.http import Http, path
from bots.core.matrix.private_files import read_private, write_private
from bots.core.transport import TokenRevokedError, TransportError

SESSION_FILE = "session.json"
# What other members see in the bot's list of devices.
DEVICE_NAME = "Kithroom"


@dataclass(frozen=True, slots=True)
class Password:
    """Log in with the account's password: at the first start, and where the homeserver asks for it again."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that somebody made: from another login, or issued by an administrator."""

    token: str = field(repr=False)


Credentials = Password | AccessToken


@dataclass(frozen=True, slots=True)
class Session:
    """One logged-in device."""

    user_id: str
    device_id: str
    access_token: str = field(repr=False)


class LoginError(TransportError):
    """The bot can't be this device; the sentence says what to do. Trying again does not help."""

    def __init__(self, message: str) -> None:
        super().__init__("KITHROOM_LOGIN", message)


async def log_in(http: Http, user: str, credentials: Credentials, folder: Path) -> Session:
    """The device kept in `folder` if there is one, else a new login, kept there (mode 0600) before it is used.

    `user` is a user id or a localpart. On return `http` carries the token.
    Raises LoginError, TokenRevokedError (with what to do), TransportError.
    """
    file = folder / SESSION_FILE
    kept = await asyncio.to_thread(kept_session, folder)
    if isinstance(credentials, AccessToken):
        session = await _by_token(http, credentials.token)
        if kept is not None and kept.device_id != session.device_id:
            raise LoginError(
                f"The access token belongs to device {session.device_id}, but this bot is device {kept.device_id}: "
                f"give the old token back, or move {file} and the crypto store away to start as a new device."
            )
    elif kept is not None:
        session = await _resume(http, kept, file)
    else:
        session = await _by_password(http, user, credentials.password)
    if user not in (session.user_id, _localpart(session.user_id)):
        raise LoginError(f"The credentials are those of {session.user_id}, not of {user}.")
    if session != kept:
        await asyncio.to_thread(write_private, file, json.dumps(asdict(session)))
    http.token = session.access_token
    return session


async def _by_token(http: Http, token: str) -> Session:
    http.token = token
    answer = await http.request("GET", path("account", "whoami"))
    device = answer.get("device_id")
    if not isinstance(device, str):
        raise LoginError("The access token belongs to no device, and a bot needs one for its keys: use another token.")
    return Session(str(answer.get("user_id")), device, token)


async def _resume(http: Http, kept: Session, file: Path) -> Session:
    try:
        session = await _by_token(http, kept.access_token)
    except TokenRevokedError as error:
        raise TokenRevokedError(
            error.errcode,
            f"device {kept.device_id} of {kept.user_id} was logged out; to start as a new device, "
            f"move {file} and the crypto store away",
            status=error.status,
        ) from None
    if session != kept:
        raise LoginError(f"{file} names another device than its token does; move it away to log in as a new device.")
    return kept


async def _by_password(http: Http, user: str, password: str) -> Session:
    # No device id: the homeserver makes up a random one, which nobody can have chosen to collide with.
    answer = await http.request(
        "POST",
        path("login"),
        {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            "initial_device_display_name": DEVICE_NAME,
        },
    )
    fields = tuple(answer.get(name) for name in ("user_id", "device_id", "access_token"))
    if not all(isinstance(value, str) for value in fields):
        raise LoginError("The homeserver's answer to the login is not Matrix's.")
    return Session(*(str(value) for value in fields))


def kept_session(folder: Path) -> Session | None:
    """The device that is kept in `folder`; None before its first login. Blocks. Raises LoginError."""
    file = folder / SESSION_FILE
    text = read_private(file)
    if text is None:
        return None
    try:
        return Session(**json.loads(text))
    except (ValueError, TypeError):
        raise LoginError(f"{file} can't be read: restore it, or move it and the crypto store away.") from None


def _localpart(user_id: str) -> str:
    return user_id[1:].split(":", maxsplit=1)[0]
