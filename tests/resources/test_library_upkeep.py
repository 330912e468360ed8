# SPDX-License-Identifier: Apache-2.0
"""What a librarian is told: reviews, doubles, helplines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bots.core.community import Contact, Country, Helpline
from bots.core.library import Kind, Resource
from bots.core.pages import moved_for_good
from bots.core.settings import load_community
from bots.resources.upkeep import Weight, doubles, reviews, uncalled, unread

EXAMPLE = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
TODAY = NOW.date()


def entry(id_="one", url="https://example.org/one", title="One", review_by=date(2027, 6, 1), **more):
    return Resource(
        id=id_,
        title={"en": title},
        summary={"en": "S."},
        url=url,
        source={"en": "Us"},
        kind=more.pop("kind", Kind.ARTICLE),
        languages=("en",),
        review_by=review_by,
        **more,
    )


def line(verified):
    return Helpline(
        id="line",
        name="Line",
        kind="crisis",
        contacts=(Contact(method="phone", dial="1"),),
        what_happens={"en": "Somebody listens."},
        source="https://example.org",
        verified_at=verified,
        verified_by=None if verified is None else "Ana",
    )


def weights(found):
    return [finding.weight for finding in found]


def test_a_review_is_called_for_a_month_before_and_after_its_day():
    assert list(reviews([entry(review_by=date(2026, 12, 27))], TODAY)) == []
    assert weights(reviews([entry(review_by=date(2026, 12, 25))], TODAY)) == [Weight.SOON]
    assert weights(reviews([entry(review_by=date(2026, 11, 26))], TODAY)) == [Weight.SOON]
    (over,) = reviews([entry(review_by=date(2026, 11, 25), reviewed=date(2026, 1, 1), reviewed_by="Ana")], TODAY)
    assert (over.weight, "Ana" in over.sentence, "see it" in over.sentence) == (Weight.WRONG, True, False)
    (hidden,) = reviews([entry(review_by=date(2026, 11, 25), kind=Kind.HELPLINE)], TODAY)
    assert "Members don't see it any more." in hidden.sentence


def test_what_nobody_has_read_is_counted():
    assert list(unread([entry(reviewed=date(2026, 1, 1), reviewed_by="Ana")])) == []
    assert "1 of 2" in next(unread([entry(), entry(reviewed=date(2026, 1, 1), reviewed_by="Ana")])).sentence


def test_the_same_page_and_the_same_title_are_found_however_they_are_written():
    library = [
        entry("one", "https://www.example.org/a/#top", "Café"),
        entry("two", "http://example.org/a", "Another"),
        entry("three", "https://example.org/b?x=1", "cafe  "),
        entry("four", "https://example.org/b?x=2", "Four"),
    ]
    assert [(f.where, "page" in f.sentence) for f in doubles(library)] == [("two", True), ("three", False)]


def test_the_starter_library_passes_its_own_check():
    community = load_community(EXAMPLE)
    assert len(community.library) >= 150
    assert len({condition for entry in community.library for condition in entry.conditions}) >= 12
    assert len(community.countries) >= 30
    lines = [line for country in community.countries for line in country.helplines]
    assert all(line.source.startswith("https://") and (line.verified_at or line.noted) for line in lines)
    on = date(2026, 11, 26)
    assert [*doubles(community.library), *reviews(community.library, on)] == []
    assert weights(uncalled(community.countries, on)) == [Weight.KNOW]


def test_helplines_age():
    def told(verified):
        country = Country(code="gb", name={"en": "UK"}, emergency="999", helplines=(line(verified),))
        return weights(uncalled([country], TODAY))

    assert told(date(2025, 11, 26)) == []
    assert told(date(2025, 11, 25)) == [Weight.SOON]
    assert told(date(2024, 11, 20)) == [Weight.WRONG]
    assert told(None) == [Weight.KNOW]


def test_a_helpline_that_nobody_ever_checked_ages_as_well():
    def told(noted):
        country = Country(code="gb", name={"en": "UK"}, emergency="999", helplines=(replace(line(None), noted=noted),))
        return [(each.weight, each.where) for each in uncalled([country], TODAY)]

    know = (Weight.KNOW, "helplines")
    assert told(date(2025, 11, 26)) == [know]
    assert told(date(2025, 11, 25)) == [(Weight.SOON, "gb/line"), know]
    assert told(date(2024, 11, 20)) == [(Weight.WRONG, "gb/line"), know]


def test_only_redirects_for_good_that_come_first_move_an_address():
    assert moved_for_good([]) is None
    assert moved_for_good([(301, "a"), (308, "b"), (302, "c")]) == "b"
    assert moved_for_good([(302, "a"), (301, "b")]) is None
