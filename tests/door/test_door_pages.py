# SPDX-License-Identifier: Apache-2.0
"""The door over HTTP: pages, headers, forged requests, languages, sizes; and no line about a visitor anywhere."""

from __future__ import annotations

import io
import json
import logging
import re
from contextlib import asynccontextmanager
from html.parser import HTMLParser

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bots.core.language import Catalogue
from bots.core.runtime.logging import configure
from bots.door.app import serve
from bots.door.pages import Pages
from bots.door.rendering import complete_languages
from fakes.door_scene import (
    CATALOGUE,
    COMMUNITY,
    DOWN,
    Clock,
    MemoryAccounts,
    application,
    door,
    field,
    names_offered,
    place,
    solved,
)

ADDRESS = "203.0.113.77"


@asynccontextmanager
async def visiting(*args, **more):
    async with TestClient(TestServer(application(*args, **more))) as client:
        yield client


async def read(client, where="/", **headers):
    async with client.get(where, headers=headers) as answer:
        return answer.status, answer.headers, await answer.text()


async def send(client, where="/name", headers=None, **fields):
    async with client.post(where, data=fields, headers=headers) as answer:
        return answer.status, await answer.text()


async def account(client, **fields):
    _, _, page = await read(client, "/name")
    wish = {"form": field(page, "form"), "pick": names_offered(page)[0], "work": solved(page)} | fields
    return await send(client, **wish)


async def test_a_stranger_gets_a_name_and_a_password_shown_once():
    accounts = MemoryAccounts()
    async with visiting(accounts) as client:
        _, _, welcome = await read(client)
        assert 'href="/name?l=en"' in welcome
        status, page = await account(client)
    assert status == 200
    ((name, password),) = accounts.passwords.items()
    assert f">@{name}:kith.example</code>" in page
    assert f">{password}</code>" in page
    assert ">kith.example</code>" in page


async def test_names_that_somebody_has_are_not_offered():
    async with visiting() as client:
        _, _, page = await read(client, "/name")
    free = names_offered(page)
    assert len(set(free)) == 5
    async with visiting(MemoryAccounts(*free)) as client:
        _, _, other = await read(client, "/name")
    assert len(names_offered(other)) == 5
    assert not set(names_offered(other)) & set(free)


async def test_names_are_offered_when_the_homeserver_does_not_answer_and_the_button_says_it_is_not_your_fault():
    accounts = MemoryAccounts()
    accounts.down = DOWN
    async with visiting(accounts) as client:
        _, _, page = await read(client, "/name")
        assert len(names_offered(page)) == 5
        status, again = await account(client)
    assert status == 503
    assert "not your fault" in again


async def test_a_name_that_tells_is_asked_about_and_can_be_kept():
    accounts = MemoryAccounts()
    async with visiting(accounts) as client:
        status, page = await account(client, own="Anna Smith")
        assert status == 422
        assert "real name" in page
        assert accounts.passwords == {}
        assert field(page, "own") == "Anna Smith"
        kept = {name: field(page, name) for name in ("form", "own", "keep", "work")}
        assert kept["work"], "the sum is not done twice"
        status, _ = await send(client, **kept)
    assert status == 200
    assert list(accounts.passwords) == ["anna-smith"]


@pytest.mark.parametrize(
    ("own", "status", "said"),
    [("x!", 422, "signs that can"), ("moderator", 422, "works here"), ("taken-name", 409, "Somebody has that name")],
)
async def test_a_name_that_can_not_be_is_told_why_with_the_form_kept(own, status, said):
    async with visiting(MemoryAccounts("taken-name")) as client:
        answered, page = await account(client, own=own)
        assert answered == status
        assert said in page
        assert 'role="alert"' in page
        assert 'aria-invalid="true"' in page
        assert field(page, "own") == own


async def test_with_scripts_off_patience_is_asked_for_and_then_it_is_there():
    clock = Clock()
    async with visiting(clock=clock) as client:
        _, _, page = await read(client, "/name")
        assert "runs no scripts" in page
        wish = {"form": field(page, "form"), "pick": names_offered(page)[0]}
        status, soon = await send(client, **wish)
        assert status == 422
        assert "few seconds more" in soon
        clock.pass_(seconds=31)
        status, page = await send(client, form=field(soon, "form"), own=field(soon, "own"))
    assert status == 200
    assert "shown only once" in page


