# SPDX-License-Identifier: Apache-2.0
"""What a subscription would bring, and bringing it: nothing is written before somebody has seen it, or asked for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from bots.cli.library.feeds.fetching import fetch
from bots.cli.library.feeds.subscription import Subscription, keep, names, source_text
from bots.cli.sorry import Sorry
from bots.cli.workbench import put, sifted, workbench
from bots.core.community import Community
from bots.core.settings import load_community
from bots.core.settings.more_files import Trust
from bots.resources.exchange import Feed, Here, Merged, UnreadableError, merged, read_feed, settled
from bots.resources.exchange.feed import LARGEST

# A feed that nobody has made anew for so long may be kept back by somebody.
_OLD = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a feed says today, put together with what is here.

    `ours` are the ids that an entry in `library/` has: that one is shown. `wrong` is what is wrong with the entries
    that are left out, a sentence each. `old` says that the feed was made a long time ago.
    """

    subscription: Subscription
    feed: Feed
    merged: Merged
    ours: tuple[str, ...]
    wrong: tuple[str, ...]
    old: bool


async def look(
    folder: Path,
    subscription: Subscription,
    session: aiohttp.ClientSession,
    now: datetime,
    *,
    local: bool = False,
    yes: Collection[str] = (),
) -> Look:
    """Ask for the feed, and compare. Raises Sorry where it can't be taken, and SettingsError."""
    raw = await fetch(session, subscription.url, LARGEST, local=local)
    return compared(folder, subscription, checked(raw, subscription, now), now, yes=yes)


def checked(raw: bytes, subscription: Subscription, now: datetime) -> Feed:
    """The feed, if it is the publisher's and not older than the last one. Raises Sorry: what is here stays as it is."""
    who = subscription.title or subscription.url
    try:
        feed = read_feed(raw, now)
    except UnreadableError as error:
        raise Sorry(f"What {who} shares is not taken, and what is here stays. {error}") from None
    if subscription.key and feed.key != subscription.key and not subscription.title:
        raise Sorry(
            f"What {who} shares is signed with another key ({feed.key}) than the one that you named, and is not taken. "
            "Ask them, in another way, which one is theirs."
        )
    if subscription.key and feed.key != subscription.key:
        raise Sorry(
            f"What {who} shares is signed with another key ({feed.key}), and is not taken. Ask them, in another way: "
            "if it is theirs, write it into source.yaml; if not, somebody else answers at their address."
        )
    if subscription.made is not None and (
        feed.made < subscription.made or (feed.made == subscription.made and feed.digest != subscription.digest)
    ):
        raise Sorry(
            f"What {who} shares is not newer than what is here ({subscription.made:%Y-%m-%d %H:%M} UTC), and says "
            "something else: it is not taken, and what is here stays."
        )
    return feed


def compared(folder: Path, subscription: Subscription, feed: Feed, now: datetime, *, yes: Collection[str] = ()) -> Look:
    """The feed beside what is here. Raises SettingsError where the folder has mistakes of its own."""
    community = _without(folder, subscription)
    here = Here(conditions={each.id for each in community.conditions}, topics={each.id for each in community.topics})
    fitting, unfit = settled(feed.drafts, here, subscription.prefix)
    source = {subscription.folder / "source.yaml": source_text(subscription)}
    good, wrong = sifted(fitting, subscription.shelf, folder, source)
    stay = {draft.values["id"] for draft in good}
    left_out = {*unfit, *(str(draft.values["id"]) for draft in fitting if draft.values["id"] not in stay)}
    # What can't be read today stays as it was, unless that can't stand here any more: its room may be gone.
    before = [draft for draft in subscription.entries if draft.values["id"] in left_out]
    stands = {draft.values["id"] for draft in sifted(before, subscription.shelf, folder, source)[0]}
    fallen = {draft.values["id"] for draft in before} - stands
    together = merged(
        good,
        subscription.entries,
        subscription.taken,
        waits=subscription.trust is Trust.ASK,
        yes=yes,
        unreadable=left_out - fallen,
    )
    own = {entry.id for entry in community.library if entry.shared_by is None}
    return Look(
        subscription=subscription,
        feed=feed,
        merged=together,
        ours=tuple(sorted(own & stay)),
        wrong=(*(f"{name}: {why}" for name, why in unfit.items()), *wrong),
        old=now - feed.made > _OLD,
    )


def take(folder: Path, found: Look) -> None:
    """Write what was looked at."""
    keep(folder, found.subscription, found.feed, found.merged.entries, found.merged.taken)


def subscribed(folder: Path, subscription: Subscription) -> None:
    """Write down a new subscription. Raises Sorry where there is one of that name."""
    if subscription.name in names(folder):
        raise Sorry(f"There is a subscription called {subscription.name} already. Choose another name.")
    put(folder, {subscription.folder / "source.yaml": source_text(subscription)})


def _without(folder: Path, subscription: Subscription) -> Community:
    """The community as it is without these entries: whatever is in them, they can be replaced."""
    with workbench(folder) as bench:
        (bench / subscription.shelf).unlink(missing_ok=True)
        return load_community(bench)
