# SPDX-License-Identifier: Apache-2.0
import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bots.core.actions import TOO_LATE, BotName, InRoom, Priority, Send, Words
from bots.core.runtime.metrics import Metrics
from bots.core.runtime.payload import to_json
from bots.core.runtime.perform import LONGEST_NOT_READY, MOST_SERVER_ERRORS, WIDTH, Performer
from bots.core.runtime.ports import StoreAwayError
from bots.core.simulation.store import MemoryStore
from bots.core.transport import NotReadyError, TokenRevokedError, TransportError
from fakes.clock import FakeClock

SLOW_DOWN = TransportError("M_LIMIT_EXCEEDED", "slow down", status=429, retryable=True, retry_after=30)
BROKEN = TransportError("M_UNKNOWN", "broken", status=500, retryable=True)
UNREACHABLE = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
NOT_READY = NotReadyError("KITHROOM_NOT_READY", "no device", retryable=True)
FORBIDDEN = TransportError("M_FORBIDDEN", "no", status=403)


class Hands:
    """Effects that fail as told: `errors[why]` is a list, one for each try."""

    def __init__(self):
        self.done = []
        self.errors = {}
        self.gates = {}
        self.at_once = 0
        self.most_at_once = 0

    async def carry_out(self, action, transaction_id):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if (gate := self.gates.get(action.why)) is not None:
                await gate.wait()
            else:
                await asyncio.sleep(0)
            if self.errors.get(action.why):
                raise self.errors[action.why].pop(0)
            self.done.append(action.why)
            return f"${transaction_id}"
        finally:
            self.at_once -= 1


class Desk:
    """A performer, and what goes in and comes out."""

    def __init__(self):
        self.clock, self.store, self.hands = FakeClock(), MemoryStore(), Hands()
        self.performer = self.another()

    def another(self):
        return Performer(
            bot=BotName.WELCOME,
            store=self.store,
            effects=self.hands,
            clock=self.clock,
            metrics=Metrics(),
            random=lambda: 0.0,
        )

    async def put(self, why, place="!a", *, priority=Priority.CONVERSATION, by=BotName.WELCOME, **fields):
        action = Send(why=why, place=InRoom(place), parts=(Words("x"),), priority=priority, **fields)
        async with self.store.transaction(by, self.clock.now()) as transaction:
            await transaction.enqueue(
                BotName.WELCOME,
                transaction_id=f"txn-{why}",
                place=place,
                priority=priority,
                not_before=action.not_before,
                payload=to_json(action),
            )

    async def ticks(self, bot):
        async with self.store.transaction(bot, self.clock.now()) as transaction:
            return await transaction.due(self.clock.now())


@pytest.fixture
def desk():
    return Desk()


async def test_one_place_is_served_in_order(desk):
    for why in "abcd":
        await desk.put(why)
    await desk.performer.drain()

    assert desk.hands.done == ["a", "b", "c", "d"]
    assert desk.hands.most_at_once == 1


async def test_places_are_served_side_by_side_but_not_more_than_there_are_hands(desk):
    for number in range(3 * WIDTH):
        await desk.put(f"{number}", f"!{number}")
    await desk.performer.drain()

    assert len(desk.hands.done) == 3 * WIDTH
    assert desk.hands.most_at_once == WIDTH


async def test_the_most_urgent_goes_first_in_its_place_and_among_places(desk):
    for number in range(WIDTH):
        await desk.put(f"chat {number}", f"!{number}")
    await desk.put("crisis", "!0", priority=Priority.CRISIS)
    await desk.put("moderation", "!other", priority=Priority.MODERATION)
    await desk.performer.drain()

    assert desk.hands.done[:2] == ["crisis", "moderation"]


async def test_slow_down_stops_everything_for_as_long_as_it_was_said_and_loses_nothing(desk):
    desk.hands.errors["a"] = [SLOW_DOWN]
    await desk.put("a", "!a")
    await desk.performer.drain()
    await desk.put("b", "!b")
    await desk.performer.drain()
    desk.clock.advance(29)
    await desk.performer.drain()
    assert desk.hands.done == []

    desk.clock.advance(1)
    await desk.performer.drain()

    assert desk.hands.done == ["a", "b"]


async def test_after_a_slow_down_the_most_urgent_goes_first(desk):
    desk.hands.errors["chat"] = [SLOW_DOWN]
    await desk.put("chat", "!a")
    await desk.performer.drain()
    await desk.put("moderation", "!a", priority=Priority.MODERATION)
    await desk.put("crisis", "!b", priority=Priority.CRISIS)
    desk.clock.advance(30)
    await desk.performer.drain()

    assert desk.hands.done == ["crisis", "moderation", "chat"]


