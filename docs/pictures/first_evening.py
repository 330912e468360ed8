# SPDX-License-Identifier: Apache-2.0
"""Photographs a stranger's first evening, from the door to a first "me too": `make picture`.

A whole community runs for it, as `kithroom up` starts it. The phone is Chromium with Hydrogen, a web client that is not
ours; who answers in the room is matrix-js-sdk. It is the same walk that a test takes.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from coming_in import side_by_side
from playwright.async_api import async_playwright
from playwright.sync_api import sync_playwright

from door.browser import Chromium, chromium
from interop.conftest import Place, register, start_community, stop_community, wait_until_ready
from interop.judge import Judge
from interop.test_journey import settle_in
from web_client.hydrogen import Phone, served
from web_client.walk import first_evening

HERE = Path(__file__)
# Which pictures stand beside each other.
ROWS = (("The door", "A name", "The account"), ("Invited", "Greeted", "Asked"), ("Let in", "The list", "Me too"))


async def walk(found: Chromium, place: Place, folder: Path) -> dict[str, bytes]:
    """Walk, and give what was seen at each step. The client is put together in `folder`."""
    taken: dict[str, bytes] = {}

    async def photograph(what: str, phone: Phone) -> None:
        await phone.page.evaluate("document.fonts.ready")
        taken[what] = await phone.page.screenshot()

    account = await asyncio.to_thread(register, place, "river")
    async with await Judge.start(place.homeserver, account, isolate=False) as river:
        await settle_in(river, place)
        with served(folder) as client:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=found.executable, env=found.environment or None
                )
                await first_evening(browser, client, place, river, photograph)
                await browser.close()
    return taken


def main() -> None:
    """Start a community, walk, take the pictures, stop."""
    found = chromium()
    if found is None:
        raise SystemExit("There is no Chromium on this machine, and npm has none for it.")
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "var"
        client = Path(folder) / "client"
        client.mkdir()
        community = start_community(state)
        try:
            taken = asyncio.run(walk(found, wait_until_ready(community, state), client))
        finally:
            stop_community(community)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, env=found.environment or None)
        for number, row in enumerate(ROWS, start=1):
            picture = HERE.with_name(f"{HERE.stem}_{number}.png")
            picture.write_bytes(side_by_side(browser, [taken[what] for what in row]))
        browser.close()


if __name__ == "__main__":
    main()
