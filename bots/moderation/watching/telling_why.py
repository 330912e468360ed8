# SPDX-License-Identifier: Apache-2.0
"""`!guidelines` and `!why`: answered in private, wherever they were asked; what holds, in the moderators' room as well.

Why a bot did something is a guideline, in its own words, and what the bot took something for; never "the algorithm".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bots.core.actions import Action, Words
from bots.core.bot import Reader
from bots.core.community import Community, Guideline, Guidelines, Texts, in_language
from bots.core.events import Message, MessageKind, Tick
from bots.core.passed_on import PassedQuestion, question_in
from bots.core.records import SpokenLanguage
from bots.core.rooms import RoomRole, place_of
from bots.moderation.cases.opening import family_of
from bots.moderation.commands import COMMANDS, ShowGuidelines, Why
from bots.moderation.telling import in_office, tell
from bots.moderation.watching.records import Reminded
from bots.moderation.whereabouts import MEMBERS_ROOMS

_WHY = "moderation.why"
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks what. `lately` are those things of which they were told, the newest first, with their rooms' names.

    `office` is the moderators' room, if it is asked there.
    """

    who: str
    what: str
    language: str
    office: str | None = None
    place: str | None = None
    lately: Sequence[tuple[Reminded, str]] = ()


@dataclass(frozen=True)
class TellingWhy:
    """The handlers' two halves, for one community."""

    community: Community

    async def gather_message(self, event: Message, reader: Reader) -> Asked | None:
        """Asked in a room of members, or of moderators."""
        room = reader.room(event.room_id)
        if room is None or room.role not in (*MEMBERS_ROOMS, RoomRole.MODERATORS) or event.sender in reader.bots:
            return None
        if event.kind is not MessageKind.TEXT or not event.authentic:
            return None
        match COMMANDS.parse(event.text):
            case ShowGuidelines():
                asked = await self._asked(event.sender, "guidelines", reader, place_of(room.role, room.condition))
                in_office = room.role is RoomRole.MODERATORS
                return (
                    replace(asked, language=self.community.language_in("moderators"), office=room.room_id)
                    if in_office
                    else asked
                )
            case Why():
                return await self._asked(event.sender, "why", reader)
        return None

    async def gather_tick(self, event: Tick, reader: Reader) -> Asked | None:
        """Asked in private, and passed on by the welcome bot."""
        passed = question_in(event)
        return await self._asked(passed.who, passed.what, reader) if passed is not None else None

    async def _asked(self, who: str, what: str, reader: Reader, place: str | None = None) -> Asked:
        spoken = await reader.get(SpokenLanguage, who)
        known = await reader.find(Reminded, user=who) if what == PassedQuestion.WHY else ()
        rooms = {each.room_id: reader.room(each.room_id) for each in known}
        newest = sorted(known, key=lambda each: each.at, reverse=True)[:_MOST]
        return Asked(
            who=who,
            what=what,
            language=spoken.language if spoken else self.community.default_language,
            place=place,
            lately=[(each, (room.name if (room := rooms[each.room_id]) else None) or "") for each in newest],
        )

    def decide(self, _event: Message | Tick, asked: Asked | None) -> tuple[Action, ...]:
        """The answer, in private; what moderators ask in their room is told there."""
        if asked is None:
            return ()
        parts = self._guidelines(asked) if asked.what == PassedQuestion.GUIDELINES else self._reasons(asked)
        if asked.office is not None:
            return (in_office(asked.office, None, *parts, why=_WHY),)
        return (tell(asked.who, *parts, why=_WHY),)

    def _guidelines(self, asked: Asked) -> tuple[Words, ...]:
        rules = self.community.guidelines_in(asked.place)
        lines = tuple(
            Words("moderation.guidelines.line", {"number": number, "text": self._in(item.text, asked.language)})
            for number, item in enumerate(rules.items, start=1)
        )
        return (Words("moderation.guidelines", {"lines": lines}),)

    def _reasons(self, asked: Asked) -> tuple[Words, ...]:
        if not asked.lately:
            return (Words("moderation.why.nothing"),)
        return (*(self._reason(each, room, asked) for each, room in asked.lately), Words("moderation.why.end"))

    def _reason(self, each: Reminded, room: str, asked: Asked) -> Words:
        rule = self._everywhere().get(each.guideline)
        text = self._in(rule.text, asked.language) if rule is not None else each.guideline
        key = "moderation.why.held" if each.held else "moderation.why.reminded"
        return Words(
            key,
            {"at": each.at, "room": room, "rule": text, "seen": Words(f"moderation.seen.{family_of(each.detector)}")},
        )

    def _everywhere(self) -> dict[str, Guideline]:
        every: list[Guidelines] = [*self.community.room_guidelines.values(), self.community.guidelines]
        return {item.id: item for rules in every for item in rules.items}

    def _in(self, texts: Texts, language: str) -> str:
        return in_language(texts, language, self.community.default_language)
