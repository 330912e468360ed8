# SPDX-License-Identifier: Apache-2.0
"""Those who can be called to somebody, and in which order. Pure but for the asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.rota import on_duty, within
from bots.core.records import OnCall, PrivateChat
from bots.core.rooms import RoomView
from bots.moderation.whereabouts import moderators_room


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who is there at one moment.

    `office` is the moderators' room (None: there is none), `rota` those on duty in it, in the order of being called,
    `backup` the moderators of the settings who can be written to in private, and want no quiet now.
    """

    now: datetime
    office: RoomView | None
    rota: tuple[OnCall, ...] = ()
    backup: tuple[str, ...] = ()

    def next_after(self, called: str) -> OnCall | None:
        """The next to be called; `called` are those who were, with spaces between them."""
        return next((each for each in self.rota if each.user not in called.split()), None)

    def backup_after(self, called: str) -> tuple[str, ...]:
        """The moderators who were not called yet."""
        return tuple(user for user in self.backup if user not in called.split())


async def gather_team(community: Community, person: str, reader: Reader) -> Team:
    """Look who is there for `person`. Nobody is called to themselves."""
    office = moderators_room(reader)
    every = await reader.find(OnCall)
    inside = office.joined() if office else frozenset()
    rota = on_duty(every, reader.now, community.crisis.most_calls_a_day)
    quiet = {each.user for each in every if within(each.quiet, each.zone, reader.now)}
    others = [user for user in community.moderators if user not in quiet and user != person]
    chats = [(user, await reader.get(PrivateChat, user)) for user in others]
    return Team(
        now=reader.now,
        office=office,
        rota=tuple(each for each in rota if each.user in inside and each.user != person),
        backup=tuple(user for user, chat in chats if chat is not None),
    )
