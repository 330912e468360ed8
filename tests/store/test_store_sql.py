# SPDX-License-Identifier: Apache-2.0
"""What the databases themselves are held to: nothing readable at rest, no half work, one writer of the chain."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.cli.installation.database import every_record
from bots.core.actions import Audit, BotName
from bots.core.events import Unreadable
from bots.core.store import DatabaseUrlError, Keys, Store, WrongKeyError
from bots.core.store.audit import Wrong
from bots.core.store.columns import record_table
from bots.core.store.migrate import head
from bots.core.store.schema import CORE, DUTIES, schema
from bots.core.store.upgrade import alembic_config
from fakes.kept import KEYS, NOW, RECORDS, Note, Vote, rows

ANA, BO = "@ana-canary:kith.test", "@bo:kith.test"
WELCOME, MODERATION = BotName.WELCOME, BotName.MODERATION
NOTE = Note(user=ANA, topic="t", words="words-canary", witness=ANA)


async def fill(store):
    """Something about Ana in every table that can hold it."""
    async with store.transaction(WELCOME, NOW) as t:
        await t.remember(NOTE)
        await t.remember(Vote(voter=ANA, room_id="!r"))
        await t.enqueue(
            WELCOME,
            transaction_id="x",
            place="p",
            priority=1,
            not_before=None,
            payload={"to": ANA, "say": "words-canary"},
        )
        await t.schedule(f"remind:{ANA}", "remind", NOW, {"who": ANA})
        await t.set_label(f"hello:{ANA}", "$1")
        await t.mark_seen(f"tick:{ANA}")
        await t.keep_unreadable(Unreadable(room_id="!r", event_id="$2", sender=ANA, sent_at=NOW, session_id="s"))
        await t.audit(Audit(why="w", kind="k", actor=ANA, target=ANA))


def test_every_table_says_why_it_exists_and_when_it_empties():
    assert set(DUTIES) == set(CORE.tables)
    for name, duty in DUTIES.items():
        assert duty.purpose
        assert duty.keep is None or "at" in CORE.tables[name].c
    for record in (*every_record(), *RECORDS):
        duty = record.duty
        assert duty.purpose, record
        assert duty.on_erase in {"delete", "keep"}
        assert (duty.on_erase == "keep") == bool(duty.kept_because), record
        fields = {field.name for field in record_table(record).fields}
        assert duty.subject is None or duty.subject in fields, record
        people = {field.name for field in record_table(record).fields if field.kept and field.kept.value != "sealed"}
        assert not people or duty.subject in people, f"{record}: it is about somebody, and does not say about whom"


async def test_the_migrations_make_the_tables_that_the_records_want(url):
    async with await Store.open(url, KEYS, every_record()) as store, store._engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), schema(every_record()))
        )

    assert differences == []


async def test_a_process_that_finds_the_tables_up_to_date_does_without_alembic(new_url, tmp_path):
    url = new_url("sqlite")
    async with await Store.open(url, KEYS, RECORDS):
        pass
    program = f"""
import asyncio, sys
from bots.core.store import Keys, Store
async def main():
    async with await Store.open({url!r}, Keys(b"k" * 32), ()):
        pass
