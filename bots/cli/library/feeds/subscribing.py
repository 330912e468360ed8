# SPDX-License-Identifier: Apache-2.0
"""`kithroom library feed subscribe`: whose key it is, what they share, and then a yes or a no."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from bots.cli.library.feeds.fetching import fetch, session_for
from bots.cli.library.feeds.showing import show, summary
from bots.cli.library.feeds.subscription import Subscription, names
from bots.cli.library.feeds.updating import checked, compared, subscribed, take
from bots.cli.sorry import Sorry
from bots.core.settings.more_files import Trust
from bots.resources.exchange.feed import LARGEST

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 30


async def ask_to_subscribe(
    folder: Path, name: str, url: str, *, trust: str, theirs: str | None, local: bool, console: Console
) -> None:
    """Show whose feed it is and what it would bring, and write it down if that is wanted. Raises Sorry, Abort."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise Sorry(f"{name} can't be a name here: lower-case letters, digits and hyphens, {_LONGEST_NAME} at most.")
    if name in names(folder):
        raise Sorry(f"There is a subscription called {name} already. Choose another name.")
    now = datetime.now(UTC)
    async with session_for(local=local) as session:
        raw = await fetch(session, url, LARGEST, local=local)
    wanted = Subscription(name=name, title="", url=url, key=theirs or "", trust=Trust(trust))
    feed = checked(raw, wanted, now)
    subscription = Subscription(name=name, title=feed.title, url=url, key=feed.key, trust=Trust(trust))
    found = compared(folder, subscription, feed, now)
    show(found, console)
    if theirs is None:
        click.confirm("Is that the key that they told you, in another way than this address?", abort=True)
    subscribed(folder, subscription)
    take(folder, found)
    console.print(f"✓ {summary(found)}", markup=False, soft_wrap=True)
