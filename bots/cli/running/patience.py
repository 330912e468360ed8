# SPDX-License-Identifier: Apache-2.0
"""Waiting for the homeserver: after a power cut it may be the last to start."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from bots.cli.installation.deployment import Deployment
from bots.cli.sorry import NotLetInError
from bots.core.runtime.backoff import backoff
from bots.core.transport import TransportError

_LONGEST_WAIT = timedelta(seconds=30)

T = TypeVar("T")


async def patiently(deployment: Deployment, who: str, user: str, log_in: Callable[[], Awaitable[T]]) -> T:
    """What `log_in` gives, once the homeserver is there; `who` ("door", a bot) logs in as `user`.

    Raises NotLetInError with what to put right, and TransportError where waiting does not help.
    """
    for attempt in itertools.count(1):
        try:
            return await log_in()
        except TransportError as error:
            if told := deployment.refused(who, user, error):
                raise NotLetInError(told) from None
            if not error.retryable:
                raise
            spread = random.random()  # noqa: S311 - so that several do not come back at once, no secret
            wait = backoff(attempt, spread, retry_after=error.retry_after, cap=_LONGEST_WAIT)
            log = structlog.get_logger().bind(bot=who)
            log.info("waiting for the homeserver", errcode=error.errcode, attempt=attempt)
            await asyncio.sleep(wait.total_seconds())
    raise AssertionError("counting ends")
