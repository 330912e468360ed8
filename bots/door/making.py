# SPDX-License-Identifier: Apache-2.0
"""From a form that came back to an account: the one place where the door does something that stays.

In this order, so that nothing is used up in vain: is the form ours, may this go on now, is the name a name and meant,
is there a code, a proof of work, or enough patience; and then the account. A form makes one account, ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bots.core.community import Community
from bots.core.transport import TransportError
from bots.door import work
from bots.door.accounts import Accounts, NameTakenError
from bots.door.choosing import Choice, Problem, choose
from bots.door.codes import Codes, read_code
from bots.door.forms import GOOD_FOR, Form, Forms
from bots.door.limits import Limits, What

# How old a form must be that has neither a code nor a proof of work: what a browser without scripts can give is time.
PATIENCE = timedelta(seconds=30)
# A phone that lost its line just then asks again, and is told again; after that nobody is.
SAID_AGAIN_FOR = timedelta(minutes=2)


class Again(StrEnum):
    """Why the form is shown once more; nothing was made."""

    FORM = "form"
    SOON = "soon"
    WORK = "work"
    CODE = "code"
    CODE_NEEDED = "code_needed"
    MANY = "many"
    SERVER = "server"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was posted: texts as they came. `keep` is the name that is to be kept whatever it gives away."""

    form: str
    pick: str = ""
    own: str = ""
    keep: str = ""
    work: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        """One's own name comes before one that was only marked."""
        return self.own if self.own.strip() else self.pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An account, and its password, which is nowhere else."""

    user_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """What is in the way: `again`, the name's problem (None: none), what it gives away, or that somebody has it.

    `work_done` says that the proof of work is good, and need not be done again.
    """

    choice: Choice
    again: Again | None = None
    taken: bool = False
    work_done: bool = False


@dataclass
class _Use:
    """What became of one form."""

    until: datetime
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    made: Made | None = None
    made_at: datetime | None = None


@dataclass(kw_only=True)
class Maker:
    """Makes accounts, each form once. `codes` is None where there are none; `code_needed`: without one, nothing."""

    community: Community
    accounts: Accounts
    codes: Codes | None
    code_needed: bool
    forms: Forms
    limits: Limits
    key: bytes
    clock: Callable[[], datetime]
    _uses: dict[str, _Use] = field(default_factory=dict)

    async def make(self, wish: Wish, address: str | None) -> Made | NotYet:
        """Make the account, or say what is in the way. `address` is hashed, and forgotten."""
        now = self.clock()
        choice = choose(wish.name, self.community, now.date())
        form = self.forms.take(wish.form, now)
        if form is None:
            return NotYet(choice=choice, again=Again.FORM)
        if not self.limits.allows(What.ASKED, address, now):
            return NotYet(choice=choice, again=Again.MANY)
        self.limits.count(What.ASKED, address, now)
        use = self._use(form, now)
        # A button that is pressed twice waits for the first press, and is told the same.
        async with use.lock:
            if use.made is not None and use.made_at is not None:
                known = now - use.made_at < SAID_AGAIN_FOR
                return use.made if known else NotYet(choice=choice, again=Again.USED)
            made = await self._try(wish, choice, form, address, now)
            if isinstance(made, Made):
                use.made, use.made_at = made, now
            return made

    async def _try(self, wish: Wish, choice: Choice, form: Form, address: str | None, now: datetime) -> Made | NotYet:
        done = bool(wish.work) and await asyncio.to_thread(work.is_done, self.key, form.id, wish.work)
        if choice.problem is not None or (choice.findings and wish.keep.strip() != wish.name.strip()):
            return NotYet(choice=choice, work_done=done)
        code = read_code(wish.code) if self.codes is not None else None
        in_the_way = await self._in_the_way(wish, code, form, address, now, done=done)
        if in_the_way is not None:
            return NotYet(choice=choice, again=in_the_way, work_done=done)
        if code is not None and self.codes is not None and not await self.codes.use(code, now):
            return NotYet(choice=choice, again=Again.CODE, work_done=done)
        try:
            password = self.forms.password(form)
            user_id = await self.accounts.make(choice.name, password)
        except (NameTakenError, TransportError) as error:
            if code is not None and self.codes is not None:
                await self.codes.give_back(code, now)
            if isinstance(error, NameTakenError):
                return NotYet(choice=choice, taken=True, work_done=done)
            raise
        if code is None:
            self.limits.count(What.MADE, address, now)
            if not done:
                self.limits.count(What.MADE_SLOWLY, address, now)
        return Made(user_id=user_id, password=password)

    async def _in_the_way(
        self, wish: Wish, code: str | None, form: Form, address: str | None, now: datetime, *, done: bool
    ) -> Again | None:
        if self.codes is not None and wish.code.strip():
            return await self._code(self.codes, code, address, now)
        if self.code_needed:
            return Again.CODE_NEEDED
        if not self.limits.allows(What.MADE, address, now):
            return Again.MANY
        if done:
            return None
        if wish.work:
            return Again.WORK
        if not self.limits.allows(What.MADE_SLOWLY, address, now):
            return Again.MANY
        return Again.SOON if now - form.made_at < PATIENCE else None

    async def _code(self, codes: Codes, code: str | None, address: str | None, now: datetime) -> Again | None:
        if not self.limits.allows(What.CODE_TRIED, address, now):
            return Again.MANY
        self.limits.count(What.CODE_TRIED, address, now)
        return None if code is not None and await codes.is_good(code, now) else Again.CODE

    def _use(self, form: Form, now: datetime) -> _Use:
        for old in [id_ for id_, use in self._uses.items() if use.until < now]:
            del self._uses[old]
        return self._uses.setdefault(form.id, _Use(until=form.made_at + GOOD_FOR + SAID_AGAIN_FOR))


__all__ = ["PATIENCE", "SAID_AGAIN_FOR", "Again", "Choice", "Made", "Maker", "NotYet", "Problem", "Wish"]
