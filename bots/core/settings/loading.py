# SPDX-License-Identifier: Apache-2.0
"""From a folder to a frozen `Community`, or to every mistake in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bots.core.community import Community, Deed, Federation, Mode
from bots.core.documents import Document, Location, Mistake, SettingsError, Value, did_you_mean, read
from bots.core.language import shipped_words
from bots.core.library import Resource
from bots.core.settings.elsewhere import Elsewhere, as_it_is_here, elsewhere_in
from bots.core.settings.forms import (
    CommunityForm,
    Form,
)
from bots.core.settings.guidelines import GuidelineFiles
from bots.core.settings.helpline_forms import CountryForm
from bots.core.settings.kinds import country_codes
from bots.core.settings.library_forms import LibraryForm, TopicsForm
from bots.core.settings.more_files import ConditionsForm, SlangFiles, Subscriptions
from bots.core.settings.telling import in_plain_words
from bots.core.settings.text_kinds import is_language, private_words
from bots.core.settings.validators import Known
from bots.core.settings.words import OwnWords

F = TypeVar("F", bound=Form)

_WHERE_ELSE = "Name the community's folder with `--community FOLDER`; config/README.md says what is in one."
_FILES = ("community.yaml", "guidelines/guidelines.yaml", "topics.yaml")
_FOLDERS = (
    *("guidelines", "guidelines/*", "library", "helplines", "words", "words/*", "transcripts"),
    *("conditions", "slang", "subscriptions/*"),
)


def load_community(
    folder: Path, *, words: Sequence[Path] | None = None, elsewhere: list[Elsewhere] | None = None
) -> Community:
    """The community that `folder` describes.

    `words` are the catalogue folders that the organiser's own wording is checked against
    (those that come with the bots, unless told otherwise).
    What files say of conditions that are not here goes into `elsewhere`.
    Raises SettingsError with all mistakes of all files.
    """
    loading = _Loading(folder, shipped_words() if words is None else words, [] if elsewhere is None else elsewhere)
    return loading.community()


class _Loading:
    def __init__(self, folder: Path, words: Sequence[Path], elsewhere: list[Elsewhere]) -> None:
        self._folder = folder
        # Wherever the organiser is, a day that is over there can be named.
        self._today = (datetime.now(UTC) + timedelta(hours=14)).date()
        self._words = words
        self._mistakes: list[Mistake] = []
        self._elsewhere = elsewhere
        self._known = Known((), "en", (), frozenset())

    def community(self) -> Community:
        if not self._folder.is_dir():
            raise SettingsError([Mistake(self._folder, 1, 1, "There is no such folder.", _WHERE_ELSE)])
        document = read(self._folder / _FILES[0], self._mistakes, _WHERE_ELSE)
        library, helplines = self._documents("library"), self._documents("helplines")
        more = self._documents("conditions")
        if document is None:
            # Without it, what the others refer to is unknown, and would be mistaken for a mistake.
            raise SettingsError(self._mistakes)
        topics = read(file, self._mistakes) if (file := self._folder / _FILES[2]).exists() else None
        self._known = replace(
            _known(document.value, [d.value for d in more], self._today),
            topics=tuple(each for _, each in _ids(topics, "topics")),
        )
        form = self._form(document, CommunityForm)
        rules = GuidelineFiles(self._folder / "guidelines", self._known.conditions, self._mistakes, self._form)
        guidelines = rules.community()
        room_guidelines = rules.rooms(guidelines)
        topics_form = self._form(topics, TopicsForm)
        more_conditions = [self._form(d, ConditionsForm) for d in more]
        slang = SlangFiles(
            self._folder / "slang", self._known.conditions, self._mistakes, self._elsewhere, self._form
        ).by_condition()
        shelves = [(d, self._form(d, LibraryForm)) for d in library]
        shared = Subscriptions(self._folder / "subscriptions", self._mistakes, self._form)
        of_others = shared.library([name for d in library for _, name in _ids(d, "resources")])
        countries = [(d, self._form(d, CountryForm)) for d in helplines]
        self._unique([(document, "conditions"), *((d, "conditions") for d in more)])
        self._room_names([document, *more])
        self._unique([(d, "guidelines") for d in rules.documents])
        for d in helplines:
            self._unique([(d, "helplines")])
        self._unique([(d, "resources") for d in library])
        self._unique([(d, "resources") for d in shared.documents])
        self._unique([(topics, "topics")])
        self._country_codes(helplines)
        own = OwnWords(self._folder / "words", self._words, self._known, self._mistakes)
        words, room_words = own.everywhere(), own.of_rooms()
        self._overlooked()
        if self._mistakes:
            raise SettingsError(self._mistakes)
        assert form is not None
        assert guidelines is not None
        for d in (*library, *shared.documents):
            self._elsewhere += elsewhere_in(d, self._known.conditions)
        return Community(
            name=form.name,
            slug=form.slug,
            languages=tuple(form.languages),
            default_language=self._known.default_language,
            lobby_name=form.lobby.name,
            lobby_topic=form.lobby.topic,
            moderators_room_name=form.moderators_room.name,
            moderators_room_topic=form.moderators_room.topic,
            lobby_language=form.lobby.language,
            moderators_room_language=form.moderators_room.language,
            conditions=tuple(each.made() for file in (form, *more_conditions) if file for each in file.conditions),
            guidelines=guidelines,
            room_guidelines=room_guidelines,
            regions=tuple(form.regions),
            library=self._here(
                (*(each.made() for _, shelf in shelves if shelf for each in shelf.resources), *of_others)
            ),
            topics=tuple(topic.made() for topic in topics_form.topics) if topics_form else (),
            countries=tuple(country.made(d.file.stem) for d, country in countries if country),
            moderators=tuple(form.moderators),
            federation=Federation(form.federation),
            allies=tuple(form.allies),
            keep_missing_words=form.keep_missing_words,
            library_news=form.library_news,
            appeal_within=form.appeal_within,
            show_reporters=form.show_reporters,
            history_for=form.history_for,
            greeters_may=frozenset(map(Deed, form.greeters_may)),
            moderators_may=frozenset(map(Deed, form.moderators_may)),
            bans_by_two_after=form.bans_by_two_after,
            minimum_age=form.minimum_age,
            knock=form.knock,
            door=form.door,
            library_page=form.library_page,
            mode=Mode(form.mode),
            observe=tuple(form.observe),
            crisis=form.crisis.made(),
            own_list=form.own_list.made() if form.own_list else None,
            slang=slang,
            words=words,
            room_words=room_words,
        )

    def _here(self, library: Sequence[Resource]) -> tuple[Resource, ...]:
        settled = (as_it_is_here(entry, self._known.conditions) for entry in library)
        return tuple(entry for entry in settled if entry is not None)

    def _documents(self, name: str) -> list[Document]:
        files = sorted((self._folder / name).glob("*.yaml"))
        return [document for file in files if (document := read(file, self._mistakes))]

    def _overlooked(self) -> None:
        """Add a mistake for every file that looks like one of ours and would not be read."""
        read_from = [*_FILES, *(f"{name}/*.yaml" for name in _FOLDERS)]
        for file in sorted(file for file in self._folder.rglob("*.y*ml") if file.is_file()):
            name = file.relative_to(self._folder)
            if not any(name.match(pattern) and len(name.parts) == pattern.count("/") + 1 for pattern in read_from):
                hint = did_you_mean(name.with_suffix(".yaml").as_posix(), _FILES)
                ending = "Its name should end in `.yaml`." if file.suffix != ".yaml" else None
                message = f"Nothing reads this file. Files here are {', '.join(f'`{p}`' for p in read_from)}."
                self._mistakes.append(Mistake(file, 1, 1, message, ending or hint))

    def _form(self, document: Document | None, form: type[F]) -> F | None:
        if document is None:
            return None
        try:
            return form.model_validate(document.value or {}, context=self._known)
        except ValidationError as error:
            self._mistakes.extend(in_plain_words(document, form, details) for details in error.errors())
            return None

    def _unique(self, lists: Sequence[tuple[Document | None, str]]) -> None:
        """Add a mistake for every id that an entry of these lists has in common with an earlier one."""
        first: dict[str, tuple[Document, Location]] = {}
        for document, name in lists:
            for at, identifier in _ids(document, name):
                if document and identifier in first:
                    other, there = first[identifier]
                    line = other.values[there].line
                    where = f"line {line}" if other is document else f"{other.file.name}, line {line}"
                    self._mistakes.append(document.mistake(at, f"The id `{identifier}` is taken already, in {where}."))
                elif document:
                    first[identifier] = (document, at)

    def _room_names(self, documents: Sequence[Document]) -> None:
        """Add a mistake for every room that is called like another: nobody could tell them apart."""
        first: dict[str, tuple[Document, int]] = {}
        for document in documents:
            for at, name in _names_of_rooms(document.value):
                there, line = first.setdefault(name.casefold(), (document, document.values[at].line))
                if (there, line) != (document, document.values[at].line):
                    where = f"line {line}" if there is document else f"{there.file.name}, line {line}"
                    taken = f"A room is called `{name}` already, in {where}."
                    self._mistakes.append(document.mistake(at, taken, "Give each room a name of its own."))

    def _country_codes(self, documents: list[Document]) -> None:
        for document in documents:
            if (code := document.file.stem) not in country_codes():
                hint = "The United Kingdom is `gb`." if code == "uk" else did_you_mean(code.lower(), country_codes())
                self._mistakes.append(
                    document.mistake((), f"`{code}` is not the two-letter code of a country (ISO 3166).", hint)
                )


def _known(value: Value, more: Sequence[Value], today: date) -> Known:
    """What other files need to know of `community.yaml` and of `more` conditions, as far as it can be made out."""
    community = value if isinstance(value, dict) else {}
    codes = [code for code in _list(community.get("languages")) if isinstance(code, str)]
    languages = tuple(code for code in codes if is_language(code)) or ("en",)
    default = community.get("default_language")
    names: list[str] = []
    synonyms: list[str] = []
    ids: list[str] = []
    files = (each for each in (value, *more) if isinstance(each, dict))
    for condition in [each for file in files for each in _list(file.get("conditions"))]:
        if isinstance(condition, dict):
            names.extend(_texts(condition.get("name")))
            synonyms.extend(_texts(condition.get("synonyms")))
            ids.extend(_texts(condition.get("id")))
    return Known(
        languages=languages,
        default_language=default if isinstance(default, str) else languages[0],
        conditions=tuple(ids),
        private_words=private_words(names, synonyms),
        today=today,
    )


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _ids(document: Document | None, name: str) -> Iterator[tuple[Location, str]]:
    if document and isinstance(document.value, dict):
        for index, entry in enumerate(_list(document.value.get(name))):
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                yield (name, index, "id"), str(entry["id"])


def _names_of_rooms(value: Value) -> Iterator[tuple[Location, str]]:
    community = value if isinstance(value, dict) else {}
    for key in ("lobby", "moderators_room", "own_list"):
        room = community.get(key)
        if isinstance(room, dict) and isinstance(name := room.get("name"), str):
            yield (key, "name"), name
    for index, condition in enumerate(_list(community.get("conditions"))):
        if isinstance(condition, dict) and isinstance(name := condition.get("room_name"), str):
            yield ("conditions", index, "room_name"), name
