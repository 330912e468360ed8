# SPDX-License-Identifier: Apache-2.0
"""What never happens to somebody whose words sound near to danger, whatever is said, by whom, when, and how it is set.

The real bots run on the real runtime, in memory; what they decide is looked at, and everything they keep.
"""

import asyncio
import contextlib
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bots.core.actions import Ban, BotName, InPrivateChat, InRoom, Invite, Redact, Remove, Send, SetPower, Words
from bots.core.community import CrisisSettings, Mode
from bots.core.crisis.tiers import CRIES, NOTED, Tier, is_nearer
from bots.core.helplines import MOST_LINES
from bots.core.transport import Health, TransportError
from bots.welcome.listening import WINDOW
from fakes.crisis_house import ANA, BEN, MIA, MO, CrisisHouse

CANARY = "swallowsleaveonthursday"
ON_PEOPLE = (Redact, Remove, Ban, SetPower, Invite)
TIERS = st.sampled_from([*(tier.value for tier in Tier), *(sorted(tier.value for tier in NOTED))])
# One of them has agreed to a private chat, one has not, and one looks after the rooms as well.
MEMBERS, MODERATORS = st.sampled_from([ANA, ANA, BEN, MO]), st.sampled_from([MO, MIA])
HOW = st.sampled_from(["", "edit", "thread"])
DUTY = st.sampled_from(["on", "on 1h", "off", "quiet 00:00-23:59", "hours 09:00-18:00"])
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("says"),
            MEMBERS,
            TIERS,
            st.sampled_from(["lobby", "harbour"]),
            st.sampled_from(["", "edit", "thread"]),
        ),
        st.tuples(st.just("late"), MEMBERS, TIERS),
        st.tuples(st.just("private"), st.sampled_from([ANA, MO]), TIERS),
        st.tuples(st.just("stop"), st.sampled_from([ANA, MO])),
        st.tuples(
            st.just("duty"),
            MODERATORS,
            st.sampled_from(["on", "on 1h", "off", "quiet 00:00-23:59", "hours 09:00-18:00"]),
        ),
        st.tuples(st.just("tap"), MODERATORS, st.sampled_from(["🙋", "⏭️", "✅"])),
        st.tuples(st.just("wait"), st.sampled_from([5, 11, 70, 12 * 60, 25 * 60])),
    ),
    min_size=4,
    max_size=12,
)
SETTINGS = st.fixed_dictionaries(
    {
        "crisis": st.builds(CrisisSettings, most_calls_a_day=st.sampled_from([1, 4]), soft_pings=st.booleans()),
        "mode": st.sampled_from([Mode.ACT, Mode.OBSERVE]),
        "country": st.sampled_from(["", "ie", "us"]),
        "chats": st.sampled_from([(ANA, MO), (ANA, MO, MIA)]),
    }
)


