# SPDX-License-Identifier: Apache-2.0
"""The library as plain pages: one of entries and one of people to call, in every language. Pure.

The pages know each other and their assets by bare file names: they work in any folder, from a disk as from a server.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from bots.core.actions import Words
from bots.core.community import Community, Contact, Country, Texts, in_language
from bots.core.helplines import country_name, current, load_asking, told_lines
from bots.core.language import Catalogue
from bots.core.library import Resource, says_more
from bots.door.rendering import Asset, Renderer

ZIP = "library.zip"
# Stands for something while a sentence is rendered, and is then replaced by markup.
_MARK = "\ue100"
# Stands in a sentence for what the script fills in.
_FILLED_IN = "#"
_ASSETS = ("door.css", "door.svg", "library.css", "library.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """An entry as it is shown: `origin` is what the bot says, in a language, of where it is from and how old it is.

    `words` are what people look for it by besides what it says of itself.
    """

    entry: Resource
    origin: Callable[[str], Words]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What the pages are made of.

    `because` words why an entry fits, as the bot does. `called` is what people call a condition or a topic, by its id.
    `nothing` are the words that say nothing, by language.
    """

    community: Community
    entries: Sequence[Shelved]
    because: Callable[[Sequence[str]], Words]
    called: Mapping[str, Sequence[str]]
    nothing: Mapping[str, Sequence[str]]
    today: date


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and, where it is not the page's, its language."""

    text: str
    lang: str | None


