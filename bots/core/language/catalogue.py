# SPDX-License-Identifier: Apache-2.0
"""The words, in every language.

Catalogues are YAML files, one a language, beside the code that says them (`bots/<folder>/words/<language>.yaml`)
and, for an organiser's own wording, in `config/words/<language>.yaml`, which wins key by key.
Keys are flat and dotted: `welcome.greeting: "Hello {name}"`.
A value is Markdown, in which a line end is a line end, with `{placeholders}`,
or a mapping of CLDR plural forms (`one`, `other`, …) chosen by `{count}`.
A placeholder may say how it wants to be written: `{when:date}`, `{when:time}`, `{seconds:duration}`, `{case:id}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.numbers import format_decimal

from bots.core.actions import Param, Words
from bots.core.documents import Document, Mistake, SettingsError, did_you_mean, read
from bots.core.language.markup import PLACEHOLDER, Block, Piece, Rendered, items, plain_text, render_markdown
from bots.core.language.styles import STYLES, date_and_time

Entry = str | Mapping[str, str]
# Sentences by language and key.
Wordings = Mapping[str, Mapping[str, Entry]]

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


def shipped_words() -> tuple[Path, ...]:
    """The catalogue folders that come with the bots."""
    bots = Path(__file__).parent.parent.parent
    return tuple(sorted((*bots.glob("*/words"), *bots.glob("*/*/words"))))


def spoken(folders: Sequence[Path]) -> tuple[str, ...]:
    """The languages that are in every one of `folders`."""
    languages = ({file.stem for file in folder.glob("*.yaml")} for folder in folders)
    return tuple(sorted(set.intersection(*languages)))


def and_what_they_stand_on(languages: Iterable[str]) -> tuple[str, ...]:
    """`languages`, each followed by the one without its region ("pt" for "pt-BR"), and English at the end."""
    return tuple(dict.fromkeys(code for one in (*languages, "en") for code in (one, one.partition("-")[0])))


@dataclass(frozen=True, slots=True)
class Manner:
    """How one speaks somewhere: in `language`, and with the organiser's own words for the room at `place`, if any."""

    language: str
    place: str | None = None


