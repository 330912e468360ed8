# SPDX-License-Identifier: Apache-2.0
"""Every message of a members' room, edits included, is looked at by every detector; `respond` says what is done.

Nobody hears of it in the room. What a moderator, an organiser or a bot writes is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bots.core.actions import Examine
from bots.core.bot import Reader
from bots.core.commands import PREFIX
from bots.core.community import Community, FirstStep, Guidelines, in_language
from bots.core.crisis.hearing import Hear, where_in
from bots.core.crisis.tiers import CRIES, Tier
from bots.core.events import Event, Message, Outcome, Unreadable
from bots.core.records import SpokenLanguage
from bots.core.rooms import RoomView, place_of
from bots.moderation.cases.opening import NUMBERS, subject
from bots.moderation.commands import COMMANDS
from bots.moderation.crisis.lately import cried_lately
from bots.moderation.detectors.finding import Detector, Finding, Setting
from bots.moderation.detectors.noise import floods, in_message, may_tell
from bots.moderation.detectors.own_words import OwnWords
from bots.moderation.ladder.places import hindrance
from bots.moderation.ladder.steps import MUTES, has_moderator_power
from bots.moderation.passages.passage import Passage
from bots.moderation.passages.reading import passages
from bots.moderation.records import Decision, Kind
from bots.moderation.watching.deciding import Noticed
from bots.moderation.watching.files import DETECTOR, finding_of
from bots.moderation.watching.files import GUIDELINE as FILES
from bots.moderation.watching.known import known_of
from bots.moderation.watching.pace import MARK, Written, is_new, recent, went_on
from bots.moderation.watching.records import Pace, Reminded
from bots.moderation.watching.respond import Author, respond
from bots.moderation.whereabouts import MEMBERS_ROOMS, members_rooms, moderators_room

# So long after somebody was held, what comes of theirs had been sent before that was in force.
ON_ITS_WAY = timedelta(minutes=1)
REMIND_AGAIN_AFTER = timedelta(days=7)
# A reminder of what was written long ago is only strange.
_STALE = timedelta(days=1)
# What is shorter is written by many, and by one person often: "thank you".
_SHORTEST_MARKED = 20
# Longer than nearly everything that people write; up to there, looking takes a few milliseconds.
_LONG = 4_000


@dataclass(frozen=True)
class Watch:
    """The handlers' two halves, for one community and these detectors. `hear` says what a message sounds like."""

    community: Community
    hear: Hear
    detectors: Sequence[Detector]
    known: frozenset[str]
    own: Mapping[str, OwnWords]

    @classmethod
    def over(cls, community: Community, hear: Hear, detectors: Sequence[Detector]) -> Watch:
        """Ready to look: what is compiled is compiled once."""
        rooms = ("lobby", *(condition.id for condition in community.conditions))
        own = {place: OwnWords.of(community.guidelines_in(place)) for place in ("", *rooms)}
        return cls(community, hear, tuple(detectors), known_of(community), own)

    async def gather_message(self, event: Message, reader: Reader) -> Noticed:
        """Look at a message."""
        room = reader.room(event.room_id)
        if room is None or not _is_watched(event, room, reader) or _is_a_command(event.text):
            return Noticed(now=reader.now)
        paces = await reader.find(Pace, sender=event.sender)
        setting = self._setting(event, room, new_here=is_new(paces, reader.now), now=reader.now)
        look = partial(self._look, event, room, setting)
        said, tier, findings = await reader.aside(look) if _is_long(event) else look()
        mark = _mark(said[0].folded, reader) if said else ""
        pace, flood = _counted(event, paces, mark, reader.now)
        findings = [*findings, *in_message(event), *flood]
        author = Author(
            spared=False,
            new_here=setting.new_here,
            certain=event.authentic,
            cry=tier in CRIES,
            reminded=await _reminded(event.sender, reader) if findings else (),
        )
        joins = author.certain and tier in (Tier.NONE, Tier.ABUSE)
        return await self._noticed(event, room, reader, findings, pace, author, joins=joins)

    def _look(
        self, event: Message, room: RoomView, setting: Setting
    ) -> tuple[tuple[Passage, ...], Tier, list[Finding]]:
        """What can be read, what it sounds like, and what is seen in it."""
        said = passages(event)
        tier = self.hear(event, where_in(self.community, room, setting.now)).tier
        # What sounds like danger moderators hear of by the crisis watch, and once.
        looking = [each for each in self._looking(room) if tier in (Tier.NONE, Tier.ABUSE) or each.name != "harm"]
        return said, tier, [found for each in looking for part in said for found in each.find(part, setting)]

    async def gather_unreadable(self, event: Unreadable, reader: Reader) -> Noticed:
        """Count a message that can't be read: a flood is one all the same. It is never held against anybody."""
        room = reader.room(event.room_id)
        if room is None or not _is_watched(event, room, reader):
            return Noticed(now=reader.now)
        paces = await reader.find(Pace, sender=event.sender)
        pace, flood = _counted(event, paces, "", reader.now)
        author = Author(spared=False, new_here=is_new(paces, reader.now), certain=False)
        return await self._noticed(event, room, reader, flood, pace, author)

    async def gather_outcome(self, event: Outcome, reader: Reader) -> tuple[Event, Noticed] | None:
        """What looking into a file has found."""
        finding = finding_of(event.errcode)
        if not isinstance(event.action, Examine) or finding is None:
            return None
        file = event.action
        of = Event(room_id=file.room_id, event_id=file.event_id, sender=file.sender, sent_at=reader.now)
        room = reader.room(of.room_id)
        if room is None or not _is_watched(of, room, reader):
            return None
        author = Author(spared=False, new_here=False, reminded=await _reminded(of.sender, reader))
        return of, await self._noticed(of, room, reader, [finding], None, author)

    def _looking(self, room: RoomView) -> tuple[Detector, ...]:
        place = place_of(room.role, room.condition) or ""
        return (*self.detectors, self.own.get(place, self.own[""]))

    def _setting(self, event: Message, room: RoomView, *, new_here: bool, now: datetime) -> Setting:
        place = place_of(room.role, room.condition)
        where = where_in(self.community, room, now)
        return Setting(
            now=now,
            languages=where.languages,
            slang=where.slang,
            regions=self.community.regions_in(place),
            condition=room.condition,
            known=self.known,
            new_here=new_here,
            replies=event.reply_to is not None,
        )

    async def _noticed(
        self,
        event: Event,
        room: RoomView,
        reader: Reader,
        findings: Sequence[Finding],
        pace: Pace | None,
        author: Author,
        *,
        joins: bool = False,
    ) -> Noticed:
        """`joins`: it may be told of in the case of another message like it. A cry for help never is."""
        rules = self.community.guidelines_in(place_of(room.role, room.condition))
        response = respond(findings, rules, author)
        if (response.hold or response.remind) and await cried_lately(event.sender, reader):
            response = replace(response, hold=None, remind=None)
        facts = Noticed(now=reader.now, pace=pace, files=_looks_into_files(rules))
        decisions = await reader.find(Decision, target=event.sender, active=True) if response.hold else ()
        held = _held_a_moment_ago(decisions, event, room, reader)
        if held is not None and response.hold is not None:
            facts = replace(facts, room=room, late=response.hold, held=held)
        if response.hold and moderators_room(reader) is None:
            # Nobody would ever look.
            response = replace(response, hold=None)
        if response.hold and (_is_held(decisions, room) or hindrance(Kind.HOLD, event.sender, room, reader.me)):
            response = replace(response, hold=None)
        if pace is not None and response.hold is None and not may_tell(pace.told_at, reader.now):
            # One flood is told once, however long it lasts.
            response = replace(response, tell=tuple(each for each in response.tell if not _is_noise(each)))
        if not response.tell:
            return facts
        if pace is not None and any(map(_is_noise, response.tell)):
            facts = replace(facts, pace=replace(pace, sender=event.sender, told_at=reader.now))
        if response.remind is not None and reader.now - event.sent_at > _STALE:
            response = replace(response, remind=None)
        office = self.community.language_in("moderators")
        return replace(
            facts,
            response=response,
            about=await subject(
                reader,
                room,
                event_id=await _original(event, reader),
                target=event.sender,
                # What is taken out of the room is quoted first, on a card of its own.
                like={each.guideline for each in response.tell} if joins and response.hold is None else (),
            ),
            me=reader.me,
            room=room,
            rooms=members_rooms(reader),
            office=moderators_room(reader),
            rules={item.id: self._in(item.text, office) for item in rules.items},
            reminder=await self._reminder(response.remind, event.sender, rules, reader),
            flood=_flood(response.hold, pace),
            decisions=decisions,
            number=await reader.next_number(NUMBERS) if response.hold is not None else 0,
        )

    async def _reminder(self, finding: Finding | None, user: str, rules: Guidelines, reader: Reader) -> str:
        rule = rules.named(finding.guideline) if finding is not None else None
        if rule is None:
            return ""
        spoken = await reader.get(SpokenLanguage, user)
        return self._in(rule.reminder or rule.text, spoken.language if spoken else self.community.default_language)

    def _in(self, texts: Mapping[str, str], language: str) -> str:
        return in_language(texts, language, self.community.default_language)


