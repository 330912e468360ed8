# SPDX-License-Identifier: Apache-2.0
"""What is read because its author asked for it to be kept, and what a page answered: only so far, and no further."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.actions import BotName, LookAt, ReadWords
from bots.core.pages import Seen, from_json, link_in
from bots.core.transport import TransportError
from fakes.parrot import ME, ORGANISER, World

ANNA = "@anna:x"


@pytest.fixture
async def world():
    """The resources bot and Anna are in the lobby, and in a chat of two."""
    world = World()
    await world.apply()
    world.chat = world.homeserver.create_room(ORGANISER, join_rule="public")
    for room in (world.lobby, world.chat):
        world.homeserver.join(ME, room)
        world.homeserver.join(ANNA, room)
    world.live = world.running().live
    world.live.voice = BotName.RESOURCES
    return world


def reading(world, text="freeze the caps", room=None):
    said = world.homeserver.say(ANNA, room or world.lobby, text)
    return ReadWords(why="t", room_id=room or world.lobby, event_id=said, sender=ANNA)


async def refused(world, action):
    with pytest.raises(TransportError) as raised:
        await world.live.carry_out(action, "t")
    return raised.value.errcode


async def test_words_are_read_as_their_author_left_them(world):
    action = reading(world)
    world.homeserver.say(ANNA, world.lobby, "freeze the pen caps", replaces=action.event_id)

    assert await world.live.carry_out(action, "t") == "freeze the pen caps"


async def test_words_are_not_read_for_somebody_who_did_not_write_them(world):
    assert await refused(world, replace(reading(world), sender="@mo:x")) == "KITHROOM_REFUSED"


async def test_words_are_read_by_the_resources_bot_alone_and_in_members_rooms_alone(world):
    assert await refused(world, reading(world, room=world.chat)) == "KITHROOM_REFUSED"
    world.live.voice = BotName.MODERATION
    assert await refused(world, reading(world)) == "KITHROOM_REFUSED"


async def test_words_that_are_gone_are_not_read(world):
    action = reading(world)
    world.homeserver.redact(ANNA, world.lobby, action.event_id)

    assert await refused(world, action) == "M_NOT_FOUND"


async def test_a_page_is_looked_at_by_the_bot_that_does_and_by_no_other(world):
    assert await refused(world, LookAt(why="t", url="https://example.org")) == "KITHROOM_NOT_LOOKED"

    async def look(url):
        return Seen(at=datetime(2026, 3, 1, tzinfo=UTC), status=200, title=f"About {url}")

    world.live.look = look
    told = await world.live.carry_out(LookAt(why="t", url="https://example.org"), "t")
    assert json.loads(told)["title"] == "About https://example.org"
    assert from_json(told) == await look("https://example.org")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://example.org/a.", ("https://example.org/a", ".")),
        ("I like https://example.org/a?b=c (a lot)", ("https://example.org/a?b=c", "I like  (a lot)")),
        ("HTTPS://EXAMPLE.ORG it helped", ("HTTPS://EXAMPLE.ORG", "it helped")),
        ("ftp://example.org and file:///etc/passwd", None),
        ("https://me:secret@example.org", None),
        ("https://[broken", None),
        ("https:// nothing", None),
        ("https://example.org/" + "a" * 600, None),
        ("nothing to see", None),
    ],
)
def test_a_link_is_a_web_address_that_may_be_looked_at(text, found):
    assert link_in(text) == found
