# SPDX-License-Identifier: Apache-2.0
"""Which homeservers a room's access list (`m.room.server_acl`) shuts out, and how that is changed. Pure.

Whom a room lets in is the settings' to say; who is shut out besides is the moderators'. Each leaves the other's alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any


def host(server: str) -> str:
    """A server's name without its port: access lists do not know ports."""
    host, colon, port = server.rpartition(":")
    return host if colon and port.isdecimal() else server


def matches(pattern: str, name: str) -> bool:
    """Whether an access list's glob (`*` and `?` only, whatever the case) matches a server name."""
    expression = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, name, re.IGNORECASE) is not None


def with_shut_out(
    current: Mapping[str, Any] | None, shut: Collection[str], let_in: Collection[str], own: str
) -> dict[str, Any] | None:
    """The access list with these globs among those shut out, and without those; None where it is so already.

    Nothing that fits our own homeserver (`own`) stays or comes there. What else the list says stays as it is.
    """
    before = dict(current) if current is not None else {"allow": ["*"], "allow_ip_literals": True}
    found = before.get("deny")
    denied = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    kept = [each for each in denied if each not in let_in]
    deny = [each for each in dict.fromkeys((*kept, *shut)) if not matches(each, host(own))]
    return None if deny == denied else {**before, "deny": deny}
