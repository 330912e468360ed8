# SPDX-License-Identifier: Apache-2.0
"""Where members are sent, and what a librarian is told of what is there by now."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bots.core.pages import Seen, from_json, remembering, to_json
from bots.core.settings import load_community
from bots.resources.addresses import Leads, judged, leads
from bots.resources.upkeep import Weight

EXAMPLE = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
URL = "https://example.org/one"
FINE = Seen(at=NOW, status=200, title="Asthma: living with it")
SHOP = Seen(at=NOW, status=200, title="Buy cheap watches")


def told(*looks, read=None):
    """What is told after these looks, the second of them on the day that it says."""
    seen = None
    for look in looks:
        seen = remembering(look, seen, read)
    found = list(judged([Leads("one", URL, read)], {URL: seen}))
    return [(each.weight, each.sentence) for each in found]


def later(seen, days=7):
    return replace(seen, at=NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("seen", "weight", "said"),
    [
        (FINE, None, ""),
        (Seen(at=NOW, status=404), Weight.WRONG, "is gone (404)"),
        (Seen(at=NOW, status=410), Weight.WRONG, "is gone (410)"),
        (Seen(at=NOW, status=503), Weight.SOON, "it answered 503"),
        (Seen(at=NOW, trouble="no connection"), Weight.SOON, "no connection"),
        (Seen(at=NOW, status=200, permanent="https://example.org/new"), Weight.SOON, "https://example.org/new"),
        (Seen(at=NOW, status=200, permanent="http://www.example.org/one/"), None, ""),
        (Seen(at=NOW, not_asked=True), Weight.KNOW, "robots"),
        (Seen(at=NOW, status=200, title="404 – Page not found | NHS"), Weight.WRONG, "no page"),
        (Seen(at=NOW, status=200, title="Seite nicht gefunden"), Weight.WRONG, "no page"),
        (Seen(at=NOW, status=200, title="Página não encontrada - SNS"), Weight.WRONG, "no page"),
        (Seen(at=NOW, status=200, title="This domain is for sale"), Weight.WRONG, "no page"),
        (Seen(at=NOW, status=200, title="Lost and found: a year with MS"), None, ""),
        (Seen(at=NOW, status=200, title="Reason not found: pain without a cause"), None, ""),
        (Seen(at=NOW, status=200, landed="https://www.example.org/"), Weight.SOON, "front page of www.example.org"),
        (Seen(at=NOW, status=200, landed="https://example.org/?article=3"), None, ""),
        (Seen(at=NOW, status=200, landed="https://example.org/en/one"), None, ""),
    ],
)
def test_an_address_is_judged_by_what_it_answers(seen, weight, said):
    found = told(seen)
    assert [each for each, _ in found] == ([] if weight is None else [weight])
    assert all(said in sentence and sentence.endswith(f"\n{URL}") for _, sentence in found)


def test_a_site_that_is_its_own_front_page_is_nothing_to_tell():
    home = "https://example.org"
    seen = Seen(at=NOW, status=200, landed="https://www.example.org/")
    assert list(judged([Leads("one", home, None)], {home: seen})) == []


def test_another_page_under_the_same_address_is_told_until_somebody_has_read_it():
    changed = told(FINE, later(SHOP))
    assert [weight for weight, _ in changed] == [Weight.WRONG]
    assert "It was “Asthma: living with it”, and is called “Buy cheap watches” now" in changed[0][1]
    # Looking again does not make it the right one.
    assert told(FINE, later(SHOP), later(SHOP, 14)) == changed
    # Who has read it since says that it is.
    assert told(FINE, later(SHOP), later(SHOP, 14), read=date(2026, 12, 4)) == []
    # Who read it before that did not.
    assert told(FINE, later(SHOP), later(SHOP, 14), read=date(2026, 11, 27)) == changed


def test_a_title_that_says_the_same_in_other_words_is_the_same_page():
    assert told(FINE, later(replace(FINE, title="Living with asthma | A charity"))) == []


ASTHMA, CHARITY = "https://www.nhs.uk/conditions/asthma/", "https://www.asthmaandlung.org.uk/"


@pytest.mark.parametrize(
    ("url", "title", "is_strange"),
    [
        (ASTHMA, "Asthma - NHS", False),
        (ASTHMA, "Inhalers for people with wheezing | NHS", False),
        (ASTHMA, "NHS", False),
        (ASTHMA, None, False),
        (ASTHMA, "Flu vaccine - NHS", True),
        (ASTHMA, "Just a moment...", True),
        (CHARITY, "Home | Asthma + Lung UK", False),
        (CHARITY, "Casino bonus", True),
    ],
)
def test_a_page_that_never_was_what_the_library_says_is_told_at_the_first_look(url, title, is_strange):
    """There is no earlier title to compare with: what is said of the page has to do."""
    here = replace(load_community(EXAMPLE), countries=())
    found = list(judged(leads(here), {url: Seen(at=NOW, status=200, title=title)}))
    assert [(each.weight, "calls itself" in each.sentence) for each in found] == [(Weight.SOON, True)] * is_strange
    # Somebody who read it says that it is the right one.
    read = replace(here, library=tuple(replace(each, reviewed=date(2026, 1, 1)) for each in here.library))
    assert list(judged(leads(read), {url: Seen(at=NOW, status=200, title=title)})) == []


def test_a_page_that_does_not_answer_is_wrong_when_it_has_not_for_a_week():
    away = Seen(at=NOW, trouble="no connection")
    assert [weight for weight, _ in told(away, replace(away, at=NOW + timedelta(minutes=1)))] == [Weight.SOON]
    ((weight, sentence),) = told(away, later(Seen(at=NOW, status=503)))
    assert weight is Weight.WRONG
    assert "Since 2026-11-26" in sentence
    assert told(away, later(FINE)) == []
    # In between it was there.
    assert [weight for weight, _ in told(away, later(FINE, 3), later(away, 9))] == [Weight.SOON]


def test_what_is_remembered_survives_being_kept():
    seen = remembering(Seen(at=NOW, status=503), remembering(FINE, None, None), None)
    assert (seen.since, seen.known_as) == (NOW, FINE.title)
    assert from_json(to_json(seen)) == seen


def test_every_address_that_members_get_is_looked_at_those_of_helplines_too():
    community = load_community(EXAMPLE)
    every = list(leads(community))
    assert {each.where for each in every} >= {entry.id for entry in community.library if entry.url}
    chat = Leads("de/telefonseelsorge", "https://online.telefonseelsorge.de/", None)
    source = replace(chat, url="https://www.telefonseelsorge.de/")
    assert {chat, source} <= set(every)
    assert all(each.url.startswith("http") for each in every)