def _is_watched(event: Event, room: RoomView, reader: Reader) -> bool:
    """Whether it is a member's, in a room of members. Who has a moderator's power in one of them is never looked at."""
    if room.role not in MEMBERS_ROOMS or event.sender in reader.bots:
        return False
    return not any(has_moderator_power(each, event.sender) for each in members_rooms(reader))


def _looks_into_files(rules: Guidelines) -> bool:
    rule = rules.named(FILES)
    return rule is not None and rule.first_step(DETECTOR) is not FirstStep.OFF


def _is_long(event: Message) -> bool:
    return len(event.text) + len(event.formatted or "") > _LONG


def _is_a_command(text: str) -> bool:
    """A command is taken out of the room anyway, and what is in it is meant for moderators."""
    return text.startswith(PREFIX) and COMMANDS.parse(text) is not None


def _mark(folded: str, reader: Reader) -> str:
    """By which the same text is known again, and nothing else: a few characters of a keyed hash."""
    said = "".join(filter(str.isalnum, folded))
    return reader.pseudonym(f"said:{said}")[1 : 1 + MARK] if len(said) >= _SHORTEST_MARKED else ""


def _counted(event: Event, paces: Sequence[Pace], mark: str, now: datetime) -> tuple[Pace, tuple[Finding, ...]]:
    """The author's pace here with this event, and what that makes of it."""
    at = min(event.sent_at, now).timestamp()
    before = next((pace for pace in paces if pace.room_id == event.room_id), None)
    pace = went_on(before, event.sender, event.room_id, Written(at, event.event_id, mark), now)
    # A flood over several rooms is one.
    pace = replace(pace, told_at=max((each.told_at for each in paces if each.told_at), default=None))
    elsewhere = [each for other in paces if other.room_id != event.room_id for each in recent(other)]
    everywhere = sorted((*elsewhere, *recent(pace)), key=lambda each: (each.at, each.event_id == event.event_id))
    until = [each for each in everywhere if each.at <= at]
    return pace, floods([each.at for each in until], [each.mark for each in until])


