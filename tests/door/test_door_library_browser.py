# SPDX-License-Identifier: Apache-2.0
"""The library's pages as people see them: in Chromium, from a disk, through the door, in a frame, without scripts."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from bots.cli.library.site import site_of
from bots.door.rendering import complete_languages
from door.test_door_browser import SMALL_PHONE, Served, Visit, browser
from fakes.door_scene import CATALOGUE, COMMUNITY

__all__ = ["browser"]
pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

TODAY = date(2026, 11, 26)
FILES = site_of(COMMUNITY, TODAY)


# One of each kind, so that looking for barriers takes no minute.
ENTRIES = tuple({entry.kind: entry for entry in COMMUNITY.library}.values())
TITLE = ENTRIES[0].title["en"]
FEW = site_of(replace(COMMUNITY, library=ENTRIES, countries=COMMUNITY.countries[:3]), TODAY)


@pytest.fixture(scope="module")
def served():
    with Served(library=True, files=lambda: FILES) as found:
        yield found


@pytest.fixture(scope="module")
def few():
    with Served(library=True, files=lambda: FEW) as found:
        yield found


def look_for(page, words):
    page.get_by_role("searchbox").fill(words)
    expect(page.get_by_role("status")).not_to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_library_and_the_people_to_call_are_without_barriers(browser, few, scheme):
    with Visit(browser, few, color_scheme=scheme) as visit:
        page = visit.page
        page.goto("/library/")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (paper == "rgb(253, 252, 249)") == (scheme == "light")
        assert visit.barriers() == []
        look_for(page, TITLE)
        expect(page.locator("#found article").first).to_contain_text(TITLE)
        assert visit.barriers() == []
        page.get_by_role("link", name="People to call").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("People to call, by country")
        assert visit.barriers() == []
        visit.check()


def test_words_find_the_closest_with_why_and_stay_on_the_device(browser, served):
    with Visit(browser, served) as visit:
        page = visit.page
        page.goto("/library/")
        before = len(visit.fetched)
        look_for(page, "can I travel gluten free?")
        first = page.locator("#found article").first
        expect(first.get_by_role("heading")).to_contain_text("gluten free")
        expect(first).to_contain_text("It fits: travel, gluten, free.")
        expect(first).to_contain_text("Nobody in this group has checked it yet.")
        expect(page.locator("#shelves")).to_be_hidden()
        # A word in its plural, an accent too many, a lay word, and one that is not finished.
        for words in ("ópérations? flares", "bg meters", "trave"):
            look_for(page, "xyzzy")
            look_for(page, words)
            expect(page.locator("#found article")).not_to_have_count(0)
        look_for(page, "Médico")
        expect(page.locator("#found article").first).to_contain_text("It fits: médico.")
        # What is said of every entry finds none.
        for words in ("xyzzy", "checked yet"):
            look_for(page, words)
            expect(page.get_by_role("status")).to_have_text("Nothing here has these words. Other words may find it.")
        page.get_by_role("searchbox").fill("")
        expect(page.locator("#shelves")).to_be_visible()
        assert visit.fetched[before:] == []
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        visit.check()


@pytest.mark.parametrize("words", ["I want to die", "no quiero vivir", "want to kill myself, insulin"])
def test_words_that_leave_no_doubt_get_people_and_no_list(browser, served, words):
    with Visit(browser, served) as visit:
        visit.page.goto("/library/")
        look_for(visit.page, words)
        expect(visit.page.locator("#found article")).to_have_count(0)
        expect(visit.page.get_by_role("status")).to_contain_text("emergency number")
        expect(visit.page.get_by_role("link", name="People to call")).to_be_visible()


def test_without_scripts_everything_is_there_and_nothing_that_would_not_work(browser, served):
    with Visit(browser, served, java_script_enabled=False) as visit:
        page = visit.page
        page.goto("/library/")
        expect(page.locator("article")).to_have_count(len(COMMUNITY.library))
        expect(page.get_by_role("searchbox")).to_have_count(0)
        page.get_by_role("navigation", name="What there is").get_by_role("link", name="Travel").click()
        expect(page.get_by_role("heading", name="Travel", exact=True)).to_be_in_viewport()


def test_from_a_disk_without_any_connection_it_works_as_well(browser, tmp_path):
    for name, asset in FILES.items():
        (tmp_path / name).write_bytes(asset.content)
    context = browser.new_context(offline=True, viewport=SMALL_PHONE)
    page, fetched = context.new_page(), []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto((tmp_path / "index.html").as_uri())
    look_for(page, "breathing")
    expect(page.locator("#found article").first).to_contain_text("Breathe in, and count to four.")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("link", name="Menschen zum Anrufen").click()
    expect(page.locator("a[href^='tel:']").first).to_be_visible()
    assert all(url.startswith("file:") for url in fetched)
    context.close()


class _Clinic(BaseHTTPRequestHandler):
    """Another site, with the library in a frame."""

    library = ""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!doctype html><title>A clinic</title><iframe src="{self.library}"></iframe>'.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def clinic(few):
    handler = type("Handler", (_Clinic,), {"library": f"{few.url}/library/"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_another_site_has_it_in_a_frame(browser, few, clinic):
    with Visit(browser, few) as visit:
        visit.page.goto(clinic)
        frame = visit.page.frame_locator("iframe")
        frame.get_by_role("searchbox").fill(TITLE)
        expect(frame.locator("#found article").first).to_contain_text(TITLE)


@pytest.mark.parametrize("tag", complete_languages(CATALOGUE, COMMUNITY))
def test_every_language_fits_on_a_narrow_screen(browser, served, tag):
    with Visit(browser, served) as visit:
        for page in ("index", "people"):
            visit.page.goto(f"/library/{page}.html" if tag == "en" else f"/library/{page}.{tag}.html")
            expect(visit.page.locator("html")).to_have_attribute("lang", tag)
            visit.check()
