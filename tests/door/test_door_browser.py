# SPDX-License-Identifier: Apache-2.0
"""The door as people see it: in Chromium, light and dark, on a narrow screen, with scripts and without.

axe-core looks for barriers. Where no browser can be had, these say that they did not run.
"""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bots.core.matrix.http import Http, path
from bots.door.accounts import SynapseAccounts
from bots.door.app import serve
from bots.door.rendering import complete_languages
from door.browser import axe, chromium
from fakes.door_scene import CATALOGUE, COMMUNITY, Clock, MemoryAccounts, door

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]

SMALL_PHONE = {"width": 320, "height": 568}


@pytest.fixture(scope="module")
def browser():
    found = chromium()
    if found is None:
        pytest.skip("NOT RUN: there is no Chromium on this machine, and npm has none for it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable, env=found.environment or None, args=["--disable-gpu"]
        )
        page = browser.new_page()
        page.set_content("<span>letters</span>")
        assert page.locator("span").bounding_box()["width"] > 10, "this browser has no letters, and sees nothing"
        page.close()
        yield browser
        browser.close()


class Served:
    """A door on a thread of its own, as its visitors find it."""

    def __init__(self, synapse=None, administrator=None, **more):
        self.clock = Clock()
        self.accounts = MemoryAccounts("taken-name")
        self._started = threading.Event()
        self._stop = None
        self._loop = None
        self._synapse, self._administrator, self._more = synapse, administrator, more
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self):
        async with AsyncExitStack() as stack:
            if self._synapse is not None:
                http = await stack.enter_async_context(Http(self._synapse.url))
                admin = await stack.enter_async_context(Http(self._synapse.url, self._administrator.access_token))
                self.accounts = SynapseAccounts(http, admin)
            made = door(self.accounts, clock=self.clock, **self._more)
            port = await stack.enter_async_context(serve(made, "127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{port}"
            self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
            self._started.set()
            await self._stop.wait()

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)


@pytest.fixture(scope="module")
def served():
    with Served() as found:
        yield found


class Visit:
    """One visitor. What the page fetched, and what the browser complained about, is kept."""

    def __init__(self, browser, served, **more):
        self.served = served
        self.context = browser.new_context(base_url=served.url, locale="en-GB", viewport=SMALL_PHONE, **more)
        self.page: Page = self.context.new_page()
        self.fetched, self.complaints = [], []
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def check(self):
        """Nothing was fetched from elsewhere, nothing was stopped, and nothing runs over the edge."""
        assert {url for url in self.fetched if not url.startswith(self.served.url)} == set()
        # That a form came back with a hint is no error of the page.
        assert [line for line in self.complaints if "status of 4" not in line] == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
        assert self.context.cookies() == []

    def barriers(self):
        """What axe-core has against the page as it is now, in words."""
        # By the debugger's way in, past the page's own policy, which lets in no script but ours.
        self.page.evaluate(axe())
        found = self.page.evaluate("axe.run()")
        assert len(found["passes"]) > 10
        return [
            f"{each['impact']}: {each['id']}: {[node['target'] for node in each['nodes']]}"
            for each in found["violations"]
        ]


def password_of(page):
    return page.locator("#user").inner_text(), page.locator("#password").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_without_barriers_in_light_and_in_dark(browser, served, scheme):
    with Visit(browser, served, color_scheme=scheme) as visit:
        page = visit.page
        page.goto("/")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (paper == "rgb(253, 252, 249)") == (scheme == "light")
        assert visit.barriers() == []
        page.get_by_role("link", name="Choose a name").click()
        assert visit.barriers() == []
        page.get_by_label("Or a name of your own").fill("Anna Smith")
        page.get_by_role("button", name="Make my account").click()
        expect(page.get_by_role("alert")).to_contain_text("real name")
        assert visit.barriers() == []
        page.get_by_label("Or a name of your own").fill("taken-name")
        page.get_by_role("button", name="Make my account").click()
        expect(page.get_by_role("alert")).to_contain_text("Somebody has that name")
        expect(page.get_by_role("alert")).to_be_focused()
        assert visit.barriers() == []
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Make my account").click()
        page.wait_for_selector("#password")
        assert visit.barriers() == []
        visit.check()
        page.goto("/apps")
        assert visit.barriers() == []
        page.get_by_role("link", name="Help").click()
        expect(page.get_by_role("heading", name="I can't read messages")).to_be_visible()
        assert visit.barriers() == []
        page.goto("/nowhere")
        assert visit.barriers() == []
        visit.check()


def test_a_stranger_comes_in_through_a_browser_and_logs_in_at_a_real_homeserver(browser, synapse, new_account):
    with Served(synapse, new_account("door", admin=True)) as served, Visit(browser, served) as visit:
        page = visit.page
        page.goto("/")
        page.get_by_role("link", name="Choose a name").click()
        expect(page.get_by_text("Your browser runs no scripts here")).to_be_hidden()
        page.get_by_role("button", name="Make my account").click()
        page.wait_for_selector("#password", timeout=60_000)
        user_id, password = password_of(page)
        visit.check()
    assert user_id.endswith(f":{synapse.server_name}")
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password,
    }

    async def log_in():
        async with Http(synapse.url) as http:
            return await http.request("POST", path("login"), body)

    # This thread is Playwright's.
    with ThreadPoolExecutor() as another:
        assert another.submit(asyncio.run, log_in()).result(60)["user_id"] == user_id


