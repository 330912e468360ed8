# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest

from bots.core.actions import Words
from bots.core.language import Catalogue, shipped_words
from bots.core.library import Kind, Resource
from bots.resources.wording import origin_told

CATALOGUE = Catalogue.load(shipped_words(), ["en", "de", "es"])
CHECKED = Resource(
    id="one",
    title={"en": "One"},
    summary={"en": "One."},
    url="https://example.org/",
    source={"en": "NHS", "de": "Der NHS"},
    kind=Kind.ARTICLE,
    languages=("en",),
    review_by=date(2027, 1, 31),
    reviewed=date(2026, 5, 1),
    reviewed_by="Dr Ana",
)


def said(today, language="en", **more):
    changed = {name: getattr(CHECKED, name) for name in CHECKED.__slots__} | more
    return CATALOGUE.render(origin_told(Resource(**changed), today, "en", language), language).body


@pytest.mark.parametrize(
    ("today", "more", "expected"),
    [
        (date(2027, 1, 31), {}, "Article. From NHS, checked May 1, 2026."),
        (date(2027, 2, 1), {}, "Article. From NHS, last checked May 1, 2026, so parts may be old."),
        (date(2026, 6, 1), {"reviewed": None}, "Article. From NHS. Nobody in this group has checked it yet."),
        (
            date(2026, 6, 1),
            {"reviewed": None, "kind": Kind.LIFE_HACK},
            "Life-hack. From NHS. Nobody in this group has checked it yet.",
        ),
    ],
)
def test_an_entrys_kind_source_and_age_are_said(today, more, expected):
    assert said(today, **more) == expected


def test_a_source_is_said_in_the_language_that_is_spoken_and_else_in_the_default_one():
    today = date(2026, 6, 1)
    assert said(today, "de").startswith("Artikel. Von: Der NHS, geprüft")
    assert said(today, "de", shared_by="Friends").startswith("Artikel. Von: Der NHS, geteilt von Friends")
    assert "Der" not in said(today, "es")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_name_in_every_language(kind):
    names = {
        CATALOGUE.render(Words(f"resources.kind.{kind.replace('-', '_')}"), language).body for language in ("en", "de")
    }
    assert len(names) == 2