asyncio.run(main())
assert "bots.core.store.upgrade" not in sys.modules and "alembic" not in sys.modules
"""
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await done.wait() == 0


def test_the_newest_file_is_what_alembic_calls_the_head():
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == head()


async def test_opening_again_keeps_what_is_there(url):
    for _ in range(2):
        async with await Store.open(url, KEYS, RECORDS) as store, store.transaction(WELCOME, NOW) as t:
            number = await t.next_number("case")

    assert number == 2


async def test_many_open_at_once(url):
    stores = await asyncio.gather(*(Store.open(url, KEYS, RECORDS) for _ in range(4)))
    for store in stores:
        async with store.transaction(WELCOME, NOW) as t:
            await t.next_number("n")
        await store.close()


async def test_nobody_is_readable_at_rest(new_url, tmp_path):
    async with await Store.open(new_url("sqlite", tables=True), KEYS, RECORDS) as store:
        await fill(store)
        files = b"".join(file.read_bytes() for file in tmp_path.glob("community.db*"))

    assert b"canary" not in files
    assert b"outbox" in files


async def test_two_tables_cannot_be_joined_on_a_person(sql_store):
    await fill(sql_store)
    found = {
        table: set(map(str, row.values()))
        for table in ("note", "vote", "audit", "ticks")
        for row in await rows(sql_store, table)
    }
    hashes = {
        table: {value for value in values if re.fullmatch("[0-9a-f]{32}", value)} for table, values in found.items()
    }
    assert all(hashes.values())
    for (one, ones), (other, others) in combinations(hashes.items(), 2):
        assert not ones & others, (one, other)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.sampled_from([ANA, BO, "@cy:x"]), max_size=12), erased=st.sampled_from([ANA, BO]))
async def test_erasing_leaves_no_row_of_that_person_and_all_of_the_others(sql_store, people, erased):
    async with sql_store.transaction(WELCOME, NOW) as t:
        for number, user in enumerate(people):
            await t.remember(replace(NOTE, user=user, topic=str(number), witness=None))
            await t.remember(Vote(voter=user, room_id=str(number)))
        await t.erase(erased)
        left = sorted(note.topic for note in await t.find(Note))
        votes = len(await t.find(Vote))
        assert await t.holdings(erased) == []
        for user in {*people, erased}:
            await t.erase(user)

    assert left == sorted(str(number) for number, user in enumerate(people) if user != erased)
    assert votes == len(left)


async def test_a_person_can_see_what_is_kept_about_them(sql_store):
    await fill(sql_store)
    async with sql_store.transaction(WELCOME, NOW) as t:
        held = {holding.table: holding.rows for holding in await t.holdings(ANA)}

    assert set(held) == {"note", "vote", "outbox", "ticks", "unreadable", "audit"}
    assert held["note"][0]["words"] == "words-canary"


async def test_what_is_past_its_time_goes(sql_store):
    await fill(sql_store)
    async with sql_store.transaction(WELCOME, NOW + timedelta(days=31)) as t:
        await t.expire()
        assert await t.find(Note) == []
        assert len(await t.find(Vote)) == 1
        assert not await t.seen(f"tick:{ANA}")
        assert await t.event_id(f"hello:{ANA}") == "$1"


async def test_another_key_opens_nothing(new_url):
    url = new_url("sqlite", tables=True)
    async with await Store.open(url, KEYS, RECORDS) as store:
        await fill(store)
    async with await Store.open(url, Keys(bytes(32)), RECORDS) as store, store.transaction(WELCOME, NOW) as t:
        assert await t.get(Note, ANA, "t") is None
        with pytest.raises(WrongKeyError, match=r"outbox\.payload"):
            await t.waiting()


async def written(store, *kinds, at=NOW):
    async with store.transaction(MODERATION, at) as t:
        for number, kind in enumerate(kinds):
            await t.audit(Audit(why="w", kind=kind, actor=BO, target=ANA, room_id="!r", case=number))


async def wrong(store, at=NOW):
    verdict = await store.verify_audit(at)
    return (verdict.wrong, verdict.at)


async def changed(store, *statements):
    async with store._engine.begin() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "change",
    ["kind = 'ban'", "actor = 'x'", "target = NULL", "hash = 'x'", "previous = 'x'", "why = 'x'", "room_id = '!q'"],
)
async def test_a_changed_line_of_the_audit_log_is_seen(sql_store, change):
    await written(sql_store, *["note"] * 4)
    assert await wrong(sql_store) == (None, None)
    await changed(sql_store, f"UPDATE audit SET {change} WHERE number = 2")
    assert await wrong(sql_store) == (Wrong.CHANGED, 2)


@pytest.mark.parametrize(("gone", "what", "at"), [(1, "missing", 1), (3, "missing", 3), (4, "end_gone", 4)])
async def test_a_line_taken_out_is_seen_at_the_beginning_within_and_at_the_end(sql_store, gone, what, at):
    await written(sql_store, *["note"] * 4)
    await changed(sql_store, f"DELETE FROM audit WHERE number = {gone}")
    assert await wrong(sql_store) == (Wrong(what), at)


async def test_two_lines_that_changed_places_are_seen(sql_store):
    await written(sql_store, *["note"] * 4)
    swap = [f"UPDATE audit SET number = {new} WHERE number = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]
    await changed(sql_store, *swap)
    assert await wrong(sql_store) == (Wrong.CHANGED, 2)


async def test_who_cuts_the_end_off_cannot_move_the_mark_without_the_key(sql_store):
    await written(sql_store, *["note"] * 4)
    await changed(
        sql_store,
        "DELETE FROM audit WHERE number = 4",
        "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit WHERE number = 3)",
    )
    assert await wrong(sql_store) == (Wrong.HEAD_CHANGED, None)
    await changed(sql_store, "DELETE FROM audit_head")
    assert await wrong(sql_store) == (Wrong.HEAD_CHANGED, None)


async def test_a_line_whose_time_is_over_goes_and_the_log_goes_on(sql_store):
    await written(sql_store, "note", "note")
    later = NOW + timedelta(days=200)
    await written(sql_store, "mute", at=later)
    at = NOW + timedelta(days=366)
    async with sql_store.transaction(MODERATION, at) as t:
        await t.expire()
    await written(sql_store, "ban", at=at)
    assert [line["number"] async for line in sql_store.export_audit()] == [3, 4]
    assert await wrong(sql_store, at) == (None, None)
    await changed(sql_store, "DELETE FROM audit WHERE number = 3")
    assert await wrong(sql_store, at) == (Wrong.MISSING, 3)


async def test_when_all_lines_have_gone_the_numbers_go_on(sql_store):
    await written(sql_store, "note", "note")
    at = NOW + timedelta(days=366)
    async with sql_store.transaction(MODERATION, at) as t:
        await t.expire()
    assert await wrong(sql_store, at) == (None, None)
    await written(sql_store, "ban", at=at)
    assert [line["number"] async for line in sql_store.export_audit()] == [3]
    assert await wrong(sql_store, at) == (None, None)


async def test_of_reports_who_and_where_goes_sooner_and_the_chain_holds(sql_store):
    await written(sql_store, "report", "mute", "take")
    at = NOW + timedelta(days=91)
    async with sql_store.transaction(MODERATION, at) as t:
        await t.expire()
    actors = [line["actor"] async for line in sql_store.export_audit()]
    assert [actor is None for actor in actors] == [True, False, True]
    assert await wrong(sql_store, at) == (None, None)
    # Before their time, and of a decision, nobody takes that out unseen.
    assert await wrong(sql_store, NOW) == (Wrong.CHANGED, 1)
    await changed(sql_store, "UPDATE audit SET actor = NULL, target = NULL, room_id = NULL, case_number = NULL")
    assert await wrong(sql_store, at) == (Wrong.CHANGED, 2)


async def test_lines_are_counted_by_kind_and_time(sql_store):
    await written(sql_store, "note", "note", "ban")
    await written(sql_store, "note", at=NOW + timedelta(days=2))
    async with sql_store.transaction(MODERATION, NOW) as t:
        assert await t.audit_counts(NOW, NOW + timedelta(days=1)) == {"note": 2, "ban": 1}
        assert (await t.audit_end()).startswith("4:")


async def test_bots_that_write_at_once_wait_for_each_other(url):
    async def count(bot):
        async with await Store.open(url, KEYS, RECORDS) as store:
            for _ in range(20):
                async with store.transaction(bot, NOW) as t:
                    await t.audit(Audit(why="w", kind="k", actor=BO, case=await t.next_number("case")))

    await asyncio.gather(*(count(bot) for bot in BotName))

    async with await Store.open(url, KEYS, RECORDS) as store:
        verdict = await store.verify_audit(NOW)
        async with store.transaction(WELCOME, NOW) as t:
            assert await t.next_number("case") == 61
    assert (verdict.lines, verdict.wrong) == (60, None)


KILLED = """
import asyncio, os, sys
from fakes.kept import KEYS, NOW, RECORDS
from bots.core.actions import BotName
from bots.core.store import Store

