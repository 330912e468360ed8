# SPDX-License-Identifier: Apache-2.0
"""`kithroom pack add`: what a pack would put where, and putting it there.

Each file is a new one beside the organiser's own, whose lines and comments nobody touches. What they wrote or edited
stays. The files are written whole and in an order in which the folder is right after each, so that it can be stopped
anywhere and run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bots.cli.packs.manifest import Pack
from bots.cli.packs.opening import Contents, contents
from bots.cli.packs.packing import dumped
from bots.cli.packs.record import Added, hash_of, record_of, remembered
from bots.cli.sorry import Sorry
from bots.cli.workbench import put, sifted, workbench
from bots.core.community import Community
from bots.core.documents import SettingsError, Value, read
from bots.core.settings import load_community
from bots.resources.exchange import Draft, Here, settled, to_yaml


class What(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    SAME = "as it is"
    YOURS = "yours stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One file of the community: what becomes of it, its text (None: it goes, or stays), and in words, what it is."""

    file: Path
    what: What
    says: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that adding the pack would do. `left_out` are sentences about what is in it and does not come.

    `slang` (each phrase with its language), `guidelines` and `library` are what would be written anew of these.
    """

    pack: Pack
    added: Added
    steps: tuple[Step, ...]
    slang: tuple[tuple[str, str], ...]
    guidelines: tuple[Mapping[str, Value], ...]
    library: tuple[Mapping[str, Any], ...]
    left_out: tuple[str, ...]

    @property
    def writes(self) -> dict[Path, str]:
        """The files that would be written, in this order."""
        return _texts(self.steps)

    @property
    def goes(self) -> tuple[Path, ...]:
        """The files of an earlier version that would be taken away."""
        return tuple(step.file for step in self.steps if step.what is What.GONE)


def plan(folder: Path, pack: Pack, *, room_name: str | None = None, room_topic: str | None = None) -> Plan:
    """What adding the pack to the community in `folder` would do. Writes nothing. Raises Sorry, SettingsError."""
    added = remembered(folder, pack)
    added = replace(added, room_name=room_name or added.room_name, room_topic=room_topic or added.room_topic)
    inside, community = contents(pack), load_community(folder)
    planning = _Planning(folder, pack, added, community)
    planning.condition(inside)
    planning.file(Path("slang", f"{pack.id}.yaml"), {"slang": inside.slang} if inside.slang else None, _phrases(inside))
    planning.guidelines(inside)
    # Entries are judged one by one, and what they are about has to be right for that.
    _try(folder, _texts(planning.steps))
    planning.library(inside)
    written = _texts(planning.steps)
    found = Plan(
        pack=pack,
        added=added,
        steps=tuple(planning.steps),
        slang=tuple(_spoken(inside)) if Path("slang", f"{pack.id}.yaml") in written else (),
        guidelines=tuple(planning.rules) if _rules_of(pack) in written else (),
        library=tuple(planning.entries) if _shelf_of(pack) in written else (),
        left_out=tuple(planning.left_out),
    )
    _try(folder, found.writes, found.goes)
    return found


def add(folder: Path, found: Plan) -> None:
    """Write it. Whatever is there of the pack already is gone on with."""
    writes = found.writes
    record = record_of(found.pack.id)
    if writes or found.goes:
        put(folder, {record: found.added.with_files(writes).text(), **writes})
        for file in found.goes:
            (folder / file).unlink(missing_ok=True)
    kept = {step.file for step in found.steps if step.what in (What.NEW, What.CHANGED, What.SAME)}
    hashes = {file.as_posix(): [hash_of((folder / file).read_bytes())] for file in sorted(kept)}
    edited = {step.file.as_posix() for step in found.steps if step.what is What.YOURS}
    still = {name: known for name, known in found.added.files.items() if name in edited}
    put(folder, {record: replace(found.added, files={**still, **hashes}).text()})


class _Planning:
    """One file after the other, in the order in which they are written."""

    def __init__(self, folder: Path, pack: Pack, added: Added, community: Community) -> None:
        self._folder, self._pack, self._added, self._community = folder, pack, added, community
        self.steps: list[Step] = []
        self.rules: list[Mapping[str, Value]] = []
        self.entries: list[Mapping[str, Any]] = []
        self.left_out: list[str] = []

    def condition(self, inside: Contents) -> None:
        """The condition and its room, unless the organiser has it elsewhere."""
        file = Path("conditions", f"{self._pack.id}.yaml")
        if self._community.condition(self._pack.id) is not None and not (self._folder / file).exists():
            says = "you have this condition: your room, names and synonyms stay as they are"
            self.steps.append(Step(file=file, what=What.YOURS, says=says))
            return
        named = {"room_name": self._added.room_name, "room_topic": self._added.room_topic}
        values = {**inside.condition, **{key: text for key, text in named.items() if text is not None}}
        self.file(file, {"conditions": [values]}, f"the condition, and a room called “{values.get('room_name')}”")

    def guidelines(self, inside: Contents) -> None:
        """What it adds to the guidelines in its room."""
        file = _rules_of(self._pack)
        ours = self._ids(file, "guidelines")
        rules = self._community.guidelines_in(self._pack.id).items
        there = {item.id for item in rules} - ours
        self.rules = coming = [item for item in inside.guidelines if item.get("id") not in there]
        self.left_out += (
            f"The guideline `{item.get('id')}`: you have one of that id."
            for item in inside.guidelines
            if item.get("id") in there
        )
        self.file(file, {"guidelines": coming} if coming else None, f"{len(coming)} guidelines more in that room")

    def library(self, inside: Contents) -> None:
        """Its entries, but for those that the organiser has."""
        file = _shelf_of(self._pack)
        own = {entry.id for entry in self._community.library if entry.shared_by is None} - self._ids(file, "resources")
        conditions = {self._pack.id, *(each.id for each in self._community.conditions)}
        here = Here(conditions=conditions, topics={each.id for each in self._community.topics})
        fitting, unfit = settled([Draft(at, values) for at, values in enumerate(inside.library, start=1)], here)
        coming = [draft for draft in fitting if draft.values["id"] not in own]
        good, wrong = sifted(coming, file, self._folder, _texts(self.steps))
        self.entries = [draft.values for draft in good]
        self.left_out += (f"The entry `{name}`: {why}" for name, why in unfit.items())
        self.left_out += wrong
        if doubled := [str(draft.values["id"]) for draft in fitting if draft.values["id"] in own]:
            self.left_out.append(f"Entries that you have: {', '.join(doubled)}.")
        self._step(file, to_yaml(good, self._comment) if good else None, f"{len(good)} entries of the library")

    def file(self, file: Path, value: Mapping[str, Any] | None, says: str) -> None:
        """A file with this value in it; None: the pack has nothing for it."""
        head = "# SPDX-License-Identifier: Apache-2.0\n" + "".join(f"# {line}\n" for line in self._comment.splitlines())
        self._step(file, dumped(value, head) if value else None, says)

    @property
    def _comment(self) -> str:
        return (
            f"From the pack {self._pack.id}, signed by {self._pack.key}.\n"
            "Edit it, and the next version leaves it as it is."
        )

    def _step(self, file: Path, text: str | None, says: str) -> None:
        there = (self._folder / file).exists()
        if text is None and not there:
            return
        if there and not self._added.wrote(self._folder, file):
            self.steps.append(Step(file=file, what=What.YOURS, says="you wrote or edited this file"))
        elif text is None:
            self.steps.append(Step(file=file, what=What.GONE, says="the pack has this no more"))
        elif there and (self._folder / file).read_text("utf-8") == text:
            self.steps.append(Step(file=file, what=What.SAME, says=says))
        else:
            self.steps.append(Step(file=file, what=What.CHANGED if there else What.NEW, says=says, text=text))

    def _ids(self, file: Path, key: str) -> set[str]:
        """The ids in a file that is there of the pack already."""
        document = read(self._folder / file, []) if (self._folder / file).exists() else None
        listed: Value = document.value.get(key) if document and isinstance(document.value, dict) else None
        return {str(each["id"]) for each in listed or () if isinstance(each, dict) and "id" in each}


def _rules_of(pack: Pack) -> Path:
    return Path("guidelines", pack.id, "pack.yaml")


def _shelf_of(pack: Pack) -> Path:
    return Path("library", f"pack-{pack.id}.yaml")


def _texts(steps: Sequence[Step]) -> dict[Path, str]:
    return {step.file: step.text for step in steps if step.text is not None}


def _phrases(inside: Contents) -> str:
    return f"{len(_spoken(inside))} phrases that are no cry for help in that room"


def _spoken(inside: Contents) -> list[tuple[str, str]]:
    """Each phrase with its language."""
    return [
        (language, str(phrase))
        for language, phrases in inside.slang.items()
        for phrase in (phrases if isinstance(phrases, list) else ())
    ]


def _try(folder: Path, writes: Mapping[Path, str], goes: Sequence[Path] = ()) -> None:
    """Raises Sorry where the folder would not be right with all of it."""
    with workbench(folder) as bench:
        put(bench, writes)
        for file in goes:
            (bench / file).unlink(missing_ok=True)
        try:
            load_community(bench)
        except SettingsError as error:
            told = _told(error, bench)
            raise Sorry("The pack does not fit here, and nothing was written.\n" + "\n".join(told)) from None


def _told(error: SettingsError, bench: Path) -> Sequence[str]:
    return [
        f"{mistake.file.relative_to(bench)}: {' '.join(filter(None, (mistake.message, mistake.hint)))}"
        for mistake in error.mistakes
    ]
