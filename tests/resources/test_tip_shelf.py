# SPDX-License-Identifier: Apache-2.0
"""Tips of this community beside entries of others that are called after a tip, too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bots.core.actions import BotName
from bots.core.simulation.store import MemoryStore, MemoryTransaction
from bots.resources.library import Library
from bots.resources.wisdom.records import SharedTip
from bots.resources.wisdom.shelf import Shelf, id_of, number_of, resource_of, source_of
from bots.resources.wording import source_told

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIP = SharedTip(
    number=7,
    author="@ana:x",
    language="en",
    added=NOW,
    reviewed=NOW.date(),
    review_by=(NOW + timedelta(days=365)).date(),
    reviewer="@mo:x",
    words="Freeze the caps of your pens. They click then.",
    name="River",
)
ANOTHERS = replace(
    resource_of(TIP, "lantern", "River, a member of this group"),
    title={"en": "Llamas carry the pens"},
    reviewed_by="Those who look after the lantern's rooms",
)


class Reader:
    """The table of tips."""

    def __init__(self):
        self.tables = MemoryTransaction(MemoryStore().tables, BotName.RESOURCES, NOW)

    async def get(self, record, *key):
        return await self.tables.get(record, *key)

    async def find(self, record, **where):
        return await self.tables.find(record, **where)

    async def aside(self, work):
        return work()


@pytest.fixture
async def reader():
    reader = Reader()
    await reader.tables.remember(TIP)
    return reader


@pytest.mark.parametrize("imported", ["tip-7", "tip-lantern-7"])
async def test_an_imported_entry_is_found_beside_the_own_tip_of_its_number(reader, imported):
    library = Library([replace(ANOTHERS, id=imported)], {}, encoders=())
    shelf = Shelf(library, "harbour")
    await shelf.follow(reader, anew=True)
    answer = await shelf.still_there(library.search("pens caps llamas"), reader)
    assert {each.resource.id for each in answer.found} == {imported, "tip-harbour-7"}


async def test_and_stays_when_there_is_no_own_tip_of_its_number(reader):
    library = Library([ANOTHERS], {}, encoders=())
    await reader.tables.forget(SharedTip, 7)
    shelf = Shelf(library, "harbour")
    await shelf.follow(reader, anew=True)
    answer = await shelf.still_there(library.search("llamas"), reader)
    assert [each.resource.id for each in answer.found] == ["tip-lantern-7"]


async def test_an_own_tip_that_was_printed_and_taken_in_goes_when_its_author_takes_it_back(reader):
    library = Library([resource_of(TIP, "harbour", "a member of this group")], {}, encoders=())
    await reader.tables.forget(SharedTip, 7)
    shelf = Shelf(library, "harbour")
    answer = await shelf.still_there(library.search("pens caps"), reader)
    assert answer.found == ()


def test_whose_it_is_is_said_once():
    assert source_of(resource_of(TIP, "harbour"), "en", "en").params == {"name": "River"}
    assert source_told(ANOTHERS, "en", "en") == "River, a member of this group"


@pytest.mark.parametrize("slug", ["harbour", "the-2nd-harbour", "7"])
def test_a_number_comes_back_for_the_own_community_alone(slug):
    assert number_of(id_of(12, slug), slug) == 12
    for other in (id_of(12, "lantern"), "tip-12", f"tip-{slug}", f"tip-{slug}-x", "travel"):
        assert number_of(other, slug) is None
