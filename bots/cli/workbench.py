# SPDX-License-Identifier: Apache-2.0
"""A copy of the community's folder, where something can be tried before it is kept."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bots.core.documents import Mistake, SettingsError
from bots.core.settings import Elsewhere, load_community
from bots.resources.exchange import Draft, to_yaml

_ENTRY = re.compile(r"^  - ", re.MULTILINE)


@contextmanager
def workbench(folder: Path) -> Iterator[Path]:
    """The folder's YAML files, copied to a place that is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        bench = Path(place, "folder")
        shutil.copytree(folder, bench, ignore=_all_but_yaml)
        yield bench


def put(folder: Path, files: Mapping[Path, str]) -> None:
    """Write the files, each whole or not at all, and in this order. Their paths are relative to the folder."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)


def sifted(
    drafts: Sequence[Draft], target: Path, folder: Path, beside: Mapping[Path, str] | None = None
) -> tuple[list[Draft], tuple[str, ...]]:
    """The drafts that can stand in the file `target` of the folder, and what is wrong with the others.

    `beside` are other files that will be there. Raises SettingsError where the folder has mistakes of its own.
    """
    good, wrong = list(drafts), []
    with workbench(folder) as bench:
        put(bench, beside or {})
        while good:
            text = to_yaml(good)
            put(bench, {target: text})
            elsewhere: list[Elsewhere] = []
            try:
                load_community(bench, elsewhere=elsewhere)
                mistakes: Sequence[Mistake] = ()
            except SettingsError as error:
                mistakes = error.mistakes
            # Nobody brings in what would be left out.
            bad = dict(_by_entry([*mistakes, *(each.place for each in elsewhere)], text, bench / target))
            if mistakes and not bad:
                raise SettingsError(mistakes)
            if not bad:
                break
            for index in sorted(bad, reverse=True):
                draft = good.pop(index)
                wrong.append(f"Entry {draft.line} ({draft.values.get('id', 'without an id')}): {bad[index]}")
    return good, tuple(reversed(wrong))


def _all_but_yaml(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith((".yaml", ".yml")) and not Path(folder, name).is_dir()}


def _by_entry(mistakes: Sequence[Mistake], text: str, file: Path) -> Iterator[tuple[int, str]]:
    """Which entry of the file each mistake is in, and all that is wrong with it."""
    starts = [text.count("\n", 0, found.start()) + 1 for found in _ENTRY.finditer(text)]
    told: dict[int, list[str]] = {}
    for mistake in mistakes:
        if mistake.file == file and starts and mistake.line >= starts[0]:
            index = sum(start <= mistake.line for start in starts) - 1
            told.setdefault(index, []).append(" ".join(filter(None, (mistake.message, mistake.hint))))
    yield from ((index, " ".join(dict.fromkeys(sentences))) for index, sentences in told.items())
