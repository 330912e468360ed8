# SPDX-License-Identifier: Apache-2.0
"""What a person sees while waiting: one line a stage, a spinner on the one that is going on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Stages:
    """Prints each stage when it is done, with how long it took; where nobody watches, when it begins too."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.began = time.monotonic()

    @contextmanager
    def stage(self, doing: str, done: str) -> Iterator[Callable[[str], None]]:
        """Show `doing` while the block runs, `done` afterwards. What is given tells a detail, shown meanwhile."""
        began = time.monotonic()
        if not self._console.is_terminal:
            self._console.print(f"{doing} …")
        with self._console.status(f"{doing} …") as status:
            yield lambda detail: status.update(f"{doing} … [dim]{escape(detail)}[/dim]")
        seconds = time.monotonic() - began
        self._console.print(f"[green]✓[/green] {done} [dim]{seconds:.1f} s[/dim]", highlight=False)

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began
