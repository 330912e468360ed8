# SPDX-License-Identifier: Apache-2.0
"""From a form to an account: with a proof of work, with patience, or with a code; once, and never for nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bots.cli.installation.database import every_record
from bots.core.store import Keys, Store
from bots.core.transport import TransportError
from bots.door import work
from bots.door.accounts import NameTakenError
from bots.door.choosing import Problem
from bots.door.codes import Codes
from bots.door.forms import GOOD_FOR, Forms
from bots.door.limits import BUDGETS, Limits, What
from bots.door.making import PATIENCE, SAID_AGAIN_FOR, Again, Made, Maker, NotYet, Wish
from fakes.door_scene import COMMUNITY, DOWN, START, Clock, MemoryAccounts, keys

KEY = bytes(range(32))
CODE = "abcd-efgh-jkmn"


class Scene:
    def __init__(self, codes=None, *, code_needed=False):
        self.clock = Clock()
        self.accounts = MemoryAccounts("taken-name")
        self.forms = Forms(KEY)
        self.limits = Limits(keys())
        self.codes = codes
        self.number = 0
        self.maker = Maker(
            community=COMMUNITY,
            accounts=self.accounts,
            codes=codes,
            code_needed=code_needed,
            forms=self.forms,
            limits=self.limits,
            key=KEY,
            clock=self.clock,
        )

    def form(self):
        self.number += 1
        return self.forms.give(f"form {self.number}", self.clock.now)

    async def make(self, form=None, address="192.0.2.1", **wish):
        return await self.maker.make(Wish(form=form or self.form(), **({"pick": "calm-otter-42"} | wish)), address)

    def worked(self, form):
        return solve(work.challenge(KEY, self.forms.take(form, self.clock.now).id, 10))


def solve(challenge):
    import json

    from altcha import Challenge, Payload, solve_challenge

    made = Challenge.from_dict(json.loads(challenge))
    return Payload(made, solve_challenge(made)).to_base64()


@pytest.fixture
async def codes(tmp_path):
    async with await Store.open(f"sqlite:///{tmp_path / 'db'}", Keys(KEY), every_record()) as store:
        made = Codes(store)
        await made.add([CODE], uses=1, until=START + timedelta(days=30), now=START)
        yield made


async def test_with_a_proof_of_work_it_is_there_at_once():
    scene = Scene()
    form = scene.form()
    made = await scene.make(form, work=scene.worked(form))
    assert isinstance(made, Made)
    assert made.user_id == "@calm-otter-42:kith.example"
    assert scene.accounts.passwords["calm-otter-42"] == made.password
    assert made.password not in repr(made)


async def test_without_scripts_it_takes_patience_and_the_same_form_stays_good():
    scene = Scene()
    form = scene.form()
    soon = await scene.make(form)
    assert soon.again is Again.SOON
    scene.clock.pass_(seconds=PATIENCE.total_seconds())
    assert isinstance(await scene.make(form), Made)


async def test_patience_makes_few_accounts_from_one_place_and_few_in_all():
    scene = Scene()
    forms = [scene.form() for _ in range(BUDGETS[What.MADE_SLOWLY].all + 2)]
    scene.clock.pass_(minutes=1)
    made = [await scene.make(form, pick=f"calm-otter-{n + 2}") for n, form in enumerate(forms)]
    assert sum(isinstance(m, Made) for m in made) == BUDGETS[What.MADE_SLOWLY].each
    assert made[-1].again is Again.MANY
    spread = [
        await scene.make(form, f"198.51.100.{n}", pick=f"quiet-fern-{n + 2}")
        for n, form in enumerate(forms[BUDGETS[What.MADE_SLOWLY].each :])
    ]
    assert sum(isinstance(m, Made) for m in (*made, *spread)) == BUDGETS[What.MADE_SLOWLY].all


async def test_five_hundred_accounts_are_not_made_even_by_somebody_with_many_addresses_and_much_power():
    scene = Scene()
    made = []
    for number in range(100):
        form = scene.form()
        work_ = scene.worked(form)
        made.append(await scene.make(form, f"192.0.2.{number}", pick=f"otter-{number:03}", work=work_))
    assert sum(isinstance(m, Made) for m in made) == BUDGETS[What.MADE].all
    assert made[-1].again is Again.MANY
    scene.clock.pass_(hours=1)
    form = scene.form()
    assert isinstance(await scene.make(form, work=scene.worked(form)), Made)


async def test_a_form_makes_one_account_and_says_it_again_for_a_moment_only():
    scene = Scene()
    form = scene.form()
    worked = scene.worked(form)
    made = await scene.make(form, work=worked)
    assert await scene.make(form, work=worked) == made
    # Whatever name is in it now.
    assert await scene.make(form, work=worked, own="another-name") == made
    scene.clock.pass_(seconds=SAID_AGAIN_FOR.total_seconds())
    assert (await scene.make(form, work=worked)).again is Again.USED
    assert list(scene.accounts.passwords) == ["taken-name", "calm-otter-42"]


async def test_a_button_that_is_pressed_twice_makes_one_account():
    scene = Scene()
    form = scene.form()
    worked = scene.worked(form)
    first, second = await asyncio.gather(scene.make(form, work=worked), scene.make(form, work=worked))
    assert first == second
    assert isinstance(first, Made)


@pytest.mark.parametrize("form", ["", "made up", "é"])
async def test_a_form_that_is_not_ours_makes_nothing(form):
    scene = Scene()
    made = await scene.maker.make(Wish(form=form, pick="calm-otter-42"), None)
    assert made.again is Again.FORM
    assert list(scene.accounts.passwords) == ["taken-name"]


async def test_a_form_that_is_too_old_is_told_so():
    scene = Scene()
    form = scene.form()
    scene.clock.pass_(seconds=GOOD_FOR.total_seconds() + 1)
    assert (await scene.make(form)).again is Again.FORM


async def test_work_of_another_form_is_no_work():
    scene = Scene()
    assert (await scene.make(work=scene.worked(scene.form()))).again is Again.WORK


async def test_ones_own_name_comes_before_the_marked_one_and_is_judged():
    scene = Scene()
    form = scene.form()
    worked = scene.worked(form)
    wrong = await scene.make(form, own="x!", work=worked)
    assert wrong.choice.problem is Problem.LETTERS
    assert wrong.work_done
    telling = await scene.make(form, own="Anna Smith", work=worked)
    assert isinstance(telling, NotYet)
    assert telling.choice.findings
    other = await scene.make(form, own="Anna Smyth Jones", keep="Anna Smith", work=worked)
    assert isinstance(other, NotYet), "what is kept is the name that was shown, no other"
    kept = await scene.make(form, own="Anna Smith", keep="Anna Smith", work=worked)
    assert kept.user_id == "@anna-smith:kith.example"


async def test_a_name_that_somebody_has_costs_nothing():
    scene = Scene()
    form = scene.form()
    worked = scene.worked(form)
    taken = await scene.make(form, pick="taken-name", work=worked)
    assert taken.taken
    assert taken.work_done
    assert isinstance(await scene.make(form, work=worked), Made)
    assert scene.limits.happened(What.MADE, scene.clock.now) == 1


async def test_a_homeserver_that_is_away_costs_nothing():
    scene = Scene()
    form = scene.form()
    worked = scene.worked(form)
    scene.accounts.down = DOWN
    with pytest.raises(TransportError):
        await scene.make(form, work=worked)
    scene.accounts.down = None
    assert isinstance(await scene.make(form, work=worked), Made)


async def test_a_code_opens_at_once_once_and_when_the_place_is_full(codes):
    scene = Scene(codes)
    for _ in range(BUDGETS[What.MADE].all):
        scene.limits.count(What.MADE, "192.0.2.1", scene.clock.now)
    assert (await scene.make()).again is Again.MANY
    assert isinstance(await scene.make(code=CODE.upper()), Made)
    assert (await scene.make(code=CODE, pick="quiet-fern-3")).again is Again.CODE


@pytest.mark.parametrize("error", [NameTakenError(), DOWN])
async def test_a_code_is_not_used_up_for_nothing(codes, error, monkeypatch):
    scene = Scene(codes)

    async def refuse(name, password):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(scene.accounts, "make", refuse)
        if isinstance(error, NameTakenError):
            assert (await scene.make(code=CODE)).taken
        else:
            with pytest.raises(TransportError):
                await scene.make(code=CODE)
    assert isinstance(await scene.make(code=CODE), Made)


async def test_two_with_the_last_use_of_a_code_do_not_both_come_in(codes):
    scene = Scene(codes)
    made = await asyncio.gather(scene.make(code=CODE, pick="calm-otter-2"), scene.make(code=CODE, pick="calm-otter-3"))
    assert sorted(type(m).__name__ for m in made) == ["Made", "NotYet"]


async def test_a_wrong_code_is_told_and_not_passed_over(codes):
    scene = Scene(codes)
    form = scene.form()
    assert (await scene.make(form, work=scene.worked(form), code="wrong")).again is Again.CODE
    tries = [await scene.make(code="zzzz-zzzz-zzzz") for _ in range(BUDGETS[What.CODE_TRIED].each)]
    assert tries[-1].again is Again.MANY


async def test_where_a_code_is_needed_nothing_else_helps(codes):
    scene = Scene(codes, code_needed=True)
    form = scene.form()
    assert (await scene.make(form, work=scene.worked(form))).again is Again.CODE_NEEDED
    assert isinstance(await scene.make(form, code=CODE), Made)


async def test_what_became_of_old_forms_is_forgotten():
    scene = Scene()
    form = scene.form()
    await scene.make(form, work=scene.worked(form))
    scene.clock.pass_(hours=3)
    await scene.make()
    assert len(scene.maker._uses) == 1
