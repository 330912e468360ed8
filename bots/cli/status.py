# SPDX-License-Identifier: Apache-2.0
"""`kithroom status`: how every room stands, as a table for the operator. The bots' `!status` says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import Deployment, load_deployment
from bots.cli.installation.last_settings import load_or_last
from bots.cli.rooms import organiser
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.homeserver.apply import observe
from bots.core.matrix.state import view_from_state
from bots.core.records import CommunityRoom, Readability
from bots.moderation.standing.lacks import Lack, Standing, standings
from bots.moderation.status import FEWEST, WEEK, Read, counted

_SAYS = {
    Lack.ABSENT: "not in it",
    Lack.CLOSED: "closed",
    Lack.OPEN: "not encrypted",
    Lack.KICK: "can't remove",
    Lack.BAN: "can't ban",
    Lack.REDACT: "can't take messages away",
    Lack.MUTE: "can't mute",
    Lack.INVITE: "the welcome bot can't invite",
    Lack.SEND: "can't write",
}


async def show(config: Path, console: Console) -> bool:
    """Print how things stand. Gives whether every room is protected. Raises Sorry, SettingsError, TransportError."""
    deployment = load_deployment(config)
    community = _community(deployment, console)
    async with organiser(deployment) as http:
        actual = await observe(http, deployment.organiser, community.slug)
    views = {
        room.room_id: view_from_state(
            room.room_id,
            [
                {"type": kind, "state_key": key, "content": content, "sender": deployment.organiser}
                for (kind, key), content in room.state.items()
            ],
        )
        for room in actual.rooms.values()
    }
    known, read, waiting = await _kept(deployment)
    me = deployment.bots[BotName.MODERATION]
    rooms = standings(known, views.get, me, deployment.bots.values())
    console.print(_table(rooms, read, me))
    console.print("Waits to be done: " + ", ".join(f"{bot.value} {count}" for bot, count in waiting.items()))
    return bool(rooms) and not any(room.lacks for room in rooms)


def _community(deployment: Deployment, console: Console) -> Community:
    """The settings; where there are mistakes in them, those that were right the last time, as the bots take them."""
    try:
        return deployment.load_community()
    except SettingsError:
        loaded = load_or_last(deployment.community, deployment.state, deployment.community_in)
    if loaded.settings_of is not None:
        when = f"{loaded.settings_of.astimezone():%Y-%m-%d %H:%M}"
        console.print(f"The settings have mistakes, so this is by those of {when}:", style="yellow")
        for mistake in loaded.mistakes:
            console.print(f"  {mistake}", style="yellow", markup=False, soft_wrap=True)
    return loaded.community


async def _kept(deployment: Deployment) -> tuple[Sequence[CommunityRoom], Mapping[str, Read], Mapping[BotName, int]]:
    """The rooms, how much of them was read in the last days, and how many actions wait, by bot."""
    now = datetime.now(UTC)
    waiting: dict[BotName, int] = {}
    async with open_database(deployment) as store:
        for bot in BotName:
            async with store.reading(bot, now) as transaction:
                waiting[bot] = len(await transaction.waiting_ids())
        async with store.reading(BotName.MODERATION, now) as transaction:
            known = await transaction.find(CommunityRoom)
            days = await transaction.find(Readability)
    return known, counted(days, (now - WEEK).date().isoformat()), waiting


def _table(rooms: Sequence[Standing], read: Mapping[str, Read], me: str) -> Table:
    table = Table(title="Rooms", title_justify="left", title_style="bold", expand=False)
    for column in ("room", "power", "could not be read (7 days)", "does not work"):
        table.add_column(column, overflow="fold")
    for room in rooms:
        levels = room.view.power_levels if room.view else None
        power = "–" if levels is None else str(levels.users.get(me, levels.users_default))
        lacks = ", ".join(_SAYS[lack] for lack in room.lacks)
        # What somebody called a room is never read as markup.
        cells = ("".join(filter(str.isprintable, room.name)), power, _share(read.get(room.room_id, Read())))
        table.add_row(*map(Text, cells), Text(lacks, style="red") if lacks else Text("✓", style="green"))
    return table


def _share(read: Read) -> str:
    if read.together < FEWEST:
        return f"fewer than {FEWEST} messages"
    return f"{100 * read.unread / read.together:.1f} % of {read.together}"
