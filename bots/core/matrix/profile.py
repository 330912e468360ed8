# SPDX-License-Identifier: Apache-2.0
"""The name under which a bot is seen in the rooms."""

from __future__ import annotations

from bots.core.matrix.http import Http, path


async def ensure_named(http: Http, user_id: str, name: str) -> bool:
    """Give the account this display name if it has none of its own, or only its localpart. Gives whether it did.

    A name that an organiser chose stays. Raises TransportError.
    """
    localpart = user_id[1:].partition(":")[0]
    field = path("profile", user_id, "displayname")
    answer = await http.found(field) or {}
    if answer.get("displayname") not in (None, "", localpart):
        return False
    await http.request("PUT", field, {"displayname": name})
    return True
