# SPDX-License-Identifier: Apache-2.0
"""Looking at pages: real requests to a server on this machine, which only a name leads to."""

from __future__ import annotations

import asyncio
import io
import shutil
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from rich.console import Console

from bots.cli.library.librarian import is_cut_off, look_after
from bots.cli.library.links import remember, remembered
from bots.core.pages import Seen
from bots.core.runtime.links import FRESH, PAUSE, Links, NotPublicError, PublicResolver, open_session, public
from bots.core.settings import load_community
from bots.resources.addresses import leads
from fakes.clock import FakeClock

EXAMPLE = Path(__file__).parents[2] / "config"
ROBOTS = "User-agent: *\nDisallow: /private\n"
LEADS = {"/moved": "/fine", "/away": "http://elsewhere.test:{port}/there", "/to-private": "/private/page"}


class ToLoopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


class Site:
    """Some pages, and what was asked of it, in order."""

    def __init__(self):
        self.asked = []
        self.robots = ROBOTS
        self.robots_are_at = ""
        self.robots_elsewhere = ""
        self.well = True

    async def answer(self, request):
        self.asked.append(request.path)
        if request.path in LEADS:
            raise web.HTTPMovedPermanently(LEADS[request.path].format(port=request.url.port))
        if request.url.host == "elsewhere.test" and request.path == "/robots.txt":
            return web.Response(text=self.robots_elsewhere, status=200 if self.robots_elsewhere else 503)
        return self.page(request)

    def page(self, request):
        match request.path:
            case "/robots.txt" if not self.well:
                return web.Response(status=503)
            case "/robots.txt" if self.robots_are_at:
                raise web.HTTPMovedPermanently(self.robots_are_at)
            case "/rules.txt":
                return web.Response(text=self.robots)
            case "/flaky":
                return web.Response(status=200 if self.asked.count("/flaky") > 1 else 500)
            case "/robots.txt":
                return web.Response(text=self.robots) if self.robots else web.Response(status=404)
            case "/inside":
                raise web.HTTPFound("http://127.0.0.1:1/secret")
            case "/round":
                raise web.HTTPFound("/round")
            case "/gone":
                return web.Response(status=410)
            case "/steers":
                return web.Response(text="<title>A\x1b[31m\u202e&#27;B</title>", content_type="text/html")
            case "/long":
                return web.Response(text="x" * 1_000_000 + "<title>late</title>", content_type="text/html")
        return web.Response(text="<html><title class='a'>A &amp; B\n</title>", content_type="text/html")


@asynccontextmanager
async def site():
    pages = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", pages.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        (_, port) = runner.addresses[0]
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=ToLoopback())) as session:
            yield pages, f"http://pages.test:{port}", session
    finally:
        await runner.cleanup()


async def look(links, clock, urls, known=None):
    """Look, the clock going on whenever somebody waits for it."""
    task = asyncio.create_task(links.look(urls, known or {}))
    waited = 0
    while not task.done():
        await asyncio.sleep(0)
        if clock.sleeping:
            waited += 1
            clock.advance(PAUSE)
    return await task, waited


async def test_pages_say_what_they_are_and_redirects_are_followed():
    async with site() as (pages, root, session):
        clock = FakeClock()
        names = ("fine", "moved", "gone", "round", "inside", "long", "steers", "private/page")
        seen, waited = await look(Links(session, clock), clock, [f"{root}/{name}" for name in names])
    by = {url.removeprefix(f"{root}/"): each for url, each in seen.items()}
    assert (by["fine"].status, by["fine"].title) == (200, "A & B")
    assert (by["moved"].status, by["moved"].permanent) == (200, f"{root}/fine")
    assert by["gone"].status == 410
    assert by["round"].trouble == "it leads in circles"
    assert by["inside"].trouble == "its address is not on the public internet"
    assert (by["long"].status, by["long"].title) == (200, None)
    assert by["steers"].title == "A[31mB"
    assert by["private/page"].not_asked
    assert waited == len(names) - 1, "one page of a site at a time, with a pause between"
    assert pages.asked.count("/robots.txt") == 1
    assert "/private/page" not in pages.asked


