# SPDX-License-Identifier: Apache-2.0
"""The library as pages: what is on them, in every language, and how the door gives them out."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bots.cli.library.site import site_of, write_site
from bots.cli.sorry import Sorry
from bots.core.community import Contact, Country, Helpline, in_language
from bots.core.library import Kind
from bots.door.rendering import complete_languages
from bots.resources.wording import because_told, origin_told
from fakes.door_scene import CATALOGUE, COMMUNITY, CONFIG, application

TODAY = date(2026, 11, 26)
FILES = site_of(COMMUNITY, TODAY)
LANGUAGES = complete_languages(CATALOGUE, COMMUNITY)


def page(name="index.html", files=FILES):
    return files[name].content.decode()


def shown(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def with_entry(**more):
    return replace(COMMUNITY, library=(replace(COMMUNITY.library[0], **more),))


class Page(HTMLParser):
    """What a page asks for and where it leads."""

    def __init__(self, html):
        super().__init__()
        self.loads, self.links, self.ids, self.inline = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "link" or "src" in found:
            self.loads.append(found.get("href") or found.get("src"))
        elif "href" in found:
            self.links.append(found["href"])
        if "id" in found:
            self.ids.append(found["id"])
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in found) else []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_entry_is_there_in_every_language_as_the_bot_words_it(tag):
    said = shown(page("index.html" if tag == LANGUAGES[0] else f"index.{tag}.html"))
    for entry in COMMUNITY.library:
        assert " ".join(CATALOGUE.render(origin_told(entry, TODAY, "en", tag), tag).body.split()) in said
        assert " ".join(in_language(entry.title, tag, "en").split()) in said
    assert said.count(CATALOGUE.render(because_told(("#",)), tag).body.partition("#")[0]) > 100


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".html")])
def test_a_page_loads_its_own_files_only_and_every_link_leads_somewhere(name):
    found = Page(page(name))
    assert set(found.loads) <= FILES.keys()
    assert found.inline == []
    assert len(found.ids) == len(set(found.ids))
    own = [link for link in found.links if not re.match(r"(https?|tel|sms|mailto):", link)]
    assert {link.partition("#")[0] for link in own} <= {"", *FILES}
    assert {link[1:] for link in own if link.startswith("#")} <= set(found.ids)


def test_an_entry_stands_once_and_is_found_under_each_thing_that_it_is_about():
    entry = next(each for each in COMMUNITY.library if len(each.conditions) + len(each.topics) > 1)
    html = page(files=site_of(replace(COMMUNITY, library=(entry,)), TODAY))
    assert html.count(f'id="e-{entry.id}"') == 1
    assert html.count(f'href="#e-{entry.id}"') == len(entry.conditions) + len(entry.topics) - 1


def test_what_is_about_nothing_in_particular_is_there_too():
    html = page(files=site_of(with_entry(conditions=(), topics=()), TODAY))
    assert html.count("<article") == 1
    assert "All the rest" in shown(html)


@pytest.mark.parametrize(
    ("kind", "said"), [(Kind.ARTICLE, "so parts may be old"), (Kind.HELPLINE, None)], ids=["an article", "a helpline"]
)
def test_an_entry_past_its_day_is_shown_with_its_age_or_not_at_all(kind, said):
    old = with_entry(kind=kind, review_by=date(2026, 11, 1), reviewed=date(2025, 11, 1), reviewed_by="Ana")
    html = page(files=site_of(old, TODAY))
    assert ("<article" in html) == (said is not None)
    assert said is None or said in shown(html)


def test_a_tip_of_one_sentence_is_shown_once():
    tip = {"en": "I freeze the caps before I open them."}
    community = with_entry(title=tip, summary=tip, kind=Kind.LIFE_HACK, url=None, conditions=("lupus",), topics=())
    assert shown(page(files=site_of(community, TODAY))).count(tip["en"]) == 1


def test_a_card_can_be_read_on_the_page():
    card = next(entry for entry in COMMUNITY.library if entry.text)
    assert " ".join(card.text["en"].split()) in shown(page())


def test_markup_in_an_entry_stays_text():
    html = page(files=site_of(with_entry(title={"en": "<script>alert(1)</script>"}, keywords=('"><b>',)), TODAY))
    assert "<script>alert" not in html
    assert "<b>" not in html


def test_a_text_in_another_language_than_its_page_says_which():
    assert '<h3 lang="en">' in page("index.de.html")
    assert '<h3 lang="en">' not in page()


def line(*contacts, verified=date(2026, 6, 1)):
    return Helpline(
        id="one",
        name="One",
        kind="crisis",
        contacts=contacts,
        what_happens={"en": "They listen."},
        source="https://example.org/",
        verified_at=verified,
        verified_by="Ana" if verified else None,
    )


def people(*lines):
    country = Country(code="xx", name={"en": "Nowhere"}, emergency="*11#", helplines=lines)
    return page("people.html", site_of(replace(COMMUNITY, countries=(country,)), TODAY))


def test_a_number_is_a_link_that_dials_it_short_codes_included():
    html = people(
        line(
            Contact(method="phone", dial="116 123", hours={"en": "Day and night"}),
            Contact(method="text", dial="50808", sms_body="HELLO you"),
            Contact(method="chat", url="https://example.org/chat?a=1&b=2"),
        )
    )
    assert '<a href="tel:116123">116 123</a> (Day and night)' in html
    assert '<a href="sms:50808?body=HELLO%20you">50808</a>' in html
    assert 'href="https://example.org/chat?a=1&amp;b=2"' in html
    assert '<a href="tel:*11%23">*11#</a>' in html
    assert "They listen." in html


def test_a_lines_age_is_said_and_one_that_nobody_checked_for_two_years_is_not_shown():
    assert "last checked June 1, 2025" in shown(
        people(line(Contact(method="phone", dial="1"), verified=date(2025, 6, 1)))
    )
    assert "nobody in this group has checked" in shown(people(line(Contact(method="phone", dial="1"), verified=None)))
    assert "tel:555" not in people(line(Contact(method="phone", dial="555"), verified=date(2024, 6, 1)))


def test_every_country_of_the_example_is_there_with_its_emergency_number():
    for name in ("people.html", "people.fr.html"):
        assert page(name).count('class="shelf"') == len(COMMUNITY.countries)
        assert page(name).count('href="tel:') > len(COMMUNITY.countries)


def test_a_library_of_nothing_is_a_page_too():
    files = site_of(replace(COMMUNITY, library=(), countries=()), TODAY)
    assert "<article" not in page(files=files)
    assert "findahelpline.com" in page("people.html", files)


def test_all_of_it_is_in_one_file_to_take_along_and_is_small():
    with zipfile.ZipFile(io.BytesIO(FILES["library.zip"].content)) as packed:
        assert {name.removeprefix("library/") for name in packed.namelist()} == FILES.keys() - {"library.zip"}
        assert packed.read("library/index.html") == FILES["index.html"].content
    assert len(FILES["library.zip"].content) < 400_000
    assert len(FILES["index.html"].content) < 1500 * len(COMMUNITY.library)
    assert site_of(COMMUNITY, TODAY) == FILES, "the same library is the same bytes"


def test_a_folder_is_written_again_and_what_is_no_more_is_taken_away(tmp_path):
    target = tmp_path / "site"
    write_site(CONFIG, target, TODAY)
    with zipfile.ZipFile(target / "library.zip", "a") as packed:
        packed.writestr("library/old-page.html", "")
    (target / "old-page.html").touch()
    write_site(CONFIG, target, TODAY)
    assert {file.name for file in target.iterdir()} == FILES.keys()
    assert (target / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(Sorry, match="something else"):
        write_site(CONFIG, tmp_path, TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


async def give(where, files=FILES, on=True, **headers):
    made = application(files=lambda: files, library=on)
    async with TestClient(TestServer(made)) as client, client.get(where, headers=headers, allow_redirects=False) as got:
        return got.status, got.headers, await got.read()


async def test_the_door_gives_the_library_out_in_the_visitors_language():
    status, headers, body = await give("/library/", **{"Accept-Language": "fr"})
    assert (status, body) == (200, FILES["index.fr.html"].content)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in headers


async def test_another_site_can_have_the_library_in_a_frame_and_nothing_else_of_the_door():
    _, headers, _ = await give("/library/")
    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
    _, headers, _ = await give("/")
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_a_page_is_asked_for_again_the_next_hour_and_what_it_loads_is_kept():
    (style,) = (name for name in FILES if name.endswith("library.css"))
    assert (await give("/library/people.html"))[1]["Cache-Control"] == "public, max-age=3600"
    assert (await give("/library/library.zip"))[1]["Cache-Control"] == "public, max-age=3600"
    assert "immutable" in (await give(f"/library/{style}"))[1]["Cache-Control"]


async def test_without_the_slash_it_leads_there_and_what_is_not_there_is_told():
    status, headers, _ = await give("/library")
    assert (status, headers["Location"]) == (302, "/library/")
    assert (await give("/library/nothing"))[0] == 404
    assert (await give("/library/..%2f..%2fetc%2fpasswd"))[0] == 404


async def test_while_the_pages_are_being_made_it_says_that_it_did_not_work():
    status, _, body = await give("/library/", files={})
    assert status == 503
    assert b"That did not work" in body


async def test_a_door_whose_organiser_did_not_say_so_shows_no_library():
    assert (await give("/library/", on=False))[0] == 404
    assert b"/library/" not in (await give("/", on=False))[2]
    assert b"/library/" in (await give("/"))[2]
