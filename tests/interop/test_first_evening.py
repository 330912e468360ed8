# SPDX-License-Identifier: Apache-2.0
"""A stranger, a phone, a browser: from the door's page to a first "me too", in a web client with another encryption."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright

from door.browser import chromium
from interop.test_journey import settle_in
from web_client.hydrogen import served
from web_client.walk import first_evening

pytestmark = pytest.mark.real


async def test_a_stranger_gets_from_the_door_to_a_first_me_too_in_a_browser(community, person, tmp_path):
    found = chromium()
    if found is None:
        pytest.skip("no Chromium on this machine, and npm has none for it")
    # Hydrogen signs nobody's device: River is one of those who read such people.
    river = await person("river", isolate=False)
    await settle_in(river, community)
    with served(tmp_path) as client:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=found.executable, env=found.environment or None)
            phone = await first_evening(browser, client, community, river)
            said = await phone.page.locator(".Timeline_message").all_inner_texts()
            await browser.close()
    assert not [text for text in said if "could not" in text.casefold()], "something could not be decrypted"