async def test_however_often_slow_down_is_said_it_is_never_a_failure(desk):
    desk.hands.errors["a"] = [SLOW_DOWN] * 100
    await desk.put("a", follow_up=True)
    for _ in range(101):
        await desk.performer.drain()
        desk.clock.advance(31)

    assert desk.hands.done == ["a"]


async def test_a_place_that_has_trouble_does_not_hold_up_the_others(desk):
    desk.hands.errors["a"] = [UNREACHABLE]
    await desk.put("a", "!a")
    await desk.put("a2", "!a")
    await desk.put("b", "!b")
    await desk.performer.drain()
    assert desk.hands.done == ["b"]

    desk.clock.advance(1)
    await desk.performer.drain()

    assert desk.hands.done == ["b", "a", "a2"]


async def test_an_action_that_breaks_the_server_every_time_is_given_up(desk):
    desk.hands.errors["a"] = [BROKEN] * MOST_SERVER_ERRORS
    await desk.put("a", follow_up=True)
    for _ in range(MOST_SERVER_ERRORS):
        await desk.performer.drain()
        desk.clock.advance(400)

    assert desk.hands.done == []
    (tick,) = await desk.ticks(BotName.WELCOME)
    assert tick.payload["errcode"] == "M_UNKNOWN"


async def test_who_was_away_for_long_and_then_stumbles_once_is_asked_again(desk):
    desk.hands.errors["a"] = [UNREACHABLE] * 2 * MOST_SERVER_ERRORS + [SLOW_DOWN, BROKEN, UNREACHABLE, BROKEN]
    await desk.put("a")
    for _ in range(2 * MOST_SERVER_ERRORS + 5):
        await desk.performer.drain()
        desk.clock.advance(400)

    assert desk.hands.done == ["a"]


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_what_a_proxy_says_before_a_homeserver_that_is_away_is_never_a_failure(desk, status):
    away = TransportError(f"KITHROOM_HTTP_{status}", "bad gateway", status=status, retryable=True)
    desk.hands.errors["a"] = [away] * 5 * MOST_SERVER_ERRORS
    await desk.put("a")
    for _ in range(5 * MOST_SERVER_ERRORS + 1):
        await desk.performer.drain()
        desk.clock.advance(400)

    assert desk.hands.done == ["a"]


async def test_when_the_homeserver_is_back_what_it_did_not_answer_is_done_at_once(desk):
    desk.hands.errors["a"] = [UNREACHABLE] * 9
    desk.hands.errors["b"] = [BROKEN]
    for _ in range(9):
        desk.clock.advance(400)
        await desk.put("a", "!a")
        await desk.performer.drain()
    await desk.put("b", "!b")
    await desk.performer.drain()
    assert desk.hands.done == []

    desk.performer.homeserver_is_back()
    await desk.performer.drain()

    assert desk.hands.done == ["a"]


async def test_what_nobody_could_read_waits_for_a_device(desk):
    desk.hands.errors["a"] = [NOT_READY, NOT_READY]
    await desk.put("a")
    await desk.performer.drain()
    await desk.performer.drain()
    assert len(desk.hands.errors["a"]) == 1

    desk.performer.devices_changed()
    await desk.performer.drain()
    desk.performer.devices_changed()
    await desk.performer.drain()

    assert desk.hands.done == ["a"]


class Meanwhile:
    """What happens while an action is being carried out."""

    def __init__(self, happens):
        self._happens = happens

    async def wait(self):
        self._happens()


async def test_a_device_that_comes_while_nobody_could_read_it_yet_is_not_missed(desk):
    desk.hands.errors["a"] = [NOT_READY]
    desk.hands.gates["a"] = Meanwhile(desk.performer.devices_changed)
    await desk.put("a")
    await desk.performer.drain()

    assert desk.hands.done == ["a"]


async def test_what_nobody_could_read_for_a_week_is_given_up(desk):
    desk.hands.errors["a"] = [NOT_READY, NOT_READY]
    await desk.put("a")
    await desk.performer.drain()
    desk.clock.advance(LONGEST_NOT_READY.total_seconds() + 1)
    await desk.performer.drain()

    assert desk.store.tables.outbox == {}


async def test_what_would_come_too_late_is_given_up_and_that_comes_home(desk):
    desk.hands.errors["note"] = [NOT_READY] * 3
    await desk.put("note", not_after=desk.clock.now() + timedelta(hours=1), follow_up=True)
    await desk.put("chat")
    await desk.performer.drain()
    desk.clock.advance(3599)
    await desk.performer.drain()
    assert len(desk.hands.errors["note"]) == 1
    desk.clock.advance(1)
    await desk.performer.drain()

    (tick,) = await desk.ticks(BotName.WELCOME)
    assert tick.payload["errcode"] == TOO_LATE
    assert desk.hands.done == ["chat"]
    desk.performer.devices_changed()
    await desk.performer.drain()
    assert desk.hands.done == ["chat"]


