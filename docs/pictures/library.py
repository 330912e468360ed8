# SPDX-License-Identifier: Apache-2.0
"""Photographs the library's pages as a phone shows them: `make picture`. They are made from the example's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from coming_in import phones, photograph
from playwright.sync_api import Browser

from bots.cli.library.site import site_of
from door.test_door_browser import Served
from fakes.door_scene import COMMUNITY

PICTURE = Path(__file__).with_suffix(".png")


def shots(browser: Browser, served: Served) -> list[bytes]:
    """What somebody sees who looks for something, and people to call at night."""
    taken: list[bytes] = []
    for scheme, page in phones(browser, served):
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
    return taken


if __name__ == "__main__":
    files = site_of(COMMUNITY, datetime.now(UTC).date())
    photograph(PICTURE, shots, library=True, files=lambda: files)
