# SPDX-License-Identifier: Apache-2.0
"""What every store promises: in memory, SQLite, PostgreSQL."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Audit, BotName
from bots.core.events import Tick, Unreadable
from fakes.kept import NOW, Mood, Note, Verdict, Vote

ANA, BO = "@ana:kith.test", "@bo:kith.test"
WELCOME, MODERATION = BotName.WELCOME, BotName.MODERATION
NOTE = Note(
    user=ANA, topic="travel", words="quiet please", mood=Mood.HIGH, due=NOW, tags=("a", "b"), count=3, open=False
)


async def test_of_the_outbox_some_can_be_asked_for(store):
    async with store.transaction(BotName.WELCOME, NOW) as t:
        for id_ in ("a", "b", "c"):
            await t.enqueue(
                BotName.WELCOME, transaction_id=id_, place="p", priority=1, not_before=None, payload={"id": id_}
            )
    async with store.transaction(BotName.WELCOME, NOW) as t:
        assert [row.payload["id"] for row in await t.waiting({"c", "a", "of nobody"})] == ["a", "c"]
        assert len(await t.waiting()) == 3
        assert await t.waiting(()) == []
        assert list(await t.waiting_ids()) == ["a", "b", "c"]
        assert [row.transaction_id for row in await t.waiting([*map(str, range(1200)), "c", "a"])] == ["a", "c"]


async def test_a_record_comes_back_as_it_was(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.remember(NOTE)
        assert await t.get(Note, ANA, "travel") == NOTE
    async with store.transaction(MODERATION, NOW) as t:
        assert await t.get(Note, ANA, "travel") == NOTE
        assert await t.get(Note, BO, "travel") is None


async def test_a_record_takes_the_place_of_the_one_with_its_key(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.remember(NOTE)
        await t.remember(replace(NOTE, count=4))
        assert [note.count for note in await t.find(Note)] == [4]


async def test_records_are_found_oldest_first(store):
    notes = [replace(NOTE, topic=topic) for topic in ("c", "a", "b")]
    for minutes, note in enumerate(notes):
        async with store.transaction(WELCOME, NOW + timedelta(minutes=minutes)) as t:
            await t.remember(note)
    async with store.transaction(WELCOME, NOW + timedelta(hours=1)) as t:
        await t.remember(replace(notes[0], count=9))
        assert [note.topic for note in await t.find(Note, user=ANA)] == ["c", "a", "b"]
        assert [note.topic for note in await t.find(Note, topic="b", open=False)] == ["b"]
        assert await t.find(Note, user=BO) == []


async def test_a_hashed_field_is_compared_and_not_read(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.remember(Vote(voter=ANA, room_id="!r"))
        (vote,) = await t.find(Vote, voter=ANA)
        assert vote.voter == t.pseudonym(ANA) != ANA
        assert await t.get(Vote, ANA, "!r") == vote
        assert await t.find(Vote, voter=BO) == []


async def test_what_is_forgotten_is_gone(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.remember(NOTE)
        await t.forget(Note, ANA, "travel")
        assert await t.find(Note) == []


async def test_erasing_a_person_leaves_others_and_what_must_be_kept(store):
    async with store.transaction(WELCOME, NOW) as t:
        for record in (NOTE, replace(NOTE, user=BO), Vote(voter=ANA, room_id="!r"), Verdict(number=1, about=ANA)):
            await t.remember(record)
        await t.erase(ANA)
        assert [note.user for note in await t.find(Note)] == [BO]
        assert await t.find(Vote) == []
        assert await t.find(Verdict) == [Verdict(number=1, about=ANA)]


async def test_an_exception_undoes_everything(store):
    async def half():
        async with store.transaction(WELCOME, NOW) as t:
            await t.remember(NOTE)
            await t.mark_seen("$1")
            await t.set_position("sync", "s1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with store.transaction(WELCOME, NOW) as t:
        assert await t.find(Note) == []
        assert not await t.seen("$1")
        assert await t.position("sync") is None


async def test_who_only_reads_waits_for_nobody_and_sees_what_is_committed(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.set_position("sync", "s1")
    async with store.transaction(WELCOME, NOW) as t:
        await t.set_position("sync", "s2")
        async with store.reading(WELCOME, NOW) as other:
            assert await other.position("sync") == "s1"
    async with store.reading(WELCOME, NOW) as t:
        assert await t.position("sync") == "s2"


async def test_a_savepoint_undoes_its_own(store):
    async with store.transaction(WELCOME, NOW) as t:
        await t.mark_seen("$1")
        with suppress(ZeroDivisionError):
            async with t.savepoint():
                await t.remember(NOTE)
                raise ZeroDivisionError
        async with t.savepoint():
            await t.mark_seen("$2")
    async with store.transaction(WELCOME, NOW) as t:
        assert await t.find(Note) == []
        assert (await t.seen("$1"), await t.seen("$2")) == (True, True)


async def test_each_bot_has_its_own_place_and_its_own_memory_of_events(store):
    async with store.transaction(WELCOME, NOW) as t:
        assert await t.mark_seen("$1")
        assert not await t.mark_seen("$1")
        await t.set_position("sync", "s1")
        await t.set_position("sync", "s2")
        await t.set_label("case:1", "$case")
    async with store.transaction(MODERATION, NOW) as t:
        assert not await t.seen("$1")
        assert await t.position("sync") is None
        assert await t.event_id("case:1") is None
    async with store.transaction(WELCOME, NOW) as t:
        assert await t.position("sync") == "s2"
        assert (await t.event_id("case:1"), await t.label("$case")) == ("$case", "case:1")
        assert await t.label("$other") is None


async def test_an_action_waits_in_the_outbox_of_its_voice_once_and_in_order(store):
    async with store.transaction(MODERATION, NOW) as t:
        for name in ("b", "a", "b"):
            await t.enqueue(
                WELCOME, transaction_id=name, place="!r", priority=1, not_before=NOW, payload={"say": ["å", 1, None]}
            )
        assert await t.waiting() == []
    async with store.transaction(WELCOME, NOW) as t:
        first, second = await t.waiting()
        assert [first.transaction_id, second.transaction_id] == ["b", "a"]
        assert (first.asked_by, first.place, first.priority) == (MODERATION, "!r", 1)
        assert (first.not_before, first.created_at) == (NOW, NOW)
        assert dict(first.payload) == {"say": ["å", 1, None]}
        assert list(await t.waiting_at("!r")) == [first, second]
        assert list(await t.waiting_at("!elsewhere")) == []
        await t.done("b")
        assert [row.transaction_id for row in await t.waiting()] == ["a"]


async def test_ticks_come_when_they_are_due_and_only_then(store):
    later = NOW + timedelta(hours=1)
    async with store.transaction(WELCOME, NOW) as t:
        await t.schedule("one", "remind", later, {"n": 1})
        await t.schedule("two", "remind", NOW, {"n": 2})
        await t.schedule("one", "remind", NOW - timedelta(seconds=1), {"n": 3})
        await t.schedule("theirs", "unreadable", NOW, {}, bot=MODERATION)
        assert await t.next_due() == NOW - timedelta(seconds=1)
        assert await t.due(NOW - timedelta(minutes=1)) == []
        assert [tick.id for tick in await t.due(NOW)] == ["one", "two"]
        assert (await t.due(NOW))[0] == Tick(
            id="one", kind="remind", due_at=NOW - timedelta(seconds=1), payload={"n": 3}
        )
        assert not await t.cancel("one", due_at=later)
        assert await t.cancel("one", due_at=NOW - timedelta(seconds=1))
        assert not await t.cancel("none")
        assert [tick.id for tick in await t.due(later)] == ["two"]
    async with store.transaction(MODERATION, NOW) as t:
        assert [tick.id for tick in await t.due(NOW)] == ["theirs"]


async def test_what_could_not_be_read_is_kept_by_its_session(store):
    def event(number, session="s"):
        return Unreadable(
            room_id="!r", event_id=f"${number}", sender=ANA, sent_at=NOW, session_id=session, withheld="m.unverified"
        )

    async with store.transaction(WELCOME, NOW) as t:
        for each in (event(1), event(2), event(1), event(3, "other")):
            await t.keep_unreadable(each)
        assert list(await t.unreadable("!r", "s")) == [event(1), event(2)]
        assert [await t.drop_unreadable("$1"), await t.drop_unreadable("$1")] == [True, False]
        assert list(await t.unreadable("!r", "s")) == [event(2)]
        assert list(await t.unreadable("!elsewhere", "s")) == []


async def test_numbers_follow_each_other_across_bots(store):
    async with store.transaction(WELCOME, NOW) as t:
        assert [await t.next_number("case"), await t.next_number("case"), await t.next_number("other")] == [1, 2, 1]
    async with store.transaction(MODERATION, NOW) as t:
        assert await t.next_number("case") == 3
        await t.audit(Audit(why="moderation.mute", kind="mute", actor=BO, target=ANA, room_id="!r", case=3))


async def test_what_one_bot_decides_at_the_same_time_is_decided_one_after_the_other(store):
    everybody_has_looked = asyncio.Barrier(2)

    async def one_more():
        async with store.transaction(MODERATION, NOW) as t:
            before = int(await t.position("count") or 0)
            # The other one, too, if it ever can before this is written.
            with suppress(TimeoutError, asyncio.BrokenBarrierError):
                await asyncio.wait_for(everybody_has_looked.wait(), 0.05)
            await t.set_position("count", str(before + 1))

    await asyncio.gather(one_more(), one_more())
    async with store.reading(MODERATION, NOW) as t:
        assert await t.position("count") == "2"
