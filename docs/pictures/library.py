# SPDX-License-Identifier: Apache-2.0
"""Photographs the library's pages as a phone shows them: `make picture`. They are made from the example's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from coming_in import PHONE, side_by_side
from playwright.sync_api import Browser, sync_playwright

from bots.cli.site import site_of
from door.browser import chromium
from door.test_door_browser import Served
from fakes.door_scene import COMMUNITY

PICTURE = Path(__file__).with_suffix(".png")


def shots(browser: Browser, served: Served) -> list[bytes]:
    """What somebody sees who looks for something, and people to call at night."""
    taken: list[bytes] = []
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=served.url, viewport=PHONE, color_scheme=scheme, locale="en-GB")
        page = context.new_page()
        if scheme == "light":
            page.goto("/library/")
            taken.append(page.screenshot())
            page.get_by_role("searchbox").fill("panic at night")
            page.locator("#found article").first.wait_for()
            page.get_by_role("searchbox").evaluate("(box) => box.labels[0].scrollIntoView()")
            taken.append(page.screenshot())
        else:
            page.goto("/library/people.html#ie")
            taken.append(page.screenshot())
        context.close()
    return taken


def main() -> None:
    """Take them."""
    found = chromium()
    if found is None:
        raise SystemExit("There is no Chromium on this machine, and npm has none for it.")
    files = site_of(COMMUNITY, datetime.now(UTC).date())
    with Served(library=True, files=lambda: files) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, env=found.environment or None)
        PICTURE.write_bytes(side_by_side(browser, shots(browser, served)))
        browser.close()


if __name__ == "__main__":
    main()
