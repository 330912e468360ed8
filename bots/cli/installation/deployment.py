# SPDX-License-Identifier: Apache-2.0
"""Where one installation finds its things: a small YAML file that names the homeserver and holds no secret."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from bots.cli.installation import beforehand, door_settings
from bots.cli.installation.door_settings import DoorSettings
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.documents import Document, Location, Mistake, SettingsError, Value, did_you_mean, read
from bots.core.homeserver.desired import Cast
from bots.core.matrix.login import AccessToken, Credentials, Password
from bots.core.matrix.private_files import read_private
from bots.core.transport import TransportError

_USER_ID = re.compile(r"@[^\s:@]+:\S+")
_KEYS = (
    *("homeserver", "community", "state", "secrets", "database", "organiser", "moderators", "bots", "health", "logs"),
    "door",
)
_NEEDED = ("homeserver", "community", "state", "secrets", "organiser", "bots")
_REFUSALS = ("M_FORBIDDEN", "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")
_LOOKS_SECRET = re.compile(r"passw|token|secret|recovery|private_key|api_?key", re.IGNORECASE)
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One installation. Paths are absolute; `database` is None for the SQLite file in `state`.

    `moderators` are those of this installation, beside those that the community's folder names.
    `health` has the loopback port of each bot's `/healthz` and `/metrics`; a bot that is not in it has none.
    `door` is None where there is no web page that makes accounts.
    """

    homeserver: str
    community: Path
    state: Path
    secrets: Path
    organiser: str
    bots: Mapping[BotName, str]
    moderators: tuple[str, ...] = ()
    database: str | None = None
    health: Mapping[BotName, int]
    json_logs: bool = True
    door: DoorSettings | None = None

    def load_community(self) -> Community:
        """The community that the folder describes, with this installation's moderators. Raises SettingsError."""
        return self.community_in(self.community)

    def community_in(self, folder: Path) -> Community:
        """The same, for a copy of the folder. Raises SettingsError."""
        community = beforehand.community_in(folder)
        return replace(community, moderators=tuple(dict.fromkeys((*community.moderators, *self.moderators))))

    @property
    def cast(self) -> Cast:
        """Who takes part."""
        return Cast(organiser=self.organiser, bots=self.bots)

    def secrets_of(self, who: str) -> Path:
        """The folder with the secrets of "organiser", "door", or a bot."""
        return self.secrets / who

    def credentials(self, who: str, environment: Mapping[str, str] = os.environ) -> Credentials:
        """What "organiser", "door", or a bot logs in with: from the environment, else from its secrets folder.

        A token wins over a password. Raises Sorry.
        """
        for kind, made in (("token", AccessToken), ("password", Password)):
            variable = f"KITHROOM_{who}_{kind}".upper()
            found = environment.get(variable) or read_private(self.secrets_of(who) / kind)
            if found and found.strip():
                return made(found.strip())
        raise Sorry(
            f"There is no password and no token for {who}: put one into {self.secrets_of(who) / 'password'} "
            f"(or …/token), or into KITHROOM_{who.upper()}_PASSWORD (or …_TOKEN)."
        )

    def door_client(self, environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
        """The id and the secret with which the door is a client of the authentication service. Raises Sorry."""
        file = self.secrets_of("door") / "client"
        found = environment.get("KITHROOM_DOOR_CLIENT") or read_private(file) or ""
        client_id, _, secret = found.strip().partition(":")
        if not client_id or not secret:
            raise Sorry(f"The door needs `client_id:client_secret` in {file}, or in KITHROOM_DOOR_CLIENT.")
        return client_id, secret

    def refused(self, who: str, user: str, error: TransportError) -> str | None:
        """What to put right when the homeserver does not let one of them in; None for another error."""
        if error.errcode not in _REFUSALS:
            return None
        return (
            f"The homeserver does not let {who} in as {user}: {error.message.rstrip('.')}. What it logs in with "
            f"is in {self.secrets_of(who)}, or in KITHROOM_{who.upper()}_PASSWORD (or …_TOKEN)."
        )


def community_folder(file: Path) -> Path | None:
    """Where the installation's community is described; None where the file does not say so as it should."""
    try:
        return load_deployment(file).community
    except (Sorry, SettingsError, OSError):
        return None


def load_deployment(file: Path, environment: Mapping[str, str] = os.environ) -> Deployment:
    """The installation that `file` describes. KITHROOM_DATABASE and KITHROOM_SECRETS in the environment win over it.

    Raises SettingsError with all mistakes.
    """
    mistakes: list[Mistake] = []
    document = read(file, mistakes, "Name yours with `--config FILE`; deploy/README.md says how to write one.")
    if document is None:
        raise SettingsError(mistakes)
    reading = _Reading(document, file.resolve().parent, mistakes)
    reading.keys()
    deployment = Deployment(
        homeserver=reading.url("homeserver"),
        community=reading.path("community"),
        state=reading.path("state"),
        secrets=Path(environment["KITHROOM_SECRETS"]) if "KITHROOM_SECRETS" in environment else reading.path("secrets"),
        organiser=reading.user(("organiser",)),
        bots={bot: reading.user(("bots", bot.value)) for bot in BotName},
        moderators=reading.users("moderators"),
        database=environment.get("KITHROOM_DATABASE") or reading.database(),
        health=reading.ports(),
        json_logs=reading.choice(("logs",), ("json", "console")) == "json",
        door=reading.door(),
    )
    if mistakes:
        raise SettingsError(mistakes)
    return deployment


class _Reading:
    """One value after the other; what is wrong goes on the list, and reading goes on."""

    def __init__(self, document: Document, base: Path, mistakes: list[Mistake]) -> None:
        self._document = document
        self._base = base
        self._mistakes = mistakes
        self._values: dict[str, Value] = document.value if isinstance(document.value, dict) else {}

    def keys(self) -> None:
        for at in self._unknown():
            key = str(at[-1])
            if _LOOKS_SECRET.search(key):
                self._wrong(
                    at,
                    f"`{key}` looks like a secret, and no secret belongs into this file.",
                    "Put it into a file in the secrets folder or into the environment, and change it.",
                    key=True,
                )
            else:
                known = _KEYS if len(at) == 1 else door_settings.KEYS if at[0] == "door" else tuple(BotName)
                self._wrong(at, f"There is no setting called `{key}` here.", did_you_mean(key, known), key=True)
        for key in _NEEDED:
            if self._values.get(key) is None:
                self._wrong((), f"`{key}` is missing.")

    def url(self, *at: str, of: str = "the homeserver") -> str:
        text = self._text(at)
        parts = urlsplit(text)
        if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.password):
            self._wrong(at, f"`{at[-1]}` should be the address of {of}.", "Such as `https://matrix.example`.")
        return text.rstrip("/")

    def door(self) -> DoorSettings | None:
        value = self._values.get("door")
        if not isinstance(value, dict):
            return None
        for key in ("address", "accounts"):
            if value.get(key) is None:
                self._wrong(("door",), f"`{key}` is missing.")
        needed = door_settings.ACCOUNTS.get(self.choice(("door", "accounts"), tuple(door_settings.ACCOUNTS)))
        if needed and value.get("accounts") is not None and value.get(needed) is None:
            self._wrong(("door", "accounts"), f"With these accounts, `{needed}` is needed.")
        host, port = self._listen()
        account = self.user(("door", "account")) if value.get("account") is not None else None
        return DoorSettings(
            address=self.url("door", "address", of="the door"),
            host=host,
            port=port,
            account=account,
            authentication_service=self.url("door", "authentication_service", of="the service") or None,
            invites=self.choice(("door", "invites"), door_settings.INVITES),
            server=self._text(("door", "server")) or None,
            element_web=self.url("door", "element_web", of="Element") or None,
            visitor_address=self._text(("door", "visitor_address")) or None,
            library_feed=self.path("door", "library_feed") if value.get("library_feed") is not None else None,
            library=self.choice(("door", "library"), door_settings.LIBRARY) == "on",
        )

    def _listen(self) -> tuple[str, int]:
        text = self._text(("door", "listen")) or door_settings.LISTEN
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
            self._wrong(
                ("door", "listen"), f"`{text}` is not where one can listen.", f"Such as `{door_settings.LISTEN}`."
            )
            return "", 0
        return host.strip("[]"), int(port)

    def path(self, *at: str) -> Path:
        return self._base / Path(self._text(at)).expanduser()

    def user(self, at: Location) -> str:
        text = self._text(at, needed=len(at) > 1)
        if text and not _USER_ID.fullmatch(text):
            self._wrong(at, f"`{text}` is not a Matrix user id.", "It looks like `@name:example.org`.")
        return text

    def users(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong((key,), f"`{key}` should be a list.", "Put each entry in a line that starts with a dash.")
            return ()
        for index, entry in enumerate(value):
            if not isinstance(entry, str) or not _USER_ID.fullmatch(entry):
                self._wrong((key, index), f"`{entry}` is not a Matrix user id.", "It looks like `@name:example.org`.")
        return tuple(str(entry) for entry in value)

    def database(self) -> str | None:
        text = self._text(("database",))
        if text and urlsplit(text).password:
            self._wrong(
                ("database",),
                "There is a password in the database's address, and no secret belongs into this file.",
                "Put the whole address into KITHROOM_DATABASE, or use a PostgreSQL password file; and change it.",
            )
        return text or None

    def ports(self) -> dict[BotName, int]:
        ports: dict[BotName, int] = {}
        for bot in BotName:
            text = self._text(("health", bot.value))
            if text and text.isdecimal() and 0 < int(text) <= _HIGHEST_PORT:
                ports[bot] = int(text)
            elif text:
                self._wrong(("health", bot.value), f"`{text}` is not a port.", "It is a number from 1 to 65535.")
        return ports

    def choice(self, at: Location, choices: tuple[str, ...]) -> str:
        text = self._text(at) or choices[0]
        if text not in choices:
            self._wrong(at, f"`{at[-1]}` is one of: {', '.join(choices)}.", did_you_mean(text, choices))
        return text

    def _text(self, at: Location, *, needed: bool = False) -> str:
        value: Value = self._values
        for part in at:
            value = value.get(str(part)) if isinstance(value, dict) else None
        if isinstance(value, str):
            return value
        if value is not None:
            self._wrong(at, f"`{at[-1]}` should be text.")
        elif needed and self._values.get(str(at[0])) is not None:
            self._wrong(at[:1], f"`{at[-1]}` is missing.")
        return ""

    def _unknown(self) -> list[Location]:
        bots = {bot.value for bot in BotName}
        unknown: list[Location] = [(key,) for key in self._values if key not in _KEYS]
        for outer, known in (("bots", bots), ("health", bots), ("door", set(door_settings.KEYS))):
            inner = self._values.get(outer)
            if isinstance(inner, dict):
                unknown.extend((outer, key) for key in inner if key not in known)
            elif inner is not None:
                lines = "its settings" if outer == "door" else "a line for each bot"
                self._wrong((outer,), f"`{outer}` should have {lines}.", "Indent them below it.")
        return unknown

    def _wrong(self, at: Location, message: str, hint: str | None = None, *, key: bool = False) -> None:
        self._mistakes.append(self._document.mistake(at, message, hint, key=key))
