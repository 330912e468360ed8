# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.community import Contact, Country, Helpline
from bots.core.crisis.hearing import Where
from bots.core.language import Catalogue, shipped_words
from bots.moderation.detectors.identity import _STRICTEST
from bots.moderation.giving_away import GivingAway
from fakes.welcome_scene import COMMUNITY

WHERE = Where(now=datetime(2026, 3, 1, tzinfo=UTC))
LINE = Helpline(
    id="line",
    name="Line",
    kind="crisis",
    contacts=(Contact(method="phone", dial="0800 111 0 111", hours={"en": "day and night"}),),
    what_happens={"en": "A volunteer listens."},
    source="https://example.org",
    verified_at=None,
    verified_by=None,
)


@pytest.fixture(scope="module")
def giving_away():
    german = Country(code="de", name={"en": "Germany"}, emergency="112", helplines=(LINE,))
    return GivingAway(replace(COMMUNITY, countries=(german,)))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I freeze the caps of my pens. They click then.", ()),
        ("Call me on +44 7700 900123, or +44 7700 900456.", ("phone",)),
        ("ask me: jane.miller@example.com", ("email",)),
        ("The line 0800 111 0 111 was kind to me.", ()),
        ("", ()),
    ],
)
def test_what_may_give_somebody_away_is_named_by_its_kind(giving_away, text, kinds):
    assert giving_away(text, WHERE) == kinds


def test_every_kind_has_words():
    catalogue = Catalogue.load(shipped_words(), ["en"])
    assert all(f"wisdom.away.{kind}" in catalogue.entries["en"] for kind in _STRICTEST)