async def test_markup_in_a_name_or_a_code_stays_text():
    bad = '"><script>alert(1)</script>'
    async with visiting() as client:
        _, page = await account(client, own=bad, code=bad)
        assert "<script>alert" not in page
        assert field(page, "own") == bad
        _, _, linked = await read(client, "/name?code=%22%3E%3Cscript%3E&l=%22%3E%3Cscript%3E")
        assert "<script>" not in linked


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://door.kith.example.evil.example"},
    ],
)
async def test_a_form_that_another_sites_page_sends_makes_nothing(headers):
    accounts = MemoryAccounts()
    async with visiting(accounts) as client:
        status, page = await account(client, headers=headers)
    assert status == 403
    assert "another page than ours" in page
    assert accounts.passwords == {}


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://door.kith.example"}])
async def test_a_form_that_our_own_page_sends_makes_an_account(headers):
    async with visiting() as client:
        assert (await account(client, headers=headers))[0] == 200


@pytest.mark.parametrize("where", ["/", "/name", "/apps", "/help", "/nowhere", "/static/nothing", "/healthz"])
async def test_every_answer_is_guarded_and_sets_no_cookie(where):
    async with visiting() as client:
        status, headers, _ = await read(client, where)
    assert status == (404 if "no" in where else 200)
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules.values()) <= {"'none'", "'self'"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"]
    assert "Set-Cookie" not in headers
    assert headers["Server"] == "kithroom"


class Loads(HTMLParser):
    """What a page fetches by itself, and what in it would need an exception from the policy."""

    def __init__(self):
        super().__init__()
        self.fetched, self.inline = [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag in ("link", "script", "img", "use", "iframe", "source"):
            self.fetched.append(found.get("src") or found.get("href"))
        if tag == "style" or (tag == "script" and not found.get("src")):
            self.inline.append(tag)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]


async def test_pages_are_small_and_load_nothing_from_anywhere_else():
    async with visiting() as client:
        pages = {where: (await read(client, where))[2] for where in ("/", "/name", "/apps", "/help", "/nowhere")}
        assert len({re.search("<h1>(.*)</h1>", page)[1] for page in pages.values()}) == 5
        pages["account"] = (await account(client))[1]
        for where, page in pages.items():
            loads = Loads()
            loads.feed(page)
            assert loads.inline == [], where
            assert "&lt;" not in page, where
            sizes = [len(page.encode())]
            for each in {each.partition("#")[0] for each in loads.fetched}:
                assert each.startswith("/static/"), each
                status, headers, content = await read(client, each)
                assert status == 200
                assert "immutable" in headers["Cache-Control"]
                sizes.append(len(content.encode()))
            worker = re.search(r'data-worker="([^"]+)"', page)
            sizes.append(len((await read(client, worker[1]))[2]) if worker else 0)
            assert sum(sizes) < 50_000, (where, sizes)


async def test_help_is_a_link_away_on_every_page_and_says_what_to_do():
    async with visiting() as client:
        for where in ("/", "/name", "/apps", "/nowhere"):
            page = (await read(client, f"{where}?l=en&code=ABCD"))[2]
            assert '<footer><a href="/help?l=en&amp;code=ABCD">' in page, where
        # The account's page is shown once: nothing on it leads away from it.
        _, made = await account(client)
        assert re.search(r'<footer><a href="/help\?l=en" target="_blank" rel="noopener">', made)
        page = (await read(client, "/help"))[2]
    assert "<footer>" not in page
    assert re.findall(r'<h2 id="([a-z]+)"', page) == ["read", "password", "app", "else"]
    assert "kith.example" in page
    assert re.search(r'href="/apps\?l=en"', page)
    assert re.search(r'href="/name\?l=en"', page)


async def test_links_and_codes_name_our_server_and_no_website_in_between():
    async with visiting() as client:
        _, _, page = await read(client, "/apps")
    assert "matrix.to" not in page
    assert 'href="matrix:roomid/lobby:kith.example?action=join&amp;via=kith.example"' in page
    assert "account_provider=kith.example" in page
    assert page.count('<svg role="img" aria-label="') == 2


def entries(**languages):
    english = CATALOGUE.entries["en"]
    return Catalogue({"en": english, **{tag: made(english) for tag, made in languages.items()}}, "en")


async def test_only_languages_that_are_whole_are_offered_by_link_and_by_the_browsers_wish():
    from dataclasses import replace

    catalogue = entries(
        de=lambda words: words | {"door.language": "Deutsch", "door.welcome.title": "Herein"},
        fr=lambda words: {key: text for key, text in words.items() if key != "door.welcome.go"},
    )
    community = replace(COMMUNITY, languages=("en", "de", "fr"))
    assert complete_languages(catalogue, community) == ("en", "de")
    async with visiting(catalogue=catalogue, community=community) as client:
        _, headers, page = await read(client, "/", **{"Accept-Language": "fr, de;q=0.5"})
        assert '<html lang="de"' in page
        assert "<h1>Herein</h1>" in page
        assert "Accept-Language" in headers["Vary"]
        assert 'href="/?l=en" lang="en"' in page
        _, _, chosen = await read(client, "/name?l=en&code=abcd", **{"Accept-Language": "de"})
        assert '<html lang="en"' in chosen
        assert 'href="/name?l=de&amp;code=abcd" lang="de"' in chosen


def test_a_community_in_a_language_that_the_door_does_not_speak_gets_english():
    from dataclasses import replace

    pages = Pages(place(community=replace(COMMUNITY, languages=("eo",), default_language="eo")), CATALOGUE)
    assert pages.languages == ("en",)


async def test_codes_are_asked_for_as_the_settings_say():
    for invites, expected in (("off", None), ("optional", ""), ("required", " required")):
        async with visiting(invites=invites) as client:
            _, _, page = await read(client, "/name?code=abcd-efgh-jkmn")
        found = re.search(r'<input type="text" name="code"[^>]*?( required)?>', page)
        assert (None if found is None else found[1] or "") == expected
        if expected is not None:
            assert field(page, "code") == "abcd-efgh-jkmn"


async def test_what_fails_inside_is_a_page_without_a_traceback(monkeypatch):
    accounts = MemoryAccounts()

    async def fail(name):
        raise ValueError("canary")

    monkeypatch.setattr(accounts, "is_free", fail)
    async with visiting(accounts) as client:
        status, headers, page = await read(client, "/name")
    assert status == 500
    assert "canary" not in page
    assert "not your fault" in page
    assert "Content-Security-Policy" in headers


async def test_what_is_too_large_is_refused():
    async with visiting() as client:
        status, _ = await send(client, own="x" * 100_000)
    assert status == 413


async def test_no_line_says_who_came_or_what_they_chose(capfd):
    """As `kithroom door` runs: our logs set up, a real socket, and a visitor whose address a proxy tells."""
    log = io.StringIO()
    before = logging.root.handlers[:], logging.root.level
    configure(bytes(32), json=True, level="debug", stream=log)
    accounts = MemoryAccounts()
    logging.getLogger("aiohttp").setLevel(logging.DEBUG)
    try:
        async with serve(door(accounts, address_header="X-Real-IP"), "127.0.0.1", 0) as port:
            from aiohttp import ClientSession

            headers = {"X-Real-IP": ADDRESS, "User-Agent": "canary-browser"}
            async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as client:
                await read(client, "/")
                await account(client)
                await account(client, own="x!")
                accounts.down = DOWN
                await account(client)
                await read(client, "/nowhere-canary")
    finally:
        logging.root.handlers[:], logging.root.level = before
        logging.getLogger("aiohttp").setLevel(logging.NOTSET)
    written = log.getvalue() + "".join(capfd.readouterr())
    assert "no account was made" in written, "something was written, or nothing is shown"
    ((name, password),) = accounts.passwords.items()
    for secret in (ADDRESS, "127.0.0.1", "canary", name, password):
        assert secret not in written
    assert all(json.loads(line) for line in log.getvalue().splitlines())


async def test_an_address_that_a_visitor_makes_up_does_not_count():
    from bots.door.limits import BUDGETS, What

    async with visiting(address_header="X-Forwarded-For") as client:
        clock_pages = [await read(client, "/name") for _ in range(4)]
        # The proxy adds the true one at the end.
        for number in range(BUDGETS[What.ASKED].each):
            spoofed = {"X-Forwarded-For": f"192.0.2.{number}, {ADDRESS}"}
            await send(client, headers=spoofed, form=field(clock_pages[0][2], "form"), own="x!")
        status, _ = await send(
            client, headers={"X-Forwarded-For": f"192.0.2.250, {ADDRESS}"}, form=field(clock_pages[0][2], "form")
        )
        assert status == 429
        status, _ = await send(
            client, headers={"X-Forwarded-For": "192.0.2.250"}, form=field(clock_pages[0][2], "form"), own="x!"
        )
        assert status == 422
