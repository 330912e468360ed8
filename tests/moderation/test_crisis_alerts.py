# SPDX-License-Identifier: Apache-2.0
"""Words that sound near to danger: who is called, how, and who is called next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bots.core.actions import BotName
from bots.core.community import CrisisSettings
from bots.core.crisis.tiers import Tier
from bots.core.events import Tick
from bots.core.records import OnCall, PrivateChat
from bots.core.runtime.live import LONGEST_WAIT
from bots.moderation.crisis.alerts import CALL_NEXT
from bots.moderation.crisis.answering import Answering, Facts
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.crisis.team import Team
from fakes.crisis_house import ANA, BEN, EXAMPLE, MIA, MO, CrisisHouse
from fakes.house import ORGANISER, WELCOME

CANARY = "the swallows leave on thursday"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def house(**settings):
    return await CrisisHouse.built(**settings)


@pytest.mark.parametrize("tier", ["T2", "T3", "TX", "T-MED", "TU"])
async def test_people_are_called_by_a_link_and_nothing_happens_in_the_room(tier):
    at = await house()
    said = await at.cries(f"[{tier}] {CANARY}")

    (alert, *_) = at.told
    assert f"https://matrix.to/#/{at.harbour}/{said}?via=kith.test" in alert
    assert (ANA in alert, "Harbour" in alert) == (True, True)
    assert ("Urgent" in alert) is (tier in {"T3", "T-MED", "TU"})
    assert CANARY not in str(at.homeserver.timeline(at.office))
    assert at.happened_in_rooms() == []


@pytest.mark.parametrize("tier", ["T0", "T1"])
async def test_distress_alone_calls_nobody(tier):
    at = await house()
    await at.cries(f"[{tier}] {CANARY}")
    assert (at.told, at.noted()) == ([], [])


async def test_distress_is_a_soft_word_to_those_on_duty_if_the_organiser_wants_it():
    at = await house(crisis=CrisisSettings(soft_pings=True))
    await at.cries("[T1] one")
    assert at.told == []

    await at.asks("!on-call on")
    await at.cries("[T1] two")
    await at.cries("[T1] three")
    (soft,) = [said for said in at.told if "hard time" in said]
    assert (ANA not in soft, at.mentioned()) == (True, [])


async def test_what_is_aimed_at_somebody_goes_the_way_of_the_ladder():
    at = await house(guidelines=EXAMPLE.guidelines)
    await at.cries("[TA] kys")
    (told,) = at.told
    assert "Case #" in told
    assert at.recorded(CrisisAlert) == []


async def test_only_those_on_duty_are_called_and_the_next_after_ten_minutes_until_somebody_comes():
    at = await house()
    await at.asks("!on-call on", user=MIA)
    await at.cries(f"[T3] {CANARY}")
    assert at.mentioned() == [[MIA]]

    await at.asks("!on-call on", user=MO)
    await at.waits(minutes=9)
    assert at.mentioned() == [[MIA]]
    await at.waits(minutes=1)
    assert at.mentioned() == [[MIA], [MO]]

    (thanks,) = await at.taps("🙋", "could you look")
    assert MO in thanks
    await at.waits(hours=3)
    assert at.mentioned() == [[MIA], [MO]]


async def test_it_goes_on_after_a_restart():
    at = await house()
    await at.asks("!on-call on", user=MIA)
    await at.cries("[T3] x")
    await at.asks("!on-call on", user=MO)
    await at.restarts()
    await at.waits(minutes=10)
    assert at.mentioned() == [[MIA], [MO]]


async def test_what_is_not_urgent_waits_for_whoever_was_called():
    at = await house()
    await at.asks("!on-call on", user=MIA)
    await at.asks("!on-call on", user=MO)
    await at.cries("[T2] x")
    await at.waits(hours=2)
    assert len(at.mentioned()) == 1


async def test_one_word_in_the_thread_is_as_good_as_a_tap_and_a_sentence_is_none():
    at = await house()
    await at.cries("[T3] x")
    (card,) = [e for e in at.homeserver.timeline(at.office) if "Urgent" in getattr(e, "text", "")]
    await at.orders(MIA, "take care, all of you", room_id=at.office, reply_to=card.event_id)
    assert at.recorded(CrisisAlert)[0].taken_at is None

    before = len(at.told)
    await at.orders(MIA, "!take", room_id=at.office, reply_to=card.event_id)
    assert at.recorded(CrisisAlert)[0].taken_at == at.clock.now()
    assert len(at.told) == before + 1
    (second,) = await at.taps("🙋", "Urgent", user=MO)
    assert "Somebody else" in second


async def test_who_cannot_passes_it_on_and_is_not_called_again():
    at = await house()
    await at.asks("!on-call on", user=MIA)
    await at.asks("!on-call on", user=MO)
    await at.cries("[T3] x")
    (first,) = at.mentioned()[0]
    await at.taps("⏭️", "Urgent", user=first)
    (second,) = at.mentioned()[1]
    assert {first, second} == {MO, MIA}
    await at.waits(minutes=30)
    assert len(at.mentioned()) == 2


async def test_when_nobody_on_duty_comes_moderators_are_written_to_in_private():
    at = await house(chats=(ANA, MO))
    await at.cries("[T3] x")
    assert "Nobody is on duty" in at.told[0]
    await at.waits(minutes=10)
    (told,) = at.noted(MO)
    assert "matrix.to" in told

    with structlog.testing.capture_logs() as logs:
        await at.taps("⏭️", "Urgent", user=MIA)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["nobody is left to call"]


async def test_more_of_the_same_is_added_and_what_is_nearer_calls_anew():
    at = await house()
    await at.asks("!on-call on")
    await at.cries("[T2] one")
    await at.cries("[T2] two")
    assert [len(at.mentioned()), len(at.recorded(CrisisAlert))] == [1, 1]
    assert "something more" in at.told[-1]

    await at.cries("[T3] three")
    assert [len(at.mentioned()), len(at.recorded(CrisisAlert))] == [2, 2]
    await at.cries("[T2] four")
    assert len(at.recorded(CrisisAlert)) == 2


async def test_who_came_hears_of_more_and_what_is_urgent_calls_anew_after_an_hour():
    at = await house()
    await at.cries("[T3] one")
    await at.taps("🙋", "Urgent", user=MIA)
    await at.cries("[T3] two")
    assert (at.mentioned(), len(at.recorded(CrisisAlert))) == ([[MIA]], 1)

    await at.asks("!on-call on")
    await at.waits(hours=1)
    await at.cries("[T3] three")
    assert (at.mentioned(), len(at.recorded(CrisisAlert))) == ([[MIA], [MO]], 2)


async def test_somebody_who_needs_people_twice_a_day_is_called_for_twice():
    at = await house()
    await at.cries("[T2] one")
    await at.waits(hours=12)
    await at.cries("[T2] two")
    assert len(at.recorded(CrisisAlert)) == 2


async def test_an_edit_is_heard_like_a_new_message_and_once():
    at = await house()
    said = await at.cries("good morning")
    await at.cries("[T3] x", replaces=said)
    await at.cries("[T3] x, a letter changed", replaces=said)
    alerts = [text for text in at.told if "Urgent" in text]
    assert len(alerts) == 1
    assert said in alerts[0]


async def test_in_a_thread_and_in_a_caption_it_is_heard_too():
    at = await house()
    root = await at.cries("good morning")
    await at.cries("[T3] x", thread=root)
    assert "Urgent" in at.told[0]


async def test_a_bot_is_not_heard_and_neither_is_the_moderators_room():
    at = await house()
    at.homeserver.say("@resources:kith.test", at.harbour, "[T3] a quotation")
    await at.cries("[T3] a moderator quotes", user=MO, room_id=at.office)
    assert at.told == []


async def test_the_next_day_whoever_came_is_asked_to_look_in_and_after_themselves():
    at = await house()
    await at.cries("[T3] x")
    await at.taps("🙋", "Urgent", user=MIA)
    await at.waits(hours=24)
    assert "how are you" in at.told[-1]
    assert (ANA in at.told[-1], at.mentioned()) == (True, [[MIA]])


async def test_the_next_day_whoever_is_on_duty_is_asked_if_nobody_came():
    at = await house()
    await at.cries("[T2] x")
    await at.waits(hours=23)
    await at.asks("!on-call on")
    await at.waits(hours=1)
    assert at.mentioned() == [[MO]]


async def test_unsafe_words_stay_until_a_person_decides_with_one_tap():
    at = await house()
    said = await at.cries("[TU] x")
    await at.waits(hours=5)
    assert at.happened_in_rooms() == []
    assert [key.replace("\ufe0f", "") for key in at.buttons("Urgent")] == ["🗑", "✅", "⏭"]

    await at.taps("🗑️", "Urgent", user=MIA)
    await at.waits(seconds=1)
    (redaction,) = at.happened_in_rooms()
    assert redaction.target == said
    assert "out of the room" in at.told[-1]
    assert "take a message of yours out" in at.noted()[-1]


async def test_who_wrote_what_was_taken_out_has_their_own_words_back_in_private_and_nobody_else_has():
    at = await house()
    await at.cries("[TU] the herons slept")
    await at.taps("🗑️", "Urgent", user=MIA)
    assert "herons slept" in at.noted()[-1]
    await at.waits(seconds=1)
    assert len(at.happened_in_rooms()) == 1
    assert not any("herons" in told for told in (*at.told, *at.noted(MO)))
    assert "herons" not in repr(at.store.tables)


async def test_words_that_could_not_be_given_back_are_taken_out_and_that_is_told():
    at = await house()
    at.homeserver.withhold_key(at.harbour, ANA, WELCOME)
    await at.cries("[TU] the herons slept")
    await at.taps("🗑️", "Urgent", user=MIA)
    for _ in range(LONGEST_WAIT + 1):
        await at.waits(seconds=1)
    assert len(at.happened_in_rooms()) == 1
    assert "took out a message of yours" in at.noted()[-1]


async def test_without_a_private_chat_unsafe_words_go_at_once():
    at = await house()
    async with at.store.transaction(BotName.WELCOME, at.clock.now()) as transaction:
        await transaction.forget(PrivateChat, BEN)
    await at.cries("[TU] x", user=BEN)
    await at.taps("🗑️", "Urgent", user=MIA)
    assert len(at.happened_in_rooms()) == 1


async def test_unsafe_words_may_stay():
    at = await house()
    await at.cries("[TU] x")
    await at.taps("✅", "Urgent", user=MIA)
    assert at.happened_in_rooms() == []
    assert at.recorded(CrisisAlert)[0].taken_at is not None


async def test_a_cry_is_never_taken_out_whatever_is_tapped():
    at = await house()
    await at.cries("[T3] x")
    for key in ("🗑️", "🔇", "⛔", "👋", "⚠️"):
        await at.taps(key, "Urgent", user=MIA)
    assert at.happened_in_rooms() == []


async def test_without_a_moderators_room_moderators_are_told_in_private_and_the_operator_hears_of_it():
    at = await house(chats=(ANA, MO))
    at.homeserver.leave("@moderation:kith.test", at.office)
    await at.settles()
    with structlog.testing.capture_logs() as logs:
        await at.cries("[T3] x")
    (told,) = at.noted(MO)
    assert "matrix.to" in told
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert line["tier"] == "T3"


async def test_a_moderator_is_not_written_to_in_private_in_their_quiet_hours():
    at = await house(chats=(ANA, MO))
    await at.asks("!on-call quiet 00:00-23:59", user=MO)
    await at.cries("[T3] x")
    await at.waits(minutes=10)
    assert at.noted(MO) == []


async def test_a_call_that_was_due_when_somebody_came_calls_nobody():
    alert = CrisisAlert(number=1, tier=Tier.IMMEDIATE, rules=(), room_id="", event_id="", person=ANA, at=NOON)
    rota = (OnCall(user=MIA, until=NOON + timedelta(hours=8)),)
    due = Tick(id="1", kind=CALL_NEXT, due_at=NOON, payload={"number": 1})
    waits = Facts(alert=alert, team=Team(now=NOON, office=None, rota=rota), server="kith.test")
    assert Answering(EXAMPLE).decide_tick(due, waits)
    assert Answering(EXAMPLE).decide_tick(due, replace(waits, alert=replace(alert, taken_at=NOON))) == ()


async def test_with_neither_a_room_nor_a_chat_the_operator_hears_that_nobody_could_be_called():
    at = await house(chats=(ANA,))
    at.homeserver.leave("@moderation:kith.test", at.office)
    await at.settles()
    with structlog.testing.capture_logs() as logs:
        await at.cries("[T3] x", user=BEN)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["nobody could be called"]


async def test_the_log_has_how_near_and_by_which_rule_and_nothing_else():
    at = await house()
    with structlog.testing.capture_logs() as logs:
        await at.cries(f"[T3] {CANARY}")
        await at.taps("🙋", "Urgent")
    lines = [line for line in logs if line.get("rule") == "crisis.alert"]
    assert [set(line) - {"event", "log_level", "bot", "rule"} for line in lines] == [
        {"tier", "rules", "room"},
        {"tier", "seconds"},
    ]
    assert CANARY not in str(logs)
    assert ANA not in str(lines)
    assert at.harbour not in str(lines)


async def test_who_is_forgotten_is_called_for_no_more():
    at = await house()
    await at.cries("[T3] x")
    async with at.store.transaction(next(iter(at.running)), at.clock.now()) as transaction:
        await transaction.erase(ANA)
    said = len(at.told)
    await at.waits(hours=30)
    assert (at.recorded(CrisisAlert), len(at.told)) == ([], said)


async def test_a_report_that_says_so_leads_to_what_was_reported_since_the_report_itself_is_taken_away():
    at = await house()
    said = at.homeserver.say(BEN, at.harbour, "goodbye")
    report = await at.cries("!report [TX] he means it", reply_to=said)
    (alert,) = [text for text in at.told if "worry about somebody's life" in text]
    assert (said in alert, report in alert) == (True, False)


async def test_who_has_no_power_where_it_was_said_takes_nothing_out_there():
    at = await house()
    await at.cries("[TU] x")
    at.homeserver.set_power(ORGANISER, at.harbour, MIA, 0)
    await at.settles()
    told = await at.taps("🗑️", "Urgent", user=MIA)
    await at.waits(minutes=5)
    assert any("you have none there" in each for each in told)
    assert at.happened_in_rooms() == []


async def test_nobody_passes_on_what_somebody_else_looks_after():
    at = await house(chats=(ANA,))
    await at.cries("[T3] x")
    await at.taps("🙋", "Urgent", user=MIA)
    assert await at.taps("⏭️", "Urgent", user=MO) == []
    (alert,) = at.recorded(CrisisAlert)
    assert alert.taken_at is not None


async def test_who_gives_it_back_with_nobody_left_to_call_leaves_it_to_whoever_comes():
    at = await house(chats=(ANA,))
    await at.cries("[T3] x")
    await at.taps("🙋", "Urgent", user=MIA)
    (told,) = await at.taps("⏭️", "Urgent", user=MIA)
    assert "nobody left whom I could call" in told
    (thanks,) = await at.taps("🙋", "Urgent", user=MO)
    assert "Thank you, @mo" in thanks


async def test_who_comes_on_duty_later_is_called_to_somebody_whom_nobody_looks_after_yet():
    at = await house(chats=(ANA, MO))
    await at.cries("[T3] x")
    for _ in range(4):
        await at.waits(minutes=10)
    assert len([each for each in at.told if "nobody left whom I could call" in each]) == 1
    await at.asks("!on-call on", user=MIA)
    await at.waits(minutes=10)
    assert at.mentioned() == [[MIA]]
    await at.waits(hours=30)
    assert not [tick for tick in at.store.tables.ticks.values() if tick.kind == CALL_NEXT]


async def test_what_was_heard_while_the_clock_was_ahead_keeps_nobody_from_being_called_again():
    at = await house()
    at.clock.advance(timedelta(days=2))
    await at.cries(f"[T3] {CANARY}")
    at.clock.advance(timedelta(days=-2))
    await at.cries(f"[T3] {CANARY}")
    assert len([said for said in at.told if "Urgent" in said]) == 2