async def _reminded(user: str, reader: Reader) -> frozenset[str]:
    lately = await reader.find(Reminded, user=user)
    return frozenset(each.guideline for each in lately if timedelta() <= reader.now - each.at < REMIND_AGAIN_AFTER)


async def _original(event: Event, reader: Reader) -> str:
    """The message that the case is about: of an edit the one that it edits, if that is the same person's."""
    replaces = event.replaces if isinstance(event, Message) else None
    if replaces is None or await reader.message_sender(event.room_id, replaces) != event.sender:
        return event.event_id
    return replaces


def _is_noise(finding: Finding) -> bool:
    return finding.detector.startswith("noise.")


def _is_held(decisions: Sequence[Decision], room: RoomView) -> bool:
    return any(each.kind in MUTES and each.room_id == room.room_id for each in decisions)


def _held_a_moment_ago(decisions: Sequence[Decision], event: Event, room: RoomView, reader: Reader) -> Decision | None:
    """The hold of the bot's own that was not in force yet when this was sent, as far as one can tell."""
    me = reader.pseudonym(reader.me)
    holds = [each for each in decisions if each.kind is Kind.HOLD and each.by == me and each.room_id == room.room_id]
    return next((each for each in holds if event.sent_at - each.at < ON_ITS_WAY), None)


def _flood(finding: Finding | None, pace: Pace | None) -> tuple[str, ...]:
    """What else is taken away: of a flood, all of it."""
    return tuple(each.event_id for each in recent(pace)) if finding and _is_noise(finding) else ()
