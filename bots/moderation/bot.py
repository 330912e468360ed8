# SPDX-License-Identifier: Apache-2.0
"""The moderation bot, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from bots.core.actions import BotName
from bots.core.bot import Handler, Reader
from bots.core.commands import Unknown
from bots.core.community import Community, Mode
from bots.core.crisis.hearing import Hear, where_in
from bots.core.crisis.tiers import CRIES
from bots.core.events import Membership, Message, Outcome, Reaction, Redaction, Tick, Unreadable
from bots.core.events import Report as ServerReport
from bots.core.records import Record
from bots.moderation import aftermath, gathering, handlers, library_desk, others, rejoining, untapped
from bots.moderation.appeals import answering
from bots.moderation.appeals import asking as appeals
from bots.moderation.cases import since_then, taken_back
from bots.moderation.cases.reported_in_private import ReportsInPrivate
from bots.moderation.commands import Report
from bots.moderation.crisis.ears import hear, once
from bots.moderation.crisis.handlers import crisis_handlers
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.ladder import many_rooms, two_people
from bots.moderation.ladder.roles import roles_in
from bots.moderation.own_list.handling import own_list
from bots.moderation.own_list.records import ToPublish
from bots.moderation.policy_lists.handling import policy_lists
from bots.moderation.policy_lists.records import DeniedServer, ListMatch, PolicyList
from bots.moderation.records import (
    Appeal,
    Case,
    Decision,
    HereSince,
    Progress,
    Proposal,
    Reporting,
    RoomLife,
    Tap,
)
from bots.moderation.rooms import measures
from bots.moderation.rooms.moving import FOLLOWING
from bots.moderation.rooms.pace import SlowMode
from bots.moderation.rooms.servers import servers
from bots.moderation.standing import transparency, unreadable
from bots.moderation.standing.handling import standing
from bots.moderation.standing.records import BannedByOthers, BlindRoom, NextSummary, NotReadable, ToldStanding
from bots.moderation.status import Answering
from bots.moderation.watching.handling import watching
from bots.moderation.watching.records import JoinWave, Pace, Reminded, SlowPace

E = TypeVar("E")


@dataclass(frozen=True)
class ModerationBot:
    """Turns reports into cases, and moderators' orders into actions that can be undone."""

    handlers: Sequence[Handler]  # type: ignore[type-arg]  # each handler has its own event and facts
    name: BotName = BotName.MODERATION
    display_name: str = "moderation.display_name"
    records: Sequence[type[Record]] = (
        Case,
        CrisisAlert,
        Reporting,
        Decision,
        Appeal,
        Proposal,
        HereSince,
        NextSummary,
        Tap,
        Progress,
        RoomLife,
        SlowPace,
        NotReadable,
        ToldStanding,
        BlindRoom,
        Pace,
        Reminded,
        JoinWave,
        PolicyList,
        ListMatch,
        BannedByOthers,
        DeniedServer,
        ToPublish,
    )


def make_bot(community: Community, hear: Hear = hear) -> ModerationBot:
    """The bot for this community: authority is in the rooms. `hear` says what a message sounds like."""
    roles, hear = roles_in(community), once(hear)
    slow_mode = SlowMode(community, roles, hear)
    status = Answering(community)
    watched = community.mode is Mode.OBSERVE or bool({"moderation", measures.ENDS} & {*community.observe})
    in_private = ReportsInPrivate(show_reporter=community.show_reporters)

    def sounds_like_a_cry(event: object, facts: gathering.Facts, reader: Reader) -> bool:
        """Whether what stands behind a command of a member's would be missed by whoever comes to help them.

        A report that answers a message is about that message.
        """
        if not isinstance(event, Message) or facts.room is None or facts.command is None or facts.asker_moderates:
            return False
        if event.reply_to is not None and isinstance(facts.command, Report | Unknown):
            return False
        return hear(event, where_in(community, facts.room, reader.now)).tier in CRIES

    def knowing(
        gather: Callable[[E, Reader], Awaitable[gathering.Facts]],
    ) -> Callable[[E, Reader], Awaitable[gathering.Facts]]:
        async def gathered(event: E, reader: Reader) -> gathering.Facts:
            facts = await gather(event, reader)
            return replace(
                facts,
                appeal_within=community.appeal_within,
                show_reporter=community.show_reporters,
                spared=sounds_like_a_cry(event, facts, reader),
            )

        return gathered

    return ModerationBot(
        handlers=(
            Handler(
                Message,
                knowing(partial(gathering.gather_message, roles)),
                handlers.decide,
                target=lambda event: event.reply_to,
            ),
            Handler(
                Reaction,
                knowing(partial(gathering.gather_reaction, roles)),
                handlers.decide,
                target=lambda event: event.target,
            ),
            Handler(
                ServerReport,
                knowing(partial(gathering.gather_server_report, roles)),
                handlers.decide,
                target=lambda event: event.target,
            ),
            Handler(Outcome, aftermath.gather_outcome, aftermath.decide_outcome),
            Handler(Tick, aftermath.gather_tick, aftermath.decide_tick),
            Handler(Membership, rejoining.gather, rejoining.decide),
            Handler(Message, partial(answering.gather_message, roles), answering.decide),
            Handler(Reaction, partial(answering.gather_reaction, roles), answering.decide),
            Handler(Message, library_desk.gather_message, library_desk.decide),
            Handler(Reaction, library_desk.gather_reaction, library_desk.decide),
            Handler(Tick, partial(appeals.gather_asked, roles), appeals.decide_asked),
            Handler(Tick, partial(appeals.gather_unanswered, roles), appeals.decide_unanswered),
            Handler(Outcome, appeals.gather_not_shown, appeals.decide_not_shown),
            Handler(Tick, in_private.gather, in_private.decide, target=in_private.target),
            Handler(ServerReport, in_private.gather_person, in_private.decide_person),
            *(
                Handler(each, transparency.gather_start, transparency.decide_start)
                for each in (Message, Reaction, Membership)
            ),
            Handler(Tick, transparency.gather, transparency.decide),
            Handler(Message, since_then.gather_edit, since_then.decide_edit),
            Handler(Redaction, since_then.gather_redaction, since_then.decide_redaction),
            Handler(Redaction, untapped.gather, untapped.decide),
            Handler(Redaction, taken_back.gather, taken_back.decide),
            Handler(Membership, since_then.gather_departure, since_then.decide_departure),
            Handler(Tick, since_then.gather_show, since_then.decide_show),
            Handler(Outcome, since_then.gather_not_shown, since_then.decide_not_shown),
            Handler(Message, partial(measures.gather_message, roles, watched), measures.decide),
            Handler(Reaction, partial(measures.gather_reaction, roles), measures.decide),
            Handler(Tick, measures.gather_tick, measures.decide_tick),
            Handler(Outcome, measures.gather_outcome, measures.decide_outcome),
            Handler(Message, slow_mode.gather, slow_mode.decide),
            Handler(Tick, two_people.gather_lapse, two_people.decide_lapse),
            Handler(Membership, two_people.gather_arrival, two_people.decide_arrival),
            Handler(Message, many_rooms.gather_life, many_rooms.decide_life),
            Handler(Unreadable, unreadable.gather_unreadable, unreadable.decide_unreadable),
            *crisis_handlers(community, hear),
            *standing(),
            Handler(Message, status.gather, status.decide),
            *policy_lists(),
            *own_list(community, roles),
            *servers(community),
            Handler(Membership, others.gather, others.decide),
            *FOLLOWING.handlers,
            *watching(community, hear),
        )
    )