class LibraryPages(Renderer):
    """The library of one community, as files of one folder."""

    def __init__(self, shelves: Shelves, catalogue: Catalogue) -> None:
        super().__init__(shelves.community, catalogue, static="")
        self._shelves = shelves

    def files(self) -> dict[str, Asset]:
        """Every file by its name: pages, what they load, and all of these in a ZIP file."""
        pages = {
            name_of(page, tag, self.languages): made(tag)
            for tag in self.languages
            for page, made in (("index", self._library), ("people", self._people))
        }
        made = {name: Asset(name, page.encode(), "text/html") for name, page in pages.items()}
        made |= {name: each for name, each in self.assets.items() if name.partition("-")[2] in _ASSETS}
        return made | {ZIP: Asset(ZIP, _zipped(made), "application/zip")}

    def _library(self, tag: str) -> str:
        entries = {each.entry.id: self._entry(each, tag) for each in self._shelves.entries}
        return self.render(
            "library",
            tag,
            Words("door.library.title"),
            lambda other: name_of("index", other, self.languages),
            {
                "sections": list(self._sections(entries, tag)),
                "people": name_of("people", tag, self.languages),
                "zip": ZIP,
                "fits": self.plain(self._shelves.because((_FILLED_IN,)), tag),
                "mark": _FILLED_IN,
                "nothing": " ".join(self._shelves.nothing.get(tag, ())),
                "distress": "|".join(load_asking().distress),
                "day": self._shelves.today.isoformat(),
            },
        )

    def _sections(self, entries: Mapping[str, Mapping[str, Any]], tag: str) -> Iterator[dict[str, Any]]:
        """Each entry stands once, under the first thing that it is about; under the others is where to find it."""
        names = self._subjects(tag)
        first = {each.entry.id: _about(each.entry, names)[:1] for each in self._shelves.entries}
        for subject, name in (*names.items(), ("", self.line(Words("door.library.other"), tag))):
            about = [
                each.entry.id
                for each in self._shelves.entries
                if subject in _about(each.entry, names) or (not subject and not first[each.entry.id])
            ]
            if about:
                here = [key for key in about if first[key] in ([subject], [])]
                yield {
                    "id": subject or "other",
                    "name": name,
                    "called": " ".join(self._shelves.called.get(subject, ())),
                    "entries": [entries[key] for key in here],
                    "also": [entries[key] for key in about if key not in here],
                }

    def _subjects(self, tag: str) -> dict[str, str]:
        community = self._shelves.community
        subjects = (
            *((each.id, each.name) for each in community.conditions),
            *((t.id, t.name) for t in community.topics),
        )
        return {subject: in_language(name, tag, community.default_language) for subject, name in subjects}

    def _entry(self, each: Shelved, tag: str) -> dict[str, Any]:
        entry, names = each.entry, self._subjects(tag)
        about = _about(entry, names)
        title, summary = self._text(entry.title, tag), self._text(entry.summary, tag)
        return {
            "id": entry.id,
            "url": entry.url,
            "title": title,
            "summary": summary if says_more(summary.text, title.text) else None,
            "text": self._text(entry.text, tag) if entry.text else None,
            "because": self.line(self._shelves.because([names[subject] for subject in about]), tag) if about else None,
            "origin": self.line(each.origin(tag), tag),
            "about": " ".join(about),
            "words": " ".join(each.words),
        }

    def _text(self, texts: Texts, tag: str) -> _Text:
        default = self._shelves.community.default_language
        text = in_language(texts, tag, default)
        spoken = next((code for code in (tag, tag.partition("-")[0], default) if code in texts), next(iter(texts)))
        return _Text(text, None if spoken == tag else spoken)

    def _people(self, tag: str) -> str:
        community = self._shelves.community
        named = [(country_name(each, tag, community.default_language), each) for each in community.countries]
        return self.render(
            "people",
            tag,
            Words("door.library.people"),
            lambda other: name_of("people", other, self.languages),
            {
                "countries": [self._country(each, name, tag) for name, each in sorted(named, key=itemgetter(0))],
                "library": name_of("index", tag, self.languages),
            },
        )

    def _country(self, country: Country, name: str, tag: str) -> dict[str, Any]:
        """Its emergency number and the lines that the bot would tell of, each number a link that dials it."""
        today, default = self._shelves.today, self._shelves.community.default_language
        told = zip(current(country, today), told_lines(country, today, default, tag), strict=True)
        dial = self.line(Words("door.library.emergency", {"emergency": _MARK}), tag)
        return {
            "code": country.code,
            "name": name,
            "emergency": _filled(dial, _dialled(country.emergency)),
            "lines": [self._line(words, line.contacts, tag) for line, words in told],
        }

    def _line(self, words: Words, contacts: Sequence[Contact], tag: str) -> Markup:
        ways = words.params["ways"]
        assert isinstance(ways, tuple)
        shown = [self._way(way, contact, tag) for way, contact in zip(ways, contacts, strict=True)]
        line = self.words(replace(words, params={**words.params, "ways": _MARK}), tag)
        return _filled(line, Markup("<br>").join(shown))

    def _way(self, way: object, contact: Contact, tag: str) -> Markup:
        assert isinstance(way, Words)
        said = partial(self.line, language=tag)
        if contact.dial and contact.method == "text":
            body = f"?body={quote(contact.sms_body, safe='')}" if contact.sms_body else ""
            link = Markup('<a href="sms:{}{}">{}</a>').format(_bare(contact.dial), body, contact.dial)
        elif contact.dial:
            link = _dialled(contact.dial)
        else:
            link = Markup('<a href="{0}" target="_top" rel="noreferrer">{0}</a>').format(contact.url or "")
        key = "dial" if contact.dial else "url"
        return _filled(said(replace(way, params={**way.params, key: _MARK})), link)


def name_of(page: str, tag: str, languages: Sequence[str]) -> str:
    """The file of a page ("index" or "people") in a language; the first language is what one comes to."""
    return f"{page}.html" if tag == languages[0] else f"{page}.{tag}.html"


def _about(entry: Resource, names: Mapping[str, str]) -> list[str]:
    return [subject for subject in (*entry.conditions, *entry.topics) if subject in names]


def _filled(said: Markup, markup: Markup) -> Markup:
    return Markup(said.replace(_MARK, markup, 1))  # noqa: S704 - both were escaped


def _dialled(dial: str) -> Markup:
    return Markup('<a href="tel:{}">{}</a>').format(_bare(dial), dial)


def _bare(dial: str) -> str:
    """What a telephone takes: no spaces, and what means something in an address as its code."""
    return dial.replace(" ", "").replace("-", "").replace("#", "%23")


def _zipped(files: Mapping[str, Asset]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, asset in sorted(files.items()):
            # No time of its own: the same pages make the same file.
            member = zipfile.ZipInfo(f"library/{name}")
            member.external_attr = 0o644 << 16
            archive.writestr(member, asset.content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