class Played:
    """A house in which the steps were taken; `decided` is what each bot decided, and when, in order."""

    def __init__(self, steps, chosen, *, office=True):
        self.decided = []
        asyncio.run(self._play(steps, chosen, office))

    async def _play(self, steps, chosen, office):
        self.house = at = await CrisisHouse.built(**chosen)
        for name, running in at.running.items():
            running.decider.heard = lambda action, name=name: self.decided.append((at.clock.now(), name, action))
        if not office:
            at.homeserver.leave("@moderation:kith.test", at.office)
            await at.settles()
        self.root = at.homeserver.say(BEN, at.harbour, "good morning")
        await at.settles()
        for step in steps:
            await self._take(at, step)

    async def _take(self, at, step):
        match step:
            case ("says", who, tier, place, how):
                room = at.lobby if place == "lobby" else at.harbour
                other = {"edit": {"replaces": self.root}, "thread": {"thread": self.root}}.get(how, {})
                await at.cries(f"[{tier}] {CANARY}", who, room, **other)
            case ("late", who, tier):
                at.homeserver.say(who, at.harbour, f"[{tier}] {CANARY}")
                at.clock.advance(timedelta(minutes=61))
                await at.settles()
            case ("private", who, tier):
                at.homeserver.say(who, at.chats[who], f"[{tier}] {CANARY}")
                await at.settles()
            case ("stop", who):
                await at.tells_the_bot("stop", who)
            case ("duty", who, what):
                await at.orders(who, f"!on-call {what}", room_id=at.office)
            case ("tap", who, key):
                for alert in [e for e in at.homeserver.timeline(at.office) if "lert #" in getattr(e, "text", "")][-1:]:
                    with contextlib.suppress(TransportError):  # tapped before
                        at.homeserver.react(who, at.office, alert.event_id, key.replace("\ufe0f", ""))
                    await at.settles()
            case ("wait", minutes):
                await at.waits(minutes=minutes)

    @property
    def sends(self):
        return [(when, name, action) for when, name, action in self.decided if isinstance(action, Send)]

    @property
    def notes(self):
        """When, to whom, about which tier, and in which words somebody was written to."""
        for when, name, send in self.sends:
            keys = [part.key for part in send.parts if isinstance(part, Words)]
            if keys and keys[0].startswith("core.crisis.why."):
                yield when, name, send, next(tier for tier in Tier if keys[0].endswith(f".{tier.name.lower()}"))


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(STEPS, SETTINGS, st.booleans())
def test_what_never_happens_to_somebody_who_needs_people(steps, chosen, office):
    played = Played(steps, chosen, office=office)
    nothing_is_done_to_anybody_and_only_those_on_duty_are_called(played, steps)
    a_note_comes_once_in_half_a_day_from_one_bot_with_its_number_first(played)
    nobody_is_written_to_late(played, steps)
    what_was_said_is_in_nothing_that_is_kept_counted_or_going_to_be_said(played)


def nothing_is_done_to_anybody_and_only_those_on_duty_are_called(played, steps):
    at = played.house
    assert [action for _, _, action in played.decided if isinstance(action, ON_PEOPLE)] == []
    for _, _, send in played.sends:
        place = send.place
        assert not (isinstance(place, InRoom) and place.room_id in (at.lobby, at.harbour))
        if send.mentions:
            assert place == InRoom(at.office)
        if send.why == "crisis.alert":
            assert place == InRoom(at.office) or (isinstance(place, InPrivateChat) and place.user in (MO, MIA))
    on_duty = {step[1] for step in steps if step[0] == "duty" and step[2].startswith(("on", "hours"))}
    # Who came is asked to look in the next day.
    came = {step[1] for step in steps if step[0] == "tap"}
    assert {user for _, _, send in played.sends for user in send.mentions} <= on_duty | came


def a_note_comes_once_in_half_a_day_from_one_bot_with_its_number_first(played):
    last = {}
    for when, name, send, tier in played.notes:
        assert name is BotName.WELCOME
        assert isinstance(send.place, InPrivateChat)
        assert tier in NOTED
        before = last.get(send.place.user)
        assert before is None or when - before[0] >= WINDOW or is_nearer(tier, before[1])
        last[send.place.user] = (when, tier)
        keys = [part.key for part in send.parts]
        assert keys[1].startswith("core.crisis.emergency")
        assert keys[-1] == "core.crisis.stop"
        assert sum(key.startswith("core.helplines.line") for key in keys) <= MOST_LINES


def nobody_is_written_to_late(played, steps):
    if all(step[0] in ("late", "wait", "duty", "tap") for step in steps):
        assert list(played.notes) == []


def what_was_said_is_in_nothing_that_is_kept_counted_or_going_to_be_said(played):
    at = played.house
    assert CANARY not in repr(played.decided)
    assert CANARY not in repr(vars(at.store.tables))
    for running in at.running.values():
        figures = running.metrics.text(Health(), at.clock.now()).decode()
        assert CANARY not in figures
        assert not any(word in figures for word in (*CRIES, "crisis", "harbour", at.harbour))
