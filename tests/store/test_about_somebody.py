# SPDX-License-Identifier: Apache-2.0
"""Whatever is kept about somebody, in whichever table, is shown to them, is in their copy, and goes when they ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.cli.installation.database import every_record
from bots.core.actions import Audit, BotName
from bots.core.events import Unreadable
from bots.core.kept import as_json, readable, receipt, shown
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CORE_RECORDS, Kept, Record, table_name
from bots.core.runtime.outcomes import OUTCOME_KIND
from bots.core.store import Store
from bots.core.store.columns import record_table
from bots.core.store.schema import DUTIES, schema
from fakes.kept import KEYS, NOW

ANA, BO, CY = "@ana-canary:kith.test", "@bo-canary:kith.test", "@cy-canary:kith.test"
EVERY = tuple(dict.fromkeys((*CORE_RECORDS, *every_record())))
ALL = {**DUTIES, **{table_name(record): record.duty for record in EVERY}}
ABOUT_PEOPLE = sorted(name for name, duty in ALL.items() if duty.subject is not None)
WORDS = Catalogue.load(shipped_words(), ["en"])


def made_up(record: type[Record], user: str, number: int) -> Record:
    """A record about a user, with somebody else wherever it names another person."""
    values: dict[str, Any] = {}
    for field in record_table(record).fields:
        if field.kept in (Kept.HASHED, Kept.PERSON):
            values[field.name] = user if field.name == record.duty.subject else CY
        elif isinstance(field.type, type) and issubclass(field.type, Enum):
            values[field.name] = next(iter(field.type))
        else:
            fitting = {str: f"text{number}", int: number, bool: True, datetime: NOW, date: NOW.date(), float: 1.5}
            values[field.name] = fitting.get(field.type, ())
    return record(**values)


async def fill(store: Store, user: str, number: int = 1) -> None:
    """Something about a user in every table that can hold it."""
    async with store.transaction(BotName.MODERATION, NOW) as t:
        for record in EVERY:
            await t.remember(made_up(record, user, number))
        payload = {"kind": "send", "place": {"user": user}}
        await t.enqueue(BotName.WELCOME, transaction_id=user, place="p", priority=1, not_before=None, payload=payload)
        await t.schedule(f"remind:{user}", "remind", NOW, {"who": [{"deep": user}]})
        await t.schedule(f"outcome:{user}", OUTCOME_KIND, NOW, {"action": payload})
        await t.keep_unreadable(
            Unreadable(room_id="!r", event_id=f"${number}", sender=user, sent_at=NOW, session_id="s")
        )
        await t.audit(Audit(why="w", kind="warn", actor=CY, target=user))


@pytest.fixture
async def store(new_url) -> AsyncIterator[Store]:
    async with await Store.open(new_url("sqlite", tables=True), KEYS, EVERY) as opened:
        yield opened


async def held(store: Store, user: str) -> dict[str, Any]:
    async with store.transaction(BotName.WELCOME, NOW) as t:
        return {holding.table: holding for holding in await t.holdings(user)}


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is held about Ana when something is in every table, and when she has been erased."""

    async def erased() -> tuple[dict[str, Any], dict[str, Any]]:
        url = f"sqlite:///{tmp_path_factory.mktemp('erased') / 'community.db'}"
        async with await Store.open(url, KEYS, EVERY) as store:
            await fill(store, ANA)
            before = await held(store, ANA)
            async with store.transaction(BotName.RESOURCES, NOW) as t:
                await t.erase(ANA)
            return before, await held(store, ANA)

    return asyncio.run(erased())


@pytest.mark.parametrize("table", ABOUT_PEOPLE)
def test_each_table_is_shown_is_in_the_copy_and_is_erased_or_says_why_not(before_and_after, table):
    before, after = before_and_after

    (line,) = shown([before[table]])
    assert WORDS.render(line, "en").body in readable(list(before.values()), WORDS, "en")
    assert json.loads(as_json(list(before.values())))[table]["rows"]
    if ALL[table].on_erase == "keep":
        assert after[table].rows == before[table].rows
        assert ALL[table].kept_because
    elif table == "ticks":
        assert [row["what"] for row in after[table].rows] == [OUTCOME_KIND], "an outcome is on its way: it ends at once"
    else:
        assert table not in after


async def test_what_is_about_somebody_is_found_in_each_of_these_tables_and_in_no_other(store):
    await fill(store, ANA)

    assert sorted(await held(store, ANA)) == ABOUT_PEOPLE


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.sampled_from([ANA, BO]), max_size=6))
async def test_erasing_one_takes_nothing_of_another(store, people):
    async with store._engine.begin() as connection:
        for table in schema(EVERY).sorted_tables:
            await connection.execute(table.delete())
    for number, user in enumerate(people):
        await fill(store, user, number)
    before = await held(store, BO)
    async with store.transaction(BotName.WELCOME, NOW) as t:
        await t.erase(ANA)

    assert await held(store, BO) == before
    assert all(holding.duty.on_erase == "keep" or name == "ticks" for name, holding in (await held(store, ANA)).items())


async def test_nobody_elses_name_is_in_a_copy(store):
    await fill(store, ANA)

    copy = as_json(list((await held(store, ANA)).values()))

    assert ANA in copy
    assert CY not in copy
    assert KEYS.pseudonym(CY) not in copy


async def test_who_is_only_named_in_a_row_sees_that_it_is_there_and_not_whom_it_is_about(store):
    """A moderator's own decisions are about somebody else."""
    await fill(store, ANA)

    decisions = (await held(store, CY))["decision"].rows

    assert len(decisions) == 1
    assert ANA not in as_json(list((await held(store, CY)).values()))


def test_a_receipt_says_what_goes_what_stays_and_what_is_out_of_reach():
    told = ["core.kept.erased", "core.kept.nothing", "core.kept.out_of_reach"]
    assert [words.key for words in receipt([], publishes=False)] == told
    # What stands on a public list stands in no table, and is out of reach as well.
    assert [words.key for words in receipt([], publishes=True)] == [*told, "core.kept.public_list"]


async def test_who_has_no_ban_hears_of_none_in_the_receipt(store):
    async with store.transaction(BotName.WELCOME, NOW) as t:
        payload = {"kind": "send", "place": {"user": ANA}}
        await t.enqueue(BotName.WELCOME, transaction_id="t", place="p", priority=1, not_before=None, payload=payload)

    told = [words.key for words in receipt(list((await held(store, ANA)).values()), publishes=False)]

    assert told == [
        "core.kept.erased",
        "core.kept.nothing",
        "core.kept.stays",
        "core.kept.outbox",
        "core.kept.stays.under_way",
        "core.kept.out_of_reach",
    ]


async def test_a_receipt_tells_of_every_table(store):
    await fill(store, ANA)

    told = [words.key for words in receipt(list((await held(store, ANA)).values()), publishes=False)]

    stays = told.index("core.kept.stays")
    assert {key.removeprefix("core.kept.") for key in told[1:stays]} == {
        name for name in ABOUT_PEOPLE if ALL[name].on_erase == "delete"
    }
    assert {"core.kept.decision", "core.kept.audit", "core.kept.outbox"} == set(told[stays + 1 : -3])