async def test_what_was_put_by_too_long_ago_is_not_even_tried(desk):
    await desk.put("note", not_after=desk.clock.now() + timedelta(hours=1), follow_up=True)
    desk.clock.advance(3600)
    await desk.performer.drain()

    (tick,) = await desk.ticks(BotName.WELCOME)
    assert tick.payload["errcode"] == TOO_LATE
    assert desk.hands.done == []


async def test_a_no_comes_home_to_the_bot_that_asked(desk):
    desk.hands.errors["a"] = [FORBIDDEN]
    await desk.put("a", follow_up=True, by=BotName.MODERATION)
    await desk.performer.drain()

    (tick,) = await desk.ticks(BotName.MODERATION)
    assert tick.payload["errcode"] == "M_FORBIDDEN"
    assert await desk.ticks(BotName.WELCOME) == []


async def test_an_action_that_raises_something_unheard_of_stops_nobody(desk):
    desk.hands.errors["a"] = [KeyError("a catalogue's key")]
    await desk.put("a")
    await desk.put("b")
    await desk.performer.drain()

    assert desk.hands.done == ["b"]
    assert desk.store.tables.outbox == {}


async def test_nothing_is_given_up_because_the_database_was_away_for_a_moment(desk):
    desk.hands.errors["a"] = [StoreAwayError("full")] * 3
    await desk.put("a", follow_up=True)
    for _ in range(4):
        await desk.performer.drain()
        desk.clock.advance(400)

    assert desk.hands.done == ["a"]
    (tick,) = await desk.ticks(BotName.WELCOME)
    assert tick.payload["errcode"] is None


class FullStore(MemoryStore):
    """Nothing is written while it is `full`."""

    full = False

    @asynccontextmanager
    async def transaction(self, *args):
        async with super().transaction(*args) as transaction:
            yield transaction
            if self.full:
                raise StoreAwayError("full")


async def test_what_was_done_is_not_done_again_because_that_could_not_be_written_down(desk):
    desk.store = desk.performer.store = FullStore()
    await desk.put("a", label="told", follow_up=True)
    await desk.put("b", "!b")
    desk.store.full = True
    for _ in range(3):
        await desk.performer.drain()
        desk.clock.advance(400)
    assert sorted(desk.hands.done) == ["a", "b"]

    desk.store.full = False
    await desk.performer.drain()

    assert sorted(desk.hands.done) == ["a", "b"]
    assert desk.store.tables.outbox == {}
    assert desk.store.tables.labels == {(BotName.WELCOME, "told"): "$txn-a"}
    assert [tick.payload["errcode"] for tick in await desk.ticks(BotName.WELCOME)] == [None]


async def test_what_is_held_back_is_not_done_before_its_time(desk):
    await desk.put("a", not_before=desk.clock.now().replace(hour=13))
    await desk.put("b")
    await desk.performer.drain()
    assert desk.hands.done == ["b"]

    desk.clock.advance(3600)
    await desk.performer.drain()

    assert desk.hands.done == ["b", "a"]


async def test_a_revoked_token_ends_the_work(desk):
    desk.hands.errors["a"] = [TokenRevokedError("M_UNKNOWN_TOKEN", "gone", status=401)]
    await desk.put("a")

    with pytest.raises(TokenRevokedError):
        await desk.performer.drain()


async def test_a_slow_place_does_not_keep_a_running_performer_from_new_work(desk):
    desk.hands.gates["slow"] = asyncio.Event()
    await desk.put("slow", "!slow")
    running = asyncio.create_task(desk.performer.run())
    await until(lambda: desk.hands.at_once == 1)
    await desk.put("new", "!new")
    desk.performer.wake()
    await until(lambda: desk.hands.done == ["new"])

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert {row.transaction_id for row in desk.store.tables.outbox.values()} == {"txn-slow"}


async def test_an_outbox_that_is_away_is_asked_for_now_and_then_and_not_every_second(desk):
    looks = []

    @asynccontextmanager
    async def reading(*_):
        looks.append(desk.clock.now())
        raise StoreAwayError("full")
        yield

    desk.store.reading = reading
    running = asyncio.create_task(desk.performer.run())
    for _ in range(600):
        for _ in range(5):
            await asyncio.sleep(0)
        desk.clock.advance(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert 20 < len(looks) < 60


async def test_a_running_performer_finds_what_another_process_put_in(desk):
    running = asyncio.create_task(desk.performer.run())
    await until(lambda: desk.clock.sleeping == 1)
    await desk.put("a")
    desk.clock.advance(1)
    await until(lambda: desk.hands.done == ["a"])

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def until(condition):
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")