def test_with_scripts_off_everything_can_be_done(browser, served):
    with Visit(browser, served, java_script_enabled=False) as visit:
        page = visit.page
        page.goto("/")
        page.get_by_role("link", name="Choose a name").click()
        expect(page.get_by_text("Your browser runs no scripts here")).to_be_visible()
        page.get_by_role("radio").nth(1).check()
        page.get_by_role("button", name="Make my account").click()
        expect(page.get_by_role("alert")).to_contain_text("few seconds more")
        served.clock.pass_(seconds=31)
        page.get_by_role("button", name="Make my account").click()
        user_id, password = password_of(page)
        assert served.accounts.passwords[user_id[1:].partition(":")[0]] == password
        # What would not work is not there.
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        with page.expect_popup() as popup:
            page.get_by_role("link", name="Pick an app").click()
        expect(popup.value.get_by_role("heading", level=1)).to_have_text("Pick an app")
        expect(page.locator("#password")).to_have_text(password)


def test_the_password_is_copied_and_the_card_is_all_that_is_printed(browser, served):
    with Visit(browser, served, permissions=["clipboard-read", "clipboard-write"]) as visit:
        page = visit.page
        page.goto("/name")
        page.get_by_role("button", name="Make my account").click()
        page.wait_for_selector("#password")
        user_id, password = password_of(page)
        page.get_by_role("button", name=re.compile("Copy Your password")).click()
        expect(page.get_by_role("status")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == password
        expect(page.get_by_role("button", name="Print this card")).to_be_visible()
        page.emulate_media(media="print")
        printed = page.locator("body").inner_text()
        assert password in printed
        assert user_id in printed
        assert "Copy" not in printed
        assert COMMUNITY.name not in printed, "a card that somebody finds does not say what it is for"
        visit.check()


def test_somebody_with_a_keyboard_gets_everywhere(browser, served):
    with Visit(browser, served) as visit:
        page = visit.page
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the text")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Choose a name")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_selector("#form")
        page.get_by_role("radio").first.focus()
        page.keyboard.press("ArrowDown")
        chosen = page.locator("input[name=pick]:checked").get_attribute("value")
        page.keyboard.press("Enter")
        page.wait_for_selector("#password")
        assert password_of(page)[0].startswith(f"@{chosen}:")


LANGUAGES = complete_languages(CATALOGUE, COMMUNITY)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_fits_on_a_narrow_screen(browser, served, tag):
    with Visit(browser, served) as visit:
        page = visit.page
        for where in ("/name", "/apps", "/help"):
            page.goto(f"{where}?l={tag}")
            expect(page.locator("html")).to_have_attribute("lang", tag)
            assert visit.barriers() == []
            visit.check()


def test_another_language_is_a_link_away(browser, served):
    assert set(LANGUAGES) > {"en", "de"}
    with Visit(browser, served) as visit:
        page = visit.page
        page.goto("/name")
        page.get_by_role("link", name="Deutsch").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.get_by_role("button", name="Make my account")).to_have_count(0)
        expect(page.get_by_role("link", name="English")).to_be_visible()
        visit.check()
