# SPDX-License-Identifier: Apache-2.0
"""The `door` of an installation's file: where the page is, who makes its accounts, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KEYS = (
    *("address", "listen", "accounts", "account", "authentication_service"),
    *("invites", "server", "element_web", "visitor_address", "library", "library_feed"),
)
# Who makes the accounts, and the setting that goes with it.
ACCOUNTS = {"synapse": "account", "authentication-service": "authentication_service"}
LIBRARY = ("off", "on")
INVITES = ("optional", "required", "off")
LISTEN = "127.0.0.1:8010"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """The door of one installation.

    `address` is where people reach it, `host` and `port` where it listens. `account` is the administrator whose tokens
    let people in (None where an authentication service makes the accounts, at the address of that name).
    `server` is what people type into their app. `visitor_address` is the header in which a proxy tells where somebody
    comes from (None: it does not). `library` says whether everybody can read the library there, `library_feed` is the
    file that other communities get to subscribe to, if any do.
    """

    address: str
    host: str
    port: int
    account: str | None
    authentication_service: str | None
    invites: str
    server: str | None
    element_web: str | None
    visitor_address: str | None
    library: bool
    library_feed: Path | None
