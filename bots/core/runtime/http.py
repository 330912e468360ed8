# SPDX-License-Identifier: Apache-2.0
"""`/healthz` and `/metrics`, on the loopback interface and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bots.core.runtime.clock import Clock
from bots.core.runtime.metrics import Metrics, undecryptable_ratio
from bots.core.transport import Health

LOOPBACK = "127.0.0.1"
# A long poll takes half a minute; three of them without an answer is trouble.
STALE_AFTER_SECONDS = 90.0


def healthy(health: Health, sync_age: float | None) -> bool:
    """Whether the bot hears the homeserver and others can trust what it says."""
    return sync_age is not None and sync_age < STALE_AFTER_SECONDS and health.cross_signed is not False


def application(metrics: Metrics, health: Callable[[], Health], clock: Clock) -> web.Application:
    """The two pages. `/healthz` answers 200 when all is well and 503 when not, with the reasons as JSON."""

    async def healthz(_: web.Request) -> web.Response:
        now = health()
        age = metrics.sync_age(clock.now())
        good = healthy(now, age)
        report = {
            "ok": good,
            "sync_age_seconds": age,
            "cross_signed": now.cross_signed,
            "one_time_keys": now.one_time_keys,
            "fallback_key": now.fallback_key,
            "undecryptable_ratio": undecryptable_ratio(now),
        }
        return web.json_response(report, status=200 if good else 503)

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=metrics.text(health(), clock.now()), content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", figures)])
    return app


@asynccontextmanager
async def serve(app: web.Application, port: int) -> AsyncIterator[int]:
    """Serve on loopback while the context lasts. Port 0 takes a free one; the port taken is given.

    Raises OSError when the port is in use.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
