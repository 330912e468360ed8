# SPDX-License-Identifier: Apache-2.0
"""How a command gives up: with a sentence that says what to do, and no traceback."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console


class Sorry(click.ClickException):
    """What went wrong, as the sentence that it is."""

    def show(self, file: Any = None) -> None:
        """Print it on `file`, standard error by default."""
        Console(file=file, stderr=file is None, highlight=False, soft_wrap=True).print(
            self.message, style="red", markup=False
        )
