# SPDX-License-Identifier: Apache-2.0
"""The library's pages for the door: made when it opens, and again every day, since they say how old entries are."""

from __future__ import annotations

import asyncio
import mimetypes
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import structlog

from bots.core.runtime.clock import Clock
from bots.door.rendering import Asset


class KeptLibrary:
    """The pages of the community in `folder`, as they were made last."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._files: Mapping[str, Asset] = {}

    def files(self) -> Mapping[str, Asset]:
        """Every file by its name; nothing before they were made."""
        return self._files

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Make them now and after every midnight (UTC), while the context lasts."""
        task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await self.make()
            day = self._clock.now().date() + timedelta(days=1)
            await self._clock.sleep_until(datetime.combine(day, time(), self._clock.now().tzinfo))

    async def make(self) -> None:
        """Make them, in a process of its own: what reads the library takes more memory than the door.

        Where that fails, those that were made last stay.
        """
        try:
            with tempfile.TemporaryDirectory(prefix="kithroom-library-") as place:
                target = Path(place) / "library"
                code = await self._made(target)
                files = await asyncio.to_thread(_read, target) if code == 0 else {}
        except OSError as error:
            structlog.get_logger().error("the library's pages were not made", error_type=type(error).__name__)
            return
        if files:
            self._files = files
            structlog.get_logger().info("the library's pages are made", count=len(files))
        else:
            structlog.get_logger().error("the library's pages were not made", status=code)

    async def _made(self, target: Path) -> int:
        nothing = asyncio.subprocess.DEVNULL
        command = ("library", "site", str(target), "--community", str(self._folder))
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bots.cli", *command), stdin=nothing, stdout=nothing, stderr=nothing
        )
        try:
            return await child.wait()
        except asyncio.CancelledError:
            child.kill()
            await child.wait()
            raise


def _read(folder: Path) -> dict[str, Asset]:
    return {file.name: Asset(file.name, file.read_bytes(), _kind(file)) for file in sorted(folder.iterdir())}


def _kind(file: Path) -> str:
    return "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0] or "application/zip"