async def test_what_was_asked_within_a_week_is_not_asked_again():
    async with site() as (pages, root, session):
        clock = FakeClock()
        links, url = Links(session, clock), f"{root}/fine"
        first, _ = await look(links, clock, [url])
        clock.advance(FRESH - timedelta(seconds=1))
        again, _ = await look(links, clock, [url], first)
        assert again == first
        assert pages.asked.count("/fine") == 1
        clock.advance(2)
        await look(links, clock, [url], first)
        assert pages.asked.count("/fine") == 2


async def test_what_did_not_answer_is_asked_again_the_next_time():
    async with site() as (_pages, root, session):
        clock, url = FakeClock(), f"{root}/flaky"
        links = Links(session, clock)
        first, _ = await look(links, clock, [url])
        assert first[url].status == 500
        clock.advance(timedelta(minutes=1))
        again, _ = await look(links, clock, [url], first)
        assert again[url].status == 200


async def test_rules_that_lie_elsewhere_are_rules():
    async with site() as (pages, root, session):
        pages.robots_are_at = "/rules.txt"
        clock = FakeClock()
        seen, _ = await look(Links(session, clock), clock, [f"{root}/private/page"])
        assert seen[f"{root}/private/page"].not_asked
        assert "/private/page" not in pages.asked


@pytest.mark.parametrize(
    ("rules", "asked", "seen"),
    [
        ("User-agent: *\nDisallow: /private", True, (200, False, None)),
        ("User-agent: *\nDisallow: /there", False, (None, True, None)),
        ("", False, (None, False, "its robots.txt can't be read now")),
    ],
)
async def test_a_site_to_which_a_page_leads_is_asked_for_its_rules_first(rules, asked, seen):
    async with site() as (pages, root, session):
        pages.robots_elsewhere = rules
        clock, url = FakeClock(), f"{root}/away"
        looked, _ = await look(Links(session, clock), clock, [url])
    assert ("/there" in pages.asked) is asked
    assert (looked[url].status, looked[url].not_asked, looked[url].trouble) == seen


async def test_a_page_that_leads_to_one_that_robots_are_to_leave_alone_is_not_followed():
    async with site() as (pages, root, session):
        clock, url = FakeClock(), f"{root}/to-private"
        looked, _ = await look(Links(session, clock), clock, [url])
    assert looked[url].not_asked
    assert "/private/page" not in pages.asked


async def test_a_site_that_can_not_say_its_rules_is_not_asked():
    async with site() as (pages, root, session):
        pages.well = False
        clock = FakeClock()
        seen, _ = await look(Links(session, clock), clock, [f"{root}/fine"])
        assert seen[f"{root}/fine"].trouble == "its robots.txt can't be read now"
        assert "/fine" not in pages.asked


async def test_a_site_that_wishes_for_longer_pauses_gets_them():
    async with site() as (pages, root, session):
        pages.robots = "User-agent: *\nCrawl-delay: 6\n"
        clock = FakeClock()
        began = clock.now()
        await look(Links(session, clock), clock, [f"{root}/fine", f"{root}/moved"])
        assert clock.now() - began >= timedelta(seconds=6)


@pytest.mark.parametrize(("sites", "answered", "cut_off"), [(5, 0, True), (5, 1, False), (4, 0, False)])
def test_a_machine_without_the_internet_is_not_taken_for_a_library_of_dead_links(sites, answered, cut_off):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    known = {"https://known.example/": Seen(at=at, status=200)}
    dead = {f"https://{number}.example/": Seen(at=at, trouble="no connection") for number in range(sites - answered)}
    alive = {f"https://alive{number}.example/": Seen(at=at, status=404) for number in range(answered)}
    assert is_cut_off({**known, **dead, **alive}, known) is cut_off


async def test_a_site_without_rules_may_be_looked_at():
    async with site() as (pages, root, session):
        pages.robots = ""
        clock = FakeClock()
        seen, _ = await look(Links(session, clock), clock, [f"{root}/private/page"])
        assert seen[f"{root}/private/page"].status == 200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "::1",
        "[fd00::1]",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
async def test_nothing_on_this_machine_or_its_network_is_asked(host):
    assert not public(host)
    clock = FakeClock()
    async with open_session() as session:
        address = f"[{host}]" if ":" in host and not host.startswith("[") else host
        seen, _ = await look(Links(session, clock), clock, [f"http://{address}/"])
    assert [each.trouble for each in seen.values()] == ["its address is not on the public internet"]


