# SPDX-License-Identifier: Apache-2.0
"""A newcomer can read what was said before they came, where the organiser shares it.

The keys are given twice: once the invitation is out, so that they are there when somebody comes in,
and at the moment they come in, to whichever device they have then. An app takes whichever comes in time.
A device that is new in the first days after that is given them too.
The keys come from the hand that invited, since an app takes them from no other: this bot's, or the moderation bot's,
where that one had to send the invitation.
Somebody whose device is not confirmed yet hears so in private, once, with what to do in an app like theirs.
They get the keys when it is, if that is within some hours, or when they say that they are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, BotName, Invite, Remember, Schedule, ShareHistory, Words
from bots.core.bot import Reader
from bots.core.community import Community, HistorySharing
from bots.core.events import DevicesChanged, Membership, Outcome, Tick
from bots.core.rooms import MembershipState
from bots.welcome.carrying_out import carry_out
from bots.welcome.coming_up import PAST
from bots.welcome.conversation.turn import Turn
from bots.welcome.conversation.turning import with_more
from bots.welcome.facts import Facts, facts_in_their_chat
from bots.welcome.records import PastGiven, Pause
from bots.welcome.showing import app_of
from bots.welcome.wording import Say, Wording

_DEVICE = "device"
_AGAIN, _ASKED = f"{PAST}.again", f"{PAST}.asked"
_NO_SIGNED_DEVICE = "KITHROOM_NO_SIGNED_DEVICE"
_REFUSED = "KITHROOM_REFUSED"
# An app waits for a day after it came in.
_WAITS = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=12))
# So long after somebody came in, a new device of theirs is given the keys as well.
_FIRST_DAYS = timedelta(days=7)
# A device that is new is confirmed a moment later, and each is a change.
_COMES_TO_REST = timedelta(minutes=1)


@dataclass(frozen=True)
class History:
    """The decisions about a room's past, for one community."""

    community: Community

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Facts | None:
        """About the person who was invited, or was to be given the keys."""
        action = event.action
        if not self._shares or not isinstance(action, Invite | ShareHistory):
            return None
        return await facts_in_their_chat(action.user, reader)

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """Give the keys to somebody whose invitation is out; try again later where no device could have them."""
        if facts is None or facts.conversation is None:
            return ()
        match event.action:
            case Invite(room_id=room_id, voice=voice) if event.ok:
                return self._share(room_id, facts, voice=voice)
            case ShareHistory(room_id=room_id, why=why, voice=None) if event.errcode == _REFUSED:
                # Not this bot's guest. Perhaps the other hand's: it is refused as well for who is neither's.
                return self._share(room_id, facts, why=why, voice=BotName.MODERATION, follow_up=True)
            case ShareHistory(room_id=room_id, why=why) if event.errcode == _NO_SIGNED_DEVICE:
                return tuple(self._is_closed(room_id, why, facts, event.id))
            case ShareHistory(room_id=room_id):
                return tuple(self._is_settled(room_id, facts, event))
        return ()

    async def gather_membership(self, event: Membership, reader: Reader) -> Facts | None:
        """About the person who came in somewhere; nothing in a community that shares nothing."""
        came = event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN
        return await facts_in_their_chat(event.user, reader) if came and self._shares else None

    def decide_membership(self, event: Membership, facts: Facts | None) -> tuple[Action, ...]:
        """Give them again to somebody who came in: by now they may have another device."""
        if facts is None:
            return ()
        shared = self._share(event.room_id, facts, follow_up=True)
        given = PastGiven(user=facts.person, room_id=event.room_id, at=facts.now)
        return (*shared, *((Remember(why=PAST, record=given),) if shared else ()))

    async def gather_devices(self, event: DevicesChanged, reader: Reader) -> tuple[datetime, list[PastGiven]] | None:
        """The rooms whose past somebody was given in the last days; nothing in a community that shares nothing."""
        return (reader.now, list(await reader.find(PastGiven, user=event.sender))) if self._shares else None

    def decide_devices(
        self, event: DevicesChanged, facts: tuple[datetime, list[PastGiven]] | None
    ) -> tuple[Action, ...]:
        """Give it to their new device, once its owner is done with it. Whoever left since gets nothing."""
        if facts is None:
            return ()
        now, given = facts
        lately = [each for each in given if now - each.at < _FIRST_DAYS]
        return tuple(_try_again(each.room_id, event.sender, now + _COMES_TO_REST, _DEVICE) for each in lately)

    async def gather_tick(self, event: Tick, reader: Reader) -> Facts | None:
        """About the person for whom it was put by."""
        return await facts_in_their_chat(str(event.payload["user"]), reader) if event.kind == PAST else None

    def decide_tick(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:
        """Try again."""
        if facts is None:
            return ()
        why = _ASKED if event.payload.get("asked") else _AGAIN
        return self._share(str(event.payload["room_id"]), facts, why=why, follow_up=True)

    def _share(
        self, room_id: str, facts: Facts, *, why: str = PAST, voice: BotName | None = None, follow_up: bool = False
    ) -> tuple[Action, ...]:
        known = _condition(room_id, facts)
        condition = self.community.condition(known) if known else None
        if condition is None or condition.history is not HistorySharing.ON or facts.conversation is None:
            return ()
        since = facts.now - self.community.history_for
        return (
            ShareHistory(why=why, voice=voice, room_id=room_id, user=facts.person, since=since, follow_up=follow_up),
        )

    def _is_closed(self, room_id: str, why: str, facts: Facts, source: str) -> Iterator[Action]:
        """No device could have the keys: told the first time, and to somebody who said that they are done."""
        condition, known = _condition(room_id, facts), facts.conversation
        if condition is None or known is None:
            return
        if why == PAST:
            yield from (_try_again(room_id, facts.person, facts.now + wait) for wait in _WAITS)
        say = Wording(self.community, facts.language)
        told: tuple[Words, ...] = ()
        if why == _ASKED:
            told = (say.words("history.still"),)
        elif not known.closed and known.pause is not Pause.STOPPED:
            told = say.closed_past(app_of(facts.account.devices), self._room_name(condition))
        after = replace(known, closed=with_more(known.closed, [condition]))
        yield from carry_out(Turn(conversation=after, says=(Say(told),) if told else ()), facts, source)

    def _is_settled(self, room_id: str, facts: Facts, event: Outcome) -> Iterator[Action]:
        """The keys are handed over, or are not to be any more: it is waited for no longer."""
        condition, known = _condition(room_id, facts), facts.conversation
        if known is None or condition not in known.closed.split():
            return
        left = " ".join(each for each in known.closed.split() if each != condition)
        say = Wording(self.community, facts.language)
        speaks = event.ok and known.pause is not Pause.STOPPED
        says = (Say((say.words("history.open", room=self._room_name(condition)),)),) if speaks else ()
        yield from carry_out(Turn(conversation=replace(known, closed=left), says=says), facts, event.id)

    @property
    def _shares(self) -> bool:
        """Whether any room does."""
        return any(condition.history is HistorySharing.ON for condition in self.community.conditions)

    def _room_name(self, condition: str) -> str:
        known = self.community.condition(condition)
        return known.room_name if known else ""


def _condition(room_id: str, facts: Facts) -> str | None:
    return next((i for i, room in facts.condition_rooms.items() if room.room_id == room_id), None)


def _try_again(room_id: str, user: str, at: datetime, which: str = "") -> Schedule:
    """At that time; in place of another with this name, if it has one."""
    payload = {"room_id": room_id, "user": user}
    id_ = f"{PAST}:{room_id}:{user}:{which or at.isoformat()}"
    return Schedule(why=PAST, id=id_, kind=PAST, at=at, payload=payload)
