# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.door`: the door's pages in Chromium, beside an almost empty page of the same kind of server.

First contentful paint, what is loaded, and how long the proof of work takes; also with the page's processor slowed
six times, as Chromium's tools do it for a cheap phone (a worker is not slowed by it: the proof of work says less).
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.sync_api import Browser, expect, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.machine import described
from bots.core.runtime.http import serve
from door.browser import chromium
from door.test_door_browser import SMALL_PHONE, Served

VISITS = 15
FILE = Path("var/bench-door.json")
MOST_BYTES = 50_000
EMPTY = '<!doctype html><html lang="en"><title>Empty</title><p>Hello</p></html>'
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
BYTES = """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .reduce((sum, each) => sum + each.transferSize, 0)"""


class Plain:
    """The almost empty page, on a thread of its own."""

    def __init__(self) -> None:
        self._ready, self._stop, self._loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    async def _run(self) -> None:
        async def page(_: web.Request) -> web.Response:
            return web.Response(text=EMPTY, content_type="text/html")

        app = web.Application()
        app.add_routes([web.get("/", page)])
        async with serve(app, 0) as port:
            self.url = f"http://127.0.0.1:{port}"
            self._ready.set()
            await self._stop.wait()

    def __enter__(self) -> Plain:
        self._thread.start()
        self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()


def visit(browser: Browser, url: str, slowed: int, *, work: bool = False) -> tuple[float, float]:
    """Milliseconds to the first contentful paint (or till the work is done), and bytes loaded, at a first visit."""
    context = browser.new_context(viewport=SMALL_PHONE)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    begun = time.perf_counter()
    page.goto(url)
    if work:
        expect(page.locator("#work")).not_to_have_value("", timeout=120_000)
        took = (time.perf_counter() - begun) * 1000
    else:
        while (took := page.evaluate(PAINT)) is None:
            time.sleep(0.02)
    loaded = page.evaluate(BYTES)
    context.close()
    return took, loaded


def main() -> None:
    """Measure, print, write JSON."""
    found = chromium()
    if found is None:
        raise SystemExit("There is no Chromium on this machine, and npm has none for it.")
    rows: list[dict[str, Any]] = []
    with Plain() as plain, Served() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable, env=found.environment or None, args=["--disable-gpu"]
        )
        subjects = {
            "an almost empty page": (plain.url, False),
            **{f"the door, {where}": (served.url + where, False) for where in ("/", "/name", "/apps")},
            "the proof of work, page included": (f"{served.url}/name", True),
        }
        for slowed in (1, 6):
            for what, (url, work) in subjects.items():
                visits = [visit(browser, url, slowed, work=work) for _ in range(VISITS + 1)][1:]
                times = sorted(took for took, _ in visits)
                p95 = times[round(0.95 * (len(times) - 1))]
                median = statistics.median(times)
                rows.append({"what": what, "slowed": slowed, "p50_ms": median, "p95_ms": p95, "bytes": visits[0][1]})
        browser.close()
    FILE.parent.mkdir(parents=True, exist_ok=True)
    facts = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": described(), "visits": VISITS}
    FILE.write_text(json.dumps({**facts, "rows": rows}, indent=2) + "\n", encoding="utf-8")
    table = Table(title="The door in Chromium: first contentful paint, and the proof of work", title_justify="left")
    for column in ("", "slowed", "p50 ms", "p95 ms", "bytes"):
        table.add_column(column, justify="left" if not column else "right")
    for row in rows:
        figures = (f"{row['slowed']} ×", f"{row['p50_ms']:.0f}", f"{row['p95_ms']:.0f}", f"{row['bytes']:.0f}")
        table.add_row(row["what"], *figures)
    Console(highlight=False).print(table)
    if any(row["bytes"] > MOST_BYTES for row in rows):
        sys.exit(f"A page loads more than {MOST_BYTES} bytes.")


if __name__ == "__main__":
    main()
