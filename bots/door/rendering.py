# SPDX-License-Identifier: Apache-2.0
"""Words and templates to HTML. Pure, but for the files that are read once."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bots.core.actions import Param, Words
from bots.core.community import Community
from bots.core.language import Catalogue

_HERE = Path(__file__).parent
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load, named after its content, so that a browser may keep it for ever."""

    name: str
    content: bytes
    kind: str


def complete_languages(catalogue: Catalogue, community: Community) -> tuple[str, ...]:
    """Those of the community's languages in which the door has every sentence, its default language first if it can be.

    English, in which it was written, where there is none.
    """
    whole = {key for key in catalogue.entries.get("en", {}) if key.startswith("door.")}
    every = dict.fromkeys((community.default_language, *community.languages))
    return tuple(tag for tag in every if whole <= catalogue.entries.get(tag, {}).keys()) or ("en",)


class Renderer:
    """Pages of one community, in every language that is whole. `static` is where its assets are, as pages see it."""

    def __init__(self, community: Community, catalogue: Catalogue, static: str) -> None:
        self.community = community
        self.languages = complete_languages(catalogue, community)
        self._catalogue = catalogue
        self.assets = {asset.name: asset for asset in map(_asset, sorted((_HERE / "static").iterdir()))}
        self._static = {name.partition("-")[2]: static + name for name in self.assets}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(
        self, page: str, language: str, title: Words, here: Callable[[str], str], more: Mapping[str, Any]
    ) -> str:
        """The page (a template's name) as HTML. `here` gives the address of the same page in another language."""

        def say(key: str, **params: Param) -> Markup:
            return self.line(Words(key, params), language)

        def text(key: str, **params: Param) -> Markup:
            return self.words(Words(key, params), language)

        def plain(key: str, **params: Param) -> str:
            return self.plain(Words(key, params), language)

        context: dict[str, Any] = {
            "languages": [{"tag": tag, "name": self.plain(Words("door.language"), tag)} for tag in self.languages],
            "say": say,
            "text": text,
            "plain": plain,
            "here": here,
            "static": self._static.__getitem__,
            "title": self.plain(title, language),
            "community": self.community.name,
            "language": language,
            "direction": "rtl" if Locale.parse(language, sep="-").text_direction == "rtl" else "ltr",
        }
        return self._templates.get_template(f"{page}.html").render(context | dict(more))

    def words(self, words: Words, language: str) -> Markup:
        """Sentences, as paragraphs."""
        return Markup(self._catalogue.render(words, language).html)  # noqa: S704 - ours, and what fills it is escaped

    def line(self, words: Words, language: str) -> Markup:
        """A sentence within a line."""
        return Markup(_PARAGRAPH.sub(r"\1", str(self.words(words, language))))  # noqa: S704 - as above

    def plain(self, words: Words, language: str) -> str:
        """A sentence without markup, to be escaped."""
        return self._catalogue.render(words, language).body


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
    return Asset(f"{digest}-{file.name}", content, kind or "application/octet-stream")
