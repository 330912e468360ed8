# SPDX-License-Identifier: Apache-2.0
"""How a command gives up: with a sentence that says what to do, and no traceback."""

from __future__ import annotations

from typing import Any

import click

from bots.core.transport import TransportError


class Sorry(click.ClickException):
    """What went wrong, as the sentence that it is."""

    def show(self, file: Any = None) -> None:
        """Print it on `file`, standard error by default."""
        click.secho(self.message, file=file, err=file is None, fg="red")


class NotLetInError(Sorry):
    """The homeserver does not let this account in: a service manager need not try again."""

    # As a bot that is logged out while it runs.
    exit_code = 3


def sentence(error: TransportError) -> str:
    """What the homeserver, or the way to it, has against us. Codes of our own tell a person nothing."""
    message = error.message.rstrip(".")
    ours = error.errcode.startswith("KITHROOM_")
    return f"{message[:1].upper()}{message[1:]}." if ours else f"{error.errcode}: {message}."
