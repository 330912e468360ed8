# SPDX-License-Identifier: Apache-2.0
"""The accounts of a community that is tried out: the bots', the organiser's, the door's, and those of its people."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from bots.core.homeserver.synapse import HomeserverError, Synapse
from bots.core.matrix.private_files import read_private, write_private

# Who can be tried out, beside the bots and their organiser.
MODERATOR = "moderator"
MEMBERS = ("member_1", "member_2")
# A file in an account's folder: it has been made.
_REGISTERED = "registered"


class Accounts:
    """Accounts by their names, each with a folder for its secrets in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def are_made(self, names: Iterable[str]) -> bool:
        """Whether all of them have been made."""
        return all((self._folder / name / _REGISTERED).exists() for name in names)

    def make(self, synapse: Synapse, name: str, *, administrator: bool = False) -> None:
        """Make the account once. The password is written down first: it is never one that nobody knows."""
        if self.are_made([name]):
            return
        password = self.password(name)
        if password is None:
            password = new_password()
            write_private(self._folder / name / "password", password)
        try:
            synapse.register(name, password, admin=administrator)
        except HomeserverError as error:
            if error.errcode != "M_USER_IN_USE":
                raise
        write_private(self._folder / name / _REGISTERED, "")

    def password(self, name: str) -> str | None:
        """The account's password, once there is one."""
        return read_private(self._folder / name / "password")


def new_password() -> str:
    """One that can be read off a screen and typed on a phone: no letter looks like another. 59 bits."""
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    return f"{letters[:6]}-{letters[6:]}"
