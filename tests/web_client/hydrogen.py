# SPDX-License-Identifier: Apache-2.0
"""A phone with a real web client: Hydrogen, by the makers of Element, with its own encryption, in a real browser."""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Locator, Page

from interop.judge import install, node

HERE = Path(__file__).parent
PATIENCE_MS = 120_000


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Put the client together in `folder`, and give the address under which it is served while this lasts."""
    install(HERE)
    modules = HERE / "node_modules"
    # Its parts for Node are not for a browser.
    left_out = [f"--external:{name}" for name in ("crypto", "path", "fs")]
    bundle = [str(modules / "esbuild" / "bin" / "esbuild"), "page.mjs", "--bundle", "--format=esm", *left_out]
    out = f"--outfile={folder / 'page.js'}"
    subprocess.run([*node(), *bundle, out, "--log-level=error"], cwd=HERE, check=True, timeout=120)
    shutil.copy(HERE / "page.html", folder / "index.html")
    shutil.copy(modules / "hydrogen-view-sdk" / "lib-build" / "sw.js", folder)
    # A phone brings its own; the browser here has none. The theme asks for a family of this name.
    letters = modules / "@fontsource" / "noto-emoji"
    shutil.copytree(letters / "files", folder / "files", ignore=shutil.ignore_patterns("*.woff"))
    (folder / "emoji.css").write_text((letters / "index.css").read_text("utf-8").replace("'Noto Emoji'", "emoji"))
    shutil.copytree(modules / "hydrogen-view-sdk" / "asset-build" / "assets", folder / "assets")
    shutil.copytree(modules / "@matrix-org" / "olm", folder / "olm", ignore=shutil.ignore_patterns("*.d.ts", "*.md"))
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


class Phone:
    """Somebody with Hydrogen on a phone. Everything goes through what is on the screen."""

    def __init__(self, page: Page, address: str, homeserver: str) -> None:
        page.set_default_timeout(PATIENCE_MS)
        self.page = page
        self._start = f"{address}/?homeserver={homeserver}"
        self._session = ""

    async def log_in(self, name: str, password: str) -> None:
        """From the first page to the list of rooms."""
        await self.page.goto(self._start)
        await self.page.get_by_text("You will connect to").wait_for()
        await self.page.fill("#username", name)
        await self.page.fill("#password", password)
        await self.page.get_by_role("button", name="Log In").click()
        await self.page.get_by_title("Settings").wait_for()
        self._session = self.page.url.split("#")[1]

    async def join(self, room: str) -> None:
        """Into a public room, by its address."""
        await self.page.get_by_label("Create room").click()
        await self.page.get_by_text("Join Room").click()
        await self.page.fill("#id", room)
        await self.page.get_by_role("button", name="Join", exact=True).click()
        await self.page.locator(".RoomView").wait_for()
        await self.back()

    async def back(self) -> None:
        """To the list of rooms."""
        await self.page.evaluate("(to) => { location.hash = to }", self._session)
        await self.page.locator(".LeftPanel").wait_for()

    def listed(self, room: str) -> Locator:
        """A room, or an invitation, in the list."""
        return self.page.locator(".RoomList li").filter(has_text=room)

    async def accept(self, room: str) -> None:
        """The invitation to a room."""
        await self.listed(room).click()
        await self.page.get_by_role("button", name="Accept").click()
        await self.page.locator(".MessageComposer textarea, .MessageComposer_input textarea").first.wait_for()

    async def say(self, text: str) -> None:
        """In the open room."""
        await self.page.locator(".MessageComposer_input textarea").fill(text)
        await self.page.locator(".MessageComposer_input textarea").press("Enter")
        await self.page.locator(".Timeline_message.own").filter(has_text=text).last.wait_for()

    async def reads(self, text: str) -> str:
        """Wait until somebody else's message with `text` is readable on the screen; all of that message."""
        message = self.page.locator(".Timeline_message:not(.own) .Timeline_messageBody").filter(has_text=text).last
        await message.wait_for()
        return await message.inner_text()
