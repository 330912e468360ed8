# SPDX-License-Identifier: Apache-2.0
"""A subscription as it lies in the community's folder, in `subscriptions/<name>/`.

`source.yaml` says where the feed is, whose key it has, and how far it is trusted; it is the organiser's to edit.
`library.yaml` has the entries that are shown; whatever is edited there, or taken out, stays so.
`taken.json` remembers how the entries came, and which feed was the last: an older one is not taken.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from bots.cli.sorry import Sorry
from bots.cli.workbench import put
from bots.core.documents import Mistake, SettingsError, read
from bots.core.settings.more_files import Trust, read_source
from bots.resources.exchange import Draft, Feed, to_yaml

FOLDER = Path("subscriptions")
_SOURCE = """\
# SPDX-License-Identifier: Apache-2.0
# Another community's library. `trust` is show (as theirs), ask (you say yes to each), or off.
"""
_HEAD = """\
What {title} shares, as theirs. Edit an entry, or take it out: the next update leaves it so.
`kithroom library feed update` writes this file anew; comments are not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One community that is subscribed to. `taken` has the digests of each entry as it came, by id.

    `made` and `digest` are the last feed's (None: there was none yet).
    """

    name: str
    title: str
    url: str
    key: str
    trust: Trust
    entries: tuple[Draft, ...] = ()
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)
    made: datetime | None = None
    digest: str | None = None

    @property
    def folder(self) -> Path:
        """Where it lies, in the community's folder."""
        return FOLDER / self.name

    @property
    def shelf(self) -> Path:
        """The file with its entries."""
        return self.folder / "library.yaml"

    @property
    def prefix(self) -> str:
        """What the ids of its entries begin with here, so that they are nobody else's."""
        return f"{self.name}-"

    @classmethod
    def read(cls, community: Path, name: str) -> Self:
        """The subscription of that name. Raises Sorry where there is none, and SettingsError."""
        if name not in names(community):
            raise _unknown(community, name)
        folder = community / FOLDER / name
        source = read_source(folder / "source.yaml")
        memory = _memory(folder / "taken.json")
        return cls(
            name=name,
            title=source.title,
            url=source.url,
            key=source.key,
            trust=Trust(source.trust),
            entries=_entries(folder / "library.yaml"),
            **memory,
        )


def names(community: Path) -> tuple[str, ...]:
    """The subscriptions of the community in this folder."""
    return tuple(sorted(file.parent.name for file in (community / FOLDER).glob("*/source.yaml")))


def source_text(subscription: Subscription) -> str:
    """`source.yaml` for it. JSON's strings are YAML's, too: nothing in them becomes anything else."""
    said = {key: getattr(subscription, key) for key in ("title", "url", "key", "trust")}
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
    return f"{_SOURCE}{lines}"


def keep(
    community: Path, subscription: Subscription, feed: Feed, entries: Collection[Draft], taken: Mapping[str, Any]
) -> None:
    """Write the entries, and how they came. Wherever this is stopped, the next update goes on from there."""
    # What changes is known in both forms until it is written: in neither does it look edited.
    both = {name: sorted({*known, *taken.get(name, ())}) for name, known in subscription.taken.items() if name in taken}
    before = {"made": subscription.made.isoformat() if subscription.made else None, "digest": subscription.digest}
    put(
        community,
        {
            subscription.folder / "taken.json": _json({**before, "entries": {**subscription.taken, **both}}),
            subscription.shelf: to_yaml(entries, _HEAD.format(title=subscription.title)),
        },
    )
    after = {"made": feed.made.isoformat(), "digest": feed.digest, "entries": taken}
    put(community, {subscription.folder / "taken.json": _json(after)})


def forget(community: Path, name: str) -> None:
    """Take it all away, whatever state it is in. Raises Sorry where there is none of that name."""
    if name not in names(community):
        raise _unknown(community, name)
    shutil.rmtree(community / FOLDER / name)


def _unknown(community: Path, name: str) -> Sorry:
    known = ", ".join(names(community)) or "none"
    return Sorry(f"There is no subscription called {name}. There are: {known}.")


def _entries(file: Path) -> tuple[Draft, ...]:
    if not file.exists():
        return ()
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None or mistakes:
        raise SettingsError(mistakes)
    listed = document.value.get("resources") if isinstance(document.value, dict) else None
    entries = [each for each in listed or () if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(Draft(number, each) for number, each in enumerate(entries, start=1))


def _memory(file: Path) -> dict[str, Any]:
    """What `taken.json` remembers. Raises Sorry where somebody spoilt it: then nothing tells an old feed from a new."""
    if not file.exists():
        return {}
    try:
        value = json.loads(file.read_text("utf-8"))
        return {
            "made": datetime.fromisoformat(value["made"]) if value["made"] else None,
            "digest": value["digest"],
            "taken": {str(name): tuple(map(str, digests)) for name, digests in value["entries"].items()},
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Sorry(f"{file} can't be read. Get it back from a backup, or unsubscribe and subscribe again.") from None


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1, sort_keys=True, default=list) + "\n"
