# SPDX-License-Identifier: Apache-2.0
"""The door's small parts: forms, limits, proof of work, invite codes."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.cli.installation.database import every_record
from bots.core.actions import BotName
from bots.core.store import Keys, Store
from bots.door import work
from bots.door.codes import Codes, new_code, read_code
from bots.door.forms import GOOD_FOR, Forms
from bots.door.limits import BUDGETS, EVERY, Limits, What
from bots.door.records import InviteCode
from fakes.door_scene import START, keys

KEY = bytes(range(32))
MINUTE = timedelta(minutes=1)


# Forms.


def test_a_form_comes_back_with_its_age_until_it_is_too_old():
    forms = Forms(KEY)
    sealed = forms.give("one", START)
    assert forms.take(sealed, START + MINUTE).id == "one"
    assert forms.take(sealed, START + MINUTE).made_at == START
    assert forms.take(sealed, START + GOOD_FOR) is not None
    assert forms.take(sealed, START + GOOD_FOR + MINUTE) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_what_we_did_not_give_is_no_form(text):
    assert Forms(KEY).take(text, START) is None


def test_another_process_does_not_know_it():
    assert Forms(bytes(32)).take(Forms(KEY).give("one", START), START) is None


def test_a_password_is_a_forms_own_strong_and_easy_to_type():
    forms = Forms(KEY)
    form, other = (forms.take(forms.give(name, START), START) for name in ("one", "two"))
    assert re.fullmatch(r"(?:[a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", forms.password(form))
    assert forms.password(form) == forms.password(form)
    assert forms.password(form) != forms.password(other)
    assert Forms(bytes(32)).password(form) != forms.password(form)


# Limits.


def test_a_network_has_its_share_and_all_have_theirs():
    limits = Limits(keys())
    each, all_ = BUDGETS[What.MADE].each, BUDGETS[What.MADE].all
    for _ in range(each):
        assert limits.allows(What.MADE, "192.0.2.1", START)
        limits.count(What.MADE, "192.0.2.1", START)
    assert not limits.allows(What.MADE, "192.0.2.1", START)
    assert limits.allows(What.MADE, "192.0.2.2", START)
    assert limits.allows(What.MADE_SLOWLY, "192.0.2.1", START)
    for number in range(all_ - each):
        limits.count(What.MADE, f"198.51.100.{number}", START)
    assert not limits.allows(What.MADE, "192.0.2.2", START)
    assert limits.allows(What.MADE, "192.0.2.1", START + EVERY)


def test_a_household_is_one_however_many_addresses_it_has():
    limits = Limits(keys())
    for number in range(BUDGETS[What.MADE].each):
        limits.count(What.MADE, f"2001:db8:1:1::{number:x}", START)
    assert not limits.allows(What.MADE, "2001:db8:1:1:ffff::", START)
    assert limits.allows(What.MADE, "2001:db8:1:2::", START)


@pytest.mark.parametrize("address", [None, "", "127.0.0.1", "::1", "::ffff:127.0.0.1", "unix", "<script>"])
def test_an_address_that_says_nothing_counts_in_all_only(address):
    limits = Limits(keys())
    for _ in range(BUDGETS[What.MADE].each + 1):
        limits.count(What.MADE, address, START)
    assert limits.allows(What.MADE, address, START)
    assert limits.happened(What.MADE, START) == BUDGETS[What.MADE].each + 1


def test_no_address_is_in_memory_and_the_key_goes_with_the_hour():
    used = []
    new_key = keys()
    limits = Limits(lambda: used.append(new_key()) or used[-1])
    limits.count(What.MADE, "192.0.2.1", START)
    before = repr(vars(limits))
    assert "192" not in before
    assert b"\xc0\x00\x02\x01" not in b"".join(network for _, network in limits._each)
    limits.count(What.MADE, "192.0.2.1", START + EVERY)
    assert len(used) == 2
    assert repr(used[0]) not in repr(vars(limits))
    assert len(limits._each) == 1


def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("bots.door.limits._MOST_KNOWN", 3)
    limits = Limits(keys())
    for number in range(50):
        limits.count(What.CODE_TRIED, f"192.0.2.{number}", START)
    assert len(limits._each) == 4
    # Those who came late share one count, and it is used up.
    assert not limits.allows(What.CODE_TRIED, "192.0.2.77", START)


# Work.


def test_the_more_come_the_harder_it_is_and_there_is_an_end():
    costs = [work.cost(made) for made in range(200)]
    assert costs[0] == work.EASIEST
    assert costs[-1] == work.HARDEST
    assert costs == sorted(costs)


def solve(challenge):
    import json

    from altcha import Challenge, Payload, solve_challenge

    made = Challenge.from_dict(json.loads(challenge))
    return Payload(made, solve_challenge(made)).to_base64()


def test_work_is_good_for_its_own_form_and_key_only():
    done = solve(work.challenge(KEY, "one", 10))
    assert work.is_done(KEY, "one", done)
    assert not work.is_done(KEY, "two", done)
    assert not work.is_done(bytes(32), "one", done)


def test_work_that_was_made_easier_is_not_good():
    assert not work.is_done(KEY, "one", solve(work.challenge(KEY, "one", 10).replace('"00"', '""')))


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text(max_size=100), st.binary(max_size=60).map(lambda raw: __import__("base64").b64encode(raw).decode())
    )
)
def test_nonsense_is_no_work(text):
    assert not work.is_done(KEY, "one", text)


# Codes.


@pytest.fixture
async def codes(tmp_path):
    async with await Store.open(f"sqlite:///{tmp_path / 'db'}", Keys(KEY), every_record()) as store:
        made = Codes(store)
        made.file = tmp_path / "db"
        made.store = store
        yield made


def a_code(seed=1):
    return new_code(random.Random(seed).choice)


def test_a_code_is_read_however_it_is_written():
    code = a_code()
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", code)
    plain = code.replace("-", "")
    assert read_code(code) == read_code(f" {code.upper()} ") == read_code(plain) == plain
    assert read_code("") is read_code("abc") is read_code("0" * 12) is None


async def test_a_code_is_good_as_often_and_as_long_as_it_was_made_for(codes):
    plain = read_code(a_code())
    await codes.add([a_code()], uses=2, until=START + MINUTE, now=START)
    assert await codes.is_good(plain, START)
    assert not await codes.is_good(plain, START + MINUTE)
    assert not await codes.use(plain, START + MINUTE)
    assert await codes.use(plain, START)
    assert await codes.use(plain, START)
    assert not await codes.is_good(plain, START)
    assert not await codes.use(plain, START)
    await codes.give_back(plain, START)
    assert await codes.use(plain, START)
    assert not await codes.use(read_code(a_code(2)), START)


async def test_the_database_does_not_hold_the_code(codes):
    await codes.add([a_code()], uses=1, until=START + MINUTE, now=START)
    held = b"".join(file.read_bytes() for file in codes.file.parent.iterdir())
    assert b"invite_code" in held
    assert a_code().encode() not in held
    assert read_code(a_code()).encode() not in held


async def test_codes_that_are_over_are_cleared_away_with_the_next(codes):
    await codes.add([a_code(1)], uses=1, until=START + MINUTE, now=START)
    await codes.add([a_code(2)], uses=1, until=START + 9 * MINUTE, now=START + 2 * MINUTE)
    async with codes.store.transaction(BotName.WELCOME, START) as transaction:
        assert len(await transaction.find(InviteCode)) == 1
