# SPDX-License-Identifier: Apache-2.0
"""One run of the benchmark: the ground, everybody on it, and the measures in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from rich.progress import Progress

from benchmarks.arriving import admission_rows, admissions, arrival_rows, arrivals
from benchmarks.crowd import crowd
from benchmarks.greeting import Greeted, greeting_rows, greetings, people
from benchmarks.ground import Ground, open_ground
from benchmarks.kithroom import Kithroom
from benchmarks.ladder import first_actions, ladder_rows, one_ban, opened, settled_in
from benchmarks.load import Asker, Burst
from benchmarks.machine import load_average
from benchmarks.measures import PLAIN_NIO, burst_of, burst_rows, cost_rows, latencies, latency_rows
from benchmarks.report import KITHROOM, Report
from benchmarks.starting import more_rooms, start_rows, starts
from benchmarks.subjects import GREETER, Subject, nio_greeter, peers
from bots.core.actions import BotName

ROOMS = 10
ASKERS = 5
_T = TypeVar("_T")


class NoAnswerError(Exception):
    """A subject that runs does not answer."""


@dataclass(frozen=True)
class Sizes:
    """How much of everything. `people` of the crowd have `devices` each; the others are asked `beside` questions.

    In a room of `members` with `devices_each`, one more comes, `admitted` times.
    `banned` is the number of rooms of one ban, `commands` of commands in one room.
    `greeted` people come to the lobby, one every `greeted_every` seconds.
    """

    questions: int
    burst: int
    starts: int
    many_rooms: int
    people: int
    devices: int
    newcomers: int
    beside: int
    members: int
    devices_each: int
    admitted: int
    greeted: int
    greeted_every: float
    banned: int
    commands: int


FULL = Sizes(
    questions=60,
    burst=500,
    starts=3,
    many_rooms=300,
    people=60,
    devices=5,
    newcomers=5,
    beside=120,
    members=300,
    devices_each=3,
    admitted=3,
    greeted=500,
    greeted_every=1.2,
    banned=100,
    commands=60,
)
QUICK = Sizes(
    questions=6,
    burst=40,
    starts=1,
    many_rooms=20,
    people=6,
    devices=5,
    newcomers=1,
    beside=12,
    members=6,
    devices_each=3,
    admitted=2,
    greeted=6,
    greeted_every=1.2,
    banned=12,
    commands=5,
)


@dataclass
class Benchmark:
    """Measures `parts` (letters) and fills `report`."""

    folder: Path
    parts: frozenset[str]
    sizes: Sizes
    progress: Progress
    report: Report

    async def run(self) -> None:
        """Everything, one after the other; all processes are stopped in the end, however it ends."""
        if "g" in self.parts:
            await self._ladder()
        if self.parts <= {"g"}:
            return
        async with AsyncExitStack() as stack:
            ground = await self._step("Starting the homeserver", stack.enter_async_context(open_ground(self.folder)))
            if "f" in self.parts:
                # On a community of its own: the others' figures are not to pay for five hundred private chats.
                await self._greetings(ground)
            if self.parts <= {"f", "g"}:
                return
            subjects = await self._subjects(ground, stack)
            measures: dict[str, Callable[[Ground, list[Subject]], Awaitable[None]]] = {
                "a": self._latency,
                "b": self._burst,
                "e": self._arrivals,
                "i": self._admissions,
                "d": self._starts,  # last: it stops everybody, and makes more rooms
            }
            for part, measure in measures.items():
                if part in self.parts or (part == "b" and "c" in self.parts):
                    before = load_average()
                    await measure(ground, subjects)
                    self.report.load[part] = [before, load_average()]

    async def _step(self, doing: str, what: Awaitable[_T]) -> _T:
        task = self.progress.add_task(doing, total=1)
        result = await what
        self.progress.advance(task)
        return result

    async def _subjects(self, ground: Ground, stack: AsyncExitStack) -> list[Subject]:
        """Everybody, running, in their rooms, and having answered in each of them."""
        kithroom = await self._step("Making the community", Kithroom.open(ground))
        subjects = [*await peers(ground), Subject(KITHROOM, kithroom)]
        askers = [await ground.asker(f"asker-{number}") for number in range(ASKERS)]
        task = self.progress.add_task("Making everybody acquainted", total=ROOMS * len(subjects))
        for subject in subjects:
            await self._place(ground, subject, askers)
        stack.callback(kithroom.stop_all)
        await kithroom.start_all()
        for subject in subjects:
            stack.callback(subject.program.stop)
            if subject.program is not kithroom:
                subject.program.spawn()
            await subject.program.ready()
            for number, (asker, room) in enumerate(subject.places):
                if await asker.ask(room, patience=60) is None:
                    raise NoAnswerError(f"{subject.title} does not answer")
                if number < ROOMS:
                    self.progress.advance(task)
        return subjects

    async def _place(self, ground: Ground, subject: Subject, askers: list[Asker]) -> None:
        """Ten rooms, two people in each; first comes a place in every room, then the same rooms' other people."""
        pairs = [(askers[room % ASKERS], askers[(room + 1) % ASKERS]) for room in range(ROOMS)]
        rooms = [
            await ground.room([subject.program.account], [a.client, b.client], encrypted=subject.encrypted)
            for a, b in pairs
        ]
        for which in (0, 1):
            subject.places += [(pair[which], room) for pair, room in zip(pairs, rooms, strict=True)]

    async def _latency(self, _ground: Ground, subjects: list[Subject]) -> None:
        task = self.progress.add_task("(a) A question a second", total=self.sizes.questions * len(subjects))
        found = await latencies(subjects, self.sizes.questions, partial(self.progress.advance, task))
        self.report.rows += latency_rows(found)

    async def _burst(self, _ground: Ground, subjects: list[Subject]) -> None:
        bursts: dict[str, Burst] = {}
        cpu, memory = {}, {}
        # There and back, half of it each time: who comes later finds a homeserver that has kept more.
        half = self.sizes.burst // 2
        for subject in (*subjects, *reversed(subjects)):
            name = subject.title
            task = self.progress.add_task(f"(b) As fast as they go: {name}", total=half)
            came, spent, memory[name] = await burst_of(subject, half, partial(self.progress.advance, task))
            bursts[name] = came + bursts[name] if name in bursts else came
            cpu[name] = cpu.get(name, 0.0) + spent
        cpu = {name: spent / max(1, bursts[name].answered) for name, spent in cpu.items()}
        if "b" in self.parts:
            self.report.rows += burst_rows(bursts)
        if "c" in self.parts:
            self.report.rows += cost_rows(cpu, memory)

    async def _arrivals(self, ground: Ground, subjects: list[Subject]) -> None:
        sizes = self.sizes
        everybody = await self._step("(e) Making many devices", crowd(ground, sizes.people, sizes.devices))
        found = {}
        for subject in subjects:
            task = self.progress.add_task(f"(e) Newcomers: {subject.title}", total=sizes.newcomers + 1)
            found[subject.title] = await arrivals(
                ground,
                subject,
                everybody,
                sizes.newcomers,
                sizes.beside,
                partial(self.progress.advance, task),
            )
        self.report.rows += arrival_rows(found, sizes.people * sizes.devices)

    async def _admissions(self, ground: Ground, subjects: list[Subject]) -> None:
        sizes = self.sizes
        making = self._step("(i) Making hundreds of people", crowd(ground, sizes.members, sizes.devices_each, "member"))
        everybody = await making
        found = {}
        # Those who encrypt: the others have nothing to do for a device.
        for subject in (each for each in subjects if each.encrypted):
            task = self.progress.add_task(f"(i) One more: {subject.title}", total=sizes.admitted)
            advance = partial(self.progress.advance, task)
            found[subject.title] = await admissions(ground, subject, everybody, sizes.admitted, advance)
        self.report.rows += admission_rows(found, sizes.members, sizes.devices_each, PLAIN_NIO)

    async def _greetings(self, ground: Ground) -> None:
        sizes = self.sizes
        task = self.progress.add_task("(f) Making people", total=sizes.greeted)
        newcomers = await people(ground, sizes.greeted, partial(self.progress.advance, task))
        found: dict[str, Greeted] = {}
        async with AsyncExitStack() as stack:
            greeter = await nio_greeter(ground)
            stack.callback(greeter.stop)
            greeter.spawn()
            await greeter.ready()
            kithroom = await Kithroom.open(ground, "greeting")
            stack.callback(kithroom.stop_all)
            await kithroom.start_all()
            welcome = await kithroom.welcoming()
            for title, lobby, bot, pid in (
                (KITHROOM, *welcome),
                # Last: it may leave a homeserver behind that is still busy.
                (GREETER, await ground.public_room(greeter.account), greeter.account.user_id, greeter.pid),
            ):
                task = self.progress.add_task(f"(f) Newcomers: {title}", total=sizes.greeted)
                advance = partial(self.progress.advance, task)
                found[title] = await greetings(lobby, bot, pid, newcomers, sizes.greeted_every, advance)
        self.report.rows += greeting_rows(found, GREETER)

    async def _ladder(self) -> None:
        sizes = self.sizes
        async with AsyncExitStack() as stack:
            limited = open_ground(self.folder / "limited", but_for_messages=True)
            ground = await self._step("Starting a homeserver with limits", stack.enter_async_context(limited))
            task = self.progress.add_task("(g) Making rooms", total=sizes.banned)
            kithroom, moderator, member, office = await opened(
                ground, sizes.banned, partial(self.progress.advance, task)
            )
            stack.callback(kithroom.stop_all)
            await self._step("(g) Letting the bots come in", settled_in(ground, kithroom))
            task = self.progress.add_task("(g) A command a second", total=sizes.commands)
            actions = await first_actions(moderator, sizes.commands, partial(self.progress.advance, task))
            await ground.exempt(kithroom.account_of(BotName.MODERATION).user_id, exempt=False)
            task = self.progress.add_task("(g) One ban in many rooms", total=sizes.banned)
            advance = partial(self.progress.advance, task)
            bans = await one_ban(moderator, office, member.user_id, sizes.banned, advance)
        self.report.rows += ladder_rows(actions, bans)

    async def _starts(self, ground: Ground, subjects: list[Subject]) -> None:
        found: dict[int, dict[str, float]] = {}
        for rooms in (ROOMS, self.sizes.many_rooms):
            if rooms > ROOMS:
                for subject in subjects:
                    subject.program.stop()
                await self._step(f"(d) Making {rooms} rooms", more_rooms(ground, subjects, rooms - ROOMS))
                for subject in subjects:
                    subject.program.spawn()
                    await subject.program.ready()
            task = self.progress.add_task(f"(d) Starting, with {rooms} rooms", total=len(subjects))
            found[rooms] = {}
            for subject in subjects:
                found[rooms][subject.title] = await starts(subject, self.sizes.starts)
                self.progress.advance(task)
        self.report.rows += start_rows(found)
