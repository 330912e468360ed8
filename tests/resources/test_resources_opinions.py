# SPDX-License-Identifier: Apache-2.0
"""What people say of entries moves them a little, and a few people move nothing, whatever they do."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import Remember
from bots.resources.asking.opinions import (
    FEWEST_PEOPLE,
    MOST_INFLUENCE,
    counted,
    in_order,
    influence,
    last_quarters,
    told,
)
from bots.resources.finding import MOST_RESULTS
from bots.resources.library import Found
from bots.resources.records import Ballot, Opinion
from resources.test_resources_asking import entry

NOW = datetime(2026, 11, 23, tzinfo=UTC)
THIS, LAST = last_quarters(NOW)

numbers = st.integers(0, 10**6)
opinions = st.lists(
    st.builds(Opinion, entry=st.just("e"), quarter=st.sampled_from([THIS, LAST]), helped=numbers, unhelpful=numbers),
    max_size=2,
    unique_by=lambda each: each.quarter,
)
few = st.integers(0, FEWEST_PEOPLE - 1).flatmap(
    lambda people: st.integers(0, people).map(
        lambda helped: Opinion(entry="e", quarter=THIS, helped=helped, unhelpful=people - helped)
    )
)


@given(opinions)
def test_the_influence_is_bounded(rows):
    assert 1 - MOST_INFLUENCE <= influence(rows) <= 1 + MOST_INFLUENCE


@given(st.lists(few, max_size=2))
def test_fewer_than_five_people_in_a_quarter_change_nothing(rows):
    assert influence(rows) == 1


@given(st.integers(FEWEST_PEOPLE, 1000), st.integers(0, 1000))
def test_one_person_more_moves_an_entry_in_their_direction_and_hardly(helped, unhelpful):
    def of(helped, unhelpful):
        return influence([Opinion(entry="e", quarter=THIS, helped=helped, unhelpful=unhelpful)])

    now = of(helped, unhelpful)
    assert of(helped, unhelpful + 1) < now < of(helped + 1, unhelpful)
    assert abs(of(helped + 1, unhelpful) - now) <= 2 * MOST_INFLUENCE / FEWEST_PEOPLE


@given(st.lists(st.tuples(st.floats(0.1, 1.5), opinions), min_size=1, max_size=12), st.integers(0, 11))
def test_the_closest_entry_is_shown_whatever_anybody_says(all_, closest):
    closest %= len(all_)
    found = [
        Found(entry(f"e{number}", "A title"), (), score, number == closest) for number, (score, _) in enumerate(all_)
    ]
    order = in_order(found, {f"e{number}": rows for number, (_, rows) in enumerate(all_)})

    assert sorted(each.resource.id for each in order) == sorted(each.resource.id for each in found)
    assert any(each.closest for each in order[:MOST_RESULTS])


def test_what_helped_people_comes_before_what_is_as_near():
    found = [Found(entry(name, "A title"), (), 0.9) for name in ("first", "second")]
    liked = {"second": [Opinion(entry="second", quarter=THIS, helped=6)]}

    assert [each.resource.id for each in in_order(found, liked)] == ["second", "first"]
    assert [each.resource.id for each in in_order(found, {})] == ["first", "second"]


said = st.lists(st.tuples(st.sampled_from(["ana", "ben", "cleo"]), st.booleans()), max_size=30)


@given(said)
def test_somebody_counts_once_and_as_they_said_last(sayings):
    opinion, ballots = None, {}
    for who, helped in sayings:
        for action in counted("e", who, ballots.get(who), opinion, helped=helped, now=NOW):
            assert isinstance(action, Remember)
            if isinstance(action.record, Ballot):
                ballots[who] = action.record
            else:
                opinion = action.record
    last = dict(sayings)
    counts = (opinion.helped, opinion.unhelpful) if opinion else (0, 0)
    assert counts == (sum(last.values()), len(last) - sum(last.values()))


@given(opinions)
def test_organisers_hear_no_number_below_five(rows):
    assert all(count is None or count >= FEWEST_PEOPLE for count in told(rows))


@pytest.mark.parametrize(
    ("now", "quarters"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), ("2026-1", "2025-4")),
        (datetime(2026, 12, 31, tzinfo=UTC), ("2026-4", "2026-3")),
    ],
)
def test_what_was_said_before_the_last_quarter_counts_no_more(now, quarters):
    assert last_quarters(now) == quarters
