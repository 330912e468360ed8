# SPDX-License-Identifier: Apache-2.0
"""The guidelines' files: the community's, which every room inherits, and what single rooms change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bots.core.community import Guidelines
from bots.core.documents import Document, Mistake, did_you_mean, read
from bots.core.rooms import RoomRole
from bots.core.settings.forms import Form
from bots.core.settings.guideline_forms import GuidelinesForm, MoreGuidelinesForm, RoomGuidelinesForm, changed

F = TypeVar("F", bound=Form)
MAIN = "guidelines.yaml"


@dataclass
class GuidelineFiles:
    """The folder `guidelines`. `form` makes a form of a document; what is wrong goes into `mistakes`."""

    folder: Path
    conditions: Sequence[str]
    mistakes: list[Mistake]
    form: Callable[[Document | None, type[F]], F | None]

    def __post_init__(self) -> None:
        main = read(self.folder / MAIN, self.mistakes)
        others = [file for file in sorted(self.folder.glob("*.yaml")) if file.name != MAIN]
        self._main, self._more = main, [document for file in others if (document := read(file, self.mistakes))]

    @property
    def documents(self) -> list[Document]:
        """The community's own, the first one first."""
        return [*([self._main] if self._main else []), *self._more]

    def community(self) -> Guidelines | None:
        """What holds everywhere: in the order of the files, `guidelines.yaml` first."""
        main = self.form(self._main, GuidelinesForm)
        more = [self.form(document, MoreGuidelinesForm) for document in self._more]
        if main is None or any(file is None for file in more):
            return None
        items = [item.made() for file in (main, *more) if file for item in file.guidelines]
        return Guidelines(version=main.version, items=tuple(items))

    def rooms(self, community: Guidelines | None) -> dict[str, Guidelines]:
        """What holds in rooms that change something, by place: "lobby" or a condition's id."""
        places = (RoomRole.LOBBY.value, *self.conditions)
        found: dict[str, Guidelines] = {}
        for room in sorted(path for path in self.folder.glob("*") if path.is_dir()):
            if room.name not in places:
                hint = did_you_mean(room.name, places) or f"There are: {', '.join(places)}."
                self.mistakes.append(Mistake(room, 1, 1, f"There is no room `{room.name}` to have guidelines.", hint))
                continue
            files = [self._room(file, community) for file in sorted(room.glob("*.yaml"))]
            if community is not None:
                found[room.name] = changed(community, [file for file in files if file])
        return found

    def _room(self, file: Path, community: Guidelines | None) -> RoomGuidelinesForm | None:
        document = read(file, self.mistakes)
        form = self.form(document, RoomGuidelinesForm)
        if form is None or document is None or community is None:
            return form
        known = [item.id for item in community.items]
        for place, name in enumerate(form.without):
            if name not in known:
                message = f"There is no guideline `{name}` to leave out."
                self.mistakes.append(document.mistake(("without", place), message, did_you_mean(name, known)))
        for place, change in enumerate(form.guidelines):
            if change.id not in known and not change.text:
                message = f"There is no guideline `{change.id}` to change."
                hint = did_you_mean(change.id, known) or "A new one needs `text`, `why` and `source`."
                self.mistakes.append(document.mistake(("guidelines", place, "id"), message, hint))
        return form


def differences(community: Guidelines, room: Guidelines) -> tuple[tuple[str, str], ...]:
    """What a room changes: (`added`, `changed` or `left out`, the guideline's id)."""
    before, after = ({item.id: item for item in rules.items} for rules in (community, room))
    return (
        *(("left out", name) for name in before if name not in after),
        *(("changed", name) for name, item in after.items() if name in before and item != before[name]),
        *(("added", name) for name in after if name not in before),
    )
