# SPDX-License-Identifier: Apache-2.0
"""`kithroom pack export`: what a community knows about one condition, as a folder for others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bots.cli.packs.manifest import CONDITION, FILES, GUIDELINES, LIBRARY, NAME, SLANG, manifest
from bots.cli.packs.opening import open_pack
from bots.cli.publisher import publisher_key
from bots.cli.sorry import Sorry
from bots.cli.workbench import put
from bots.core.community import Community, Condition, Guideline
from bots.core.documents import did_you_mean, read
from bots.core.settings import load_community
from bots.core.signing import signed
from bots.resources.exchange import drafts_of, to_yaml

_HEAD = "# SPDX-License-Identifier: Apache-2.0\n"


def export(
    folder: Path,
    condition: str,
    target: Path,
    key_file: Path,
    *,
    licence: str,
    reviewed: tuple[tuple[str, date], ...],
    version: int | None = None,
) -> int:
    """Write the pack, as its next version unless one is named; gives the version. Raises Sorry, SettingsError."""
    community = load_community(folder)
    found = community.condition(condition)
    if found is None:
        known = [each.id for each in community.conditions]
        hint = did_you_mean(condition, known) or f"There are: {', '.join(known)}."
        raise Sorry(f"There is no condition `{condition}` in {folder}. {hint}")
    before = _before(target, condition)
    version = version or before + 1
    if version <= before:
        raise Sorry(f"There is version {before} in {target} already: a version that others have is never another.")
    files = {name: text.encode() for name, text in _files(folder, community, found).items()}
    said = manifest(condition, version, files, publisher=community.name, licence=licence, reviewed=reviewed)
    whole = json.dumps(signed(said, publisher_key(key_file, folder)), ensure_ascii=False, indent=1) + "\n"
    put(target, {Path(name): raw.decode() for name, raw in files.items()})
    for name in FILES:
        if name not in files:
            (target / name).unlink(missing_ok=True)
    put(target, {Path(NAME): whole})
    return version


def dumped(value: Mapping[str, Any], head: str = _HEAD) -> str:
    """YAML as a person would write it. Whatever is text in the value is text there."""
    return f"{head}\n{yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)}"


def _before(target: Path, condition: str) -> int:
    """The version that is in the folder; 0 if nothing is. Raises Sorry where something else is."""
    if not target.exists() or not any(target.iterdir()):
        return 0
    if not (target / NAME).exists():
        raise Sorry(f"{target} is not empty, and no pack. Name a folder that is not there yet.")
    there = open_pack(target)
    if there.id != condition:
        raise Sorry(f"{target} is a pack about {there.id}. Name another folder.")
    return there.version


def _files(folder: Path, community: Community, condition: Condition) -> dict[str, str]:
    texts = {CONDITION: dumped({"conditions": [_condition(condition)]})}
    everywhere = {item.id for item in community.guidelines.items}
    added = [item for item in community.guidelines_in(condition.id).items if item.id not in everywhere]
    if added:
        texts[GUIDELINES] = dumped({"guidelines": [_guideline(item) for item in added]})
    document = read(file, []) if (file := folder / "slang" / f"{condition.id}.yaml").exists() else None
    if document is not None and isinstance(document.value, dict):
        texts[SLANG] = dumped(document.value)
    entries = [entry for entry in community.library if condition.id in entry.conditions and entry.shared_by is None]
    if entries:
        texts[LIBRARY] = to_yaml(drafts_of(entries))
    return texts


def _condition(condition: Condition) -> dict[str, Any]:
    synonyms = {language: list(words) for language, words in condition.synonyms.items()}
    return {
        "id": condition.id,
        "name": dict(condition.name),
        **({"synonyms": synonyms} if synonyms else {}),
        "room_name": condition.room_name,
        "room_topic": condition.room_topic,
    }


def _guideline(item: Guideline) -> dict[str, Any]:
    said = {"id": item.id, "text": dict(item.text), "why": dict(item.why), "source": item.source}
    more = {"reminder": dict(item.reminder), "words": list(item.words), "patterns": list(item.patterns)}
    return said | {key: value for key, value in more.items() if value}
