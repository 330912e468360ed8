# SPDX-License-Identifier: Apache-2.0
"""Reports that do not come from a room: told to the welcome bot, or made with an app's own button about a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, Words
from bots.core.bot import Reader
from bots.core.events import Report as ServerReport
from bots.core.events import Tick
from bots.core.passed_on import report_in
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.moderation.cases.opening import subject
from bots.moderation.cases.reporting import WHY, Reported, gather_report, reported
from bots.moderation.telling import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A report, or whose link leads to nothing that they can see."""

    report: Reported | None = None
    astray: str | None = None


@dataclass(frozen=True)
class ReportsInPrivate:
    """`show_reporter` is the organiser's switch: moderators see who reported."""

    show_reporter: bool = False

    @staticmethod
    def target(event: Tick) -> str | None:
        """The message whose sender must be known."""
        passed = report_in(event)
        return passed.event_id if passed else None

    async def gather(self, event: Tick, reader: Reader) -> Facts:
        """What is known of the message, or that there is none."""
        passed = report_in(event)
        if passed is None:
            return Facts()
        if passed.room_id is None or passed.event_id is None:
            about = await subject(reader, None, event_id=None, target=None)
            return Facts(
                report=await gather_report(reader, passed.who, about, passed.words, event.due_at, described=True)
            )
        room = reader.room(passed.room_id)
        target = await reader.message_sender(passed.room_id, passed.event_id)
        if room is None or not _is_theirs(room, passed.who) or target is None:
            return Facts(astray=passed.who)
        about = await subject(reader, room, event_id=passed.event_id, target=target)
        report = await gather_report(reader, passed.who, about, passed.words, event.due_at)
        return Facts(report=report)

    def decide(self, _event: Tick, facts: Facts) -> tuple[Action, ...]:
        """A case, as of a report in the room."""
        if facts.astray is not None:
            return (tell(facts.astray, Words("moderation.report.astray"), why=WHY),)
        return reported(replace(facts.report, show_reporter=self.show_reporter)) if facts.report else ()

    async def gather_person(self, event: ServerReport, reader: Reader) -> Facts:
        """What is known of the person whom somebody reported as a whole, if both are members here."""
        rooms = [room for role in (RoomRole.LOBBY, RoomRole.CONDITION) for room in reader.rooms(role)]
        if event.user is None or not all(
            any(_is_theirs(room, who) for room in rooms) for who in (event.user, event.sender)
        ):
            return Facts()
        about = await subject(reader, None, event_id=None, target=event.user)
        return Facts(report=await gather_report(reader, event.sender, about, event.reason or "", event.sent_at))

    def decide_person(self, _event: ServerReport, facts: Facts) -> tuple[Action, ...]:
        """A case about the person."""
        return reported(replace(facts.report, show_reporter=self.show_reporter)) if facts.report else ()


def _is_theirs(room: RoomView, user: str) -> bool:
    """Whether somebody is in a room that is moderated: nobody learns of others by reporting at random."""
    member = room.members.get(user)
    here = member is not None and member.state is MembershipState.JOIN
    return here and room.role in (RoomRole.LOBBY, RoomRole.CONDITION)