def placeholders(entry: Entry) -> dict[str, str]:
    """The placeholders of a sentence, in all its plural forms, and the style each is written in ("" if none)."""
    if isinstance(entry, str):
        return {match["name"]: match["style"] or "" for match in PLACEHOLDER.finditer(entry) if match["name"]}
    found = {"count": ""}
    for form in entry.values():
        found |= placeholders(form)
    return found


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All words, by language and key, and `rooms`, by place, where a room has words of its own.

    Made by `load`; pure from then on.
    """

    entries: Wordings
    default_language: str
    rooms: Mapping[str, Wordings] = field(default_factory=dict)
    _cache: dict[tuple[str, str, str | None], Rendered] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(
        cls,
        folders: Iterable[Path],
        languages: Sequence[str],
        overrides: Wordings | None = None,
        rooms: Mapping[str, Wordings] | None = None,
    ) -> Catalogue:
        """The catalogues of `folders` in `languages`, the first of which is the default; `overrides` win key by key.

        A catalogue is whole, or there is none: English stands in for a language that a folder does not have.
        Raises SettingsError for files that can't be read, or that do not say all that the English one says.
        """
        mistakes: list[Mistake] = []
        entries: dict[str, dict[str, Entry]] = {}
        for folder in folders:
            found = cls.read([folder], and_what_they_stand_on(languages), mistakes)
            english = found.get("en", {})
            for language, own in found.items():
                mistakes.extend(differences(folder / f"{language}.yaml", own, english))
                entries.setdefault(language, {}).update(own)
        if mistakes:
            raise SettingsError(mistakes)
        for language, wording in (overrides or {}).items():
            entries.setdefault(language, {}).update(wording)
        return cls(entries, languages[0], rooms or {})

    @staticmethod
    def read(folders: Iterable[Path], languages: Sequence[str], mistakes: list[Mistake]) -> dict[str, dict[str, Entry]]:
        """The entries of all `<folder>/<language>.yaml` there are. What is wrong with them goes on `mistakes`."""
        entries: dict[str, dict[str, Entry]] = {}
        for folder in folders:
            for language in dict.fromkeys(languages):
                file = folder / f"{language}.yaml"
                if file.exists():
                    entries.setdefault(language, {}).update(_read(file, mistakes))
        return entries

    def render(self, words: Words, language: str, zone: tzinfo = UTC, place: str | None = None) -> Rendered:
        """The sentence that `words` names, in its own language or else in `language`, else in the default language.

        What the room at `place` has words of its own for is said in those. Times are told in `zone`.
        Parameters are escaped: a person's or an organiser's text never becomes markup.
        Raises KeyError for a key or placeholder that the catalogue does not know (the copy check finds them first).
        """
        wanted = words.language or language
        place = place if place in self.rooms else None
        if not words.params and (cached := self._cache.get((words.key, wanted, place))):
            return cached
        found, entry = self._entry(words.key, wanted, place)
        locale = _locale(wanted if wanted.startswith(f"{found}-") else found)
        text = entry if isinstance(entry, str) else _plural(entry, words.params["count"], locale)

        def piece(name: str, style: str) -> Piece:
            return self._piece(words.params[name], style, wanted, locale, zone, place)

        rendered = render_markdown(text, piece)
        if not words.params:
            self._cache[words.key, wanted, place] = rendered
        return rendered

    def _entry(self, key: str, language: str, place: str | None) -> tuple[str, Entry]:
        wordings = (self.rooms[place], self.entries) if place else (self.entries,)
        for candidate in (language, language.split("-", maxsplit=1)[0], self.default_language, "en"):
            for wording in wordings:
                if (entry := wording.get(candidate, {}).get(key)) is not None:
                    return candidate, entry
        raise KeyError(key)

    def _piece(self, value: Param, style: str, language: str, locale: Locale, zone: tzinfo, place: str | None) -> Piece:
        if isinstance(value, Words):
            return Block(self.render(value, language, zone, place))
        if isinstance(value, tuple):
            rendered = [self.render(item, language, zone, place) for item in value]
            return items(rendered, inline=_and([item.body for item in rendered], locale))
        if style:
            return plain_text(STYLES[style](value, locale, zone))
        if isinstance(value, datetime):
            return plain_text(date_and_time(value, locale, zone))
        if isinstance(value, int | float):
            return plain_text(format_decimal(value, locale=locale))
        return plain_text(value)


def differences(file: Path, entries: Mapping[str, Entry], english: Mapping[str, Entry]) -> Iterator[Mistake]:
    """What the catalogue in `file` leaves out, adds, or is told otherwise than the English one beside it."""
    if entries is english:
        return
    document: Document | None = None
    for key in sorted(entries.keys() | english.keys()):
        if key not in entries:
            yield Mistake(file, 1, 1, f"`{key}` is missing.", "A catalogue is whole, or there is none.")
            continue
        ours, theirs = placeholders(entries[key]), placeholders(english.get(key, ""))
        if key in english and ours == theirs:
            continue
        document = document or read(file, [])
        assert document is not None
        if key not in english:
            hint = did_you_mean(key, list(english))
            yield document.mistake((key,), f"The bots say nothing called `{key}`.", hint, key=True)
        else:
            odd = ", ".join(f"{{{name}}}" for name in sorted(dict(ours.items() ^ theirs.items())))
            yield document.mistake((key,), f"`{key}` and its English differ in {odd}.")


def _read(file: Path, mistakes: list[Mistake]) -> dict[str, Entry]:
    document = read(file, mistakes)
    if document is None or document.value is None:
        return {}
    if not isinstance(document.value, dict):
        mistakes.append(document.mistake((), "A catalogue is `key: sentence`, one after the other."))
        return {}
    entries: dict[str, Entry] = {}
    for key, value in document.value.items():
        if isinstance(value, str):
            entries[key] = value.strip()
        elif isinstance(value, dict) and "other" in value and set(value) <= set(PLURAL_FORMS):
            entries[key] = {form: text.strip() for form, text in value.items() if isinstance(text, str)}
        else:
            hint = f"Plural forms are {', '.join(PLURAL_FORMS)}, and `other` is always there."
            mistakes.append(document.mistake((key,), f"`{key}` is neither a sentence nor its plural forms.", hint))
    return entries


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except UnknownLocaleError:
        return Locale.parse(language.split("-", maxsplit=1)[0])


def _plural(forms: Mapping[str, str], count: Param, locale: Locale) -> str:
    assert isinstance(count, int | float)
    return forms.get(locale.plural_form(count), forms["other"])


def _and(texts: Sequence[str], locale: Locale) -> str:
    return format_list(texts, locale=locale) if texts else ""
