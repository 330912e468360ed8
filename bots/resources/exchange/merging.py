# SPDX-License-Identifier: Apache-2.0
"""What another community shares, put together with what is here already: what was done here by hand stays.

Three are compared: what they share now, what is here, and what was taken from them the last time. An entry that is
not as it was taken was edited here; one that was taken and is not here was taken out here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bots.core.signing import canonical
from bots.resources.exchange.draft import Draft

# The digests of an entry as it was taken: two, while an update is being written.
Taken = Mapping[str, Collection[str]]


class What(StrEnum):
    """What becomes of an entry."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    WAITS = "waiting for your yes"
    EDITED = "edited here, stays"
    HIDDEN = "taken out here, stays out"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry, what becomes of it, and where it leads ("": nowhere)."""

    what: What
    id: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The entries that will be here, as what they were taken, and everything that is worth telling."""

    entries: tuple[Draft, ...]
    taken: Mapping[str, tuple[str, ...]]
    changes: tuple[Change, ...]

    @property
    def differs(self) -> bool:
        """Whether anything would be written."""
        return any(change.what in (What.NEW, What.CHANGED, What.GONE) for change in self.changes)


def digest(draft: Draft) -> str:
    """Tells two versions of an entry apart, whether it was read from JSON or from YAML."""
    return hashlib.sha256(canonical({key: _plain(value) for key, value in draft.values.items()})).hexdigest()


def merged(
    theirs: Iterable[Draft],
    here: Iterable[Draft],
    taken: Taken,
    *,
    waits: bool = False,
    yes: Collection[str] = (),
    unreadable: Collection[str] = (),
) -> Merged:
    """Theirs and ours together.

    Where new and changed entries wait, those in `yes` do not; and an id in `yes` is taken as theirs whatever was done
    to it here. What is `unreadable` now stays as it was.
    """
    deciding = _Deciding(waits, yes, taken, {str(draft.values["id"]): draft for draft in here})
    named = set[str]()
    for draft in theirs:
        deciding.shared(draft)
        named.add(str(draft.values["id"]))
    deciding.not_shared(named, unreadable)
    return Merged(entries=tuple(deciding.entries), taken=deciding.now_taken, changes=tuple(deciding.changes))


class _Deciding:
    def __init__(self, waits: bool, yes: Collection[str], taken: Taken, here: Mapping[str, Draft]) -> None:
        self._waits, self._yes, self._taken, self._here = waits, yes, taken, here
        self.entries: list[Draft] = []
        self.now_taken: dict[str, tuple[str, ...]] = {}
        self.changes: list[Change] = []

    def shared(self, draft: Draft) -> None:
        """One of theirs."""
        name = str(draft.values["id"])
        ours, base = self._here.get(name), self._taken.get(name)
        if ours is not None and digest(ours) == digest(draft):
            self._take(draft)
        elif name in self._yes:
            self._tell(What.NEW if ours is None else What.CHANGED, draft)
            self._take(draft)
        elif ours is None and base is not None:
            self._tell(What.HIDDEN, draft)
            self.now_taken[name] = tuple(base)
        elif ours is not None and base is not None and digest(ours) not in base:
            self._tell(What.EDITED, ours)
            self._stay(ours)
        elif self._waits:
            self._tell(What.WAITS, draft)
            if ours is not None:
                self._stay(ours)
        else:
            self._tell(What.NEW if ours is None else What.CHANGED, draft)
            self._take(draft)

    def not_shared(self, named: Collection[str], unreadable: Collection[str]) -> None:
        """What is here and not among theirs (any more)."""
        for name, ours in self._here.items():
            if name in named:
                continue
            if name in unreadable:
                self._stay(ours)
            elif name in self._taken and digest(ours) not in self._taken[name]:
                self._tell(What.EDITED, ours)
                self._stay(ours)
            else:
                self._tell(What.GONE, ours)
        for name in unreadable:
            if name in self._taken and name not in self._here:
                self.now_taken[name] = tuple(self._taken[name])

    def _take(self, draft: Draft) -> None:
        self.entries.append(draft)
        self.now_taken[str(draft.values["id"])] = (digest(draft),)

    def _stay(self, ours: Draft) -> None:
        name = str(ours.values["id"])
        self.entries.append(ours)
        self.now_taken[name] = tuple(self._taken.get(name, (digest(ours),)))

    def _tell(self, what: What, draft: Draft) -> None:
        title = draft.values.get("title")
        text = next(iter(title.values()), "") if isinstance(title, Mapping) else str(title or "")
        self.changes.append(Change(what, str(draft.values["id"]), text, str(draft.values.get("url", ""))))


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case None:
            return None
    return str(value)
