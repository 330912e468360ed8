# SPDX-License-Identifier: Apache-2.0
"""`kithroom simulate`: what the bots would do, told line by line, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.run import make_bot
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.runtime.simulate import Happening, Simulation, SimulationError, places
from bots.core.runtime.transcript import load_transcript
from bots.core.settings import load_catalogue, load_community


async def show(transcript: Path, folder: Path, console: Console) -> None:
    """Play the transcript with the community in `folder`, and print everything that happens."""
    community = load_community(folder)
    simulation = Simulation(
        community=community,
        catalogue=load_catalogue(community),
        bots=[make_bot(bot, community) for bot in BotName],
        transcript=load_transcript(transcript, places(community)),
    )
    try:
        happened = await simulation.run()
    except SimulationError as error:
        raise Sorry(f"{transcript}: {error}") from None
    console.print(_table(happened))


def _table(happened: Sequence[Happening]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("time", "who", "does", "where", "by rule"):
        table.add_column(column, no_wrap=True)
    table.add_column("what is said", overflow="fold", ratio=1)
    for each in happened:
        # People's words are theirs: never read as markup.
        does = Text(f"{each.what} ✗ {each.failed}" if each.failed else each.what, style="red" if each.failed else "")
        cells = (f"{each.at:%d %b %H:%M}", each.who, does, each.place, each.rule, each.text)
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
    return table
