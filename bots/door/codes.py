# SPDX-License-Identifier: Apache-2.0
"""Invite codes: made, read back however somebody writes them, used up. Only keyed hashes of them are kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bots.core.actions import BotName
from bots.core.store import Store, Transaction
from bots.door.records import InviteCode

# As passwords: no letter looks like another. 12 of 31 are 59 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE = re.compile(rf"[{_LETTERS}]{{12}}")


def new_code(choose: Callable[[str], str]) -> str:
    """A code as it is printed: `abcd-efgh-jkmn`. `choose` takes one letter of many by chance."""
    return "-".join("".join(choose(_LETTERS) for _ in range(4)) for _ in range(3))


def read_code(written: str) -> str | None:
    """A code as somebody wrote it, without what they put between; None for what is none."""
    plain = re.sub(r"[\s-]", "", written[:64]).lower()
    return plain if _CODE.fullmatch(plain) else None


class Codes:
    """The codes that are good, in the community's database. One process uses them up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # PostgreSQL would let two read the last use before either writes.
        self._one_at_a_time = asyncio.Lock()

    async def add(self, codes: list[str], *, uses: int, until: datetime, now: datetime) -> None:
        """Make these good; what is over is cleared away."""
        async with self._store.transaction(BotName.WELCOME, now) as transaction:
            for old in await transaction.find(InviteCode):
                if old.until <= now:
                    await transaction.forget(InviteCode, old.code)
            for code in codes:
                plain = read_code(code)
                assert plain is not None
                await transaction.remember(InviteCode(code=_hashed(transaction, plain), left=uses, until=until))

    async def is_good(self, code: str, now: datetime) -> bool:
        """Whether it could be used."""
        async with self._store.reading(BotName.WELCOME, now) as transaction:
            found = await transaction.get(InviteCode, _hashed(transaction, code))
            return found is not None and found.left > 0 and found.until > now

    async def use(self, code: str, now: datetime) -> bool:
        """Use it once; whether that could be. Two at the same time do not both get the last use."""
        async with self._one_at_a_time, self._store.transaction(BotName.WELCOME, now) as transaction:
            found = await transaction.get(InviteCode, _hashed(transaction, code))
            if found is None or found.left < 1 or found.until <= now:
                return False
            # With nothing left it stays till the end of its time, so that it can be given back.
            await transaction.remember(replace(found, left=found.left - 1))
            return True

    async def give_back(self, code: str, now: datetime) -> None:
        """It was used for nothing."""
        async with self._one_at_a_time, self._store.transaction(BotName.WELCOME, now) as transaction:
            if (found := await transaction.get(InviteCode, _hashed(transaction, code))) is not None:
                await transaction.remember(replace(found, left=found.left + 1))


def _hashed(transaction: Transaction, code: str) -> str:
    # A name that no person can have, so that a code and a person are never the same to anybody.
    return transaction.pseudonym(f"invite code {code}")
