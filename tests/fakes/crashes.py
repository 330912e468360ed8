# SPDX-License-Identifier: Apache-2.0
"""A machine that dies at a chosen moment: every await on the store and on the homeserver is such a moment, twice."""

from __future__ import annotations

import inspect
from contextlib import asynccontextmanager

from fakes.parrot import settle


class Crashed(BaseException):
    """The process is gone. Not an Exception: nothing that contains errors may contain this."""


class Countdown:
    """Dies at moment number `at` (None: never), and stays dead. `moments` is how many there have been."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.moments = 0

    def moment(self) -> None:
        self.moments += 1
        if self.at is not None and self.moments >= self.at:
            raise Crashed


class Mortal:
    """Passes every call on, with a moment before it and one between its effect and its answer."""

    def __init__(self, inner, countdown: Countdown) -> None:
        self._inner = inner
        self._countdown = countdown

    def __getattr__(self, name):
        value = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(value):
            return value

        async def mortal(*args, **kwargs):
            self._countdown.moment()
            answer = await value(*args, **kwargs)
            self._countdown.moment()
            return answer

        return mortal


class MortalStore:
    """A store whose transactions can die at every step: also just before the commit, and just after."""

    def __init__(self, store, countdown: Countdown) -> None:
        self._store = store
        self._countdown = countdown

    @asynccontextmanager
    async def transaction(self, *args):
        self._countdown.moment()
        async with self._store.transaction(*args) as transaction:
            yield Mortal(transaction, self._countdown)
            self._countdown.moment()
        self._countdown.moment()

    @asynccontextmanager
    async def reading(self, *args):
        self._countdown.moment()
        async with self._store.reading(*args) as transaction:
            yield Mortal(transaction, self._countdown)


class Reborn:
    """A bot that `born` starts, and starts again when it has died; after that it lives."""

    def __init__(self, born, countdown: Countdown) -> None:
        self._born = born
        self._countdown = countdown
        self._running = born()

    async def live(self):
        for _ in range(3):
            try:
                return await settle(self._running)
            except BaseExceptionGroup as group:
                if group.split(Crashed)[1]:
                    raise
            except Crashed:
                pass
            self._countdown.at = None
            self._running = self._born()
        raise AssertionError("it died again")
