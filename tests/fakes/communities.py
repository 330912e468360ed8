# SPDX-License-Identifier: Apache-2.0
"""A community of the least that one must say, for tests that change what they are about."""

from bots.core.community import Community, Guidelines

BARE = Community(
    name="Test",
    slug="test",
    languages=("en",),
    default_language="en",
    lobby_name="Lobby",
    lobby_topic="Come in",
    moderators_room_name="Office",
    moderators_room_topic="Work",
    conditions=(),
    guidelines=Guidelines(version=1, items=()),
)
