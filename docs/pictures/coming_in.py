# SPDX-License-Identifier: Apache-2.0
"""Photographs the door as a phone shows it: `make picture`. The pages are the real ones, the accounts are not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from door.browser import chromium
from door.test_door_browser import Served

PICTURE = Path(__file__).with_suffix(".png")
PHONE = {"width": 360, "height": 740}
GAP = 16


def phones(browser: Browser, served: Served) -> Iterator[tuple[str, Page]]:
    """A phone by day ("light"), and one at night ("dark")."""
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=served.url, viewport=PHONE, color_scheme=scheme, locale="en-GB")
        yield scheme, context.new_page()
        context.close()


def shots(browser: Browser, served: Served) -> list[bytes]:
    """What somebody sees on the way in, the last one at night."""
    taken: list[bytes] = []
    for scheme, page in phones(browser, served):
        if scheme == "light":
            page.goto("/")
            taken.append(page.screenshot())
            page.get_by_role("link", name="Choose a name").click()
            page.get_by_label("Or a name of your own").fill("Fern Smith 84")
            page.get_by_role("button", name="Make my account").click()
            page.wait_for_selector("#alert")
            taken.append(page.screenshot())
            page.get_by_role("radio").first.check()
            page.get_by_role("button", name="Make my account").click()
            page.wait_for_selector("#password")
            taken.append(page.screenshot())
        else:
            page.goto("/apps")
            taken.append(page.screenshot())
    return taken


def side_by_side(browser: Browser, taken: list[bytes]) -> bytes:
    """All of them in one picture."""
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(each).decode()}">' for each in taken)
    width = len(taken) * (PHONE["width"] + GAP) + GAP
    page = browser.new_page(viewport={"width": width, "height": PHONE["height"] + 2 * GAP})
    page.set_content(
        f"<style>body{{margin:{GAP}px;display:flex;gap:{GAP}px;background:#889}}img{{border-radius:12px}}</style>{images}"
    )
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    return page.screenshot()


def photograph(picture: Path, shots: Callable[[Browser, Served], list[bytes]], **serving: Any) -> None:
    """Take them, side by side, of a door that serves so."""
    found = chromium()
    if found is None:
        raise SystemExit("There is no Chromium on this machine, and npm has none for it.")
    with Served(**serving) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, env=found.environment or None)
        picture.write_bytes(side_by_side(browser, shots(browser, served)))
        browser.close()


if __name__ == "__main__":
    photograph(PICTURE, shots)