@pytest.mark.parametrize("host", ["①②⑦.0.0.1", "127。0。0。1", "１２７．０．０．１", "127.1", "2130706433"])
async def test_this_machine_is_not_asked_however_its_address_is_written(host):
    async with site() as (pages, root, _):
        clock, url = FakeClock(), f"http://{host}:{root.rpartition(':')[2]}/fine"
        async with open_session() as session:
            seen, _ = await look(Links(session, clock), clock, [url])
        assert seen[url].status is None
        assert pages.asked == []


async def test_a_name_that_leads_to_this_machine_is_not_asked_either():
    with pytest.raises(NotPublicError):
        await PublicResolver(ToLoopback()).resolve("pages.test", 80)
    async with site() as (pages, root, _):
        clock = FakeClock()
        connector = aiohttp.TCPConnector(resolver=PublicResolver(ToLoopback()))
        async with aiohttp.ClientSession(connector=connector) as session:
            seen, _ = await look(Links(session, clock), clock, [f"{root}/fine"])
        assert [each.trouble for each in seen.values()] == ["its address is not on the public internet"]
        assert pages.asked == []


def test_what_was_seen_is_kept_and_a_broken_file_is_none(tmp_path):
    file = tmp_path / "var/links.json"
    assert remembered(file) == {}
    seen = {"https://example.org/": Seen(at=datetime(2026, 1, 1, tzinfo=UTC), status=200, title="T")}
    remember(file, seen)
    assert remembered(file) == seen
    for broken in ("{", "[]", '{"a": 1}', '{"a": {"at": "never"}}', '{"a": {"at": "2026-01-01", "x": 1}}'):
        file.write_text(broken)
        assert remembered(file) == {}


async def test_what_can_not_be_kept_is_said_before_any_page_is_asked(tmp_path, monkeypatch):
    librarian = sys.modules[look_after.__module__]
    monkeypatch.setattr(librarian, "open_session", lambda: pytest.fail("a page was asked"))
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        await look_after(EXAMPLE, tmp_path / "file/links.json", Console(file=io.StringIO()), FakeClock())


class Endless:
    """Looks at a few pages, and waits for the next for ever."""

    def __init__(self, *_):
        pass

    async def look(self, urls, known, looked):
        for url in urls[:3]:
            looked(url, self.page)
        self.seen_some.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("answers", [True, False])
async def test_who_stops_a_look_half_way_keeps_what_was_looked_at(tmp_path, monkeypatch, answers):
    librarian, file, clock = sys.modules[look_after.__module__], tmp_path / "links.json", FakeClock()
    monkeypatch.setattr(librarian, "Links", Endless)
    Endless.seen_some = asyncio.Event()
    Endless.page = Seen(at=clock.now(), status=200 if answers else None, trouble=None if answers else "no connection")
    monkeypatch.setattr(librarian, "_SEVERAL", 1)
    urls = list(dict.fromkeys(each.url for each in leads(load_community(EXAMPLE))))
    old = Seen(at=clock.now() - timedelta(days=30), status=200)
    remember(file, {urls[-1]: old})
    console = Console(file=io.StringIO())
    look = asyncio.create_task(look_after(EXAMPLE, file, console, clock))
    await Endless.seen_some.wait()
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    kept = remembered(file)
    assert kept.pop(urls[-1]) == old
    assert set(kept) == (set(urls[:3]) if answers else set())
    assert ("kept: 3 of" in console.file.getvalue()) is answers


async def test_a_librarian_reads_what_to_do_and_what_is_wrong_comes_first(tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("transcripts", "words", "*-*.yaml"))
    console = Console(file=io.StringIO(), width=200)
    clock = FakeClock(datetime(2026, 11, 26, tzinfo=UTC))
    assert await look_after(folder, None, console, clock) is False
    assert "entries were read by nobody here yet" in console.file.getvalue()
    assert "Nothing that members see is wrong" in console.file.getvalue()
    console.file = io.StringIO()
    clock.advance(timedelta(days=90))
    assert await look_after(folder, None, console, clock) is True
    rows = [row for row in console.file.getvalue().splitlines() if row.startswith("│")]
    assert rows[0].startswith("│ ✗")
    assert "To be read again since 2027-01-31" in rows[0]
