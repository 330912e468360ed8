# SPDX-License-Identifier: Apache-2.0
"""`kithroom simulate`: what the bots would do, told line by line, offline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import structlog
from rich.console import Console
from rich.text import Text

from bots.cli.running.bots import make_bot
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.bot import Bot
from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.settings import load_catalogue, load_community
from bots.core.simulation.happenings import Happening, Wrong
from bots.core.simulation.simulate import Simulation, SimulationError, places
from bots.core.simulation.transcript import load_transcript


async def show(transcript: Path, folder: Path, console: Console) -> bool:
    """Play the transcript with the community in `folder`, and print everything that happens.

    Gives whether all is as the transcript expects. Raises Sorry, SettingsError; what happened until then is printed.
    """
    simulation = _simulation(transcript, load_community(folder))
    impossible = await _impossible(transcript, simulation)
    for line in _lines(simulation.happened):
        console.print(line, soft_wrap=True)
    _complain(transcript, simulation.wrong, console)
    if impossible is not None:
        raise Sorry(impossible)
    return not simulation.wrong


async def check(transcripts: Path, folder: Path, console: Console) -> bool:
    """Play every transcript in the folder `transcripts`, and print a line for each, and what is not as expected.

    One that can't be played is told of, and the others go on. Gives whether all is well. Raises Sorry, SettingsError.
    """
    community = load_community(folder)
    files = await asyncio.to_thread(lambda: sorted(transcripts.glob("*.yaml")))
    if not files:
        raise Sorry(f"There is no transcript in {transcripts}: files there end in `.yaml`.")
    well = True
    # It reads the whole library, which takes a while, and remembers nothing of a conversation.
    resources = make_bot(BotName.RESOURCES, community)
    for file in files:
        mistakes: list[str] = []
        wrong: Sequence[Wrong] = ()
        try:
            simulation = _simulation(file, community, resources)
        except SettingsError as error:
            mistakes = str(error).splitlines()
        else:
            impossible = await _impossible(file, simulation)
            mistakes, wrong = [impossible] if impossible is not None else [], simulation.wrong
        well = well and not wrong and not mistakes
        console.print(Text.assemble(("✗ ", "red") if wrong or mistakes else ("✓ ", "green"), file.name))
        _complain(file, wrong, console)
        for mistake in mistakes:
            console.print(Text(mistake), soft_wrap=True)
    return well


def _simulation(transcript: Path, community: Community, resources: Bot | None = None) -> Simulation:
    others = [make_bot(bot, community) for bot in (BotName.WELCOME, BotName.MODERATION)]
    # Its parts take hold of their logs as they are made.
    with _without_logs():
        return Simulation(
            community=community,
            catalogue=load_catalogue(community),
            bots=[*others, resources or make_bot(BotName.RESOURCES, community)],
            transcript=load_transcript(transcript, places(community)),
        )


async def _impossible(transcript: Path, simulation: Simulation) -> str | None:
    """Play it. Gives the sentence about what can't happen in it, where it stops."""
    try:
        with _without_logs():
            await simulation.run()
    except SimulationError as error:
        return f"{transcript}:{error.line}: {error.sentence}"
    return None


@contextmanager
def _without_logs() -> Iterator[None]:
    """All that the bots do is printed already, and would stand there twice."""
    before = structlog.get_config()
    structlog.configure(**before | {"logger_factory": structlog.ReturnLoggerFactory(), "processors": [_dropped]})
    try:
        yield
    finally:
        structlog.configure(**before)


def _dropped(*_: object) -> NoReturn:
    raise structlog.DropEvent


def _complain(transcript: Path, wrong: Sequence[Wrong], console: Console) -> None:
    for each in wrong:
        line = f"{transcript}:{each.line}: expected {each.expected}; found: {each.found}"
        console.print(Text(line), soft_wrap=True)


def _lines(happened: Sequence[Happening]) -> Iterator[Text]:
    """A line for each thing that happens, and what is said below it: whole, however narrow the window is."""
    for each in happened:
        does = f"{each.what} ✗ {each.failed}" if each.failed else each.what
        where = each.place if each.whom in each.place else f"{each.place} ({each.whom})"
        # People's words are theirs: never read as markup.
        yield Text.assemble(
            f"{each.at:%d %b %H:%M}  ",
            (f"{each.who}  ", "bold"),
            (does, "red" if each.failed else ""),
            f"  {where}" if where else "",
            (f"  by {each.rule}" if each.rule else "", "dim"),
        )
        if each.text:
            yield Text("\n".join(f"    {line}" for line in each.text.splitlines()))
