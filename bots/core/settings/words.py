# SPDX-License-Identifier: Apache-2.0
"""The organiser's own wording, for the whole community or for one room, and all that is said together with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bots.core.community import Community
from bots.core.documents import Document, Mistake, did_you_mean, read
from bots.core.language import STYLES, Catalogue, Entry, placeholders, shipped_words, spoken
from bots.core.rooms import RoomRole
from bots.core.settings.validators import Known


def load_catalogue(community: Community) -> Catalogue:
    """All that the bots say, in the community's languages and with its own wording."""
    languages = dict.fromkeys((community.default_language, *community.languages))
    return Catalogue.load(shipped_words(), tuple(languages), community.words, community.room_words)


def not_spoken(community: Community) -> tuple[str, ...]:
    """The community's languages that the bots do not speak. What the organiser's own words lack is said in English."""
    shipped = spoken(shipped_words())
    return tuple(code for code in community.languages if code.partition("-")[0] not in shipped)


@dataclass(frozen=True)
class OwnWords:
    """What lies in `folder`: `<language>.yaml`, and `<place>/<language>.yaml` for a single room.

    It is checked against the catalogues in `shipped`. What is wrong goes on `mistakes`.
    """

    folder: Path
    shipped: Sequence[Path]
    known: Known
    mistakes: list[Mistake]

    def everywhere(self) -> dict[str, dict[str, Entry]]:
        """What is said in these words in the whole community, by language and key."""
        return self._wording(self.folder)

    def of_rooms(self) -> dict[str, dict[str, dict[str, Entry]]]:
        """The same for single rooms, by place: "lobby", "moderators", or a condition's id."""
        places = (RoomRole.LOBBY.value, RoomRole.MODERATORS.value, *self.known.conditions)
        found: dict[str, dict[str, dict[str, Entry]]] = {}
        for room in sorted(path for path in self.folder.glob("*") if path.is_dir()):
            if room.name in places:
                found[room.name] = self._wording(room)
            else:
                hint = did_you_mean(room.name, places) or f"There are: {', '.join(places)}."
                self.mistakes.append(Mistake(room, 1, 1, f"There is no room `{room.name}` to have words.", hint))
        return found

    @cached_property
    def _said(self) -> Mapping[str, Entry]:
        """What the bots say, in English."""
        return Catalogue.read(self.shipped, ("en",), []).get("en", {})

    def _wording(self, folder: Path) -> dict[str, dict[str, Entry]]:
        found = Catalogue.read([folder], self.known.languages, self.mistakes)
        for file in sorted(folder.glob("*.yaml")):
            if file.stem not in self.known.languages:
                message = f"`{file.stem}` is not one of the community's languages."
                self.mistakes.append(Mistake(file, 1, 1, message, "Add it to `languages` in community.yaml."))
                continue
            document = read(file, [])
            for key, entry in found.get(file.stem, {}).items():
                assert document is not None
                self.mistakes.extend(_mistakes_of(document, key, entry, self._said))
        return found


def _mistakes_of(document: Document, key: str, entry: Entry, said: Mapping[str, Entry]) -> Iterator[Mistake]:
    if key not in said:
        hint = did_you_mean(key, list(said))
        yield document.mistake((key,), f"The bots say nothing called `{key}`.", hint, key=True)
        return
    known = placeholders(said[key])
    for name, style in placeholders(entry).items():
        if name not in known:
            there_are = f"There are: {', '.join(f'{{{name}}}' for name in known) or 'none'}."
            hint = did_you_mean(name, list(known)) or there_are
            yield document.mistake((key,), f"`{{{name}}}` is nothing that `{key}` is told.", hint)
        elif style and style not in STYLES:
            hint = did_you_mean(style, list(STYLES))
            yield document.mistake((key,), f"Nothing is written in the style `{style}`.", hint)
