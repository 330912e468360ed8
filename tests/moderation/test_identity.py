# SPDX-License-Identifier: Apache-2.0
"""What gives people away is found, and health talk is left alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.settings import load_community
from bots.moderation.detectors.finding import Setting, Whose
from bots.moderation.detectors.identity import Identity
from bots.moderation.passages.passage import Field
from bots.moderation.passages.reading import passage
from bots.moderation.watching.known import known_of
from fakes import suites

IDENTITY = Identity()
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LANGUAGES = ("en", "es", "fr", "de", "pt")
# Below this, a finding is not told to anybody (see `bots.moderation.watching.respond`).
TOLD = 0.5


def found(text, *, regions=("GB", "US"), field=Field.BODY, **more):
    setting = Setting(now=NOON, languages=LANGUAGES, regions=tuple(regions), **more)
    return [each for each in IDENTITY.find(passage(text, field), setting) if each.confidence >= TOLD]


@pytest.mark.parametrize("name", ["identity", "identity_unseen"])
def test_the_suites(name):
    suite = suites.load(name)
    cases = list(suites.run(suite, lambda text: {each.detector for each in found(text, regions=suite["regions"])}))
    wrong = [case for case in cases if case.wanted != case.found]
    assert suites.score(cases).f1 >= 0.9, wrong
    for function, theirs in groupby(cases, key=lambda case: case.function):
        assert suites.score(list(theirs)).f1 >= 0.8, (function, wrong)


def test_a_finding_says_where():
    (one,) = found("Call me on 0７７00 900\u200b123, please")
    assert "Call me on 0７７00 900\u200b123, please"[one.start : one.end] == "0７７00 900\u200b123"
    assert (one.detector, one.guideline) == ("identity.phone", "privacy")


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("my number is 07700 900123", Whose.OWN),
        ("her number is 07700 900123", Whose.ANOTHERS),
        ("my sister's number is 07700 900123", Whose.ANOTHERS),
        ("Anna's number is 07700 900123", Whose.ANOTHERS),
        ("07700 900123", Whose.UNKNOWN),
        ("escríbeme, mi correo es ana.s4@gmail.com", Whose.OWN),
        ("sein Name ist Thomas Müller", Whose.ANOTHERS),
        ("die Ärztin heißt Dr. Petra Müller", Whose.ANOTHERS),
        ("mein Kollege Stefan Brandt hat auch MS", Whose.ANOTHERS),
        ("mi compañero Sergio Vidal también tiene EM", Whose.ANOTHERS),
        ("Dr Anjali Mehta at the Royal was rude", Whose.ANOTHERS),
        ("ich bin die Sabine Müller aus der Klinik", Whose.OWN),
        ("findet mich auf Facebook unter Claudia Wagner", Whose.OWN),
        ("my name is Sarah Johnson", Whose.OWN),
    ],
)
def test_whose_it_is(text, whose):
    assert [each.whose for each in found(text)] == [whose]


@pytest.mark.parametrize(
    "text",
    [
        "call 020 7123 4567",
        "+44 20 7123 4567 is open all night",
        "helen@mind.example",
        "ask ana.b@support.mind.example",
    ],
)
def test_the_communitys_own_helplines_are_left_alone(text):
    known = frozenset({"02071234567", "mind.example"})
    assert found(text) != []
    assert found(text, known=known) == []


def test_a_region_decides_what_is_a_number():
    assert found("es el 612 345 678", regions=("ES",))
    assert not found("es el 612 345 678", regions=("US",))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Blood results Sarah Johnson.pdf", ["identity.name"]),
        ("IMG_20260301_0770090012.jpg", []),
        ("scan 2026-03-01 07700900123.png", []),
        ("ana.silva84@gmail.com.txt", ["identity.email"]),
    ],
)
def test_names_of_files(name, kinds):
    assert [each.detector for each in found(name, field=Field.FILENAME)] == kinds


@given(st.text(max_size=200))
def test_whatever_is_written_findings_are_in_the_text_and_do_not_overlap(text):
    end = 0
    for each in IDENTITY.find(passage(text), Setting(now=NOON, languages=LANGUAGES)):
        assert end <= each.start < each.end <= len(text)
        assert 0 < each.confidence <= 1
        end = each.end


@pytest.mark.parametrize(
    "text",
    [
        *("1 " * 16_000, "12 34 56 78 90 " * 2_000, "a@" * 16_000, "42 maple " * 3_500, "de89 3704 " * 3_000),
        *("07700900123 " * 2_500, "facebook.com/" * 2_500, "c/ a " * 6_000),
    ],
    ids=lambda text: text[:10],
)
def test_no_text_takes_longer_than_its_length(text):
    began = time.process_time()
    IDENTITY.find(passage(text), Setting(now=NOON, languages=LANGUAGES))
    assert time.process_time() - began < 0.9


def test_no_helpline_and_no_page_of_the_example_community_gives_anybody_away():
    community = load_community(Path(__file__).parents[2] / "config")
    known = known_of(community)
    regions = tuple(country.code.upper() for country in community.countries)
    lines = [contact for country in community.countries for line in country.helplines for contact in line.contacts]
    texts = [f"call {contact.dial} or see {contact.url}" for contact in lines]
    texts += [f"see {entry.url}, {next(iter(entry.source.values()))}" for entry in community.library]
    assert len(lines) > 30
    wrong = {text for text in texts if found(text, regions=regions, known=known)}
    assert wrong == set()
