# SPDX-License-Identifier: Apache-2.0
"""`kithroom plan` and `kithroom apply`: the rooms, through the organiser's account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import Deployment, load_deployment
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.homeserver.apply import Applied, apply, observe
from bots.core.homeserver.desired import DesiredRoom, desired_rooms
from bots.core.homeserver.plan import Actual, Difference, plan
from bots.core.homeserver.reach import Reach, reaches
from bots.core.matrix.http import Http
from bots.core.matrix.login import log_in
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole
from bots.core.settings import load_catalogue
from bots.core.settings.guidelines import differences as differences_of
from bots.core.transport import TransportError


@asynccontextmanager
async def organiser(deployment: Deployment) -> AsyncIterator[Http]:
    """The organiser's door to the homeserver, logged in as the one device that is kept in the secrets folder."""
    async with Http(deployment.homeserver) as http:
        credentials = deployment.credentials("organiser")
        try:
            await log_in(http, deployment.organiser, credentials, deployment.secrets_of("organiser"))
        except TransportError as error:
            if told := deployment.refused("organiser", deployment.organiser, error):
                raise Sorry(told) from None
            raise
        yield http


async def look(deployment: Deployment, community: Community, http: Http) -> tuple[Actual, tuple[Difference, ...]]:
    """The rooms there are, and what differs from the settings."""
    actual = await observe(http, deployment.organiser, community.slug)
    return actual, plan(desired_rooms(community, deployment.cast, load_catalogue(community)), actual)


async def make_so(
    deployment: Deployment,
    community: Community,
    http: Http,
    progress: Callable[[Difference], None] = lambda _: None,
    replace: Collection[str] = (),
) -> Applied:
    """Apply the settings to the homeserver, and tell the bots which room is which."""
    desired = desired_rooms(community, deployment.cast, load_catalogue(community))
    applied = await apply(http, deployment.organiser, desired, replace=replace, progress=progress)
    await _record(deployment, desired, applied.rooms)
    return applied


async def _record(deployment: Deployment, desired: Sequence[DesiredRoom], rooms: Mapping[str, str]) -> None:
    """Write down the rooms that are; forget those that the settings no longer name."""
    wanted = {
        rooms[room.key]: CommunityRoom(
            room_id=rooms[room.key], role=room.role, condition=room.condition, position=position
        )
        for position, room in enumerate(desired)
        if room.key in rooms
    }
    async with (
        open_database(deployment) as store,
        # The record is nobody's in particular; the welcome bot is the one that lets people into the rooms.
        store.transaction(BotName.WELCOME, datetime.now(UTC)) as transaction,
    ):
        for known in await transaction.find(CommunityRoom):
            # The lists that moderators subscribed to are in no settings.
            if known.room_id not in wanted and known.role is not RoomRole.LIST:
                await transaction.forget(CommunityRoom, known.room_id)
        for record in wanted.values():
            await transaction.remember(record)


def differences_table(differences: Sequence[Difference], title: str) -> Table:
    """What differs, for a person."""
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    for column in ("room", "what", "on the homeserver", "in the settings"):
        table.add_column(column, overflow="fold")
    for difference in differences:
        # What somebody called a room is never read as markup.
        cells = (difference.room, difference.what, difference.found, difference.wanted)
        table.add_row(*(Text("".join(filter(str.isprintable, cell))) for cell in cells))
    return table


def reach_table(reached: Sequence[Reach]) -> Table:
    """Which rooms other homeservers can be in, and are in, for a person."""
    table = Table(title="Other homeservers", title_justify="left", title_style="bold", expand=False)
    for column in ("homeserver", "let into now", "let into by the settings", "its members"):
        table.add_column(column, overflow="fold")
    for each in reached:
        members = ", ".join(f"{number} in {key}" for key, number in each.members)
        rooms = (", ".join(each.now) or "none", ", ".join(each.wanted) or "none")
        # A server's name is somebody else's, too.
        table.add_row(*(Text("".join(filter(str.isprintable, cell))) for cell in (each.server, *rooms, members or "–")))
    return table


def own_guidelines(community: Community) -> list[str]:
    """A line for each room that has guidelines of its own: what it changes about the community's."""
    return [
        f"Guidelines in {place}: " + ", ".join(f"{name} {what}" for what, name in changes)
        for place, rules in community.room_guidelines.items()
        if (changes := differences_of(community.guidelines, rules))
    ]


async def show_plan(config: Path, console: Console) -> bool:
    """Print what differs. Gives whether anything does."""
    deployment = load_deployment(config)
    community = deployment.load_community()
    async with organiser(deployment) as http:
        actual, differences = await look(deployment, community, http)
    if reached := reaches(desired_rooms(community, deployment.cast, load_catalogue(community)), actual):
        console.print(reach_table(reached))
    for line in own_guidelines(community):
        console.print(escape(line))
    if differences:
        console.print(differences_table(differences, "What differs"))
        console.print("`kithroom apply` makes the rooms as the settings say.")
    else:
        console.print("[green]✓[/green] The rooms are as the settings say.")
    return bool(differences)


async def show_apply(config: Path, console: Console, replace: Collection[str] = ()) -> bool:
    """Make it so, and print what was done. Gives whether something is left. Raises Sorry.

    `replace` has the keys of rooms in whose place new ones are made.
    """
    deployment = load_deployment(config)
    community = deployment.load_community()
    known = [room.key for room in desired_rooms(community, deployment.cast, load_catalogue(community))]
    if unknown := sorted(set(replace) - set(known)):
        raise Sorry(f"There is no room called {', '.join(unknown)}. There are: {', '.join(known)}.")
    async with organiser(deployment) as http:
        with console.status("Looking …") as status:
            applied = await make_so(
                deployment, community, http, lambda d: status.update(f"{escape(d.room)}: {escape(d.what)} …"), replace
            )
    if applied.done:
        console.print(differences_table(applied.done, "Done"))
    if applied.left:
        console.print(differences_table(applied.left, "Left for a person"))
    for difference, refusal in applied.refused:
        console.print(f"[red]✗[/red] {escape(difference.room)}: {escape(difference.wanted)}: {escape(refusal)}")
    if not (applied.left or applied.refused):
        console.print("[green]✓[/green] The rooms are as the settings say.")
    return bool(applied.left or applied.refused)
