# SPDX-License-Identifier: Apache-2.0
"""What is beside `community.yaml`: more conditions, their slang, and what other communities share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from bots.core.documents import Document, Mistake, SettingsError, read
from bots.core.library import Resource
from bots.core.settings.elsewhere import Elsewhere, elsewhere, slip_of
from bots.core.settings.forms import ConditionForm, Form
from bots.core.settings.kinds import PublicKey, Url
from bots.core.settings.library_forms import LibraryForm
from bots.core.settings.telling import in_plain_words
from bots.core.settings.text_kinds import Language, Text
from bots.core.settings.validators import once, one_of

F = TypeVar("F", bound=Form)
# More of them would not be read by those who have to answer for them.
_MOST_PHRASES = 200
Phrase = Annotated[str, Field(min_length=4, max_length=80)]


class ConditionsForm(Form):
    """A file in `conditions/`."""

    conditions: Annotated[list[ConditionForm], Field(min_length=1)]


class SlangForm(Form):
    """A file in `slang/`."""

    slang: dict[Language, Annotated[list[Phrase], Field(max_length=_MOST_PHRASES), AfterValidator(once)]]


class Trust(StrEnum):
    """What becomes of another community's entries: shown as theirs, shown when somebody here has said yes, or not."""

    SHOW = "show"
    ASK = "ask"
    OFF = "off"


class SourceForm(Form):
    """`subscriptions/<name>/source.yaml`."""

    title: Annotated[Text, Field(max_length=100)]
    url: Url
    key: PublicKey
    trust: Annotated[str, AfterValidator(one_of(*Trust))] = Trust.ASK


def read_source(file: Path) -> SourceForm:
    """A subscription's `source.yaml`. Raises SettingsError."""
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None or mistakes:
        raise SettingsError(mistakes)
    try:
        return SourceForm.model_validate(document.value or {})
    except ValidationError as error:
        raise SettingsError([in_plain_words(document, SourceForm, each) for each in error.errors()]) from None


@dataclass
class SlangFiles:
    """The folder `slang`: `<condition>.yaml`. `form` makes a form of a document; what is wrong goes into `mistakes`.

    A file for a condition that is not here goes into `elsewhere`.
    """

    folder: Path
    conditions: Sequence[str]
    mistakes: list[Mistake]
    elsewhere: list[Elsewhere]
    form: Callable[[Document | None, type[F]], F | None]

    def by_condition(self) -> Mapping[str, tuple[str, ...]]:
        """The phrases of each condition, in all languages."""
        found: dict[str, tuple[str, ...]] = {}
        for file in sorted(self.folder.glob("*.yaml")):
            document = read(file, self.mistakes)
            form = self.form(document, SlangForm)
            if file.stem not in self.conditions:
                self._of_no_condition(document or Document(file, None))
            elif form is not None:
                found[file.stem] = tuple(dict.fromkeys(each for phrases in form.slang.values() for each in phrases))
        return found

    def _of_no_condition(self, document: Document) -> None:
        name = document.file.stem
        found = elsewhere(document, (), name, self.conditions)
        if meant := slip_of(name, self.conditions):
            self.mistakes.append(replace(found.place, hint=f"Did you mean `{meant}`?"))
        else:
            self.elsewhere.append(found)


@dataclass
class Subscriptions:
    """The folder `subscriptions`: a folder for each community whose entries are shown here, too."""

    folder: Path
    mistakes: list[Mistake]
    form: Callable[[Document | None, type[F]], F | None]

    def __post_init__(self) -> None:
        self._sources = [
            (document, Path(folder, "library.yaml"))
            for folder in sorted(path for path in self.folder.glob("*") if path.is_dir())
            if (document := read(folder / "source.yaml", self.mistakes))
        ]
        self._shelves = {
            document.file: shelf
            for document, file in self._sources
            if file.exists() and (shelf := read(file, self.mistakes))
        }

    @property
    def documents(self) -> list[Document]:
        """The files with their entries."""
        return list(self._shelves.values())

    def library(self, own: Sequence[str]) -> tuple[Resource, ...]:
        """Their entries, each saying whose it is. One whose id is among `own` gives way to ours."""
        found: list[Resource] = []
        for document, _ in self._sources:
            source, shelf = self.form(document, SourceForm), self._shelves.get(document.file)
            entries = self.form(shelf, LibraryForm)
            if source is not None and entries is not None and source.trust != Trust.OFF:
                made = (entry.made() for entry in entries.resources)
                found += (replace(entry, shared_by=source.title) for entry in made if entry.id not in own)
        return tuple(found)
