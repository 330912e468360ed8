# SPDX-License-Identifier: Apache-2.0
"""A stranger's first evening: from the door's page to a first "me too", with nothing but a browser on a phone."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Browser

from interop.conftest import Place
from interop.judge import Judge
from web_client.hydrogen import Phone

SCREEN = {"width": 360, "height": 740}
CONDITION = "type-1-diabetes"
CHAT = "Chat with the welcome bot"
ROOM = "Harbour"
Photograph = Callable[[str, Phone], Awaitable[None]]


async def _no_photograph(_what: str, _phone: Phone) -> None:
    """Nothing."""


async def first_evening(
    browser: Browser, client: str, place: Place, river: Judge, photograph: Photograph = _no_photograph
) -> Phone:
    """The stranger's phone, in the room, after River (who is there already) answered.

    `client` is where the web client is served. `photograph` is called at each step with what there is to see.
    """
    context = await browser.new_context(viewport=SCREEN, locale="en-GB", base_url=place.door)
    phone = Phone(await context.new_page(), client, place.homeserver)
    name, password = await _account(phone, photograph)
    await phone.log_in(name, password)
    await phone.join(place.lobby)
    await phone.listed(CHAT).wait_for()
    await photograph("Invited", phone)
    await phone.accept(CHAT)
    await phone.reads("I'm a bot")
    await photograph("Greeted", phone)
    for asked in ("are you 18 or older", "Is that all right for you?", "something about your health"):
        await phone.reads(asked)
        await phone.say("yes")
    await phone.reads("What brings you here?")
    await photograph("Asked", phone)
    await phone.say("T1D")
    check = await phone.reads("A small check")
    wanted = re.search(r"Tap the (\w+)", check)
    assert wanted is not None
    await phone.say(wanted[1])
    await phone.reads("The door is open")
    for asked, answer in (("who are you here?", "just diagnosed"), ("May I tell the room", "no")):
        await phone.reads(asked)
        await phone.say(answer)
    await phone.reads("May I write to you here tomorrow")
    await phone.say("no")
    await photograph("Let in", phone)
    await phone.back()
    await phone.listed(ROOM).wait_for()
    await photograph("The list", phone)
    await phone.accept(ROOM)
    room = place.condition(CONDITION)
    await phone.say("diagnosed this morning. I don't know anybody who has it")
    await river.hears("diagnosed this morning", room=room)
    await river.say(room, "me too, two years ago. You know somebody now")
    await phone.reads("me too, two years ago")
    await photograph("Me too", phone)
    return phone


async def _account(phone: Phone, photograph: Photograph) -> tuple[str, str]:
    """A name from the door, and the password that it gives."""
    page = phone.page
    await page.goto("/")
    await photograph("The door", phone)
    await page.get_by_role("link", name="Choose a name").click()
    await page.get_by_role("radio").first.check()
    await photograph("A name", phone)
    await page.get_by_role("button", name="Make my account").click()
    await page.wait_for_selector("#password")
    await photograph("The account", phone)
    return await page.inner_text("#user"), await page.inner_text("#password")
