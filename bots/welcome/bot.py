# SPDX-License-Identifier: Apache-2.0
"""The welcome bot, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import BotName
from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.crisis.hearing import Hear
from bots.core.events import DevicesChanged, Membership, Message, Outcome, PollAnswer, Reaction, Tick, Unreadable
from bots.core.records import Record
from bots.welcome import giving, picture
from bots.welcome.answers import load
from bots.welcome.conversation.machine import Interview
from bots.welcome.gone import Gone
from bots.welcome.handlers import Welcome
from bots.welcome.later_on import LaterOn
from bots.welcome.listening import Listening
from bots.welcome.records import (
    Arrivals,
    Consent,
    Conversation,
    CrisisNote,
    FirstWords,
    NoCrisisNotes,
    PastGiven,
    Telling,
)
from bots.welcome.rooms.first_words import FirstWordsWatch
from bots.welcome.rooms.history import History
from bots.welcome.rooms.knocking import Knocking
from bots.welcome.rooms.moving import FOLLOWING


@dataclass(frozen=True)
class WelcomeBot:
    """Meets newcomers in private, and lets them into the rooms they ask for."""

    handlers: Sequence[Handler]  # type: ignore[type-arg]  # each handler has its own event and facts
    name: BotName = BotName.WELCOME
    display_name: str = "welcome.display_name"
    records: Sequence[type[Record]] = (
        Conversation,
        Consent,
        Arrivals,
        FirstWords,
        CrisisNote,
        NoCrisisNotes,
        Telling,
        PastGiven,
    )


def make_bot(community: Community, hear: Hear) -> WelcomeBot:
    """The bot for this community; reads its vocabulary once. `hear` says what a message sounds like."""
    interview = Interview(community, load(community.languages))
    listening = Listening(community, interview.vocabulary, hear)
    welcome, later_on = Welcome(interview, listening), LaterOn(interview)
    history, gone, first_words = History(community), Gone(community.appeal_within), FirstWordsWatch(community)
    knocking = Knocking(interview)
    return WelcomeBot(
        handlers=(
            *FOLLOWING.handlers,
            Handler(Message, welcome.gather, welcome.decide),
            Handler(Reaction, welcome.gather_reaction, welcome.decide_reaction),
            Handler(Reaction, giving.gather_tap, giving.decide_tap),
            Handler(PollAnswer, welcome.gather_poll, welcome.decide_poll),
            Handler(Membership, welcome.gather_membership, welcome.decide_membership),
            Handler(Outcome, welcome.gather_outcome, welcome.decide_outcome),
            Handler(Outcome, history.gather_outcome, history.decide_outcome),
            Handler(Membership, history.gather_membership, history.decide_membership),
            Handler(Tick, history.gather_tick, history.decide_tick),
            Handler(DevicesChanged, history.gather_devices, history.decide_devices),
            Handler(Membership, picture.gather_entry, picture.decide_entry),
            Handler(Outcome, picture.gather_found, picture.decide_found),
            Handler(Membership, knocking.gather, knocking.decide),
            Handler(Tick, knocking.gather_tick, knocking.decide_tick),
            Handler(Membership, gone.gather, gone.decide),
            Handler(Tick, gone.gather_tick, gone.decide_tick),
            Handler(Tick, listening.gather_asked, listening.decide_asked),
            Handler(Outcome, listening.gather_outcome, listening.decide_outcome),
            Handler(Reaction, listening.gather_tap, listening.decide_tap),
            Handler(Message, first_words.gather, first_words.decide),
            Handler(Reaction, first_words.gather, first_words.decide),
            Handler(Tick, later_on.gather, later_on.decide),
            Handler(Tick, first_words.gather_tick, first_words.decide_tick),
            Handler(Tick, later_on.gather_arrivals, later_on.decide_arrivals),
            Handler(Unreadable, later_on.gather_unreadable, later_on.decide_unreadable),
        )
    )