async def main():
    store = await Store.open(sys.argv[1], KEYS, RECORDS)
    async with store.transaction(BotName.WELCOME, NOW) as t:
        await t.set_position("sync", "whole")
        await t.mark_seen("$whole")
    async with store.transaction(BotName.WELCOME, NOW) as t:
        await t.set_position("sync", "half")
        print("now", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_killed_process_leaves_nothing_half_done(url):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["tests", *sys.path])}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, url, stdout=subprocess.PIPE, env=environment
    )
    assert await child.stdout.readline() == b"now\n"
    child.kill()
    assert await child.wait() == -signal.SIGKILL

    async with await Store.open(url, KEYS, RECORDS) as store, store.transaction(WELCOME, NOW) as t:
        assert await t.position("sync") == "whole"
        assert await t.seen("$whole")


@pytest.mark.parametrize("bad", ["", "nonsense", "mysql://user:secret@host/x", "oracle://x"])
async def test_a_url_that_cannot_be_used_gets_one_sentence_without_its_password(bad):
    with pytest.raises(DatabaseUrlError) as caught:
        await Store.open(bad, KEYS, RECORDS)

    assert "secret" not in str(caught.value)


def test_the_key_file_is_made_once_and_only_we_may_read_it(tmp_path):
    path = tmp_path / "key"
    made = Keys.from_file(path)

    assert Keys.from_file(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="instead of 32"):
        Keys(b"short")
